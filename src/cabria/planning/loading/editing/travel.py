"""Whether cranes still keep time and distance after an edit, asked of the steps around what changed.

What the referee says of all steps is what it says of these, where it had nothing to say before: when all cranes wait
together at one moment, each of them has only more room to be in, and so has one that has a step less to do.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from cabria.domain.calls import VesselCall
from cabria.domain.findings import Finding
from cabria.domain.plan import LoadingPlan
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.planning.loading.editing.rework import Rework
from cabria.planning.loading.editing.work_index import At, WorkIndex
from cabria.referee import crane_travel
from cabria.referee.condition import Case, Condition
from cabria.referee.rule import Rule

RULES = frozenset(rule.id for rule in vars(crane_travel).values() if isinstance(rule, Rule))
BESIDE = 2
"""So many steps before and after are judged as well; between any two a crane has as much time as it had."""


def around(call: VesselCall, index: WorkIndex, plan: LoadingPlan, rework: Rework) -> Iterable[Finding]:
    """Findings about the steps that a rework changes, and about those of other cranes at these times."""
    places = {at for window in _windows(index, rework) for at in _within(index, rework, *window)}
    places.update(_in_outages(call, index, rework))
    queues = rework.queues(index.only(places))
    return travel_findings(call, plan, queues)


def of_other_times(
    call: VesselCall, before: tuple[WorkQueue, ...], plan: LoadingPlan, after: tuple[WorkQueue, ...]
) -> Iterable[Finding]:
    """Findings where the same steps are done at other times, some by other cranes, and all was well before.

    Steps without a pause between them in one bay are one stay of the crane there; it has no less room between the stays
    than between the steps. A step that takes its crane as long as before is long enough. Where that finds something,
    all steps are asked.
    """
    same = {_done_by(queue.crane, step) for queue in before for step in queue.steps}
    other = tuple(
        WorkQueue(queue.crane, tuple(step for step in queue.steps if _done_by(queue.crane, step) not in same))
        for queue in after
    )
    stays = tuple(WorkQueue(queue.crane, tuple(_stays(queue.steps))) for queue in after)
    if any(True for queues in (other, stays) for _ in travel_findings(call, plan, queues)):
        return travel_findings(call, plan, after)
    return ()


def _done_by(crane: str, step: CraneStep) -> tuple[object, ...]:
    return crane, step.kind, step.bay, step.containers, step.lid, step.end_s - step.start_s


def _stays(steps: Iterable[CraneStep]) -> Iterator[CraneStep]:
    """Steps in one bay without a pause as one, of a kind that is as long as any."""
    now: CraneStep | None = None
    for step in steps:
        if now is not None and (now.bay, now.end_s) == (step.bay, step.start_s):
            now = CraneStep(StepKind.DISCHARGE, now.bay, now.start_s, step.end_s)
            continue
        if now is not None:
            yield now
        now = step
    if now is not None:
        yield now


def travel_findings(call: VesselCall, plan: LoadingPlan, queues: tuple[WorkQueue, ...]) -> Iterable[Finding]:
    """The referee's word on the times and places of cranes in some queues."""
    nothing = Condition(call.vessel, {}, (), ())
    case = Case(call, _with_queues(plan, queues), nothing, nothing, nothing, ())
    return crane_travel.cranes_keep_time_and_distance(case)


def _with_queues(plan: LoadingPlan, queues: tuple[WorkQueue, ...]) -> LoadingPlan:
    return LoadingPlan(plan.call_id, {}, queues=queues)


def _windows(index: WorkIndex, rework: Rework) -> Iterator[tuple[int, int]]:
    """From when to when, on the clock of afterwards, a crane's way is another than before."""
    for number, new in enumerate(rework.put_in, 1):
        for low_s, high_s in ((new.step.start_s, new.step.end_s), (new.from_s, new.from_s + new.late_s)):
            yield rework.moment_s(low_s, number), rework.moment_s(high_s, number)
    for kind, box in rework.taken:
        for at in index.of_box.get(box, ()):
            if index.step(at).kind is kind:
                step = rework.later(index.step(at))
                yield step.start_s, step.end_s


def _within(index: WorkIndex, rework: Rework, low_s: int, high_s: int) -> Iterator[At]:
    """Steps that are under way in a window, and some before and after."""
    late_s = max((new.late_s for new in rework.put_in), default=0)
    for number, starts in enumerate(index.starts):
        first = bisect_left(starts, low_s - late_s, key=rework.moment_s) - BESIDE
        last = bisect_right(starts, high_s, key=rework.moment_s) + BESIDE
        yield from (At(number, place) for place in range(max(0, first), min(len(starts), last)))


def _in_outages(call: VesselCall, index: WorkIndex, rework: Rework) -> Iterator[At]:
    """Steps that come to lie in a time in which their crane is out."""
    if not any(new.late_s for new in rework.put_in):
        return
    outages = {crane.id: crane.outages for crane in call.terminal.quay_cranes if crane.outages}
    for number, queue in enumerate(index.queues):
        for outage in outages.get(queue.crane, ()):
            for place, step in enumerate(queue.steps):
                if _overlaps(rework.later(step), outage.from_s, outage.until_s):
                    yield At(number, place)


def _overlaps(step: CraneStep, from_s: int, until_s: int) -> bool:
    return step.start_s < until_s and step.end_s > from_s
