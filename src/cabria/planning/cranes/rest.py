"""What is left of a plan under way, as a problem of its own: the steps to come, in the order they have in each bay.

The plan's lids, twins, dual cycles and order within a bay are kept; only which crane does which part of a bay, and
when, is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, takewhile
from types import MappingProxyType
from typing import NamedTuple

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import HatchCover
from cabria.domain.work import LID_STEPS, OFF_SHIP, CraneStep, StepKind, WorkQueue
from cabria.planning.cranes.flat import FlatProblem
from cabria.planning.cranes.lifts import LIFTS_A_SECTION, Lift, Section
from cabria.planning.cranes.operators import NEVER_S, schedule
from cabria.planning.cranes.problem import (
    SPAN_MM,
    BayWork,
    Block,
    CraneProblem,
    along_the_quay,
    cranes_asked,
    cut_before_late,
    refuse_unreachable,
    tied,
    tied_bays,
)
from cabria.planning.cranes.queues import queues_by_ship

NOTHING_LATE: Mapping[ContainerId, int] = MappingProxyType({})


class ToDo(NamedTuple):
    """A crane's queue as it stands: the steps to come, and the bay of a step begun that waits for this crane alone."""

    crane: str
    steps: Sequence[CraneStep]
    begun_bay: int | None = None


class _Planned(NamedTuple):
    """A step, the queue it stands in and where there."""

    start_s: int
    queue: int
    place: int
    step: CraneStep
    cycle_s: int
    """A cycle of its crane on its own."""


def rest_of(
    call: VesselCall,
    queues: Iterable[ToDo],
    cranes: Sequence[QuayCrane],
    *,
    orders_bind: bool = False,
    ready_s: Mapping[ContainerId, int] = NOTHING_LATE,
) -> CraneProblem:
    """The problem of dividing what is left anew among some cranes, times counted from now.

    Each crane stands at its `x_mm`; one that is out from second 0 stays there until it is back. The order of work that
    the planner wishes is a law only where `orders_bind`: what is done by hand may go against it. `ready_s` are loads
    that nobody has before that second from now. Raises DataError when a bay is out of reach of all cranes.
    """
    queues = list(queues)
    cranes = tuple(sorted(cranes, key=lambda crane: crane.x_mm))
    group_of, by_group = _by_group(call, queues)
    begun = {group_of[q.begun_bay]: q.crane for q in queues if q.begun_bay is not None}
    to_set = {box for q in queues for step in q.steps if step.kind is StepKind.LOAD for box in step.containers}
    late = {box: at_s for box, at_s in ready_s.items() if at_s > 0 and box in to_set}
    cut = [cut_before_late(work, late) for work in _works(call, by_group, begun)]
    works = along_the_quay(tied(call, cut, orders_bind=orders_bind))
    for work in works:
        refuse_unreachable(work, cranes)
    return CraneProblem(
        ships=(replace(call, terminal=replace(call.terminal, quay_cranes=cranes)),),
        offsets_s=(0,),
        cranes=cranes,
        works=tuple(works),
        gap_mm=SPAN_MM * (call.terminal.crane_gap_bays + 1),
        travel_s=max((crane.bay_travel_s for crane in cranes), default=0),
        ready_s=late,
    )


def as_planned(call: VesselCall, queues: Iterable[ToDo], problem: CraneProblem) -> list[Block]:
    """What `rest_of` made a problem of, as its blocks: the stretches of each queue in one work, by their start.

    They name the cranes of the queues, also one that may not do its work any more.
    """
    queues = list(queues)
    numbers = {crane.id: number for number, crane in enumerate(problem.cranes)}
    group_of, by_group = _by_group(call, queues)
    work_of = {group_of[work.bays[0]]: number for number, work in enumerate(problem.works)}
    found: list[tuple[int, int, Block]] = []
    for group, steps in by_group.items():
        number, first, section = work_of[group], 0, 0
        starts = [0]
        for part in problem.works[number].sections:
            starts.append(starts[-1] + sum(len(_steps_of(lift)) for lift in part))
        waits_at = {starts[wait.since] for wait in problem.works[number].waits}
        for end, is_cut in enumerate(_ends(steps), 1):
            if is_cut or end in waits_at:
                until = starts.index(end)
                crane = numbers[queues[steps[first].queue].crane]
                found.append((steps[first].start_s, number, Block(number, section, until, crane)))
                first, section = end, until
    return [block for *_, block in sorted(found, key=lambda entry: entry[:2])]


def given_to(
    call: VesselCall, queues: Iterable[ToDo], problem: CraneProblem, crane: str, bay: int, to: str
) -> tuple[WorkQueue, ...]:
    """The queues with what `crane` has over a bay done by `to`, when the whole is over soonest; else in their order.

    `problem` is that of `rest_of`. Raises DataError when there is nothing to give or it cannot be done.
    """
    blocks = as_planned(call, queues, problem)
    number = {each.id: number for number, each in enumerate(problem.cranes)}
    works = [work for work, part in enumerate(problem.works) if bay in part.bays]
    given = [block for block in blocks if block.work in works and block.crane == number[crane]]
    if not given:
        raise DataError(
            f"{crane} has nothing to come over bay {bay:02}",
            code="nothing-over-bay",
            values={"crane": crane, "bay": bay},
        )
    if not problem.may_work(problem.cranes[number[to]], problem.works[given[0].work]):
        raise DataError(
            f"{to} cannot work bay {bay:02}: it is out of its reach, or another is bound to it",
            code="bay-out-of-reach",
            values={"crane": to, "bay": bay},
        )
    flat, taken = FlatProblem.of(problem), [replace(block, crane=number[to]) for block in given]
    order = [taken[given.index(block)] if block in given else block for block in blocks]
    for block in taken:
        others = [other for other in order if other != block]
        orders = [[*others[:place], block, *others[place:]] for place in range(len(order))]
        order = min(orders, key=lambda order: flat.evaluate(flat.pack(order)))
    scheduled = schedule(problem, order)
    if scheduled is None or scheduled.makespan_s >= NEVER_S:
        raise DataError(
            f"with bay {bay:02} given to {to} the cranes would wait for each other for ever",
            code="would-lock-up",
            values={"crane": to, "bay": bay},
        )
    return queues_by_ship(problem, order, scheduled)[0]


