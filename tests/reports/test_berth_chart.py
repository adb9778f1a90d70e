from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

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
    TideTable,
    Unserved,
    WindSpell,
)
from cabria.domain.findings import Cause, Finding, Severity
from cabria.reports.berth_chart import LEAST_CONFLICT, MOST_LINES, berth_chart
from cabria.reports.berth_frame import clock
from cabria.reports.png import png, standalone

SVG = "{http://www.w3.org/2000/svg}"


def a_case(ships: Iterable[ShipCall] = (), **facts: object) -> BerthCase:
    sections = (
        QuaySection("West", 0, 300_000, 14_000, BerthKind.MULTIPURPOSE),
        QuaySection("East", 300_000, 800_000, 17_000),
    )
    cranes = (RailCrane("QC1", 0, 800_000, outages=(Spell(600, 900),)), RailCrane("QC2", 0, 800_000))
    case = BerthCase(Quay("Muelle", sections, cranes), tuple(ships), BerthRules(2_880), name="A day")
    return replace(case, **{"beginning": "2026-11-23T00:00-05:00", **facts})  # type: ignore[arg-type]


def a_ship(name: str, length_m: int = 200, **facts: object) -> ShipCall:
    return replace(
        ShipCall(ShipId(name), 1_000 * length_m, Eta(60, 0), 600, 2, name=f"THE {name}"),
        **facts,  # type: ignore[arg-type]
    )


def a_stay(name: str, at_m: float, start_min: int = 120, end_min: int = 720, cranes: int = 2) -> Stay:
    work = (CraneSpell(Spell(start_min + 60, end_min), cranes),) if cranes else ()
    return Stay(ShipId(name), round(1_000 * at_m), start_min, end_min, work)


def drawn(case: BerthCase, plan: BerthPlan, findings: Iterable[Finding] = ()) -> ET.Element:
    return ET.fromstring(berth_chart(case, plan, findings))


def of_class(root: ET.Element, look: str) -> list[ET.Element]:
    """Elements of that look in the chart; the legend has one of each, without words of its own."""
    return [e for e in root.iter() if e.get("class") == look and e.find(f"{SVG}title") is not None]


def texts(root: ET.Element) -> list[str]:
    return ["".join(e.itertext()) for e in root.iter(f"{SVG}text")]


def boxes(root: ET.Element, look: str) -> int:
    """How many ships look so; the legend's sample stands outside of groups."""
    return sum(e.get("class") == look for group in root.iter(f"{SVG}g") for e in group)


def test_ships_sections_days_and_the_legend_are_named() -> None:
    case = a_case([a_ship("A"), a_ship("B")])
    said = texts(drawn(case, BerthPlan((a_stay("A", 0), a_stay("B", 300)))))
    assert {
        "THE A",
        "THE B",
        "A, 200 m, 2 cranes",
        "Mon 23 Nov",
        "400 m",
        "West, multipurpose, 14.0 m deep",
        "ship",
        "tide",
    } <= set(said)
    assert "A day: 2 ships berthed" in said


def test_two_ships_that_share_a_metre_are_red_and_told() -> None:
    case = a_case([a_ship("A"), a_ship("B")])
    root = drawn(case, BerthPlan((a_stay("A", 0), a_stay("B", 199))))
    (conflict,) = of_class(root, "conflict")
    assert float(conflict.get("width", 0)) >= LEAST_CONFLICT
    assert (conflict.findtext(f"{SVG}title") or "").startswith("A and B share 1 m of quay")
    assert boxes(root, "ship-bad") == 2


def test_ships_that_touch_in_place_or_time_are_not_red() -> None:
    case = a_case([a_ship("A"), a_ship("B"), a_ship("C")])
    root = drawn(case, BerthPlan((a_stay("A", 0), a_stay("B", 200), a_stay("C", 0, 720, 900))))
    assert not of_class(root, "conflict")
    assert boxes(root, "ship") == 3


BERTHINGS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 25), st.integers(0, 20), st.integers(1, 12)), min_size=1, max_size=6
)


@given(BERTHINGS)
@settings(max_examples=40, deadline=None)
def test_as_many_conflicts_are_drawn_as_pairs_of_ships_share_a_square(
    berthings: list[tuple[int, int, int, int]],
) -> None:
    ships = [a_ship(str(n), 10 * length) for n, (_, length, _, _) in enumerate(berthings)]
    stays = [
        a_stay(str(n), 10 * place, 60 * start, 60 * (start + hours), cranes=0)
        for n, (place, _, start, hours) in enumerate(berthings)
    ]
    squares = [
        {(x, t) for x in range(place, place + length) for t in range(start, start + hours)}
        for place, length, start, hours in berthings
    ]
    shared = sum(bool(a & b) for n, a in enumerate(squares) for b in squares[:n])
    assert len(of_class(drawn(a_case(ships), BerthPlan(tuple(stays))), "conflict")) == shared


def test_a_ship_with_an_offence_is_red_and_the_offence_is_written_out_once() -> None:
    case = a_case([a_ship("A"), a_ship("B"), a_ship("AB")])
    plan = BerthPlan((a_stay("A", 0), a_stay("B", 200), a_stay("AB", 400)))
    hard = Severity.HARD
    findings = [
        Finding("CRANE-COUNT", hard, "No cranes.", "ship A"),
        Finding("CRANE-COUNT", hard, "No cranes.", "day 1 02:00, ship A"),
        Finding("BERTH-GAP", hard, "Too near.", "ships B and C"),
        Finding("BERTH-KIND", hard, "Came so.", "ship AB", cause=Cause.ARRIVAL),
    ]
    root = drawn(case, plan, findings)
    assert boxes(root, "ship-bad") == 2
    said = texts(root)
    assert "CRANE-COUNT ship A: No cranes. (2 times)" in said
    assert "A day: 3 ships berthed, 2 of the rules broken" in said
    assert not any("Came so" in words for words in said)


