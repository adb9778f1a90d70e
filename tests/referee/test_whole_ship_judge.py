"""The judge of the whole-ship problem: each rule broken alone, each figure counted by hand, on a ship of two bays."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.whole_ship import Afloat, Load, Section, Ship, Spot, StackPart, WholeShip
from cabria.referee.whole_ship import buoyancies_kg, judge_whole_ship

WIDE = 10**12


def part(bay: int, stack: int, is_deck: bool, tcg_mm: int = 0, plugs: tuple[int, ...] = (0, 0, 0)) -> StackPart:
    return StackPart(
        bay, stack, is_deck, 1 if is_deck else 2, 8_000, 60_000, 90_000, 20_000 if is_deck else 5_000, tcg_mm,
        10 if is_deck else 0, plugs,
    )  # fmt: skip


SHIP = Ship(
    "two bays",
    tuple(
        part(bay, stack, deck, (-1_000, 1_000)[stack]) for bay in (0, 1) for stack in (0, 1) for deck in (True, False)
    ),
    tuple(Section(lcg, 100_000, -WIDE, WIDE, WIDE, (50_000, 250_000)) for lcg in (10_000, -10_000)),
    (Afloat(100_000, -WIDE, WIDE), Afloat(500_000, -WIDE, WIDE)),
    WIDE,
)


def box(destination: int, length_ft: int = 40, kg: int = 10_000, *, reefer: bool = False, mm: int = 2_591) -> Load:
    return Load(destination, length_ft, kg, reefer, mm)


def given_of(*loads: Load, ship: Ship = SHIP, release: dict[int, Spot] | None = None) -> WholeShip:
    return WholeShip("by hand", ship, loads, release or {})


def hold(tier: int, slot: int = 1, *, bay: int = 0, stack: int = 0) -> Spot:
    return Spot(bay, stack, tier, slot)


def deck(tier: int, slot: int = 1, *, bay: int = 0, stack: int = 0) -> Spot:
    return Spot(bay, stack, 10 + tier, slot)


def faults(given: WholeShip, *spots: Spot) -> tuple[str, ...]:
    first = len(given.release)
    return judge_whole_ship(given, dict(enumerate(spots, first))).faults


@pytest.mark.parametrize(
    ("loads", "spots", "words"),
    [
        ([box(1)], [hold(1)], "something hangs"),
        ([box(1)], [hold(0, 2)], "is written with slot 2"),
        ([box(1)], [hold(7)], "no place on board"),
        ([box(1), box(1)], [hold(0), hold(0)], "where 0 stands"),
        ([box(1, 20)], [hold(0)], "stands alone"),
        ([box(1), box(1, 20), box(1, 20)], [hold(0), hold(1), hold(1, 2)], "a 20 ft stands on a 40 ft"),
        ([box(1, reefer=True)], [hold(0)], "plugs"),
        ([box(1, kg=9_000), box(1)], [hold(0), hold(1)], "is heavier than what it stands on"),
        ([box(1, 20), box(1, 20, 9_000), box(1, 20, 9_500), box(1, 20, 8_000)],
         [hold(0), hold(0, 2), hold(1, 2), hold(1)], "is heavier than what it stands on"),
        ([box(1, kg=20_000), box(1, 20, 61_000)], [deck(0), hold(0)], "stands alone"),
        ([box(1, 20, 61_000), box(1, 20, 1_000)], [hold(0), hold(0, 2)], "at an end, 60,000 are allowed"),
        ([box(1, kg=30_000), box(1, kg=30_000), box(1, kg=30_001)], [hold(0), hold(1), hold(2)], "heavier"),
        ([box(1, kg=31_000), box(1, kg=30_000), box(1, kg=29_001)], [hold(0), hold(1), hold(2)], "90,000 are allowed"),
        ([box(1, mm=2_896), box(1, mm=2_896), box(1)], [hold(0), hold(1), hold(2)], "8,000 are allowed"),
    ],
)  # fmt: skip
def test_each_rule_is_kept(loads: list[Load], spots: list[Spot], words: str) -> None:
    assert any(words in fault for fault in faults(given_of(*loads), *spots))


def test_a_plan_within_all_rules_has_no_fault() -> None:
    loads = [box(2, 20), box(2, 20), box(1), box(1, kg=9_999)]
    assert faults(given_of(*loads), hold(0), hold(0, 2), hold(1), deck(0)) == ()


def test_what_the_release_breaks_by_itself_is_not_the_plans() -> None:
    alone = given_of(box(1, 20), box(1), release={0: hold(0)})
    assert faults(alone, hold(0, stack=1)) == ()
    assert any("hangs" in fault for fault in faults(alone, hold(1)))


@pytest.mark.parametrize(
    ("ship", "words"),
    [
        (replace(SHIP, points=(Afloat(100_000, 0, 0), Afloat(500_000, 0, 0))), "LCG"),
        (replace(SHIP, max_tcg_mm=10), "TCG"),
        (replace(SHIP, points=(Afloat(100_000, 0, WIDE), Afloat(205_000, 0, WIDE))), "more than any hydrostatic point"),
        (replace(SHIP, sections=tuple(replace(s, max_shear_kg=4_000) for s in SHIP.sections)), "shear at bay 0"),
        (replace(SHIP, sections=tuple(replace(s, max_bending_kg_mm=-1) for s in SHIP.sections)), "bending at bay 1"),
    ],
)
def test_she_must_float_within_her_limits(ship: Ship, words: str) -> None:
    assert any(words in fault for fault in faults(given_of(box(1), ship=ship), hold(0)))
    assert not any("bending" in fault for fault in faults(given_of(box(1)), hold(0)))


def test_shear_is_weight_less_buoyancy_up_to_the_bay() -> None:
    """210 t float by 50 t + 110/400 of 200 t = 105 t a bay; bay 0 weighs 110 t."""
    assert buoyancies_kg(SHIP, 210_000) == [Fraction(105_000)] * 2
    limit = replace(SHIP, sections=tuple(replace(s, max_shear_kg=5_000) for s in SHIP.sections))
    assert faults(given_of(box(1), ship=limit), hold(0)) == ()


def test_figures_are_those_counted_by_hand() -> None:
    plugged = tuple(replace(p, plugs=(2, 0, 0)) if not p.is_deck and p.bay == 0 else p for p in SHIP.parts)
    given = given_of(
        box(3, 20), box(1, 20), box(2), box(2), box(9), box(5),
        ship=replace(SHIP, parts=plugged), release={0: hold(0), 1: hold(0, 2)},
    )  # fmt: skip
    plan = {2: hold(1), 3: deck(0), 4: hold(0, bay=1)}
    figures = judge_whole_ship(given, plan).figures
    assert figures == {
        "unloaded": 1,  # the last one
        "overstows": 1,  # the 40 ft for port 2 covers the 20 ft for port 1
        "lid_overstows": 1,  # the deck box for port 2 stands over the 20 ft for port 1
        "makespan": 3,
        "vertical_moment": Fraction(10 * 5 * 4 + 10 * 20),
        "block_ports": 3 + 1 + 1,
        "empty_parts": 8 - 3,
        "dry_at_plugs": 2,
        "ports_below": 3 + 1 + 2 + 9,
    }
    cost = judge_whole_ship(given, plan).cost
    assert cost == 1000 + 200 + 3 + Fraction(400, 10_000) + 100 - 50 + 10 - Fraction(15, 2)


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 2), st.integers(-1, 14), st.integers(0, 3)), max_size=5))
def test_no_plan_makes_the_judge_stumble(spots: list[tuple[int, int, int, int]]) -> None:
    given = given_of(*(box(n % 3, 20 + 20 * (n % 2)) for n in range(4)))
    judged = judge_whole_ship(given, {n: Spot(*spot) for n, spot in enumerate(spots)})
    assert judged.faults or not spots or judged.figures["unloaded"] < 4


def test_nonsense_is_refused_at_birth() -> None:
    with pytest.raises(DataError, match="both stand in"):
        given_of(box(1), box(1), release={0: hold(0), 1: hold(0)})
    with pytest.raises(DataError, match="has no cell"):
        given_of(box(1), release={0: hold(5)})
    with pytest.raises(DataError, match="do not rise"):
        replace(SHIP, points=SHIP.points[::-1])