def _ends(steps: Sequence[_Planned]) -> Iterator[bool]:
    """Whether a crane goes elsewhere after each step."""
    for step, then in zip(steps, [*steps[1:], None], strict=True):
        yield then is None or (then.queue, then.place) != (step.queue, step.place + 1)


def _steps_of(lift: Lift) -> tuple[Lift, ...]:
    return (lift, lift.back) if lift.back is not None else (lift,)


def _by_group(call: VesselCall, queues: Sequence[ToDo]) -> tuple[Mapping[int, int], dict[int, list[_Planned]]]:
    """For each bay its group, and the steps of each group by their start."""
    cycle_s = {crane.id: crane.cycle_s for crane in call.terminal.quay_cranes}
    steps = sorted(
        (
            _Planned(step.start_s, number, place, step, cycle_s.get(queue.crane, 0))
            for number, queue in enumerate(queues)
            for place, step in enumerate(queue.steps)
        ),
        key=lambda planned: planned[:3],
    )
    group_of = tied_bays(call, _lids_of(call, (planned.step for planned in steps)))
    by_group: dict[int, list[_Planned]] = {}
    for planned in steps:
        by_group.setdefault(group_of[planned.step.bay], []).append(planned)
    return group_of, by_group


def _lids_of(call: VesselCall, steps: Iterable[CraneStep]) -> list[HatchCover]:
    named = {step.lid for step in steps if step.kind in LID_STEPS}
    return [lid for lid in call.vessel.hatch_covers if lid.id in named]


def _works(call: VesselCall, by_group: Mapping[int, Sequence[_Planned]], begun: Mapping[int, str]) -> Iterator[BayWork]:
    rows = {bay.number: len({stack.row for stack in bay.stacks}) for bay in call.vessel.bays}
    mass_kg = {box.id: box.gross_mass_kg for box in (*call.loads, *(stowed.container for stowed in call.arrival))}
    for group in sorted(by_group):
        planned = by_group[group]
        steps = [entry.step for entry in planned]
        sections, sections_out = _sections(planned, mass_kg)
        bays = sorted({step.bay for step in steps})
        places_mm = [call.quay_x_mm(bay) for bay in bays]
        yield BayWork(
            ship=0,
            bays=tuple(bays),
            first_x_mm=min(places_mm),
            last_x_mm=max(places_mm),
            rows=max(rows[bay] for bay in bays),
            sections=tuple(sections),
            sections_out=sections_out,
            by=begun.get(group, ""),
            may=cranes_asked(call, sections),
        )


def _sections(planned: Sequence[_Planned], mass_kg: Mapping[ContainerId, int]) -> tuple[list[Section], int]:
    """Steps as sections, and how many of these are the way out: all up to the last that takes a box off the ship, and
    the lids that are lifted right after it.

    What one crane does without going elsewhere, and the next, are never one section.
    """
    out = max((number for number, entry in enumerate(planned, 1) if entry.step.kind in OFF_SHIP), default=0)
    out += sum(1 for _ in takewhile(lambda entry: entry.step.kind is StepKind.LID_OFF, planned[out:]))
    before = [part for stretch in _stretches(planned[:out]) for part in _cut(stretch, mass_kg)]
    return before + [part for stretch in _stretches(planned[out:]) for part in _cut(stretch, mass_kg)], len(before)


def _stretches(planned: Sequence[_Planned]) -> Iterator[list[_Planned]]:
    """What a crane does without going elsewhere."""
    for _, stretch in groupby(enumerate(planned), key=lambda entry: (entry[1].queue, entry[1].place - entry[0])):
        yield [entry for _, entry in stretch]


def _cut(planned: Sequence[_Planned], mass_kg: Mapping[ContainerId, int]) -> Iterator[Section]:
    """A lid stays with what comes after it on the way out and before it on the way in."""
    part: list[Lift] = []
    for lift in _lifts(planned, mass_kg):
        if (
            part
            and (len(part) >= LIFTS_A_SECTION or lift.kind is StepKind.LID_OFF)
            and lift.kind is not StepKind.LID_ON
        ):
            yield tuple(part)
            part = []
        part.append(lift)
    if part:
        yield tuple(part)


def _lifts(planned: Sequence[_Planned], mass_kg: Mapping[ContainerId, int]) -> Iterator[Lift]:
    """A load and the discharge right after it, as short as only a dual cycle is, are one lift."""
    index = 0
    while index < len(planned):
        pair = [entry.step for entry in planned[index : index + 2]]
        is_dual = (
            [step.kind for step in pair] == [StepKind.LOAD, StepKind.DISCHARGE]
            and pair[0].bay == pair[1].bay
            and pair[0].end_s == pair[1].start_s
            and min(step.end_s - step.start_s for step in pair) < planned[index].cycle_s
        )
        lift = _lift(pair[0], mass_kg)
        yield replace(lift, back=_lift(pair[1], mass_kg)) if is_dual else lift
        index += 2 if is_dual else 1


def _lift(step: CraneStep, mass_kg: Mapping[ContainerId, int]) -> Lift:
    mass = sum(mass_kg[box] for box in step.containers)
    return Lift(step.kind, step.bay, step.containers, step.positions, mass, step.lid)
