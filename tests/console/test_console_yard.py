"""The yard over the API: the same boxes with what is expected of them, live and from a call folder."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cabria.bootstrap.twin import twin_running
from cabria.console.api.endpoint import PREFIX
from cabria.console.app import app
from cabria.console.live.lane_use import lane_use, machine_page
from cabria.console.settings import ConsoleSettings
from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import Aboard
from cabria.experiments.layouts import small_layout
from cabria.operations.running import RunningTerminal
from cabria.planning.dispatch.traffic.kernels import ENDLESS
from cabria.planning.dispatch.traffic.lane_book import Window
from cabria.twin.twin import Fleet

from .conftest import TINY, log_in

LIVE, PLANNED = f"{PREFIX}/live", f"{PREFIX}/plans/{TINY}"


def got(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def stacks_of(yard: Any) -> dict[tuple[int, int, int], list[str]]:
    """Boxes of each stack, bottom first."""
    found: dict[tuple[int, int, int], list[str]] = {}
    columns = (yard["tier"], yard["block"], yard["bay"], yard["row"], yard["id"])
    for _, block, bay, row, box in sorted(zip(*columns, strict=True)):
        found.setdefault((block, bay, row), []).append(box)
    return found


@pytest.fixture(scope="module")
def clock(tiny_at_small: tuple[VesselCall, LoadingPlan]) -> Iterator[RunningTerminal]:
    terminal = twin_running(small_layout(), [tiny_at_small], fleet=Fleet(trucks=2), speed=0.0)
    yield terminal
    terminal.end()


@pytest.fixture(scope="module")
def viewer(made_plans: Path, tmp_path_factory: pytest.TempPathFactory, clock: RunningTerminal) -> Iterator[TestClient]:
    """One server for all tests of this file; those that let time go on come last."""
    state = tmp_path_factory.mktemp("yard")
    settings = ConsoleSettings(
        store=state / "console.sqlite", needs_login=False, has_desk_ready=False, names=("testserver",), static=state
    )
    with TestClient(app(clock, made_plans, settings)) as client:
        yield client


def test_the_yard_of_the_call_folder_is_the_yard_before_the_first_lift(viewer: TestClient) -> None:
    live, planned = got(viewer, f"{LIVE}/yard"), got(viewer, f"{PLANNED}/yard")
    assert stacks_of(live) == stacks_of(planned)
    assert live["blocks"] == planned["blocks"]


@pytest.mark.parametrize("where", [LIVE, PLANNED])
def test_every_box_has_an_outlook_and_the_lowest_is_never_in_the_way(viewer: TestClient, where: str) -> None:
    yard, outlook = got(viewer, f"{where}/yard"), got(viewer, f"{where}/yard/outlook")
    assert sorted(outlook["id"]) == sorted(yard["id"])
    dug = dict(zip(outlook["id"], outlook["dug_pm"], strict=True))
    for stack in stacks_of(yard).values():
        assert dug[stack[0]] == 0
        assert all(0 <= dug[box] <= 1_000 for box in stack)


def test_loads_leave_in_the_order_of_the_plan(
    viewer: TestClient, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> None:
    _, plan = tiny_at_small
    outlook = got(viewer, f"{PLANNED}/yard/outlook")
    leaves = dict(zip(outlook["id"], outlook["leaves_ms"], strict=True))
    in_order = [box for queue in plan.queues for step in queue.steps for box in step.containers if box in leaves]
    assert in_order
    assert [leaves[box] for box in in_order] == sorted(leaves[box] for box in in_order)


@pytest.mark.parametrize("where", [LIVE, PLANNED])
def test_every_load_that_stands_in_the_yard_is_fetched_from_its_block_once(
    viewer: TestClient, tiny_at_small: tuple[VesselCall, LoadingPlan], where: str
) -> None:
    _, plan = tiny_at_small
    yard = got(viewer, f"{where}/yard")
    blocks = [block["id"] for block in yard["blocks"]]
    tasks = [task for block in blocks for task in got(viewer, f"{where}/yard/tasks/{block}")["tasks"]]
    fetched = sorted(task["box"] for task in tasks if task["kind"] == "fetch")
    assert fetched == sorted(set(plan.loads) & set(yard["id"]))
    for task in tasks:
        if task["kind"] == "dig":
            assert task["needed_for"] in fetched


def test_a_block_or_machine_that_is_not_there_is_told_so(viewer: TestClient) -> None:
    assert viewer.get(f"{LIVE}/yard/tasks/NONE").status_code == 422
    assert viewer.get(f"{PLANNED}/yard/tasks/NONE").status_code == 422
    assert viewer.get(f"{LIVE}/machines/NONE").status_code == 404


def test_a_box_that_has_left_the_yard_is_planned_no_more(
    viewer: TestClient, clock: RunningTerminal, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> None:
    _, plan = tiny_at_small
    blocks = [block.id for block in clock.layout.terminal.blocks]
    clock.go_at(1_000)
    while not (loaded := [b for b, at in clock.standing().boxes.items() if isinstance(at, Aboard) and b in plan.loads]):
        assert not clock.problem
    clock.go_at(0)
    tasks = [task for block in blocks for task in got(viewer, f"{LIVE}/yard/tasks/{block}")["tasks"]]
    assert not {task["box"] for task in tasks} & set(loaded)


def test_a_booked_segment_belongs_to_one_truck_at_a_time(viewer: TestClient, clock: RunningTerminal) -> None:
    clock.go_at(1_000)
    while clock.now_ms < 200_000:
        assert not clock.problem
    clock.go_at(0)
    use = got(viewer, f"{LIVE}/lanes")
    windows: dict[int, list[tuple[int, int]]] = {}
    for segment, enter_ms, leave_ms in zip(use["segment"], use["enter_ms"], use["leave_ms"], strict=True):
        windows.setdefault(segment, []).append((enter_ms, leave_ms if leave_ms >= 0 else 1 << 60))
    assert windows
    for booked in windows.values():
        booked.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(booked))
    trucks = set(use["truck"])
    page = got(viewer, f"{LIVE}/machines/{min(trucks)}")
    assert [one["enter_ms"] for one in page["way"]] == sorted(one["enter_ms"] for one in page["way"])


def test_what_was_granted_to_a_truck_on_the_wire_is_told_apart_from_what_is_only_booked(clock: RunningTerminal) -> None:
    picture = clock.standing()
    name, truck = next(iter(picture.trucks.items()))
    way = (Window(3, 0, 4_000), Window(5, 2_000, 6_000), Window(7, 4_000, 9_000), Window(9, 8_000, ENDLESS))
    told = truck._replace(way=way, left=1, leased=2)
    use = lane_use(picture._replace(trucks={name: told}), "ground", now_ms=60_000)
    assert (use.segment, use.is_leased) == ([5, 7, 9], [True, False, False])
    assert use.leave_ms == [6_000, 9_000, -1]
    by_time = lane_use(picture._replace(trucks={name: told._replace(leased=None)}), "ground", now_ms=5_000)
    assert (by_time.segment, by_time.is_leased) == ([5, 7, 9], [True, True, False])
    page = machine_page(name, clock.layout, picture._replace(trucks={name: told}), {})
    assert page is not None
    assert [(one.segment, one.is_leased) for one in page.way] == [
        (clock.layout.segments[number].id, number == 5) for number in (5, 7, 9)
    ]


def test_the_board_counts_the_yard_as_its_page_does(running: TestClient) -> None:
    log_in(running, "viewer")
    told = running.get("/api/v1/live/yard").json()
    teu = sum(1 if feet <= 30 else 2 for feet in told["length_ft"])
    slots = sum(block.slots for block in small_layout().terminal.blocks)
    assert teu > len(told["length_ft"])
    assert running.get("/api/v1/live/snapshot").json()["figures"]["yard_fill"] == round(teu / slots, 4)
