"""What is given, in the shape the search wants: boxes that are alike are one kind, stacks that are alike one group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from cabria.domain.slot_planning import PUBLISHED, BaySection, Slot, SlotAssignment, SlotCell, SlotPrices


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """All that matters of a box but its mass."""

    length_ft: int
    height_mm: int
    port: int
    is_reefer: bool


@dataclass(frozen=True, slots=True)
class StackGroup:
    """Stacks (numbered from 1) with the same cells, limits and boxes on board; `aboard` says kind, tier and slot.

    `mass_limit_kg` is what the boxes on board leave.
    """

    stacks: tuple[int, ...]
    cells: tuple[SlotCell, ...]
    floor: int
    height_limit_mm: int
    mass_limit_kg: int
    aboard: tuple[tuple[Kind, int, Slot], ...]


@dataclass(frozen=True)
class SlotProblem:
    """Load all boxes of the section at the least cost."""

    section: BaySection
    prices: SlotPrices = PUBLISHED

    @cached_property
    def boxes_by_kind(self) -> dict[Kind, tuple[int, ...]]:
        """The boxes of each kind, the lightest first."""
        found: dict[Kind, list[int]] = defaultdict(list)
        for number, box in enumerate(self.section.to_load):
            found[Kind(box.length_ft, box.height_mm, box.port, box.is_reefer)].append(number)
        return {kind: tuple(sorted(found[kind], key=self.mass_kg)) for kind in sorted(found)}

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(self.boxes_by_kind)

    @cached_property
    def demand(self) -> tuple[int, ...]:
        """How many boxes there are of each kind."""
        return tuple(map(len, self.boxes_by_kind.values()))

    @cached_property
    def lightest_kg(self) -> tuple[tuple[int, ...], ...]:
        """Of each kind, what the n lightest boxes weigh, for n from 0 on."""
        return tuple(tuple(accumulate(map(self.mass_kg, boxes), initial=0)) for boxes in self.boxes_by_kind.values())

    @cached_property
    def groups(self) -> tuple[StackGroup, ...]:
        alike: dict[tuple[object, ...], list[StackGroup]] = defaultdict(list)
        for number, stack in enumerate(self.section.stacks, 1):
            here = [(box, place) for box, place in self.section.on_board if place.stack == number]
            aboard = sorted(
                (Kind(box.length_ft, box.height_mm, box.port, box.is_reefer), place.tier, place.slot)
                for box, place in here
            )
            left_kg = stack.mass_limit_kg - sum(box.mass_kg for box, _ in here)
            one = StackGroup((number,), stack.cells, stack.floor, stack.height_limit_mm, left_kg, tuple(aboard))
            alike[one.cells, one.height_limit_mm, left_kg, one.aboard].append(one)
        return tuple(
            StackGroup(
                tuple(one.stacks[0] for one in ones),
                ones[0].cells,
                ones[0].floor,
                ones[0].height_limit_mm,
                ones[0].mass_limit_kg,
                ones[0].aboard,
            )
            for ones in alike.values()
        )

    def mass_kg(self, box: int) -> int:
        return self.section.to_load[box].mass_kg


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """A place for each box, or None when no plan was found. `is_proven`: there is none cheaper, or none at all."""

    assignments: tuple[SlotAssignment, ...] | None
    is_proven: bool
