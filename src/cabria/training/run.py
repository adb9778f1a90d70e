"""A scenario under way: the twin it runs on, what was injected, what the trainee did, what the instructor noted.

It has no clock of its own: whoever holds it lets its time go by, headless as `playing.py` or beside a clock as
`terminal.py`. All of it can be pickled between two inputs, and goes on from there as it would have.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cabria.adapters.running.kept_journal import KeptJournal
from cabria.adapters.running.operations_thread import ToldJournal
from cabria.domain.errors import DataError
from cabria.domain.run_events import MachineResumed, MachineStopped, RunEvent
from cabria.domain.verdict import Values, Verdict
from cabria.operations.journaling import FAILURES, JournaledControl
from cabria.operations.records import Command
from cabria.operations.running import Accepted, Refused
from cabria.operations.settings import Settings
from cabria.training.diary import Deed
from cabria.training.scenario import Injection, Scenario
from cabria.training.script import Alarm, Script
from cabria.training.start import Prepared
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

VARIATION = 0.1
"""How much the cycles of quay cranes differ."""
AFTER_MS = 300_000
"""How long a session goes on when all is done, so that trucks find their places."""
MOST_NOTES, LONGEST_NOTE = 500, 500
SETTINGS = Settings(replan_iterations=2_000)


class Act(NamedTuple):
    """What a person asked. `entry` is that of the journal, 0 for one that did not get there; `refused` says why not, ""
    where it was done, and `code` and `values` say it for other languages."""

    at_ms: int
    by: str
    verb: str
    arguments: tuple[Any, ...]
    entry: int
    refused: str
    code: str
    values: Values


class Note(NamedTuple):
    """What an instructor wrote beside a session."""

    at_ms: int
    by: str
    text: str


@dataclass
class _Ears:
    """Hears the run's log: machines do what a person says of them, as they do what faults say."""

    run: TrainingRun | None = None

    def record(self, event: RunEvent) -> None:
        if self.run is None:
            return
        if isinstance(event, MachineStopped):
            self.run.twin.stops.stop(event.machine)
        elif isinstance(event, MachineResumed) and self.run.script.may_go_on(event.machine):
            self.run.twin.stops.resume(event.machine)


class TrainingRun:
    """One session of one scenario. `now_ms` and `run` are what a pace takes forward."""

    def __init__(self, scenario: Scenario, start: Prepared) -> None:
        self.scenario, self.start = scenario, replace(start, entries=(), planned=None)
        self.kept = KeptJournal()
        self.journal = ToldJournal(self.kept)
        self.acts: list[Act] = []
        self.notes: list[Note] = []
        self.deeds = 0
        """How many things of a diary are done."""
        self.ended_ms: int | None = None
        """When somebody ended it, or it was over by itself."""
        self._done_ms: int | None = None
        ears = _Ears()
        self.twin = _twin(scenario, start, self.journal, self.kept, ears)
        self.begins_ms = self.twin.now_ms
        self.script = Script(self.twin, self.kept, scenario, start)
        ears.run = self
        if start.standing is None:
            self.control.take_stock(start.ships[0][0].yard)
            for call, plan in start.ships:
                self.control.berth(call, plan)

    @property
    def control(self) -> JournaledControl:
        control = self.twin.control
        assert isinstance(control, JournaledControl)
        return control

    @property
    def now_ms(self) -> int:
        return self.twin.now_ms

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        return tuple(self.script.alarms)

    @property
    def is_over(self) -> bool:
        return self.ended_ms is not None

    @property
    def ends_ms(self) -> int:
        """When the scenario's time is up."""
        return self.begins_ms + self.scenario.lasts_ms

    def run(self, until_ms: int) -> int:
        """Let time go by, at most to the session's end; when all is done it is over a little later."""
        if self.is_over:
            return 0
        happened = self.twin.run(min(until_ms, self.ends_ms))
        if self._done_ms is None and self._all_done():
            self._done_ms = self.now_ms
        last_ms = self.ends_ms if self._done_ms is None else min(self.ends_ms, self._done_ms + AFTER_MS)
        if self.now_ms >= last_ms:
            self.end()
        return happened

    def _all_done(self) -> bool:
        board = self.control.desk.board
        return not board.calls and self.script.is_over and not any(truck.is_visitor for truck in board.trucks.values())

    def end(self) -> None:
        """From now on its time stands still."""
        if self.ended_ms is None:
            self.ended_ms = self.now_ms

    def do(self, command: Command, by: str) -> Accepted | Refused:
        """A person's command, as a running terminal would take it; it is kept with how it ended."""
        before = self.journal.written
        reply: Accepted | Refused
        try:
            answer = self.control.do(command, by)
        except FAILURES as error:
            reply = Refused.of(error, before + 1 if self.journal.written > before else 0)
        else:
            is_no = isinstance(answer, Verdict) and not answer.ok
            reply = Refused.of(answer, before + 1) if is_no else Accepted(before + 1, answer)
        self.acted(command, by, reply)
        return reply

    def acted(self, command: Command, by: str, reply: Accepted | Refused) -> None:
        no = reply if isinstance(reply, Refused) else Refused("")
        why_not = no.reason, no.code, dict(no.values)
        self.acts.append(Act(self.now_ms, by, command.verb, command.arguments, reply.entry, *why_not))

    def inject(self, injection: Injection) -> None:
        """By an instructor, now; it counts as one of the scenario's from then on. Raises DataError."""
        at_min = (self.now_ms - self.begins_ms) / 60_000
        self.script.inject_now(replace(injection, at_min=at_min))

    def note(self, text: str, by: str) -> None:
        self.notes.append(Note(self.now_ms, by, text[:LONGEST_NOTE]))
        del self.notes[:-MOST_NOTES]

    def again(self, deed: Deed) -> None:
        """Something that somebody did after the session was kept. Raises what it raised then, but for what is refused
        with its place."""
        self.run(deed.at_ms)
        self.deeds = deed.number
        with suppress(DataError):
            DEEDS[deed.what](self, *deed.arguments)

    def snapshot(self) -> bytes:
        """Between two inputs."""
        return pickle.dumps(self, pickle.HIGHEST_PROTOCOL)

    @classmethod
    def branch(cls, snapshot: bytes) -> TrainingRun:
        """Another session that goes on from a snapshot of this program's making."""
        run = pickle.loads(snapshot)
        assert isinstance(run, cls)
        run.journal.untold.clear()
        return run


DEEDS: Mapping[str, Callable[..., object]] = {
    "do": TrainingRun.do,
    "inject": TrainingRun.inject,
    "note": TrainingRun.note,
    "end": TrainingRun.end,
}
"""What people do in a session."""


def _twin(scenario: Scenario, start: Prepared, journal: ToldJournal, kept: KeptJournal, ears: _Ears) -> Twin:
    fleet = Fleet(trucks=scenario.trucks, spread=Spread(VARIATION))
    if start.standing is None:
        return Twin(start.layout, SETTINGS, fleet, scenario.seed, log=ears, journal=journal)
    from cabria.twin.going_on import going_on

    assert start.strokes is not None
    twin = going_on(start.standing, start.strokes, fleet, scenario.seed, ears)
    for told in start.entries:
        kept.append(told.record)
    control = twin.control
    assert isinstance(control, JournaledControl)
    control.scribe.journal = journal
    return twin
