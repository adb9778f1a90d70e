"""Entries as they stand in a journal, and the chain of hashes through them: `docs/reference/journal.md`.

The hash of an entry is SHA-256 over the hash before it, then number, kind, version, time and correlation as a JSON
array, a line feed, and the body. The hash before the first is that of the journal's own name, so that entries of one
journal fit into no other.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

import msgspec

from cabria.adapters.files.run_log import event_of, line_of
from cabria.adapters.journal import closed_form
from cabria.domain.errors import DataError
from cabria.operations.gateways import EntryKind, Record

VERSION = 2
"""Of the bodies. In those of version 1 operations gave reasons as sentences, and a truck's move had one step."""
PACKED_BYTES = 20_000
"""Longer bodies are compressed: a call of a large ship, how everything stands."""
MOST_BYTES = 1_000_000_000
"""Of a body unpacked; more is no entry of ours."""
EVENT_KINDS = frozenset({EntryKind.REPORT, EntryKind.ANSWER, EntryKind.DECISION})


class Draft(NamedTuple):
    """An entry with its number, before it is hashed."""

    number: int
    kind: str
    version: int
    at_ms: int
    correlation: str
    body: bytes


class Entry(NamedTuple):
    """One row of the journal."""

    number: int
    kind: str
    version: int
    at_ms: int
    correlation: str
    body: bytes
    hash: bytes


class Snapshot(NamedTuple):
    """How everything stood after an entry; `hash` is SHA-256 over that entry's hash and the body."""

    number: int
    version: int
    body: bytes
    hash: bytes


class Head(NamedTuple):
    """The last entry of a journal; number 0 when there is none."""

    number: int
    hash: bytes


def first_hash(journal: str) -> bytes:
    """What the chain of a journal begins with."""
    return sha256(f"cabria.journal {journal}".encode()).digest()


def chained(before: bytes, draft: Draft) -> Entry:
    """The entry with its hash."""
    return Entry(*draft, hash_of(before, draft))


def hash_of(before: bytes, entry: Draft | Entry) -> bytes:
    number, kind, version, at_ms, correlation, body = entry[:6]
    head = msgspec.json.encode([number, kind, version, at_ms, correlation])
    return sha256(b"".join((before, head, b"\n", body))).digest()


def snapshot_hash(entry_hash: bytes, body: bytes) -> bytes:
    return sha256(entry_hash + body).digest()


class BrokenChainError(DataError):
    """An entry was changed, removed or put in after it was written. `number` is the first that does not fit."""

    def __init__(self, number: int, problem: str) -> None:
        self.number = number
        super().__init__(
            problem, place=f"entry {number}", remedy="Entries before it are whole; restore a backup for the rest."
        )


def checked(entries: Iterable[Entry], before: Head) -> Iterator[Entry]:
    """The entries, each after a look whether it follows the one before. Raises BrokenChainError at the first that does
    not."""
    number, last = before
    for entry in entries:
        if entry.number != number + 1:
            raise BrokenChainError(number + 1, f"Entry {number + 1} is missing; after {number} comes {entry.number}.")
        if entry.hash != hash_of(last, entry):
            raise BrokenChainError(entry.number, "The entry is not what was written: its hash does not fit.")
        number, last = entry.number, entry.hash
        yield entry


def body_of(record: Record) -> bytes:
    """Run events as in a run log, everything else in closed form; long ones compressed."""
    content = record.content
    return packed(line_of(content)[:-1] if record.kind in EVENT_KINDS else closed_form.encode(content))


def draft(number: int, record: Record) -> Draft:
    return Draft(number, record.kind.value, VERSION, record.at_ms, record.correlation, body_of(record))


def packed(body: bytes) -> bytes:
    return zlib.compress(body, 1) if len(body) > PACKED_BYTES else body


def unpacked(body: bytes) -> bytes:
    """A body as JSON. Raises DataError for a damaged one."""
    if body[:1] in (b"[", b"{"):
        return body
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(body, MOST_BYTES)
    except zlib.error:
        raise DataError("The body is damaged.") from None
    if not unpacking.eof:
        raise DataError("The body is cut off, or longer than any of ours.")
    return text


OTHER_VERSION = (
    "Another version of Cabria wrote it: read it with that one, or let the terminal begin a new journal (name another "
    "file, and keep this one)."
)


def record_of(entry: Entry, file: str = "") -> Record:
    """What an entry of a journal in `file` says. Raises DataError, with the entry, for one of another version and one
    that says nothing."""
    place = f"entry {entry.number}"
    if entry.version != VERSION:
        told = f"The entry is of version {entry.version}; this program reads version {VERSION}."
        raise DataError(told, file=file, place=place, remedy=OTHER_VERSION)
    try:
        kind = EntryKind(entry.kind)
    except ValueError:
        raise DataError(f"There is no kind {entry.kind!r:.60}.", file=file, place=place, remedy=OTHER_VERSION) from None
    try:
        text = unpacked(entry.body)
        content = event_of(text) if kind in EVENT_KINDS else closed_form.decode(text)
    except (DataError, msgspec.DecodeError, RecursionError) as error:
        problem = error.problem if isinstance(error, DataError) else f"This is no event: {str(error).rstrip('.')}."
        raise DataError(problem, file=file, place=place, remedy=OTHER_VERSION) from None
    return Record(kind, entry.at_ms, entry.correlation, content)
