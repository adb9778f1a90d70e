"""What the stowage planner promises, judged by the referee, who knows nothing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.stowage.ships_by_hand import HERE, LAST, NEXT, THEN, box, call, judged, random_call, ship

from cabria.domain.calls import SlotInstruction, VesselCall
from cabria.domain.containers import DangerousGoods, OutOfGauge, Port, SizeType
from cabria.domain.findings import Severity
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import Cell
from cabria.planning.search.stopping import FirstOf, Interrupted, MaxIterations
from cabria.planning.stowage.explain import explain, explain_all
from cabria.planning.stowage.problem import StowageProblem, StowageSolution
from cabria.planning.stowage.solve import solve


def stow(given: VesselCall, iterations: int = 60_000, seed: int = 0) -> StowageSolution:
    return solve(StowageProblem.of(given), MaxIterations(iterations), seed=seed).plan


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_no_plan_breaks_a_hard_rule_and_no_box_is_lost(seed: int) -> None:
    given = random_call(seed)
    solution = stow(given, 30_000, seed)
    assert judged(given, solution).hard_by_plan == ()
    assert set(solution.loads) | set(solution.refused) == set(given.load_by_id)
    assert not set(solution.loads) & set(solution.refused)
    assert all(solution.refused.values())
    by_plan = [f for f in judged(given, solution).findings if f.rule == "STACK-LASHING"]
    assert by_plan == []


def test_everything_is_loaded_where_there_is_room() -> None:
    loads = [box(n, "42G1", 8_000 + 700 * n, (NEXT, THEN, LAST)[n % 3]) for n in range(24)]
    given = call(loads)
    solution = stow(given)
    figures = judged(given, solution).figures
    assert (figures.loaded, figures.overstows, figures.lid_overstows) == (24, 0, 0)


def test_the_same_seed_gives_the_same_plan_and_another_may_not() -> None:
    given = random_call(7)
    assert stow(given, seed=3) == stow(given, seed=3)
    assert {slot for seed in range(4) for slot in stow(given, seed=seed).loads.items()} != set(
        stow(given).loads.items()
    )


def test_an_interrupted_search_leaves_a_legal_plan() -> None:
    given = random_call(11)
    asked = iter([False, True, True])
    stop = FirstOf((MaxIterations(2_000_000), Interrupted(lambda: next(asked, True))))
    result = solve(StowageProblem.of(given), stop)
    assert result.stopped.startswith("interrupted")
    assert judged(given, result.plan).hard_by_plan == ()


REFUSALS = {
    "on hold: customs": replace(box(1), holds=("customs",)),
    "no verified gross mass": replace(box(1), mass_is_verified=False),
    "is not in the ship's rotation": replace(box(1), pod=Port("USNYC")),
    "is this port": replace(box(1), pod=HERE),
    "no cell for a length of 53 ft": box(1, "P2G1"),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_what_may_not_be_loaded_is_refused_with_its_reason(reason: str) -> None:
    given = call([REFUSALS[reason], box(2)])
    solution = stow(given, 1_000)
    assert reason in solution.refused[REFUSALS[reason].id]
    assert set(solution.loads) == {box(2).id}


def test_an_empty_box_needs_no_verified_mass() -> None:
    empty = replace(box(1, mass_kg=3_800), mass_is_verified=False, is_full=False)
    assert set(stow(call([empty]), 1_000).loads) == {empty.id}


def test_reefers_beyond_the_plugs_are_refused_with_a_reason() -> None:
    reefers = [box(n, "45R1", 25_000, LAST, set_point_tenth_c=-5) for n in range(8)]
    given = call(reefers, vessel=ship((2,)))
    solution = stow(given)
    assert (len(solution.loads), len(solution.refused)) == (5, 3)
    assert all("plug" in reason for reason in solution.refused.values())
    assert judged(given, solution).hard_by_plan == ()


def test_a_ship_without_plugs_says_so_for_each_reefer() -> None:
    profile = ship((2,))
    dark = replace(
        profile,
        bays=tuple(
            replace(
                bay,
                stacks=tuple(
                    replace(stack, cells=tuple(Cell(cell.tier) for cell in stack.cells)) for stack in bay.stacks
                ),
            )
            for bay in profile.bays
        ),
    )
    solution = stow(call([box(1, "45R1", set_point_tenth_c=-5)], vessel=dark), 1_000)
    assert solution.refused == {box(1).id: "the ship has no cell of 40 ft with a plug"}


def test_a_20_ft_reefer_stands_at_the_plug_of_its_own_end() -> None:
    given = call([box(n, "22R1", 9_000, set_point_tenth_c=-180) for n in range(4)])
    solution = stow(given)
    assert {position.bay % 4 for position in solution.loads.values()} == {3}  # aft of bays 02, 06, 10
    assert {position.tier for position in solution.loads.values()} == {82}


def test_what_stands_over_a_discharged_box_is_restowed() -> None:
    under, over = box(1, pod=HERE, pol=NEXT), box(2, pod=LAST, pol=NEXT)
    given = call([], [(under, "0020082"), (over, "0020084")])
    solution = stow(given)
    assert set(solution.restows) == {over.id}
    assert judged(given, solution).hard_by_plan == ()


def test_what_stands_on_a_lid_that_is_opened_goes_back_to_its_slot() -> None:
    under, over = box(1, pod=HERE, pol=NEXT), box(2, pod=LAST, pol=NEXT)
    given = call([box(3)], [(under, "0020202"), (over, "0020482")])
    solution = stow(given)
    assert solution.restows == {over.id: StowPosition(2, 4, 82)}
    assert judged(given, solution).hard_by_plan == ()


def test_no_lid_is_opened_for_a_load_while_there_is_room_elsewhere() -> None:
    aboard = [(box(n, pod=LAST, pol=NEXT), f"002{row:02}82") for n, row in enumerate((4, 2, 0, 1, 3))]
    given = call([box(20 + n) for n in range(6)], aboard)
    solution = stow(given)
    assert not solution.restows
    assert len(solution.loads) == 6


def test_a_lid_is_opened_when_boxes_would_stay_ashore_otherwise() -> None:
    """Only bay 02, its deck full to the height limit: what stands on one lid is set back for the room under it."""
    profile = ship((2,), max_height_mm=2_600)
    aboard = [(box(n, pod=LAST, pol=NEXT), f"002{row:02}82") for n, row in enumerate((4, 2, 0, 1, 3))]
    given = call([box(20), box(21)], aboard, vessel=profile)
    solution = stow(given)
    assert len(solution.loads) == 2
    assert solution.restows
    assert all(given.arrival.by_container[container].position == slot for container, slot in solution.restows.items())
    assert judged(given, solution).hard_by_plan == ()


def test_dangerous_goods_keep_their_distance_from_what_is_aboard_and_from_each_other() -> None:
    gas, liquid, peroxide = (DangerousGoods("2.1", 1950),), (DangerousGoods("3", 1263),), (DangerousGoods("5.2", 3105),)
    loads = [box(n, "22G1", 9_000, LAST, dangerous=(gas, liquid, peroxide)[n % 3]) for n in range(9)]
    aboard = box(50, "22G1", 9_000, LAST, pol=NEXT, dangerous=gas)
    given = call(loads, [(aboard, "0010002")], vessel=ship((2, 6, 10, 14, 18)))
    solution = stow(given)
    judgement = judged(given, solution)
    assert judgement.hard_by_plan == ()
    assert len(solution.loads) == 9


def test_over_wide_cargo_costs_the_neighbours_places_and_nothing_stands_on_over_high_cargo() -> None:
    wide = OutOfGauge(port_mm=300, starboard_mm=300, over_height_mm=500)
    given = call([box(1, "42P3", out_of_gauge=wide), *(box(n) for n in range(2, 60))], vessel=ship((2, 6)))
    solution = stow(given)
    assert box(1).id in solution.loads
    assert judged(given, solution).hard_by_plan == ()


def test_masses_of_one_class_may_be_exchanged_without_breaking_a_limit() -> None:
    """Limits count each box as heavy as its class allows: 27,001 kg to 29,999 kg are one class of 3 t."""
    given = call([box(n, "42G1", 27_100) for n in range(40)], vessel=ship((2, 6), max_weight_40_kg=81_999))
    solution = stow(given)
    heaviest = [replace(load, gross_mass_kg=29_999) for load in given.loads]
    assert judged(replace(given, loads=tuple(heaviest)), solution).hard_by_plan == ()


def asked(slot: str, code: str = "42G1", **more: object) -> SlotInstruction:
    return SlotInstruction(StowPosition.parse(slot), SizeType.parse(code), **more)  # type: ignore[arg-type]


def test_a_load_goes_only_to_a_slot_that_asks_for_its_class() -> None:
    instructions = [
        asked("0020202", pod=LAST, gross_mass_kg=20_000),
        asked("0020204", pod=LAST, gross_mass_kg=10_000),
        asked("0020206", "45G1", pod=THEN, gross_mass_kg=9_000),
        asked("0060082", "45R1", pod=LAST, gross_mass_kg=25_000, is_reefer=True),
    ]
    loads = [
        box(1, mass_kg=11_000),
        box(2, mass_kg=19_500),
        box(3, "45G1", 9_000, THEN),
        box(4, "45R1", 25_500, set_point_tenth_c=-5),
        box(5, mass_kg=28_000),
        box(6, "22G1"),
    ]
    given = call(loads, instructions=instructions)
    solution = stow(given, 1_000)
    assert {str(slot): container[-1] for container, slot in solution.loads.items()} == {
        "0020202": "2", "0020204": "1", "0020206": "3", "0060082": "4",
    }  # fmt: skip
    assert "mass" in solution.refused[loads[4].id]
    assert "class" in solution.refused[loads[5].id]
    judgement = judged(given, solution)
    assert judgement.hard_by_plan == ()
    assert not [f for f in judgement.findings if f.rule.startswith("INSTRUCTION")]


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_no_load_hangs_over_an_instructed_slot_that_stays_empty(seed: int) -> None:
    whole = random_call(seed, loads=30)
    first = stow(whole, 20_000)
    instructions = [
        SlotInstruction(
            slot,
            whole.load_by_id[container].size_type,
            whole.load_by_id[container].pod,
            whole.load_by_id[container].gross_mass_kg,
            whole.load_by_id[container].needs_plug,
        )
        for container, slot in first.loads.items()
    ]
    missing = {container for number, container in enumerate(first.loads) if number % 5 == seed % 5}
    loads = tuple(load for load in whole.loads if load.id in first.loads and load.id not in missing)
    given = replace(whole, loads=loads, instructions=tuple(instructions))
    solution = stow(given, 1_000)
    judgement = judged(given, solution)
    assert judgement.hard_by_plan == ()
    slots = {instruction.position for instruction in instructions}
    assert set(solution.loads.values()) <= slots


def test_costs_and_bound_count_what_no_plan_avoids() -> None:
    under, over = box(1, pod=HERE, pol=NEXT), box(2, pod=LAST, pol=NEXT)
    given = call([replace(box(3), holds=("customs",)), box(4)], [(under, "0020082"), (over, "0020084")])
    result = solve(StowageProblem.of(given), MaxIterations(20_000))
    assert result.bound == 600 + 6
    assert (result.costs["refused"], result.costs["restows"], result.costs["overstows"]) == (600, 6, 0)
    assert result.cost >= result.bound


def test_reefers_whose_only_plugs_are_over_early_cargo_are_overstows_in_the_bound() -> None:
    early = [(box(20 + n, pod=NEXT, pol=THEN), slot) for n, slot in enumerate(("0020402", "0020302"))]
    reefers = [box(n, "45R1", 20_000, LAST, set_point_tenth_c=-5) for n in range(4)]
    result = solve(StowageProblem.of(call(reefers, early, vessel=ship((2,)))), MaxIterations(20_000))
    assert result.bound == 4 * 30
    assert result.costs["overstows"] == 4 * 30


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_no_plan_costs_less_than_the_bound(seed: int) -> None:
    result = solve(StowageProblem.of(random_call(seed, loads=70)), MaxIterations(10_000), seed=seed)
    assert result.bound is not None
    assert result.cost >= result.bound - 1e-6


def test_reasons_name_the_cost_terms_and_what_forbids_other_slots() -> None:
    loads = [box(1, "45R1", 25_000, set_point_tenth_c=-5), box(2, pod=NEXT), box(3, pod=LAST)]
    given = call([*loads, replace(box(4), holds=("customs",))])
    problem = StowageProblem.of(given)
    solution = solve(problem, MaxIterations(20_000)).plan
    reason = explain(problem, solution, loads[0].id)
    assert "at a plug" in reason.text
    assert len(reason.alternatives) == 3
    assert any(why == "no plug there" for _, _, why in reason.alternatives)
    assert explain_all(problem, solution)[box(4).id].terms == {"refused": 600.0}


def test_an_empty_load_list_is_a_plan_too() -> None:
    given = call([])
    solution = stow(given, 1_000)
    assert (solution.loads, solution.refused, solution.restows) == ({}, {}, {})
    assert not [f for f in judged(given, solution).findings if f.severity is Severity.SAFETY]
