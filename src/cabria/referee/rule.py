"""What a rule and an offence against it are, and who is to blame for an offence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cabria.domain.containers import ContainerId
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.told import Told


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the referee: a stable id, how bad an offence is, and what it asks in a sentence."""

    id: str
    severity: Severity
    sentence: str

    def finding(
        self, said: Told | str, place: object = "", container: ContainerId | None = None, cause: Cause = Cause.PLAN
    ) -> Finding:
        """An offence. What no page of the control room shows is said in English alone, by a plain text."""
        text, code, values = (said, "", {}) if isinstance(said, str) else said
        return Finding(self.id, self.severity, text, str(place), container, cause, code, values)


class Offence(NamedTuple):
    """A broken rule in one condition of the ship, before anybody is blamed for it.

    `other` names whom it concerns besides the container; `amount` says how bad it is where that can be measured.
    """

    rule: Rule
    said: Told | str
    place: str = ""
    container: ContainerId | None = None
    other: str = ""
    amount: int = 0

    @property
    def text(self) -> str:
        return self.said if isinstance(self.said, str) else self.said.text

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.rule.id, self.place, self.container or "", self.other)


def attribute(offences: Iterable[Offence], before: Iterable[Offence]) -> Iterator[Finding]:
    """Findings for `offences`; came aboard so if the same was there `before` and is no worse now."""
    known: dict[tuple[str, str, str, str], int] = {}
    for offence in before:
        known[offence.key] = max(offence.amount, known.get(offence.key, offence.amount))
    for offence in offences:
        was = known.get(offence.key)
        cause = Cause.ARRIVAL if was is not None and offence.amount <= was else Cause.PLAN
        yield offence.rule.finding(offence.said, offence.place, offence.container, cause)
