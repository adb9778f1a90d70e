"""What a history teaches: used where it is worth something, switched off where it is not, and the reason told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from threading import Event

import msgspec
import pytest
from tests.twin.test_twin import planned

from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.stays import MONDAY, read_visits, write_visits
from cabria.bootstrap.twin import twin_running
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.gate_visits import Appointment
from cabria.domain.road_visits import Brought
from cabria.domain.run_events import RulesChanged
from cabria.experiments.ground_plan import lay_out
from cabria.experiments.learning import cards
from cabria.experiments.learning.departures import SUBJECT, Card, again, learn
from cabria.experiments.learning.half_year import make_half_year, shuffled
from cabria.experiments.learning.running import Foreteller
from cabria.experiments.learning.worth import Interval
from cabria.experiments.yard_history import make_history
from cabria.operations.learned import DEPARTURES
from cabria.operations.records import Command
from cabria.operations.running import Accepted
from cabria.planning.yard.forecast.problem import YardVisit
from cabria.planning.yard.forecast.solve import Params
from cabria.twin.twin import Fleet

LAST = MONDAY.date() + timedelta(60)
QUICK = Params(rounds=8, spans=8, leaves=7)


def history(root: Path, visits: list[YardVisit]) -> HistoryFolder:
    folder = HistoryFolder.made(root)
    write_visits(folder, visits, "made")
    return HistoryFolder(root)


@pytest.fixture(scope="module")
def made() -> list[YardVisit]:
    return list(make_history(6_000, 3))


@pytest.fixture(scope="module")
def card(made: list[YardVisit], tmp_path_factory: pytest.TempPathFactory) -> Card:
    return learn(history(tmp_path_factory.mktemp("history") / "h", made), LAST, days=45, judged=20, params=QUICK)


def test_visits_come_back_from_a_history_as_they_went_in(made: list[YardVisit], tmp_path: Path) -> None:
    folder = history(tmp_path / "h", made)
    found, notes = read_visits(folder, MONDAY.date(), MONDAY.date() + timedelta(500))
    assert sorted(found, key=repr) == sorted(made, key=repr)
    assert not [note for note in notes if "Left out" in note]


def test_what_is_worth_something_is_used_and_says_how_much(card: Card) -> None:
    assert card.is_used
    assert card.saved is not None
    assert card.saved[1] > 0
    assert card.rehandles["learned"] < min(card.rehandles["levelling"], card.rehandles["incumbent"])
    assert "It is used." in card.reason


def test_where_there_is_nothing_to_learn_it_is_switched_off_and_nothing_gets_worse(
    made: list[YardVisit], tmp_path: Path
) -> None:
    card = learn(history(tmp_path / "h", shuffled(made)), LAST, days=45, judged=20, params=QUICK)
    assert not card.is_used
    assert "does not tell when they leave" in card.reason
    assert card.rehandles["learned"] == card.rehandles["ours alone"]


def test_what_was_true_once_and_is_no_more_has_drifted(made: list[YardVisit], card: Card, tmp_path: Path) -> None:
    begin_s = 40 * 86_400
    later = shuffled([visit for visit in made if visit.arrived_s >= begin_s])
    changed = [visit for visit in made if visit.arrived_s < begin_s] + later
    drifted = learn(history(tmp_path / "h", changed), LAST, days=45, judged=20, params=QUICK)
    assert drifted.has_drifted
    assert not card.has_drifted
    assert not drifted.is_used
    assert drifted.version == card.version, "what changed lies after what was learned"


@pytest.mark.parametrize("boxes", [0, 30])
def test_a_site_without_a_history_says_so_and_uses_the_plain_rules(tmp_path: Path, boxes: int) -> None:
    folder = history(tmp_path / "h", list(make_history(boxes, 1))) if boxes else HistoryFolder.made(tmp_path / "h")
    card = learn(folder, LAST)
    assert not card.is_used
    assert "too little history" in card.reason
    cards.keep(tmp_path, SUBJECT, card)
    assert cards.read(tmp_path, SUBJECT, Card) == [card]


def test_the_same_history_gives_the_same_card(made: list[YardVisit], card: Card, tmp_path: Path) -> None:
    again = learn(history(tmp_path / "h", made), LAST, days=45, judged=20, params=QUICK)
    assert msgspec.structs.replace(again, notes=card.notes) == card


def test_cards_are_kept_by_day_and_broken_ones_are_named(card: Card, tmp_path: Path) -> None:
    file = cards.keep(tmp_path, SUBJECT, card)
    assert cards.read(tmp_path, SUBJECT, Card) == [card]
    for broken in (file.read_bytes()[:100], b'{"day":"\xff"}'):
        file.write_bytes(broken)
        with pytest.raises(DataError, match=file.name):
            cards.read(tmp_path, SUBJECT, Card)


def test_spans_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="one day or more"):
        learn(HistoryFolder.made(tmp_path), date(2026, 1, 1), days=0)


def test_a_week_of_the_coarse_twin_has_visits_as_they_were_known() -> None:
    visits = make_half_year(300_000, days=7)
    assert visits == sorted(visits, key=lambda visit: visit.arrived_s)
    assert {visit.leaves_by for visit in visits} == {"vessel", "truck"}
    assert all((visit.vessel_due_s is not None) == (visit.leaves_by == "vessel") for visit in visits)
    assert max(visit.left_s or 0 for visit in visits) <= 7 * 86_400


def test_an_interval_of_one_block_says_nothing() -> None:
    assert Interval.of([0.5]).low == float("-inf")
    interval = Interval.of([0.5, 0.7, 0.6])
    assert interval.low < 0.6 < interval.high


def test_a_running_terminal_is_told_when_the_boxes_of_its_ship_leave_while_that_is_used(
    made: list[YardVisit], card: Card, tmp_path: Path
) -> None:
    """A card that is used, then one that is not: what was foretold is forgotten, and the log says why."""
    call, plan = planned()
    history(tmp_path / "h", made)
    cards.keep(tmp_path / "h", SUBJECT, card)
    terminal = twin_running(lay_out(call.terminal), [(call, plan)], fleet=Fleet(trucks=2), speed=0.01)
    try:
        foreteller = Foreteller(tmp_path / "h", terminal, params=QUICK)
        foreteller.look()
        foreteller.look()
        off = msgspec.structs.replace(card, day="2099-01-01", is_used=False, reason="It has worn off.")
        cards.keep(tmp_path / "h", SUBJECT, off)
        foreteller.look()
        foreteller.look()
        told = [t.record.content for t in terminal.entries(0) if isinstance(t.record.content, (Command, RulesChanged))]
    finally:
        terminal.end()
    commands = [content for content in told if isinstance(content, Command) and content.verb == "foretell"]
    assert [len(command.arguments[0]) for command in commands] == [len(call.discharges), 0]
    reasons = [event.reason for event in told if isinstance(event, RulesChanged) and event.rule == DEPARTURES]
    assert reasons == [c.arguments[1] for c in commands]
    assert card.version in commands[0].arguments[1]
    assert commands[1].arguments[1] == "It has worn off."
    for points in commands[0].arguments[0].values():
        assert points[-1] > 0


def test_boxes_that_road_trucks_bring_are_foretold_as_they_are_booked(
    made: list[YardVisit], card: Card, tmp_path: Path
) -> None:
    call, plan = planned()
    history(tmp_path / "h", made)
    cards.keep(tmp_path / "h", SUBJECT, card)
    terminal = twin_running(lay_out(call.terminal), [(call, plan)], fleet=Fleet(trucks=2), speed=0.01)
    try:
        foreteller = Foreteller(tmp_path / "h", terminal, params=QUICK)
        foreteller.look()
        booked = Appointment("V1", 3_600_000, 7_200_000, Brought(ContainerId("EXPORT"), 40, 9_000))
        assert isinstance(terminal.ask(Command("book", (booked,)), by="gate").result(60), Accepted)
        for _ in range(200):
            if not terminal.standing().visits:
                Event().wait(0.05)
        foreteller.look()
        foreteller.look()
        told = [t.record.content for t in terminal.entries(0)]
    finally:
        terminal.end()
    commands = [content.arguments[0] for content in told if getattr(content, "verb", "") == "foretell"]
    assert [set(found) for found in commands[1:]] == [{"EXPORT"}]
    assert commands[1]["EXPORT"][0] >= 3_600_000


def test_a_model_is_made_again_only_from_what_it_was_learned_from(
    made: list[YardVisit], card: Card, tmp_path: Path
) -> None:
    folder = history(tmp_path / "h", made[1_000:])
    with pytest.raises(DataError, match="is not what it was"):
        again(folder, card, QUICK)
