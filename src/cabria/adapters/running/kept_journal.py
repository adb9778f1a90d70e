"""A journal for runs that nobody has to survive: numbered, kept in memory as far back as it goes, durable at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from cabria.operations.gateways import Record
from cabria.operations.running import Told

MOST_KEPT = 200_000
"""Entries; a day of a large terminal."""


class KeptJournal:
    """A `DurableJournal` of one program's life."""

    def __init__(self) -> None:
        self._kept: deque[Told] = deque(maxlen=MOST_KEPT)
        self._written = 0

    @property
    def written(self) -> int:
        return self._written

    @property
    def durable(self) -> int:
        return self._written

    def append(self, record: Record) -> int:
        self._written += 1
        self._kept.append(Told(self._written, record))
        return self._written

    def wait(self, number: int) -> None: ...

    def read(self, after: int, until: int) -> Iterator[Told]:
        """In any thread; what was forgotten is left out."""
        return (told for told in list(self._kept) if after < told.number <= until)
