"""The past seen again stands as it stood, and its figures are the referee's."""

from __future__ import annotations

import asyncio
import csv
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cabria.adapters.files.run_log import RunLogWriter
from cabria.adapters.journal.opening import open_journal
from cabria.adapters.running.kept_journal import KeptJournal
from cabria.console.app import app
from cabria.console.messages.past import AskTry, ShiftReport, Try
from cabria.console.past.attempt import Begun, tried
from cabria.console.past.attempts import Attempts
from cabria.console.past.film import Archive, Watched
from cabria.console.past.keeper import FinishedLog
from cabria.console.past.ledger import Ledger
from cabria.console.past.orders import PastDesk
from cabria.console.past.reel import Keyframes, Reel
from cabria.console.past.scene import Scene
from cabria.console.past.sources import begun_from
from cabria.console.past.table import as_csv
from cabria.console.settings import ConsoleSettings
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import RunEvent
from cabria.domain.stowage import BayPlan
from cabria.domain.yard import YardInventory
from cabria.experiments.layouts import small_layout
from cabria.operations.berthing import standing_ready
from cabria.operations.gateways import JournalStoppedError
from cabria.operations.journaling import JournaledControl
from cabria.operations.pictures import picture_of
from cabria.operations.running import OF_THE_LOG, Picture, RunningTerminal, Told
from cabria.operations.settings import Settings
from cabria.operations.whereabouts import Plotter
from cabria.referee.run_figures import RunCounter, figures_of
from cabria.twin.twin import Fleet, Twin

from .conftest import log_in

API = "/api/v1"
MINUTE_MS = 60_000
STEP_MS = 7 * MINUTE_MS
END_MS = 70 * MINUTE_MS
PATHS = ["/past", "/past/report", "/past/report.csv", "/past/film?from_ms=0&until_ms=60000", "/past/yard?at_ms=0"]


class _Nowhere:
    def record(self, event: RunEvent) -> None: ...


