"""The page of a sweep in a real browser: nothing sticks out or complains, and the map plays, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.reports.test_replay import log
from tests.simulated_by_hand import record
from tests.twin.test_twin import its_layout

from cabria.domain.layout import SegmentId
from cabria.domain.run_events import BoxesLanded, JobDone, JobGiven, TripBooked
from cabria.referee.run_record import Variant
from cabria.reports.simulation.page import Told, simulation_page
from cabria.reports.simulation.replay import replay_section

READY = "#replay-map[data-ready]"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Page]:
    variants = (Variant(1, {"trucks": 4}), Variant(2, {"trucks": 8}))
    records = [record(variant.number, seed, 20.0 + seed) for variant in variants for seed in range(3)]
    page_text = simulation_page(
        Told("A call", {}, "1"), variants, records, replay_section(log(), its_layout(), "trucks 4, seed 0")
    )
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(page_text, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.extend([request.url] * request.url.startswith("http")))
    page.goto(path.as_uri())
    page.wait_for_selector(READY)
    yield page
    page.close()
    assert complaints == []


def go_to(page: Page, seconds: int) -> None:
    page.locator("#replay-slider").evaluate("(e, s) => { e.value = s; e.dispatchEvent(new Event('input')); }", seconds)


def pixels(page: Page) -> str:
    return str(page.evaluate("document.getElementById('replay-map').toDataURL()"))


def test_nothing_sticks_out_of_a_laptops_screen(opened: Page) -> None:
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1366
    expect(opened.locator(".verdict")).to_contain_text("No run broke a rule")


def test_another_time_is_another_picture_and_the_same_time_the_same(opened: Page) -> None:
    go_to(opened, 1_500)
    first = pixels(opened)
    expect(opened.locator("#replay-clock")).to_have_text("0:25:00")
    go_to(opened, 3_000)
    assert pixels(opened) != first
    go_to(opened, 1_500)
    assert pixels(opened) == first


def test_moves_are_counted_as_the_log_has_them(opened: Page) -> None:
    cranes = {crane.id for crane in its_layout().terminal.quay_cranes}
    for seconds in (0, 1_800, 4_000):
        go_to(opened, seconds)
        moves = sum(
            len(event.containers)
            for event in log()
            if isinstance(event, BoxesLanded) and event.crane in cranes and event.at_ms <= 1_000 * seconds
        )
        assert opened.locator("#replay-map").get_attribute("data-moves") == str(moves)


def test_a_truck_is_drawn_in_the_segment_in_which_the_log_has_it(opened: Page) -> None:
    numbers = {segment.id: number for number, segment in enumerate(its_layout().segments)}
    jobs = {event.job: event.machine for event in log() if isinstance(event, JobGiven)}
    arrivals = [(event.at_ms, jobs[event.job]) for event in log() if isinstance(event, JobDone)]
    trips = [event for event in log() if isinstance(event, TripBooked) and len(event.windows) > 4][:20]
    for trip in trips:
        name, enter_ms, _ = trip.windows[2]
        until_ms = trip.windows[3][1]
        if any(truck == trip.truck and trip.at_ms < at_ms <= until_ms for at_ms, truck in arrivals):
            continue
        middle_s = (enter_ms + until_ms) / 2_000
        told_again = [e for e in log() if isinstance(e, TripBooked) and e.truck == trip.truck and e is not trip]
        if any(trip.at_ms <= e.at_ms <= until_ms for e in told_again):
            continue
        place = opened.evaluate(
            "([name, s]) => document.getElementById('replay-map').truckAt(name, s)", [trip.truck, middle_s]
        )
        assert place["segment"] == numbers[SegmentId(name)]


def test_the_keyboard_plays_pauses_and_goes_through_the_run(opened: Page) -> None:
    go_to(opened, 600)
    opened.locator("#replay-map").focus()
    clock, play = opened.locator("#replay-clock"), opened.locator("#replay-play")
    for key, said in (
        ("ArrowRight", "0:11:00"),
        ("Shift+ArrowRight", "0:21:00"),
        ("ArrowLeft", "0:20:00"),
        ("Home", "0:00:00"),
    ):
        opened.keyboard.press(key)
        expect(clock).to_have_text(said)
    opened.keyboard.press("Space")
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(clock).not_to_have_text("0:00:00")
    opened.keyboard.press("Space")
    expect(play).to_have_text("Play")
    speed = opened.locator("#replay-speed")
    expect(speed).to_have_value("60")
    opened.keyboard.press("+")
    expect(speed).to_have_value("120")
    opened.keyboard.press("-")
    opened.keyboard.press("End")
    opened.keyboard.press("Space")  # at its end a run begins anew
    expect(play).to_have_text("Pause")
    opened.locator("#replay-play").click()
    expect(play).to_have_text("Play")


def test_one_can_look_closer_and_see_the_whole_again(opened: Page) -> None:
    go_to(opened, 1_500)
    whole = pixels(opened)
    opened.locator("#replay-nearer").click()
    assert pixels(opened) != whole
    opened.locator("#replay-whole").click()
    assert pixels(opened) == whole


def test_dark_screens_get_dark_maps(opened: Page) -> None:
    go_to(opened, 1_500)
    light = pixels(opened)
    for scheme, says in (("dark", "!=="), ("light", "===")):
        opened.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        opened.wait_for_function(f"light => document.getElementById('replay-map').toDataURL() {says} light", arg=light)
