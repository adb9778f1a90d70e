"""How a vehicle moves along the edges it may drive: it speeds up and slows down evenly and stops where it must."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, hypot, sqrt
from typing import NamedTuple

from cabria.domain.machines import Axis

ARRIVED_M = 0.001


class Pose(NamedTuple):
    """Metres and radians."""

    x: float
    y: float
    theta: float


@dataclass(frozen=True, slots=True)
class Leg:
    """One edge: the line it runs along, how long it is and how fast it may be driven."""

    points: tuple[tuple[float, float], ...]
    length_m: float
    speed_m_per_s: float

    def pose(self, at_m: float) -> Pose:
        """So far along it."""
        pieces = list(pairwise(self.points))
        left = at_m / self.length_m * sum(_length_m(*piece) for piece in pieces) if self.length_m else 0.0
        for start, end in pieces:
            length = _length_m(start, end)
            if left <= length or (start, end) == pieces[-1]:
                share = min(1.0, left / length) if length else 1.0
                x = start[0] + share * (end[0] - start[0])
                y = start[1] + share * (end[1] - start[1])
                return Pose(x, y, atan2(end[1] - start[1], end[0] - start[0]))
            left -= length
        return Pose(*self.points[-1], 0.0)


def leg_along(points: Sequence[tuple[float, float]], length_m: float | None, speed_m_per_s: float) -> Leg:
    """A leg through points; without a length it is as long as drawn."""
    drawn = sum(_length_m(*piece) for piece in pairwise(points))
    return Leg(tuple(points), max(drawn, length_m or 0.0), speed_m_per_s)


def _length_m(start: tuple[float, float], end: tuple[float, float]) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])


class Drive:
    """A vehicle between nodes: the legs before it, how far it is on the first, and how fast."""

    def __init__(self, pose: Pose, axis: Axis) -> None:
        self.pose, self.legs = pose, deque[Leg]()
        self.on_leg_m = self.speed_m_per_s = self.driven_m = 0.0
        self._top, self._change = axis.speed_mm_per_s / 1_000, axis.acceleration_mm_per_s2 / 1_000

    def advance(self, seconds: float, stop_m: float) -> int:
        """Drive for a while, at most `stop_m` further, and stand when there; how many legs were driven to their end."""
        if stop_m <= ARRIVED_M or not self.legs:
            self.speed_m_per_s = 0.0
            return self._pass_legs()
        before = self.speed_m_per_s
        allowed = min(self._allowed(stop_m), before + self._change * seconds)
        self.speed_m_per_s = max(allowed, before - 2 * self._change * seconds, 0.05)
        step = min((before + self.speed_m_per_s) / 2 * seconds, stop_m)
        if stop_m - step <= ARRIVED_M:
            self.speed_m_per_s = 0.0
        return self._move(step)

    def _move(self, step_m: float) -> int:
        self.on_leg_m += step_m
        self.driven_m += step_m
        passed = self._pass_legs()
        if self.legs:
            self.pose = self.legs[0].pose(self.on_leg_m)
        return passed

    def brake(self, seconds: float) -> int:
        """Stop as soon as possible; how many legs were driven to their end meanwhile."""
        before = self.speed_m_per_s
        if not before:
            return 0
        self.speed_m_per_s = max(0.0, before - self._change * seconds)
        return self._move((before + self.speed_m_per_s) / 2 * min(seconds, before / self._change))

    @property
    def braking_m(self) -> float:
        """What it needs to stop."""
        return self.speed_m_per_s**2 / (2 * self._change)

    def _allowed(self, stop_m: float) -> float:
        """The speed from which it can still stop there and keep to the slower legs before that."""
        allowed = min(self._top, self.legs[0].speed_m_per_s, sqrt(2 * self._change * stop_m))
        ahead = self.legs[0].length_m - self.on_leg_m
        for leg in list(self.legs)[1:6]:
            if ahead >= stop_m or ahead > self._top**2 / (2 * self._change):
                break
            allowed = min(allowed, sqrt(min(leg.speed_m_per_s, self._top) ** 2 + 2 * self._change * max(0.0, ahead)))
            ahead += leg.length_m
        return allowed

    def _pass_legs(self) -> int:
        passed = 0
        while self.legs and self.on_leg_m >= self.legs[0].length_m - ARRIVED_M:
            leg = self.legs.popleft()
            self.on_leg_m = max(0.0, self.on_leg_m - leg.length_m)
            self.pose = leg.pose(leg.length_m)
            passed += 1
        return passed
