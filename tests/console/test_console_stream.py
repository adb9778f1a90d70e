"""The stream: a snapshot and changes that add up to the next snapshot, and clients that are slow or come back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cabria.bootstrap.twin import twin_running
from cabria.console.api.endpoint import PREFIX
from cabria.console.live.feed import Feed
from cabria.console.live.stream import LINE, REMEMBERED, Stream
from cabria.console.messages import live as m
from cabria.console.people.roles import Role
from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import Aboard
from cabria.domain.yard import YardInventory
from cabria.experiments.layouts import small_layout
from cabria.operations.records import Command
from cabria.operations.running import OF_THE_LOG, Accepted, Refused, RunningTerminal
from cabria.referee.run_figures import figures_of
from cabria.twin.twin import Fleet

from .conftest import log_in

LISTS = ("calls", "trucks", "quay_cranes", "yard_cranes", "moves", "alerts")


def let_go(terminal: RunningTerminal, until_ms: int, speed: float = 2_000.0) -> None:
    """Let the twin's time go on to a point or, on a busy machine, `speed` times its stutter further; stand there."""
    assert terminal.go_at(speed).ok
    while terminal.now_ms < until_ms or terminal.standing().now_ms < until_ms:
        asyncio.run(asyncio.sleep(0.005))
    terminal.go_at(0.0)
    while terminal.speed or terminal.standing().now_ms != terminal.now_ms:
        asyncio.run(asyncio.sleep(0.005))


def applied(state: dict[str, Any], changes: dict[str, Any]) -> None:
    """As a page does it."""
    gone = set(changes.get("gone") or ())
    for part in LISTS:
        rows = {row["id"]: row for row in state[part] if row["id"] not in gone}
        rows |= {row["id"]: row for row in changes.get(part) or ()}
        state[part] = list(rows.values())
    for part in ("figures", "at_gate", "speed", "problem", "tasks"):
        if changes.get(part) is not None:
            state[part] = changes[part]
    if moved := changes.get("positions"):
        state["positions"] = spots(state["positions"]) | spots(moved)
    state["number"] = changes["number"]


def spots(positions: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """By machine; once applied they are so already."""
    if "id" not in positions:
        return positions
    columns = (positions[column] for column in ("x_mm", "y_mm", "heading_mrad"))
    return dict(zip(positions["id"], zip(*columns, strict=True), strict=True))


def as_page(message: Any) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(message))
    return said


def test_changes_add_up_to_the_next_snapshot(terminal: RunningTerminal) -> None:
    feed = Feed(terminal)
    state = as_page(feed.snapshot)
    state["positions"] = spots(state["positions"])
    for until_ms in range(60_000, 1_500_000, 160_000):
        let_go(terminal, until_ms)
        applied(state, as_page(feed.look()))
        now = as_page(feed.snapshot)
        now["positions"] = spots(now["positions"])
        for part in (*LISTS, "figures", "positions", "number"):
            keyed = part in LISTS
            told, wanted = state[part], now[part]
            assert (
                {row["id"]: row for row in told} == {row["id"]: row for row in wanted} if keyed else told == wanted
            ), part


