"""Plans over the API, in real worker processes: what dies there stops nothing here."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import signal
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cabria.adapters.files.plan_json import read_plan
from cabria.bootstrap import read_call
from cabria.bootstrap.twin import twin_running
from cabria.console.api.endpoint import PREFIX
from cabria.console.app import app
from cabria.console.messages.ship import Task
from cabria.console.settings import ConsoleSettings
from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.experiments.layouts import small_layout
from cabria.referee.judge import judge
from cabria.twin.twin import Fleet

from .conftest import TINY

PLAN = f"{PREFIX}/plans/{TINY}"


@pytest.fixture(scope="module")
def folder(made_plans: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(made_plans, tmp_path_factory.mktemp("served") / "plans"))


@pytest.fixture(scope="module")
def desk(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> Iterator[TestClient]:
    """One server for all tests of this file, with a terminal in which nothing is berthed yet."""
    call, _ = tiny_at_small
    state = tmp_path_factory.mktemp("state")
    settings = ConsoleSettings(
        store=state / "console.sqlite", needs_login=False, has_desk_ready=False, names=("testserver",), static=state
    )
    terminal = twin_running(small_layout(), fleet=Fleet(trucks=2), speed=0.0, yard=call.yard)
    try:
        with TestClient(app(terminal, folder, settings)) as client:
            client.headers["X-Cabria-Csrf"] = client.get(PREFIX + "/session").json()["csrf"]
            yield client
    finally:
        terminal.end()


def loads(plan: dict[str, Any]) -> list[str]:
    boxes = plan["boxes"]
    return [box for box, flags in zip(boxes["id"], boxes["flags"], strict=True) if flags & 1]


def slots(plan: dict[str, Any]) -> dict[str, int]:
    return dict(zip(plan["boxes"]["id"], plan["departure"], strict=True))


def an_exchange(plan: dict[str, Any]) -> dict[str, Any]:
    """Of two loads side by side on deck, which nothing forbids."""
    one, other = loads(plan)[:2]
    return {"kind": "exchange", "one": one, "other": other}


def test_a_plan_is_told_as_its_files_say(desk: TestClient, folder: Path) -> None:
    plan = desk.get(PLAN).json()
    call = read_call(folder / "tiny")
    on_file = read_plan(folder / TINY / "plan.json", call)
    assert set(loads(plan)) == {box.id for box in call.loads}
    assert {box: slot for box, slot in slots(plan).items() if box in on_file.loads} == {
        box: int(str(slot)) for box, slot in on_file.loads.items()
    }
    assert [len(queue["kind"]) for queue in plan["queues"]] == [len(queue.steps) for queue in on_file.queues]
    assert all(len(column) == len(plan["boxes"]["id"]) for column in (plan["arrival"], plan["departure"]))


def test_the_ship_is_told_with_every_slot_and_may_be_kept(desk: TestClient, folder: Path) -> None:
    answer = desk.get(PLAN + "/vessel")
    vessel, profile = answer.json(), read_call(folder / "tiny").vessel
    assert len(vessel["cells"]["tier"]) == sum(len(stack.cells) for bay in profile.bays for stack in bay.stacks)
    assert desk.get(PLAN + "/vessel", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    import msgspec

    packed = msgspec.msgpack.decode(desk.get(PLAN + "/vessel?format=msgpack").content)
    assert packed == vessel


def test_an_edit_is_priced_taken_undone_and_done_again(desk: TestClient) -> None:
    before = desk.get(PLAN).json()
    edit = an_exchange(before)
    price = desk.post(PLAN + "/price", json={"edit": edit}).json()
    assert desk.get(PLAN).json() == before
    news = desk.post(PLAN + "/edits", json={"edit": edit, "revision": before["revision"]}).json()
    assert news["price"] == price
    assert {before["boxes"]["id"][n] for n in news["moved"]} == {edit["one"], edit["other"]}
    after = desk.get(PLAN).json()
    assert slots(after)[edit["one"]] == slots(before)[edit["other"]]
    assert desk.post(PLAN + "/undo", json={}).status_code == 200
    assert slots(desk.get(PLAN).json()) == slots(before)
    assert desk.post(PLAN + "/redo", json={"revision": "another"}).status_code == 409
    assert desk.post(PLAN + "/redo", json={}).status_code == 200
    assert slots(desk.get(PLAN).json()) == slots(after)
    assert desk.post(PLAN + "/undo", json={}).json()["can_undo"] is False


def test_what_the_referee_forbids_is_refused_with_its_findings(desk: TestClient) -> None:
    plan = desk.get(PLAN).json()
    answer = desk.post(PLAN + "/edits", json={"edit": {"kind": "move", "container": loads(plan)[0], "to": "0010290"}})
    assert answer.status_code == 422
    assert slots(desk.get(PLAN).json()) == slots(plan)


def test_a_wish_is_an_edit_that_can_be_withdrawn(desk: TestClient) -> None:
    plan = desk.get(PLAN).json()
    box = loads(plan)[0]
    asked = {"kind": "pin", "container": box, "to": f"{slots(plan)[box]:07}", "reason": "the captain asks"}
    news = desk.post(PLAN + "/edits", json={"edit": asked}).json()
    assert [(pin["kind"], pin["container"], pin["reason"]) for pin in news["pins"]] == [
        ("pin", box, "the captain asks")
    ]
    assert news["pins"][0]["by"]
    withdrawn = desk.post(PLAN + "/edits", json={"edit": {"kind": "withdraw", "at": 0}}).json()
    assert withdrawn["pins"] == []


def test_a_desk_that_is_killed_is_set_up_again(desk: TestClient) -> None:
    office = desk.app.state.office  # type: ignore[attr-defined]
    before = desk.get(PLAN).json()
    os.kill(office.desk.pid, signal.SIGKILL)
    answers = [desk.get(PLAN) for _ in range(2)]
    assert answers[0].status_code in (200, 503)
    assert answers[-1].json() == before


def test_a_planner_that_is_killed_leaves_its_last_plan_and_operations_go_on(desk: TestClient, folder: Path) -> None:
    asked = {"effort": "thorough", "name": "killed"}
    task = desk.post(PLAN + "/plan", json=asked).json()
    made = folder / "tiny-plan-killed" / "plan.json"
    call = read_call(folder / "tiny")
    pid = waited(desk, lambda: made.is_file() and read_plan(made, call).queues and now(desk, task).pid)
    os.kill(pid, signal.SIGKILL)
    waited(desk, lambda: now(desk, task).state == "failed")
    assert "best plan so far is kept" in now(desk, task).text
    assert judge(call, read_plan(made, call)).hard_by_plan == ()
    taken = desk.post(PREFIX + "/live/take-out", json={"machine": "T01", "cause": "tyre"})
    assert taken.json()["entry"] > 0
    assert desk.post(PREFIX + "/live/put-back", json={"machine": "T01"}).status_code == 200
    committed = desk.post(PREFIX + "/live/commit", json={"plan": "tiny-plan-killed"})
    assert committed.status_code == 200, committed.text
    again = desk.post(PREFIX + "/live/commit", json={"plan": TINY})
    assert again.status_code == 409


def test_a_planner_that_takes_too_long_is_ended(desk: TestClient) -> None:
    tasks = desk.app.state.office.tasks  # type: ignore[attr-defined]
    tasks._limit_s, before = 0.2, tasks._limit_s
    task = desk.post(PLAN + "/plan", json={"effort": "thorough", "name": "late"}).json()
    waited(desk, lambda: now(desk, task).state == "failed")
    tasks._limit_s = before
    assert "longer than" in now(desk, task).text
    assert now(desk, task).pid == 0


def test_a_call_folder_comes_as_a_zip(desk: TestClient, folder: Path) -> None:
    answer = desk.post(PREFIX + "/uploads?name=again", content=zipped(folder / "tiny"))
    assert answer.status_code == 201, answer.text
    assert answer.json()["id"] == "again-plan"
    rows = {row["id"]: row for row in desk.get(PREFIX + "/plans").json()["plans"]}
    assert rows["again-plan"]["has_plan"] is False
    assert rows["again-plan"]["vessel"] == read_call(folder / "again").vessel.name
    assert desk.get(PREFIX + "/plans/again-plan").json()["has_plan"] is False


@pytest.mark.parametrize("name", ["../out.toml", "/etc/call.toml", "a/b/call.toml", ".hidden", ".", "界" * 90])
def test_a_zip_that_leads_elsewhere_is_refused(desk: TestClient, folder: Path, name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, b"x")
    answer = desk.post(PREFIX + "/uploads?name=bad", content=content.getvalue())
    assert answer.status_code == 422
    assert not (folder / "bad").exists()
    assert not list(folder.glob(".cabria-*"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_a_nameless_part_or_with_two_of_one_name_is_refused(desk: TestClient) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("call.toml", b"x")
        archive.writestr("call.toml", b"y")
    bodies = content.getvalue(), content.getvalue().replace(b"call.toml", b"\0all.toml")
    assert [desk.post(PREFIX + "/uploads?name=odd", content=body).status_code for body in bodies] == [422, 422]


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_that_is_packed_in_a_way_that_may_want_any_memory_is_refused(desk: TestClient, packing: int) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        archive.writestr("call.toml", bytes(range(256)) * 40)
    damaged = content.getvalue()[:60] + bytes(40) + content.getvalue()[100:]
    bodies = content.getvalue(), damaged
    assert [desk.post(PREFIX + "/uploads?name=odd", content=body).status_code for body in bodies] == [422, 422]


def test_a_zip_larger_than_it_says_or_none_at_all_is_refused(desk: TestClient) -> None:
    settings = desk.app.state.office.settings  # type: ignore[attr-defined]
    office = desk.app.state.office  # type: ignore[attr-defined]
    office.settings = replace(settings, max_unpacked_bytes=10_000)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("call.toml", b"0" * 1_000_000)
    answers = [desk.post(PREFIX + "/uploads?name=bomb", content=body) for body in (content.getvalue(), b"no zip", b"")]
    office.settings = settings
    assert [answer.status_code for answer in answers] == [422, 422, 422]


def now(desk: TestClient, task: dict[str, Any]) -> Task:
    """How far a task is."""
    return desk.app.state.office.tasks.task(task["id"])  # type: ignore[attr-defined, no-any-return]


def waited(desk: TestClient, until: Callable[[], Any]) -> Any:
    """Wait in the server's loop until something in another process is so."""

    async def look() -> Any:
        while not (found := until()):
            await asyncio.sleep(0.01)
        return found

    assert desk.portal is not None
    return desk.portal.call(look)


def zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return content.getvalue()


def test_a_box_that_is_not_taken_is_a_proposal_which_a_person_signs(desk: TestClient) -> None:
    plan = desk.get(PLAN).json()
    box = max(loads(plan), key=lambda box: (slots(plan)[box] % 100, box))  # nothing stands on it
    task = desk.post(PLAN + "/replan", json={"shut_out": [box]}).json()
    waited(desk, lambda: now(desk, task).state == "done")
    assert now(desk, task).text.startswith("Proposed: ")
    proposal = desk.get(PLAN + "/proposal").json()
    assert (proposal["revision"], box in proposal["title"]) == (plan["revision"], True)
    assert desk.get(PLAN).json()["revision"] == plan["revision"]
    assert desk.post(PLAN + "/proposal", json={"revision": "another"}).status_code == 409
    news = desk.post(PLAN + "/proposal", json={"revision": plan["revision"]})
    assert news.status_code == 200, news.text
    assert "replan" in news.json()["log"][-1]["what"]
    assert slots(desk.get(PLAN).json())[box] == 0
    assert desk.get(PLAN + "/proposal").status_code == 404
    assert desk.post(PLAN + "/undo", json={}).status_code == 200
    assert slots(desk.get(PLAN).json())[box] == slots(plan)[box]
