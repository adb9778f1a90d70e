"""A journal that keeps its records in memory and takes them for durable when told to."""

from __future__ import annotations

from collections.abc import Iterable

from cabria.operations.gateways import Record
from cabria.operations.replay import Numbered


class JournalInMemory:
    """`flush` makes everything written durable; with `at_once` it always is."""

    def __init__(self, records: Iterable[Record] = (), *, at_once: bool = True) -> None:
        self.records = list(records)
        self._at_once = at_once
        self._durable = len(self.records)

    @property
    def written(self) -> int:
        return len(self.records)

    @property
    def durable(self) -> int:
        return self.written if self._at_once else self._durable

    def append(self, record: Record) -> int:
        self.records.append(record)
        return self.written

    def wait(self, number: int) -> None:
        self.flush()

    def flush(self) -> None:
        self._durable = self.written

    def die(self) -> None:
        """What was not durable is gone."""
        del self.records[self.durable :]

    def numbered(self, after: int = 0) -> Iterable[Numbered]:
        return [Numbered(n, record) for n, record in enumerate(self.records[after:], after + 1)]
