"""Crane split and sequence: every plan can be carried out, kernels agree with the slow schedule, bounds hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.cranes.calls_by_hand import Case, Impossible, case, cranes, replay

from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.terminal import Outage, QuayCrane
from cabria.domain.vessel import Level
from cabria.domain.wishes import OrderWish, Wishes, Worked
from cabria.domain.work import StepKind, WorkQueue
from cabria.planning.cranes.bound import lower_bound
from cabria.planning.cranes.flat import FlatProblem
from cabria.planning.cranes.lifts import Lift
from cabria.planning.cranes.operators import NEVER_S, boxes_over_limit, first_plans, schedule
from cabria.planning.cranes.problem import (
    PEAK_PRICE_S,
    SHARED_BAY_S,
    Block,
    BlockFeed,
    CraneProblem,
    CraneSolution,
    ShipWork,
)
from cabria.planning.cranes.solve import Params, solve
from cabria.planning.search.result import Progress, Result
from cabria.planning.search.stopping import FirstOf, MaxIterations, MaxSeconds
from cabria.referee.judge import judge
from cabria.referee.side_by_side import Worked as ShipWorked
from cabria.referee.side_by_side import judge_side_by_side

SHORT = Params(iterations=3_000, iterations_a_round=1_000)


def problem_of(the: Case) -> CraneProblem:
    return CraneProblem.of(the.call, loads=the.loads, restows=the.restows)


def solved(the: Case, params: Params = SHORT) -> Result[CraneSolution]:
    return solve(problem_of(the), MaxIterations(params.iterations), params=params)


def fleets() -> st.SearchStrategy[tuple[QuayCrane, ...]]:
    def fleet(
        count: int, travel_s: int, ready_s: int, twin: bool, dual_s: int, outages: list[Outage], from_x: bool
    ) -> tuple[QuayCrane, ...]:
        alike = cranes(count, bay_travel_s=travel_s, may_twin=twin, dual_cycle_s=dual_s, travels_from_x=from_x)
        return tuple(
            replace(crane, ready_s=ready_s * (n % 2), outages=tuple(outages) if n % 2 == 0 else ())
            for n, crane in enumerate(alike)
        )

    return st.builds(
        fleet,
        st.integers(1, 4), st.sampled_from((0, 45, 61)), st.sampled_from((0, 1_000)), st.booleans(),
        st.sampled_from((0, 120, 175)), outages(), st.booleans(),
    )  # fmt: skip


def outages() -> st.SearchStrategy[list[Outage]]:
    def apart(spans: list[tuple[int, int]]) -> list[Outage]:
        found, at = [], 0
        for pause, length in spans:
            found.append(Outage(at + pause, at + pause + length))
            at += pause + length
        return found

    return st.builds(apart, st.lists(st.tuples(st.integers(0, 4_000), st.integers(1, 3_000)), max_size=3))


class Made(NamedTuple):
    """How a case is made; it is short to print where a whole case is not."""

    seed: int
    fleet: tuple[QuayCrane, ...]
    gap_bays: int
    bow_towards_x: bool
    may_dual_cycle: bool
    is_begun: bool

    def case(self) -> Case:
        seed, fleet, *_ = self
        return case(
            seed, fleet, gap_bays=self.gap_bays, bow_towards_x=self.bow_towards_x,
            may_dual_cycle=self.may_dual_cycle, is_begun=self.is_begun,
        )  # fmt: skip


def cases() -> st.SearchStrategy[Made]:
    return st.builds(
        Made, st.integers(0, 10**6), fleets(), st.integers(0, 2), st.booleans(), st.booleans(), st.booleans()
    )


class Part(NamedTuple):
    """A bay's deck, hold or both, of what there is to work."""

    number: int
    level: str

    def of(self, problem: CraneProblem) -> Worked:
        bay = problem.works[self.number % len(problem.works)].bays[0]
        return Worked.parse(f"bay {bay:02}{self.level}")


def parts() -> st.SearchStrategy[Part]:
    return st.builds(Part, st.integers(0, 9), st.sampled_from(("", " deck", " hold")))


@settings(max_examples=100)
@given(cases())
def test_every_plan_can_be_carried_out(made: Made) -> None:
    the = made.case()
    replay(the, solved(the).plan.queues)


@settings(max_examples=80)
@given(cases())
def test_the_referee_finds_nothing_in_the_cranes_work(made: Made) -> None:
    the = made.case()
    plan = LoadingPlan(the.call.id, the.loads, restows=the.restows, queues=solved(the).plan.queues)
    judgement = judge(the.call, plan)
    assert {"CRANE-GAP", "CRANE-TRAVEL", "CRANE-OUTAGE", "WORK-FREE", "WORK-LIDS"} <= judgement.rules.keys()
    ours = [f for f in judgement.findings if f.rule.startswith(("CRANE-", "WORK-", "CLEAR-"))]
    assert ours == []
    assert judgement.figures.crane_makespan_s == plan.makespan_s


