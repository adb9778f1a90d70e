"""Where a partner puts its files and finds ours: three folders, `in`, `out` and `aside`, here or on another machine.

Names and contents come from strangers. A name is used only if it is a plain one; nothing larger than a message is
fetched; a file appears under its name in `out` and `aside` whole or not at all.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from cabria.adapters.edi.syntax import MAX_BYTES
from cabria.domain.errors import DataError, TerminalError

IN, OUT, ASIDE = "in", "out", "aside"
FOLDERS = (IN, OUT, ASIDE)
MOST_NAMES = 10_000
"""Files looked at in one look; a folder that holds more is worked off bit by bit."""
TAKEN = ".cabria-taken-"
"""Begin of a file's name while it is taken out of `in`."""
DRAFT = ".cabria-draft-"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_STILL_WRITTEN = re.compile(r"(?i).*(\.part|\.partial|\.filepart|\.tmp|\.temp|\.crdownload|\.swp|~)\Z")
MOST_NAME_CHARS = 200


class Seen(NamedTuple):
    """A file in `in` as the folder lists it."""

    name: str
    size: int
    changed_ns: int


class MailboxLostError(TerminalError):
    """The partner's folders are out of reach now; to be tried again later."""


class Mailbox(Protocol):
    """A partner's three folders. Every method raises MailboxLostError when they are out of reach."""

    where: str

    def look(self) -> tuple[Seen, ...]:
        """Files of `in` that somebody may have finished, the oldest first; nothing that is no file."""

    def fetch(self, seen: Seen) -> bytes | None:
        """The file's content; None if it is gone, has changed or is larger than a message."""

    def remove(self, seen: Seen) -> None:
        """Take the file out of `in`; one that was written anew meanwhile stays."""

    def push_aside(self, seen: Seen, name: str) -> None:
        """Move the file from `in` to `aside` unread."""

    def deliver(self, folder: str, name: str, content: bytes) -> None:
        """Write a file into `out` or `aside`; one of that name is replaced."""

    def close(self) -> None: ...


def is_plain(name: str) -> bool:
    """Whether a listed name can be used: no path, no control character, not too long."""
    return (
        0 < len(name) <= MOST_NAME_CHARS
        and name not in (".", "..")
        and not any(char in "/\\\0" or not char.isprintable() for char in name)
    )


def is_waiting(name: str) -> bool:
    """Whether a name says that the file is hidden, or still being written."""
    return (name.startswith(".") and not name.startswith(TAKEN)) or bool(_STILL_WRITTEN.fullmatch(name))


def safe_name(name: str, digest: str, ending: str) -> str:
    """A name of ours for what belongs to a stranger's file: its letters and digits, and eight of its digest."""
    stem = _UNSAFE.sub("_", name.removeprefix(TAKEN))[:80].strip("._") or "file"
    return f"{stem}-{digest[:8]}{ending}"


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


class FolderMailbox:
    """Folders on this machine, or on a disk that is mounted here."""

    def __init__(self, root: Path) -> None:
        """Makes the three folders where they are not. Raises DataError when they cannot be."""
        self.where = str(root)
        self._root = root
        try:
            for folder in FOLDERS:
                (root / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"The folder cannot be made: {error.strerror or error}.", file=self.where) from None

    def look(self) -> tuple[Seen, ...]:
        try:
            found = sorted(self._listed(), key=lambda seen: (seen.changed_ns, seen.name))
        except OSError as error:
            raise self._lost(error) from None
        return tuple(found)

    def _listed(self) -> Iterator[Seen]:
        with os.scandir(self._root / IN) as entries:
            for number, entry in enumerate(entries):
                if number == MOST_NAMES:
                    return
                if not is_plain(entry.name) or is_waiting(entry.name):
                    continue
                try:
                    facts = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(facts.st_mode):  # a link may lead anywhere, a pipe would be waited for
                    yield Seen(entry.name, facts.st_size, facts.st_mtime_ns)

    def fetch(self, seen: Seen) -> bytes | None:
        if seen.size > MAX_BYTES:
            return None
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            with open(os.open(self._root / IN / seen.name, flags), "rb") as file:  # noqa: PTH123
                facts = os.fstat(file.fileno())
                if not stat.S_ISREG(facts.st_mode) or (facts.st_size, facts.st_mtime_ns) != seen[1:]:
                    return None
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP, errno.EACCES, errno.EISDIR):
                return None
            raise self._lost(error) from None
        return content if len(content) == seen.size else None

    def remove(self, seen: Seen) -> None:
        self._take_out(seen, None)

    def push_aside(self, seen: Seen, name: str) -> None:
        self._take_out(seen, self._root / ASIDE / name)

    def _take_out(self, seen: Seen, to: Path | None) -> None:
        """Out of reach of writers first, so that what they wrote since it was seen can be told and given back."""
        path = self._root / IN / seen.name
        held = path if seen.name.startswith(TAKEN) else path.with_name(TAKEN + seen.name)
        try:
            path.rename(held)
            facts = held.lstat()
            if (facts.st_size, facts.st_mtime_ns) != seen[1:]:
                held.rename(path)
            elif to is None:
                held.unlink()
            else:
                held.rename(to)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._lost(error) from None

    def deliver(self, folder: str, name: str, content: bytes) -> None:
        target = self._root / folder / name
        draft = target.with_name(DRAFT + name)
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
            _flush_folder(target.parent)
        except OSError as error:
            raise self._lost(error) from None

    def close(self) -> None: ...

    def _lost(self, error: OSError) -> MailboxLostError:
        return MailboxLostError(f"{self.where}: {error.strerror or error}.")


def _flush_folder(folder: Path) -> None:
    """So that the name survives the machine's death, not only the content."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
