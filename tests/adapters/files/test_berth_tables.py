from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.berth_tables import local_time, write_changes, write_cranes, write_ships
from cabria.domain.berthing import (
    BerthCase,
    BerthKind,
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

SECTIONS = (
    QuaySection("West", 0, 300_000, 14_000, BerthKind.MULTIPURPOSE),
    QuaySection("East", 300_000, 800_000, 17_000),
)
SHIPS = (
    ShipCall(ShipId("A"), 200_000, Eta(60, 0), 600, 3, name="ANDES"),
    ShipCall(ShipId("B"), 200_000, Eta(60, 0), 600, 2, name="=cmd()"),
    ShipCall(ShipId("C"), 300_000, Eta(60, 0), 600, 2),
)
CASE = BerthCase(
    Quay("Q", SECTIONS, (RailCrane("QC1", 0, 800_000),)), SHIPS, BerthRules(2_880),
    beginning="2026-11-23T00:00-05:00",
)  # fmt: skip
WORK = (CraneSpell(Spell(180, 420), 2), CraneSpell(Spell(420, 540), 3))
PLAN = BerthPlan(
    (Stay(ShipId("A"), 200_000, 150, 600, WORK), Stay(ShipId("B"), 0, 90, 300, ())),
    (Unserved(ShipId("C"), "BERTH-DEPTH", "She is too deep."),),
)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_ships_stand_in_the_order_of_their_starts_and_the_unserved_at_the_end(tmp_path: Path) -> None:
    write_ships(CASE, PLAN, tmp_path / "ships.csv")
    b, a, c = rows(tmp_path / "ships.csv")
    assert (a["berth"], a["from_m"], a["to_m"]) == ("West + East", "200", "400")
    assert (a["eta"], a["start"], a["end"]) == ("2026-11-23 01:00", "2026-11-23 02:30", "2026-11-23 10:00")
    assert (a["waits_h"], a["most_cranes"], a["crane_hours"]) == ("1.5", "3", "14")
    assert b["name"] == "'=cmd()"
    assert c["not_served"] == "BERTH-DEPTH: She is too deep."


def test_cranes_have_a_row_for_each_number_of_them(tmp_path: Path) -> None:
    write_cranes(CASE, PLAN, tmp_path / "cranes.csv")
    assert [(row["start"], row["cranes"]) for row in rows(tmp_path / "cranes.csv")] == [
        ("2026-11-23 03:00", "2"),
        ("2026-11-23 07:00", "3"),
    ]


def test_changes_say_before_now_and_by_how_much(tmp_path: Path) -> None:
    after = BerthPlan((replace(PLAN.stays[0], position_mm=150_000, start_min=180, end_min=660),))
    write_changes(replace(CASE, last_plan=PLAN), after, tmp_path / "changes.csv")
    a, b = rows(tmp_path / "changes.csv")
    assert (a["change"], a["later_h"], a["right_m"]) == ("moved", "0.5", "-50")
    assert (b["change"], b["start_now"], b["later_h"]) == ("dropped", "", "")


def test_without_a_last_plan_no_change_is_told(tmp_path: Path) -> None:
    write_changes(CASE, PLAN, tmp_path / "changes.csv")
    assert rows(tmp_path / "changes.csv") == []


@given(st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), min_size=1))
@settings(max_examples=40, deadline=None)
def test_no_name_becomes_a_formula_or_breaks_a_row(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("names") / "ships.csv"
    write_ships(replace(CASE, ships=(replace(SHIPS[0], name=name),)), BerthPlan(PLAN.stays[:1]), path)
    (row,) = rows(path)
    assert row["name"].removeprefix("'") == name.removeprefix("'")
    assert row["name"][0] not in "=@"
    assert row["ship"] == "A"


def test_times_without_a_clock_are_minutes() -> None:
    assert local_time(replace(CASE, beginning=""), 90) == "90"
