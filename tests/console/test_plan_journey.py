"""A call from its folder to its last box, in a real browser: loaded, planned, mended, given to the terminal, worked,
and saved from a broken crane. Pictures of each stage are kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cabria.bootstrap.twin import twin_running
from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.experiments.layouts import small_layout
from cabria.twin.twin import Fleet

from .conftest import WAIT_MS, Office, Pictures, enter, office_in

BOX, OTHER = "TINU0000075", "TINU0000060"
"""A box that stands well, and one that stands where it would stand badly."""


@pytest.fixture(scope="module")
def quay(tmp_path_factory: pytest.TempPathFactory, tiny_at_small: tuple[VesselCall, LoadingPlan]) -> Iterator[Office]:
    """A terminal where boxes stand in the yard and no ship is, without any plan. Its time stands still."""
    folder = tmp_path_factory.mktemp("quay")
    call, _ = tiny_at_small
    terminal = twin_running(small_layout(), yard=call.yard, fleet=Fleet(trucks=2), speed=0.0)
    (folder / "plans").mkdir()
    made = office_in(folder, terminal, folder / "plans")
    made.open()
    yield made
    made.server.stop()
    terminal.end()


@pytest.fixture
def call_folder(made_plans: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_plans / "tiny", tmp_path / "morning call"))


def test_a_call_is_loaded_planned_mended_worked_and_saved_from_a_broken_crane(
    page: Page, quay: Office, call_folder: Path, pictures: Pictures
) -> None:
    enter(page, quay, "supervisor", "#planning")
    plan = load_and_plan(page, call_folder)
    pictures.take(page, "planned")
    page.get_by_role("link", name=plan, exact=True).click()
    expect(page.locator("canvas[data-drawn]")).to_be_visible(timeout=WAIT_MS)
    slot = drag_to_a_worse_place(page, pictures)
    open_the_worst_finding(page, plan)
    pictures.take(page, "worst-finding")
    answer_for_it(page)
    pin(page, slot)
    pictures.take(page, "pinned")
    plan_again_around_the_pin(page, slot, pictures)
    print_bay_sheets(page)
    give_to_the_terminal(page, pictures)
    break_the_crane_and_share_its_work(page, pictures)
    watch_it_to_its_end(page, pictures)


def load_and_plan(page: Page, folder: Path) -> str:
    """The plan's name."""
    page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(page.get_by_label("Name", exact=True)).to_have_value("morning-call")
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("Call TINY was loaded")).to_be_visible(timeout=WAIT_MS)
    page.get_by_label("Effort").select_option("quick")
    page.get_by_label("Aim").select_option("balanced")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_role("progressbar").or_(page.locator("li[data-task=done]"))).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("li[data-task=done]")).to_be_visible(timeout=WAIT_MS)
    return "morning-call-plan"


def drag_to_a_worse_place(page: Page, pictures: Pictures) -> str:
    """The slot in which a box stands then, over one that leaves earlier; its price is seen before."""
    to_x, to_y = middle_of(page, OTHER)
    x, y = middle_of(page, BOX)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=3)
    card = page.locator(".card")
    expect(card.locator(".minutes:not(.hard)")).to_contain_text("min", timeout=WAIT_MS)
    expect(card.locator(".finding").first).to_contain_text("Overstow")
    pictures.take(page, "price-of-a-move")
    page.mouse.up()
    expect(page.locator(".said")).to_contain_text("Done", timeout=WAIT_MS)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled(timeout=WAIT_MS)
    return page.locator(".said").inner_text().split("→")[1].strip()


def middle_of(page: Page, box: str) -> tuple[float, float]:
    """Where on the screen a box of the bay on show stands."""
    page.get_by_placeholder("Find a container").fill(box)
    page.keyboard.press("Enter")
    expect(page.locator(".box h2")).to_have_text(box, timeout=WAIT_MS)
    bay = page.get_by_role("application")
    expect(bay).to_have_attribute("data-looked", re.compile(rf"{box} \d+ \d+"), timeout=WAIT_MS)
    room = bay.bounding_box()
    assert room is not None
    _, x, y = (bay.get_attribute("data-looked") or "").split()
    return room["x"] + float(x), room["y"] + float(y)