@given(st.integers(0, 10**6), fleets())
def test_first_plans_can_be_carried_out(seed: int, fleet: tuple[QuayCrane, ...]) -> None:
    the = case(seed, fleet)
    problem = problem_of(the)
    plans = list(first_plans(problem)) if problem.works else []
    assert all(sum(b.end - b.first for b in plan) == sum(len(w.sections) for w in problem.works) for plan in plans)
    assert any(schedule(problem, plan) for plan in plans) or not plans


@given(cases(), st.integers(0, 10**6), st.sampled_from((0, 1, 2)))
def test_the_kernel_schedules_as_the_slow_way_does(made: Made, mix: int, limit: int) -> None:
    the = made.case()
    homes = {container: "ABC"[n % 3] for n, container in enumerate(the.loads)}
    feed = BlockFeed(homes, {"A": limit, "B": limit}) if mix % 2 else None
    problem = CraneProblem.of(the.call, loads=the.loads, restows=the.restows, feed=feed)
    if not problem.works:
        return
    assert_alike(problem, shuffled(problem, Random(mix)))


def assert_alike(problem: CraneProblem, blocks: list[Block]) -> None:
    """That kernel and slow schedule price these blocks alike."""
    slow = schedule(problem, blocks)
    cost = FlatProblem.of(problem).evaluate(FlatProblem.of(problem).pack(blocks))
    if slow is None:
        assert cost == 1 << 60
        return
    fleet = range(len(problem.cranes))
    last = [max((e for e, b in zip(slow.ends_s, blocks, strict=True) if b.crane == c), default=0) for c in fleet]
    expected = (
        100 * slow.makespan_s
        + slow.waiting_s
        + 100 * SHARED_BAY_S * (len(blocks) - len(problem.works))
        + 100 * sum(last) // (50 * len(fleet))
        + 100 * PEAK_PRICE_S * boxes_over_limit(problem, blocks, slow)
    )
    assert cost == pytest.approx(expected, abs=1)


@settings(max_examples=60)
@given(cases(), st.lists(st.tuples(parts(), parts()), min_size=1, max_size=3), st.integers(0, 10**6))
def test_work_that_is_wished_first_is_over_before_the_other_begins(
    made: Made, asked: list[tuple[Part, Part]], mix: int
) -> None:
    the = made.case()
    plain = problem_of(the)
    pairs = [(one.of(plain), other.of(plain)) for one, other in asked if plain.works]
    if not pairs or any(one == other for one, other in pairs):
        return
    orders = tuple(OrderWish(one, other) for one, other in pairs)
    the = replace(the, call=replace(the.call, wishes=Wishes(orders=orders)))
    problem = problem_of(the)
    assert_alike(problem, shuffled(problem, Random(mix)))
    queues = solved(the).plan.queues
    replay(the, queues)
    findings = judge(the.call, LoadingPlan(the.call.id, the.loads, restows=the.restows, queues=queues)).findings
    unkept = [finding.text for finding in findings if finding.rule == "WISH-ORDER"]
    first, then = (next(w for w in plain.works if w.bays[0] == worked.part.bay) for worked in pairs[0] if worked.part)
    if first is not then and not any(work.waits for work in plain.works):
        assert not [text for text in unkept if text.startswith(str(orders[0]))]


def test_wishes_that_go_round_in_a_circle_bind_as_far_as_they_can() -> None:
    the = next(the for seed in range(99) if len((the := case(seed, cranes(2)), problem_of(the))[1].works) > 2)
    one, two = (Worked.parse(f"bay {work.bays[0]:02}") for work in problem_of(the).works[:2])
    wishes = Wishes(orders=(OrderWish(one, two), OrderWish(two, one)))
    call = replace(the.call, wishes=wishes)
    queues = solved(replace(the, call=call)).plan.queues
    findings = judge(call, LoadingPlan(call.id, the.loads, restows=the.restows, queues=queues)).findings
    assert [f.text.startswith(str(wishes.orders[1])) for f in findings if f.rule == "WISH-ORDER"] == [True]


