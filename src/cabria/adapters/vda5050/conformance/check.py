"""What a check is, and how a list of them is gone through."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_TRIED = "not tried"


class Wait(NamedTuple):
    """A script goes on when the condition holds (it is sent True) or so much time has gone by (False)."""

    condition: Callable[[], bool]
    within_ms: int


Script = Generator[Wait, bool, str]
"""Returns what is wrong, "" when nothing is. Raises NotTried."""


class NotTried(Exception):
    """There was no way to find out, and why."""


class Check(NamedTuple):
    number: str
    clause: str
    title: str
    script: Callable[[], Script]


class Result(NamedTuple):
    number: str
    clause: str
    title: str
    outcome: Outcome
    detail: str


class Going:
    """Goes through checks one after the other; `advance` is called again and again with the time."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks, self.results = list(checks), list[Result]()
        self._script: Script | None = None
        self._wait: Wait | None = None
        self._until_ms = 0

    @property
    def is_over(self) -> bool:
        return len(self.results) == len(self._checks)

    def advance(self, now_ms: int) -> None:
        """As far as it goes now."""
        while not self.is_over:
            if self._script is None:
                self._script = self._checks[len(self.results)].script()
                self._wait = None
            holds = self._wait is not None and self._wait.condition()
            if self._wait is not None and not holds and now_ms < self._until_ms:
                return
            try:
                self._wait = next(self._script) if self._wait is None else self._script.send(holds)
                self._until_ms = now_ms + self._wait.within_ms
            except StopIteration as end:
                self._finish(Outcome.FAILED if end.value else Outcome.PASSED, end.value)
            except NotTried as reason:
                self._finish(Outcome.NOT_TRIED, str(reason))

    def _finish(self, outcome: Outcome, detail: str) -> None:
        check = self._checks[len(self.results)]
        self.results.append(Result(check.number, check.clause, check.title, outcome, detail))
        self._script = None


def is_conformant(results: Sequence[Result]) -> bool:
    return all(result.outcome is not Outcome.FAILED for result in results)
