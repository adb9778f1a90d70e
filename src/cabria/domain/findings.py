"""What a judge found: in a plan (the referee) or in a message (the reader)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from cabria.domain.containers import ContainerId
from cabria.domain.told import Told
from cabria.domain.verdict import Values


class Severity(StrEnum):
    """How bad a finding is. A plan must have no HARD finding that it caused itself."""

    HARD = "hard"
    """Illegal or physically impossible; in a message: data that cannot be used."""
    SAFETY = "safety"
    """For the loading computer and the chief officer; in a message: dangerous goods or mass in doubt."""
    COMMERCIAL = "commercial"
    """Costs money; in a message: work for somebody, but usable."""
    NOTE = "note"
    """Worth knowing; in a message: another dialect, oddities the reader mended."""


class Cause(StrEnum):
    PLAN = "caused by the plan"
    ARRIVAL = "came aboard so"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule or oddity: `rule` is a stable id such as SHIP-PLUG, `place` a position, segment or stack.

    `text` is the English sentence; `code` and `values` say it for other languages, as those of `Told`.
    """

    rule: str
    severity: Severity
    text: str
    place: str = ""
    container: ContainerId | None = None
    cause: Cause = Cause.PLAN
    code: str = field(default="", compare=False)
    values: Values = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls, rule: str, severity: Severity, said: Told, place: str = "", container: ContainerId | None = None
    ) -> Self:
        """A finding that other languages can say too."""
        text, code, values = said
        return cls(rule, severity, text, place, container, code=code, values=values)

    def __str__(self) -> str:
        about = " ".join(part for part in (self.place, self.container) if part)
        return (
            f"{self.severity.upper()} {self.rule} {about}: {self.text}"
            if about
            else (f"{self.severity.upper()} {self.rule}: {self.text}")
        )
