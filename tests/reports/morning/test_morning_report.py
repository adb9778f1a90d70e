"""The morning report: the referee's figures, lateness by the hour with what it went into, three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from tests import runs_by_hand

from cabria.bootstrap.morning import Run, shadow_days, shift_of, write_morning
from cabria.domain.errors import DataError
from cabria.domain.run_events import BoxesLanded, MachineResumed, MachineStopped, RunEvent, Waited
from cabria.referee.run_figures import figures_of
from cabria.referee.run_waiting import Leg
from cabria.reports.morning.content import Note, NoteKind, Saved, Shift, content_of
from cabria.reports.morning.losses import losses_of
from cabria.reports.morning.page import morning_page, morning_paper, wrapped
from cabria.reports.morning.progress import GAP_MS, HOUR_MS, OUT, OWN_WORK, STANDS_STILL, WIND, Progress
from cabria.reports.morning.words import ADVICE, CAUSES, LANGUAGES, TEXT

CALL, PLAN = runs_by_hand.called()


def run() -> Run:
    return Run(runs_by_hand.layout(), 1_777_000_000_000, calls={CALL.id: (CALL, PLAN)})


def progress_of(events: list[RunEvent]) -> Progress:
    progress = Progress()
    progress.expect(CALL, PLAN)
    for event in events:
        progress.hear(event)
    return progress


def later(events: list[RunEvent], by_ms: int) -> list[RunEvent]:
    """The run with everything after the berthing so much later."""
    berthed = next(n for n, event in enumerate(events) if type(event).__name__ == "ShipBerthed")
    moved = [event._replace(at_ms=event.at_ms + by_ms) for event in events[berthed + 1 :]]
    return [*events[: berthed + 1], *moved]


def test_figures_are_those_of_the_referee() -> None:
    events = runs_by_hand.good_run()
    shift = shift_of(run(), events)
    assert shift.figures == figures_of(events, runs_by_hand.layout(), [(CALL, PLAN)])
    content = content_of(shift, "en")
    assert dict(content.figures)["Containers between ship and shore"] == str(shift.figures.moves)


@given(st.integers(0, 5 * HOUR_MS))
def test_a_crane_is_late_by_as_much_as_its_work_is(by_ms: int) -> None:
    as_planned = progress_of(runs_by_hand.good_run()).hours(0, 10 * HOUR_MS)
    late = progress_of(later(runs_by_hand.good_run(), by_ms)).hours(0, 10 * HOUR_MS)
    assert late[-1].done == as_planned[-1].done
    lost_ms = sum(max(0, hour.late_ms) for hour in late)
    assert lost_ms >= by_ms - HOUR_MS if by_ms > HOUR_MS else lost_ms >= 0
    for hour in late:
        assert sum(hour.why.values()) >= hour.late_ms


def test_what_an_hour_went_into_is_waiting_repair_and_the_rest() -> None:
    events = [
        *(event for event in later(runs_by_hand.good_run(), HOUR_MS) if not isinstance(event, Waited)),
        Waited(20 * 60_000, "QC1", 5 * 60_000, "no truck"),
        MachineStopped(30 * 60_000, "QC1", "spreader"),
        MachineResumed(50 * 60_000, "QC1"),
    ]
    first = progress_of(events).hours(0, HOUR_MS)[0]
    assert first.why["no truck"] == 15 * 60_000
    assert first.why[OUT] == 20 * 60_000
    assert sum(first.why.values()) == max(first.late_ms, 35 * 60_000)


def test_wind_is_told_apart_from_faults_and_is_nothing_worth_changing() -> None:
    events = [
        *later(runs_by_hand.good_run(), HOUR_MS),
        MachineStopped(5 * 60_000, "QC1", "wind"),
        Waited(50 * 60_000, "QC1", 5 * 60_000, STANDS_STILL),
        MachineResumed(50 * 60_000, "QC1"),
    ]
    shift = shift_of(run(), sorted(events, key=lambda event: event.at_ms))
    by_cause = {loss.cause: loss.minutes for loss in losses_of(shift.figures, shift.hours)}
    assert by_cause[WIND] == 45.0
    assert not {OUT, STANDS_STILL} & by_cause.keys()
    content = content_of(shift, "en")
    assert ("stopped by wind", "45") in content.causes
    assert not any("wind" in cost for cost, _ in content.changes)


def test_cranes_that_lost_an_hour_alike_are_told_together() -> None:
    shift = shift_of(run(), later(runs_by_hand.good_run(), 2 * HOUR_MS))
    one = max(shift.hours, key=lambda hour: hour.late_ms)
    other = replace(one, crane="QC2", behind_ms=one.behind_ms + 600_000)
    row = content_of(replace(shift, hours=[one, other]), "en").parted[0]
    assert row[1] == "QC1 + 1"
    assert row[4] == f"{other.behind_ms / 60_000:.0f}"
    assert row[5] == f"{2 * one.done} / {2 * one.planned}"


def test_the_dearest_causes_come_first_and_small_ones_are_left_out() -> None:
    events = [
        *later(runs_by_hand.good_run(), HOUR_MS),
        MachineStopped(5 * 60_000, "QC1", "tyre"),
        MachineResumed(50 * 60_000, "QC1"),
    ]
    shift = shift_of(run(), sorted(events, key=lambda event: event.at_ms))
    losses = losses_of(shift.figures, shift.hours)
    assert losses == sorted(losses, key=lambda loss: -loss.minutes)
    out = next(loss for loss in losses if loss.cause == OUT)
    assert (out.crane, out.minutes) == ("QC1", 45.0)
    assert all(loss.minutes >= 5 for loss in losses)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_and_cause_is_there_in_every_language(language: str) -> None:
    assert TEXT[language].keys() == TEXT["en"].keys()
    assert all(set(words) == set(LANGUAGES) for words in (*CAUSES.values(), *ADVICE.values()))
    assert {*Leg, OUT, OWN_WORK, WIND} <= CAUSES.keys()
    assert {*Leg, OUT, OWN_WORK} - ADVICE.keys() == set()
    shift = shift_of(run(), runs_by_hand.good_run())
    page = morning_page(content_of(shift, language))
    assert TEXT[language]["change"] in page
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_empty_is_said_in_a_sentence_and_is_no_item_of_a_list(language: str, tmp_path: Path) -> None:
    shift = replace(shift_of(run(), runs_by_hand.good_run()), hours=[])
    quiet = replace(shift, figures=replace(shift.figures, quay_cranes=()))
    content = content_of(quiet, language)
    assert (content.changes, content.causes, content.parted) == ([], [], [])
    page = morning_page(content)
    assert "<ol" not in page
    assert page.count(content.nothing_cost) == 2
    assert page.count(content.nothing_parted) == 1
    morning_paper(content, tmp_path / "quiet.pdf")
    said = "".join(page.extract_text() for page in PdfReader(tmp_path / "quiet.pdf").pages)
    if language != "zh":  # its letters have no names in the file
        assert content.nothing_cost in said
    assert "1." not in said.replace(content.span, "")


def test_a_ship_that_was_done_late_stays_late() -> None:
    """A crane that is through has not caught up what it lost."""
    late = later(runs_by_hand.good_run(), 2 * HOUR_MS)
    lost_ms = sum(hour.late_ms for hour in progress_of(late).hours(0, 10 * HOUR_MS))
    plan_ends_ms = max(1_000 * step.end_s for queue in PLAN.queues for step in queue.steps if step.containers)
    berthed_ms = next(event.at_ms for event in late if type(event).__name__ == "ShipBerthed")
    landed_ms = max(event.at_ms for event in late if isinstance(event, BoxesLanded))
    assert lost_ms == pytest.approx(landed_ms - berthed_ms - plan_ends_ms, abs=60_000)


def broken(events: list[RunEvent], after: int) -> Iterator[RunEvent]:
    yield from events[:after]
    raise DataError("Line 77 is no event.", file="run.jsonl.gz")


def test_a_log_that_breaks_off_is_answered_as_far_as_it_goes_and_says_where() -> None:
    events = runs_by_hand.good_run()
    half = len(events) // 2
    shift = shift_of(run(), broken(events, half))
    assert shift.figures == shift_of(run(), events[:half]).figures
    (note,) = shift.notes
    assert (note.kind, note.at_ms) == (NoteKind.UNREADABLE, events[half - 1].at_ms)
    assert "Line 77" in note.values["problem"]
    with pytest.raises(DataError, match="Line 77"):
        shift_of(run(), broken(events, 0))
    assert shadow_days(run(), broken(events, half)).keys() == shadow_days(run(), events[:half]).keys()


def test_hours_without_any_event_are_told_and_nobody_is_blamed_for_them() -> None:
    events = runs_by_hand.good_run()
    landed = [number for number, event in enumerate(events) if isinstance(event, BoxesLanded)]
    gone = landed[len(landed) // 2]
    ahead = [event._replace(at_ms=event.at_ms + 3 * HOUR_MS) for event in events[gone:]]
    shift = shift_of(run(), [*events[:gone], *ahead])
    (note,) = shift.notes
    assert (note.kind, note.at_ms) == (NoteKind.GAP, events[gone - 1].at_ms)
    assert note.ms >= 3 * HOUR_MS - GAP_MS
    assert not [hour for hour in shift.hours if hour.begins_ms > note.at_ms]
    assert OWN_WORK not in [loss.cause for loss in shift.losses]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clock_that_went_back_is_told_with_the_place(language: str) -> None:
    events = runs_by_hand.good_run()
    back = [event._replace(at_ms=event.at_ms - 5 * 60_000) for event in events[-3:]]
    shift = shift_of(run(), [*events[:-3], *back])
    (note,) = shift.notes
    assert note.kind is NoteKind.CLOCK
    assert note.values["event"] == f"{len(events) - 2:,}"
    (told,) = content_of(shift, language).notes
    assert f"{len(events) - 2:,}" in told


def test_times_are_the_terminals_where_its_zone_is_known() -> None:
    note = Note(NoteKind.GAP, ms=HOUR_MS)
    shift = replace(shift_of(run(), runs_by_hand.good_run()), until_ms=HOUR_MS, notes=[note])
    in_lima = replace(shift, zone=ZoneInfo("America/Lima"))
    assert content_of(shift, "en").span == "2026-04-24 03:06 - 2026-04-24 04:06 UTC"
    assert content_of(in_lima, "en").span == "2026-04-23 22:06 - 2026-04-23 23:06 America/Lima"
    for language in LANGUAGES:
        (told,) = content_of(in_lima, language).notes
        assert "2026-04-23 23:06 America/Lima" in told


def test_names_from_a_log_are_no_markup() -> None:
    shift = shift_of(run(), runs_by_hand.good_run())
    note = Note(NoteKind.UNREADABLE, values={"problem": "<script>alert(1)</script>"})
    evil = Shift("<b>x", 0, 0, HOUR_MS, shift.figures, shift.hours, notes=[note])
    page = morning_page(content_of(evil, "en"))
    assert "<script>" not in page
    assert "&lt;b&gt;x" in page


def test_pages_and_papers_are_written(tmp_path: Path) -> None:
    shift = shift_of(run(), runs_by_hand.good_run())
    saved = Shift(shift.terminal, 0, 0, HOUR_MS, shift.figures, shift.hours, [Saved("digs", 12, 7)])
    written = write_morning(saved, tmp_path / "morning")
    assert sorted(path.name for path in written) == sorted(path.name for path in (tmp_path / "morning").iterdir())
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "morning" / "morning-es.pdf").pages)
    assert "Remociones: 12 en realidad, 7 en la sombra" in text
    chinese = "".join(page.extract_text() for page in PdfReader(tmp_path / "morning" / "morning-zh.pdf").pages)
    assert TEXT["zh"]["change"] in chinese
    assert "?" not in chinese


def test_a_span_in_which_nothing_happened_is_refused() -> None:
    with pytest.raises(DataError, match="Nothing happened"):
        shift_of(run(), runs_by_hand.good_run(), from_h=500)


@given(st.text(st.sampled_from("晨报岸桥，。 ab12:/"), max_size=120), st.integers(8, 40))
def test_lines_on_paper_lose_nothing_and_are_no_wider_than_it(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        hung = len(line) - len(line.rstrip("，。"))
        longest = max((len(word) for word in re.findall(r"[^\s⺀-￯]+", line)), default=0)
        columns = sum(2 if sign > "⺀" else 1 for sign in line) - 2 * hung
        assert columns <= max(2 * width, longest + 2)
