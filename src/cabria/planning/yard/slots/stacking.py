"""Rules that stack boxes in one block of like stacks: ours, and the simple ones it is measured against.

All answer the same three questions and see the same: when a box comes, what its forecast says if there is one, and when
boxes leave. Nobody is told how good forecasts are. Stacks count from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from cabria.planning.yard.slots.departures import Departure, DepartureSkill
from cabria.planning.yard.slots.standing import USUAL_WEIGHTS, StandingBoxes, Weights

Array = np.ndarray[Any, np.dtype[Any]]
FULL = -1
NEVER = float("inf")
DAY_S = 86_400.0


class StackingRule(Protocol):
    """Decides stack by stack, as things happen."""

    def arrives(self, box: int, now_s: float, forecast_s: float | None) -> int:
        """The stack for a new box, FULL when there is no room."""
        ...

    def put_aside(self, stack: int, now_s: float) -> int:
        """The stack for the top box of `stack`, FULL when there is no room elsewhere."""
        ...

    def leaves(self, stack: int, now_s: float) -> None:
        """The top box of `stack` leaves the block."""
        ...


class LeastRehandles:
    """The stack with the least expected rehandles, under departures learned from those seen."""

    def __init__(self, stacks: int, tiers: int, weights: Weights = USUAL_WEIGHTS) -> None:
        self.skill = DepartureSkill()
        self._standing = StandingBoxes(np.full(stacks, tiers))
        self._boxes: list[list[int]] = [[] for _ in range(stacks)]
        self._weights = weights

    def arrives(self, box: int, now_s: float, forecast_s: float | Departure | None) -> int:
        room = self._standing.height < self._standing.tiers
        if not room.any():
            return FULL
        return self._put(box, self.skill.arrived(box, now_s, forecast_s), room, now_s)

    def put_aside(self, stack: int, now_s: float) -> int:
        room = self._standing.height < self._standing.tiers
        room[stack] = False
        if not room.any():
            return FULL
        return self._put(self._boxes[stack].pop(), self._standing.take(stack, now_s), room, now_s)

    def leaves(self, stack: int, now_s: float) -> None:
        self._standing.take(stack, now_s)
        self.skill.left(self._boxes[stack].pop(), now_s)

    def _put(self, box: int, departure: Departure, room: Array, now_s: float) -> int:
        prices = self._standing.prices(
            np.flatnonzero(room),
            departure,
            now_s,
            stays_s=self.skill.usual_stays_s,
            skill=self.skill.skill_used,
            weights=self._weights,
        )
        stack = int(prices.stacks[np.argmin(np.round(prices.in_the_way + prices.room_lost, 9))])
        self._standing.put(stack, departure, now_s)
        self._boxes[stack].append(box)
        return stack


Penalty = Callable[[float, float, int, float], tuple[float, ...]]
"""Of a forecast, the earliest forecast in a stack (never, where it is empty), its height and the time now."""


class ByPenalty:
    """A simple rule: the stack with the lowest penalty, the first of equals; a box without forecast leaves "never"."""

    def __init__(self, stacks: int, tiers: int, penalty: Penalty) -> None:
        self._stacks: list[list[float]] = [[] for _ in range(stacks)]
        self._earliest = [NEVER] * stacks
        self._tiers = tiers
        self._penalty = penalty

    def arrives(self, box: int, now_s: float, forecast_s: float | None) -> int:
        return self._put(NEVER if forecast_s is None else forecast_s, FULL, now_s)

    def put_aside(self, stack: int, now_s: float) -> int:
        target = self._put(self._stacks[stack][-1], stack, now_s)
        if target != FULL:
            self._take(stack)
        return target

    def leaves(self, stack: int, now_s: float) -> None:
        self._take(stack)

    def _put(self, forecast_s: float, source: int, now_s: float) -> int:
        found = FULL
        least: tuple[float, ...] = ()
        for n, stack in enumerate(self._stacks):
            if n != source and len(stack) < self._tiers:
                penalty = self._penalty(forecast_s, self._earliest[n], len(stack), now_s)
                if found == FULL or penalty < least:
                    found, least = n, penalty
        if found != FULL:
            self._stacks[found].append(forecast_s)
            self._earliest[found] = min(self._earliest[found], forecast_s)
        return found

    def _take(self, stack: int) -> None:
        self._stacks[stack].pop()
        self._earliest[stack] = min(self._stacks[stack], default=NEVER)


def levelling(forecast_s: float, earliest_s: float, height: int, now_s: float) -> tuple[float, ...]:
    """The lowest stack; forecasts are not looked at."""
    return (height,)


def near_fit(forecast_s: float, earliest_s: float, height: int, now_s: float) -> tuple[float, ...]:
    """The stack needed soonest after the box leaves; else an empty one; else the one needed last."""
    if forecast_s == NEVER:
        return (0, height)
    if height == 0:
        return (1, 0)
    return (0, earliest_s - forecast_s) if earliest_s >= forecast_s else (2, forecast_s - earliest_s)


def near_fit_with_slack(slack_s: float) -> Penalty:
    """`near_fit` that wants a stack needed at least `slack_s` after the box leaves, where what is overdue leaves now;
    else the lowest."""

    def penalty(forecast_s: float, earliest_s: float, height: int, now_s: float) -> tuple[float, ...]:
        if forecast_s == NEVER:
            return (0, height)
        if height == 0:
            return (1, 0)
        gap_s = max(earliest_s, now_s) - max(forecast_s, now_s) - slack_s
        return (0, gap_s) if gap_s >= 0 else (2, height)

    return penalty


def incumbent_penalties(forecast_s: float, earliest_s: float, height: int, now_s: float) -> tuple[float, ...]:
    """The market leader's way, as its public help tells it: filter stacks, then the lowest sum of typed penalties.

    Typed here: 100 for standing above a box forecast to leave earlier, 10 a tier, 15 for opening an empty stack, 4 for
    each day between the two forecasts, at most 40.
    """
    total = 10.0 * height
    if height == 0:
        return (15.0,)
    if forecast_s < NEVER and earliest_s < NEVER:
        total += 100.0 * (forecast_s > earliest_s)
        total += min(40.0, 4.0 * abs(earliest_s - forecast_s) / DAY_S)
    return (total,)


SIMPLE_RULES: Mapping[str, Penalty] = {
    "levelling": levelling,
    "near_fit": near_fit,
    "near_fit_slack_1_day": near_fit_with_slack(DAY_S),
    "incumbent": incumbent_penalties,
}
