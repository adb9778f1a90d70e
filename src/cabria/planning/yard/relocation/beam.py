"""One beam search over a bay: level by level of relocations, a bounded number of states kept, in small rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cabria.planning.yard.relocation import kernels
from cabria.planning.yard.relocation.operators import FlatBay, relocation_limit

Array = np.ndarray[Any, np.dtype[Any]]
ROLLOUTS_A_ROUND = 2_000
MAX_CANDIDATES = 4_000_000
MAX_SEEN = 1 << 22


@dataclass
class Incumbent:
    """The best plan so far: coded relocations and its points; None while there is none better than the points."""

    relocations: list[int] | None
    points: int


@dataclass
class Level:
    """States after equally many relocations: what stands where, the crane's account, and the last relocation."""

    boxes: Array
    heights: Array
    accounts: Array
    came: Array

    @classmethod
    def root(cls, flat: FlatBay) -> Level:
        came = np.full(1, kernels.FRESH, np.int32)
        return cls(flat.box[None].copy(), flat.height[None].copy(), flat.account[None].copy(), came)

    def after(self, parents: Array, moves: Array, flat: FlatBay) -> Level:
        states = len(parents)
        level = Level(
            np.zeros((states, self.boxes.shape[1]), np.int16),
            np.zeros((states, self.heights.shape[1]), np.int16),
            np.zeros((states, 3), np.int64),
            np.zeros(states, np.int32),
        )
        kernels.advance(
            self.boxes, self.heights, self.accounts, parents, moves, flat.due_ms, flat.given,
            level.boxes, level.heights, level.accounts, level.came,
        )  # fmt: skip
        return level


@dataclass
class Beam:
    """A beam of `width` states. `weights` are the kernel's: bound, stuck rollout, seed, whether to roll out.

    After `rounds()` ran out, `is_complete` says whether no state was ever given up: then, as far as time has no price,
    no plan is better than the incumbent.
    """

    flat: FlatBay
    width: int
    weights: Array
    incumbent: Incumbent
    evaluated: int = 0
    is_complete: bool = True
    history: list[tuple[Array, Array]] = field(default_factory=list)

    @property
    def effort(self) -> int:
        """In rollouts; a state that is only bounded takes about a quarter of one."""
        return self.evaluated if self.weights[3] else self.evaluated // 4

    def rounds(self) -> Iterator[None]:
        """Search; a pause after every few thousand rollouts, at which the search may be left."""
        flat = self.flat
        stacks = len(flat.height)
        fan_out = stacks * (stacks - 1)
        candidates = min(MAX_CANDIDATES, self.width * fan_out + 1)
        key, parent, move = (
            np.empty(candidates, np.float32),
            np.empty(candidates, np.int32),
            np.empty(candidates, np.int32),
        )
        remembered = 1 << min(self.width * fan_out * 16, MAX_SEEN - 1).bit_length()
        seen, seen_points = np.zeros(remembered, np.uint64), np.empty(remembered, np.int64)
        tally = np.zeros(7, np.int64)
        tally[kernels.BEST] = self.incumbent.points
        found = np.zeros(relocation_limit(flat) + 1, np.int32)
        chunk = max(1, ROLLOUTS_A_ROUND // max(1, fan_out))
        level = Level.root(flat)
        while len(level.came):
            tally[kernels.COUNT] = 0
            for begin in range(0, len(level.came), chunk):
                end = min(begin + chunk, len(level.came))
                tally[kernels.EVALUATED] = 0
                kernels.expand(
                    level.boxes, level.heights, level.accounts, level.came, begin, end, flat.due_ms, flat.given,
                    self.weights, seen, seen_points, key, parent, move, tally, found,
                )  # fmt: skip
                self.evaluated += int(tally[kernels.EVALUATED])
                self._note(tally, found)
                yield
            if len(self.history) == relocation_limit(flat):
                self.is_complete = False
                return
            count = int(tally[kernels.COUNT])
            chosen = np.arange(count)
            if count > self.width:
                self.is_complete = False
                chosen = np.sort(np.argpartition(key[:count], self.width)[: self.width])
            if tally[kernels.LOST]:
                self.is_complete = False
            self.history.append((parent[chosen], move[chosen]))
            level = level.after(*self.history[-1], flat)

    def _note(self, tally: Array, found: Array) -> None:
        """Keep a better plan: the relocations that led to its state, then those found from there."""
        if tally[kernels.FOUND_MOVES] == 0:
            return
        path = found[: tally[kernels.FOUND_MOVES]].tolist()
        at = int(tally[kernels.FOUND_PARENT])
        for parents, moves in reversed(self.history):
            path.insert(0, int(moves[at]))
            at = int(parents[at])
        self.incumbent.relocations = path
        self.incumbent.points = int(tally[kernels.BEST])
        tally[kernels.FOUND_MOVES] = 0
