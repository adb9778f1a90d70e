from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.berthing import (
    BerthCase,
    BerthPlan,
    BerthRules,
    CraneSpell,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    ShipCall,
    ShipId,
    Spell,
    Stay,
    Unserved,
)
from cabria.domain.findings import Cause, Finding, Severity
from cabria.referee.berth_costs import COMPONENTS
from cabria.reports.berth_text import COST_NAMES, changes_text, costs_text, plan_table, verdict

SHIPS = tuple(ShipCall(ShipId(name), 200_000, Eta(60, 0), 600, 3, name=f"MAR {name}") for name in "ABC")
CASE = BerthCase(
    Quay("Q", (QuaySection("1", 0, 800_000, 17_000),), (RailCrane("QC1", 0, 800_000),)), SHIPS, BerthRules(2_880),
    beginning="2026-11-23T00:00-05:00",
)  # fmt: skip
WORK = (CraneSpell(Spell(180, 420), 2), CraneSpell(Spell(420, 540), 3))
A, B = Stay(ShipId("A"), 210_000, 150, 600, WORK), Stay(ShipId("B"), 0, 90, 300, ())
PLAN = BerthPlan((A, B), (Unserved(ShipId("C"), "BERTH-DEPTH", "She is too deep."),))


def test_the_table_has_a_line_a_ship_and_says_who_is_not_served() -> None:
    lines = plan_table(CASE, PLAN).splitlines()
    assert " ".join(lines[1].split()) == "B MAR B 0 m 200 m Mon 23 01:00 Mon 23 01:30 Mon 23 05:00 none"
    assert lines[2].endswith("2-3")
    assert lines[-1] == "  C MAR C: BERTH-DEPTH: She is too deep."


def test_changes_are_counted_and_told_ship_by_ship() -> None:
    after = BerthPlan(
        (replace(A, position_mm=160_000, start_min=180), replace(B, work=(CraneSpell(Spell(120, 240), 1),)))
    )
    assert changes_text(CASE, PLAN, after).splitlines() == [
        "Against the last plan: 1 moved, 1 with other cranes or another end; 0 as they were.",
        "  A MAR A: starts 0.5 h later, at Mon 23 03:00; lies 50 m further left",
        "  B MAR B: other cranes",
    ]
    back = changes_text(CASE, BerthPlan((B,)), BerthPlan((A,))).splitlines()
    assert back[1:] == ["  A MAR A: now berths at Mon 23 02:30", "  B MAR B: no longer served"]


def test_a_plan_that_did_not_change_says_so() -> None:
    assert changes_text(CASE, PLAN, PLAN) == "Nothing changes against the last plan."


@given(st.dictionaries(st.sampled_from(COMPONENTS), st.integers(1, 10**9), min_size=1))
def test_the_costs_add_up_to_what_stands_at_the_end(costs: dict[str, int]) -> None:
    lines = costs_text(costs, {"waiting": 2.5}, None).splitlines()
    shown = [int(line[line.index("  ") :].split()[0].replace(",", "")) for line in lines[1:]]
    assert sum(shown[:-1]) == shown[-1] == sum(costs.values())


def test_the_money_has_the_name_that_the_case_gives_it() -> None:
    assert "cost units" in costs_text({"late": 100}, {}, None).splitlines()[0]
    assert "USD" in costs_text({"late": 100}, {}, None, currency="USD").splitlines()[0]


def test_every_component_has_a_name() -> None:
    assert set(COST_NAMES) == set(COMPONENTS)


def test_a_bound_says_how_far_it_is() -> None:
    assert "No plan can cost less than 90, 10.0 % below." in costs_text({"late": 100}, {}, 90)
    assert "no plan is cheaper" in costs_text({"late": 100}, {}, 100)


def test_the_verdict_puts_the_gravest_first_and_does_not_blame_the_plan_for_what_came_so() -> None:
    findings = [
        Finding("BERTH-UNSERVED", Severity.COMMERCIAL, "Too deep.", "ship C"),
        *[Finding("BERTH-GAP", Severity.HARD, "Near.", f"ships {n}") for n in range(7)],
        Finding("BERTH-KIND", Severity.HARD, "Kind.", "ship A", cause=Cause.ARRIVAL),
    ]
    lines = verdict(findings, limit=2).splitlines()
    assert lines[0] == "The plan is NOT legal: 7 hard findings caused by the plan."
    assert lines[1:5] == [
        "HARD BERTH-GAP: 7 caused by the plan",
        "  ships 0: Near.",
        "  ships 1: Near.",
        "  ... and 5 more",
    ]
    assert lines[5] == "HARD BERTH-KIND: 1 so by the last plan"
    assert verdict(()) == "The plan is legal: 0 hard findings caused by the plan."
