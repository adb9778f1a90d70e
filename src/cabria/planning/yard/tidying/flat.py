"""The block as flat arrays for the kernels, and the memory of one search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.planning.yard.tidying.problem import TidyingProblem
from cabria.referee.yard_replay import BlockMove, CraneTimes

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class FlatBlock:
    """Stacks of all bays in one row, boxes numbered from 0; see `kernels` for the shapes."""

    places: Array
    times: Array
    leaves: Array
    remains: Array
    stays: Array
    standing: Array
    height: Array

    @classmethod
    def of(cls, problem: TidyingProblem) -> FlatBlock:
        bays = problem.block.bays
        spots = [(number, row, bay.max_tier) for number, bay in enumerate(bays) for row, _ in enumerate(bay.stacks)]
        stacks = [stack for bay in bays for stack in bay.stacks]
        boxes = sorted(box for stack in stacks for box in stack)
        index = {box: number for number, box in enumerate(boxes)}
        tiers = max(bay.max_tier for bay in bays)
        standing = np.zeros((len(stacks), tiers), np.int16)
        for number, stack in enumerate(stacks):
            standing[number, : len(stack)] = [index[box] for box in stack]
        leaves, remains, stays = _forecasts(problem, boxes, tiers)
        return cls(
            np.array(spots, np.int64),
            _times(problem.times),
            leaves,
            remains,
            stays,
            standing,
            np.array([len(stack) for stack in stacks], np.int64),
        )

    def move(self, origin: int, target: int) -> BlockMove:
        """A move between flat stacks in the words of the domain."""
        start, goal = self.places[origin], self.places[target]
        return BlockMove(int(start[0]) + 1, int(start[1]) + 1, int(goal[0]) + 1, int(goal[1]) + 1)

    def longest_move_ms(self) -> int:
        """No move takes longer: the whole block empty and loaded, and two full hoists."""
        bays, rows, tiers = self.places.max(axis=0)
        t = self.times
        return int(bays * (t[4] + t[5]) + rows * (t[0] + t[1]) + 2 * tiers * (t[2] + t[3]))


def _times(times: CraneTimes) -> Array:
    return np.array(
        [
            times.trolley_empty_ms,
            times.trolley_loaded_ms,
            times.hoist_empty_ms,
            times.hoist_loaded_ms,
            times.gantry_empty_ms,
            times.gantry_loaded_ms,
        ],
        np.int64,
    )


def _forecasts(problem: TidyingProblem, boxes: list[int], tiers: int) -> tuple[Array, Array, Array]:
    """At enough nodes a period to integrate its order exactly: the product of a stack has degree tiers - 1."""
    nodes, weights = np.polynomial.legendre.leggauss(max(1, (tiers + 1) // 2))
    past, weights = (nodes + 1) / 2, weights / 2
    chances = np.array([problem.block.departures[box].chances for box in boxes], float)
    chances = chances.reshape(len(boxes), problem.block.periods)
    after = np.maximum(0.0, 1.0 - np.cumsum(chances, axis=1))
    shape = len(boxes), problem.block.periods * len(weights)
    leaves = (chances[:, :, None] * weights).reshape(shape)
    remains = (after[:, :, None] + chances[:, :, None] * (1.0 - past)).reshape(shape)
    stays = np.maximum(0.0, 1.0 - chances.sum(axis=1))
    return np.ascontiguousarray(leaves), np.ascontiguousarray(remains), np.ascontiguousarray(stays)
