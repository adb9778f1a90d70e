"""How operations stand between two inputs, as plain values, and operations put back as they stood.

What follows from the layout (stands, blocks) is left out; what only looks different (the order in which stacks were
first touched, empty ones) is made alike, so that two states are the same if and only if their standings are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cabria.operations.journaling import JournaledControl
from cabria.operations.records import OpenTerminal, Order
from cabria.planning.dispatch.traffic.lane_book import Passage, Progress

OF_THE_LAYOUT = frozenset(
    {
        "layout",
        "lanes",
        "blocks",
        "stand_of",
        "stand_number",
        "rests",
        "quay_stands",
        "gates_in",
        "gates_out",
        "_yard_stands",
        "_quay_stands",
    }
)
"""Of a board: what its layout says already."""
OUTSIDE = frozenset({"board", "out", "settings"})
"""Of a desk: what stands elsewhere."""


@dataclass(frozen=True, slots=True)
class PendingAlarm:
    """`does` is a method of the control by name, or a function of a module."""

    number: int
    at_ms: int
    does: Any
    argument: Any
    correlation: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that what follows depends on."""

    opened: OpenTerminal
    at_ms: int
    board: Mapping[str, Any]
    desk: Mapping[str, Any]
    passages: Mapping[int, Passage]
    is_awake: bool
    alarm_ms: int
    alarms_set: int
    alarms: tuple[PendingAlarm, ...]
    orders_out: Mapping[int, Order] = field(default_factory=dict)
    heard: Mapping[str, str] = field(default_factory=dict)
    progress: Mapping[int, Progress] = field(default_factory=dict)


def standing_of(control: JournaledControl) -> Standing:
    """Between two inputs. It holds the live parts: encode it before operations go on."""
    if control.scribe.at_ms is not None:
        raise ValueError("While an input is handled, nothing stands.")
    board = control.desk.board
    return Standing(
        opened=control.opened,
        at_ms=control.scribe.last_ms,
        board={name: _alike(value) for name, value in vars(board).items() if name not in OF_THE_LAYOUT},
        desk={name: _alike(value) for name, value in vars(control.desk).items() if name not in OUTSIDE},
        passages=dict(board.lanes.passages),
        is_awake=control._is_awake,
        alarm_ms=control._alarm_ms,
        alarms_set=control.alarms.count,
        alarms=tuple(
            PendingAlarm(number, alarm.at_ms, _name(control, alarm.handler), alarm.argument, alarm.correlation)
            for number, alarm in sorted(control.alarms.pending.items())
        ),
        orders_out=dict(control.scribe.orders_out.open),
        heard=dict(control.heard),
        progress=dict(board.lanes.progress),
    )


def put_back(control: JournaledControl, standing: Standing) -> None:
    """A control that was just made stands as another stood; its clock must say the same time."""
    board = control.desk.board
    for name, value in standing.board.items():
        _set(board, name, value)
    for name, value in standing.desk.items():
        _set(control.desk, name, value)
    board.lanes.resume(standing.passages, standing.at_ms, standing.progress)
    control._is_awake, control._alarm_ms = standing.is_awake, standing.alarm_ms
    control.scribe.last_ms = standing.at_ms
    control.alarms.count = standing.alarms_set
    control.scribe.orders_out.open = dict(standing.orders_out)
    control.heard = dict(standing.heard)
    for alarm in standing.alarms:
        does = getattr(control, alarm.does) if isinstance(alarm.does, str) else alarm.does
        control.alarms.set_again(alarm.number, alarm.at_ms, does, alarm.argument, alarm.correlation)


def _alike(value: Any) -> Any:
    if isinstance(value, defaultdict):
        return dict(sorted((key, held) for key, held in value.items() if held))
    return value


def _set(thing: object, name: str, value: Any) -> None:
    now = getattr(thing, name)
    if isinstance(now, defaultdict):
        now.clear()
        now.update(value)
    else:
        setattr(thing, name, value)


def _name(control: JournaledControl, handler: Any) -> Any:
    return handler.__name__ if getattr(handler, "__self__", None) is control else handler
