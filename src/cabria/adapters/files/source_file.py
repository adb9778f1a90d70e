"""Reading a file that somebody else wrote: it exists, it is a file, it is not absurdly large, and it is text."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from cabria.domain.errors import DataError
from cabria.domain.told import told


def read_bytes(path: Path | str, *, limit_bytes: int) -> bytes:
    """The file's content. Raises DataError when it cannot be read, is empty or is larger than `limit_bytes`."""
    name = str(path)
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a directory or a device must fail here, not later
            content = file.read(limit_bytes + 1)
    except FileNotFoundError:
        raise DataError(told("There is no such file.", "no-such-file"), file=name) from None
    except IsADirectoryError:
        raise DataError(
            told("This is a folder, where a file is due, or it holds none of the kind.", "folder-not-file"), file=name
        ) from None
    except OSError as error:
        raise DataError(
            told("The file cannot be read: {error}.", "file-unreadable", error=error.strerror or error), file=name
        ) from None
    if len(content) > limit_bytes:
        raise DataError(
            told(
                "The file is larger than {most_mb} MB, which no file of its kind is.",
                "file-too-large",
                most_mb=f"{limit_bytes / 1000000.0:.0f}",
            ),
            file=name,
        )
    if not content.strip():
        raise DataError(told("The file is empty.", "file-empty"), file=name)
    return content


def read_text(path: Path | str, *, limit_bytes: int) -> str:
    """The file's text, in UTF-8 or else Latin-1, without a byte order mark. Raises DataError, also for bytes that are
    no text.
    """
    content = read_bytes(path, limit_bytes=limit_bytes)
    if b"\0" in content:
        raise DataError(told("The file is not text; it holds binary data.", "not-text"), file=str(path))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def unzipped(content: bytes, *, file: str, limit_bytes: int) -> bytes:
    """What a gzip archive holds; no more than the limit is unpacked, whatever that is. Raises DataError."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(content, limit_bytes + 1)
    except zlib.error:
        raise DataError(told("The archive is damaged or no gzip archive.", "no-gzip"), file=file) from None
    if len(text) > limit_bytes:
        raise DataError(
            told(
                "Unpacked, the file is larger than {most_mb} MB.", "unpacked-too-large", most_mb=limit_bytes // 1024**2
            ),
            file=file,
        )
    if not unpacker.eof:
        raise DataError(told("The archive was cut off.", "archive-cut-off"), file=file, remedy="Fetch it again.")
    return text


def write_whole(path: Path | str, content: bytes) -> None:
    """Write a file whole or not at all: beside its place first, then moved there; through a link, not over it.

    Raises DataError, also for a name that belongs to a folder or a device.
    """
    try:
        target = resolved(path)
        if target.exists() and not target.is_file():
            raise DataError(
                told("This is not a file, so it is left alone.", "file-left-alone"),
                file=str(path),
                remedy="Name another.",
            )
        beside = target.with_name(f".cabria-{os.getpid()}.part")
        try:
            beside.write_bytes(content)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            told("The file cannot be written: {error}.", "file-unwritable", error=error.strerror or error),
            file=str(path),
        ) from None


def resolved(path: Path | str) -> Path:
    """The path behind all links. Raises DataError for a link that leads to itself."""
    try:
        return Path(path).resolve()
    except RuntimeError:
        raise DataError(told("This is a link that leads to itself.", "link-to-itself"), file=str(path)) from None
