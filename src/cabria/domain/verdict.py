"""The everyday no: a refusal that explains itself once, for the operator, the log and the trainee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Values = Mapping[str, str | int]
"""What a sentence names, by name, so that it can be said in another language."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be done, and if not, why not.

    `reason` is the English sentence. `code` is a word for it that stays, where others than the program's own log are
    told, and `values` what it names: docs/reference/refusals.md.
    """

    ok: bool
    reason: str = ""
    code: str = field(default="", compare=False)
    values: Values = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        return self.ok


YES = Verdict(True)


def refuse(reason: str, code: str = "", **values: str | int) -> Verdict:
    """With a code, `reason` names its values in braces; without one it is the whole sentence."""
    return Verdict(False, reason.format(**values) if code else reason, code, values)
