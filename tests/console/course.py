"""The course played in a real browser, as a trainee would: `make course`, or `pytest tests/console/course.py`.

Each scenario is begun on the page of the course, played at a hundred times real time, its alarms answered on the pages
where they can be, its ships let go, and its report opened in each language. It is no part of the tests: it takes
a quarter of an hour, and somebody has to look at the pictures, which go to CABRIA_PICTURES, or test-results. `-k wind`
and the like choose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from cabria.bootstrap.twin import twin_running
from cabria.experiments.layouts import small_layout
from cabria.training.files import course
from cabria.training.scenario import LANGUAGES, Scenario
from cabria.twin.twin import Fleet

from .conftest import WAIT_MS, Office, Pictures, enter, office_in

LONG_MS = 5 * WAIT_MS
LOOK_MS = 300
MOST_LOOKS = 6_000
COURSE = course()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A room beside an empty terminal that stands still."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "plans").mkdir()
    terminal = twin_running(small_layout(), fleet=Fleet(trucks=2), speed=0.0)
    made = office_in(folder, terminal, folder / "plans")
    made.open()
    yield made
    made.server.stop()
    terminal.end()


class Trainee:
    """Looks at the session's page, and goes where an alarm says that it is answered."""

    def __init__(self, page: Page, pictures: Pictures, name: str) -> None:
        self.page, self.pictures, self.name = page, pictures, name
        self.answered = 0

    def picture(self, what: str) -> None:
        self.pictures.take(self.page, f"course-{self.name}-{what}")

    def go(self, where: str) -> None:
        self.page.get_by_role("navigation").first.get_by_role("link", name=where, exact=True).click()

    def to_session(self) -> None:
        self.page.get_by_role("note").get_by_role("link").click()
        expect(self.page.get_by_role("heading", name="Alarms")).to_be_visible()

    def speed(self, name: str) -> None:
        button = self.page.get_by_role("button", name=name, exact=True)
        if button.is_enabled():
            button.click()
            expect(button).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)

    @property
    def is_over(self) -> bool:
        return self.page.get_by_text("The session is over.").is_visible()

    def play(self) -> None:
        self.speed("100×")
        for _ in range(MOST_LOOKS):
            if self.is_over:
                return
            if (waiting := self.page.get_by_role("row").filter(has_text="waits for an answer")).count():
                self.answer(waiting.first)
            sail = self.page.get_by_role("button", name="Let her sail")
            for number in range(sail.count()):
                done, _, whole = re.findall(r"(\d+)( of )(\d+)", sail.nth(number).locator("..").inner_text())[0]
                if done == whole and not self.page.get_by_text("cannot sail").count():
                    self.sail()
                    break
            self.page.wait_for_timeout(LOOK_MS)
        raise AssertionError("it did not come to an end")

    def sail(self) -> None:
        """On the overview, as with a ship that is there."""
        self.go("Overview")
        self.page.get_by_role("button", name="Let her sail").first.click()
        self.page.wait_for_timeout(LOOK_MS)
        self.to_session()

    def answer(self, row: Locator) -> None:
        """Pauses, and does what the alarm says."""
        self.speed("paused")
        code, text = row.get_attribute("data-code"), row.inner_text()
        self.answered += 1
        if self.answered == 1:
            self.picture("session")
        if code in ("list-changed", "weight-breaks"):
            row.get_by_role("link", name="Cranes and queues").click()
            for box in dict.fromkeys(re.findall(r"[A-Z]{4}\d{7}", text)):
                self.leave(box)
            self.picture(f"{self.answered}-{code}")
            self.go("Overview")
        else:
            row.get_by_role("link", name="Overview").click()
            expect(self.page.get_by_role("button", name="Seen").first).to_be_visible(timeout=WAIT_MS)
            self.page.wait_for_timeout(LOOK_MS)
            self.picture(f"{self.answered}-{code}")
            if code == "crane-down":
                (minutes,) = re.findall(r"(\d+) min;", text)
                self.page.get_by_role("spinbutton", name="Minutes until it is back").first.fill(minutes)
                self.page.get_by_role("button", name=f"Back in {minutes} min").first.click()
            if code == "repaired":
                self.page.get_by_role("button", name="Back in service").first.click()
        self.see()
        self.to_session()
        expect(self.page.locator(f'tr[data-code="{code}"]').filter(has_text="waits for an answer")).to_have_count(0)
        self.speed("100×")

    def see(self) -> None:
        expect(self.page.get_by_role("button", name="Seen").first).to_be_visible(timeout=WAIT_MS)
        while (seen := self.page.get_by_role("button", name="Seen")).count():
            before = seen.count()
            seen.first.click()
            expect(self.page.get_by_role("button", name="Seen")).to_have_count(before - 1, timeout=WAIT_MS)

    def leave(self, box: str) -> None:
        """On the queues' page, whichever crane has it."""
        mine = self.page.locator("tr[data-step] button", has_text=box)
        cranes = self.page.get_by_role("tab")
        for number in range(cranes.count()):
            if mine.count():
                break
            cranes.nth(number).click()
        mine.first.click()
        self.page.get_by_role("button", name=re.compile("^Skip")).click()
        self.page.get_by_role("textbox").last.fill("as the alarm says")
        self.page.get_by_role("textbox").last.press("Enter")
        expect(mine).to_have_count(0)


@pytest.mark.parametrize("scenario", COURSE, ids=lambda scenario: scenario.id)
def test_a_scenario_is_played_to_its_end(scenario: Scenario, page: Page, school: Office, pictures: Pictures) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    enter(page, school, "supervisor", "#training")
    page.get_by_role("button", name=re.compile(re.escape(scenario.title.en))).click()
    expect(page.get_by_text(scenario.teaches.en)).to_be_visible()
    pictures.take(page, f"course-{scenario.id}-briefing")
    page.get_by_role("button", name="Start").click()
    mine = page.get_by_role("listitem").filter(has_text=scenario.title.en)
    mine.get_by_role("link", name="Open").click(timeout=LONG_MS)

    trainee = Trainee(page, pictures, scenario.id)
    trainee.play()
    assert trainee.answered >= len(scenario.injections)
    trainee.picture("end")
    page.get_by_role("button", name="End and score").click()
    page.get_by_role("link", name="Show the report").click(timeout=LONG_MS)
    for language in LANGUAGES:
        page.evaluate("language => localStorage.setItem('cabria.language', language)", language)
        page.reload()
        expect(page.get_by_test_id("score")).to_be_visible(timeout=WAIT_MS)
        page.wait_for_timeout(LOOK_MS)
        page.locator("article").screenshot(path=pictures.folder / f"course-{scenario.id}-report-{language}.png")
    print(f"{scenario.id}: {page.get_by_test_id('score').inner_text()} points")
    assert errors == []
    page.evaluate("localStorage.setItem('cabria.language', 'en')")
    page.goto(f"{school.server.url}#training")
    page.get_by_role("button", name="End", exact=True).first.click()
