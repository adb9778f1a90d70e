"""Berth plans over the API: a ship moved on trial, committed, and brought back, in a real worker process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cabria.adapters.files.berth_json import read_case, read_plan
from cabria.adapters.files.berth_log import BerthLog, BerthState, read_log, write_log
from cabria.bootstrap.berth_folders import CASE, LOG, PLAN
from cabria.console.api.endpoint import PREFIX
from cabria.console.app import app
from cabria.console.settings import ConsoleSettings
from cabria.domain.berthing import BerthPlan
from cabria.domain.errors import DataError
from cabria.referee.berthing import judge_berthing

BERTHS, WEEK = f"{PREFIX}/berths", f"{PREFIX}/berths/week-plan"
SHIPS = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("berths")


@pytest.fixture(scope="module")
def desk(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One server for all tests of this file, with a made week and its plan."""
    state = tmp_path_factory.mktemp("state")
    settings = ConsoleSettings(
        store=state / "console.sqlite", needs_login=False, has_desk_ready=False, names=("testserver",), static=state
    )
    with TestClient(app(None, folder, settings)) as client:
        client.headers["X-Cabria-Csrf"] = client.get(PREFIX + "/session").json()["csrf"]
        made = client.post(BERTHS, json={"name": "week", "ships": SHIPS, "seed": 3})
        assert made.status_code == 201, made.text
        planned = client.post(f"{BERTHS}/week/plan", json={"seconds": 1.0})
        assert planned.status_code == 201, planned.text
        yield client


def page(desk: TestClient) -> Any:
    answer = desk.get(WEEK)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tried(desk: TestClient, ship: str, position_mm: int, start_min: int, **more: Any) -> Any:
    move = {"ship": ship, "position_mm": position_mm, "start_min": start_min}
    answer = desk.post(f"{WEEK}/try", json={"moves": [move], "seconds": 1.0, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_page_shows_what_the_files_say_and_the_referee_finds(desk: TestClient, folder: Path) -> None:
    told = page(desk)
    case, plan = read_case(folder / "week-plan" / CASE), read_plan(folder / "week-plan" / PLAN)
    assert [stay["ship"] for stay in told["choice"]["stays"]] == [stay.ship for stay in plan.stays]
    assert sum(told["choice"]["costs"].values()) == pytest.approx(judge_berthing(case, plan).cost)
    rows = {row["id"]: row for row in desk.get(BERTHS).json()["berths"]}
    assert rows["week-plan"]["has_plan"]
    assert rows["week"]["plan"] == "week-plan"
    assert rows["week"]["ships"] == SHIPS


def test_a_ship_dragged_upon_another_is_forbidden_and_nothing_is_changed(desk: TestClient) -> None:
    told = page(desk)
    first, second = told["choice"]["stays"][:2]
    trial = tried(desk, second["ship"], first["position_mm"], first["start_min"])
    assert trial["forbidden"] == trial["broken"]["text"]
    assert trial["broken"] == next(row for row in trial["choice"]["findings"] if row["severity"] == "hard")
    assert "hard" in {finding["severity"] for finding in trial["choice"]["findings"]}
    taken = desk.post(f"{WEEK}/take", json={"trial": trial["trial"], "revision": trial["revision"]})
    assert taken.status_code == 409
    assert taken.json()["findings"] == [trial["broken"]]
    assert page(desk)["revision"] == told["revision"]


def test_planning_around_a_later_ship_keeps_her_there_and_costs_no_less(desk: TestClient) -> None:
    last = page(desk)["choice"]["stays"][-1]
    later_min = last["start_min"] + 6 * 60
    around = tried(desk, last["ship"], last["position_mm"], later_min, replans=True)
    assert around["forbidden"] == ""
    moved = next(stay for stay in around["choice"]["stays"] if stay["ship"] == last["ship"])
    assert (moved["position_mm"], moved["start_min"]) == (last["position_mm"], later_min)
    assert last["ship"] in {row["ship"] for row in around["changes"]}
    assert sum(around["choice"]["costs"].values()) >= sum(around["costs_before"].values()) - 1e-6


def test_a_trial_is_committed_once_and_taken_back(desk: TestClient, folder: Path) -> None:
    before = page(desk)
    ship = before["choice"]["stays"][-1]
    step = before["ground"]["position_step_mm"]
    near = [ship["position_mm"] + sign * step for sign in (-1, 1)]
    trial = next(one for at in near if not (one := tried(desk, ship["ship"], at, ship["start_min"]))["forbidden"])
    body = {"trial": trial["trial"], "revision": trial["revision"]}
    after = desk.post(f"{WEEK}/take", json=body).json()
    assert [row["what"] for row in after["log"]] == [
        f"{ship['ship']} to {trial['choice']['stays'][-1]['position_mm'] / 1_000:g} m at {ship['start_min'] / 60:g} h"
    ]
    assert after["choice"]["stays"] == trial["choice"]["stays"]
    again = desk.post(f"{WEEK}/take", json=body)
    assert again.status_code == 409
    assert read_plan(folder / "week-plan" / PLAN) == read_log(folder / "week-plan" / LOG).plan
    undone = desk.post(f"{WEEK}/undo", json={"revision": after["revision"]}).json()
    assert undone["choice"] == before["choice"]
    assert undone["can_redo"]
    assert not undone["can_undo"]
    redone = desk.post(f"{WEEK}/redo", json={}).json()
    assert redone["choice"]["stays"] == after["choice"]["stays"]
    assert desk.post(f"{WEEK}/undo", json={}).status_code == 200


def test_a_case_comes_as_a_file_and_nonsense_is_refused_with_its_place(desk: TestClient, folder: Path) -> None:
    content = (folder / "week" / CASE).read_bytes()
    path = f"{PREFIX}/berth-uploads?name="
    header = {"Content-Type": "application/json"}
    assert desk.post(f"{path}theirs", content=content, headers=header).status_code == 201
    assert read_case(folder / "theirs" / CASE) == read_case(folder / "week" / CASE)
    for name, sent in (("theirs", content), ("../up", content), ("cut", content[:500]), ("empty", b"")):
        refused = desk.post(f"{path}{name}", content=sent, headers=header)
        assert refused.status_code == 422, refused.text
        assert refused.json()["detail"]
    assert not (folder / "cut").exists()
    for body in ({"moves": [{"ship": "NOBODY", "position_mm": 0, "start_min": 0}]}, {"moves": "all"}):
        assert desk.post(f"{WEEK}/try", json=body).status_code == 422
    assert desk.get(f"{BERTHS}/none").status_code == 422


def test_a_log_forgets_the_oldest_change_but_never_the_plan_as_it_was_made(tmp_path: Path) -> None:
    log = BerthLog((BerthState(BerthPlan(()), "", "", "as planned"),))
    for number in range(250):
        log = log.then(BerthState(BerthPlan(()), "somebody", "", str(number)))
    assert (log.states[0].what, log.states[-1].what) == ("as planned", "249")
    write_log(log.undone(), tmp_path / LOG)
    assert read_log(tmp_path / LOG) == log.undone()
    (tmp_path / LOG).write_text('{"format": "cabria.berth-log/1", "at": 3, "states": []}')
    with pytest.raises(DataError, match="states"):
        read_log(tmp_path / LOG)
