"""Another plan from where work stands: nothing happened, nothing changes; what is done stays; all of it is signed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.call_changes import BoxLate, CraneDown, FoundAt, ListChanged, ShutOut, changed_call
from cabria.domain.containers import ContainerId
from cabria.domain.edits import HandOver
from cabria.domain.errors import DataError
from cabria.domain.plan_diff import PlanDiff
from cabria.domain.run_events import Aboard, BoxesLanded, BoxesLifted, DeckEnd, OnTruck, RunEvent, ShipBerthed
from cabria.domain.vessel import End, StackId
from cabria.domain.wishes import Cargo, Forbid, OrderWish, ShipPart, Wishes, Worked
from cabria.domain.work import StepKind, WorkQueue
from cabria.experiments.calls import make_call
from cabria.experiments.tiny import small_call
from cabria.planning.loading.editing.apply import sailing
from cabria.planning.loading.editing.desk import Desk
from cabria.planning.loading.problem import EFFORTS, LoadingProblem
from cabria.planning.loading.replanning.problem import Params, ReplanProblem
from cabria.planning.loading.replanning.repair import Repair
from cabria.planning.loading.replanning.selection import Selection, replan_selection
from cabria.planning.loading.replanning.solve import Proposal, solve
from cabria.planning.loading.replanning.standing import by_plan, by_run
from cabria.planning.loading.solve import solve as plan_call
from cabria.referee.judge import judge
from cabria.referee.replanning import Budget, judge_change

SHORT = replace(EFFORTS["quick"], stowage_iterations_a_load=100, crane_iterations=5_000, with_baselines=False)
NOW_S = 3_600
ANY_NUMBER = Budget()


@cache
def desk() -> Desk:
    call = make_call(moves=200, teu=1_500, seed=3)
    made = plan_call(LoadingProblem(call), params=SHORT, wall=time.perf_counter, cpu=time.process_time)
    return Desk.of(call, made.plan)


@cache
def to_come() -> tuple[ContainerId, ...]:
    """Loads that are not under way, the next first."""
    fixed = by_plan(desk().plan, NOW_S).done.fixed(desk().plan)
    steps = sorted((step.start_s, box) for q in desk().plan.queues for step in q.steps
                   if step.kind is StepKind.LOAD for box in step.containers)  # fmt: skip
    return tuple(box for _, box in steps if box not in fixed)


def replanned(
    *changes: object, budget: Budget = ANY_NUMBER, keep: Callable[[Proposal], None] | None = None
) -> Proposal:
    problem = ReplanProblem(desk(), changes, by_plan(desk().plan, NOW_S), budget)  # type: ignore[arg-type]
    return solve(problem, params=Params(iterations=200, yard_iterations=20_000), keep=keep)


def lifts(queue: WorkQueue) -> list[tuple[str, ContainerId]]:
    return [(step.kind, box) for step in queue.steps for box in step.containers]


@settings(max_examples=3, deadline=None)
@given(st.integers(min_value=0, max_value=20_000))
def test_where_nothing_happened_nothing_changes_bit_for_bit(now_s: int) -> None:
    proposal = solve(ReplanProblem(desk(), (), by_plan(desk().plan, now_s)))
    assert proposal.is_empty
    assert proposal.after.plan == desk().plan


@pytest.mark.parametrize("count", [1, 4])
def test_late_boxes_are_not_set_before_they_are_there_and_what_is_done_stays(count: int) -> None:
    late = to_come()[:count]
    ready_s = NOW_S + 1_800
    proposal = replanned(*(BoxLate(box, ready_s) for box in late))
    assert not proposal.wrong
    start_s = {b: step.start_s for q in proposal.after.plan.queues for step in q.steps for b in step.containers
               if step.kind is StepKind.LOAD}  # fmt: skip
    assert all(start_s.get(box, ready_s) >= ready_s for box in late)
    assert proposal.after.judgement == judge(proposal.after.call, proposal.after.plan)
    assert desk().take(proposal.edit).plan.loads == proposal.after.plan.loads


@pytest.mark.parametrize("every", [2, 3, 5, 7])
def test_boxes_that_fill_holes_load_no_stack_above_its_limit(every: int) -> None:
    plan, call = desk().plan, desk().call
    aboard = {stowed.container.id: stowed.container for stowed in call.arrival} | dict(call.load_by_id)
    stood_kg: Counter[StackId] = Counter()
    for box, slot in sailing(call, plan):
        place = call.vessel.place(slot)
        assert place
        stood_kg[place.stack_id] += aboard[box].gross_mass_kg * (2 if place.end is End.BOTH else 1)
    bays = tuple(
        replace(
            bay,
            stacks=tuple(
                replace(s, max_weight_40_kg=stood_kg[StackId(bay.number, s.row, s.level)] // 2) for s in bay.stacks
            ),
        )
        for bay in call.vessel.bays
    )
    shut_out = tuple(ShutOut(box, "customs") for box in to_come()[::every])
    ship = replace(call.vessel, bays=bays)
    tight = Desk.of(changed_call(replace(call, vessel=ship), shut_out), plan)
    after = Repair(tight).done().desk
    assert sum(slot != plan.loads[box] for box, slot in after.plan.loads.items()) > 3
    assert not {"STACK-WEIGHT-20", "STACK-WEIGHT-40"} & {finding.rule for finding in after.judgement.findings}


@pytest.mark.parametrize("boxes", [0, 6, None])
def test_a_crane_that_is_out_lifts_nothing_and_no_more_boxes_change_than_may(boxes: int | None) -> None:
    crane = next(q.crane for q in desk().plan.queues if q.end_s > NOW_S + 600)
    kept: list[Proposal] = []
    proposal = replanned(CraneDown(crane, NOW_S), budget=Budget(boxes=boxes), keep=kept.append)
    assert not proposal.wrong
    assert boxes is None or len(proposal.change.boxes) <= boxes
    queue = next(q for q in proposal.after.plan.queues if q.crane == crane)
    assert all(step.start_s < NOW_S for step in queue.steps)
    assert proposal.price.minutes <= kept[0].price.minutes
    assert not kept[0].is_judged_whole
    assert proposal.is_judged_whole
    if boxes == 0:
        with pytest.raises(DataError, match="--moves"):
            replanned(CraneDown(crane, NOW_S), budget=Budget(moves=0))


def test_after_a_breakdown_cranes_work_elsewhere_until_late_boxes_without_a_substitute_are_there() -> None:
    crane = next(q.crane for q in desk().plan.queues if q.end_s > NOW_S + 600)
    late = [box for box in to_come() if desk().call.load_by_id[box].dangerous][:2]
    ready_s = NOW_S + 4 * 3_600
    assert late
    proposal = replanned(CraneDown(crane, NOW_S), *(BoxLate(box, ready_s) for box in late), budget=Budget(boxes=0))
    assert not proposal.wrong
    steps = [s for q in proposal.after.plan.queues for s in q.steps if s.start_s >= NOW_S]
    set_s = {box: s.start_s for s in steps if s.kind is StepKind.LOAD for box in s.containers}
    assert all(set_s[box] >= ready_s for box in late)
    alone = replanned(CraneDown(crane, NOW_S), budget=Budget(boxes=0)).after.plan.makespan_s
    assert proposal.after.plan.makespan_s - alone < ready_s - min(s.start_s for s in steps)
    assert sum(s.start_s < ready_s for s in steps) > len(steps) // 4


@pytest.mark.parametrize("block", [1, 2])
def test_a_block_handed_over_sets_no_late_box_before_it_is_there(block: int) -> None:
    plan = desk().plan
    steps = [step for queue in plan.queues for step in queue.steps if step.kind is StepKind.LOAD]
    ready_s = {box: step.start_s + 600 for step in steps for box in step.containers}
    late = Desk.of(replace(desk().call, available_s=ready_s), plan)
    edit = HandOver(plan.queues[0].crane, block, plan.queues[1].crane)
    price = late.price(edit)
    assert "LIST-LATE" not in {finding.rule for finding in price.new}
    assert "LIST-LATE" in {finding.rule for finding in price.gone}
    after = [step for queue in late.to_divide.after(edit) for step in queue.steps if step.kind is StepKind.LOAD]
    assert all(step.start_s >= ready_s[box] for step in after for box in step.containers)


def test_work_that_is_wished_first_is_over_before_the_other_when_it_is_divided_anew() -> None:
    plan = desk().plan
    begins_s: dict[int, int] = {}
    for step in sorted((step for queue in plan.queues for step in queue.steps), key=lambda step: step.start_s):
        begins_s.setdefault(step.bay, step.start_s)
    bays = [bay for bay, start_s in sorted(begins_s.items(), key=lambda entry: entry[1]) if start_s > NOW_S + 600]
    wish = OrderWish(*(Worked(part=ShipPart(bay=bay)) for bay in (bays[-1], bays[0])))
    asked = Desk.of(replace(desk().call, wishes=Wishes(orders=(wish,))), plan)
    crane = next(q.crane for q in plan.queues if q.end_s > NOW_S + 600)
    problem = ReplanProblem(asked, (CraneDown(crane, NOW_S),), by_plan(plan, NOW_S), ANY_NUMBER)
    after = solve(problem, params=Params(iterations=200, yard_iterations=20_000)).after
    assert [f.rule for f in judge(asked.call, plan).findings if f.rule == "WISH-ORDER"]
    assert not [f for f in judge(after.call, after.plan).findings if f.rule == "WISH-ORDER"]


def test_boxes_chosen_anew_after_a_breakdown_save_digs_and_keep_to_a_budget_of_moves() -> None:
    crane = next(q.crane for q in desk().plan.queues if q.end_s > NOW_S + 600)
    free, as_they_were = (replanned(CraneDown(crane, NOW_S), budget=Budget(boxes=boxes)) for boxes in (None, 0))
    assert free.price.minutes <= as_they_were.price.minutes
    moves = len(as_they_were.change.moves)
    held = replanned(CraneDown(crane, NOW_S), budget=Budget(moves=moves))
    assert len(held.change.moves) <= moves


@pytest.mark.parametrize("kind", ["late", "refused", "crane", "shut out", "found"])
def test_what_differs_is_judged_as_the_whole_is(kind: str) -> None:
    box, plan = to_come()[2], desk().plan
    change = {
        "late": BoxLate(box, NOW_S + 1_800),
        "refused": Forbid(ShipPart(slot=plan.loads[box]), Cargo(container=box), "refused on board"),
        "crane": CraneDown(desk().plan.queues[0].crane, NOW_S),
        "shut out": ShutOut(box),
        "found": FoundAt(box, replace(desk().call.yard.by_container[box].position, tier=1, row=9)),
    }[kind]
    proposal = replanned(change)
    whole, part = proposal.price, replace(proposal, is_judged_whole=False).price
    assert Counter(part.new) == Counter(whole.new)
    assert Counter(part.gone) == Counter(whole.gone)
    assert part.terms == whole.terms


def test_a_late_box_without_another_of_its_kind_costs_no_more_than_waiting_for_it() -> None:
    kinds = Counter(Repair(desk())._kind(desk().call.load_by_id[box]) for box in to_come())
    alone = next(box for box in to_come() if kinds[Repair(desk())._kind(desk().call.load_by_id[box])] == 1)
    late = BoxLate(alone, NOW_S + 6 * 3_600)
    told, waited = replanned(late), replanned(late, budget=Budget(boxes=0))
    assert not told.wrong
    assert not waited.wrong
    assert not waited.change.boxes
    assert told.price.minutes < waited.price.minutes


def test_a_box_shut_out_stays_ashore_and_one_gone_from_the_list_is_forgotten() -> None:
    shut, gone = to_come()[-1], to_come()[-2]
    proposal = replanned(ShutOut(shut, "customs"), ListChanged(gone=(gone,)))
    assert not proposal.wrong
    assert shut in proposal.after.plan.refused
    assert gone not in {**proposal.after.plan.loads, **proposal.after.plan.refused}
    assert gone not in proposal.after.call.load_by_id


def test_each_box_of_a_small_ship_may_be_shut_out_though_nothing_fills_its_slot() -> None:
    call = small_call()
    made = plan_call(LoadingProblem(call), params=SHORT, wall=time.perf_counter, cpu=time.process_time)
    stacked = Desk.of(call, made.plan)
    for box in made.plan.loads:
        proposal = solve(ReplanProblem(stacked, (ShutOut(box),), by_plan(made.plan, 0)))
        assert not proposal.wrong, box
        assert proposal.after.plan.loads.keys() <= made.plan.loads.keys() - {box}
        assert not judge(proposal.after.call, proposal.after.plan).hard_by_plan


def test_a_selection_changes_nothing_outside_itself() -> None:
    crane = desk().plan.queues[0].crane
    selected = Selection(cranes=(crane,)).loads(desk())
    proposal = replan_selection(desk(), Selection(cranes=(crane,)))
    assert {box for box, slot in proposal.after.plan.loads.items() if desk().plan.loads[box] != slot} <= selected
    for before, after in zip(desk().plan.queues, proposal.after.plan.queues, strict=True):
        times = [[(s.kind, s.start_s, s.end_s, s.positions) for s in q.steps] for q in (before, after)]
        assert times[0] == times[1]
    with pytest.raises(DataError, match="No load"):
        Selection(boxes=(ContainerId("NOPE0000000"),)).loads(desk())


def test_a_difference_makes_of_one_plan_the_other() -> None:
    other = desk().plan if not to_come() else replanned(ShutOut(to_come()[-1])).after.plan
    diff = PlanDiff.between(desk().plan, other)
    made = diff.applied_to(desk().plan)
    assert (made.loads, made.refused, made.restows, made.queues) == (
        other.loads, other.refused, other.restows, other.queues,
    )  # fmt: skip


def test_changes_of_what_there_is_not_are_refused() -> None:
    for change, said in (
        (BoxLate(ContainerId("NOPE0000000"), 1), "not on the load list"),
        (CraneDown("QC99", 0), "no quay crane QC99"),
    ):
        with pytest.raises(DataError, match=said):
            changed_call(desk().call, (change,))


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_steps_done_out_of_their_turn_are_done_and_others_are_not(chance: Random) -> None:
    plan, standing = desk().plan, by_plan(desk().plan, NOW_S)
    worked = {crane: chance.sample(steps, len(steps)) for crane, steps in standing.begun.items()}
    found = judge_change(desk().call, plan, plan, now_s=NOW_S, begun=worked, fetched=standing.fetched)
    assert not found.findings
    crane = next(crane for crane, steps in worked.items() if steps)
    worked[crane][0] = replace(worked[crane][0], end_s=worked[crane][0].end_s + 1)
    found = judge_change(desk().call, plan, plan, now_s=NOW_S, begun=worked, fetched=standing.fetched)
    assert {finding.rule for finding in found.findings} == {"CHANGE-DONE", "CHANGE-PAST"}


def test_a_run_in_which_a_load_was_brought_forward_stands_as_it_was_worked() -> None:
    call, plan = desk().call, desk().plan
    queue, first, then = next(
        (queue, one, two) for queue in plan.queues for one, two in pairwise(queue.steps)
        if one.kind is two.kind is StepKind.LOAD and one.bay == two.bay
    )  # fmt: skip
    events: list[RunEvent] = [ShipBerthed(0, call.id, 0, True)]
    for start_s, step in ((100, then), (300, first)):
        beds = tuple(OnTruck("T1", end) for end, _ in zip(DeckEnd, step.containers, strict=False))
        slots = tuple(Aboard(call.id, slot) for slot in step.positions)
        events.append(BoxesLifted(1_000 * start_s, queue.crane, step.containers, beds))
        events.append(BoxesLanded(1_000 * (start_s + 90), queue.crane, step.containers, slots))
    standing = by_run(call, plan, events)
    assert [step.containers for step in standing.begun[queue.crane]] == [then.containers, first.containers]
    now = next(each for each in standing.queues(plan) if each.crane == queue.crane)
    assert now.steps[:2] == standing.begun[queue.crane]
    assert sorted(lifts(now)) == sorted(lifts(queue))
    after = replace(plan, queues=standing.queues(plan))
    found = judge_change(call, plan, after, begun=standing.begun, fetched=standing.fetched)
    assert "CHANGE-DONE" not in {finding.rule for finding in found.findings}


def test_a_budget_of_no_changed_boxes_is_met_by_waiting() -> None:
    proposal = replanned(BoxLate(to_come()[0], NOW_S + 1_800), budget=Budget(boxes=0))
    assert not proposal.wrong
    assert not proposal.change.boxes
    assert proposal.after.plan.queues != desk().plan.queues


def test_a_budget_of_no_changed_boxes_is_refused_in_a_sentence_where_waiting_does_not_help() -> None:
    box = to_come()[0]
    refused = Forbid(ShipPart(slot=desk().plan.loads[box]), Cargo(container=box), "refused on board")
    with pytest.raises(DataError, match="The budget is too small") as caught:
        replanned(refused, budget=Budget(boxes=0))
    assert "--changes" in str(caught.value)
