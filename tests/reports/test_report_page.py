from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.plan import Change, LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.wishes import ChangeBudget, ImpossibleWish, Pin, ShipPart, Wishes
from cabria.planning.loading.result import PlannedCall
from cabria.reports.page import page
from cabria.reports.report import write_report

HOSTILE = "<script>alert('1')</script>\"&\x00"
PAPERS = ["bay-sheets.pdf", "crane-sequence.pdf", "discharge-sequence.pdf", "load-sequence.pdf"]


class Reader(HTMLParser):
    """Collects tags, ids and what the page asks for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.asked: list[str] = []
        self.handlers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "data", "srcset", "action"):
                self.asked.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)


@pytest.fixture(scope="module")
def html(small_planned: PlannedCall) -> str:
    return page(small_planned)


def test_the_report_is_one_page_and_four_papers(small_planned: PlannedCall, tmp_path: Path) -> None:
    write_report(small_planned, tmp_path / "new" / "folder")
    assert sorted(file.name for file in (tmp_path / "new" / "folder").iterdir()) == [
        *PAPERS[:3],
        "index.html",
        PAPERS[3],
    ]


def test_the_same_plan_gives_the_same_bytes(small_planned: PlannedCall, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_report(small_planned, tmp_path / name)
    for name in ("index.html", *PAPERS):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_page_asks_for_nothing_outside_itself_and_its_papers(html: str) -> None:
    asked = {address for address in Reader(html).asked if not address.startswith("#")}
    assert asked == {"data:,", *PAPERS}
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_every_jump_has_its_landing(html: str) -> None:
    reader = Reader(html)
    assert len(reader.ids) == len(set(reader.ids))
    assert {address[1:] for address in reader.asked if address.startswith("#")} <= set(reader.ids)


def test_the_verdict_comes_before_everything_else(html: str) -> None:
    assert html.index("The plan is NOT legal: 1 hard finding caused by the plan") < html.index("Key figures</h2>")
    assert "4 of 5 loaded, 1 refused" in html
    assert "It has no verified gross mass." in html


def test_hovering_over_a_box_says_what_it_is_and_why_it_stands_there(html: str) -> None:
    titles = [title for title in re.findall(r"<title>([^<]*)</title>", html) if title.startswith("COLD0000001")]
    assert len(titles) == 1
    assert titles[0].splitlines() == [
        "COLD0000001 45R1 (40&#39; high cube reefer) PECHY → CNSHA, 20.0 t",
        "reefer -18.0 °C",
        "slot 0020082, loaded",
        "yard Y1-04-01-1",
        "why here: a plug; dig 2.5 min",
        "not 0020282: +1.5 min",
        "not 0020104: has no plug",
    ]


def test_figures_stand_beside_the_simple_method_and_the_bound(html: str) -> None:
    assert "greedy: 0.750" in html
    assert "bound 0:20 h, gap 10.0 %" in html
    assert "one crane&#39;s longest bay" in html


def test_a_group_of_findings_says_its_rule_in_words(small_planned: PlannedCall, tmp_path: Path) -> None:
    rule = small_planned.judgement.findings[0].rule
    judgement = replace(small_planned.judgement, rules={rule: "A box stands on something."})
    write_report(replace(small_planned, judgement=judgement), tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "caused by the plan: A box stands on something." in page


def test_a_finding_leads_to_its_bay(html: str) -> None:
    assert '<a href="#bay-2">slot 0020384</a>' in html
    assert '<a href="#bay-2">Bay 02</a>' in html


def test_what_was_not_judged_is_said(html: str) -> None:
    assert "The profile gives no limits of bending." in html
    assert "Shear force, t" in html
    assert "Bending moment" not in html


def test_a_rule_that_was_not_judged_says_why(html: str) -> None:
    assert "<b>1</b> rules not judged" in html
    assert "<td>The ship stands upright.</td><td>the profile has no breadth.</td>" in html
    assert "<b>2</b> rules judged" in html


def test_a_plan_that_breaks_everything_is_still_drawn(small_planned: PlannedCall, tmp_path: Path) -> None:
    """Two boxes in one slot and a load nobody listed: the referee finds it, the pictures show what there is."""
    at = small_planned.plan.loads[ContainerId("COLD0000001")]
    loads = {**small_planned.plan.loads, ContainerId("WIDE0000001"): at, ContainerId("GONE0000001"): at}
    write_report(replace(small_planned, plan=replace(small_planned.plan, loads=loads)), tmp_path)
    assert "slot 0020082, loaded" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_plan_of_stowage_alone_is_reported_too(small_planned: PlannedCall, tmp_path: Path) -> None:
    bare = replace(small_planned.plan, queues=(), yard_moves=(), reasons={})
    write_report(replace(small_planned, plan=bare, baselines={}, phases=(), costs_min={}, bounds={}), tmp_path)
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "The plan has no crane work queues." in html
    assert "The plan has no yard moves." in html


def test_an_empty_plan_is_reported_too(small_planned: PlannedCall, tmp_path: Path) -> None:
    write_report(replace(small_planned, plan=LoadingPlan(small_planned.call.id, {})), tmp_path)
    assert (tmp_path / "index.html").exists()


def test_a_box_outside_the_profile_is_named_not_dropped(
    small_planned: PlannedCall, with_load: Callable[[PlannedCall, Container, StowPosition], PlannedCall]
) -> None:
    lost = Container(ContainerId("LOST0000001"), SizeType.parse("45G1"), 1, Port("PECHY"), Port("CNSHA"))
    assert "LOST0000001@0990182" in page(with_load(small_planned, lost, StowPosition(99, 1, 82)))


def test_hostile_words_stay_words(
    small_planned: PlannedCall,
    with_load: Callable[[PlannedCall, Container, StowPosition], PlannedCall],
    html: str,
    tmp_path: Path,
) -> None:
    box = Container(ContainerId(HOSTILE), SizeType.parse("45G1"), 1, Port(HOSTILE), Port(HOSTILE), remark=HOSTILE)
    planned = with_load(small_planned, box, StowPosition(2, 4, 84))
    finding = Finding(HOSTILE, Severity.HARD, HOSTILE, HOSTILE, ContainerId(HOSTILE), Cause.PLAN)
    planned = replace(
        planned,
        call=replace(planned.call, voyage=HOSTILE, start=HOSTILE, vessel=replace(planned.call.vessel, name=HOSTILE)),
        plan=replace(planned.plan, refused={ContainerId(HOSTILE + "2"): HOSTILE}),
        judgement=replace(planned.judgement, findings=(finding,), rules={HOSTILE: HOSTILE}),
        baselines={HOSTILE: {HOSTILE: 1.0}},
        stopped=HOSTILE,
    )
    write_report(planned, tmp_path)
    hostile = Reader((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert hostile.tags.count("script") == Reader(html).tags.count("script") == 1
    assert hostile.handlers == []
    assert "alert(&#39;1&#39;)" in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tags(small_planned: PlannedCall) -> set[str]:
    return set(Reader(page(small_planned)).tags)


@settings(max_examples=40)
@given(words=st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_no_refusal_can_open_a_tag(small_planned: PlannedCall, tags: set[str], words: str) -> None:
    plan = replace(small_planned.plan, refused={ContainerId(words): words})
    assert set(Reader(page(replace(small_planned, plan=plan))).tags) <= tags


def test_wishes_kept_and_dropped_and_changes_are_told(small_planned: PlannedCall) -> None:
    box = next(iter(small_planned.plan.loads))
    slot, elsewhere = small_planned.plan.loads[box], StowPosition(1, 2, 82)
    kept, dropped = Pin(box, ShipPart(slot=slot), HOSTILE), Pin(box, ShipPart(slot=elsewhere))
    planned = replace(
        small_planned,
        call=replace(small_planned.call, wishes=Wishes((kept,), budget=ChangeBudget({box: elsewhere}, 1))),
        plan=replace(small_planned.plan, changes=(Change(box, elsewhere, slot, "a better place"),)),
        dropped=(ImpossibleWish(dropped, "SLOT-EXISTS", "There is no such slot."),),
    )
    html = page(planned)
    for words in (
        "Wishes of the planner, kept",
        "There is no such slot.",
        f"{box}  from {elsewhere} to {slot}: a better",
    ):
        assert words in html
    assert "<script>alert" not in html
    assert "Wishes of the planner" not in page(small_planned)
