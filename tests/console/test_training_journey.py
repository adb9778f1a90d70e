"""Training in a real browser, beside a terminal that runs: chosen, marked as training in every page, played, scored."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from .conftest import WAIT_MS, Office, Pictures, barriers, enter

LONG_MS = 4 * WAIT_MS
"""A session is made ready, and scored, by a process of its own."""
MARKED = {"en": "TRAINING", "es": "ENTRENAMIENTO", "zh": "培训"}


def test_a_scenario_is_played_from_the_course_to_its_report(
    page: Page, office: Office, repository: Path, pictures: Pictures
) -> None:
    before = office.terminal.standing().number
    enter(page, office, "supervisor", "#training")
    page.get_by_role("button", name="First steps").click()
    expect(page.get_by_text("A control room that mostly runs by itself")).to_be_visible()
    assert barriers(page, repository) == []
    page.get_by_role("button", name="Start").click()
    page.get_by_role("link", name="Open").click(timeout=LONG_MS)

    marked = page.get_by_role("note")
    expect(marked).to_contain_text(MARKED["en"])
    page.get_by_role("button", name="100×").click()
    alarm = page.get_by_role("row", name="notice")
    expect(alarm).to_contain_text("waits for an answer", timeout=LONG_MS)
    page.get_by_role("button", name="paused").click()
    assert barriers(page, repository) == []
    pictures.take(page, "training-session")
    for name in ("Overview", "Plan a call", "Vessel", "Machines", "Numbers", "Replay"):
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(marked).to_contain_text(MARKED["en"])
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("button", name="Seen").first.click()

    page.get_by_role("link", name="Session", exact=True).first.click()
    expect(alarm).to_contain_text("answered after")
    page.get_by_role("button", name="Let her sail").click()
    expect(page.get_by_text("cannot sail")).to_be_visible()
    page.get_by_role("link", name="Instructor").click()
    page.get_by_label("What goes wrong").select_option("wind stop")
    page.get_by_role("button", name="Inject now").click()
    expect(page.get_by_role("row", name="wind stop")).to_be_visible()
    page.get_by_role("textbox", name="Note").fill("calm and quick")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("calm and quick")).to_be_visible()
    assert barriers(page, repository) == []
    pictures.take(page, "training-instructor")

    page.get_by_role("link", name="Session", exact=True).last.click()
    page.get_by_role("button", name="End and score").click()
    page.get_by_role("link", name="Show the report").click(timeout=LONG_MS)
    expect(page.get_by_test_id("score")).to_be_visible()
    assert 0 < int(page.get_by_test_id("score").inner_text()) < 100
    expect(page.get_by_role("row", name="Rules broken")).to_be_visible()
    assert barriers(page, repository) == []
    pictures.take(page, "training-report")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Replay the policy").click()
    expect(opened.value.get_by_role("slider").first).to_be_visible(timeout=LONG_MS)
    opened.value.close()
    for language in ("es", "zh"):
        page.evaluate("language => localStorage.setItem('cabria.language', language)", language)
        page.reload()
        expect(marked).to_contain_text(MARKED[language])
        expect(page.get_by_test_id("score")).to_be_visible()
        pictures.take(page, f"training-report-{language}")
    assert office.terminal.standing().number == before, "the terminal beside it heard nothing"
