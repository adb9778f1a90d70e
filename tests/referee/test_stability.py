"""The ship afloat, on numbers that can be checked by hand, and what is not known said by name."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import box, box_20, call, plan, ship, slot, stack, stowed

from cabria.domain.stowage import BayPlan, Stowed
from cabria.domain.vessel import Level, VesselProfile
from cabria.referee.judge import judge
from cabria.referee.judgement import sentence
from cabria.referee.stability import limits_of_lcg, stability

EMPTY = BayPlan()
UNKNOWN_BUOYANCY = tuple(replace(station, buoyancy_kg=()) for station in ship().stations)


def test_the_empty_ship_lies_level_with_the_table_read_straight_between_its_points() -> None:
    afloat = stability(ship(), EMPTY, {})
    assert afloat.displacement_kg == 900_000
    assert (afloat.lcg_mm, afloat.tcg_mm, afloat.vcg_mm) == (0, 0, 6_000)
    assert afloat.gm_mm == 11_000 - 6_000
    assert afloat.draught_mm == 1_900
    assert (afloat.trim_mm, afloat.list_mdeg) == (0, 0)
    assert afloat.shear_kg == afloat.bending_kg_m == (0, 0, 0)
    assert afloat.not_judged == ()


def test_one_box_trims_lists_and_bends_the_ship_as_by_hand() -> None:
    """100 t in bay 02 row 03, 15 m forward, 5 m to starboard, 13.3 m above the keel."""
    afloat = stability(ship(), stowed((box("A", kg=100_000), "0020382")), {})
    assert afloat.displacement_kg == 1_000_000
    assert (afloat.lcg_mm, afloat.tcg_mm) == (1_500, 500)
    assert afloat.vcg_mm == (900_000 * 6_000 + 100_000 * 13_300) // 1_000_000
    assert afloat.gm_mm == 11_000 - 6_730
    assert afloat.list_mdeg == round(1_000 * math.degrees(math.atan(500 / 4_270)))
    # 1,500 tm by the head over 50 tm a cm: 30 cm
    assert afloat.trim_mm == -300
    # Each third of the hull gives 333.3 t of buoyancy under 300 t of ship; the box is all in the first third, and its
    # 1,500 tm take 50 t of buoyancy from the last third to the first.
    assert afloat.shear_kg == (16_667, -16_667, 0)
    assert afloat.bending_kg_m == (0, 250_000, 0)


def test_a_ship_of_which_no_trim_is_known_is_judged_on_even_keel() -> None:
    table = tuple(replace(point, trim_moment_kg_m_per_cm=None) for point in ship().hydrostatics)
    afloat = stability(bare(hydrostatics=table), stowed((box("A", kg=100_000), "0020382")), {})
    assert afloat.trim_mm is None
    assert afloat.shear_kg == (66_667, 33_333, 0)
    assert afloat.bending_kg_m == (0, 1_000_000, 1_500_000)


@given(st.integers(0, 60_000), st.integers(0, 60_000))
def test_a_trimmed_ship_bends_at_neither_end(fore_kg: int, aft_kg: int) -> None:
    afloat = stability(ship(), stowed((box("A", kg=fore_kg), "0020082"), (box("B", kg=aft_kg), "0060082")), {})
    assert abs(afloat.shear_kg[-1]) <= 1
    assert abs(afloat.bending_kg_m[-1]) <= 20


def test_a_weight_between_two_stations_rests_on_both() -> None:
    """A 20 ft box stands 3.08 m before the middle of bay 06, a fifth of the way to the next station."""
    afloat = stability(ship(), stowed((box_20("A", kg=90_000), "0050082")), {})
    ahead = 90_000 * 3_080 / 15_000
    trimmed = 90_000 * 3_080 / 30_000
    assert afloat.shear_kg[0] == round(ahead - 30_000 - trimmed)


def test_what_is_in_the_tanks_counts_with_its_height() -> None:
    afloat = stability(ship(), EMPTY, {"PORT": 500_000})
    assert afloat.displacement_kg == 1_400_000
    assert afloat.tcg_mm == round(-6_000 * 500_000 / 1_400_000)
    assert afloat.vcg_mm == round((6_000 * 900_000 + 3_000 * 500_000) / 1_400_000)


def test_tanks_of_the_plan_count_on_departure_and_those_of_the_call_on_arrival() -> None:
    made = call(tank_contents_kg={"PORT": 100_000})
    judgement = judge(made, plan(tank_contents_kg={"PORT": 100_000, "STARBOARD": 100_000}))
    assert judgement.arrival.list_mdeg is not None
    assert judgement.arrival.list_mdeg < 0
    assert judgement.departure.list_mdeg == 0


def bare(**changes: object) -> VesselProfile:
    return replace(ship(), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("profile", "known", "said"),
    [
        (bare(stations=()), "displacement_kg", "light ship"),
        (bare(hydrostatics=(), stations=UNKNOWN_BUOYANCY), "vcg_mm", "no hydrostatic table"),
        (
            bare(stations=tuple(replace(s, lightship_kg=10_000_000) for s in ship().stations)),
            "vcg_mm",
            "outside the hydrostatic table",
        ),
        (bare(hydrostatics=tuple(replace(p, km_mm=None) for p in ship().hydrostatics)), "draught_mm", "give KM"),
        (bare(stations=UNKNOWN_BUOYANCY), "gm_mm", "buoyancy along the ship"),
    ],
)
def test_what_the_profile_does_not_say_is_left_out_by_name(profile: VesselProfile, known: str, said: str) -> None:
    afloat = stability(profile, stowed((box("A"), "0020082")), {})
    assert getattr(afloat, known) is not None
    assert said in sentence(afloat.not_judged)
    assert None in (afloat.gm_mm, afloat.draught_mm, afloat.trim_mm) or not afloat.shear_kg


def test_a_box_at_an_unknown_height_leaves_gm_unknown_and_the_rule_says_so() -> None:
    cells = tuple(replace(cell, vcg_mm=None) for cell in stack(Level.DECK, 0, 2).cells)
    first, *others = ship().bays
    stacks = tuple(replace(s, cells=cells) if (s.row, s.level) == (0, Level.DECK) else s for s in first.stacks)
    profile = bare(bays=(replace(first, stacks=stacks), *others))
    judgement = judge(call(vessel=profile, loads=[box("A")]), plan({"A": "0020082"}))
    assert judgement.departure.gm_mm is None
    assert judgement.departure.trim_mm is not None
    assert "Not judged:" in judgement.rules["SHIP-GM"]
    assert "Not judged:" not in judgement.rules["SHIP-TRIM"]


def test_a_box_outside_the_profile_weighs_but_has_no_place() -> None:
    astray = Stowed(box("A"), slot("0990082"))
    afloat = stability(ship(), [astray], {})
    assert (afloat.cargo_kg, afloat.lcg_mm) == (10_000, None)


def test_limits_of_the_centre_of_mass_are_read_between_the_points() -> None:
    low, *others = ship().hydrostatics
    profile = bare(hydrostatics=(replace(low, min_lcg_mm=-1_000), *others))
    assert limits_of_lcg(profile, 1_350_000) == (-1_500, 2_000)
