"""What a file that came in is: unpacked within limits, read, and known by who sent it and what it says."""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from cabria.adapters.edi.code_tables import CodeTables
from cabria.adapters.edi.reading import read_any
from cabria.adapters.edi.syntax import MAX_BYTES
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding, Severity
from cabria.domain.messages import Message

MOST_FINDINGS = 5_000
"""Kept of one file; a letter shows fewer."""
_ZIP, _GZIP, _XZ = b"PK\x03\x04", b"\x1f\x8b", b"\xfd7zXZ\0"
_BREAKS = re.compile(rb"[\r\n]+")
PLAIN = "Send it plain, or alone in a .gz, .xz or .zip."


class Content(StrEnum):
    """What a file is by its first bytes."""

    MESSAGES = "messages"
    PORT_CALLS = "port calls"


@dataclass(frozen=True)
class Letterbox:
    """Everything a file says: its messages, or the text of its port calls, and who sent it under which reference."""

    content: Content
    text: bytes
    messages: tuple[Message, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for message in self.messages for finding in message.findings)

    @property
    def is_usable(self) -> bool:
        return not any(finding.severity is Severity.HARD for finding in self.findings)

    @property
    def kinds(self) -> str:
        if self.content is Content.PORT_CALLS:
            return "port calls"
        return ", ".join(dict.fromkeys(message.header.kind for message in self.messages))

    @property
    def sender(self) -> str:
        return next((message.header.sender for message in self.messages if message.header.sender), "")

    @property
    def reference(self) -> str:
        """Of the interchange; "" where it has none."""
        return next(
            (m.header.interchange_reference for m in self.messages if m.header.interchange_reference.strip("0 ")), ""
        )

    @property
    def saying(self) -> str:
        """A digest of what it says, whatever its line breaks and byte order mark."""
        return sha256(_BREAKS.sub(b"", self.text.removeprefix(b"\xef\xbb\xbf")).strip()).hexdigest()


UNPACKING_FAILURES = (
    zlib.error, lzma.LZMAError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, IndexError,
)  # fmt: skip
"""Of the libraries, for what is damaged; the last for a part of a zip that has no name."""


def opened(data: bytes, *, file: str, tables: CodeTables | None = None) -> Letterbox:
    """Read a file whatever it holds. Raises DataError for what is neither a message we read nor port calls."""
    text = unpacked(data, file=file)
    if text.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return Letterbox(Content.PORT_CALLS, text)
    return Letterbox(Content.MESSAGES, text, read_any(text, file=file, tables=tables))


def unpacked(data: bytes, *, file: str) -> bytes:
    """A file's text. An archive is unpacked no further than a message may be long. Raises DataError."""
    try:
        if data.startswith(_ZIP):
            text = _unzipped(data, file)
        elif data.startswith(_GZIP):
            unpacking = zlib.decompressobj(wbits=31)
            text = unpacking.decompress(data, MAX_BYTES + 1)
            _refuse_rest(len(text), unpacking.eof, unpacking.unused_data, file)
        elif data.startswith(_XZ):
            unpacker = lzma.LZMADecompressor(memlimit=256 * 1024 * 1024)
            text = unpacker.decompress(data, max_length=MAX_BYTES + 1)
            _refuse_rest(len(text), unpacker.eof, unpacker.unused_data, file)
        else:
            return data
    except UNPACKING_FAILURES:
        raise DataError("The archive is damaged, or locked by a password.", file=file, remedy=PLAIN) from None
    if text.startswith((_ZIP, _GZIP, _XZ)):
        raise DataError("There is an archive in the archive.", file=file, remedy=PLAIN)
    return text


def _unzipped(data: bytes, file: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [part for part in archive.infolist()[:100] if not part.is_dir()]
        if len(parts) != 1:
            raise DataError(f"The archive holds {len(parts)} files, not one.", file=file, remedy=PLAIN)
        with archive.open(parts[0]) as part:  # its name is not used
            text = part.read(MAX_BYTES + 1)
    _refuse_rest(len(text), True, b"", file)
    return text


def _refuse_rest(size: int, is_whole: bool, behind: bytes, file: str) -> None:
    if size > MAX_BYTES:
        raise DataError(f"Unpacked, the file has more than {MAX_BYTES // 1_000_000} MB.", file=file, remedy=PLAIN)
    if not is_whole:
        raise DataError("The archive was cut off.", file=file, remedy="Send it again.")
    if behind:
        raise DataError("Something stands behind the archive.", file=file, remedy=PLAIN)


def looks_whole(data: bytes) -> bool:
    """Whether a file ends as its kind does; what is of no kind we know is whole."""
    text = data[:3].lstrip(b"\xef\xbb\xbf") + data[3:64]
    head, tail = text.lstrip()[:3], data[-400:].rstrip()
    if not data.strip():
        return False
    if head in (b"UNA", b"UNB", b"UNH"):
        return b"UNZ" in tail or b"UNT" in tail
    if head[:1] in (b"{", b"["):
        return tail.endswith((b"}", b"]"))
    return True


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))[:MOST_FINDINGS]
