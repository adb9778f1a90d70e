"""Cards: what was learned on a day, whether it may be used, and why. They are kept beside the history, and anybody can
read them; no file is kept that a program would have to trust."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from cabria import __version__
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.errors import DataError

FOLDER = "models"
OWN = ".own"
"""Beside a site's file with learned values: the file as it was."""
Kind = TypeVar("Kind", bound="Dated")
Site = TypeVar("Site")


class Recipe(msgspec.Struct, frozen=True):
    """Learned from what was over from `since` to before `until`: so many `visits` of boxes, or times."""

    since: str
    until: str
    visits: int
    digest: str
    seed: int
    program: str = __version__

    @property
    def version(self) -> str:
        """Of the model; another day, box, seed or program gives another."""
        return sha256(msgspec.json.encode(self)).hexdigest()[:12]


class Dated(Protocol):
    """What a card of any kind says."""

    @property
    def day(self) -> str: ...


def digest_of(things: object) -> str:
    """Of what was learned from, in its order."""
    return sha256(msgspec.json.encode(things, enc_hook=repr)).hexdigest()


def keep(root: Path, subject: str, card: Dated) -> Path:
    """Beside the history; the card of a day is replaced by a later one of that day. Raises DataError."""
    target = root / FOLDER / subject / f"{card.day}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, msgspec.json.format(msgspec.json.encode(card), indent=1))
    return target


def read(root: Path, subject: str, kind: type[Kind]) -> list[Kind]:
    """By day. Raises DataError for one that cannot be read."""
    cards = []
    for file in sorted((root / FOLDER / subject).glob("*.json")):
        try:
            cards.append(msgspec.json.decode(read_bytes(file, limit_bytes=1_000_000), type=kind))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DataError(f"The card cannot be read: {error}.", file=str(file)) from None
    return cards


def last(root: Path, subject: str, kind: type[Kind]) -> Kind | None:
    """The card of the last day; None where there is none. Raises DataError as `read`."""
    found = read(root, subject, kind)
    return found[-1] if found else None


def own_file(file: Path) -> Path:
    return file.with_suffix(OWN + file.suffix)


def rewritten(
    file: Path,
    learned: Callable[[Site], Site] | None,
    read: Callable[[Path], Site],
    write: Callable[[Site, Path], None],
    *,
    limit_bytes: int,
) -> tuple[Site, Site]:
    """Write into a site's file what was learned, or its own values again where that is None; what it said before and
    says after. Raises DataError."""
    own, before = own_file(file), read(file)
    if learned is not None:
        if not own.exists():
            write_whole(own, read_bytes(file, limit_bytes=limit_bytes))
        after = learned(read(own))
        write(after, file)
    elif own.exists():
        after = read(own)
        own.replace(file)
    else:
        after = before
    return before, after
