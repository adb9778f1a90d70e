"""What a database must do to keep a journal. One program writes at a time; any number read meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cabria.adapters.journal.entries import Entry, Head, Snapshot
from cabria.domain.errors import TerminalError


class Store(Protocol):
    """`journal` is the journal's own name, which its chain begins with; `where` names the database without secrets."""

    journal: str
    where: str

    def head(self) -> Head:
        """The last entry."""

    def entries(self, after: int, until: int) -> Iterator[Entry]:
        """Those with numbers above `after`, up to and including `until`, as they stand; none is checked."""

    def snapshot(self, until: int) -> Snapshot | None:
        """The latest of an entry not after `until`."""

    def close(self) -> None: ...


class WritingStore(Store, Protocol):
    """A store opened to write, by one program at a time."""

    def write(self, entries: Sequence[Entry], snapshots: Sequence[Snapshot]) -> None:
        """All or nothing, and durable when this returns. Raises StoreLostError when it is not known which."""

    def open_again(self) -> None:
        """After the connection was lost. Raises StoreLostError as long as that cannot be, StoreTakenError for good."""


class StoreLostError(TerminalError):
    """The database does not answer. Whether it has what was last written is not known."""


class StoreTakenError(TerminalError):
    """Another program writes this journal."""
