"""Boxes and turns together: the kernel counts as the slow way does, nothing hangs or is too heavy, no bound lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import settings as drawn
from hypothesis import strategies as st
from tests.planning.yard.yards_by_hand import made, replay

from cabria.domain.calls import PRESETS, CallSettings
from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.work import CraneStep, WorkQueue
from cabria.planning.loading.certificates import digs_whatever_the_slots
from cabria.planning.loading.joint.feed import waiting_min
from cabria.planning.loading.joint.flat import FlatProblem, FlatState
from cabria.planning.loading.joint.operators import (
    Arrangement,
    ExchangeBoxes,
    ExchangeTurns,
    digs,
    digs_bound,
    due_s,
    late,
    peaks_bound_min,
    price,
    trucks_bound_min,
    turns_are_possible,
)
from cabria.planning.loading.joint.problem import FREE, Freedom, JointProblem
from cabria.planning.loading.joint.solve import Params, solve
from cabria.planning.search.kernels import generator
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.problem import YardProblem

SEEDS = st.integers(0, 10**6)
SHORT = Params(iterations_a_round=2_000)
SETTINGS = st.sampled_from([*PRESETS.values(), CallSettings(off_order_lifts=3, waiting_min=5.0)])


def one_after_the_other(yard: YardProblem, random: Random) -> tuple[WorkQueue, ...]:
    """The same lifts in the same order, no two at a time, some of them longer."""
    steps = sorted(
        ((step.start_s, step.positions[0].tier, queue.crane, step) for queue in yard.queues for step in queue.steps),
        key=lambda entry: entry[:2],
    )
    queues: dict[str, list[CraneStep]] = {queue.crane: [] for queue in yard.queues}
    for number, (_, _, crane, step) in enumerate(steps):
        start_s = 300 * number
        queues[crane].append(replace(step, start_s=start_s, end_s=start_s + random.choice((120, 120, 150))))
    return tuple(WorkQueue(crane, tuple(own)) for crane, own in queues.items())


def problem_of(
    seed: int, settings: CallSettings, freedom: Freedom = FREE, *, max_weight_kg: int | None = None
) -> JointProblem:
    yard = made(seed, settings=settings, max_weight_kg=max_weight_kg, afloat=bool(seed % 2))
    if seed % 3 == 0:
        some = Random(seed).sample(range(len(yard.boxes)), len(yard.boxes) // 3)
        ready = {yard.boxes[n].id: 300 * (n + 2) for n in some}
        yard = replace(yard, call=replace(yard.call, available_s=ready))
    loads = {box.id: slot.position for box, slot in zip(yard.boxes, yard.slots, strict=True)}
    return JointProblem.of(yard.call, loads, one_after_the_other(yard, Random(seed)), (), freedom)


def assert_same(one: FlatState, other: FlatState, *, has_feed: bool = True) -> None:
    """What the feed alone looks at is not kept up where it does not count."""
    names = ("box_at", "slot_of", "due", "window", "rank_of", "lift_at", "stack_digs")
    for name in (*names, *(("block_at", "place_at", "handed_out") if has_feed else ())):
        assert np.array_equal(getattr(one.arrays, name), getattr(other.arrays, name)), name


@drawn(max_examples=60)
@given(SEEDS, SETTINGS, st.booleans())
def test_the_kernel_counts_every_exchange_as_the_slow_way_does(
    seed: int, settings: CallSettings, has_feed: bool
) -> None:
    problem = problem_of(seed, settings, Freedom(feed=has_feed))
    flat, random = FlatProblem.of(problem), Random(seed)
    state = flat.state(Arrangement.regular(problem))
    for _ in range(12):
        now = state.arrangement
        if ExchangeBoxes.supports(problem) and random.random() < 0.5:
            slot, other = random.sample(random.choice(problem.groups), 2)
            change, slow = state.exchange_boxes(flat, slot, other), ExchangeBoxes(slot, other).evaluate(problem, now)
            assert change is None or change == slow
        elif ExchangeTurns.supports(problem):
            run = random.choice([run for run in problem.runs if len(run) > 1])
            early, late = sorted(random.sample(run, 2))
            change = state.exchange_turns(flat, early, late)
            assert change == ExchangeTurns(early, late).evaluate(problem, now)
    assert_same(state, flat.state(state.arrangement), has_feed=has_feed)


@drawn(max_examples=25)
@given(SEEDS, SETTINGS)
def test_what_is_refused_changes_nothing(seed: int, settings: CallSettings) -> None:
    problem = problem_of(seed, settings)
    flat, random = FlatProblem.of(problem), Random(seed)
    before = flat.state(Arrangement.regular(problem))
    after = flat.state(Arrangement.regular(problem))
    if len(problem.lifts):
        after.anneal(flat, 200, 1e-9, 1e-9, generator(random.randrange(1000)))
        assert flat.points(after) <= flat.points(before)
        assert_same(after, flat.state(after.arrangement))


@drawn(max_examples=25)
@given(SEEDS, SETTINGS)
def test_a_search_tells_its_cost_and_leaves_nothing_hanging(seed: int, settings: CallSettings) -> None:
    problem = problem_of(seed, settings)
    flat = FlatProblem.of(problem)
    state = flat.state(Arrangement.regular(problem))
    before = flat.points(state)
    change = state.anneal(flat, 3_000, 100_000.0, 1_000.0, generator(seed))
    assert flat.points(state) == before + change
    assert turns_are_possible(problem, state.arrangement)


@drawn(max_examples=25)
@given(SEEDS)
def test_every_slot_keeps_its_port_and_its_plug(seed: int) -> None:
    problem = problem_of(seed, CallSettings())
    result = solve(problem, MaxIterations(4_000), seed=seed, params=SHORT)

    def cargo(placed: Mapping[ContainerId, StowPosition]) -> dict[StowPosition, tuple[str, bool]]:
        boxes = problem.yard.call.load_by_id
        return {slot: (boxes[box].pod, boxes[box].needs_plug) for box, slot in placed.items()}

    stowed = {box.id: slot.position for box, slot in zip(problem.yard.boxes, problem.yard.slots, strict=True)}
    assert cargo(result.plan.loads) == cargo(stowed)


@drawn(max_examples=25)
@given(SEEDS)
def test_boxes_that_stay_upon_ones_that_leave_are_dug_by_every_plan(seed: int) -> None:
    problem = problem_of(seed, CallSettings())
    flat = FlatProblem.of(problem)
    state = flat.state(Arrangement.regular(problem))
    state.anneal(flat, 2_000, 50_000.0, 1_000.0, generator(seed))
    loads = {box.id for box in problem.yard.boxes}
    least = digs_whatever_the_slots(problem.yard.call, loads)
    upon = [
        box
        for stack in problem.yard.touched_stacks.values()
        for n, box in enumerate(stack)
        if box not in loads and loads & set(stack[:n])
    ]
    assert least == len(upon) <= digs_bound(problem) <= digs(problem, state.arrangement)


@drawn(max_examples=25)
@given(SEEDS)
def test_every_lift_in_the_yard_is_possible_and_due_when_its_crane_wants_it(seed: int) -> None:
    problem = problem_of(seed, CallSettings())
    result = solve(problem, MaxIterations(4_000), seed=seed, params=SHORT)
    wanted = {box: step.start_s for queue in result.plan.queues for step in queue.steps for box in step.containers}
    replay(problem.yard, result.plan.yard_moves, wanted)
    assert set(result.plan.loads) == {box.id for box in problem.yard.boxes}
    assert set(result.plan.loads.values()) == {slot.position for slot in problem.yard.slots}


@drawn(max_examples=25)
@given(SEEDS)
def test_stack_limits_are_kept_whatever_masses_change_places(seed: int) -> None:
    problem = problem_of(seed, CallSettings(), max_weight_kg=80_000)
    result = solve(problem, MaxIterations(4_000), seed=seed, params=SHORT)

    def loads_kg(placed: Mapping[ContainerId, StowPosition]) -> dict[tuple[int, int], int]:
        found: dict[tuple[int, int], int] = {}
        for box, position in placed.items():
            place = problem.yard.call.vessel.place(position)
            assert place is not None
            key = (place.bay.number, position.row)
            found[key] = found.get(key, 0) + problem.yard.call.load_by_id[box].gross_mass_kg
        return found

    before = loads_kg({box.id: slot.position for box, slot in zip(problem.yard.boxes, problem.yard.slots, strict=True)})
    after = loads_kg(result.plan.loads)
    assert all(after[key] <= max(before[key], 2 * 80_000) for key in after)


@drawn(max_examples=25)
@given(SEEDS, SETTINGS)
def test_no_search_passes_a_bound(seed: int, settings: CallSettings) -> None:
    problem = problem_of(seed, settings)
    flat = FlatProblem.of(problem)
    state = flat.state(Arrangement.regular(problem))
    state.anneal(flat, 2_000, 50_000.0, 1_000.0, generator(seed))
    now = price(problem, state.arrangement)
    assert digs(problem, state.arrangement) >= digs_bound(problem)
    assert now.peaks / 100_000 >= peaks_bound_min(problem) - 1e-3
    assert now.trucks / 100_000 >= trucks_bound_min(problem) - 1e-3


@drawn(max_examples=25)
@given(SEEDS.map(lambda seed: 3 * seed))
def test_no_search_leaves_more_boxes_late_than_it_found(seed: int) -> None:
    problem = problem_of(seed, CallSettings())
    flat = FlatProblem.of(problem)
    before, after = flat.state(Arrangement.regular(problem)), flat.state(Arrangement.regular(problem))
    after.anneal(flat, 3_000, 50_000.0, 1_000.0, generator(seed))
    assert late(problem, after.arrangement) <= late(problem, before.arrangement)


@drawn(max_examples=25)
@given(SEEDS)
def test_what_is_switched_off_is_left_alone(seed: int) -> None:
    problem = problem_of(seed, CallSettings(), Freedom(classes=False, order=False))
    result = solve(problem, MaxIterations(2_000), seed=seed, params=SHORT)
    assert problem.groups == problem.yard.groups
    assert result.plan.off_order == 0
    assert due_s(problem, Arrangement.regular(problem)) == [slot.due_s for slot in problem.yard.slots]


@drawn(max_examples=25)
@given(SEEDS, st.integers(0, 60), st.integers(0, 10**6), st.integers(0, 500))
def test_more_trucks_shorter_ways_and_fewer_digs_never_make_a_crane_wait_longer(
    seed: int, trucks: int, gantry_m: int, digs: int
) -> None:
    problem = problem_of(seed, CallSettings())

    def waiting(trucks: int, gantry_m: int, digs: int) -> float:
        terminal = replace(problem.yard.call.terminal, trucks=trucks)
        call = replace(problem.yard.call, terminal=terminal)
        return waiting_min(replace(problem, yard=replace(problem.yard, call=call)), gantry_m, digs)

    now = waiting(trucks + 1, gantry_m, digs)
    assert now >= waiting(trucks + 2, gantry_m, digs) - 1e-9
    assert now <= waiting(trucks + 1, gantry_m + 1_000, digs)
    assert now <= waiting(trucks + 1, gantry_m, digs + 1)
