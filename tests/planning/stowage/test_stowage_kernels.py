"""The kernels against counting afresh, against their own Python, and against the referee's rules stack by stack."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.stowage.ships_by_hand import random_call

from cabria.domain.stowage import Stowed
from cabria.domain.vessel import StackId
from cabria.planning.search.result import silent
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.stowage import kernels as k
from cabria.planning.stowage.flat import POINTS_PER_MIN, FlatProblem, Prices
from cabria.planning.stowage.legal import forbidden, offences
from cabria.planning.stowage.operators import Cooling, Search
from cabria.planning.stowage.problem import StowageProblem
from cabria.planning.stowage.special import pin_special

seeds = st.integers(0, 10_000)


def searched(seed: int, *, exact_masses: bool = False, settle_share: float = 2.0) -> Search:
    problem = pin_special(StowageProblem.of(random_call(seed)))
    flat = FlatProblem.of(problem, Prices(), exact_masses=exact_masses)
    search = Search(flat, seed, Cooling(iterations_a_round=10_000, settle_share=settle_share))
    search.run(MaxIterations(20_000), silent)
    return search


@given(seeds)
@settings(max_examples=25)
def test_what_was_counted_change_by_change_is_what_counting_afresh_gives(seed: int) -> None:
    search = searched(seed)
    flat, state = search.flat, search.state
    fresh = flat.start()
    for s, count in enumerate(state.counts):
        members = state.members[s, :count].copy()
        if count:
            cost = k.change(flat.ship, fresh, k.ASHORE, s, members, count, members, 0, 0, k.INFEASIBLE - 1)
            assert cost != k.INFEASIBLE
    assert k.total_cost(flat.ship, fresh) == k.total_cost(flat.ship, state)
    for name in ("totals", "by_order", "under_lid", "on_lid", "first_under", "blocked", "lid_over", "over_on_lid",
                 "lid_boxes", "last_on", "sums", "by_group", "moves", "where", "stack_cost", "counts"):  # fmt: skip
        assert np.array_equal(getattr(fresh, name), getattr(state, name)), name


@given(seeds)
@settings(max_examples=25)
def test_a_stack_that_is_laid_keeps_the_referees_rules_and_costs_what_they_count(seed: int) -> None:
    search = searched(seed, exact_masses=True)
    flat, state, call = search.flat, search.state, search.flat.problem.call
    boxes = {box.id: box for box in flat.boxes}
    stacks: dict[StackId, list[Stowed]] = defaultdict(list)
    for container, position in flat.problem.staying:
        place = call.vessel.place(position)
        assert place is not None
        stacks[place.stack_id].append(Stowed(container, position))
    laid: dict[StackId, list[Stowed]] = defaultdict(list)
    for container_id, position in flat.slots(state).items():
        place = call.vessel.place(position)
        assert place is not None
        laid[place.stack_id].append(Stowed(boxes[container_id], position))
    for stack_id, new in laid.items():
        ids = {stowed.container.id for stowed in new}
        assert forbidden(call, [*stacks[stack_id], *new], ids) == []
        found = [o.rule.id for o in offences(call, [*stacks[stack_id], *new], ids) if o.container in ids]
        prices = call.settings
        cost = prices.overstow_min * found.count("OVERSTOW-STACK") + prices.inversion_min * found.count(
            "STACK-INVERSION"
        )
        assert state.stack_cost[flat.stack_ids.index(stack_id)] == cost * POINTS_PER_MIN


@given(seeds)
@settings(max_examples=25)
def test_the_compiled_kernel_lays_as_its_python_does(seed: int) -> None:
    random = Random(seed)
    search = searched(seed % 5)
    ship, state = search.flat.ship, search.state
    compiled, plain = (np.zeros((state.members.shape[1], 2), np.int64) for _ in range(2))
    for _ in range(20):
        count = random.randrange(state.members.shape[1])
        members = sorted(random.sample(range(len(search.flat.boxes)), count), key=lambda b: ship.boxes[b, k.RANK])
        row, s = np.array(members, np.int64), random.randrange(len(search.flat.stack_ids))
        cost = k.lay(ship, s, row, count, compiled)
        assert k.lay.py_func(ship, s, row, count, plain) == cost
        assert cost == k.INFEASIBLE or np.array_equal(compiled[:count], plain[:count])


@given(seeds)
@settings(max_examples=10)
def test_a_change_that_is_hopeless_at_a_glance_is_no_better_when_counted_in_full(seed: int) -> None:
    search, random = searched(seed), Random(seed)
    ship, state = search.flat.ship, search.state
    now = int(k.total_cost(ship, state))
    aboard = [b for b, s in enumerate(state.where) if s != k.ASHORE]
    for _ in range(200 if aboard else 0):
        going = np.array([random.choice(aboard)], np.int64)
        s, t = int(state.where[going[0]]), int(random.choice(list(ship.open_stacks)))
        if s != t:
            full = k.change(ship, state, s, t, going, 1, going, 0, now, -1)
            quick = k.change(ship, state, s, t, going, 1, going, 0, now, 0)
            assert quick <= full
    assert k.total_cost(ship, state) == now
