"""The everyday no: a refusal that explains itself once, for the operator, the log and the trainee."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be done, and if not, why not."""

    ok: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.ok


YES = Verdict(True)


def refuse(reason: str) -> Verdict:
    return Verdict(False, reason)
