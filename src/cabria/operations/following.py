"""Trucks that tell their way themselves: the lane book follows what they did, and what is to come is as late as they.

Trucks on a wire drive later than they were booked, and earlier where nobody is before them. What they have left is free
when they say so, and whoever is booked next is booked round where they are.
"""

from __future__ import annotations

from cabria.domain.run_events import TripDriven
from cabria.operations.desk import Desk


def has_driven(desk: Desk, event: TripDriven) -> None:
    """A truck says how far it is on its trip."""
    board = desk.board
    number, entered = board.trucks[event.truck].number, event.passed + (event.ahead_mm > 0)
    board.lanes.drove(number, entered, event.left, desk.now_ms)


def catch_up_with_trucks(desk: Desk) -> None:
    """Those who are late, and whoever is to pass behind them, are booked for when they can drive."""
    board = desk.board
    changed = board.lanes.catch_up(desk.now_ms)
    if changed:
        for truck in board.trucks.values():
            if truck.number in changed and truck.is_driving:
                truck.arrives_ms = changed[truck.number][-1].enter_ms + int(board.lanes.lanes.pass_ms[truck.stand])
