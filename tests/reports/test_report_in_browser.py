from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from cabria.planning.loading.result import PlannedCall
from cabria.reports.report import write_report


@pytest.fixture(scope="module")
def opened(small_planned: PlannedCall, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Page]:
    """The small report in a browser, as a planner's laptop shows it."""
    folder = tmp_path_factory.mktemp("report")
    write_report(small_planned, folder)
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    yield page
    page.close()
    assert complaints == []


def test_the_departure_is_shown_first(opened: Page) -> None:
    expect(opened.locator("#bay-2 .loaded .b").first).to_be_visible()
    expect(opened.locator("#bay-2 .discharged .b").first).to_be_hidden()


def test_one_bay_can_show_the_discharge_while_others_do_not(opened: Page) -> None:
    opened.locator("#bay-2 .views").get_by_text("discharge").click()
    expect(opened.locator("#bay-2 .discharged .b").first).to_be_visible()
    expect(opened.locator("#bay-2 .loaded .b").first).to_be_hidden()
    expect(opened.locator("#bay-5 .loaded .b").first).to_be_visible()


def test_all_bays_and_the_ship_change_together(opened: Page) -> None:
    opened.locator("nav .views").get_by_text("arrival").click()
    expect(opened.locator("#bay-5 .loaded .b").first).to_be_hidden()
    expect(opened.locator("#bay-2 .lifted .b").first).to_be_visible()
    expect(opened.locator(".ship-picture .v-arrival")).to_be_visible()
    expect(opened.locator(".ship-picture .v-departure")).to_be_hidden()


def test_a_container_is_found_by_its_number(opened: Page) -> None:
    opened.get_by_label("Find a container").fill("void 000000 1")
    opened.get_by_label("Find a container").press("Enter")
    expect(opened.locator(".found > title")).to_contain_text("VOID0000001")
    expect(opened.locator(".found")).to_be_visible()
    opened.get_by_label("Find a container").fill("NONE0000001")
    opened.get_by_label("Find a container").press("Enter")
    expect(opened.locator("#answer")).to_have_text("not aboard in this call")


def test_a_port_can_be_looked_at_alone(opened: Page) -> None:
    opened.locator("nav .views").get_by_text("departure").click()
    opened.get_by_role("button", name="NLRTM").click()
    expect(opened.locator("#bay-2 .loaded .p1").first).to_have_css("opacity", "0.18")
    expect(opened.locator("#bay-2 .loaded .p2").first).to_have_css("opacity", "1")
    opened.get_by_role("button", name="NLRTM").click()
    expect(opened.locator("#bay-2 .loaded .p1").first).to_have_css("opacity", "1")


def test_nothing_sticks_out_of_a_planners_screen(opened: Page) -> None:
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1366
