"""What a check is, and how a list of them is gone through."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(slots=True)
class Finding:
    """What a check by watching has seen: how often it could look, and what was wrong first."""

    looked: int = 0
    wrong: str = ""

    def look(self, is_right: bool, wrong: str) -> None:
        self.looked += 1
        if not is_right and not self.wrong:
            self.wrong = wrong


def results_of(letter: str, listed: Mapping[str, tuple[str, str]], findings: Mapping[str, Finding]) -> list[Result]:
    """Of checks by watching, `listed` with clause and title. What never came to be looked at is not tried."""
    found = []
    for number, (name, (clause, title)) in enumerate(listed.items(), 1):
        finding = findings[name]
        outcome = Outcome.FAILED if finding.wrong else Outcome.PASSED if finding.looked else Outcome.NOT_TRIED
        detail = finding.wrong or ("" if finding.looked else "it never came to that")
        found.append(Result(f"{letter}{number:02}", clause, title, outcome, detail))
    return found
