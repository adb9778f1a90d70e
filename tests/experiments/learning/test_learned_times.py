"""Times learned from a history: used where cranes wait less, switched off where they do not, and the reason told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.terminal_json import read_terminal, write_terminal
from cabria.adapters.history.arrivals import append_arrivals
from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.ledger import Source
from cabria.adapters.history.tables import TABLE_BY_NAME, columns_of
from cabria.domain.errors import DataError
from cabria.experiments.learning import cards
from cabria.experiments.learning.crane_times import write_crane_times
from cabria.experiments.learning.etas import ETAS
from cabria.experiments.learning.half_year import FIRST_DAY, shuffled_times, unlike_ships
from cabria.experiments.learning.handling import QUAY_CRANES, TRUCKS, YARD_CRANES
from cabria.experiments.learning.times import Effort, Seen, Subject, TimesCard, crane_waits, fit, learn
from cabria.experiments.terminals import make_terminal

QUICK = Effort(rounds=15, leaves=7, learning_rate=0.3)
DAYS, A_DAY = 8, 48
LAST = FIRST_DAY.date() + timedelta(DAYS)
ZERO_MS = round(FIRST_DAY.timestamp() * 1_000)
PACE_S = {"QC1": 90.0, "QC2": 120.0, "QC3": 160.0}


def worked_days(root: Path, days: int = DAYS) -> HistoryFolder:
    """Three quay cranes of which each has a pace of its own; one waits half an hour every day."""
    chance, folder = Random(1), HistoryFolder.made(root)
    lifts, waits = [], []
    for day in range(days):
        for crane, pace_s in PACE_S.items():
            at_ms = ZERO_MS + 86_400_000 * day
            for number in range(A_DAY):
                at_ms += round(1_000 * pace_s * chance.lognormvariate(0, 0.1))
                if number == 30:
                    waits.append((at_ms + 600_000, at_ms, crane, "no truck"))
                    at_ms += 600_000
                place = "CALL 0110282"
                lifts.append((at_ms, at_ms - 40_000, crane, f"B{number}", "truck", "T01", "ship", place))
    with folder.writing():
        tables = {name: columns_of(TABLE_BY_NAME[name], rows) for name, rows in (("lifts", lifts), ("waits", waits))}
        folder.append(tables, "made", Source(1, ZERO_MS))
    return HistoryFolder(root)


def learned(subject: Subject, folder: HistoryFolder, judged: int = 3) -> TimesCard:
    return learn(subject, folder, LAST, days=DAYS, judged=judged, effort=QUICK)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> HistoryFolder:
    return worked_days(tmp_path_factory.mktemp("times") / "h")


@pytest.fixture(scope="module")
def card(folder: HistoryFolder) -> TimesCard:
    return learned(QUAY_CRANES, folder)


def test_each_crane_is_known_by_its_own_pace_without_what_it_waited(card: TimesCard) -> None:
    assert card.is_used
    assert "It is used." in card.reason
    assert card.times_s == pytest.approx(PACE_S, rel=0.05)
    assert card.waits_s["learned"] < card.waits_s["plain"]
    assert card.saved_s is not None
    assert card.saved_s[1] > 0


def test_nine_of_ten_times_fall_into_their_intervals(card: TimesCard) -> None:
    assert card.covered == pytest.approx(0.9, abs=0.06)


def test_times_that_changed_places_are_switched_off_and_nobody_waits_longer(folder: HistoryFolder) -> None:
    card = learned(shuffled_times(QUAY_CRANES), folder)
    assert not card.is_used
    assert card.times_s == {}
    assert card.waits_s["learned"] == card.waits_s["plain"]
    assert "The plain rule is used." in card.reason


def test_what_was_true_and_is_no_more_has_drifted(folder: HistoryFolder) -> None:
    def read(*span: date) -> tuple[list[Seen], tuple[str, ...]]:
        found, notes = QUAY_CRANES.read(folder, *span[1:])
        is_late = span[-1] == LAST
        turned = {"QC1": "QC3", "QC2": "QC2", "QC3": "QC1"}
        return [
            seen._replace(words=(seen.words[0], turned[seen.words[1]], *seen.words[2:])) if is_late else seen
            for seen in found
        ], notes

    card = learned(QUAY_CRANES._replace(read=read), folder)  # type: ignore[arg-type]
    assert card.has_drifted
    assert not card.is_used


@pytest.mark.parametrize("subject", [QUAY_CRANES, YARD_CRANES, TRUCKS, ETAS])
def test_a_site_without_a_history_says_so_and_uses_the_plain_rule(subject: Subject, tmp_path: Path) -> None:
    card = learned(subject, HistoryFolder.made(tmp_path / "h"))
    assert not card.is_used
    assert "too little history" in card.reason


def test_the_same_history_gives_the_same_card(folder: HistoryFolder, card: TimesCard) -> None:
    assert learned(QUAY_CRANES, folder) == card


def test_ships_of_services_with_a_lateness_of_their_own_are_awaited_by_it(tmp_path: Path) -> None:
    history = HistoryFolder.made(tmp_path / "h")
    ships = unlike_ships(25, days=140)
    with history.writing():
        append_arrivals(history, ships, "made", len(ships))
    today = FIRST_DAY.date() + timedelta(140)
    card = learn(ETAS, history, today, days=110, judged=30, effort=QUICK)
    assert card.is_used, card.reason
    assert card.error_s["learned"] < card.error_s["plain"] / 2
    blind = learn(shuffled_times(ETAS), history, today, days=110, judged=30, effort=QUICK)
    assert blind.waits_s["plain"] - blind.waits_s["learned"] < card.waits_s["plain"] - card.waits_s["learned"]


@settings(max_examples=25)
@given(st.lists(st.floats(1, 500), min_size=4, max_size=30), st.floats(-200, 200))
def test_a_margin_that_is_wrong_for_all_costs_nothing(took_s: list[float], off_s: float) -> None:
    """Both rules may have a margin: one that is off by the same everywhere is as good as one that is right."""
    seen = [Seen(f"day {n % 2}", "QC1", ("load", "QC1"), (), took) for n, took in enumerate(took_s)]
    plain = np.full(len(took_s), float(np.mean(took_s)))
    waits = crane_waits(QUAY_CRANES._replace(steps=1), seen, {"plain": plain, "learned": plain + off_s})
    for day, waited in waits["plain"].items():
        assert waits["learned"][day] == pytest.approx(waited, abs=0.01)


@settings(max_examples=25)
@given(st.lists(st.floats(1, 500), min_size=4, max_size=30))
def test_who_foretells_everything_lets_nobody_wait_longer(took_s: list[float]) -> None:
    seen = [Seen("day", "B1", ("give", "B1"), (), took) for took in took_s]
    plain = np.full(len(took_s), float(np.mean(took_s)))
    waits = crane_waits(YARD_CRANES, seen, {"plain": plain, "learned": np.array(took_s)})
    assert sum(waits["learned"]["day"]) <= sum(waits["plain"]["day"]) + 0.01


def test_new_machines_are_foretold_as_others_are() -> None:
    chance = Random(3)
    seen = [Seen("d", "QC1", ("load", f"QC{n % 3}"), (n % 3,), 100 + chance.random()) for n in range(300)]
    times = fit(seen, QUAY_CRANES, effort=QUICK)
    told = times.mean_s([Seen("d", "QC9", ("restow", "QC9"), (0,), 0.0)])
    assert told[0] == pytest.approx(100.5, abs=2)


def test_spans_that_are_none_are_refused(folder: HistoryFolder) -> None:
    with pytest.raises(DataError, match="one day or more"):
        learn(QUAY_CRANES, folder, LAST, days=0)


def test_a_plan_counts_with_learned_cycles_while_they_are_used(tmp_path: Path, card: TimesCard) -> None:
    write_terminal(make_terminal(blocks=2, quay_cranes=2), tmp_path / "terminal.json")
    own = read_terminal(tmp_path / "terminal.json")
    cards.keep(tmp_path, QUAY_CRANES.name, card)
    first = own.quay_cranes[0].id
    told = write_crane_times(tmp_path, tmp_path)
    assert told[0] == card.reason
    changed = {crane.id: crane.cycle_s for crane in read_terminal(tmp_path / "terminal.json").quay_cranes}
    assert changed == {c.id: round(card.times_s.get(c.id, c.cycle_s)) for c in own.quay_cranes}
    assert changed[first] != own.quay_cranes[0].cycle_s
    assert write_crane_times(tmp_path, tmp_path)[1] == "The terminal's times stay as they are."
    off = TimesCard(card.subject, "2099-01-01", "", card.recipe, 0, False, "It has worn off.")
    cards.keep(tmp_path, QUAY_CRANES.name, off)
    assert write_crane_times(tmp_path, tmp_path)[0] == "It has worn off."
    assert read_terminal(tmp_path / "terminal.json") == own


def test_yard_cranes_and_trucks_are_timed_from_trips_and_moves(tmp_path: Path) -> None:
    """A truck arrives at 100 s, its box hangs at 150 s and is down at 170 s; its move was given to it at 40 s."""
    folder = HistoryFolder.made(tmp_path / "h")
    ms = [ZERO_MS + 1_000 * s for s in (40, 100, 150, 170)]
    lift = (ms[3], ms[2], "YC1", "BOX", "truck", "T01", "yard", "B01-02-03-1")
    rows: dict[str, list[tuple[object, ...]]] = {
        "trips": [(ms[0], ms[1], "T01", "S1", "S2", 3, "")],
        "lifts": [lift],
        "moves": [(ms[3], ms[0], ms[0], "M1", "discharge", "CALL", "QC1", "T01", 1)],
    }
    with folder.writing():
        tables = {name: columns_of(TABLE_BY_NAME[name], found) for name, found in rows.items()}
        folder.append(tables, "made", Source(1, ZERO_MS))
    span = (FIRST_DAY.date(), FIRST_DAY.date() + timedelta(1))
    (yard,), _ = YARD_CRANES.read(folder, *span)
    assert (yard.words, yard.took_s) == (("take", "B01"), 50.0)
    (truck,), _ = TRUCKS.read(folder, *span)
    assert (truck.words, truck.took_s) == (("discharge", "QC1"), 130.0)
    assert datetime.fromisoformat(truck.day).replace(tzinfo=UTC) == FIRST_DAY
