"""Training in the control room: sessions begun, played, injected into, branched and scored; they reach nothing live."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from cabria.adapters.journal.opening import open_journal
from cabria.console.app import _of_training, app
from cabria.console.live.alerts import alert_rows
from cabria.console.messages.training import BeginTraining
from cabria.console.people.roles import Role
from cabria.console.settings import ConsoleSettings
from cabria.console.training import academy, shelf
from cabria.console.training.academy import Academy, Room
from cabria.domain.errors import DataError
from cabria.operations.records import Command
from cabria.operations.running import BROKER, LinkPicture, Mode, RunningTerminal
from cabria.training.diary import Diary
from cabria.training.files import scenario_named
from cabria.training.playing import play
from cabria.training.run import TrainingRun
from cabria.training.scoring import Measured, measured
from cabria.training.script import may_all_sail
from cabria.training.start import prepared
from cabria.training.trainees import TraineeKind

from .conftest import log_in

API = "/api/v1/"
LONGEST_S, LOOK_S = 300.0, 0.25


def until(ask: Callable[[], Any]) -> Any:
    """What is asked for, as soon as it is there; the server's own threads work meanwhile."""
    for _ in range(int(LONGEST_S / LOOK_S)):
        if (found := ask()) is not None:
            return found
        time.sleep(LOOK_S)
    raise AssertionError("it did not come")


def academy_of(client: TestClient) -> Academy:
    academy = client.app.state.office.academy  # type: ignore[attr-defined]
    assert isinstance(academy, Academy)
    return academy


def opened(client: TestClient, scenario: str) -> Room:
    told = client.post(API + "training/sessions", json={"scenario": scenario})
    assert told.status_code == 202, told.text
    room = academy_of(client).room(told.json()["id"])
    until(lambda: room if room.told.state != "preparing" else None)
    assert room.told.state == "open", room.told.text
    return room


@pytest.fixture
def supervisor(running: TestClient) -> TestClient:
    return log_in(running, Role.SUPERVISOR)


def test_a_session_is_played_injected_into_branched_and_scored_and_reaches_nothing_else(
    supervisor: TestClient, terminal: RunningTerminal
) -> None:
    client, before = supervisor, terminal.standing().number
    assert [row["level"] for row in client.get(API + "training/scenarios").json()["scenarios"]] == list(range(1, 13))
    room = opened(client, "first-steps")
    inside = f"/{room.told.address}api/v1/"
    client.headers["X-Cabria-Csrf"] = client.get(inside + "session").json()["csrf"]
    assert client.get(inside + "session").json()["mode"] == Mode.TRAINING
    assert client.get(inside + "live/snapshot").json()["mode"] == Mode.TRAINING

    # the wire is the same, and no machine's is
    assert room.terminal is not None
    assert room.terminal is not terminal
    with client.websocket_connect(inside + "stream?format=json") as stream:
        assert stream.receive_json()["mode"] == Mode.TRAINING

    assert client.post(inside + "live/speed", json={"speed": 101}).status_code == 409
    assert client.post(inside + "live/speed", json={"speed": 100}).status_code == 200
    seen = until(lambda: client.get(inside + "training/here").json() if _now(client, inside) > 240_000 else None)
    assert client.post(inside + "live/speed", json={"speed": 0}).status_code == 200
    (alarm,) = seen["alarms"]
    assert (alarm["fault"], alarm["answered_ms"]) == ("notice", None)
    alert = next(row for row in client.get(inside + "live/snapshot").json()["alerts"] if row["id"].isdigit())
    assert client.post(inside + "live/see-alert", json={"alert": alert["id"]}).status_code == 200
    assert client.post(inside + "training/snapshots", json={"name": "before"}).status_code == 200
    assert client.post(inside + "training/snapshots", json={"name": "before"}).status_code == 422

    assert client.post(inside + "training/inject", json={"fault": "wind stop", "minutes": 10}).status_code == 200
    assert client.post(inside + "training/inject", json={"fault": "earthquake"}).status_code == 422
    refused = client.post(inside + "training/inject", json={"fault": "quay crane down", "machine": "QC99"})
    assert (refused.status_code, refused.json()["place"]) == (422, "machine")
    assert client.post(inside + "training/notes", json={"text": "saw it at once"}).status_code == 200
    now = client.get(inside + "training/here").json()
    assert [one["fault"] for one in now["alarms"]] == ["notice", "wind stop"]
    assert now["alarms"][0]["answered_ms"] is not None
    assert [one["text"] for one in now["notes"]] == ["saw it at once"]
    assert [one["verb"] for one in now["acts"]] == ["acknowledge_alert"]

    branched = client.post(inside + "training/branches", json={"snapshot": "before"}).json()
    other = f"/{branched['address']}api/v1/"
    assert branched["parent"] == room.told.id
    assert [one["fault"] for one in client.get(other + "training/here").json()["alarms"]] == ["notice"]

    assert client.get(inside + "training/report").status_code == 409
    assert client.post(inside + "training/finish").status_code == 202
    report = until(lambda: answer.json() if (answer := client.get(inside + "training/report")).is_success else None)
    assert [one["fault"] for one in report["policy_alarms"]] == ["notice", "wind stop"], "the policy met the wind too"
    assert report["policy"] > report["total"] > 0
    assert sum(line["points"] for line in report["lines"]) == pytest.approx(report["total"])
    theirs = client.get(f"/{report['theirs']}api/v1/past").json()
    assert theirs["until_ms"] > now["now_ms"]
    assert client.post(inside + "live/speed", json={"speed": 1}).status_code == 409

    reaches_nothing_else(client, terminal, academy_of(client).room(branched["id"]))
    log_in(client, Role.SUPERVISOR)
    assert client.delete(API + f"training/sessions/{branched['id']}").status_code == 200
    assert client.get(other + "training/here").status_code == 404
    assert terminal.standing().number == before, "the server's own terminal heard nothing of it"


