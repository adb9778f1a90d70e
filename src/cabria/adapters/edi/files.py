"""From a path to the bytes of a message, its size judged before anything is read."""

from __future__ import annotations

import lzma
from pathlib import Path

from cabria.adapters.edi.syntax import MAX_BYTES, too_large
from cabria.domain.errors import DataError
from cabria.domain.told import told


def load(path: Path) -> bytes:
    """The bytes of a file, unpacked if it ends in .xz. Raises DataError if it is absent, no file or too large."""
    file = str(path)
    if not path.exists():
        raise DataError(told("There is no such file.", "no-such-file"), file=file)
    if not path.is_file():
        raise DataError(told("This is not a file.", "no-file"), file=file)
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise too_large(size, file)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError(
            told("The file cannot be read: {error}.", "file-unreadable", error=error.strerror), file=file
        ) from None
    return _unpacked(data, file) if path.suffix == ".xz" else data


def _unpacked(data: bytes, file: str) -> bytes:
    """At most one byte over the limit is unpacked, whatever the archive claims."""
    try:
        unpacker = lzma.LZMADecompressor(memlimit=512 * 1024 * 1024)
        text = unpacker.decompress(data, max_length=MAX_BYTES + 1)
    except (lzma.LZMAError, EOFError):
        raise DataError(told("The archive is damaged or no .xz archive.", "no-xz"), file=file) from None
    if len(text) > MAX_BYTES:
        raise DataError(
            told(
                "Unpacked, the file is too large: a message has at most {most_mb} MB.",
                "edi-unpacked-too-large",
                most_mb=f"{MAX_BYTES / 1000000.0:.0f}",
            ),
            file=file,
        )
    if not unpacker.eof:
        raise DataError(told("The archive was cut off.", "archive-cut-off"), file=file)
    return text
