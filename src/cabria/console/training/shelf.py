"""Where sessions outlive the server: a folder each, with how the session stood last, its snapshots and its report.

What is kept is pickled by this program for itself: the folder is as much to be trusted as the program's own.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from cabria.console.messages.training import TrainingReport, TrainingSession, TrainingSnapshot
from cabria.domain.errors import DataError

LOCK, KEPT, SESSION, DIARY = "lock", "kept.json", "session.pickle", "diary.pickles"


class Kept(msgspec.Struct):
    """What is known of a session besides its run; `snapshots` are in the order of their files."""

    session: TrainingSession
    snapshots: list[TrainingSnapshot] = []
    report: TrainingReport | None = None


class Shelf:
    """One server's sessions in `folder`. Where another server keeps its own there, these last as long as this one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: IO[bytes] | None = None

    def open(self) -> None:
        """What a server that was killed left of sessions that never began is removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / LOCK).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            self.folder = Path(tempfile.mkdtemp(prefix="cabria-training-"))
            return
        self._lock = lock
        for place in self.folder.iterdir():
            if place.is_dir() and not (place / KEPT).exists():
                shutil.rmtree(place, ignore_errors=True)

    def close(self) -> None:
        if self._lock is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self._lock.close()

    def sessions(self) -> Iterator[tuple[Path, Kept]]:
        """The oldest first. One that cannot be read is left where it is, and not told of."""
        found = []
        for place in self.folder.iterdir():
            with suppress(OSError, msgspec.DecodeError):
                found.append((place, msgspec.json.decode((place / KEPT).read_bytes(), type=Kept)))
        return iter(sorted(found, key=lambda one: (one[1].session.since, one[0].name)))


def keep(place: Path, kept: Kept) -> None:
    write(place / KEPT, msgspec.json.encode(kept))


def snapshot_of(place: Path, number: int) -> Path:
    return place / f"snapshot-{number}.pickle"


def read(path: Path) -> bytes:
    """Raises DataError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"It cannot be read: {error.strerror}.", file=str(path)) from None


def write(path: Path, content: bytes) -> None:
    """All of it or nothing, whenever the server is killed."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
