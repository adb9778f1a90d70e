"""The finished runs of a sweep on disk, each written down as it ends, so that a sweep that is killed goes on later.

JSON lines: first the format and what was asked, then an array a run, of its variant's settings and its record. A last
line that was cut off is a run that has to be done again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import msgspec

from cabria.adapters.files.source_file import read_bytes
from cabria.domain.errors import DataError
from cabria.referee.run_record import RunRecord, Value, Variant

FORMAT = "cabria.sweep/1"
LIMIT_BYTES = 4_000_000_000
START_ANEW = "Name another folder with --out, or leave --resume away where the folder is empty."

Question = Mapping[str, Any]
"""What was asked, without what was varied and how often: plain values by name."""


class KeptRuns:
    """`records` are those that were there; `keep` adds one, safely on disk when it returns.

    Raises DataError for a file that is none of ours or answers another question, or where there is one already and
    `is_resumed` is False.
    """

    def __init__(self, path: Path, question: Question, *, is_resumed: bool) -> None:
        self.records: list[tuple[Mapping[str, Value], RunRecord]] = []
        head = msgspec.json.encode([FORMAT, question], order="sorted") + b"\n"
        is_there = path.exists() and path.stat().st_size > 0
        if is_there and not is_resumed:
            raise DataError(
                "There are runs here already.", file=str(path), remedy="Go on with --resume, or name another folder."
            )
        length = self._read(path, head) if is_there else 0
        try:
            self._file: IO[bytes] = path.open("r+b" if is_there else "wb")
            self._file.truncate(length)
            self._file.seek(length)
            if not length:
                self._write(head)
        except OSError as error:
            raise DataError(f"The runs cannot be kept: {error.strerror or error}.", file=str(path)) from None

    def _read(self, path: Path, head: bytes) -> int:
        """How many bytes of the file are whole lines."""
        content = read_bytes(path, limit_bytes=LIMIT_BYTES)
        lines = content.splitlines(keepends=True)
        if not lines[0].endswith(b"\n"):
            return 0
        if lines[0] != head:
            raise _other_question(str(path), lines[0], head)
        if not lines[-1].endswith(b"\n"):
            lines.pop()
        self.records = list(_records(str(path), lines[1:]))
        return sum(map(len, lines))

    def keep(self, variant: Variant, record: RunRecord) -> None:
        self._write(msgspec.json.encode([variant.settings, record]) + b"\n")

    def _write(self, line: bytes) -> None:
        self._file.write(line)
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _records(name: str, lines: list[bytes]) -> Iterator[tuple[Mapping[str, Value], RunRecord]]:
    for number, line in enumerate(lines, 2):
        try:
            yield msgspec.json.decode(line, type=tuple[dict[str, bool | int | float | str], RunRecord])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DataError(
                f"This is no run of a sweep: {str(error)[:200]}.", file=name, place=f"line {number}", remedy=START_ANEW
            ) from None


def _other_question(name: str, line: bytes, head: bytes) -> DataError:
    """Which answer of the file is another than what is asked now."""
    try:
        said, was = msgspec.json.decode(line, type=tuple[str, dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said, was = "", {}
    if said != FORMAT:
        return DataError(f'The first line does not say "{FORMAT}".', file=name, place="line 1", remedy=START_ANEW)
    asked = msgspec.json.decode(head)[1]
    key = next((key for key in sorted({*was, *asked}) if was.get(key) != asked.get(key)), "order")
    return DataError(
        f"These runs were done with {key} {str(was.get(key))[:80]}, and now it is {str(asked.get(key))[:80]}.",
        file=name,
        place="line 1",
        remedy="Ask the same, or name another folder with --out.",
    )
