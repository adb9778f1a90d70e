"""The morning report of a span of a journal or a run log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cabria.bootstrap.shadow import Shadow, ShadowDay
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import RunEvent, ShipBerthed
from cabria.operations.gateways import Record
from cabria.operations.settings import Settings
from cabria.reports.morning.content import Note, NoteKind, Saved, Shift
from cabria.reports.morning.progress import GAP_MS

HOUR_MS = 3_600_000
JUMP_MS = 1_000
"""A clock that goes back by less is not told."""


@dataclass
class Run:
    """What the report is made from. `calls` grow as the events are read."""

    layout: Layout
    zero_utc_ms: int
    settings: Settings | None = None
    calls: dict[str, tuple[VesselCall, LoadingPlan]] = field(default_factory=dict)


def of_journal(address: str) -> tuple[Run, Iterator[RunEvent]]:
    """Calls and layout stand in the journal. Raises DataError."""
    from cabria.operations.records import OpenTerminal

    records = _records(address)
    first = next(records, None)
    if first is None or not isinstance(first.content, OpenTerminal):
        raise DataError("The journal does not begin with the terminal it is of.", file=address)
    run = Run(first.content.layout, first.content.zero_utc_ms, first.content.settings)
    return run, _journal_events(records, run)


def _records(address: str) -> Iterator[Record]:
    from cabria.adapters.journal.opening import open_store
    from cabria.adapters.journal.recovery import whole_run

    with closing(open_store(address)) as store:
        for _, record in whole_run(store):
            yield record


def _journal_events(records: Iterable[Record], run: Run) -> Iterator[RunEvent]:
    from cabria.operations.records import Command
    from cabria.operations.running import OF_THE_LOG

    for record in records:
        content = record.content
        if isinstance(content, Command) and content.verb == "berth":
            call, plan = content.arguments
            run.calls[call.id] = (call, plan)
        elif record.kind in OF_THE_LOG:
            yield content


def of_run_log(
    log: Path, layout: Layout, calls: Iterable[tuple[VesselCall, LoadingPlan]], zero_utc_ms: int
) -> tuple[Run, Iterator[RunEvent]]:
    """Raises DataError as the events are read."""
    from cabria.adapters.files.run_log import read_run_log

    known = {call.id: (call, plan) for call, plan in calls}
    return Run(layout, zero_utc_ms, calls=known), read_run_log(log)


def shift_of(
    run: Run,
    events: Iterable[RunEvent],
    *,
    from_h: float = 0.0,
    hours: float | None = None,
    days: Mapping[str, ShadowDay] | None = None,
) -> Shift:
    """Figures by the referee's counter, from hour `from_h` of the log, for so many hours or to its end. `days` are the
    shadow's, None where it was not asked. Raises DataError for a span in which nothing happened.
    """
    from cabria.referee.run_figures import RunCounter
    from cabria.reports.morning.progress import Progress

    from_ms = round(from_h * HOUR_MS)
    until_ms = None if hours is None else from_ms + round(hours * HOUR_MS)
    counter, progress = RunCounter(run.layout), Progress()
    begun, heard, last_ms = from_ms == 0, 0, from_ms
    told = Told(events)
    for event in told:
        if until_ms is not None and event.at_ms >= until_ms:
            break
        if not begun and event.at_ms >= from_ms:
            counter.count_from(from_ms)
            begun = True
        if isinstance(event, ShipBerthed) and event.call in run.calls:
            counter.expect(*run.calls[event.call])
            progress.expect(*run.calls[event.call])
        counter.hear(event)
        progress.hear(event)
        heard += begun
        last_ms = max(last_ms, event.at_ms)
    if not heard:
        remedy = f"The log ends at hour {told.last_ms / HOUR_MS:.1f}."
        raise told.problem or DataError(f"Nothing happened from hour {from_h:g} on.", remedy=remedy)
    end_ms = last_ms if until_ms is None else until_ms
    return Shift(
        run.layout.terminal.name,
        run.zero_utc_ms,
        from_ms,
        end_ms,
        counter.figures(),
        progress.hours(from_ms, end_ms),
        None if days is None else _saved(days),
        tuple(days or ()),
        (*(note for note in told.notes if note.at_ms + note.ms >= from_ms), *_shadow_notes(days or {})),
    )


class Told:
    """The events of a log as far as it can be read, and what is odd about them: where the clock jumped back, where
    nothing was recorded for long, where the log is broken (`problem`). Raises DataError where nothing can be read."""

    def __init__(self, events: Iterable[RunEvent]) -> None:
        self.notes: list[Note] = []
        self.problem: DataError | None = None
        self.last_ms = 0
        self._events = events

    def __iter__(self) -> Iterator[RunEvent]:
        number = 0
        try:
            for number, event in enumerate(self._events, 1):
                if number > 1:
                    self._mind(number, event.at_ms - self.last_ms)
                self.last_ms = event.at_ms
                yield event
        except DataError as problem:
            if not number:
                raise
            self.problem = problem
            self.notes.append(Note(NoteKind.UNREADABLE, self.last_ms, values={"problem": str(problem)}))

    def _mind(self, number: int, passed_ms: int) -> None:
        if passed_ms <= -JUMP_MS:
            self.notes.append(Note(NoteKind.CLOCK, self.last_ms, -passed_ms, {"event": f"{number:,}"}))
        elif passed_ms >= GAP_MS:
            self.notes.append(Note(NoteKind.GAP, self.last_ms, passed_ms))


def shadow_days(run: Run, events: Iterable[RunEvent], *, seed: int = 0) -> dict[str, ShadowDay]:
    """All events of a log worked once more, as far as it can be read. Raises DataError."""
    shadow = Shadow(run.layout, zero_utc_ms=run.zero_utc_ms, settings=run.settings, seed=seed)
    expected: set[str] = set()
    for event in Told(events):
        for name in sorted(run.calls.keys() - expected):
            shadow.expect(*run.calls[name])
            expected.add(name)
        shadow.hear(event)
    return {day.day: day for day in shadow.over()}


def _shadow_notes(days: Mapping[str, ShadowDay]) -> Iterator[Note]:
    for day, found in days.items():
        for rule in found.broken:
            yield Note(NoteKind.SHADOW_BROKE, values={"day": day, "rule": rule})
        if found.held_back or found.not_served or found.ours.moves < found.theirs.moves:
            done = {"ours": f"{found.ours.moves:,}", "theirs": f"{found.theirs.moves:,}"}
            left = {"ships": ", ".join(found.held_back) or "-", "trucks": f"{found.not_served:,}"}
            yield Note(NoteKind.SHADOW_LEFT, values={"day": day, **done, **left})


def _saved(days: Mapping[str, ShadowDay]) -> list[Saved]:
    theirs, ours = [day.theirs for day in days.values()], [day.ours for day in days.values()]
    return [
        Saved("digs", sum(tally.digs for tally in theirs), sum(tally.digs for tally in ours)),
        Saved("driven", sum(t.driven_m for t in theirs) / 1_000, sum(t.driven_m for t in ours) / 1_000, 1),
        Saved(
            "crane_waiting",
            sum(t.crane_waiting_s for t in theirs) / 3_600,
            sum(t.crane_waiting_s for t in ours) / 3_600,
            2,
        ),
        Saved("crane_hours", sum(t.crane_s for t in theirs) / 3_600, sum(t.crane_s for t in ours) / 3_600, 2),
    ]


def write_morning(shift: Shift, folder: Path) -> list[Path]:
    """`morning-LANGUAGE.html` and `morning-LANGUAGE.pdf` in three languages, each whole or not at all.

    Raises DataError.
    """
    from cabria.adapters.files.source_file import write_whole
    from cabria.reports.morning.content import content_of
    from cabria.reports.morning.page import morning_page, morning_paper
    from cabria.reports.morning.words import LANGUAGES

    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for language in LANGUAGES:
            content = content_of(shift, language)
            page = folder / f"morning-{language}.html"
            write_whole(page, morning_page(content).encode())
            written.append(page)
            paper = page.with_suffix(".pdf")
            draft = paper.with_name(f".{paper.name}.part")
            morning_paper(content, draft)
            draft.replace(paper)
            written.append(paper)
    except OSError as error:
        raise DataError(f"The report cannot be written: {error.strerror or error}.", file=str(folder)) from None
    return written