def reaches_nothing_else(client: TestClient, terminal: RunningTerminal, room: Room) -> None:
    """Tried by acts on machines that both have, by paths that climb out, by sessions inside a session; and who is no
    supervisor does not instruct."""
    inside, before = f"/{room.told.address}api/v1/", terminal.standing().number
    assert client.post(inside + "live/take-out", json={"machine": "QC1", "cause": "tried"}).status_code == 200
    assert client.post(inside + "live/hold-queue", json={"crane": "QC1", "reason": "tried"}).status_code == 200
    assert terminal.standing().quay_cranes["QC1"].out is None
    assert not terminal.standing().quay_cranes["QC1"].held
    assert client.post(inside + "training/sessions", json={"scenario": "first-steps"}).status_code == 409
    for path in ("/training/none/api/v1/live/snapshot", f"/training/{room.told.id}%2f..%2f..%2fapi/v1/live/snapshot"):
        assert client.get(path).status_code == 404
    for scenario in ("../../terminal", "/etc/passwd", "site.toml", "no-such"):
        assert client.post(API + "training/sessions", json={"scenario": scenario}).status_code in (403, 422)
    log_in(client, Role.DISPATCHER)
    assert client.get(inside + "training/here").json()["coming"] == []
    assert client.post(inside + "training/inject", json={"fault": "wind stop"}).status_code == 403
    assert client.post(inside + "training/notes", json={"text": "mine"}).status_code == 403
    assert client.post(inside + "training/snapshots", json={"name": "mine"}).status_code == 200
    office = room.app.state.office if room.app is not None else None
    assert office is not None
    assert office.terminal is room.terminal
    assert office.academy is None
    assert terminal.standing().number == before


def test_a_planner_answers_a_changed_list_with_another_plan_that_is_worked_from_then_on(
    settings: ConsoleSettings, tmp_path: Path
) -> None:
    """The planner's own process makes it from how the session stands; what was aboard stays, the list is answered."""
    with TestClient(app(None, tmp_path, replace(settings, needs_login=False))) as client:
        trusted(client, "/api/v1/")
        room = opened(client, "load-list")
        inside = f"/{room.told.address}api/v1/"
        trusted(client, inside)
        until(lambda: True if room.terminal is not None else None)
        assert room.terminal is not None
        room.terminal.between_inputs(lambda run: run.run(9 * 60_000)).result(LONGEST_S)
        (alarm,) = client.get(inside + "training/here").json()["alarms"]
        boxes = alarm["values"]["boxes"].split(", ")
        assert "work_by" in alarm["answers"]
        (row,) = client.get(inside + "plans").json()["plans"]
        assert row["is_live"]
        plan = f"{inside}plans/{row['id']}"
        task = client.post(plan + "/replan", json={"from_work": True, "shut_out": boxes})
        assert task.status_code == 202, task.text
        ended = until(lambda: _ended(client, inside + f"tasks/{task.json()['id']}"))
        assert ended["state"] == "done", ended
        proposed = client.get(plan + "/proposal").json()
        assert client.post(plan + "/proposal", json={"revision": proposed["revision"]}).status_code == 200
        assert client.get(inside + "training/here").json()["alarms"][0]["answered_ms"] is None, "nobody works by it yet"
        given = client.post(inside + "live/commit", json={"plan": row["id"]})
        assert given.status_code == 200, given.text
        now = client.get(inside + "training/here").json()
        assert [act["verb"] for act in now["acts"]] == ["work_by"]
        assert now["alarms"][0]["answered_ms"] is not None

        def to_its_end(run: TrainingRun) -> Measured:
            while not run.is_over:
                run.run(run.now_ms + 60_000)
                for call in may_all_sail(run.control):
                    run.do(Command("sail", (call,)), "ana")
            return measured(run, prepared(run.scenario.start))

        found = room.terminal.between_inputs(to_its_end).result(LONGEST_S)
        assert found.broken == ()
        assert found.answers[0].in_time
        late = client.post(inside + "live/commit", json={"plan": row["id"]})
        assert (late.status_code, late.json()["code"]) == (409, "session-over")


