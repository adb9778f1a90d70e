"""What the orders of every worker process have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cabria.console.http.answers import Encoded
from cabria.domain.told import Told

SILENT = Told("", "", {})
Hear = Callable[[str, float | None, Told], None]
"""Is told how far an order is: a phase, its share done if that is known, and a line about the best so far."""


@dataclass(frozen=True, slots=True)
class Made:
    """An order's answer, a line about it, and the act that it was: a word of `people/acts.py` and what that names."""

    answer: Encoded
    note: str = ""
    code: str = ""
    values: dict[str, str | int] = field(default_factory=dict)
