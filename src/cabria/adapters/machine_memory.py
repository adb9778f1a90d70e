"""What an emulated machine remembers when its program is killed: lines of a file, each written before it is told.

A line is whole or it is not there: what a kill cut off is cut away at the next start. Lines are not forced to the disk,
so a machine survives the death of its program, not that of the computer.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from cabria.domain.errors import DataError


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line. `what` happened at `at_ms`, in milliseconds since 1970, to `boxes` at `places`; `detail` is what the
    machine needs to go on from there."""

    machine: str
    what: str
    at_ms: int
    job: str = ""
    boxes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    detail: Any = None


REMEDY = "End the program that uses it, or name another folder."
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Fact)


class Memory:
    """Facts in the order in which they were written. Without a file they are forgotten at the end."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises DataError for a file that is none of these, or cannot be written."""
        self._file: BinaryIO | None = None
        self.path = path
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab+", buffering=0)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _cut_off_torn_end(self._file)
        except BlockingIOError:
            self.close()
            raise DataError("Other machines are running on this memory.", file=str(path), remedy=REMEDY) from None
        except OSError as error:
            raise DataError(f"What machines remember cannot be kept: {error.strerror}.", file=str(path)) from None

    def facts(self) -> Iterator[Fact]:
        """All that was written before. Raises DataError for a line that is none."""
        if self.path is None:
            return
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield _DECODER.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise DataError(
                        f"This is no fact of a machine: {error}.",
                        file=str(self.path),
                        place=f"line {number}",
                        remedy="Name another folder, or remove the file: the machines then begin anew.",
                    ) from None

    def write(self, fact: Fact) -> None:
        """It is remembered when this returns."""
        if self._file is not None:
            self._file.write(_ENCODER.encode(fact) + b"\n")

    def keep_only(self, facts: Iterable[Fact]) -> None:
        """These in place of all that was written; all of them, or all that was."""
        if self.path is None:
            return
        draft = self.path.with_suffix(".draft")
        draft.write_bytes(b"".join(_ENCODER.encode(fact) + b"\n" for fact in facts))
        draft.replace(self.path)
        self.close()
        self._open(self.path)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _cut_off_torn_end(file: BinaryIO) -> None:
    """After the last line that was written whole."""
    end = file.seek(0, os.SEEK_END)
    at = end
    while at > 0:
        step = min(4_096, at)
        file.seek(at - step)
        found = file.read(step).rfind(b"\n")
        if found >= 0:
            at = at - step + found + 1
            break
        at -= step
    if at < end:
        file.truncate(at)
