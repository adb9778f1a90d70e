from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cabria.domain.containers import Container, ContainerId, DangerousGoods, Port, SizeType
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.positions import StowPosition
from cabria.planning.loading.result import PlannedCall
from cabria.reports.aboard import boxes_aboard
from cabria.reports.needs_person import Matter, goods_under_deck, matters, what_to_do
from cabria.reports.page import page

WithLoad = Callable[[PlannedCall, Container, StowPosition], PlannedCall]
CATEGORY = Finding("DG-CATEGORY", Severity.SAFETY, "Not judged, a person must: UN 1263 (1).", "under deck")


def found(planned: PlannedCall, *findings: Finding) -> PlannedCall:
    return replace(planned, judgement=replace(planned.judgement, findings=findings))


def told(planned: PlannedCall) -> list[Matter]:
    return list(matters(planned, boxes_aboard(planned)))


def test_what_the_plan_caused_comes_first_and_what_came_aboard_so_is_nobodys_task(small_planned: PlannedCall) -> None:
    aboard_so = Finding("SHIP-GM", Severity.SAFETY, "GM is small.", cause=Cause.ARRIVAL)
    costly = Finding("OVERSTOW-LID", Severity.COMMERCIAL, "Stands on a lid.")
    hard = Finding("POS-SLOT", Severity.HARD, "There is no such slot.")
    planned = found(small_planned, costly, CATEGORY, aboard_so, hard)
    assert [(matter.severity, matter.rule) for matter in told(planned)] == [
        ("hard", "POS-SLOT"),
        ("safety", "DG-CATEGORY"),
        ("not judged", ""),
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("DG-CATEGORY", "Dangerous Goods List"),
        ("DG-OPEN", "dangerous goods desk"),
        ("SHIP-BENDING", "loading computer"),
    ],
)
def test_each_safety_matter_says_what_to_do(rule: str, words: str) -> None:
    assert words in what_to_do(rule, Severity.SAFETY)
    assert "plan again" in what_to_do(rule, Severity.HARD)


def test_goods_whose_category_is_asked_for_are_named_with_their_slots(
    small_planned: PlannedCall, with_load: WithLoad
) -> None:
    box = Container(
        ContainerId("ACID0000001"), SizeType.parse("45G1"), 9_000, Port("PECHY"), Port("CNSHA"),
        dangerous=(DangerousGoods("8", 1824), DangerousGoods("3", 1263, is_limited_quantity=True)),
    )  # fmt: skip
    below = with_load(small_planned, box, StowPosition(2, 2, 2))
    assert list(goods_under_deck(boxes_aboard(below))) == [("UN 1824: ACID0000001 0020202", 2)]
    assert list(goods_under_deck(boxes_aboard(with_load(small_planned, box, StowPosition(2, 4, 84))))) == []
    html = page(found(below, CATEGORY))
    assert '<a class="box" href="#bay-2">UN 1824: ACID0000001 0020202</a>' in html
    assert html.index("Needs a person</h2>") < html.index("Key figures</h2>")


def test_a_plan_without_anything_to_settle_says_so(small_planned: PlannedCall) -> None:
    judged = replace(small_planned.judgement.departure, not_judged=())
    planned = replace(small_planned, judgement=replace(small_planned.judgement, findings=(), departure=judged))
    assert told(planned) == []
    assert "Nothing: the referee found nothing" in page(planned)
