from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.berths_by_hand import case, ship, with_cranes

from cabria.domain.berthing import (
    BerthCase,
    BerthKind,
    BerthLayout,
    BerthPlan,
    BerthRules,
    CraneRhythm,
    CraneSpell,
    Eta,
    QuaySection,
    RailCrane,
    Shifts,
    ShipCall,
    ShipId,
    Spell,
    Stay,
    TideTable,
    Unserved,
    WindSpell,
)
from cabria.domain.findings import Cause
from cabria.referee.berthing import judge_berthing


def stay(name: str, at_m: int = 0, start_h: int = 4, hours: int = 5, cranes: int = 2, names: str = "") -> Stay:
    work = (CraneSpell(Spell(start_h * 60, (start_h + hours) * 60), cranes, tuple(names.split())),)
    return Stay(ShipId(name), at_m * 1000, start_h * 60, (start_h + hours) * 60, work)


A, B = ship("A"), ship("B", wanted_position_mm=100_000)
PLAIN = case(A, B)
GOOD = BerthPlan((stay("A"), stay("B", 100)))


def rules_of(given: BerthCase, *stays: Stay, unserved: tuple[Unserved, ...] = ()) -> set[str]:
    judged = judge_berthing(given, BerthPlan(stays, unserved))
    return {finding.rule for finding in judged.hard_by_plan}


def test_a_right_plan_has_no_finding_and_costs_what_its_hours_cost() -> None:
    judged = judge_berthing(PLAIN, GOOD)
    assert not judged.findings
    assert {name: cost for name, cost in judged.costs.items() if cost} == {"crane_hours": 2 * 2 * 5 * 100}
    assert judged.hours["at_quay"] == 10


@given(st.integers(0, 249))
def test_two_ships_in_one_place_are_caught_to_the_metre(at_m: int) -> None:
    grid = case(A, B, position_step_mm=1_000, growth_ppm_per_m=0)
    assert rules_of(grid, stay("A", 100), stay("B", at_m)) == ({"BERTH-OVERLAP"} if 0 < at_m < 200 else set())


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_gap_is_kept_and_counts_only_while_both_lie_there(gap_m: int, free_m: int) -> None:
    grid = case(A, B, position_step_mm=1_000, growth_ppm_per_m=0, mooring_gap_mm=gap_m * 1_000)
    assert rules_of(grid, stay("A"), stay("B", 100 + free_m)) == (set() if free_m >= gap_m else {"BERTH-GAP"})
    assert not rules_of(grid, stay("A"), stay("B", 100 + free_m, start_h=9))


SHALLOW = replace(
    PLAIN, tide=TideTable((0, 360, 720, 1080), (0, 2_000, 0, 2_000)), quay=replace(PLAIN.quay, channel_depth_mm=14_000)
)
DEEP = replace(A, arrival_draught_mm=14_500, departure_draught_mm=14_000)
ONE_BAD_STAY: dict[str, tuple[BerthCase, Stay]] = {
    "BERTH-GRID": (PLAIN, replace(stay("A"), position_mm=5)),
    "BERTH-QUAY": (PLAIN, stay("A", 260, hours=6)),
    "BERTH-SECTION": (replace(PLAIN, quay=replace(PLAIN.quay, layout=BerthLayout.HYBRID)), stay("A", 100)),
    "BERTH-KIND": (case(replace(A, kinds=(BerthKind.MULTIPURPOSE,)), B), stay("A")),
    "BERTH-DEPTH": (case(replace(A, arrival_draught_mm=15_500), B, under_keel_clearance_mm=600), stay("A")),
    "BERTH-TIDE": (replace(SHALLOW, ships=(DEEP, B)), stay("A", start_h=12)),
    "BERTH-WIND": (
        replace(case(replace(A, wind_limit_kn=30), B), wind=(WindSpell(Spell(200, 260), 35),)),
        stay("A"),
    ),
    "BERTH-EARLY": (PLAIN, stay("A", start_h=2)),
    "BERTH-DEPARTURE": (case(replace(A, latest_departure_min=500), B), stay("A")),
    "BERTH-WORK": (PLAIN, stay("A", hours=4)),
    "CRANE-COUNT": (PLAIN, stay("A", cranes=3)),
    "CRANE-MOORING": (case(A, B, mooring_min=30), stay("A", hours=6)),
    "CRANE-WIND": (
        replace(case(A, B, crane_wind_limit_kn=40), wind=(WindSpell(Spell(300, 310), 45),)),
        stay("A", hours=6),
    ),
    "CRANE-NAMED": (PLAIN, stay("A", names="QC1 QC9")),
    "BERTH-PAST": (replace(PLAIN, last_plan=BerthPlan(()), now_min=600), stay("A")),
}


