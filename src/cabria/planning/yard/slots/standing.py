"""What stands where, by stack and tier, with the departure of each box: the ground on which slots are priced."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.domain.errors import DataError
from cabria.planning.yard.slots.departures import POINTS, Departure
from cabria.planning.yard.slots.kernels import price, refresh, remaining, survival, survivals

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Weights:
    """What room lost counts beside a rehandle, and what share of a stack's use its last tier has.

    Room counts `room_lost` where departures are known for certain. Where they are guessed it counts somewhat less on
    empty ground and more on full ground. Found by trial on made blocks (README); much more would keep empty stacks
    for nobody.
    """

    room_lost: float = 1.6
    when_unsure: float = -0.2
    when_unsure_and_full: float = 0.75
    last_tier: float = 0.3

    def of_room(self, skill: float, fill: float) -> float:
        """What room counts at a skill of the forecasts from 0 to 1 and a fill of the ground from 0 to 1."""
        fullness = min(1.2, max(0.0, (fill - 0.55) / 0.25))
        return self.room_lost + unsure_of(skill) * (self.when_unsure + self.when_unsure_and_full * fullness)


USUAL_WEIGHTS = Weights()


def unsure_of(skill: float) -> float:
    """How much departures are guessed: 0 where they are certain or nobody guesses, 1 half-way."""
    return 2 * math.sqrt(skill * (1 - skill))


_TIE = 0.001
"""What decides between stacks of one height counts, small beside a tier."""


@dataclass(frozen=True, slots=True)
class Prices:
    """For each stack asked for, in rehandles: the chance to be in the way, and the room that others lose."""

    stacks: Array
    in_the_way: Array
    room_lost: Array


class StandingBoxes:
    """Stacks counted from 0 with the departures of their boxes; changed box by box, memory never grows.

    `tiers` is the highest tier of each stack.
    """

    def __init__(self, tiers: Array) -> None:
        stacks, highest = len(tiers), int(max(tiers, default=1))
        self.tiers = np.ascontiguousarray(tiers, np.int64)
        self.height = np.zeros(stacks, np.int64)
        self._points_s = np.zeros((stacks, highest, POINTS))
        self._tails_s = np.ones((stacks, highest))
        self._earliest_s = np.zeros((stacks, POINTS))
        self._earliest_tail_s = np.ones(stacks)
        self._scratch_s = np.zeros((highest, POINTS))
        self._passed = np.zeros(highest, np.int64)

    @property
    def fill(self) -> float:
        """Boxes that stand, by places."""
        return float(self.height.sum() / max(1, self.tiers.sum()))

    def put(self, stack: int, departure: Departure, now_s: float) -> None:
        """Set a box on a stack. Raises DataError above the highest tier."""
        tier = self.height[stack]
        if tier >= self.tiers[stack]:
            raise DataError(f"Stack {stack} has no room above tier {tier}.")
        self._points_s[stack, tier] = departure.points_s
        self._tails_s[stack, tier] = departure.tail_s
        self.height[stack] += 1
        self._refresh(stack, now_s)

    def take(self, stack: int, now_s: float) -> Departure:
        """Lift the top box of a stack. Raises DataError where there is none."""
        if self.height[stack] == 0:
            raise DataError(f"Stack {stack} is empty.")
        self.height[stack] -= 1
        tier = self.height[stack]
        if tier:
            self._refresh(stack, now_s)
        return Departure(self._points_s[stack, tier].copy(), float(self._tails_s[stack, tier]))

    def prices(
        self,
        stacks: Array,
        departure: Departure,
        now_s: float,
        *,
        stays_s: Array,
        skill: float,
        weights: Weights = USUAL_WEIGHTS,
    ) -> Prices:
        """What a box would cost on each of `stacks`.

        `stays_s` are ascending points of the stay of boxes still to come, `skill` what forecasts have been worth. With
        no skill any box of a stack is as likely as another to leave first: the lowest stack is the best, and how long
        boxes have stood decides only between stacks of one height.
        """
        self._refresh_stale(now_s)
        own_s = np.empty(POINTS)
        remaining(departure.points_s, departure.tail_s, now_s, own_s)
        coming_s = now_s + stays_s
        own_survival = np.empty(len(coming_s))
        survivals(departure.points_s, departure.tail_s, coming_s, own_survival)
        own_survival /= survival(departure.points_s, departure.tail_s, now_s)
        in_the_way, room_lost = np.empty(len(stacks)), np.empty(len(stacks))
        price(
            own_s, coming_s, own_survival, stacks, self.height, self.tiers, self._earliest_s, self._earliest_tail_s,
            now_s, weights.last_tier, unsure_of(skill), in_the_way, room_lost, np.empty(POINTS),
            np.empty(len(coming_s)),
        )  # fmt: skip
        room_lost *= weights.of_room(skill, self.fill)
        if skill <= 0:
            height = self.height[stacks]
            return Prices(stacks, height / (height + 1), _TIE * (in_the_way + room_lost))
        return Prices(stacks, in_the_way, room_lost)

    def _refresh_stale(self, now_s: float) -> None:
        """Points of which half have passed say too little: let them be written anew, all boxes being still there."""
        stale = (self._earliest_s[:, POINTS // 2] < now_s) & (self.height > 0)
        for stack in np.flatnonzero(stale).tolist():
            self._refresh(stack, now_s)

    def _refresh(self, stack: int, now_s: float) -> None:
        refresh(
            stack, now_s, int(self.height[stack]), self._points_s, self._tails_s, self._earliest_s,
            self._earliest_tail_s, self._scratch_s, self._passed,
        )  # fmt: skip