def shuffled(problem: CraneProblem, random: Random) -> list[Block]:
    """Every section a block or a few together, in any order and by any crane; often one that cannot be scheduled."""
    blocks = []
    for number, work in enumerate(problem.works):
        cuts = sorted({0, len(work.sections), *(random.randrange(len(work.sections)) for _ in range(2))})
        blocks += [Block(number, a, b, random.randrange(len(problem.cranes))) for a, b in pairwise(cuts)]
    keys = {id(block): random.random() for block in blocks}
    order = sorted(blocks, key=lambda b: keys[id(b)]) if random.random() < 0.2 else blocks
    return order if random.random() < 0.5 else order[::-1]


@given(cases())
def test_no_plan_beats_the_bound(made: Made) -> None:
    the = made.case()
    result = solved(the)
    assert result.bound is not None
    assert result.plan.bound_s <= result.plan.makespan_s < NEVER_S
    assert result.bound <= result.cost


@given(st.integers(0, 10**6))
def test_one_crane_needs_its_work_and_its_travel_and_no_more(seed: int) -> None:
    the = case(seed, cranes(1))
    problem = problem_of(the)
    working_s = sum(lift.duration_s(problem.cranes[0]) for lift in problem.lifts)
    travelled = problem.works[-1].last_x_mm - problem.works[0].first_x_mm if problem.works else 0
    is_plain = not any(work.waits or len(work.bays) > 1 for work in problem.works)
    result = solved(the)
    assert result.plan.makespan_s >= lower_bound(problem).seconds
    if is_plain:
        assert result.plan.makespan_s == working_s + problem.travel_time_s(travelled)


@given(st.integers(0, 10**6))
def test_the_bound_falls_when_a_crane_comes_to_help(seed: int) -> None:
    bounds = [lower_bound(problem_of(case(seed, cranes(count)))).seconds for count in (1, 2, 3)]
    assert bounds == sorted(bounds, reverse=True)


@given(st.integers(0, 10**6))
def test_two_cranes_are_never_slower_than_one(seed: int) -> None:
    one, two = (solved(case(seed, cranes(count))).plan.makespan_s for count in (1, 2))
    assert two <= one


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_search_that_begins_from_a_known_split_is_never_worse_than_that(seed: int, other: int) -> None:
    the = case(seed, cranes(3))
    found = solved(the)
    again = solve(problem_of(the), MaxIterations(1), seed=other, known=found.plan.blocks)
    assert again.cost <= found.cost + 1e-9


@pytest.mark.parametrize("blocks", [(Block(0, 0, 99, 0),), (Block(99, 0, 1, 0),), (Block(0, 0, 1, 7),)])
def test_a_known_split_that_is_not_of_all_work_is_left_aside(blocks: tuple[Block, ...]) -> None:
    the = case(3, cranes(2))
    alone, beside = (
        solve(problem_of(the), MaxIterations(1_000), known=known) for known in ((), (*solved(the).plan.blocks, *blocks))
    )
    assert alone.plan.blocks == beside.plan.blocks


def test_the_same_seed_gives_the_same_plan() -> None:
    the = case(7, cranes(3))
    assert solved(the).plan == solved(the).plan


def test_a_clock_ends_the_search_after_every_first_plan_had_its_share() -> None:
    passed, heard = [0.0], list[Progress]()

    def clock() -> float:
        passed[0] += 0.01
        return passed[0]

    stop = FirstOf((MaxIterations(10**9), MaxSeconds(10.0, clock, 0.0)))
    solve(problem_of(case(7, cranes(3))), stop, params=Params(iterations_a_round=50), listen=heard.append)
    assert passed[0] <= 10.5
    assert all(one.done <= other.done for one, other in pairwise(heard))
    assert heard[-1].done > 0.95


def test_twins_save_cycles_where_both_boxes_are_within_the_limit() -> None:
    the = case(3, cranes(2))
    with_twins = solved(the).plan
    without = solved(replace(the, call=replace(the.call, settings=replace(the.call.settings, may_twin=False)))).plan
    twins = [s for q in with_twins.queues for s in q.steps if len(s.containers) == 2]
    assert twins
    mass = {c.id: c.gross_mass_kg for c in (*the.call.loads, *(s.container for s in the.call.arrival))}
    assert all(mass[s.containers[0]] + mass[s.containers[1]] <= 50_000 for s in twins)
    assert all(len(s.containers) < 2 for q in without.queues for s in q.steps)
    assert sum(len(q.steps) for q in without.queues) - sum(len(q.steps) for q in with_twins.queues) == len(twins)


def test_only_lids_that_must_be_opened_are_opened() -> None:
    the = case(11, cranes(2))
    opened = [s.lid for q in solved(the).plan.queues for s in q.steps if s.kind is StepKind.LID_OFF]
    below = {
        lid.id
        for _, position in [*the.call.discharges, *the.loads.items(), *the.restows.items()]
        if (place := the.call.vessel.place(position))
        for lid in the.call.vessel.lids_over.get(place.stack_id, ())
    }
    assert sorted(opened) == sorted(below)