@pytest.mark.parametrize("rule", sorted(ONE_BAD_STAY))
def test_each_rule_of_one_ship_is_judged(rule: str) -> None:
    given_case, bad = ONE_BAD_STAY[rule]
    other = Unserved(ShipId("B"), "BERTH-QUAY", "not asked here")
    assert rules_of(given_case, bad, unserved=(other,)) == {rule}


def test_a_ship_that_nobody_speaks_of_and_one_that_nobody_expects_are_found() -> None:
    assert rules_of(PLAIN, stay("A")) == {"BERTH-LISTED"}
    assert rules_of(case(A), *GOOD.stays) == {"BERTH-LISTED"}


def test_movements_within_any_hour_are_counted() -> None:
    narrow = case(A, B, movements_per_h=1, step_min=30)
    assert rules_of(narrow, *GOOD.stays) == {"BERTH-MOVEMENTS"}
    half_past = replace(stay("B", 100), start_min=270, end_min=570, work=(CraneSpell(Spell(270, 570), 2),))
    assert rules_of(narrow, stay("A"), half_past) == {"BERTH-MOVEMENTS"}
    assert not rules_of(narrow, stay("A"), stay("B", 100, start_h=5))


def test_no_more_cranes_work_than_there_are_and_none_twice_or_in_the_wrong_order() -> None:
    three = case(A, B, cranes=3)
    assert rules_of(three, *GOOD.stays) == {"CRANE-POOL"}
    assert rules_of(PLAIN, stay("A", names="QC1 QC2"), stay("B", 100, names="QC2 QC3")) == {"CRANE-NAMED"}
    assert rules_of(PLAIN, stay("A", names="QC1 QC3"), stay("B", 100, names="QC2 QC4")) == {"CRANE-CROSS"}
    assert not rules_of(PLAIN, stay("A", names="QC1 QC2"), stay("B", 100, names="QC3 QC4"))


def test_a_broken_crane_is_missed_by_count_and_by_name() -> None:
    broken = tuple(replace(c, outages=(Spell(300, 360),)) if c.id == "QC2" else c for c in PLAIN.quay.cranes)
    hurt = with_cranes(PLAIN, broken)
    assert rules_of(hurt, *GOOD.stays) == {"CRANE-POOL"}
    alone = Unserved(ShipId("B"), "CRANE-POOL", "")
    assert rules_of(hurt, stay("A", names="QC1 QC2"), unserved=(alone,)) == {"CRANE-NAMED"}


def test_cranes_that_do_not_reach_a_ship_do_not_help_her() -> None:
    west = (RailCrane("QC1", 0, 90_000), RailCrane("QC2", 0, 90_000), RailCrane("QC3", 0, 350_000))
    assert rules_of(with_cranes(PLAIN, west), stay("A"), stay("B", 100, cranes=1, hours=8)) == set()
    assert rules_of(with_cranes(PLAIN, west), stay("A", start_h=10), stay("B", 100)) == {"CRANE-POOL"}
    narrow = tuple(replace(crane, outreach_rows=10) for crane in PLAIN.quay.cranes[1:])
    wide = with_cranes(case(replace(A, reach_rows=20), B), (PLAIN.quay.cranes[0], *narrow))
    assert "CRANE-POOL" in rules_of(wide, *GOOD.stays)


