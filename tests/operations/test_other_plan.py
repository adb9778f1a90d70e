"""Another plan for a ship at work: made by the planner from where a run stands, taken up, and ended by every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.operations.test_queue_commands import MINUTE_MS, at_work, broken
from tests.twin.test_twin import planned, run_to_end

from cabria.adapters.files.run_log import event_of, line_of
from cabria.adapters.journal.closed_form import encode
from cabria.domain.call_changes import CallChange, CraneDown, ShutOut
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import Aboard, PlanChanged, QueuesChanged
from cabria.domain.verdict import Verdict
from cabria.domain.work import StepKind
from cabria.operations.journaling import JournaledControl
from cabria.operations.replay import replay
from cabria.operations.standing import standing_of
from cabria.planning.loading.editing.desk import Desk
from cabria.planning.loading.replanning.problem import Params, ReplanProblem
from cabria.planning.loading.replanning.solve import solve
from cabria.planning.loading.replanning.standing import by_run, on_plans_clock
from cabria.planning.search.stopping import MaxIterations
from cabria.twin.twin import Twin

QUICK = Params(iterations=500, yard_iterations=500)


def anew(twin: Twin, changes: Callable[[int], Iterable[CallChange]]) -> LoadingPlan:
    """The plan from where the run stands, when that has become known; changes are told the time of the plan."""
    call, plan = planned()
    standing = on_plans_clock(plan, by_run(call, plan, twin.log.events))
    problem = ReplanProblem(Desk(call, plan), tuple(changes(standing.now_s)), standing)
    proposal = solve(problem, MaxIterations(500), params=QUICK)
    assert not proposal.wrong
    return proposal.after.plan


def loads_in_the_yard(control: JournaledControl) -> list[str]:
    board = control.desk.board
    return [
        box
        for crane in board.quay_cranes.values()
        for step in crane.steps[crane.released :]
        if step.kind is StepKind.LOAD
        for box in step.containers
    ]


@settings(max_examples=5, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.data(), st.integers(5, 60), st.integers(0, 4))
def test_what_is_planned_from_where_a_run_stands_is_worked_to_the_end_by_every_rule(
    data: st.DataObject, minutes: int, later_min: int
) -> None:
    twin, control, journal = at_work(minutes)
    waiting = loads_in_the_yard(control)
    if not waiting:
        return
    out = data.draw(st.sampled_from(waiting))
    crane = data.draw(st.sampled_from(["", *control.desk.board.quay_cranes]))
    plan = anew(twin, lambda now_s: [ShutOut(ContainerId(out)), *([CraneDown(crane, now_s, None)] if crane else [])])
    twin.run(twin.now_ms + later_min * MINUTE_MS)
    written = len(twin.log.events)
    verdict = control.work_by(plan.call_id, plan, "the list has changed")
    if not verdict:
        assert verdict.code in {"plan-overtaken", "box-in-hand", "slot-taken", "nothing-under"}
        assert len(twin.log.events) == written
        assert later_min or verdict.code == "box-in-hand"
    events = run_to_end(twin)
    assert broken(events) == ()
    assert not verdict or not isinstance(control.desk.board.boxes[out], Aboard)
    assert encode(standing_of(replay(journal.numbered()).control)) == encode(standing_of(control))
    for event in events:
        if isinstance(event, PlanChanged | QueuesChanged):
            assert event_of(line_of(event)) == event


def test_the_same_plan_again_changes_nothing_but_the_times() -> None:
    twin, control, _ = at_work(10)
    assert control.work_by(planned()[1].call_id, planned()[1], "to see")
    (changed,) = [event for event in twin.log.events if isinstance(event, PlanChanged)]
    assert changed.slots == ()
    assert broken(run_to_end(twin)) == ()


def test_a_plan_that_does_not_fit_what_was_done_or_cannot_be_done_is_refused() -> None:
    twin, control, _ = at_work(45)
    call, plan = planned()
    board = control.desk.board

    def refused(other: LoadingPlan) -> Verdict:
        before = len(twin.log.events)
        verdict = control.work_by(call.id, other, "x")
        assert not verdict
        assert len(twin.log.events) == before
        return verdict

    aboard = next(box for box in plan.loads if isinstance(board.boxes.get(box), Aboard))
    ashore = next(box for box in plan.loads if box in loads_in_the_yard(control))
    swapped = {**plan.loads, aboard: plan.loads[ashore], ashore: plan.loads[aboard]}
    assert refused(replace(plan, loads=swapped)).code == "plan-overtaken"
    assert refused(replace(plan, queues=())).code == "plan-lacks-step"
    assert refused(replace(plan, queues=(replace(plan.queues[0], crane="QC99"),))).code == "no-such-quay-crane"
    backwards = tuple(
        replace(q, steps=tuple(replace(s, start_s=-s.end_s, end_s=-s.start_s) for s in reversed(q.steps)))
        for q in plan.queues
    )
    assert refused(replace(plan, queues=backwards)).code
    assert control.work_by("NOBODY", plan, "x").code == "call-not-worked"


@pytest.mark.parametrize("minutes", [0, 20])
def test_a_box_that_was_left_out_goes_after_all(minutes: int) -> None:
    twin, control, _ = at_work(minutes)
    _, plan = planned()
    box = loads_in_the_yard(control)[-1]
    crane = next(c.id for c in control.desk.board.quay_cranes.values() if any(box in s.containers for s in c.steps))
    assert control.skip_step(crane, box, "papers")
    assert control.work_by(plan.call_id, plan, "the papers are there")
    assert broken(run_to_end(twin)) == ()
    assert isinstance(control.desk.board.boxes[box], Aboard)