def test_a_box_left_in_the_way_is_named() -> None:
    the = next(c for c in (case(seed, cranes(2)) for seed in range(50)) if c.restows)
    left = next(iter(the.restows))
    fewer = {box: slot for box, slot in the.restows.items() if box != left}
    with pytest.raises(DataError, match=r"stays aboard and stands .* It must be restowed\."):
        CraneProblem.of(the.call, loads=the.loads, restows=fewer)


def test_a_crane_that_does_not_reach_across_is_left_out() -> None:
    short, long = replace(cranes(1)[0], outreach_rows=4), replace(cranes(2)[1], outreach_rows=5)
    the = case(5, (short, long))
    queues = solved(the).plan.queues
    assert [bool(queue.steps) for queue in queues] == [False, True]
    with pytest.raises(DataError, match="reaches across the 5 rows"):
        problem_of(case(5, (short,)))


def test_work_without_cranes_is_refused() -> None:
    with pytest.raises(DataError, match="no quay crane"):
        problem_of(case(5, ()))


def test_a_ship_without_work_has_empty_queues() -> None:
    the = case(5, cranes(2))
    idle = replace(the.call, arrival=replace(the.call.arrival, stowed=tuple(the.call.remaining)), loads=())
    result = solve(CraneProblem.of(idle, loads={}, restows={}), MaxIterations(10))
    assert [queue.steps for queue in result.plan.queues] == [(), ()]
    assert result.cost == 0


def test_the_longest_crane_is_explained() -> None:
    text = solved(case(5, cranes(2))).plan.why_longest
    assert "is the last to finish" in text
    assert "No plan can be shorter than" in text


def test_the_replay_notices_two_steps_in_the_wrong_order() -> None:
    the = case(11, cranes(1))
    (queue,) = solved(the).plan.queues
    steps = list(queue.steps)
    pairs = enumerate(pairwise(steps))
    k = next(n for n, (a, b) in pairs if (a.kind, b.kind) == (StepKind.LOAD, StepKind.LID_ON))
    load, lid = steps[k], steps[k + 1]
    steps[k] = replace(lid, start_s=load.start_s, end_s=load.start_s + 180)
    steps[k + 1] = replace(load, start_s=load.start_s + 180, end_s=lid.end_s)
    with pytest.raises(Impossible):
        replay(the, [WorkQueue(queue.crane, tuple(steps))])


@settings(max_examples=60)
@given(
    st.integers(0, 10**6), st.integers(0, 10**6), fleets(), st.integers(60_000, 90_000), st.integers(0, 9_000),
    st.booleans(),
)  # fmt: skip
def test_ships_side_by_side_share_their_cranes_without_a_clash(
    one: int, other: int, fleet: tuple[QuayCrane, ...], away_mm: int, later_s: int, mirrored: bool
) -> None:
    near, far = case(one, fleet), case(other, fleet, bow_towards_x=mirrored)
    shifted = replace(far.call, berth_x_mm=away_mm + 60_000 * mirrored)
    problem = CraneProblem.side_by_side(
        [ShipWork(near.call, near.loads, near.restows), ShipWork(shifted, far.loads, far.restows, later_s)]
    )
    result = solve(problem, MaxIterations(2_000), params=SHORT)
    first, second = result.plan.by_ship
    for the, call, queues in ((near, near.call, first), (far, shifted, second)):
        worked = ShipWorked(call, queues, later_s if call is shifted else 0)
        plan = LoadingPlan(call.id, the.loads, restows=the.restows, queues=worked.on_shared_clock)
        assert not {f.rule for f in judge(call, plan).findings if f.rule.startswith(("CRANE-", "WORK-"))}
    assert judge_side_by_side([ShipWorked(near.call, first), ShipWorked(shifted, second, later_s)]) == ()
    assert result.plan.bound_s <= result.plan.makespan_s


def test_ships_at_two_terminals_are_not_worked_together() -> None:
    one, other = case(1, cranes(2)), case(1, cranes(3))
    with pytest.raises(DataError, match="not at one terminal"):
        CraneProblem.side_by_side([ShipWork(c.call, c.loads, c.restows) for c in (one, other)])


