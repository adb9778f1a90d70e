from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.stowage.master.voyages_by_hand import two_lids

from cabria.domain.master_planning import MasterVoyage, Stowing
from cabria.planning.search.kernels import generator
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.stowage.master.bound import branched, relaxed
from cabria.planning.stowage.master.operators import Stowage
from cabria.planning.stowage.master.problem import MasterProblem
from cabria.planning.stowage.master.solve import PROVEN, Params, solve
from cabria.referee.master_planning import judge_master_plan

counts = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 1))


def every_plan(voyage: MasterVoyage) -> Iterator[tuple[Stowing, ...]]:
    """Every way to put each box into a block or leave it: only for a handful of boxes."""
    boxes = [(leg, sort) for leg, waiting in voyage.demand.items() for sort, n in enumerate(waiting) for _ in range(n)]
    for places in product(range(-1, len(voyage.blocks)), repeat=len(boxes)):
        yield tuple(
            Stowing(*leg, sort, place, 1) for (leg, sort), place in zip(boxes, places, strict=True) if place >= 0
        )


def cheapest(voyage: MasterVoyage) -> int:
    """By looking at them all."""
    return min(judged.cost for plan in every_plan(voyage) if (judged := judge_master_plan(voyage, plan)).is_valid)


FULL_LIDS = two_lids({(1, 2): (0, 1, 0), (1, 3): (1, 0, 1), (2, 3): (1, 0, 0)}, {(3, 0): (2, 0, 0)}, teu=2)
HEAVY_BOW = two_lids({(1, 2): (0, 2, 0), (2, 3): (2, 1, 0)}, teu=4, max_lcg_mm=-1_000)
ONE_PORT_ON = two_lids({(1, 2): (2, 1, 1)}, ports=2)


@pytest.mark.parametrize("voyage", [FULL_LIDS, HEAVY_BOW, ONE_PORT_ON], ids=["full lids", "heavy bow", "one port on"])
def test_the_search_finds_the_cheapest_of_all_plans(voyage: MasterVoyage) -> None:
    result = solve(MasterProblem(voyage), MaxIterations(300_000))
    assert judge_master_plan(voyage, result.plan).is_valid
    assert result.cost == cheapest(voyage)


@pytest.mark.parametrize("voyage", [FULL_LIDS, HEAVY_BOW, ONE_PORT_ON], ids=["full lids", "heavy bow", "one port on"])
def test_no_plan_is_cheaper_than_the_bounds(voyage: MasterVoyage) -> None:
    linear, whole = relaxed(voyage), branched(voyage, 10.0)
    assert linear is not None
    assert whole is not None
    assert linear.bound <= whole.bound <= cheapest(voyage)


@given(early=counts, through=counts, late=counts, aboard=counts, seed=st.integers(0, 99))
@settings(max_examples=30)
def test_what_is_kept_up_to_date_is_what_the_judge_recomputes(
    early: tuple[int, int, int], through: tuple[int, int, int], late: tuple[int, int, int],
    aboard: tuple[int, int, int], seed: int,
) -> None:  # fmt: skip
    release = {(3, 0): (*aboard[:2], 0), (2, 1): (1, 0, 0)}
    voyage = two_lids({(1, 2): early, (1, 3): through, (2, 3): late}, release, teu=9)
    stowage = Stowage.empty(MasterProblem(voyage), np.zeros(4))
    stowage.soften(3.0)
    stowage.anneal(2_000, 500.0, 50.0, 1.0, generator(seed))
    judged = judge_master_plan(voyage, stowage.plan)
    assert stowage.cost == judged.cost
    assert stowage.is_seaworthy == judged.is_valid


@given(seed=st.integers(0, 99), limit=st.integers(-4_000, 4_000), shear=st.integers(-60_000, 60_000))
@settings(max_examples=30)
def test_a_stowage_is_seaworthy_exactly_when_the_judge_says_so(seed: int, limit: int, shear: int) -> None:
    demand = {(1, 2): (3, 2, 0), (2, 3): (2, 1, 1)}
    voyage = two_lids(demand, max_lcg_mm=limit, max_shear_kg=shear, teu=9)
    stowage = Stowage.empty(MasterProblem(voyage), np.zeros(4))
    stowage.anneal(1_000, 500.0, 50.0, 0.0, generator(seed))
    assert stowage.is_seaworthy == judge_master_plan(voyage, stowage.plan).is_valid


@given(seed=st.integers(0, 99), softness=st.floats(0.0, 50.0))
@settings(max_examples=20)
def test_softened_restows_stay_in_step_and_never_exceed_the_real_ones(seed: int, softness: float) -> None:
    voyage = two_lids({(1, 2): (3, 1, 0), (1, 3): (3, 1, 1), (2, 3): (2, 1, 0)}, {(3, 0): (1, 0, 0)}, teu=9)
    stowage = Stowage.empty(MasterProblem(voyage), np.zeros(4))
    stowage.soften(softness)
    stowage.anneal(2_000, 500.0, 500.0, 1.0, generator(seed))
    running = stowage.soft[0]
    stowage.soften(softness)
    assert running == pytest.approx(stowage.soft[0], abs=1e-6)
    assert stowage.soft[0] <= stowage.total[1] + 1e-6


def test_a_plan_that_meets_its_bound_is_told_to_be_proven() -> None:
    result = solve(MasterProblem(ONE_PORT_ON), MaxIterations(100_000))
    assert (result.cost, result.stopped) == (result.bound, PROVEN)


def test_two_runs_with_one_seed_give_one_plan() -> None:
    first, second = (solve(MasterProblem(FULL_LIDS), MaxIterations(100_000), seed=3) for _ in range(2))
    assert (first.plan, first.costs, first.bound) == (second.plan, second.costs, second.bound)


def test_with_nothing_to_load_nothing_is_done() -> None:
    result = solve(MasterProblem(two_lids({(1, 2): (0, 0, 0)})), MaxIterations(1))
    assert (result.plan, result.cost, result.stopped) == ((), 0, "there is nothing to load")


def test_a_ship_that_cannot_sail_is_told() -> None:
    sinking = two_lids({(1, 2): (1, 0, 0)}, max_shear_kg=-WORSE_THAN_ANY_LOAD)
    result = solve(MasterProblem(sinking), MaxIterations(50_000), params=Params(mending_rounds=1))
    assert result.stopped == "no plan was found with which she may sail"


WORSE_THAN_ANY_LOAD = 10**8
