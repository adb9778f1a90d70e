"""Yard, quay, machines and the view in 3D, in a real browser: by keys alone, with what the server says behind them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.berths_by_hand import case, ship

from cabria.adapters.files.berth_json import read_plan, write_case, write_plan
from cabria.bootstrap.berth_folders import CASE, PLAN
from cabria.domain.berthing import BerthPlan
from cabria.planning.berth.problem import EFFORTS, BerthProblem
from cabria.planning.berth.solve import solve
from cabria.planning.search.stopping import MaxIterations

from .conftest import TINY, WAIT_MS, Office, Pictures, barriers, enter

WEEK = case(ship("A"), ship("B", wanted_position_mm=120_000), ship("C", eta_h=30, wanted_position_mm=120_000))
HIDDEN = "#solid/live"
SLOW_MS = WAIT_MS
"""A worker process may have to be started first."""


@pytest.fixture(scope="module")
def week(office: Office) -> Path:
    """A plan for three ships in the folder of the server."""
    folder = office.plans / "week-plan"
    folder.mkdir()
    write_case(WEEK, folder / CASE)
    write_plan(planned(), folder / PLAN)
    return folder


def planned() -> BerthPlan:
    return solve(BerthProblem.of(WEEK), MaxIterations(10**9), params=EFFORTS["quick"]).plan


def box_and_block(office: Office) -> tuple[str, str]:
    """A load that stands in the yard, and its block."""
    picture = office.terminal.standing()
    loads = {box for one in picture.calls.values() for box in one.plan.loads}
    return next(
        (str(box), block) for (block, _, _), stack in sorted(picture.stacks.items()) for box in stack if box in loads
    )


def test_a_box_of_the_yard_is_found_with_what_is_planned_for_it(page: Page, office: Office, pictures: Pictures) -> None:
    box, block = box_and_block(office)
    enter(page, office, "viewer", "#yard/live")
    expect(page.locator("canvas[data-drawn]")).to_be_visible(timeout=SLOW_MS)
    page.get_by_placeholder("Find a container").fill(box)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=box)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="Planned moves")).to_contain_text(block, timeout=SLOW_MS)
    expect(page.get_by_role("row", name=box).first).to_contain_text("fetch", timeout=SLOW_MS)
    page.get_by_role("button", name="Digs expected").click()
    expect(page.locator("canvas[data-drawn]")).to_have_attribute(
        "data-drawn", f"digs {stacks(office)}", timeout=SLOW_MS
    )
    pictures.take(page, "yard")
    page.get_by_role("application", name="Blocks from above").press("ArrowRight")
    heading = page.get_by_role("heading", name=f"Block {block}")
    before = heading.inner_text()
    page.keyboard.press(".")
    expect(heading).not_to_have_text(before, timeout=SLOW_MS)


def stacks(office: Office) -> int:
    return len(office.terminal.standing().stacks)


def test_the_yard_of_a_call_folder_is_shown_as_a_plan(page: Page, office: Office) -> None:
    enter(page, office, "planner", f"#yard/{TINY}")
    expect(page.locator("canvas[data-drawn]")).to_have_attribute(
        "data-drawn", f"fill {stacks(office)}", timeout=SLOW_MS
    )
    expect(page.locator(".top.plans .mode")).to_have_text("Plan", timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Stay")).to_be_disabled(timeout=SLOW_MS)


def test_a_ship_moved_by_keys_shows_what_follows_and_is_committed_and_brought_back(
    page: Page, office: Office, week: Path, pictures: Pictures
) -> None:
    before = read_plan(week / PLAN)
    enter(page, office, "planner", "#quay/week-plan")
    chart = page.get_by_role("application")
    expect(chart).to_have_attribute("data-drawn", "3", timeout=SLOW_MS)
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter", "ArrowRight", "Enter"):
        chart.press(key)
    expect(page.get_by_role("heading", name="What follows")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("The referee allows it.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("row", name="Total")).to_contain_text("+", timeout=SLOW_MS)
    pictures.take(page, "quay")
    page.get_by_role("button", name="Commit").click()
    expect(page.get_by_text("Committed.")).to_be_visible(timeout=SLOW_MS)
    last = max(before.stays, key=lambda stay: stay.start_min).ship
    assert read_plan(week / PLAN).stay_of[last].position_mm == before.stay_of[last].position_mm + 10_000
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Redo")).to_be_enabled(timeout=SLOW_MS)
    assert read_plan(week / PLAN) == before


def test_a_ship_put_upon_another_cannot_be_committed(page: Page, office: Office, week: Path) -> None:
    enter(page, office, "planner", "#quay/week-plan")
    chart = page.get_by_role("application")
    expect(chart).to_have_attribute("data-drawn", "3", timeout=SLOW_MS)
    chart.press("ArrowDown")
    there = page.get_by_label("Place in metres").input_value()
    chart.press("ArrowDown")
    page.get_by_label("Place in metres").fill(there)
    page.get_by_role("button", name="Try there").click()
    expect(page.get_by_text("Forbidden:")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Commit")).to_be_disabled(timeout=SLOW_MS)
    page.get_by_role("button", name="Drop").click()
    expect(page.get_by_text("Forbidden:")).to_have_count(0, timeout=SLOW_MS)


def test_a_machine_tells_its_orders_and_the_map_its_booked_lanes(page: Page, office: Office) -> None:
    truck = min(office.terminal.standing().trucks)
    enter(page, office, "dispatcher", "#fleet")
    page.get_by_role("button", name=truck, exact=True).click()
    expect(page.get_by_role("heading", name="Orders")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("No order is out.")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Overview").click()
    lanes = page.get_by_role("button", name="Booked lanes")
    lanes.click()
    expect(lanes).to_have_attribute("aria-pressed", "true", timeout=SLOW_MS)
    expect(page.locator("canvas[data-frames]")).to_be_visible(timeout=SLOW_MS)


def test_yard_and_ship_are_drawn_in_3d_when_somebody_opens_it(page: Page, office: Office, pictures: Pictures) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    enter(page, office, "viewer", "#yard/live")
    expect(page.locator("canvas[data-drawn]")).to_be_visible(timeout=SLOW_MS)
    assert not [url for url in fetched if "/scene-" in url]
    page.get_by_role("link", name="In 3D").click()
    expect(page.locator(".bar")).to_contain_text("aboard", timeout=SLOW_MS)
    expect(page.locator("canvas[data-drawn]")).to_be_visible(timeout=SLOW_MS)
    assert [url for url in fetched if "/scene-" in url]
    expect(page.locator(".bar")).not_to_contain_text(", 0 aboard", timeout=SLOW_MS)
    pictures.take(page, "solid")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_automated_audit_of_ground_pages_finds_no_barrier(
    page: Page, office: Office, week: Path, repository: Path, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    enter(page, office, "supervisor", "#overview")
    for where in ("#yard/live", "#quay/week-plan", "#fleet", HIDDEN):
        page.goto(f"{office.server.url}{where}")
        expect(page.locator("table" if where == "#fleet" else "canvas").first).to_be_visible(timeout=SLOW_MS)
        assert barriers(page, repository) == [], where
