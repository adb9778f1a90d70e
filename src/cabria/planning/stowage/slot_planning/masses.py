"""Which box of a kind goes into which stack, so that no stack becomes too heavy; and why, when there is no way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from cabria.planning.stowage.slot_planning.choice import Choice, Cut
from cabria.planning.stowage.slot_planning.piles import Counts, Pile
from cabria.planning.stowage.slot_planning.problem import SlotProblem

FEW_GROUPS = 10
"""So many groups of stacks have no more sets of groups than can all be looked at; of more only pairs are."""

Boxes = list[list[int]]
"""The boxes of each kind in a stack."""


class Load(NamedTuple):
    """What a stack gets: a pile, which may be empty, and the boxes of each kind for it."""

    stack: int
    pile: Pile
    boxes: Boxes


def share(problem: SlotProblem, choice: Choice) -> list[Load] | None:
    """The boxes of each stack, given its pile; None when no way was found."""
    stacks = [
        (stack, pile, max(0, group.mass_limit_kg))
        for group, own in zip(problem.groups, choice.piles, strict=True)
        for stack, pile in zip(group.stacks, own, strict=True)
    ]
    shares = _Shares(problem, [limit_kg for *_, limit_kg in stacks], [[[] for _ in problem.kinds] for _ in stacks])
    shares.deal([pile.counts for _, pile, _ in stacks])
    while shares.overloaded():
        if not shares.swap():
            return None
    return [Load(stack, pile, boxes) for (stack, pile, _), boxes in zip(stacks, shares.boxes, strict=True)]


def cuts(problem: SlotProblem, choice: Choice) -> Iterator[Cut]:
    """What every choice must keep and this one breaks: together some groups get more than they may carry even of the
    lightest boxes. What the n lightest boxes of a kind weigh is convex in n, so its slope at this n holds for all.
    """
    groups = range(len(problem.groups))
    sizes = groups if len(groups) <= FEW_GROUPS else range(2)
    for size in sizes:
        for some in combinations(groups, size + 1):
            counts = [sum(column) for column in zip(*(p.counts for g in some for p in choice.piles[g]), strict=True)]
            least_kg = sum(kg[n] for kg, n in zip(problem.lightest_kg, counts, strict=True))
            most_kg = sum(
                max(0, problem.groups[group].mass_limit_kg) * len(problem.groups[group].stacks) for group in some
            )
            if least_kg > most_kg:
                slopes = tuple(_slope(kg, n) for kg, n in zip(problem.lightest_kg, counts, strict=True))
                passed = sum(slope * n for slope, n in zip(slopes, counts, strict=True)) - least_kg
                yield Cut(some, slopes, most_kg + passed)


def _slope(lightest_kg: Sequence[int], count: int) -> float:
    """What one box more or less weighs, in the middle."""
    before, after = max(count - 1, 0), min(count + 1, len(lightest_kg) - 1)
    return (lightest_kg[after] - lightest_kg[before]) / max(1, after - before)


@dataclass(slots=True)
class _Shares:
    problem: SlotProblem
    limits_kg: Sequence[int]
    boxes: list[Boxes]
    loads_kg: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.loads_kg = [0] * len(self.boxes)

    def deal(self, counts: Sequence[Counts]) -> None:
        """The heaviest first, each to the stack that has most left for each box still to come."""
        left = [list(own) for own in counts]
        to_come = [sum(own) for own in counts]
        by_mass = [
            (self.problem.mass_kg(box), box, kind)
            for kind, boxes in enumerate(self.problem.boxes_by_kind.values())
            for box in boxes
        ]
        for mass_kg, box, kind in sorted(by_mass, reverse=True):
            stack = max(
                (stack for stack, own in enumerate(left) if own[kind]),
                key=lambda stack: (self.limits_kg[stack] - self.loads_kg[stack]) / to_come[stack],
            )
            left[stack][kind] -= 1
            to_come[stack] -= 1
            self.loads_kg[stack] += mass_kg
            self.boxes[stack][kind].append(box)

    def swap(self) -> bool:
        """Two boxes of a kind change places, one of them in a stack that is too heavy, for the greatest relief."""
        best_kg, best = 0, None
        for heavy, other in ((h, o) for h in self.overloaded() for o in range(len(self.boxes)) if o != h):
            for kind in range(len(self.problem.kinds)):
                for place, box in enumerate(self.boxes[heavy][kind]):
                    for other_place, other_box in enumerate(self.boxes[other][kind]):
                        moved_kg = self.problem.mass_kg(box) - self.problem.mass_kg(other_box)
                        relief_kg = self._relief_kg(heavy, other, moved_kg)
                        if relief_kg > best_kg:
                            best_kg, best = relief_kg, (heavy, other, kind, place, other_place, moved_kg)
        if best is None:
            return False
        heavy, other, kind, place, other_place, moved_kg = best
        ours, theirs = self.boxes[heavy][kind], self.boxes[other][kind]
        ours[place], theirs[other_place] = theirs[other_place], ours[place]
        self.loads_kg[heavy] -= moved_kg
        self.loads_kg[other] += moved_kg
        return True

    def overloaded(self) -> list[int]:
        return [stack for stack, load_kg in enumerate(self.loads_kg) if load_kg > self.limits_kg[stack]]

    def _relief_kg(self, heavy: int, other: int, moved_kg: int) -> int:
        """By how much less the two stacks are too heavy in sum."""
        over_kg = self.loads_kg[heavy] - self.limits_kg[heavy]
        other_over_kg = self.loads_kg[other] - self.limits_kg[other]
        before_kg = over_kg + max(0, other_over_kg)
        return before_kg - max(0, over_kg - moved_kg) - max(0, other_over_kg + moved_kg)
