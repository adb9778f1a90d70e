"""Key figures of a plan, counted from the call and the plan alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from cabria.domain.findings import Cause, Finding
from cabria.domain.plan import LoadingPlan
from cabria.referee import overstows
from cabria.referee.condition import Case
from cabria.referee.crane_travel import travel_s
from cabria.referee.judgement import Figures
from cabria.referee.later_ports import room_for_later_ports

QUARTER_HOUR_S = 900


def count(case: Case, findings: Iterable[Finding]) -> Figures:
    call, plan = case.call, case.plan
    of_plan = Counter(finding.rule for finding in findings if finding.cause is Cause.PLAN)
    loaded = sum(container in call.load_by_id for container in plan.loads)
    retrievals = sum(not move.is_dig for move in plan.yard_moves)
    digs = len(plan.yard_moves) - retrievals
    steps = [step for queue in plan.queues for step in queue.steps]
    on_arrival = {offence.key for offence in overstows.no_overstow_in_stack(case.arrival)}
    on_arrival |= {offence.key for offence in overstows.no_overstow_on_lid(case.arrival)}
    later = room_for_later_ports(case)
    return Figures(
        loads=len(call.loads),
        loaded=loaded,
        refused=sum(container in call.load_by_id for container in plan.refused),
        discharged=len(call.discharges),
        remaining=len(call.remaining),
        restows=len(plan.restows),
        overstows=of_plan[overstows.STACK.id],
        lid_overstows=of_plan[overstows.LID.id],
        overstows_on_arrival=len(on_arrival),
        digs=digs,
        digs_per_load=digs / retrievals if retrievals else 0.0,
        crane_makespan_s=max((step.end_s for step in steps), default=0),
        crane_moves=sum(len(step.containers) for step in steps),
        twin_lifts=sum(len(step.containers) == 2 for step in steps),
        crane_idle_s=_idle_s(case),
        peak_block_moves_15_min=_peak_of_a_block(plan),
        plugs_used=sum(container.needs_plug for container, _ in case.sailing),
        teu_departing=sum(container.size_type.teu for container, _ in case.sailing),
        later_teu_expected=sum(room.expected_teu for room in later),
        later_teu_without_room=sum(room.without_room_teu for room in later),
    )


def _peak_of_a_block(plan: LoadingPlan) -> int:
    quarters = Counter((move.source.block, move.due_s // QUARTER_HOUR_S) for move in plan.yard_moves)
    return max(quarters.values(), default=0)


def _idle_s(case: Case) -> int:
    cranes = {crane.id: crane for crane in case.call.terminal.quay_cranes}
    return sum(
        max(0, later.start_s - earlier.end_s - travel_s(crane, earlier, later))
        for queue in case.plan.queues
        if (crane := cranes.get(queue.crane))
        for earlier, later in pairwise(queue.steps)
    )
