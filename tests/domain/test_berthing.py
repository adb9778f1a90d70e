from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.berthing import (
    BerthPlan,
    BerthRules,
    ChangeKind,
    CraneSpell,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    ShipCall,
    ShipId,
    Spell,
    Stay,
    TideTable,
    berth_changes,
    crane_minutes,
    joined_spells,
)
from cabria.domain.errors import DataError

HEIGHTS = st.lists(st.integers(-2_000, 8_000), min_size=2, max_size=12)


def stay(ship: str = "A", position_mm: int = 0, start_min: int = 0, cranes: int = 2) -> Stay:
    work = (CraneSpell(Spell(start_min, start_min + 120), cranes),)
    return Stay(ShipId(ship), position_mm, start_min, start_min + 120, work)


@given(HEIGHTS, st.integers(0, 1_200), st.integers(0, 1_200))
def test_the_lowest_water_of_a_stretch_is_never_above_that_of_any_minute_in_it(
    heights: list[int], one: int, other: int
) -> None:
    tide = TideTable(tuple(range(0, 100 * len(heights), 100)), tuple(heights))
    start, end = sorted((one, other))
    lowest = tide.lowest_mm(start, end)
    assert lowest == min(tide.height_mm(at) for at in {start, end, *range(-(-start // 100) * 100, end, 100)})
    assert lowest <= min(tide.height_mm(at) for at in range(start, end + 1, 7))


@given(st.integers(0, 5_000), st.integers(1, 600), st.integers(0, 5_000), st.integers(1, 1_000))
def test_a_later_start_is_held_for_less_time(planned: int, spread: int, start: int, later: int) -> None:
    eta = Eta(planned, 0, spread)
    assert 0 <= eta.expected_late_min(start + later) <= eta.expected_late_min(start) <= spread


def test_an_arrival_is_fitted_to_its_quantiles() -> None:
    eta = Eta.of_quantiles({0.1: 540, 0.5: 600, 0.9: 728})
    assert (eta.planned_min, eta.earliest_min) == (600, 540)
    assert eta.spread_min == pytest.approx(100, abs=1)


@given(st.integers(1, 12))
def test_cranes_hinder_each_other_and_still_one_more_is_more(cranes: int) -> None:
    rules = BerthRules(horizon_min=60)
    assert rules.output_ppm(1) == 1_000_000
    assert rules.output_ppm(cranes) < rules.output_ppm(cranes + 1)
    assert rules.output_ppm(cranes) * (cranes + 1) >= rules.output_ppm(cranes + 1) * cranes


def test_work_grows_with_every_begun_metre_from_the_wanted_place() -> None:
    ship = ShipCall(ShipId("A"), 100_000, Eta(0, 0), work_crane_min=600, max_cranes=2, wanted_position_mm=50_000)
    rules = BerthRules(horizon_min=60, growth_ppm_per_m=1_000)
    assert rules.work_ppm(ship, 50_000) == 600_000_000
    assert rules.work_ppm(ship, 60_000) == rules.work_ppm(ship, 40_000) == 606_000_000
    assert ship.distance_m(50_001) == 1


def test_changes_tell_moved_new_dropped_and_other_cranes_apart() -> None:
    before = BerthPlan((stay("A"), stay("B"), stay("C"), stay("E")))
    after = BerthPlan((stay("A"), stay("B", start_min=60), stay("D"), stay("E", cranes=1)))
    changes = {change.ship: change for change in berth_changes(before, after)}
    assert {ship: change.kind for ship, change in changes.items()} == {
        "B": ChangeKind.MOVED,
        "C": ChangeKind.DROPPED,
        "D": ChangeKind.NEW,
        "E": ChangeKind.CRANES,
    }
    assert changes[ShipId("B")].start_shift_min == 60


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_joining_spells_changes_no_minute(cranes: list[int]) -> None:
    parts = [CraneSpell(Spell(60 * n, 60 * (n + 1)), count) for n, count in enumerate(cranes)]
    joined = Stay(ShipId("A"), 0, 0, 60 * len(cranes), joined_spells(parts))
    assert [joined.cranes_at(60 * n) for n in range(len(cranes))] == cranes
    assert all(a.cranes != b.cranes or a.spell.end_min < b.spell.start_min for a, b in pairwise(joined.work))


def test_moves_become_crane_minutes_rounded_up() -> None:
    assert crane_minutes(100, 28) == 215
    with pytest.raises(DataError, match="no moves"):
        crane_minutes(100, 0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda: Spell(5, 5), "no length", id="empty spell"),
        pytest.param(lambda: Eta(10, 20), "cannot come", id="earliest after planned"),
        pytest.param(lambda: TideTable((0, 0), (1, 1)), "do not rise", id="tide twice at one time"),
        pytest.param(lambda: ShipCall(ShipId("A"), 0, Eta(0, 0), 60, 1), "no length", id="ship without length"),
        pytest.param(
            lambda: ShipCall(ShipId("A"), 1, Eta(0, 0), 60, 1, 2), "asks for 2 to 1", id="minimum over maximum"
        ),
        pytest.param(lambda: BerthPlan((stay(), stay())), "twice", id="ship twice"),
        pytest.param(lambda: BerthRules(horizon_min=90), "no multiple", id="horizon off the step"),
        pytest.param(
            lambda: Quay("Q", (QuaySection("a", 0, 5, 1), QuaySection("b", 6, 9, 1)), ()),
            "begin where",
            id="gap in quay",
        ),
        pytest.param(
            lambda: Quay("Q", (QuaySection("a", 0, 5, 1),), (RailCrane("1", 0, 5), RailCrane("1", 0, 5))),
            "crane 1 twice",
            id="crane twice",
        ),
    ],
)
def test_nonsense_is_refused_at_birth(make: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        make()  # type: ignore[operator]