def test_a_session_begins_from_an_hour_of_the_terminals_journal_with_its_ships_and_plans(
    settings: ConsoleSettings, tmp_path: Path
) -> None:
    journal = tmp_path / "terminal.journal"
    before = play(replace(scenario_named("first-steps"), lasts_min=20.0), TraineeKind.IDLE)
    with closing(open_journal(str(journal))) as writer:
        for told in before.kept.read(0, before.kept.durable):
            writer.append(told.record)
        writer.wait(writer.written)
    place = Academy(partial(_of_training, replace(settings, needs_login=False)), tmp_path / "training")
    with pytest.raises(DataError, match="No file keeps"):
        place.begin(BeginTraining("wind", from_h=0.2), "ana", "postgresql://quay/cabria")

    async def begun() -> None:
        place.open()
        told = place.begin(BeginTraining("wind", from_h=0.2), "ana", str(journal))
        room = place.room(told.id)
        assert room.job is not None
        await room.job
        assert room.told.state == "open", room.told.text
        stands = await room.view(tells_all=True)
        assert 11 * 60_000 < stands.begins_ms <= 12 * 60_000
        assert (room.plans / "ship" / "call.toml").exists()
        assert (room.plans / "ship-plan" / "plan.json").exists()
        await place.end()

    asyncio.run(begun())


def _ended(client: TestClient, task: str) -> dict[str, Any] | None:
    found: dict[str, Any] = client.get(task).json()
    return None if found["state"] in ("waiting", "running") else found


def _now(client: TestClient, inside: str) -> int:
    return int(client.get(inside + "training/here").json()["now_ms"])


