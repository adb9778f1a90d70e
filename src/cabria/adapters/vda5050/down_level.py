"""VDA 5050 2.1 to 3.0 and back, on decoded JSON: most fleets speak 2.1 today.

`RENAMED` has what is only called otherwise; the functions below it do what has another shape. What 2.1 cannot say is
left out on the way down, and on the way up what 3.0 must know is filled in as 2.1 understands it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cabria.adapters.vda5050.topics import Topic, TopicName

Json = dict[str, Any]

_ACTION = (("actionDescription", "actionDescriptor"),)
_LOAD_SET = (
    ("maxWeight", "maximumWeight"),
    *((f"{most}Loadhandling{what}", f"{word}Loadhandling{what}")
      for most, word in (("min", "minimum"), ("max", "maximum")) for what in ("Height", "Depth", "Tilt")),
    ("agvSpeedLimit", "maximumSpeed"),
    ("agvAccelerationLimit", "maximumAcceleration"),
    ("agvDecelerationLimit", "maximumDeceleration"),
)  # fmt: skip

RENAMED: Mapping[TopicName, Mapping[str, tuple[tuple[str, str], ...]]] = {
    TopicName.ORDER: {
        "nodes": (("nodeDescription", "nodeDescriptor"),),
        "nodes.actions": _ACTION,
        "edges": (
            ("edgeDescription", "edgeDescriptor"),
            ("maxSpeed", "maximumSpeed"),
            ("maxHeight", "maximumMobileRobotHeight"),
            ("minHeight", "minimumLoadHandlingDeviceHeight"),
            ("maxRotationSpeed", "maximumRotationSpeed"),
        ),
        "edges.actions": _ACTION,
        "edges.corridor": (("corridorRefPoint", "corridorReferencePoint"),),
    },
    TopicName.INSTANT_ACTIONS: {"actions": _ACTION},
    TopicName.STATE: {
        "": (("agvPosition", "mobileRobotPosition"), ("batteryState", "powerSupply")),
        "maps": (("mapDescription", "mapDescriptor"),),
        "nodeStates": (("nodeDescription", "nodeDescriptor"),),
        "edgeStates": (("edgeDescription", "edgeDescriptor"),),
        "mobileRobotPosition": (("positionInitialized", "localized"),),
        "powerSupply": (("batteryCharge", "stateOfCharge"), ("reach", "range")),
        "actionStates": (("actionDescription", "actionDescriptor"), ("resultDescription", "actionResult")),
        "information": (("infoDescription", "infoDescriptor"),),
        "safetyState": (("eStop", "activeEmergencyStop"),),
    },
    TopicName.VISUALIZATION: {
        "": (("agvPosition", "mobileRobotPosition"),),
        "mobileRobotPosition": (("positionInitialized", "localized"),),
    },
    TopicName.FACTSHEET: {
        "": (("agvGeometry", "mobileRobotGeometry"), ("vehicleConfig", "mobileRobotConfiguration")),
        "typeSpecification": (
            ("agvKinematic", "mobileRobotKinematics"),
            ("agvClass", "mobileRobotClass"),
            ("maxLoadMass", "maximumLoadMass"),
        ),
        "physicalParameters": (
            ("speedMin", "minimumSpeed"),
            ("speedMax", "maximumSpeed"),
            ("accelerationMax", "maximumAcceleration"),
            ("decelerationMax", "maximumDeceleration"),
            ("heightMin", "minimumHeight"),
            ("heightMax", "maximumHeight"),
        ),
        "protocolLimits": (("maxStringLens", "maximumStringLengths"), ("maxArrayLens", "maximumArrayLengths")),
        "protocolLimits.maximumStringLengths": (
            ("msgLen", "maximumMessageLength"),
            ("topicSerialLen", "maximumTopicSerialLength"),
            ("topicElemLen", "maximumTopicElementLength"),
            ("idLen", "maximumIdLength"),
            ("loadIdLen", "maximumLoadIdLength"),
        ),
        "protocolLimits.timing": (
            ("minOrderInterval", "minimumOrderInterval"),
            ("minStateInterval", "minimumStateInterval"),
        ),
        "protocolFeatures": (("agvActions", "mobileRobotActions"),),
        "protocolFeatures.mobileRobotActions": (("resultDescription", "actionResult"),),
        "mobileRobotGeometry.envelopes2d": (("set", "envelope2dId"), ("polygonPoints", "vertices")),
        "mobileRobotGeometry.envelopes3d": (("set", "envelope3dId"),),
        "loadSpecification.loadSets": _LOAD_SET,
    },
}
"""By topic and the place in the 3.0 message: what a field is called in 2.1 and in 3.0."""

_LEFT_OUT: Mapping[TopicName, Mapping[str, tuple[str, ...]]] = {
    TopicName.ORDER: {
        "": ("orderDescription",),
        "nodes.actions": ("retriable",),
        "edges": ("reachOrientationBeforeEntering",),
        "edges.actions": ("retriable",),
        "edges.corridor": ("releaseRequired", "releaseLossBehavior"),
    },
    TopicName.INSTANT_ACTIONS: {"actions": ("retriable",)},
    TopicName.STATE: {
        "": (
            "zoneSets",
            "plannedPath",
            "intermediatePath",
            "zoneRequests",
            "edgeRequests",
            "instantActionStates",
            "zoneActionStates",
        ),
        "powerSupply": ("batteryCurrent",),
        "errors": ("errorDescriptionTranslations", "errorHintTranslations"),
    },
    TopicName.VISUALIZATION: {"": ("referenceStateHeaderId", "plannedPath", "intermediatePath")},
    TopicName.FACTSHEET: {
        "typeSpecification": ("supportedZones",),
        "physicalParameters": ("minimumAngularSpeed", "maximumAngularSpeed"),
        "protocolLimits.maximumArrayLengths": (
            "zoneSet.zones",
            "state.instantActionStates",
            "state.zoneActionStates",
        ),
        "protocolFeatures.mobileRobotActions": ("pauseAllowed", "cancelAllowed"),
        "mobileRobotGeometry.envelopes3d": ("description",),
        "mobileRobotConfiguration": ("batteryCharging",),
    },
}
"""What 2.1 has no word for."""

_WORDS: Mapping[TopicName, Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    TopicName.CONNECTION: {"": {"connectionState": {"CONNECTIONBROKEN": "CONNECTION_BROKEN"}}},
    TopicName.STATE: {
        "": {"operatingMode": {"TEACHIN": "TEACH_IN"}},
    },
    TopicName.ORDER: {"edges.corridor": {"corridorReferencePoint": {"KINEMATICCENTER": "KINEMATIC_CENTER"}}},
    TopicName.FACTSHEET: {
        "typeSpecification": {
            "mobileRobotKinematics": {"DIFF": "DIFFERENTIAL", "OMNI": "OMNIDIRECTIONAL", "THREEWHEEL": "THREE_WHEEL"},
            "navigationTypes": {"AUTONOMOUS": "FREELY_NAVIGATING"},
        },
        "protocolFeatures.mobileRobotActions.actionParameters": {"valueDataType": {"FLOAT": "NUMBER"}},
    },
}
"""By topic, place and field: words of 2.1 and what they are in 3.0."""

_ONLY_UP = {TopicName.STATE: {"safetyState": {"activeEmergencyStop": {"AUTOACK": "MANUAL"}}}}
"""A word of 2.1 for which 3.0 has only a stricter one."""

_ONLY_DOWN: Mapping[TopicName, Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    TopicName.CONNECTION: {"": {"connectionState": {"HIBERNATING": "OFFLINE"}}},
    TopicName.STATE: {
        "": {"operatingMode": {"STARTUP": "SERVICE", "INTERVENED": "MANUAL"}},
        "actionStates": {"actionStatus": {"PAUSED": "RUNNING", "RETRIABLE": "FAILED"}},
        "errors": {"errorLevel": {"URGENT": "WARNING", "CRITICAL": "FATAL"}},
    },
    TopicName.ORDER: {
        "nodes.actions": {"blockingType": {"SINGLE": "HARD"}},
        "edges.actions": {"blockingType": {"SINGLE": "HARD"}},
    },
    TopicName.FACTSHEET: {"protocolFeatures.mobileRobotActions": {"blockingTypes": {"SINGLE": "HARD"}}},
}
"""Words of 3.0 for which 2.1 has only a coarser one: the more careful is taken."""


def raised(topic: Topic, document: Any) -> Any:
    """A decoded 2.1 message as 3.0 has it. What is no object is left for the reader to refuse."""
    if not isinstance(document, dict):
        return document
    name = topic.name
    for place, names in RENAMED.get(name, {}).items():
        for part in _at(document, place):
            _rename(part, dict(names))
    _replace_words(document, _WORDS.get(name, {}))
    _replace_words(document, _ONLY_UP.get(name, {}))
    shape = _UPWARDS.get(name)
    if shape is not None:
        shape(document)
    if name in (TopicName.VISUALIZATION, TopicName.FACTSHEET):  # 2.1 lets them go without a header
        for field, value in (("headerId", 0), ("timestamp", "1970-01-01T00:00:00.000Z"), ("version", "2.1.0")):
            document.setdefault(field, value)
        document.setdefault("manufacturer", topic.manufacturer)
        document.setdefault("serialNumber", topic.serial)
    return document


def lowered(name: TopicName, document: Json) -> Json:
    """A 3.0 message of ours, as builtins, as 2.1 has it."""
    shape = _DOWNWARDS.get(name)
    if shape is not None:
        shape(document)
    for place, fields in _LEFT_OUT.get(name, {}).items():
        for part in _at(document, place):
            for field in fields:
                part.pop(field, None)
    _replace_words(document, _ONLY_DOWN.get(name, {}))
    _replace_words(document, _backwards(_WORDS.get(name, {})))
    for place, names in reversed(tuple(RENAMED.get(name, {}).items())):
        for part in _at(document, place):
            _rename(part, {new: old for old, new in names})
    return document


def _at(document: Json, place: str) -> Iterator[Json]:
    """The objects at a place; lists on the way are gone through."""
    found: list[Any] = [document]
    for key in place.split(".") if place else ():
        below = [part.get(key) for part in found if isinstance(part, dict)]
        found = [entry for value in below for entry in (value if isinstance(value, list | tuple) else (value,))]
    return (part for part in found if isinstance(part, dict))


def _rename(part: Json, names: Mapping[str, str]) -> None:
    for old, new in names.items():
        if old in part:
            part[new] = part.pop(old)


def _replace_words(document: Json, words: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
    for place, fields in words.items():
        for part in _at(document, place):
            for field, instead in fields.items():
                value = part.get(field)
                if isinstance(value, str):
                    part[field] = instead.get(value, value)
                elif isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
                    part[field] = list(dict.fromkeys(instead.get(word, word) for word in value))


def _backwards(words: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return {
        place: {field: {new: old for old, new in pairs.items()} for field, pairs in fields.items()}
        for place, fields in words.items()
    }


def _raise_order(document: Json) -> None:
    document.pop("zoneSetId", None)
    for position in _at(document, "nodes.nodePosition"):
        deviation = position.get("allowedDeviationXY")
        if isinstance(deviation, int | float):
            position["allowedDeviationXY"] = {"a": deviation, "b": deviation, "theta": 0.0}
    for edge in _at(document, "edges"):
        edge.pop("startNodeId", None)
        edge.pop("endNodeId", None)


def _lower_order(document: Json) -> None:
    """2.1 knows a circle instead of an ellipse, of which the smaller half is within; and edges name their nodes."""
    for position in _at(document, "nodes.nodePosition"):
        deviation = position.get("allowedDeviationXY")
        if isinstance(deviation, dict):
            position["allowedDeviationXY"] = min(deviation["a"], deviation["b"])
    names = [node["nodeId"] for node in document["nodes"]]
    for edge, start, end in zip(document["edges"], names, names[1:], strict=False):
        edge["startNodeId"], edge["endNodeId"] = start, end
    _lower_trajectories(_at(document, "edges.trajectory"))


def _lower_trajectories(trajectories: Iterator[Json]) -> None:
    """Degree and knots are not optional in 2.1: those that 3.0 means by leaving them out."""
    for trajectory in trajectories:
        degree = trajectory.setdefault("degree", 1)
        if "knotVector" not in trajectory:
            between = len(trajectory["controlPoints"]) - degree
            inner = [number / between for number in range(1, between)]
            trajectory["knotVector"] = [0.0] * (degree + 1) + inner + [1.0] * (degree + 1)


def _raise_instant_actions(document: Json) -> None:
    """They never block anything in 3.0."""
    for action in _at(document, "actions"):
        action["blockingType"] = "NONE"


def _raise_state(document: Json) -> None:
    document.pop("zoneSetId", None)
    document.setdefault("instantActionStates", [])


def _lower_state(document: Json) -> None:
    """2.1 has one list for the actions of orders and instant ones."""
    document["actionStates"] = [*document["actionStates"], *document["instantActionStates"]]
    _lower_trajectories(_at(document, "edgeStates.trajectory"))


def _raise_factsheet(document: Json) -> None:
    for physical in _at(document, "physicalParameters"):
        physical.setdefault("minimumHeight", physical.get("maximumHeight"))
    for action in _at(document, "protocolFeatures.mobileRobotActions"):
        action.setdefault("pauseAllowed", False)
        action.setdefault("cancelAllowed", False)
    for envelope in _at(document, "mobileRobotGeometry.envelopes3d"):
        envelope.pop("description", None)


def _raise_visualization(document: Json) -> None:
    document.setdefault("referenceStateHeaderId", 0)


_UPWARDS: Mapping[TopicName, Callable[[Json], None]] = {
    TopicName.ORDER: _raise_order,
    TopicName.INSTANT_ACTIONS: _raise_instant_actions,
    TopicName.STATE: _raise_state,
    TopicName.FACTSHEET: _raise_factsheet,
    TopicName.VISUALIZATION: _raise_visualization,
}
_DOWNWARDS: Mapping[TopicName, Callable[[Json], None]] = {
    TopicName.ORDER: _lower_order,
    TopicName.STATE: _lower_state,
}
