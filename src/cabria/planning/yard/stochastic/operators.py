"""The bay as flat arrays, the orders drawn, and the rule of expected min-max in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.domain.errors import DataError
from cabria.planning.yard.stochastic.kernels import RETRIEVED, empty_bay, shuffle_windows
from cabria.planning.yard.stochastic.problem import StochasticProblem

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Trials:
    """How doubtful moves are tried out: in `first` drawn orders, doubled up to `last` while two stacks are close.

    A stack is dropped when it is behind by more than `margin` times the root of the orders tried; `last` 0 leaves it
    all to the rule.
    """

    first: int = 16
    last: int = 256
    margin: float = 3.0


class FlatBay:
    """Arrays of one bay, the working space of its kernels and what they remember."""

    def __init__(self, problem: StochasticProblem, remembered_bays: int) -> None:
        stacks, boxes = len(problem.bay.stacks), problem.bay.boxes
        self.tiers = problem.bay.max_tier
        self.window_of = np.array(problem.window_of, np.int64)
        self.window_from = np.array(problem.window_from, np.int64)
        self.by_window = np.argsort(self.window_of, kind="stable").astype(np.int64)
        self.height = np.array([len(stack) for stack in problem.bay.stacks], np.int64)
        self.given = np.zeros((stacks, self.tiers), np.int64)
        box = 0
        for stack, height in enumerate(self.height.tolist()):
            self.given[stack, :height] = np.arange(box, box + height)
            box += height
        self._memory = np.zeros((remembered_bays, 2), np.uint64)
        self._standing = np.zeros((2, stacks, self.tiers), np.int64)
        self._by_stack = np.zeros((7, stacks), np.int64)
        self._by_box = np.zeros((5, boxes), np.int64)
        self._numbers = np.zeros((2, 1), np.uint64)
        self._moves = np.zeros((boxes * (2 * self.tiers + 2) + 1, 2), np.int64)

    def draw(self, state: Array) -> Array:
        """An order of all boxes, each order inside the windows as likely as any other."""
        order = self.by_window.copy()
        shuffle_windows(order, self.window_from, 0, state)
        return order

    def empty(self, order: Array, trials: Trials) -> tuple[tuple[int, int], ...]:
        """The moves that retrieve all boxes in an order. Raises DataError where a box can go nowhere."""
        made = empty_bay(
            self.given, self.height, order, self.window_from, self.window_of, self.tiers, trials.first, trials.last,
            trials.margin, self._memory, self._standing[0], self._standing[1], self._by_stack, self._by_box,
            self._numbers, self._moves,
        )  # fmt: skip
        if made < 0:
            raise DataError(
                "The bay is so full that a box in the way has nowhere to go.", remedy="Take boxes out or raise T."
            )
        return tuple(
            (origin + 1, 0 if target == RETRIEVED else target + 1) for origin, target in self._moves[:made].tolist()
        )
