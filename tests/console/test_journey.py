"""A planner's first look: the call is planned, its report served and opened in a real browser."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from cabria.bootstrap import plan_call, read_call, write_output
from cabria.console.server import LOOPBACK, report_app
from cabria.experiments.calls import make_scenario
from cabria.planning.loading.problem import EFFORTS
from cabria.planning.loading.solve import never
from cabria.planning.search.result import silent


@dataclass
class Visit:
    page: Page
    origin: str
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journey")
    make_scenario("tiny", folder / "tiny", moves=0, teu=0, seed=0)
    call = read_call(folder / "tiny")
    write_output(plan_call(call, seed=0, params=EFFORTS["quick"], listen=silent, stop=never), folder / "plan")
    return folder / "plan"


@pytest.fixture(scope="module")
def origin(report: Path) -> Iterator[str]:
    """The address at which the real server shows the report."""
    with socket.socket() as door:
        door.bind((LOOPBACK, 0))
        door.listen()  # who comes before the server is ready waits here
        server = uvicorn.Server(uvicorn.Config(report_app(report), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        yield "http://{}:{}".format(*door.getsockname())
        server.should_exit = True
        thread.join()


@pytest.fixture
def visit(origin: str, browser: Browser) -> Iterator[Visit]:
    made = Visit(browser.new_page(), origin)
    made.page.on("request", lambda request: made.requested.append(request.url))
    made.page.on("console", lambda message: made.complaints.append(message.text))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    answer = made.page.goto(origin)
    assert answer is not None
    assert answer.status == 200
    yield made
    made.page.close()


def test_the_report_opens_with_its_verdict_and_nothing_to_complain_of(visit: Visit) -> None:
    expect(visit.page.locator(".verdict")).to_be_visible()
    expect(visit.page.locator(".verdict")).to_contain_text("The plan is legal")
    visit.page.wait_for_load_state("networkidle")
    assert visit.complaints == []
    outside = [url for url in visit.requested if not url.startswith((f"{visit.origin}/", "data:"))]
    assert outside == []


def test_each_bay_is_drawn_with_row_00_in_the_middle(visit: Visit) -> None:
    bays = visit.page.locator("section.bay")
    expect(bays).to_have_count(2)
    for bay in bays.all():
        rows = {
            text.inner_html(): box["x"] + box["width"] / 2
            for text in bay.locator("g.rows").first.locator("text").all()
            if (box := text.bounding_box())
        }
        assert rows["02"] < rows["00"] < rows["01"], "even rows to port, odd rows to starboard"
        assert rows["00"] == pytest.approx((rows["02"] + rows["01"]) / 2, abs=1)
        tiers = [text.inner_html() for text in bay.locator("svg text").all()]
        assert "82" in tiers


def test_the_deck_is_drawn_over_the_hold(visit: Visit) -> None:
    texts = visit.page.locator("#bay-2 svg text")
    height = {
        text.inner_html(): box["y"]
        for text in texts.all()
        if (box := text.bounding_box()) and text.inner_html().isdigit()
    }
    assert height["84"] < height["82"] < height["04"]


def test_the_views_show_what_stood_there_on_arrival_and_on_departure(visit: Visit) -> None:
    on_arrival = visit.page.locator("#bay-2 .discharged .b").first
    on_departure = visit.page.locator("#bay-6 .loaded .b").first
    expect(on_arrival).to_be_hidden()
    expect(on_departure).to_be_visible()
    visit.page.locator("nav .views").get_by_text("arrival").click()
    expect(on_arrival).to_be_visible()
    expect(on_departure).to_be_hidden()
    visit.page.locator("nav .views").get_by_text("departure").click()
    expect(on_arrival).to_be_hidden()
    expect(on_departure).to_be_visible()


def test_the_papers_are_there_to_be_printed(visit: Visit) -> None:
    papers = [link.get_attribute("href") or "" for link in visit.page.locator("a[href$='.pdf']").all()]
    assert len(set(papers)) == 4
    for paper in papers:
        answer = visit.page.request.get(f"{visit.origin}/{paper}")
        assert answer.status == 200
        assert re.match("application/pdf", answer.headers["content-type"])
        assert answer.body().startswith(b"%PDF-")


def test_every_link_within_the_page_leads_somewhere(visit: Visit) -> None:
    targets = {link.get_attribute("href") or "" for link in visit.page.locator("a[href^='#']").all()}
    assert targets
    assert [target for target in sorted(targets) if not visit.page.locator(target).count()] == []
