"""A forecast for later ports: what the kernel counts, and that the plan keeps room for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.stowage.ships_by_hand import LAST, NEXT, THEN, box, call, judged, random_call, ship

from cabria.domain.calls import CallSettings, ExpectedLoads, VesselCall
from cabria.planning.search.result import silent
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.stowage import kernels as k
from cabria.planning.stowage.flat import FlatProblem, Prices
from cabria.planning.stowage.operators import Cooling, Search
from cabria.planning.stowage.problem import StowageProblem
from cabria.planning.stowage.solve import solve
from cabria.planning.stowage.special import pin_special

FORECASTS = (
    ExpectedLoads(NEXT, THEN, 20, 30),
    ExpectedLoads(NEXT, LAST, 40, 45, mean_mass_kg=12_000, reefers=3),
    ExpectedLoads(THEN, LAST, 45, 10),
)


@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_room_counted_change_by_change_is_room_counted_afresh(seed: int) -> None:
    problem = pin_special(StowageProblem.of(replace(random_call(seed), later_loads=FORECASTS)))
    search = Search(FlatProblem.of(problem, Prices()), seed, Cooling(iterations_a_round=5_000))
    search.run(MaxIterations(20_000), silent)
    flat, state = search.flat, search.state
    fresh = flat.start()
    for s, count in enumerate(state.counts):
        members = state.members[s, :count].copy()
        k.change(flat.ship, fresh, k.ASHORE, s, members, count, members, 0, 0, k.INFEASIBLE - 1)
    for name in ("teu_on", "teu_under", "room_of_lid", "room"):
        assert np.array_equal(getattr(fresh, name), getattr(state, name)), name
    assert k.total_cost(flat.ship, fresh) == k.total_cost(flat.ship, state)


def without_room(planned: VesselCall, forecast: tuple[ExpectedLoads, ...], seed: int) -> int:
    solution = solve(StowageProblem.of(planned), MaxIterations(40_000), seed=seed).plan
    assert len(solution.loads) == len(planned.loads)
    return judged(replace(planned, later_loads=forecast), solution).figures.later_teu_without_room


@pytest.mark.parametrize("seed", [0, 1])
def test_a_forecast_keeps_room_free_where_it_is_asked_for(seed: int) -> None:
    loads = [box(n, mass_kg=9_000 + 100 * n, pod=(NEXT, LAST, LAST)[n % 3]) for n in range(45)]
    forecast = (ExpectedLoads(NEXT, LAST, 40, 75),)
    without = call(loads, vessel=ship((2, 6, 10)))
    known = replace(without, later_loads=forecast)
    assert without_room(known, forecast, seed) < without_room(without, forecast, seed)


def test_a_forecast_that_costs_nothing_is_not_heeded() -> None:
    loads = [box(n, pod=(NEXT, LAST)[n % 2]) for n in range(30)]
    free = CallSettings(later_room_min=0.0)
    plans = [
        solve(StowageProblem.of(replace(call(loads, settings=free), later_loads=later)), MaxIterations(20_000))
        for later in ((), FORECASTS)
    ]
    assert plans[0].plan == plans[1].plan
