"""What people do in a session, durable before it is done: with the session as it was kept last, nothing of it is lost.

A run is deterministic, so what was done since is done again at its times. What is written is pickled by this program
for itself, as the session is.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

LENGTH_BYTES = 4


class Deed(NamedTuple):
    """The `number`-th thing that somebody did in a session: `what` is a method of `TrainingRun`."""

    number: int
    at_ms: int
    what: str
    arguments: tuple[Any, ...]


class Diary:
    """A file that only grows. One thread writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def write(self, deed: Deed) -> None:
        """Returns when it is on the disk. Raises OSError."""
        if self._file is None:
            whole = sum(LENGTH_BYTES + len(content) for content in self._contents())
            self._file = self.path.open("ab")
            self._file.truncate(whole)  # what a killed server had half written
        content = pickle.dumps(deed, pickle.HIGHEST_PROTOCOL)
        self._file.write(len(content).to_bytes(LENGTH_BYTES) + content)
        self._file.flush()
        os.fsync(self._file.fileno())

    def read(self, after: int) -> Iterator[Deed]:
        """Deeds with a higher number, in order; one that was cut off never was."""
        for content in self._contents():
            deed: Deed = pickle.loads(content)
            if deed.number > after:
                yield deed

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _contents(self) -> Iterator[bytes]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            while len(head := file.read(LENGTH_BYTES)) == LENGTH_BYTES:
                content = file.read(int.from_bytes(head))
                if len(content) < int.from_bytes(head):
                    return
                yield content
