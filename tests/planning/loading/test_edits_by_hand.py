"""A plan changed by hand: the price told at once is the referee's, illegal edits are refused, undo goes all the way."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.edits import (
    Edit,
    Exchange,
    HandOver,
    LeaveAshore,
    MoveTo,
    PlanLog,
    PlanLogEntry,
    Redo,
    Reorder,
    Several,
    SlotEdit,
    Undo,
    Waive,
    boxes_of,
)
from cabria.domain.errors import DataError
from cabria.domain.findings import Severity
from cabria.domain.plan import Waiver
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import Level
from cabria.experiments.calls import make_call
from cabria.planning.loading.editing.alternatives import alternatives
from cabria.planning.loading.editing.desk import Desk, Forbidden, edited_call, minutes_of
from cabria.planning.loading.problem import EFFORTS, LoadingProblem
from cabria.planning.loading.result import PlannedCall
from cabria.planning.loading.solve import solve
from cabria.referee.judge import judge

SHORT = replace(EFFORTS["quick"], stowage_iterations_a_load=200, crane_iterations=20_000, with_baselines=False)
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@cache
def planned() -> PlannedCall:
    problem = LoadingProblem(make_call(moves=300, teu=1_500, seed=3))
    return solve(problem, params=SHORT, wall=time.perf_counter, cpu=time.process_time)


@cache
def desk() -> Desk:
    return Desk.of(planned().call, planned().plan)


@cache
def boxes() -> list[ContainerId]:
    return sorted([*planned().plan.loads, *planned().plan.refused])


@cache
def slots() -> list[StowPosition]:
    """All of the ship, taken or free, whoever fits in."""
    return [
        StowPosition(number, stack.row, cell.tier)
        for bay in planned().call.vessel.bays
        for number, _ in bay.ends()
        for stack in bay.stacks
        for cell in stack.cells
    ]


@cache
def alike() -> list[tuple[ContainerId, ContainerId]]:
    """Loads that may stand for each other."""
    found = {}
    for box, slot in sorted(planned().plan.loads.items()):
        load = planned().call.load_by_id[box]
        place = planned().call.vessel.place(slot)
        assert place is not None
        found.setdefault((load.size_type, load.needs_plug, load.pod, place.stack.level), []).append(box)
    pairs = [tuple(group[:2]) for group in found.values() if len(group) > 1]
    return sorted((one, other) for one, other in pairs)


some_box = st.deferred(lambda: st.sampled_from(boxes()))
one_edit = st.one_of(
    st.builds(Exchange, some_box, some_box),
    st.deferred(lambda: st.sampled_from(alike())).map(lambda pair: Exchange(*pair)),
    st.builds(MoveTo, some_box, st.deferred(lambda: st.sampled_from(slots()))),
    st.builds(LeaveAshore, some_box, st.just("the planner left it")),
)
aboard = st.deferred(lambda: st.sampled_from([box.id for box, _ in planned().call.remaining]))
restows = st.builds(MoveTo, aboard, st.deferred(lambda: st.sampled_from(slots())))


@cache
def free() -> list[StowPosition]:
    """The lowest slot of each stack in which nobody stands, where no lid has to be lifted for it."""
    taken = {*planned().plan.loads.values(), *(slot for _, slot in planned().call.remaining)}
    found: dict[tuple[int, int, bool], StowPosition] = {}
    for slot in slots():
        place = planned().call.vessel.place(slot)
        assert place is not None
        if slot not in taken and place.stack.level is Level.DECK:
            found.setdefault((slot.bay, slot.row, True), slot)
    return list(found.values())


def in_a_ring(chosen: list[ContainerId]) -> list[SlotEdit]:
    """Each of some loads goes where the next stands; the last to a free slot."""
    loads = planned().plan.loads
    aboard = [box for box in chosen if box in loads]
    return [MoveTo(a, loads[b]) for a, b in pairwise([*aboard, *aboard[:1]])] if len(aboard) > 2 else []


def told_once(found: list[SlotEdit]) -> Several | None:
    """Those of different boxes and slots."""
    edits: list[SlotEdit] = []
    for edit in found:
        if not set(boxes_of(edit)) & {box for each in edits for box in boxes_of(each)} and len({*boxes_of(edit)}) > (
            isinstance(edit, Exchange)
        ):
            edits.append(edit)
    return Several(tuple(edits)) if edits else None


several = st.one_of(
    st.lists(one_edit | restows, min_size=2, max_size=6).map(told_once),
    st.lists(some_box, min_size=3, max_size=5, unique=True).map(in_a_ring).map(told_once),
    st.lists(
        st.builds(MoveTo, some_box, st.deferred(lambda: st.sampled_from(free()))), min_size=2, max_size=5,
        unique_by=(lambda each: each.container, lambda each: each.to),
    ).map(told_once),
).filter(lambda edit: edit is not None)  # fmt: skip
crane = st.deferred(lambda: st.sampled_from([queue.crane for queue in planned().plan.queues]))
block = st.integers(1, 8)
of_cranes = st.builds(HandOver, crane, block, crane) | st.builds(Reorder, crane, block, block)
edits = one_edit | several | restows | of_cranes


def figures_in_minutes(call: VesselCall, before: Desk, after: Desk) -> dict[str, float]:
    was, now = (minutes_of(call.settings, each.judgement.figures) for each in (before, after))
    return {name: round(now[name] - was[name], 6) for name in was if now[name] != was[name]}


@settings(max_examples=40, deadline=None)
@given(edits)
def test_the_price_of_an_edit_is_what_the_referee_says_differently_afterwards(edit: Edit) -> None:
    try:
        price = desk().price(edit)
    except DataError:
        return
    after = desk().with_edits((edit,))
    was, now = Counter(desk().judgement.findings), Counter(after.judgement.findings)
    assert Counter(price.new) == now - was
    assert Counter(price.gone) == was - now
    told = {name: minutes for name, minutes in price.terms.items() if name != "inversions"}
    assert told == figures_in_minutes(planned().call, desk(), after)


@settings(max_examples=15, deadline=None)
@given(edits)
def test_what_is_taken_is_no_less_legal_and_what_is_forbidden_says_the_rule(edit: Edit) -> None:
    try:
        forbidden = desk().price(edit).forbidden
    except DataError:
        return
    if forbidden:
        with pytest.raises(Forbidden, match=forbidden[0].rule) as caught:
            desk().take(edit)
        assert Counter(caught.value.findings) == Counter(forbidden)
    else:
        taken = desk().take(edit)
        assert taken.judgement == judge(planned().call, taken.plan)


@settings(max_examples=4, deadline=None)
@given(st.deferred(lambda: st.sampled_from(sorted(planned().plan.loads))))
def test_each_other_place_named_for_a_box_costs_what_is_said_and_the_forbidden_one_comes_last(box: ContainerId) -> None:
    found = alternatives(desk(), box)
    legal = [other for other in found if not other.price.forbidden]
    assert len(legal) <= 3
    assert found[: len(legal)] == tuple(sorted(legal, key=lambda other: other.rank))
    for other in found:
        after = desk().with_edits((other.edit,))
        assert after.plan.loads[box] == other.to
        told = {name: minutes for name, minutes in other.price.terms.items() if name != "inversions"}
        assert told == figures_in_minutes(planned().call, desk(), after)


def test_boxes_that_go_where_others_of_them_stood_take_over_their_cycles_and_are_one_edit_of_the_log() -> None:
    chosen = [*alike()[0], alike()[1][0]]
    edits = in_a_ring(chosen)
    before = planned().plan.loads
    desk_after = desk().with_edits((Several(tuple(edits)),))
    assert [desk_after.plan.loads[box] for box in chosen] == [before[box] for box in (*chosen[1:], chosen[0])]
    assert {(step.start_s, step.positions) for queue in desk_after.plan.queues for step in queue.steps} == {
        (step.start_s, step.positions) for queue in planned().plan.queues for step in queue.steps
    }
    one, other = legal_edits(2)
    log = PlanLog((PlanLogEntry(Several((one, other)), "M. Quispe", NOW),))  # type: ignore[arg-type]
    assert desk().with_edits(log.edits).plan.loads == desk().with_edits((one, other)).plan.loads
    assert log.and_then(PlanLogEntry(Undo(), "M. Quispe", NOW)).edits == ()


def legal_edits(count: int) -> list[Edit]:
    found: list[Edit] = []
    now = desk()
    for edit in (*(Exchange(*pair) for pair in alike()), *(LeaveAshore(box, "late") for box in boxes())):
        try:
            now = now.take(edit)
        except DataError:
            continue
        found.append(edit)
        if len(found) == count:
            break
    return found


def test_undo_and_redo_lead_to_the_same_plans_bit_for_bit() -> None:
    one, other, third = legal_edits(3)
    log = PlanLog()
    plans = {(): desk().with_edits(()).plan}
    for what in (one, other, Undo(), Undo(), Redo(), third, Undo(), Redo()):
        log = log.and_then(PlanLogEntry(what, "M. Quispe", NOW))
        plan = desk().with_edits(log.edits).plan
        assert plans.setdefault(log.edits, plan) == plan
    assert log.edits == (one, third)
    assert desk().take(one).take(third).plan == plans[log.edits]
    assert log.up_to(2).edits == (one, other)


def test_nothing_is_undone_twice_and_a_new_edit_ends_what_could_be_redone() -> None:
    one, other = (LeaveAshore(box, "late") for box in boxes()[:2])

    def log(*what: Edit | Undo | Redo) -> PlanLog:
        return PlanLog(tuple(PlanLogEntry(each, "M. Quispe", NOW) for each in what))

    with pytest.raises(DataError, match="nothing to undo"):
        log(one, Undo(), Undo())
    with pytest.raises(DataError, match="nothing to redo"):
        log(one, Undo(), other, Redo())
    assert log(one, Undo()).undone == (one,)


def test_a_box_moved_aboard_from_the_quay_gets_a_cycle_and_every_crane_keeps_time_and_distance() -> None:
    box, slot = next(
        (box, slot)
        for box, slot in planned().plan.loads.items()
        if not desk().price(LeaveAshore(box, "late")).forbidden
    )
    ashore = desk().take(LeaveAshore(box, "late"))
    back = ashore.with_edits((MoveTo(box, slot),))
    assert back.plan.loads[box] == slot
    assert box not in back.plan.refused
    assert not [f for f in back.judgement.hard_by_plan if f.rule.startswith("CRANE")]


def test_a_finding_is_waived_with_reason_and_name_but_never_a_hard_one() -> None:
    findings = [f for f in desk().judgement.findings if f.severity is not Severity.HARD]
    waiver = Waiver(findings[0].rule, "lashing checked", "M. Quispe", findings[0].place)
    assert desk().price(Waive(waiver)).minutes == 0
    assert desk().take(Waive(waiver)).plan.waivers == (waiver,)
    assert waiver.covers(findings[0])
    assert not waiver.covers(replace(findings[0], severity=Severity.HARD))
    with pytest.raises(DataError, match="no finding of NO-SUCH-RULE"):
        desk().take(Waive(Waiver("NO-SUCH-RULE", "because", "M. Quispe")))


def test_costs_and_what_bounds_are_held_against_follow_the_edit() -> None:
    edit = legal_edits(1)[0]
    after = desk().take(edit)
    told = edited_call(planned(), after)
    was, now = planned().judgement.figures, after.judgement.figures
    assert told.costs_min["makespan"] - planned().costs_min["makespan"] == pytest.approx(
        (now.crane_makespan_s - was.crane_makespan_s) / 60
    )
    assert told.bounds["digs"].reached == now.digs
    assert told.bounds["digs"].bound == planned().bounds["digs"].bound


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda: Exchange(boxes()[0], boxes()[0]), "with itself"),
        (lambda: Exchange(boxes()[0], ContainerId("NOPE0000000")), "not on the load list"),
        (lambda: MoveTo(boxes()[0], StowPosition(999, 1, 2)), "has no slot"),
        (lambda: MoveTo(boxes()[0], planned().plan.loads[boxes()[0]]), "taken"),
        (lambda: LeaveAshore(planned().call.arrival.stowed[0].container.id, "x"), "aboard on arrival"),
        (lambda: Several(()), "0 edits"),
        (lambda: Several((LeaveAshore(boxes()[0], "x"), Exchange(boxes()[0], boxes()[1]))), "named twice"),
        (lambda: Several((MoveTo(boxes()[0], free()[0]), MoveTo(boxes()[1], free()[0]))), "Two boxes"),
        (lambda: Several((MoveTo(boxes()[0], planned().plan.loads[boxes()[1]]),)), "taken"),
    ],
    ids=["itself", "unknown", "no slot", "taken", "aboard", "none", "twice", "same slot", "taken by another"],
)
def test_an_edit_that_means_nothing_says_so(edit: object, said: str) -> None:
    assert callable(edit)
    with pytest.raises(DataError, match=said):
        desk().price(edit())