def test_a_ship_beyond_the_end_of_the_quay_is_seen_whole() -> None:
    case = a_case([a_ship("A", 400)])
    root = drawn(case, BerthPlan((a_stay("A", 700),)))
    (box,) = [e for group in root.iter(f"{SVG}g") for e in group if e.get("class") == "ship"]
    frame = next(e for e in root.iter(f"{SVG}rect") if e.get("class") == "frame")
    scale = float(frame.get("width", 0)) / 800
    assert abs(float(box.get("width", 0)) - 400 * scale) < 1


def test_windows_tide_wind_outages_and_the_unserved_are_shown() -> None:
    case = a_case(
        [a_ship("A", window=Spell(60, 600), wanted_position_mm=0), a_ship("B")],
        tide=TideTable((0, 360, 720), (900, 300, 900)),
        wind=(WindSpell(Spell(300, 500), 45),),
    )
    case = replace(case, rules=replace(case.rules, crane_wind_limit_kn=40))
    left_out = Unserved(ShipId("B"), "BERTH-DEPTH", "She is too deep.")
    root = drawn(case, BerthPlan((a_stay("A", 0),), (left_out,)))
    for look in ("pro-forma", "tide", "storm", "outage"):
        assert len(of_class(root, look)) == 1, look
    assert "Not served: THE B (BERTH-DEPTH): She is too deep." in texts(root)


def test_wind_that_stops_nobody_is_not_shown() -> None:
    case = a_case([a_ship("A")], wind=(WindSpell(Spell(300, 500), 45),))
    assert not of_class(drawn(case, BerthPlan((a_stay("A", 0),))), "storm")


def test_a_re_plan_shows_now_what_is_frozen_and_where_moved_ships_lay() -> None:
    before = BerthPlan((a_stay("A", 0), a_stay("B", 300, 900, 1_200)))
    case = a_case([a_ship("A"), a_ship("B")], last_plan=before, now_min=300, frozen_until_min=600)
    root = drawn(case, BerthPlan((a_stay("A", 0), a_stay("B", 400, 900, 1_200))))
    (frozen,) = of_class(root, "frozen")
    assert (frozen.findtext(f"{SVG}title") or "") == "frozen until Mon 23 10:00"
    assert len(of_class(root, "moved-from")) == 1
    assert boxes(root, "ship-begun") == 1
    assert sum(e.get("class") == "now" for e in root.iter()) == 1


def test_named_cranes_have_their_names_at_the_ship_and_work_in_their_lanes() -> None:
    work = (CraneSpell(Spell(180, 720), 2, ("QC1", "QC2")),)
    root = drawn(a_case([a_ship("A")]), BerthPlan((Stay(ShipId("A"), 0, 120, 720, work),)))
    assert [e.text for e in root.iter() if e.get("class") == "crane-name"] == ["QC1", "QC2"]
    assert len(of_class(root, "in-use")) == 2


def test_more_cranes_than_there_are_is_red() -> None:
    root = drawn(a_case([a_ship("A")]), BerthPlan((a_stay("A", 0, cranes=3),)))
    assert sum(e.get("class") == "too-many" for e in root.iter()) == 1


def test_more_findings_than_have_room_are_counted() -> None:
    findings = [Finding(f"RULE-{n}", Severity.HARD, "Broken.", "ship A") for n in range(MOST_LINES + 3)]
    assert "and 3 more" in texts(drawn(a_case([a_ship("A")]), BerthPlan((a_stay("A", 0),)), findings))


@given(st.text(min_size=1), st.integers(1, 400), st.integers(1, 600))
@settings(max_examples=40, deadline=None)
def test_any_name_in_any_box_makes_a_readable_picture(name: str, length_m: int, minutes: int) -> None:
    case = a_case([replace(a_ship("A", length_m), name=name)])
    assert len(ET.fromstring(standalone(berth_chart(case, BerthPlan((a_stay("A", 0, 120, 120 + minutes, 0),))))))


def test_a_chart_without_ships_and_without_a_beginning_is_drawn() -> None:
    assert "day 1" in texts(drawn(a_case(beginning=""), BerthPlan(())))
    assert png(berth_chart(a_case(), BerthPlan(())), zoom=1.0)


def test_times_are_told_by_the_clock_of_the_case_or_in_hours() -> None:
    assert clock(a_case(), 1_500) == "Tue 24 01:00"
    assert [clock(a_case(beginning=""), minute) for minute in (60, 90)] == ["1 h", "1:30 h"]


def test_ships_of_sixty_calls_are_all_named_by_name_or_id() -> None:
    ships = [a_ship(f"S{n}", 100) for n in range(60)]
    stays = [a_stay(f"S{n}", 110 * (n % 7), 300 * (n // 7), 300 * (n // 7) + 280) for n in range(60)]
    assert all(a.start_min <= b.start_min for a, b in pairwise(stays))
    said = set(texts(drawn(a_case(ships), BerthPlan(tuple(stays)))))
    assert all(f"THE S{n}" in said or f"S{n}" in said for n in range(60))


def test_a_plan_over_many_years_stays_a_picture_of_a_page() -> None:
    root = drawn(a_case([a_ship("A")]), BerthPlan((a_stay("A", 0, 0, 9_999_999),)))
    assert float(root.get("height", 0)) < 10_000
    assert len(list(root.iter())) < 5_000
