"""A run done again, held against its log: where the two first differ, if they do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cabria.adapters.files.run_log import line_of, read_run_log
from cabria.domain.run_events import RunEvent
from cabria.experiments.sweep.recipes import Again
from cabria.experiments.sweep.trials import Outcome

MOST_CHARACTERS = 200


class Difference(NamedTuple):
    """The line of the log at which it goes another way; "nothing" where one of the two ends."""

    line: int
    was: str
    now: str


class _Comparison:
    """A journal that reads the log beside what is recorded."""

    def __init__(self, log: Path) -> None:
        self._log: Iterator[RunEvent] = read_run_log(log)
        self.events = 0
        self.difference: Difference | None = None

    def record(self, event: RunEvent) -> None:
        if self.difference is not None:
            return
        was = next(self._log, None)
        self.events += 1
        if was != event or type(was) is not type(event):
            self.difference = Difference(self.events + 1, _told(was), _told(event))

    def over(self) -> None:
        """The run has ended; so should the log."""
        if self.difference is None and (more := next(self._log, None)) is not None:
            self.difference = Difference(self.events + 2, _told(more), "nothing")


def _told(event: RunEvent | None) -> str:
    return "nothing" if event is None else line_of(event).decode().strip()[:MOST_CHARACTERS]


class Repeated(NamedTuple):
    """A run done again: what came of it, how many events were compared, and where they first differ."""

    outcome: Outcome
    events: int
    difference: Difference | None


def done_again(run: Again, log: Path) -> Repeated:
    """Raises DataError for a log that cannot be read."""
    comparison = _Comparison(log)
    outcome = run.trial.run({}, run.seed, comparison)
    comparison.over()
    return Repeated(outcome, comparison.events, comparison.difference)
