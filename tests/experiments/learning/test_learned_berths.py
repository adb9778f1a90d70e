"""Learned delays where berths are planned: tried on the last ships, used where these surely wait less."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from cabria.adapters.files.berth_json import read_case, write_case
from cabria.adapters.history.arrivals import Arrival, append_arrivals, read_arrivals
from cabria.adapters.history.folder import HistoryFolder
from cabria.domain.berthing import BerthCase, BerthRules, CostRates, Eta, Quay, QuaySection, RailCrane, ShipCall, ShipId
from cabria.domain.errors import DataError
from cabria.experiments.learning import berths, cards
from cabria.experiments.learning.berths import BerthsCard, coarse, comings, later_s, try_berths, waits_h, write_etas
from cabria.experiments.learning.cards import Recipe
from cabria.experiments.learning.etas import ETAS
from cabria.experiments.learning.times import TimesCard
from cabria.experiments.learning.times import learn as learn_times

BEGINNING = datetime(2026, 1, 5, tzinfo=UTC)
LATE_H, DAYS, JUDGED = 12, 88, 14
RATES = {
    service: CostRates(waiting_per_h=per_h, unserved=10_000_000)
    for service, per_h in (("LATE", 2_000), ("PUNCTUAL", 1_000))
}
"""Who is dearer goes first when both are told for the same hour."""
LEARNED = TimesCard(
    ETAS.name, "2026-03-01", "0af3", Recipe("2026-01-01", "2026-02-20", 900, "", 0), 300, True, "It is used.",
    at_least_s={"LATE": 3_600.0 * LATE_H, "PUNCTUAL": -600.0},
)  # fmt: skip


def quay_for_one(work_crane_min: int = 300) -> BerthCase:
    """Room for one ship at a time; a service that is always late, and one that comes when she says."""
    quay = Quay("Short", (QuaySection("only", 0, 300_000, 15_000),), (RailCrane("QC1", 0, 300_000),))
    ships = tuple(
        ShipCall(ShipId(service), 200_000, Eta(4_320, 4_320), work_crane_min, 1, service=service, rates=rates)
        for service, rates in RATES.items()
    )
    return BerthCase(quay, ships, BerthRules(14_400, 60, 50_000))


def weeks(late_h: float = LATE_H, days: int = DAYS) -> list[Arrival]:
    """Every day both are told for the same hour."""
    found = []
    for day in range(days):
        eta = BEGINNING + timedelta(days=day, hours=6)
        for service, late in (("LATE", late_h), ("PUNCTUAL", 0.0)):
            came = eta + timedelta(hours=late)
            found.append(Arrival(came, f"{service} {day}", f"{service} {day % 6}", service, eta, eta))
    return sorted(found)


def history(root: Path, arrivals: list[Arrival]) -> HistoryFolder:
    folder = HistoryFolder.made(root)
    with folder.writing():
        append_arrivals(folder, arrivals, "made", len(arrivals))
    return HistoryFolder(root)


def learned(folder: HistoryFolder) -> TimesCard:
    card = learn_times(ETAS, folder, BEGINNING.date() + timedelta(DAYS), days=DAYS - JUDGED, judged=JUDGED)
    cards.keep(folder.root, ETAS.name, card)
    return card


def tried(folder: HistoryFolder) -> BerthsCard:
    today = BEGINNING.date() + timedelta(DAYS)
    return try_berths(folder, quay_for_one(), today, days=DAYS - JUDGED, judged=JUDGED)


def test_arrivals_are_read_as_they_were_written(tmp_path: Path) -> None:
    arrivals = weeks(days=4)
    folder = history(tmp_path / "h", arrivals)
    since = BEGINNING.date()
    assert read_arrivals(folder, since, since + timedelta(30))[0] == arrivals
    assert read_arrivals(folder, since, since + timedelta(1))[0] == [
        each for each in arrivals if each.came.date() == since
    ]


def test_a_service_that_is_always_late_lets_others_go_first(tmp_path: Path) -> None:
    folder = history(tmp_path / "h", weeks())
    card = learned(folder)
    assert card.is_used
    assert later_s(card)["LATE"] == pytest.approx(3_600 * LATE_H, rel=0.05)
    found = tried(folder)
    assert found.is_used
    assert found.saved_h is not None
    assert found.saved_h[1] > 0
    assert found.waited_h["learned"] < found.waited_h["plain"]
    assert "It is used." in found.reason
    assert cards.last(folder.root, berths.SUBJECT, BerthsCard) == found


def test_what_is_not_used_is_not_tried_and_changes_no_case(tmp_path: Path) -> None:
    folder = history(tmp_path / "h", weeks(late_h=0.0))
    assert not learned(folder).is_used
    found = tried(folder)
    assert not found.is_used
    assert found.later_s == {}
    write_case(quay_for_one(), tmp_path / "case.json")
    before = (tmp_path / "case.json").read_bytes()
    told = write_etas(found, tmp_path / "case.json")
    assert (tmp_path / "case.json").read_bytes() == before
    assert told[-1] == "The case's ETAs stay as they are."


def test_with_no_history_the_etas_told_are_used_and_that_is_said(tmp_path: Path) -> None:
    found = tried(history(tmp_path / "h", weeks(days=4)))
    assert not found.is_used
    assert found.reason == berths.NOT_LEARNED


def test_a_case_gets_its_own_etas_back(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    write_case(quay_for_one(), file)
    before = file.read_bytes()
    used = BerthsCard("2026-03-01", "0af3", True, "It is used.", later_s=later_s(LEARNED))
    for _ in range(2):
        write_etas(used, file)
        late, punctual = read_case(file).ships
        assert late.eta.planned_min == 4_320 + 60 * LATE_H
        assert punctual.eta.planned_min == 4_320
    write_etas(msgspec.structs.replace(used, is_used=False), file)
    assert file.read_bytes() == before


def test_who_is_nearly_there_is_due_as_she_told(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    write_case(replace(quay_for_one(), now_min=3_000), file)
    write_etas(BerthsCard("2026-03-01", "0af3", True, "It is used.", later_s=later_s(LEARNED)), file)
    assert read_case(file).ships[0].eta.planned_min == 4_320


def test_nobody_waits_for_less_than_nothing_and_all_have_a_berth() -> None:
    case = coarse(quay_for_one())
    coming = comings(case, weeks(days=4), BEGINNING)
    waited = waits_h(case, coming, {})
    assert waited.keys() == {each.ship.id for each in coming}
    assert min(waited.values()) >= 0


def test_a_ship_that_finds_no_berth_is_named() -> None:
    case = coarse(quay_for_one(work_crane_min=60 * 24 * 60))
    with pytest.raises(DataError, match="no berth in the trial"):
        waits_h(case, comings(case, weeks(days=1), BEGINNING), {})