@pytest.mark.parametrize("rhythm", list(CraneRhythm))
def test_the_number_of_cranes_changes_only_in_its_rhythm(rhythm: CraneRhythm) -> None:
    def changing(at_h: int) -> Stay:
        spells = (CraneSpell(Spell(240, at_h * 60), 1), CraneSpell(Spell(at_h * 60, 660), 2))
        return Stay(ShipId("A"), 0, 240, 660, spells)

    alone = Unserved(ShipId("B"), "BERTH-QUAY", "")
    rules = case(A, B, crane_rhythm=rhythm, shifts=Shifts(0, 360))
    free = {CraneRhythm.STAY: (), CraneRhythm.SHIFT: (6,), CraneRhythm.STEP: (5, 6, 7)}[rhythm]
    for at_h in (5, 6, 7):
        assert rules_of(rules, changing(at_h), unserved=(alone,)) == (set() if at_h in free else {"CRANE-RHYTHM"})


def test_what_is_frozen_or_over_stays_as_it_was() -> None:
    running = replace(PLAIN, last_plan=GOOD, now_min=120, frozen_until_min=300)
    assert not rules_of(running, *GOOD.stays)
    assert rules_of(running, stay("A", 200, hours=6), stay("B", 100)) == {"BERTH-FROZEN"}
    assert rules_of(running, stay("A", start_h=5), stay("B", 100)) == {"BERTH-FROZEN"}
    begun = replace(running, now_min=300)
    assert {"BERTH-PAST", "BERTH-FROZEN"} == rules_of(begun, stay("A"), stay("B", 110, hours=6))
    storm = replace(running, ships=(replace(A, wind_limit_kn=30), B), wind=(WindSpell(Spell(230, 280), 40),))
    assert not rules_of(storm, stay("A", start_h=5), stay("B", 100))
    delayed = replace(running, ships=(replace(A, eta=Eta(600, 540)), B))
    assert not rules_of(delayed, stay("A", start_h=10), stay("B", 100))


def test_what_a_begun_ship_did_before_is_not_the_plans_fault() -> None:
    early = replace(PLAIN, ships=(replace(A, eta=Eta(600, 600)), B), last_plan=GOOD, now_min=300)
    found = [finding for finding in judge_berthing(early, GOOD).findings if finding.rule == "BERTH-EARLY"]
    assert [finding.cause for finding in found] == [Cause.ARRIVAL]


def test_every_component_of_cost_is_recomputed() -> None:
    dear: ShipCall = replace(
        A,
        priority=2,
        window=Spell(0, 60),
        eta=Eta(300, 0, 60),
        rates=replace(A.rates, window_per_h=10, distance_per_m=3, held_berth_per_h=60, unserved=5),
    )
    rules = BerthRules(
        horizon_min=4320, crane_hour=100, changes=replace(BerthRules(60).changes, moved_ship=7, start_per_h=2)
    )
    given_case = replace(case(dear, B), rules=rules, last_plan=BerthPlan((stay("A", start_h=2),)))
    plan = BerthPlan((stay("A", 10, start_h=6),), (Unserved(ShipId("B"), "BERTH-QUAY", ""),))
    costs = judge_berthing(given_case, plan).costs
    assert costs["waiting"] == 2 * 200
    assert costs["window"] == 2 * 10 * 5
    assert costs["distance"] == 3 * 10
    assert costs["held_berth"] == dear.eta.expected_late_min(360)
    assert costs["changes"] == 7 + 2 * 4
    assert costs["unserved"] == 1_000_000
    assert costs["late"] == 0
    later = judge_berthing(given_case, BerthPlan((stay("A", start_h=16),), plan.unserved)).costs
    assert later["late"] == 2 * 1000 * 9
    assert later["overrun"] == 2 * 3000


def test_a_discrete_berth_takes_one_ship() -> None:
    sections = (QuaySection("1", 0, 250_000, 16_000), QuaySection("2", 250_000, 350_000, 16_000))
    berths = replace(PLAIN, quay=replace(PLAIN.quay, sections=sections, layout=BerthLayout.DISCRETE))
    assert rules_of(berths, *GOOD.stays) == {"BERTH-OVERLAP"}
    assert rules_of(replace(berths, quay=replace(berths.quay, layout=BerthLayout.HYBRID)), *GOOD.stays) == set()
