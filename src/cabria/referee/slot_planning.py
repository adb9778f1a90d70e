"""Judges a plan of slots for one bay section from scratch: the rules of stacks, and the cost by component.

Rules, judged for what the plan adds: every box to load stands in one free slot that takes its length, on the ship or
with a container below each end, never a 20 ft on a 40 ft, a reefer at a plug (a 40 ft one at a plug of either end),
nothing below a box that is on board; mass and height of a stack within its limits where something was added to it.
Cost, boxes on board included: a box overstows when one that leaves earlier stands below it in a slot it covers; a stack
is used when anything stands in it; ports are counted stack by stack; a non-reefer in a cell is at a plug when one
belongs to a slot it covers, and counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cabria.domain.slot_planning import (
    PUBLISHED,
    BaySection,
    Slot,
    SlotAssignment,
    SlotBox,
    SlotPlace,
    SlotPrices,
    SlotStack,
)

Standing = tuple[SlotBox, SlotPlace]


@dataclass(frozen=True, slots=True)
class SlotJudgement:
    """Broken rules in words and what is counted, of all boxes whose place exists."""

    problems: tuple[str, ...]
    overstowing: int
    ports_in_stacks: int
    used_stacks: int
    plug_misuses: int

    @property
    def valid(self) -> bool:
        return not self.problems

    def costs(self, prices: SlotPrices = PUBLISHED) -> dict[str, int]:
        return {
            "overstow": prices.overstow * self.overstowing,
            "ports": prices.port * self.ports_in_stacks,
            "stacks": prices.stack * self.used_stacks,
            "plugs": prices.plug * self.plug_misuses,
        }

    def cost(self, prices: SlotPrices = PUBLISHED) -> int:
        return sum(self.costs(prices).values())


def judge_slots(section: BaySection, plan: Sequence[SlotAssignment]) -> SlotJudgement:
    """Assignments of a box or to a place that does not exist are a problem of their own and otherwise ignored."""
    problems = list(_presence(section, plan))
    known = [each for each in plan if _exists(section, each)]
    problems += [f"box {e.box} at {e.place} does not exist" for e in plan if not _exists(section, e)]
    added = [(section.to_load[each.box], each.place) for each in known]
    problems += _collisions([*section.on_board, *added])
    for number, stack in enumerate(section.stacks, 1):
        aboard = [each for each in section.on_board if each[1].stack == number]
        new = [each for each in added if each[1].stack == number]
        if new:
            problems += [f"stack {number}: {text}" for text in _stack_problems(stack, aboard, new)]
    standing = [*section.on_board, *added]
    return SlotJudgement(
        tuple(problems),
        sum(_overstows(each, standing) for each in standing),
        len({(place.stack, box.port) for box, place in standing}),
        len({place.stack for _, place in standing}),
        sum(not box.is_reefer and _is_at_plug(section, place) for box, place in standing),
    )


def _presence(section: BaySection, plan: Iterable[SlotAssignment]) -> Iterator[str]:
    times = Counter(each.box for each in plan)
    for box in range(len(section.to_load)):
        if times[box] != 1:
            yield f"box {box} is stowed {times[box]} times"


def _exists(section: BaySection, each: SlotAssignment) -> bool:
    place = each.place
    return (
        0 <= each.box < len(section.to_load)
        and 1 <= place.stack <= len(section.stacks)
        and 1 <= place.tier <= section.tiers
    )


def _collisions(standing: Iterable[Standing]) -> Iterator[str]:
    taken = Counter((place.stack, place.tier, half) for _, place in standing for half in place.slot.halves)
    for (stack, tier, half), times in sorted(taken.items()):
        if times > 1:
            yield f"{times} boxes stand at {SlotPlace(stack, tier, half)}"


def _stack_problems(stack: SlotStack, aboard: Sequence[Standing], new: Sequence[Standing]) -> Iterator[str]:
    standing = [*aboard, *new]
    filled = {(place.tier, half): box for box, place in standing for half in place.slot.halves}
    for box, place in new:
        cell = stack.cells[place.tier - 1]
        if (box.length_ft == 40) is not (place.slot is Slot.BOTH) or not cell.takes(place.slot):
            yield f"a {box.length_ft} ft box cannot stand at {place}"
        if box.is_reefer and not cell.has_plug(place.slot):
            yield f"the reefer at {place} has no plug"
        below = [filled.get((place.tier - 1, half)) for half in place.slot.halves]
        if place.tier > stack.floor and None in below:
            yield f"the box at {place} hangs in the air"
        if box.length_ft == 20 and any(lower is not None and lower.length_ft == 40 for lower in below):
            yield f"the 20 ft box at {place} stands on a 40 ft one"
        if any(_covers(other, place) and other.tier > place.tier for _, other in aboard):
            yield f"the box at {place} would have to be put below one that is on board"
    if (mass_kg := sum(box.mass_kg for box, _ in standing)) > stack.mass_limit_kg:
        yield f"{mass_kg:,} kg are more than {stack.mass_limit_kg:,}"
    for half in Slot.BOTH.halves:
        height_mm = sum(box.height_mm for box, place in standing if half in place.slot.halves)
        if height_mm > stack.height_limit_mm:
            yield f"{height_mm:,} mm {half.name.lower()} are higher than {stack.height_limit_mm:,}"


def _covers(one: SlotPlace, other: SlotPlace) -> bool:
    return one.stack == other.stack and bool({*one.slot.halves} & {*other.slot.halves})


def _overstows(each: Standing, standing: Iterable[Standing]) -> bool:
    box, place = each
    return any(_covers(place, below) and below.tier < place.tier and lower.port < box.port for lower, below in standing)


def _is_at_plug(section: BaySection, place: SlotPlace) -> bool:
    return section.stacks[place.stack - 1].cells[place.tier - 1].has_plug(place.slot)