@given(st.integers(0, 10**6))
def test_dual_cycles_never_need_more_time(seed: int) -> None:
    """With one crane the same boxes and lids, and no cycle more. The searches may walk the ship in another order."""
    fleet = cranes(1, dual_cycle_s=170)
    singly, dual = (solved(case(seed, fleet, may_dual_cycle=may)).plan for may in (False, True))
    assert dual.bound_s <= singly.bound_s
    bays = [step.bay for queue in singly.by_ship[0] for step in queue.steps]
    walk_s = fleet[0].bay_travel_s * (max(bays, default=0) - min(bays, default=0)) / 4
    assert dual.makespan_s <= singly.makespan_s + walk_s


def to_turn(the: Case, level: Level) -> list[Lift]:
    """Dual cycles between stacks of a level."""
    profile = the.call.vessel
    return [
        lift
        for lift in problem_of(the).lifts
        if lift.back and (place := profile.place(lift.positions[0])) and place.stack.level is level
    ]


def test_dual_cycles_empty_and_fill_a_hold_together() -> None:
    fleet = cranes(1, dual_cycle_s=170)
    the = next(c for c in (case(seed, fleet, may_dual_cycle=True) for seed in range(99)) if to_turn(c, Level.HOLD))
    steps = [step for queue in solved(the).plan.queues for step in queue.steps]
    pairs = [(a, b) for a, b in pairwise(steps) if b.end_s - a.start_s == 170]
    assert pairs
    assert {(a.kind, b.kind) for a, b in pairs} == {(StepKind.LOAD, StepKind.DISCHARGE)}


def test_the_deck_of_a_lid_that_is_on_is_filled_while_the_next_is_emptied() -> None:
    """Each lid is lifted once, nothing is on it meanwhile, and a deck is filled with fewer cycles than boxes."""
    fleet = cranes(1, dual_cycle_s=170)
    found = [c for c in (case(seed, fleet, may_dual_cycle=True) for seed in range(400)) if to_turn(c, Level.DECK)]
    assert len(found) > 3
    for the in found[:4]:
        pairs = [(lift, lift.back) for lift in to_turn(the, Level.DECK) if lift.back is not None]
        assert all(into.positions[0].row != out.positions[0].row for into, out in pairs)
        queues = solved(the).plan.queues
        steps = [step for queue in queues for step in queue.steps]
        assert sum(b.end_s - a.start_s == 170 for a, b in pairwise(steps)) >= len(pairs)
        lids = [(step.lid, step.kind) for step in steps if step.lid]
        assert len(lids) == len(set(lids))
        plan = LoadingPlan(the.call.id, the.loads, restows=the.restows, queues=queues)
        assert not {f.rule for f in judge(the.call, plan).findings if f.rule.startswith(("CRANE-", "WORK-"))}


def test_a_crane_that_is_out_leaves_its_work_to_the_other() -> None:
    both = cranes(2, bay_travel_s=45)
    out = (replace(both[0], outages=(Outage(0, 100_000),)), both[1])
    queues = solved(case(5, out, gap_bays=0)).plan.queues
    assert [bool(queue.steps) for queue in queues] == [False, True]


def test_a_rail_that_ends_keeps_a_crane_from_the_bays_beyond() -> None:
    both = cranes(2)
    end_mm = case(5, both).call.quay_x_mm(6)
    kept = (replace(both[0], rail_until_mm=end_mm), both[1])
    first, _ = solved(case(5, kept)).plan.queues
    assert {step.bay for step in first.steps} <= {2, 6}
    with pytest.raises(DataError, match="No quay crane that comes along the quay to bay 10"):
        problem_of(case(5, kept[:1]))


def test_a_lid_that_is_off_is_only_put_on() -> None:
    the = next(c for c in (case(seed, cranes(2), is_begun=True) for seed in range(50)) if c.call.lids_off)
    steps = [step for queue in solved(the).plan.queues for step in queue.steps]
    handled = {
        lid: [s.kind for s in sorted(steps, key=lambda s: s.start_s) if s.lid == lid] for lid in the.call.lids_off
    }
    assert set(map(tuple, handled.values())) == {(StepKind.LID_ON,)}


def test_yard_blocks_with_few_cranes_are_asked_more_evenly() -> None:
    over = [0.0, 0.0]
    for seed in range(12):
        the = case(seed, cranes(3, bay_travel_s=45), gap_bays=0)
        feed = BlockFeed({box: "AB"[slot.bay > 6] for box, slot in the.loads.items()}, {"A": 5, "B": 5})
        asked = CraneProblem.of(the.call, loads=the.loads, restows=the.restows, feed=feed)
        for number, problem in enumerate((problem_of(the), asked)):
            blocks = solve(problem, MaxIterations(5_000)).plan.blocks
            scheduled = schedule(asked, blocks)
            assert scheduled is not None
            over[number] += boxes_over_limit(asked, blocks, scheduled)
    assert over[1] < over[0]
