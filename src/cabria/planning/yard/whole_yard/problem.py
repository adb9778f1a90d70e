"""What is given: a retrieval order with its boxes, classes and stacks numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cabria.domain.containers import ContainerId
from cabria.domain.retrieval_order import RetrievalMove, RetrievalOrder
from cabria.domain.yard import YardBox


@dataclass(frozen=True)
class WholeYardProblem:
    """Items are the places of the order, from 0; boxes those of the call's classes, classes those that are wanted."""

    order: RetrievalOrder

    @cached_property
    def boxes(self) -> tuple[YardBox, ...]:
        """The boxes that may be wanted, by class and place in the yard."""
        number = self._class_number
        mine = [box for box in self.order.yard if self.order.class_of.get(box.id) in number]
        return tuple(sorted(mine, key=lambda box: (number[self.order.class_of[box.id]], box.position)))

    @cached_property
    def _class_number(self) -> Mapping[str, int]:
        return {name: n for n, name in enumerate(sorted({wanted.box_class for wanted in self.order.wanted}))}

    @cached_property
    def class_of_box(self) -> tuple[int, ...]:
        return tuple(self._class_number[self.order.class_of[box.id]] for box in self.boxes)

    @cached_property
    def class_of_item(self) -> tuple[int, ...]:
        return tuple(self._class_number[wanted.box_class] for wanted in self.order.wanted)

    @cached_property
    def boxes_of(self) -> tuple[tuple[int, ...], ...]:
        """Boxes of each class."""
        return _members(self.class_of_box, len(self._class_number))

    @cached_property
    def items_of(self) -> tuple[tuple[int, ...], ...]:
        """Items of each class, rising."""
        return _members(self.class_of_item, len(self._class_number))

    @cached_property
    def stacks(self) -> tuple[tuple[int, ...], ...]:
        """Stacks with a box that may be wanted: their boxes bottom first, -1 for one that nobody wants."""
        number = {box.id: n for n, box in enumerate(self.boxes)}
        numbered = (tuple(number.get(box.id, -1) for box in stack) for stack in self.order.yard.stacks.values())
        return tuple(stack for stack in numbered if max(stack) >= 0)

    @cached_property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """First and last turn of each item, turns from 0."""
        last = len(self.order.wanted) - 1
        return tuple((max(0, first - 1), min(last, until - 1)) for first, until in self.order.windows)

    @property
    def is_free(self) -> bool:
        """Whether any item may be handed out at another turn than its own."""
        return any(first < last for first, last in self.windows)


@dataclass(frozen=True)
class Choice:
    """The box of each item and the turn at which it leaves."""

    box_of: tuple[int, ...]
    turn_of: tuple[int, ...]


@dataclass(frozen=True)
class WholeYardPlan:
    """Every move in its order. `digs` may be more than those that the choice makes unavoidable (`in_the_way`)."""

    moves: tuple[RetrievalMove, ...]
    box_for: tuple[ContainerId, ...]
    digs: int
    in_the_way: int


def _members(numbers: Sequence[int], count: int) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in range(count)]
    for member, number in enumerate(numbers):
        found[number].append(member)
    return tuple(map(tuple, found))
