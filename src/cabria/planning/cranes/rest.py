"""What is left of a plan under way, as a problem of its own: the steps to come, in the order they have in each bay.

The plan's lids, twins and order within a bay are kept; only which crane does which part of a bay, and when, is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import HatchCover
from cabria.domain.work import LID_STEPS, OFF_SHIP, CraneStep, StepKind
from cabria.planning.cranes.lifts import LIFTS_A_SECTION, Lift, Section
from cabria.planning.cranes.problem import SPAN_MM, BayWork, CraneProblem, along_the_quay, refuse_unreachable, tied_bays


class ToDo(NamedTuple):
    """A crane's queue as it stands: the steps to come, and the bay of a step begun that waits for this crane alone."""

    crane: str
    steps: Sequence[CraneStep]
    begun_bay: int | None = None


def rest_of(call: VesselCall, queues: Iterable[ToDo], cranes: Sequence[QuayCrane]) -> CraneProblem:
    """The problem of dividing what is left anew among some cranes, times counted from now.

    Each crane stands at its `x_mm`; one that is out from second 0 stays there until it is back. Raises DataError when a
    bay is out of reach of all cranes.
    """
    queues = list(queues)
    cranes = tuple(sorted(cranes, key=lambda crane: crane.x_mm))
    steps = sorted(
        ((step.start_s, number, step) for number, queue in enumerate(queues) for step in queue.steps),
        key=lambda entry: entry[:2],
    )
    group_of = tied_bays(call, _lids_of(call, (step for _, _, step in steps)))
    by_group: dict[int, list[CraneStep]] = {}
    for _, _, step in steps:
        by_group.setdefault(group_of[step.bay], []).append(step)
    begun = {group_of[q.begun_bay]: q.crane for q in queues if q.begun_bay is not None}
    works = along_the_quay(list(_works(call, by_group, begun)))
    for work in works:
        refuse_unreachable(work, cranes)
    return CraneProblem(
        ships=(replace(call, terminal=replace(call.terminal, quay_cranes=cranes)),),
        offsets_s=(0,),
        cranes=cranes,
        works=tuple(works),
        gap_mm=SPAN_MM * (call.terminal.crane_gap_bays + 1),
        travel_s=max((crane.bay_travel_s for crane in cranes), default=0),
    )


def _lids_of(call: VesselCall, steps: Iterable[CraneStep]) -> list[HatchCover]:
    named = {step.lid for step in steps if step.kind in LID_STEPS}
    return [lid for lid in call.vessel.hatch_covers if lid.id in named]


def _works(
    call: VesselCall, by_group: Mapping[int, Sequence[CraneStep]], begun: Mapping[int, str]
) -> Iterator[BayWork]:
    groups = sorted(by_group)
    comes_off = {
        box: number
        for number, group in enumerate(groups)
        for step in by_group[group]
        if step.kind is StepKind.RESTOW_OFF
        for box in step.containers
    }
    rows = {bay.number: len({stack.row for stack in bay.stacks}) for bay in call.vessel.bays}
    mass_kg = {box.id: box.gross_mass_kg for box in (*call.loads, *(stowed.container for stowed in call.arrival))}
    for number, group in enumerate(groups):
        steps = by_group[group]
        sections, sections_out = _sections(steps, mass_kg)
        bays = sorted({step.bay for step in steps})
        places_mm = [call.quay_x_mm(bay) for bay in bays]
        goes_on = {box for step in steps if step.kind is StepKind.RESTOW_ON for box in step.containers}
        yield BayWork(
            ship=0,
            bays=tuple(bays),
            first_x_mm=min(places_mm),
            last_x_mm=max(places_mm),
            rows=max(rows[bay] for bay in bays),
            sections=tuple(sections),
            sections_out=sections_out,
            waits_for=tuple(sorted({comes_off[box] for box in goes_on if box in comes_off} - {number})),
            by=begun.get(group, ""),
        )


def _sections(steps: Sequence[CraneStep], mass_kg: Mapping[ContainerId, int]) -> tuple[list[Section], int]:
    """Steps as sections, and how many of these are the way out: all up to the last that takes a box off the ship."""
    out = max((number for number, step in enumerate(steps, 1) if step.kind in OFF_SHIP), default=0)
    before = list(_cut(steps[:out], mass_kg))
    return before + list(_cut(steps[out:], mass_kg)), len(before)


def _cut(steps: Sequence[CraneStep], mass_kg: Mapping[ContainerId, int]) -> Iterator[Section]:
    """A lid stays with what comes after it on the way out and before it on the way in."""
    part: list[Lift] = []
    for step in steps:
        if (
            part
            and (len(part) >= LIFTS_A_SECTION or step.kind is StepKind.LID_OFF)
            and step.kind is not StepKind.LID_ON
        ):
            yield tuple(part)
            part = []
        mass = sum(mass_kg[box] for box in step.containers)
        part.append(Lift(step.kind, step.bay, step.containers, step.positions, mass, step.lid))
    if part:
        yield tuple(part)