def open_the_worst_finding(page: Page, plan: str) -> None:
    page.get_by_role("link", name="Plan a call").click()
    row = page.get_by_role("row", name=re.compile(plan))
    row.get_by_role("link", name="Open the worst finding").click()
    expect(page.locator("li.chosen .rule")).to_contain_text("OVERSTOW-STACK", timeout=WAIT_MS)


def answer_for_it(page: Page) -> None:
    page.get_by_role("button", name="Answer for it …").click()
    page.get_by_placeholder("Reason").fill("The agent asked for it")
    page.get_by_role("button", name="Answer for it", exact=True).click()
    expect(page.get_by_text("answered for by supervisor: The agent asked for it")).to_be_visible(timeout=WAIT_MS)


def pin(page: Page, slot: str) -> None:
    page.get_by_placeholder("Find a container").fill(BOX)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_role("row", name="pinned")).to_contain_text(slot, timeout=WAIT_MS)
    page.get_by_role("tab", name="Wishes").click()
    expect(page.get_by_role("tabpanel").locator("li")).to_contain_text(BOX)


def plan_again_around_the_pin(page: Page, slot: str, pictures: Pictures) -> None:
    """Whatever comes of it, what was pinned stays."""
    page.get_by_role("button", name="Plan again with these").click()
    accept = page.get_by_role("button", name="Accept", exact=True)
    expect(accept.or_(page.get_by_text("Nothing changes"))).to_be_visible(timeout=WAIT_MS)
    pictures.take(page, "proposal")
    if accept.is_visible():
        accept.click()
        expect(accept).to_have_count(0, timeout=WAIT_MS)
    page.get_by_role("tab", name="Container").click()
    expect(page.get_by_role("row", name=re.compile("^Slot"))).to_contain_text(f"→ {slot}")


def print_bay_sheets(page: Page) -> None:
    page.get_by_text("Papers", exact=True).click()
    sheet = page.get_by_role("link", name="Bay sheets (PDF)")
    answer = page.request.get(f"{page.url.split('#')[0]}{sheet.get_attribute('href')}")
    assert answer.status == 200, answer.text()
    assert answer.body().startswith(b"%PDF-")
    page.get_by_text("Papers", exact=True).click()


def give_to_the_terminal(page: Page, pictures: Pictures) -> None:
    page.get_by_role("button", name="Give to the terminal …").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row", name="Containers loaded")).to_contain_text("7")
    expect(dialog.get_by_role("button", name="Begin")).to_be_disabled()
    dialog.get_by_role("checkbox").check()
    pictures.take(page, "before-it-is-given")
    dialog.get_by_role("button", name="Begin").click()
    expect(page.locator(".said")).to_contain_text("is worked by this plan", timeout=WAIT_MS)
    expect(page.get_by_text("Now: 0 of 9")).to_be_visible(timeout=WAIT_MS)


def break_the_crane_and_share_its_work(page: Page, pictures: Pictures) -> None:
    page.get_by_role("link", name="Machines").click()
    crane = page.get_by_role("row", name=re.compile("QC1"))
    crane.get_by_role("button", name="Take out of service …").click()
    page.get_by_placeholder("Cause").fill("hoist brake")
    page.get_by_role("button", name="Take out of service", exact=True).click()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_text("QC1 is out of service: hoist brake")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="Back in an hour: share its work").click()
    expect(page.get_by_role("button", name="Back in an hour: share its work")).to_have_count(0, timeout=WAIT_MS)
    pictures.take(page, "broken-crane")
    page.get_by_role("button", name="Back in service").click()
    expect(page.get_by_text("QC1 is out of service")).to_have_count(0, timeout=WAIT_MS)


def watch_it_to_its_end(page: Page, pictures: Pictures) -> None:
    page.get_by_role("link", name="Cranes and queues").click()
    expect(page.locator("svg[data-runs]")).to_be_visible(timeout=WAIT_MS)
    page.get_by_label("Speed").select_option("60")
    expect(page.locator("tr.current[data-step='3']")).to_be_visible(timeout=WAIT_MS)
    pictures.take(page, "queues")
    expect(page.get_by_text("9 of 9")).to_be_visible(timeout=WAIT_MS)
    page.get_by_label("Speed").select_option("0")
