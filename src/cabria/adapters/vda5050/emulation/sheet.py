"""The factsheet of an emulated truck."""

from __future__ import annotations

from cabria.adapters.vda5050.factsheet import (
    ActionScope,
    Factsheet,
    Geometry,
    LoadSpecification,
    OptionalParameter,
    PhysicalParameters,
    ProtocolFeatures,
    ProtocolLimits,
    RobotAction,
    StringLengths,
    Support,
    Timing,
    TypeSpecification,
)
from cabria.adapters.vda5050.topics import RobotId
from cabria.adapters.vda5050.zones import ZoneType
from cabria.domain.machines import TruckModel

NODES = 200
"""The longest order it holds."""
OPTIONAL = (
    ("order.nodes.nodePosition", Support.REQUIRED),
    ("order.nodes.nodePosition.allowedDeviationXY", Support.SUPPORTED),
    ("order.edges.trajectory", Support.SUPPORTED),
    ("order.edges.length", Support.SUPPORTED),
    ("order.edges.maximumSpeed", Support.SUPPORTED),
)
AT_ONCE = (
    "startPause",
    "stopPause",
    "startHibernation",
    "stopHibernation",
    "initializePosition",
    "enableZoneSet",
    "deleteZoneSet",
    "clearInstantActions",
    "stateRequest",
    "logReport",
    "trigger",
    "cancelOrder",
    "factsheetRequest",
)
ON_NODES = ("pick", "drop", "finePositioning", "waitForTrigger")
BOTH = ("startCharging", "stopCharging")


def factsheet_of(
    robot: RobotId, model: TruckModel, version: str, timestamp: str, least_interval_ms: int = 100
) -> Factsheet:
    """What a truck of this model says of itself; its control point is the middle of its front."""
    least_s = least_interval_ms / 1_000
    scopes = {
        **dict.fromkeys(AT_ONCE, (ActionScope.INSTANT,)),
        **dict.fromkeys(ON_NODES, (ActionScope.NODE,)),
        **dict.fromkeys(BOTH, (ActionScope.INSTANT, ActionScope.NODE)),
    }
    acceleration = model.drive.acceleration_mm_per_s2 / 1_000
    return Factsheet(
        header_id=0,
        timestamp=timestamp,
        version=version,
        manufacturer=robot.manufacturer,
        serial_number=robot.serial,
        type_specification=TypeSpecification(
            series_name="Emulated truck",
            mobile_robot_kinematics="THREE_WHEEL",
            mobile_robot_class="CARRIER",
            maximum_load_mass=model.cargo_kg,
            localization_types=("GRID",),
            navigation_types=("VIRTUAL_LINE_GUIDED",),
            supported_zones=(ZoneType.RELEASE,),
        ),
        physical_parameters=PhysicalParameters(
            minimum_speed=0.05,
            maximum_speed=model.drive.speed_mm_per_s / 1_000,
            maximum_acceleration=acceleration,
            maximum_deceleration=acceleration,
            minimum_height=1.7,
            maximum_height=4.6,
            width=3.0,
            length=model.length_mm / 1_000,
        ),
        protocol_limits=ProtocolLimits(
            maximum_string_lengths=StringLengths(),
            maximum_array_lengths={"order.nodes": NODES, "order.edges": NODES - 1, "instantActions": 20},
            timing=Timing(minimum_order_interval=least_s, minimum_state_interval=least_s, default_state_interval=0.5),
        ),
        protocol_features=ProtocolFeatures(
            optional_parameters=tuple(OptionalParameter(parameter=name, support=how) for name, how in OPTIONAL),
            mobile_robot_actions=tuple(
                RobotAction(action_type=name, action_scopes=where, pause_allowed=True, cancel_allowed=True)
                for name, where in scopes.items()
            ),
        ),
        mobile_robot_geometry=Geometry(),
        load_specification=LoadSpecification(load_positions=("bed",)),
    )
