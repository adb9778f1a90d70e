"""The constructive stowage of made ships: no overstow, no limit passed, nothing lost."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.containers import Container, Port
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import VesselProfile
from cabria.experiments.cargo import IMPORTS, container_numbers, make_cargo
from cabria.experiments.ships import make_ship
from cabria.experiments.stowing import NEVER, Pool, bay_plan, occupy, stow, units_of

SHIP = make_ship(1_200)
ORDER = {Port("ECPSJ"): 1, Port("MXZLO"): 2, Port("CNSHA"): 3}


def pools(count: int, seed: int) -> list[Pool]:
    random = Random(seed)
    numbers = container_numbers(random)
    boxes = make_cargo(
        IMPORTS, count, pol={Port("CLSAI"): 1.0}, pod=dict.fromkeys(ORDER, 1.0), numbers=numbers, random=random
    )
    return [Pool.of(order, [box for box in boxes if box.pod == port], random) for port, order in ORDER.items()]


def overstows(ship: VesselProfile, plan: BayPlan) -> int:
    """Boxes above, or on a lid over, one that leaves earlier, found the slow way."""
    below: dict[tuple[int, int, object], list[tuple[int, int]]] = {}
    for box, at in plan:
        place = ship.place(at)
        assert place is not None
        below.setdefault(place.stack_id, []).append((at.tier, ORDER[box.pod]))
    count = 0
    for box, at in plan:
        place = ship.place(at)
        assert place is not None
        under = [order for tier, order in below[place.stack_id] if tier < at.tier]
        for lid in ship.lids_under.get(place.stack_id, ()):
            under += [order for stack in lid.closes for _, order in below.get(stack, ())]
        count += any(order < ORDER[box.pod] for order in under)
    return count


@settings(max_examples=15)
@given(count=st.integers(0, 450), seed=st.integers(0, 10**6))
def test_nothing_is_stowed_over_what_leaves_earlier_and_every_box_is_stowed_or_told(count: int, seed: int) -> None:
    units = units_of(SHIP)
    given_pools = pools(count, seed)
    lost = stow(units, given_pools, dict.fromkeys(ORDER.values(), 0.7), Random(seed))
    plan = bay_plan(units)
    assert len(plan) + len(lost) == count
    assert overstows(SHIP, plan) == 0


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_a_ship_may_be_stowed_on_over_what_stays_aboard(seed: int) -> None:
    first = units_of(SHIP)
    stow(first, pools(250, seed), dict.fromkeys(ORDER.values(), 0.7), Random(seed))
    staying = [stowed for stowed in bay_plan(first) if stowed.container.pod != "ECPSJ"]
    again = units_of(SHIP)
    occupy(again, staying, ORDER)
    aboard = {stowed.container.id: stowed.position for stowed in bay_plan(again)}
    assert aboard == {stowed.container.id: stowed.position for stowed in staying}


def test_over_a_hold_that_is_kept_open_stands_only_what_leaves_here() -> None:
    units = units_of(SHIP)
    boxes = [*pools(120, 1)]
    stow(units, boxes, dict.fromkeys(ORDER.values(), 0.5), Random(1), keep_open=True)
    kept = [unit for unit in units if unit.is_kept_open]
    assert kept
    assert all(tower.leaves_first == NEVER for unit in kept for tower in unit.deck)


def test_units_hold_every_stack_of_the_ship_once() -> None:
    stacks = [
        (tower.bay.number, tower.row, tower.is_deck) for unit in units_of(SHIP) for tower in (*unit.hold, *unit.deck)
    ]
    assert len(stacks) == len(set(stacks)) == len(SHIP.stack_by_id)


def test_a_pool_counts_the_cells_its_boxes_take() -> None:
    for pool in pools(60, 2):
        kinds: list[list[Container]] = [pool.short, pool.long, pool.cold, pool.longest, pool.special]
        assert sum(map(len, kinds)) >= 19
        assert pool.cells == (len(pool.short) + 1) // 2 + sum(map(len, kinds[1:]))
