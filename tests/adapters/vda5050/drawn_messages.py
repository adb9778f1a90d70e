"""Any message of a kind, drawn from its types: what hypothesis writes down for the wire."""

from __future__ import annotations

import types
import typing
from enum import EnumMeta
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st

from cabria.adapters.timestamps import stamp
from cabria.adapters.vda5050.factsheet import Envelope3d, ProtocolLimits
from cabria.adapters.vda5050.order import InstantActions
from cabria.adapters.vda5050.parts import ActionParameter, BlockingType, Message, Trajectory, Waypoint
from cabria.adapters.vda5050.zones import NEEDED, GrantType, Response, Zone, ZoneSet

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=4)
STAMPS = st.integers(0, 4_000_000_000_000).map(stamp)
JSON = st.booleans() | st.integers(-9, 9) | TEXT | st.lists(st.integers(-9, 9), max_size=2)
ARRAYS = st.dictionaries(st.sampled_from(["order.nodes", "order.edges", "node.actions"]), st.integers(0, 99))


@cache
def messages(kind: type[Message], version: str = "3.0.0") -> st.SearchStrategy[Any]:
    """Messages of a kind, with a header as a vehicle's."""
    header = {
        "timestamp": STAMPS,
        "version": st.just(version),
        "manufacturer": st.just("ACME"),
        "serial_number": st.just("0001"),
    }
    return _struct(kind, **header)


def _struct(kind: Any, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {name: known[name] if name in known else _field(kind, name, hint) for name, hint in hints.items()}
    shaped = _SHAPED.get(kind)
    if kind is Trajectory:
        return st.fixed_dictionaries(fields).filter(lambda made: len(made["control_points"]) >= 2).map(_degree_one)
    return st.builds(kind, **fields) if shaped is None else st.fixed_dictionaries(fields).map(shaped)


@cache
def _part(kind: Any) -> st.SearchStrategy[Any]:
    """Made once for each kind: making takes longer than drawing."""
    return _struct(kind)


def _field(kind: Any, name: str, hint: Any) -> st.SearchStrategy[Any]:
    if name in ("lease_expiry", "eta"):
        return STAMPS if kind is Waypoint else st.none() | STAMPS
    if (kind, name) == (ActionParameter, "value"):
        return JSON
    if (kind, name) == (ProtocolLimits, "maximum_array_lengths"):
        return ARRAYS
    if (kind, name) == (Envelope3d, "data"):
        return st.none() | st.dictionaries(TEXT, JSON, max_size=2)
    return _values(hint)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        inner, *notes = typing.get_args(hint)
        limits = next(note for note in notes if isinstance(note, msgspec.Meta))
        return _limited(inner, limits)
    if origin is types.UnionType or origin is typing.Union:
        inner = next(part for part in typing.get_args(hint) if part is not type(None))
        return st.none() | _values(inner)
    if origin is tuple:
        return st.lists(_values(typing.get_args(hint)[0]), max_size=2).map(tuple)
    if isinstance(hint, EnumMeta):
        return st.sampled_from(list(hint))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return st.deferred(lambda: _part(hint))
    return {bool: st.booleans(), str: TEXT, float: st.floats(-1e6, 1e6), int: st.integers(0, 99)}[hint]


def _limited(inner: Any, limits: msgspec.Meta) -> st.SearchStrategy[Any]:
    if typing.get_origin(inner) is tuple:
        return st.lists(_values(typing.get_args(inner)[0]), min_size=limits.min_length or 0, max_size=4).map(tuple)
    low = limits.ge if limits.ge is not None else limits.gt or 0
    high = limits.le if limits.le is not None else 1_000_000
    if inner is int:
        return st.integers(int(low), int(high))
    return st.floats(low, high, exclude_min=limits.gt is not None)


def _degree_one(made: dict[str, Any]) -> Trajectory:
    points, shares = made["control_points"], made["knot_vector"]
    knots = None if shares is None else (0.0, 0.0, *[0.5] * (len(points) - 2), 1.0, 1.0)
    return Trajectory(degree=None if made["degree"] is None else 1, knot_vector=knots, control_points=points)


def _blocking_nothing(made: dict[str, Any]) -> InstantActions:
    actions = tuple(msgspec.structs.replace(action, blocking_type=BlockingType.NONE) for action in made["actions"])
    return InstantActions(**(made | {"actions": actions}))


def _whole_zone(made: dict[str, Any]) -> Zone:
    given = {"release_loss_behavior": "STOP", "maximum_speed": 1.5, "direction": 0.0, "directed_limitation": "SOFT"}
    given |= {"bidirected_limitation": "SOFT", "priority_factor": 0.5, "penalty_factor": 0.5}
    optional = set(given) | {"entry_actions", "during_actions", "exit_actions"}
    needed = NEEDED.get(made["zone_type"], ())
    for name in optional:
        if name not in needed:
            made[name] = None
        elif made[name] is None:
            made[name] = given.get(name, ())
    return msgspec.convert(msgspec.to_builtins({_camel(k): v for k, v in made.items() if v is not None}), Zone)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _honest_response(made: dict[str, Any]) -> Response:
    lease = made["lease_expiry"] if made["grant_type"] is GrantType.GRANTED else None
    return Response(**(made | {"lease_expiry": lease}))


def _zones_named_apart(made: dict[str, Any]) -> ZoneSet:
    zones = tuple(msgspec.structs.replace(zone, zone_id=f"Z{number}") for number, zone in enumerate(made["zones"]))
    return ZoneSet(**(made | {"zones": zones}))


_SHAPED = {
    InstantActions: _blocking_nothing,
    Zone: _whole_zone,
    Response: _honest_response,
    ZoneSet: _zones_named_apart,
}