@dataclass
class Ran:
    """A run of the tiny call, with a picture of its board every seven minutes; a crane is out of service for ten."""

    call: VesselCall
    plan: LoadingPlan
    reel: Reel = field(init=False)
    pictures: dict[int, Picture] = field(default_factory=dict)
    places: dict[int, object] = field(default_factory=dict)
    log: list[RunEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        layout = standing_ready(small_layout(), self.call, self.plan)
        self.reel, kept, plotter = Reel(layout, [(self.call, self.plan)]), KeptJournal(), Plotter(layout)
        twin = Twin(layout, Settings(), Fleet(trucks=3), 0, log=_Nowhere(), journal=kept)
        control, heard = twin.control, 0
        assert isinstance(control, JournaledControl)
        control.take_stock(self.call.yard)
        control.berth(self.call, self.plan)
        for at_ms in range(STEP_MS, END_MS, STEP_MS):
            twin.run(at_ms)
            if at_ms == 3 * STEP_MS:
                control.take_out("YC02", "greased")
            elif at_ms == 5 * STEP_MS:
                control.put_back("YC02")
            for told in kept.read(heard, 10**9):
                heard = told.number
                if told.record.kind in OF_THE_LOG:
                    self.log.append(told.record.content)
                    self.reel.add(told.record.content)
                    plotter.hear(told.record.content)
            self.pictures[at_ms] = picture_of(control, heard, {}, {})
            self.places[at_ms] = plotter.plot(control.desk.board, at_ms)


@pytest.fixture(scope="module")
def ran(tiny_at_small: tuple[VesselCall, LoadingPlan]) -> Ran:
    return Ran(*tiny_at_small)


def test_every_moment_seen_again_stands_as_the_board_stood(ran: Ran) -> None:
    scenes = Keyframes(ran.reel, lambda: Scene(ran.reel.layout, ran.reel.calls, ran.reel.segments), every=40)
    scenes.keep_up()
    for at_ms, stood in ran.pictures.items():
        scene, _ = scenes.at(at_ms)
        again = scene.picture(stood.number, at_ms, ran.reel.waits)
        assert (again.boxes, again.stacks, again.calls) == (stood.boxes, stood.stacks, stood.calls)
        assert scene.whereabouts(at_ms) == ran.places[at_ms]
        for name, truck in stood.trucks.items():
            same = "stand", "is_driving", "move", "boxes", "charge_wh", "is_low", "is_charging", "out"
            assert [getattr(again.trucks[name], part) for part in same] == [getattr(truck, part) for part in same]
        for name, crane in stood.quay_cranes.items():
            same = "x_mm", "call", "done", "steps", "job", "containers", "out"
            seen = again.quay_cranes[name]
            assert [getattr(seen, part) for part in same] == [getattr(crane, part) for part in same]
        for name, lift in stood.yard_cranes.items():
            seen_lift = again.yard_cranes[name]
            assert (seen_lift.at_mm, seen_lift.job, seen_lift.out) == (lift.at_mm, lift.job, lift.out)


@given(at_ms=st.integers(0, END_MS), every=st.integers(1, 60))
@settings(max_examples=20)
def test_a_state_from_a_keyframe_is_the_state_from_the_beginning(ran: Ran, at_ms: int, every: int) -> None:
    kept = Keyframes(ran.reel, Tallied, every)
    kept.keep_up()
    once = Tallied()
    for event in ran.log:
        if event.at_ms <= at_ms:
            once.hear(event)
    assert kept.at(at_ms) == (once, once.count)


@dataclass
class Tallied:
    count: int = 0
    last: RunEvent | None = None

    def hear(self, event: RunEvent) -> None:
        self.count += 1
        self.last = event


def test_a_film_ends_where_a_film_that_begins_there_begins(ran: Ran) -> None:
    archive = Archive(ran.reel, 0)
    archive.keep_up()
    film = archive.film(5 * MINUTE_MS, 25 * MINUTE_MS, MINUTE_MS)
    end = archive.film(25 * MINUTE_MS, 26 * MINUTE_MS, MINUTE_MS).snapshot
    assert [changes.now_ms for changes in film.changes] == [minute * MINUTE_MS for minute in range(6, 26)]
    for part in ("trucks", "quay_cranes", "yard_cranes", "calls"):
        rows = {row.id: row for row in getattr(film.snapshot, part)}
        for changes in film.changes:
            rows |= {row.id: row for row in getattr(changes, part) or ()}
        assert list(rows.values()) == getattr(end, part)
    places = dict(zip(film.snapshot.positions.id, film.snapshot.positions.x_mm, strict=True))
    for changes in film.changes:
        if changes.positions is not None:
            places |= dict(zip(changes.positions.id, changes.positions.x_mm, strict=True))
    assert places == dict(zip(end.positions.id, end.positions.x_mm, strict=True))
    assert film.events
    watched = Watched.of(ran.reel)
    for event in ran.log:
        if event.at_ms <= 25 * MINUTE_MS:
            watched.hear(event)
    assert end.figures.moves == sum(watched.tally.handed_over.values())


def test_the_yard_of_a_moment_holds_what_stood_there(ran: Ran) -> None:
    archive = Archive(ran.reel, 0)
    archive.keep_up()
    yard = archive.yard(4 * STEP_MS)
    stood = ran.pictures[4 * STEP_MS].stacks
    assert sorted(yard.id) == sorted(box for stack in stood.values() for box in stack)


def test_figures_of_the_whole_run_are_the_referees(ran: Ran) -> None:
    ledger = Ledger(ran.reel)
    ledger.keep_up()
    referees = figures_of(ran.log, ran.reel.layout, [(ran.call, ran.plan)])
    assert ledger.figures(0, END_MS) == referees
    report = ledger.report(0, END_MS, 0)
    assert report.totals.moves == referees.moves == sum(crane.moves for crane in report.cranes)
    assert report.totals.gmph == referees.gross_moves_per_hour
    assert sum(map(sum, report.steps.moves)) == referees.moves
    assert sum(report.steps.kwh) == pytest.approx(sum(referees.wh.values()) / 1_000)
    assert sum(waiting.ms for waiting in report.waiting) == sum(
        sum(crane.waiting_ms.values()) for crane in referees.quay_cranes
    )


@given(from_ms=st.integers(1, END_MS // 2), long_ms=st.integers(MINUTE_MS, END_MS))
@settings(max_examples=15)
def test_figures_of_a_span_are_those_of_a_counter_that_counts_from_there(ran: Ran, from_ms: int, long_ms: int) -> None:
    ledger = Ledger(ran.reel)
    ledger.keep_up()
    counter, until_ms = RunCounter(ran.reel.layout, [(ran.call, ran.plan)]), from_ms + long_ms
    before = [event for event in ran.log if event.at_ms <= from_ms]
    for event in before:
        counter.hear(event)
    counter.count_from(from_ms)
    for event in ran.log[len(before) :]:
        if event.at_ms <= until_ms:
            counter.hear(event)
    assert ledger.figures(from_ms, until_ms) == counter.figures()


class _Stopped:
    """As much of a terminal as a try asks for, its journal in memory and out of reach."""

    journal = ""

    def entries(self, after: int) -> Iterator[Told]:
        raise JournalStoppedError("it stopped")


def test_a_try_that_cannot_be_begun_says_so_and_keeps_no_place_in_the_line() -> None:
    async def tried() -> Try:
        attempts, terminal = Attempts(), cast(RunningTerminal, _Stopped())
        begun = attempts.begin(AskTry(trucks=1), terminal, b"", "ana")
        (job,) = (task for task in asyncio.all_tasks() if task.get_name() == f"try {begun.id}")
        await job
        return attempts.one(begun.id)

    told = asyncio.run(tried())
    assert told.state == "failed"
    assert told.problem is not None
    assert told.problem.code == "journal-stopped"


def test_a_journal_that_is_written_and_entries_handed_over_tell_the_same(
    tmp_path: Path, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> None:
    call, plan = tiny_at_small
    address, kept = str(tmp_path / "terminal.journal"), KeptJournal()
    with open_journal(address) as journal:
        for into in (journal, kept):
            twin = Twin(standing_ready(small_layout(), call, plan), Settings(), Fleet(trucks=2), 0, journal=into)
            assert isinstance(twin.control, JournaledControl)
            twin.control.take_stock(call.yard)
            twin.control.berth(call, plan)
            twin.run(20 * MINUTE_MS)
        journal.wait(journal.written)
        read, handed = PastDesk(), PastDesk()
        read.do("begin", {"journal": address, "zero_utc_ms": 7}, _nobody)
        handed.do("begin", {"zero_utc_ms": 7}, _nobody)
        entries = list(kept.read(0, 10**9))
        for some in (entries[:100], entries[100:]):
            handed.do("take", {"entries": pickle.dumps(some)}, _nobody)
        for verb, asked in (
            ("span", {}),
            ("report", {"from_ms": 5 * MINUTE_MS, "until_ms": 15 * MINUTE_MS}),
            ("film", {"from_ms": 9 * MINUTE_MS, "until_ms": 10 * MINUTE_MS, "every_ms": 1_000}),
            ("yard", {"at_ms": 9 * MINUTE_MS}),
        ):
            answers = [desk.do(verb, {"msgpack": True, **asked}, _nobody).answer for desk in (read, handed)]
            assert answers[0] == answers[1]
    handed.do("begin", {}, _nobody)
    with pytest.raises(DataError, match="goes back to entry 3"):
        handed.do("take", {"entries": pickle.dumps(entries[2:])}, _nobody)


def _nobody(phase: str, share: float | None, text: str) -> None:
    """Nobody is told how far it is."""


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, made_plans: object, ran: Ran) -> Iterator[TestClient]:
    """A server over the run's log alone; nobody need log in."""
    folder = tmp_path_factory.mktemp("past")
    with RunLogWriter(folder / "run.jsonl.gz") as log:
        for event in ran.log:
            log.record(event)
    options = ConsoleSettings(
        store=folder / "console.sqlite",
        has_desk_ready=False,
        names=("testserver",),
        static=folder / "static",
        needs_login=False,
        time_zone="America/Lima",
    )
    shown = FinishedLog(str(folder / "run.jsonl.gz"), ran.reel.layout, ((ran.call, ran.plan),))
    with TestClient(app(None, folder, options, log=shown)) as client:
        yield client


def test_a_finished_log_is_shown_without_a_terminal(past: TestClient, ran: Ran) -> None:
    session = past.get(API + "/session").json()
    assert (session["has_past"], session["time_zone"]) == (True, "America/Lima")
    told = past.get(API + "/past").json()
    assert (told["events"], told["until_ms"]) == (len(ran.log), ran.log[-1].at_ms)
    assert [call["id"] for call in told["calls"]] == [ran.call.id]
    assert past.get(API + "/ground").json()["name"] == ran.reel.layout.name
    report = past.get(API + "/past/report").json()
    rows = list(csv.reader(StringIO(past.get(API + "/past/report.csv").text)))
    assert ["total", "", "moves", str(report["totals"]["moves"]), ""] in rows
    assert all(len(row) == 5 for row in rows)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_a_ship_called_like_a_formula_is_reckoned_out_by_no_spreadsheet(past: TestClient, name: str) -> None:
    report = msgspec.convert(past.get(API + "/past/report").json(), ShiftReport)
    report.calls[0].vessel = name
    cells = [row[3] for row in csv.reader(StringIO(as_csv(report), newline="")) if row[:3:2] == ["call", "vessel"]]
    assert cells == [f"'{name}"]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("/past/report?from_ms=900000000", "query.from_ms"),
        ("/past/report?from_ms=5000&until_ms=5000", "query.from_ms"),
        ("/past/film?from_ms=0&until_ms=0", "query.until_ms"),
        ("/past/film?from_ms=0&until_ms=999999999", "query.until_ms"),
        ("/past/film?from_ms=0", "query"),
        ("/past/film?from_ms=0&until_ms=10&every_ms=1", "query.every_ms"),
        ("/past/yard?at_ms=-1", "query.at_ms"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_with_its_place(past: TestClient, asked: str, place: str) -> None:
    answer = past.get(API + asked)
    assert answer.status_code == 422
    assert answer.json()["place"] == place


def test_a_running_terminals_past_goes_as_far_as_its_journal(running: TestClient, terminal: RunningTerminal) -> None:
    client = log_in(running, "viewer")
    told = client.get(API + "/past").json()
    assert [call["until_ms"] for call in told["calls"]] == [None]
    assert told["zero_utc_ms"] == terminal.zero_utc_ms
    assert client.get(API + "/past/yard?at_ms=0").json()["id"]
    assert "/past/film" not in [path for path in PATHS if client.get(API + path).status_code >= 500]


def test_without_a_terminal_and_a_log_there_is_no_past(served: TestClient) -> None:
    assert not served.get(API + "/session").json()["has_past"]
    for path in PATHS:
        assert served.get(API + path).status_code == 409


def begun_after(call: VesselCall, plan: LoadingPlan, minutes: int) -> Begun:
    kept = KeptJournal()
    twin = Twin(standing_ready(small_layout(), call, plan), Settings(), Fleet(trucks=3), 0, journal=kept)
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    twin.run(minutes * MINUTE_MS)
    return begun_from("", list(kept.read(0, 10**9)))


@pytest.fixture(scope="module")
def begun(tiny_at_small: tuple[VesselCall, LoadingPlan]) -> Begun:
    return begun_after(*tiny_at_small, minutes=8)


def test_a_try_of_what_is_so_already_comes_to_the_same(begun: Begun) -> None:
    told = tried(begun, AskTry(hours=1, policy="ours", seed=3), None, _nobody)
    assert told.as_is == told.changed
    assert told.as_is.moved[-1] > 0
    assert [call.left for call in told.as_is.calls] == [0]
    assert told.as_is.broken == 0


def test_a_crane_out_of_service_costs_as_long_as_it_is_out(begun: Begun) -> None:
    told = tried(begun, AskTry(hours=2, crane="QC1", crane_h=0.5, shares=False), None, _nobody)
    (as_is,), (changed,) = told.as_is.calls, told.changed.calls
    assert as_is.ends_ms is not None
    assert changed.ends_ms is not None
    assert 20 * MINUTE_MS < changed.ends_ms - as_is.ends_ms < 40 * MINUTE_MS
    assert told.changed.totals.moves == told.as_is.totals.moves == told.changed.moved[-1]
    assert (told.as_is.broken, told.changed.broken) == (0, 0)


@pytest.mark.parametrize(("trucks", "policy"), [(1, ""), (-1, "nearest")])
def test_other_trucks_and_other_ways_to_run_them_keep_the_rules(begun: Begun, trucks: int, policy: str) -> None:
    told = tried(begun, AskTry(hours=2, trucks=trucks, policy=policy), None, _nobody)
    assert told.changed.totals.trucks == 3 + max(0, trucks)
    assert (told.as_is.broken, told.changed.broken) == (0, 0)
    assert told.changed.moved[-1] == told.as_is.moved[-1]
    with pytest.raises(DataError, match="parking stands free"):
        tried(begun, AskTry(hours=1, trucks=400), None, _nobody)


def test_a_ship_comes_when_the_one_before_her_is_done_and_later_when_she_is_late(begun: Begun, ran: Ran) -> None:
    second = replace(ran.call, id="SECOND", arrival=BayPlan(()), loads=(), yard=YardInventory.of(()))
    plan = replace(ran.plan, loads={}, queues=tuple(replace(queue, steps=()) for queue in ran.plan.queues))
    asked = AskTry(hours=3, ship="second-plan", ship_in_h=0.0, ship_late_h=1.0)
    told = tried(begun, asked, (second, plan), _nobody)
    assert [call.call for call in told.as_is.calls] == [call.call for call in told.changed.calls] == ["SECOND"]


def test_a_try_is_taken_over_by_a_supervisor_and_by_nobody_else(running: TestClient, terminal: RunningTerminal) -> None:
    log_in(running, "viewer")
    assert running.post(API + "/tries", json={"crane": "QC1"}).status_code == 403
    log_in(running, "planner")
    for wrong, place in (({}, "body"), ({"crane": "QC99"}, "body.crane"), ({"hours": 99, "trucks": 1}, "body.hours")):
        refused = running.post(API + "/tries", json=wrong)
        assert (refused.status_code, refused.json()["place"]) == (422, place)
    told = running.post(API + "/tries", json={"crane": "QC1", "shares": False, "hours": 1, "crane_h": 0.5}).json()
    path = f"{API}/tries/{told['id']}"
    assert running.post(path + "/take-over", json={"cause": "as tried"}).status_code == 403
    while (told := running.get(path).json())["state"] in ("waiting", "running"):
        pass
    assert told["state"] == "done", told["text"]
    assert terminal.standing().quay_cranes["QC1"].out is None
    log_in(running, "supervisor")
    assert running.post(path + "/take-over", json={"cause": "as tried"}).json()["entry"] > 0
    assert running.post(path + "/take-over", json={"cause": "as tried"}).status_code == 409
    assert running.get(API + "/tries").json()["tries"][0]["taken_by"] == "supervisor"
    acts = running.get(API + "/audit?action=try.take-over").json()["rows"]
    assert [act["outcome"] for act in acts] == ["refused", "done", "refused"]
    assert running.delete(path).status_code == 200
    assert running.get(path).status_code == 422


def test_yesterdays_report_is_made_on_demand_in_every_language_and_on_paper(past: TestClient, ran: Ran) -> None:
    asked = f"/past/morning?from_ms=0&until_ms={END_MS}"
    told = {language: past.get(f"{API}{asked}&language={language}").json() for language in ("en", "es", "zh")}
    assert len({report["title"] for report in told.values()}) == 3
    assert {report["span"][:19] for report in told.values()} == {"1969-12-31 19:00 - "}, "a log without a date"
    assert all(report["span"].endswith(" America/Lima") for report in told.values())
    figures = {line["name"]: line["value"] for line in told["en"]["figures"]}
    moves = past.get(f"{API}/past/report?until_ms={END_MS}").json()["totals"]["moves"]
    assert figures["Containers between ship and shore"] == f"{moves:,}"
    assert {language: report["changes"] for language, report in told.items()} == {"en": [], "es": [], "zh": []}
    assert told["es"]["changes_none"] == "Nada costó a las grúas más de 5 minutos."
    with_shadow = past.get(f"{API}{asked}&shadow=true").json()
    assert with_shadow["saved"] != told["en"]["saved"]
    paper = past.get(f"{API}{asked.replace('morning', 'morning.pdf')}&language=zh")
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert past.get(f"{API}{asked}&language=de").status_code == 422
    empty = past.get(f"{API}/past/morning?from_ms={900 * MINUTE_MS}")
    assert empty.status_code == 422
