"""Queues of quay cranes as they stand, and the papers of a plan as it is on the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cabria.console.app import app
from cabria.console.desks.papers import PAPERS
from cabria.console.desks.plan_picture import crane_apart
from cabria.console.settings import ConsoleSettings
from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.domain.terminal import Terminal

from .conftest import TINY, log_in


@pytest.fixture(scope="module")
def desk(made_plans: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One server, and one process with the plan on its desk, for all papers."""
    state = tmp_path_factory.mktemp("papers")
    settings = ConsoleSettings(
        store=state / "console.sqlite", needs_login=False, has_desk_ready=False, names=("testserver",), static=state
    )
    with TestClient(app(None, made_plans, settings)) as client:
        yield client


@given(gap=st.integers(0, 20))
def test_cranes_keep_whole_bays_of_40_feet_apart_and_never_stand_in_one(gap: int) -> None:
    terminal = Terminal("Here", "PECHY", 400_000, (), (), crane_gap_bays=gap)
    assert crane_apart(terminal) - 4 * gap == 4


def test_the_queues_at_the_quay_are_those_of_the_plan_that_is_worked(
    running: TestClient, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> None:
    call, plan = tiny_at_small
    told = log_in(running, "viewer").get("/api/v1/live/queues").json()
    assert {queue["crane"]: queue["kind"] for queue in told["queues"]} == {
        queue.crane: [step.kind for step in queue.steps] for queue in plan.queues
    }
    (queue,) = told["queues"]
    assert queue["call"] == call.id
    assert 0 <= queue["done"] <= queue["released"] <= len(queue["kind"])
    assert all(end <= start for end, start in zip(queue["end_s"], queue["start_s"][1:], strict=False))
    assert {len(column) for name, column in queue.items() if isinstance(column, list)} == {len(queue["kind"])}


@pytest.mark.parametrize("paper", PAPERS)
def test_each_paper_is_a_pdf_of_the_plan(desk: TestClient, paper: str) -> None:
    answer = desk.get(f"/api/v1/plans/{TINY}/papers/{paper}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_papers_after_an_edit_are_of_the_plan_as_it_is_now(served: TestClient) -> None:
    before = served.get(f"/api/v1/plans/{TINY}/papers/bay-sheets.pdf").content
    plan = served.get(f"/api/v1/plans/{TINY}").json()
    boxes = [box for box, flags in zip(plan["boxes"]["id"], plan["boxes"]["flags"], strict=True) if flags & 1]
    edits = ({"kind": "ashore", "container": box, "reason": "customs"} for box in boxes)
    said = [served.post(f"/api/v1/plans/{TINY}/edits", json={"edit": edit}).status_code for edit in edits]
    assert 200 in said, "some box has nothing on it"
    assert served.get(f"/api/v1/plans/{TINY}/papers/bay-sheets.pdf").content != before


def test_a_paper_that_there_is_not_is_refused_with_those_that_there_are(desk: TestClient) -> None:
    answer = desk.get(f"/api/v1/plans/{TINY}/papers/menu.pdf")
    assert answer.status_code == 422
    assert "bay-sheets.pdf" in answer.json()["remedy"]
