"""The problem and a choice as the flat arrays that the kernels work on (see `kernels`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

import numpy as np

from cabria.planning.yard.whole_yard import kernels
from cabria.planning.yard.whole_yard.kernels import Array
from cabria.planning.yard.whole_yard.problem import Choice, WholeYardProblem


@dataclass(frozen=True)
class FlatYard:
    """`given` never changes; a `FlatChoice` does. `reach` is how far a turn may be exchanged, 0 for a strict order."""

    given: tuple[Array, ...]
    relaxed: tuple[Array, ...]
    reach: int
    most_states: int

    @classmethod
    def of(cls, problem: WholeYardProblem) -> FlatYard:
        stack_of = [0] * len(problem.boxes)
        for n, stack in enumerate(problem.stacks):
            for box in stack:
                if box >= 0:
                    stack_of[box] = n
        first = _ints(first for first, _ in problem.windows)
        last = _ints(last for _, last in problem.windows)
        stack_from, stack_boxes = _rows(problem.stacks)
        class_from, class_boxes = _rows(problem.boxes_of)
        item_from, class_items = _rows(problem.items_of)
        of_item, of_box = _ints(problem.class_of_item), _ints(problem.class_of_box)
        spare = _ints(len(b) - len(i) for b, i in zip(problem.boxes_of, problem.items_of, strict=True))
        levels = max(map(len, problem.stacks), default=0)
        return cls(
            (class_from, class_boxes, of_item, first, last, _ints(stack_of), stack_from, stack_boxes),
            (class_items, item_from, of_box, spare, first, last, stack_from, stack_boxes),
            int(max(last - first, default=0)),
            2 + (levels + 1) * max(map(len, problem.items_of), default=0),
        )

    def choice(self, of: Choice) -> FlatChoice:
        item_of = [-1] * len(self.given[5])
        for item, box in enumerate(of.box_of):
            item_of[box] = item
        item_at = [0] * len(of.turn_of)
        for item, turn in enumerate(of.turn_of):
            item_at[turn] = item
        turns, items = _ints(of.turn_of), _ints(item_of)
        stack_from, stack_boxes = self.given[6:]
        digs = [kernels.digs_of(n, stack_from, stack_boxes, turns, items) for n in range(len(stack_from) - 1)]
        return FlatChoice(turns, _ints(item_at), _ints(of.box_of), items, _ints(digs))

    def relaxed_digs(self, price: Array, used: Array) -> float:
        least: Any = kernels.relaxed_digs
        return float(least(*self.relaxed, self.most_states, price, used))


@dataclass
class FlatChoice:
    """See `kernels`."""

    turn_of: Array
    item_at: Array
    box_of: Array
    item_of: Array
    stack_digs: Array

    def anneal(self, flat: FlatYard, iterations: int, hot: float, cold: float, state: Array) -> int:
        """Anneal in place; returns the change of the digs."""
        go_on: Any = kernels.anneal
        fields = (self.turn_of, self.item_at, self.box_of, self.item_of, self.stack_digs)
        return int(go_on(*flat.given, *fields, flat.reach, iterations, hot, cold, state))

    @property
    def digs(self) -> int:
        return int(self.stack_digs.sum())

    def taken(self) -> Choice:
        return Choice(tuple(self.box_of.tolist()), tuple(self.turn_of.tolist()))


def _ints(values: Iterable[int]) -> Array:
    return np.array(list(values), np.int64)


def _rows(rows: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Where each row begins, and all rows one after the other."""
    return _ints(accumulate(map(len, rows), initial=0)), _ints(chain.from_iterable(rows))