def test_boxes_are_told_where_they_were_set_down(
    terminal: RunningTerminal, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> None:
    call, plan = tiny_at_small
    feed = Feed(terminal)
    places: dict[str, str] = {}
    for until_ms in (400_000, 900_000, 2_500_000):
        let_go(terminal, until_ms)
        boxes = feed.look().boxes
        if boxes is not None:
            places |= dict(zip(boxes.id, boxes.place, strict=True))
    loaded = {str(box): str(Aboard(call.id, slot)) for box, slot in plan.loads.items()}
    assert loaded.items() <= places.items()
    (row,) = feed.snapshot.calls
    assert (row.done, row.done_boxes) == (row.total, row.total_boxes)


def test_figures_of_the_stream_are_those_of_the_referee(
    terminal: RunningTerminal, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> None:
    feed = Feed(terminal)
    for until_ms in (400_000, 700_000, 1_000_000, 2_500_000):
        let_go(terminal, until_ms)
        feed.look()
        log = [told.record.content for told in terminal.entries(0) if told.record.kind in OF_THE_LOG]
        judged, told = figures_of(log, terminal.layout, [tiny_at_small]), feed.snapshot.figures
        assert told.moves == judged.moves
        assert told.rehandles == judged.rehandles
        assert told.gmph == pytest.approx(judged.gross_moves_per_hour, abs=0.01)
        assert told.rehandle_ratio == pytest.approx(judged.rehandle_ratio, abs=1e-4)
    assert told.moves > 0


def test_who_comes_late_is_told_what_was_before(terminal: RunningTerminal) -> None:
    early = Feed(terminal)
    let_go(terminal, 900_000)
    early.look()
    late = Feed(terminal)
    assert as_page(late.snapshot)["figures"] == as_page(early.snapshot)["figures"]


def test_a_queue_that_is_held_stands_still_until_it_is_released(running: TestClient, terminal: RunningTerminal) -> None:
    client = log_in(running, Role.DISPATCHER)
    held = client.post(PREFIX + "/live/hold-queue", json={"crane": "QC1", "reason": "the chief officer asks"})
    assert held.status_code == 200, held.text
    again = client.post(PREFIX + "/live/hold-queue", json={"crane": "QC1", "reason": "again"})
    assert again.status_code == 409
    let_go(terminal, 3_000_000)
    crane = terminal.standing().quay_cranes["QC1"]
    assert (crane.done < crane.steps, crane.held) == (True, "the chief officer asks")
    assert client.post(PREFIX + "/live/release-queue", json={"crane": "QC1"}).status_code == 200
    let_go(terminal, 6_000_000)
    crane = terminal.standing().quay_cranes["QC1"]
    assert crane.done == crane.steps


def test_a_step_is_left_out_a_box_hurried_and_a_bay_without_another_crane_stays(
    running: TestClient, terminal: RunningTerminal
) -> None:
    client = log_in(running, Role.SUPERVISOR)
    let_go(terminal, 100_000, speed=200.0)
    last = terminal.standing().quay_cranes["QC1"].queue[-2]
    (box,) = last.containers
    skipped = client.post(PREFIX + "/live/skip-step", json={"crane": "QC1", "what": box, "reason": "no papers"})
    assert skipped.status_code == 200, skipped.text
    assert skipped.json()["entry"] > 0
    again = client.post(PREFIX + "/live/skip-step", json={"crane": "QC1", "what": box, "reason": "no papers"})
    assert (again.status_code, box in again.json()["detail"]) == (409, True)
    given = client.post(PREFIX + "/live/give-bay", json={"crane": "QC1", "bay": last.bay, "to": "QC2", "reason": "x"})
    assert (given.status_code, "QC2" in given.json()["detail"]) == (409, True)
    hurried = next(iter(terminal.standing().moves.values())).containers[0]
    assert client.post(PREFIX + "/live/hurry", json={"box": hurried, "reason": "late"}).status_code == 200
    let_go(terminal, 6_000_000)
    picture = terminal.standing()
    assert (picture.quay_cranes["QC1"].done, isinstance(picture.boxes[last.containers[0]], YardPosition)) == (
        picture.quay_cranes["QC1"].steps,
        True,
    )
    rows = client.get(PREFIX + "/audit", params={"user": Role.SUPERVISOR}).json()["rows"]
    told = [(row["action"], row["outcome"]) for row in rows if row["action"].startswith("live.")]
    assert told == [("live.move", "done"), *[("live.queue", "refused")] * 2, ("live.queue", "done")]


class Still:
    """A feed in which nothing happens but that it is looked at."""

    def __init__(self, snapshot: m.Snapshot) -> None:
        self.snapshot = snapshot

    def look(self) -> m.Changes:
        self.snapshot = msgspec.structs.replace(self.snapshot, number=self.snapshot.number + 1)
        return m.Changes(number=self.snapshot.number, now_ms=0)


@pytest.fixture(scope="module")
def snapshot() -> m.Snapshot:
    return m.Snapshot(
        number=0,
        mode="twin",
        now_ms=0,
        zero_utc_ms=0,
        speed=1.0,
        problem="",
        calls=[],
        trucks=[],
        quay_cranes=[],
        yard_cranes=[],
        moves=[],
        links=[],
        alerts=[],
        positions=m.Positions(id=[], x_mm=[], y_mm=[], heading_mrad=[]),
        figures=m.LiveFigures(
            moves=0,
            moves_last_hour=0,
            gmph=None,
            planned_gmph=None,
            crane_waiting_share=None,
            waiting_ms_by_cause={},
            rehandles=0,
            rehandle_ratio=None,
            truck_turn_ms=None,
            kwh=0.0,
            kwh_per_move=None,
            yard_fill=0.0,
            visitors_inside=0,
            visitors_waiting=0,
        ),
        at_gate=[],
        tasks=[],
    )


@given(st.lists(st.booleans(), max_size=4 * LINE))
def test_a_client_however_slow_sees_numbers_that_follow_or_a_snapshot(snapshot: m.Snapshot, turns: list[bool]) -> None:
    """Each turn is a look, and whether the client takes a frame then."""

    async def watch() -> None:
        stream = Stream(Still(snapshot), 200, 5)  # type: ignore[arg-type]
        client = stream.come(None)
        seen = (await stream.next(client)).number
        for takes in turns:
            stream.look()
            assert len(client.line) <= LINE
            if takes:
                frame = await stream.next(client)
                assert isinstance(frame.message, m.Snapshot) or frame.number == seen + 1
                assert frame.number >= seen
                seen = frame.number

    run(watch())


@given(st.integers(0, 2 * REMEMBERED), st.integers(0, 2 * REMEMBERED))
def test_who_comes_back_misses_nothing(snapshot: m.Snapshot, looks: int, after: int) -> None:
    async def come_back() -> None:
        stream = Stream(Still(snapshot), 200, 5)  # type: ignore[arg-type]
        for _ in range(looks):
            stream.look()
        client = stream.come(after)
        stream.look()
        frame = await stream.next(client)
        assert isinstance(frame.message, m.Snapshot) or frame.number == after + 1

    run(come_back())


def test_more_clients_than_allowed_are_sent_away(snapshot: m.Snapshot) -> None:
    async def crowd() -> None:
        stream = Stream(Still(snapshot), 200, 2)  # type: ignore[arg-type]
        first = stream.come(None)
        stream.come(None)
        with pytest.raises(OverflowError):
            stream.come(None)
        stream.go(first)
        stream.come(None)

    run(crowd())


def test_a_frame_is_encoded_once_for_all(snapshot: m.Snapshot) -> None:
    async def two() -> None:
        stream = Stream(Still(snapshot), 200, 5)  # type: ignore[arg-type]
        clients = [stream.come(None), stream.come(None)]
        frames = [await stream.next(client) for client in clients]
        assert frames[0].json is frames[1].json
        assert frames[0].msgpack is frames[1].msgpack

    run(two())


def test_pages_see_the_stream_in_either_form(running: TestClient) -> None:
    client = log_in(running, Role.VIEWER)
    with client.websocket_connect(PREFIX + "/stream?format=json") as socket:
        first = msgspec.json.decode(socket.receive_text(), type=m.StreamMessage)
        second = msgspec.json.decode(socket.receive_text(), type=m.StreamMessage)
    assert isinstance(first, m.Snapshot)
    assert isinstance(second, m.Changes)
    assert second.number == first.number + 1
    with client.websocket_connect(PREFIX + "/stream?format=msgpack") as socket:
        again = msgspec.msgpack.decode(socket.receive_bytes(), type=m.StreamMessage)
    assert isinstance(again, m.Snapshot)


def test_yard_and_ship_are_told_box_by_box(
    running: TestClient, terminal: RunningTerminal, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> None:
    call, _ = tiny_at_small
    client = log_in(running, Role.VIEWER)
    yard = client.get(PREFIX + "/live/yard").json()
    assert set(yard["id"]) == {box.id for box in call.yard}
    ship = client.get(PREFIX + f"/live/ship/{call.id}").json()
    aboard = {s.container.id: s.position for s in call.arrival}
    told = dict(zip(ship["id"], ship["slot"], strict=True))
    assert {box: StowPosition.parse(f"{slot:07}") for box, slot in told.items()} == aboard
    page = client.get(PREFIX + f"/live/boxes/{yard['id'][0]}").json()
    assert page["place"] == str(call.yard.by_container[yard["id"][0]].position)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_a_ship_that_has_sailed_is_not_berthed_anew_with_boxes_that_are_ashore(
    terminal: RunningTerminal, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> None:
    call, plan = tiny_at_small
    let_go(terminal, 3_000_000)
    assert isinstance(terminal.ask(Command("sail", (call.id,)), by="test").result(), Accepted)
    again = terminal.ask(Command("berth", (call, plan)), by="test").result()
    assert isinstance(again, Refused)
    assert "comes aboard" in again.reason
    let_go(terminal, 3_600_000)
    assert terminal.problem == ""


def test_a_load_that_is_not_there_keeps_its_crane_waiting_and_nothing_breaks(
    tiny_at_small: tuple[VesselCall, LoadingPlan],
) -> None:
    call, plan = tiny_at_small
    terminal = twin_running(small_layout(), [(call, plan)], fleet=Fleet(trucks=2), speed=0.0, yard=YardInventory())
    let_go(terminal, 3_000_000)
    crane = terminal.standing().quay_cranes["QC1"]
    assert terminal.problem == ""
    assert crane.done < crane.steps
    assert crane.waits_for == "box not released"
    terminal.end()