def test_a_killed_server_comes_back_to_its_sessions(
    settings: ConsoleSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on the disk while it runs is what a killed one leaves."""
    monkeypatch.setattr(academy, "KEEP_S", 0.1)
    here = replace(settings, needs_login=False)
    with TestClient(app(None, tmp_path, here)) as client:
        trusted(client, "/api/v1/")
        room = opened(client, "first-steps")
        inside = f"/{room.told.address}api/v1/"
        trusted(client, inside)
        assert client.post(inside + "training/snapshots", json={"name": "before"}).status_code == 200
        assert client.post(inside + "live/speed", json={"speed": 100}).status_code == 200
        until(lambda: True if _now(client, inside) > 60_000 else None)
        assert client.post(inside + "live/speed", json={"speed": 0}).status_code == 200
        stood = client.get(inside + "training/here").json()
        kept = room.folder / "session.pickle"
        until(lambda: True if TrainingRun.branch(kept.read_bytes()).now_ms == stood["now_ms"] else None)
        (settings.store.parent / "training" / "never-begun").mkdir()
        shutil.copytree(settings.store.parent / "training", tmp_path / "after" / "training")
        beside = shelf.Shelf(settings.store.parent / "training")
        beside.open()
        assert beside.folder != settings.store.parent / "training", "one server keeps its sessions there"
        beside.close()
        assert not beside.folder.exists()
    spoilt = tmp_path / "after" / "training" / "spoilt"
    shutil.copytree(room.folder, spoilt)
    told = msgspec.json.decode((spoilt / "kept.json").read_bytes())
    told["session"]["id"] = "spoilt"
    (spoilt / "kept.json").write_bytes(msgspec.json.encode(told))
    (spoilt / "session.pickle").write_bytes(b"cut off")
    with TestClient(app(None, tmp_path, replace(here, store=tmp_path / "after" / "console.sqlite"))) as client:
        rows = until(lambda: settled(client))
        states = {row["id"]: (row["state"], row["is_back"]) for row in rows}
        assert states == {room.told.id: ("open", True), "spoilt": ("failed", True)}
        trusted(client, inside)
        again = client.get(inside + "training/here").json()
        assert again == {**stood, "snapshots": again["snapshots"]}
        assert [one["name"] for one in again["snapshots"]] == ["before"]
        assert client.post(inside + "training/branches", json={"snapshot": "before"}).status_code == 202
        assert not (tmp_path / "after" / "training" / "never-begun").exists()
        trusted(client, "/api/v1/")
        for row in rows:
            assert client.delete(API + f"training/sessions/{row['id']}").status_code == 200
            assert not (tmp_path / "after" / "training" / row["id"]).exists()


def test_nothing_that_a_person_did_is_lost_with_a_killed_server(
    settings: ConsoleSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session itself is kept only as it began; what was done since is in its diary, to the last act."""
    monkeypatch.setattr(academy, "KEEP_S", 3_600.0)
    here = replace(settings, needs_login=False)
    with TestClient(app(None, tmp_path, here)) as client:
        trusted(client, "/api/v1/")
        room = opened(client, "first-steps")
        inside = f"/{room.told.address}api/v1/"
        trusted(client, inside)
        assert room.terminal is not None
        for until_ms, act, body in (
            (130_500, "live/hold-queue", {"crane": "QC1", "reason": "to think"}),
            (260_001, "training/inject", {"fault": "wind stop", "minutes": 3}),
            (300_000, "live/take-out", {"machine": "NOBODY", "cause": "tired"}),
            (310_000, "live/release-queue", {"crane": "QC1"}),
            (500_000, "training/notes", {"text": "took his time"}),
        ):
            room.terminal.between_inputs(lambda run, until_ms=until_ms: run.run(until_ms)).result(LONGEST_S)
            assert client.post(inside + act, json=body).status_code in (200, 404, 409, 422)
        stood = client.get(inside + "training/here").json()
        assert [act["verb"] for act in stood["acts"]] == ["hold_queue", "take_out", "release_queue"]
        kept = TrainingRun.branch((room.folder / "session.pickle").read_bytes())
        assert (kept.now_ms, kept.acts) == (0, [])
        shutil.copytree(settings.store.parent / "training", tmp_path / "after" / "training")
        diary = tmp_path / "after" / "training" / room.told.id / shelf.DIARY
        with diary.open("ab") as file:
            file.write(b"\x00\x00\x01\x00cut off")
    with TestClient(app(None, tmp_path, replace(here, store=tmp_path / "after" / "console.sqlite"))) as client:
        (row,) = until(lambda: settled(client))
        assert row["state"] == "open", row["text"]
        trusted(client, inside)
        assert client.get(inside + "training/here").json() == stood
        assert client.post(inside + "training/notes", json={"text": "and goes on"}).status_code == 200
        assert [deed.what for deed in Diary(diary).read(0)] == ["do", "inject", "do", "do", "note", "note"]


def settled(client: TestClient) -> list[dict[str, Any]] | None:
    """The sessions, when none is being made ready."""
    found: list[dict[str, Any]] = client.get(API + "training/sessions").json()["sessions"]
    return None if any(row["state"] == "preparing" for row in found) else found


def trusted(client: TestClient, inside: str) -> None:
    client.headers["X-Cabria-Csrf"] = client.get(inside + "session").json()["csrf"]


def test_outside_a_session_there_is_nothing_to_inject_into(supervisor: TestClient) -> None:
    answer = supervisor.post(API + "training/inject", json={"fault": "wind stop"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-training")


def test_with_the_broker_lost_nobody_is_told_of_each_machine_besides(terminal: RunningTerminal) -> None:
    def lost(*names: str) -> list[str]:
        links = {name: LinkPicture(name, name not in names, 0) for name in (BROKER, "T01", "QC1")}
        rows = alert_rows(terminal.standing()._replace(links=links), [], "")
        return [row.machine for row in rows if row.code == "link-lost"]

    assert lost() == []
    assert lost("T01", "QC1") == ["T01", "QC1"]
    assert lost(BROKER, "T01", "QC1") == [BROKER]
