"""The search as steps that can be asked for one by one: slices of crane time, each settled and then grown."""

from __future__ import annotations

from typing import Any

import numpy as np

from cabria.planning.yard.tidying import kernels
from cabria.planning.yard.tidying.flat import FlatBlock
from cabria.planning.yard.tidying.problem import FrontierPoint
from cabria.referee.yard_replay import BlockMove

Array = np.ndarray[Any, np.dtype[Any]]

SLICE_MS = 15_000
"""Shorter than nearly every move, so that a slice holds one generation; never dependent on the budget."""


class TimeBeam:
    """One pass of the beam: `width` states a slice of crane time.

    What is found by a certain time does not depend on the budget, as slices are grown in their order. More minutes can
    therefore only add.
    """

    def __init__(self, flat: FlatBlock, budget_ms: int, width: int, origins: int, targets: int, price_of_ms: float):
        stacks, tiers = flat.standing.shape
        points = flat.leaves.shape[1]
        self.flat, self.width, self.budget_ms = flat, width, budget_ms
        self.origins, self.targets, self.price_of_ms = origins, targets, price_of_ms
        self.slices = budget_ms // SLICE_MS + 2
        ring = (flat.longest_move_ms() // SLICE_MS + 3) * width
        self.standing = np.zeros((ring, stacks, tiers), np.int16)
        self.height = np.zeros((ring, stacks), np.int64)
        self.marks = np.zeros(self.slices * width, np.uint64)
        self.trail = np.full((self.slices * width, 4), -1, np.int64)
        self.prices = np.zeros(self.slices * width)
        self.worths = np.zeros((self.slices, 4 * width))
        self.notes = np.zeros((self.slices, 4 * width, 4), np.int64)
        self.counts = np.zeros(self.slices, np.int64)
        self.kept = np.zeros(self.slices, np.int64)
        self.clear = np.zeros((stacks, points + 1))
        self.dug = np.zeros((stacks, tiers))
        self.promise = np.zeros(stacks)
        self.worth_of = np.zeros(stacks)
        self._begin()

    def _begin(self) -> None:
        flat = self.flat
        self.standing[0], self.height[0] = flat.standing, flat.height
        self.trail[0] = (-1, -1, 0, 0)
        self.prices[0] = block_price(flat)
        self.kept[0] = 1

    def work(self, slice_: int) -> None:
        """Settle a slice and offer what its states can become. Slices are worked in their order, each once."""
        flat = self.flat
        if slice_:
            kernels.settle(
                slice_,
                self.width,
                self.standing,
                self.height,
                self.marks,
                self.trail,
                self.prices,
                self.worths,
                self.notes,
                self.counts,
                self.kept,
            )
        for state in range(slice_ * self.width, slice_ * self.width + int(self.kept[slice_])):
            kernels.grow(
                state,
                slice_,
                SLICE_MS,
                self.budget_ms,
                self.origins,
                self.targets,
                self.price_of_ms,
                flat.places,
                flat.times,
                flat.leaves,
                flat.remains,
                flat.stays,
                self.standing,
                self.height,
                self.trail,
                self.prices,
                self.worths,
                self.notes,
                self.counts,
                self.clear,
                self.dug,
                self.promise,
                self.worth_of,
            )

    def states(self) -> Array:
        """Numbers of all states built, in order of crane time."""
        ranks = np.arange(self.slices * self.width).reshape(self.slices, self.width)
        built = ranks[np.arange(self.width) < self.kept[:, None]]
        return built[np.argsort(self.trail[built, kernels.CRANE_MS], kind="stable")]

    def frontier(self) -> list[tuple[FrontierPoint, int]]:
        """Every state better than all that take no longer, with its number."""
        points: list[tuple[FrontierPoint, int]] = []
        for state in self.states():
            price = float(self.prices[state])
            if not points or price < points[-1][0].expected_rehandles - 1e-9:
                points.append((FrontierPoint(int(self.trail[state, kernels.CRANE_MS]), price), int(state)))
        return points

    def moves_to(self, state: int) -> tuple[BlockMove, ...]:
        moves: list[BlockMove] = []
        while self.trail[state, kernels.PARENT] >= 0:
            moves.append(self.flat.move(self.trail[state, kernels.ORIGIN], self.trail[state, kernels.TARGET]))
            state = int(self.trail[state, kernels.PARENT])
        return tuple(reversed(moves))


def block_price(flat: FlatBlock) -> float:
    """Expected rehandles of the whole block, by the kernel."""
    clear, dug = np.zeros(flat.leaves.shape[1] + 1), np.zeros(flat.standing.shape[1])
    return sum(
        float(kernels.stack_price(boxes, height, flat.leaves, flat.remains, flat.stays, clear, dug))
        for boxes, height in zip(flat.standing, flat.height, strict=True)
    )
