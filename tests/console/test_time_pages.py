"""The pages of the past and of tries in a real browser: figures are shown as the referee has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from cabria.bootstrap.twin import twin_running
from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.experiments.layouts import small_layout
from cabria.operations.running import OF_THE_LOG
from cabria.referee.run_figures import RunFigures, figures_of
from cabria.twin.twin import Fleet

from .conftest import Office, Pictures, barriers, enter, office_in

ZONE = "America/Lima"
FIRST_MS = 60_000
"""The first who asks waits until a process has begun and heard the whole log."""
WORKED_MS = 500_000
CHOOSE = "(select, value) => { select.value = value; select.dispatchEvent(new Event('change', { bubbles: true })); }"
LANGUAGES = {"es": "Informe de turno", "zh": "班次报告", "en": "Shift report"}


@pytest.fixture(scope="module")
def room(
    tmp_path_factory: pytest.TempPathFactory, made_plans: Path, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> Iterator[Office]:
    """The tiny call, which stands still after some minutes of work."""
    terminal = twin_running(small_layout(), [tiny_at_small], fleet=Fleet(trucks=2), speed=5_000.0)
    has_worked = Event()
    end = terminal.subscribe(lambda batch: has_worked.set() if batch.now_ms >= WORKED_MS else None)
    assert has_worked.wait(FIRST_MS / 1_000)
    end()
    terminal.go_at(0.0)
    made = office_in(tmp_path_factory.mktemp("time"), terminal, made_plans)
    made.settings = replace(made.settings, time_zone=ZONE)
    made.open()
    yield made
    made.server.stop()
    terminal.end()


def referees(room: Office, call: VesselCall, plan: LoadingPlan) -> RunFigures:
    """The figures of the whole log."""
    entries = room.terminal.entries(0)
    events = [told.record.content for told in entries if told.record.kind in OF_THE_LOG]
    return figures_of(events, room.terminal.layout, [(call, plan)])


def test_the_shift_report_shows_the_referees_figures_in_three_languages(
    page: Page,
    room: Office,
    repository: Path,
    pictures: Pictures,
    tiny_at_small: tuple[VesselCall, LoadingPlan],
) -> None:
    enter(page, room, "viewer", "#numbers")
    page.get_by_role("button", name="Whole run").press("Enter")
    moves = page.locator("[data-total-moves]")
    expect(moves).to_be_visible(timeout=FIRST_MS)
    figures = referees(room, *tiny_at_small)
    expect(moves).to_have_text(str(figures.moves))
    expect(page.locator("[data-total-gmph]")).to_have_text(f"{figures.gross_moves_per_hour:.1f}".removesuffix(".0"))
    page.get_by_role("button", name="From – until").press("Enter")
    date = page.get_by_role("group", name="From", exact=True).get_by_role("textbox", name="Date")
    written = date.input_value()
    date.fill("31/02/2026")
    date.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Write the date as 24/11/2026.")
    assert barriers(page, repository) == []
    date.press("Escape")
    expect(date).to_have_value(written)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Whole run").press("Enter")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Export as CSV").press("Enter")
    table = Path(downloading.value.path()).read_text(encoding="utf-8")
    assert f"total,,moves,{figures.moves},\n" in table.replace("\r\n", "\n")
    assert barriers(page, repository) == []
    for language, title in LANGUAGES.items():
        page.locator("select").filter(has=page.locator(f"option[value={language}]")).first.evaluate(CHOOSE, language)
        expect(page.get_by_text(title)).to_be_visible()
        pictures.take(page, f"numbers-{language}")


def test_the_morning_report_is_made_on_demand_in_a_language_of_its_own_and_on_paper(
    page: Page, room: Office, repository: Path, pictures: Pictures
) -> None:
    enter(page, room, "viewer", "#morning")
    page.get_by_role("button", name="Whole run").press("Enter")
    report = page.locator("[data-report]")
    expect(report.get_by_role("heading", name="Three things worth changing")).to_be_visible(timeout=FIRST_MS)
    page.get_by_role("button", name="中文").press("Enter")
    expect(page.locator("[data-report=zh]")).to_be_visible(timeout=FIRST_MS)
    pictures.take(page, "morning-zh")
    page.get_by_role("button", name="Español").press("Enter")
    expect(page.locator("[data-report=es]")).to_be_visible(timeout=FIRST_MS)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="PDF").press("Enter")
    assert downloading.value.suggested_filename == "morning-es.pdf"
    assert barriers(page, repository) == []
    pictures.take(page, "morning-es")


def test_times_are_the_terminals_wherever_the_reader_sits(browser: Browser, room: Office) -> None:
    context = browser.new_context(locale="en-GB", timezone_id="Asia/Shanghai")
    page = context.new_page()
    zero_ms = room.terminal.zero_utc_ms

    def local(at_ms: int) -> str:
        return f"{datetime.fromtimestamp((zero_ms + at_ms) / 1_000, ZoneInfo(ZONE)):%H:%M}"

    enter(page, room, "viewer", "#replay?at=200000")
    expect(page.get_by_role("textbox", name="Time")).to_have_value(local(200_000), timeout=FIRST_MS)
    expect(page.get_by_text(ZONE)).to_be_visible()
    expect(page.locator("[title^='Terminal time']")).to_have_attribute("title", re.compile(re.escape(f"({ZONE})")))
    later_ms = 300_000 - zero_ms % 60_000
    page.get_by_role("textbox", name="Time").fill(local(later_ms))
    page.keyboard.press("Enter")
    expect(page.locator("[data-at]")).to_have_attribute("data-at", str(later_ms))
    page.goto(f"{room.server.url}#morning")
    page.get_by_role("button", name="Whole run").press("Enter")
    span = page.locator("[data-report]").get_by_text(ZONE)
    expect(span).to_have_text(re.compile(rf"{local(0)} - .* {ZONE}$"), timeout=FIRST_MS)
    context.close()


def test_a_viewer_sees_why_nothing_can_be_tried(page: Page, room: Office) -> None:
    enter(page, room, "viewer", "#try")
    button = page.get_by_role("button", name="Try it")
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("title", "Your role, Viewer, may not do this.")


def test_an_hour_is_seen_again_by_keys_alone(page: Page, room: Office, repository: Path, pictures: Pictures) -> None:
    enter(page, room, "viewer", "#replay?at=200000")
    shown = page.locator("[data-at]")
    expect(shown).to_have_attribute("data-at", "200000", timeout=FIRST_MS)
    expect(shown).to_have_attribute("data-seeking", "false", timeout=FIRST_MS)
    expect(page.locator("canvas[data-machines]")).to_have_attribute("data-machines", "5", timeout=FIRST_MS)
    page.get_by_role("slider").press("ArrowLeft")
    expect(shown).to_have_attribute("data-at", "199000", timeout=FIRST_MS)
    expect(shown).to_have_attribute("data-seeking", "false", timeout=FIRST_MS)
    page.keyboard.press("Space")
    expect(shown).to_have_attribute("data-at", re.compile(r"2[0-9]{5}"), timeout=FIRST_MS)
    expect(page.locator("li", has_text="QC1").first).to_be_visible(timeout=FIRST_MS)
    pictures.take(page, "replay")
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert barriers(page, repository) == []


def test_a_crane_is_tried_out_of_service_compared_and_taken_over(
    page: Page, room: Office, repository: Path, pictures: Pictures
) -> None:
    enter(page, room, "supervisor", "#try")
    page.get_by_label("Quay crane out of service").select_option("QC1")
    page.get_by_label("for hours").fill("0.5")
    page.get_by_label("the others are given its work").uncheck()
    page.get_by_label("Hours to run").fill("2")
    page.get_by_role("button", name="Try it").press("Enter")
    table = page.locator("table[data-result]")
    expect(table).to_be_visible(timeout=FIRST_MS)
    expect(table.get_by_role("row", name=re.compile("ends"))).to_contain_text("min")
    expect(table).to_contain_text("no rule of the referee broken")
    assert room.terminal.standing().quay_cranes["QC1"].out is None
    pictures.take(page, "try")
    assert barriers(page, repository) == []
    page.get_by_role("button", name="Take over …").press("Enter")
    page.get_by_placeholder("Cause").fill("as tried")
    page.keyboard.press("Enter")
    expect(page.get_by_text("taken over by supervisor").first).to_be_visible(timeout=FIRST_MS)
    out = room.terminal.standing().quay_cranes["QC1"].out
    assert out is None or out.cause == "as tried"
    page.get_by_role("button", name="Drop").press("Enter")
    expect(page.get_by_text("Nothing has been tried yet.")).to_be_visible(timeout=FIRST_MS)
