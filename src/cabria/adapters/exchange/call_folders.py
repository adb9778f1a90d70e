"""Call folders kept up to date by what carriers send: each message that changes a call makes a new version of it.

A call has a folder of its name, and in it versions v0001, v0002 ..., each a whole call folder (docs/reference/
call-folder.md) that was read before it got its name, with `received.json`: which file made it and what it changed. The
first version is the terminal's own: it says which ship, which voyage, where she berths.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cabria.adapters import edi
from cabria.adapters.files.call_folder import CALL_FILE, read_call, read_call_document
from cabria.adapters.files.source_file import write_whole
from cabria.adapters.files.whole_folder import whole_folder
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.errors import DataError
from cabria.domain.messages import (
    BayPlanMessage,
    Direction,
    InstructionMessage,
    LoadListMessage,
    Message,
    MessageHeader,
    VerifiedMass,
    VerifiedMasses,
)

RECEIVED = "received.json"
VERSION = re.compile(r"v(\d{4,9})\Z")
ADDS, DELETES, CHANGES = "2", "3", "4"
"""Functions of a list that say only what is new; every other one (9, 5) is the whole list."""
MOST_KNOWN = 64
"""Calls kept in mind, so that they are not read again for every message."""


class NoCallError(DataError):
    """No call waits for what a message says; one may be made later."""


class Change(NamedTuple):
    """A box or slot that a new version has otherwise: `was` and `now` in words, "" where it was or is not there."""

    what: str
    was: str
    now: str


@dataclass(frozen=True)
class NewVersion:
    """What a message made of a call. `folder` is None when it said nothing new."""

    call: str
    kind: str
    folder: Path | None
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        if self.folder is None:
            return f"Call {self.call}: nothing new."
        added = sum(not change.was for change in self.changes)
        gone = sum(not change.now for change in self.changes)
        other = len(self.changes) - added - gone
        return f"Call {self.call}, {self.folder.name}: {added:,} new, {gone:,} gone, {other:,} changed."


class CallFolders:
    """Calls under one folder. One program writes there at a time, the one that holds the exchange's ledger."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[Path, tuple[int, VesselCall]] = {}

    def latest(self, call: str) -> Path | None:
        """The newest version of a call."""
        versions = self._versions(call)
        return versions[-1] if versions else None

    def _versions(self, call: str) -> list[Path]:
        """Oldest first."""
        found = [(int(is_one[1]), path) for path in _inside(self.root / call) if (is_one := _version(path))]
        return [path for _, path in sorted(found)]

    def calls(self) -> Iterator[tuple[str, Path]]:
        """Every call that has a version which can be read, by name."""
        for folder in _inside(self.root):
            if (version := self.latest(folder.name)) is not None:
                yield folder.name, version

    def receive(self, message: Message, digest: str, raw: bytes | None = None) -> tuple[NewVersion, ...]:
        """Put what a message says into its call, as it was written where `raw` is its file and there is no other
        message in it. Doing it again with the same digest changes nothing.

        Raises NoCallError where no call waits for it, DataError where the call would not be sound with it.
        """
        return tuple(self._receive(name, version, message, digest, raw) for name, version in self.calls_of(message))

    def _receive(self, name: str, version: Path, message: Message, digest: str, raw: bytes | None) -> NewVersion:
        for made in reversed(self._versions(name)):
            if (before := _made_by(made, digest)) is not None:
                return NewVersion(name, message.header.kind, made, before)
        old = self._read(version)
        files = _files(message, old, version, raw)
        if not _are_new(files, version):
            return NewVersion(name, message.header.kind, None)
        target = version.with_name(f"v{int(version.name[1:]) + 1:04}")
        with whole_folder(target) as draft:
            _copy(version, draft)
            for what, (file, content) in files.items():
                _put(draft, what, file, content)
            new = _checked(draft, target)
            changes = tuple(differences(old, new))
            write_whole(draft / RECEIVED, _told(message, digest, changes))
        return NewVersion(name, message.header.kind, target, changes)

    def calls_of(self, message: Message) -> tuple[tuple[str, Path], ...]:
        """The calls a message is for and their newest versions: by ship and voyage, verified masses by their boxes. A
        bay plan may name the voyage that ends here: with one call of the ship it is hers. Raises NoCallError."""
        if isinstance(message, VerifiedMasses) and not (message.header.imo or message.header.call_sign):
            return self._calls_with({mass.container for mass in message.entries})
        header, near = message.header, []
        for name, version, call in self._readable():
            if _is_ship(header, call):
                if header.voyage == call.voyage:
                    return ((name, version),)
                near.append((call.voyage, name, version))
        if len(near) == 1 and (not header.voyage or isinstance(message, BayPlanMessage)):
            return (near[0][1:],)
        voyages = f"; she is known for voyage {', '.join(voyage for voyage, _, _ in near[:5])}" if near else ""
        raise NoCallError(f"No call waits for {header.vessel}, voyage {header.voyage or 'not named'}{voyages}.")

    def _calls_with(self, boxes: Set[ContainerId]) -> tuple[tuple[str, Path], ...]:
        found = tuple((name, version) for name, version, call in self._readable() if boxes & call.load_by_id.keys())
        if not found:
            raise NoCallError("No call waits that has one of these boxes on its load list.")
        return found

    def _readable(self) -> Iterator[tuple[str, Path, VesselCall]]:
        for name, version in self.calls():
            with suppress(DataError):  # somebody is at work on it
                yield name, version, self._read(version)

    def _read(self, version: Path) -> VesselCall:
        changed_ns = (version / CALL_FILE).stat().st_mtime_ns if (version / CALL_FILE).exists() else 0
        known = self._known.get(version)
        if known is None or known[0] != changed_ns:
            known = self._known[version] = (changed_ns, read_call(version))
            while len(self._known) > MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
        return known[1]


def _inside(folder: Path) -> list[Path]:
    """Folders in it, none that is hidden or a link."""
    if not folder.is_dir():
        return []
    inside = (path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    return sorted(path for path in inside if not path.name.startswith("."))


def _version(path: Path) -> re.Match[str] | None:
    return VERSION.match(path.name) if (path / CALL_FILE).is_file() else None


def _is_ship(header: MessageHeader, call: VesselCall) -> bool:
    ship = call.vessel
    if header.imo and ship.imo:
        return header.imo == ship.imo
    return bool(header.call_sign) and header.call_sign == ship.call_sign


def _made_by(version: Path, digest: str) -> tuple[Change, ...] | None:
    """What a version changed, if this file made it."""
    try:
        told = msgspec.json.decode((version / RECEIVED).read_bytes(), type=_Received)
    except (OSError, msgspec.DecodeError):
        return None
    return tuple(told.changes) if told.digest == digest else None


class _Received(msgspec.Struct):
    digest: str
    message: str
    reference: str
    sender: str
    changes: list[Change]


def _told(message: Message, digest: str, changes: Sequence[Change]) -> bytes:
    header = message.header
    received = _Received(digest, f"{header.kind} {header.dialect}".strip(), header.reference, header.sender, [*changes])
    return msgspec.json.format(msgspec.json.encode(received), indent=1) + b"\n"


def _are_new(files: Mapping[str, tuple[str, bytes]], version: Path) -> bool:
    """Whether one of the call's files, by their key in call.toml, is another now."""
    named = read_call_document(version).files
    for what, (_, content) in files.items():
        path = version / (getattr(named, what) or ".")
        if not path.is_file() or edi.load(path) != content:
            return True
    return False


def _files(message: Message, call: VesselCall, version: Path, raw: bytes | None) -> dict[str, tuple[str, bytes]]:
    """The files of the call that a message makes anew, by their key in call.toml."""
    header = message.header
    if isinstance(message, BayPlanMessage):
        if raw is None and message.breakbulk:
            raise DataError("A bay plan with breakbulk stands beside other messages.", remedy="Send one per file.")
        return {"arrival": ("arrival.edi", raw or edi.write_bay_plan(_for(header, call), message.bay_plan()))}
    if isinstance(message, InstructionMessage):
        raw = raw or edi.write_instruction(_for(header, call), message.instructions)
        return {"instruction": ("movins.edi", raw)}
    if isinstance(message, VerifiedMasses):
        masses = _all_masses([mass for mass in message.entries if mass.container in call.load_by_id], version)
        return {"verified_masses": ("vermas.edi", edi.write_verified_masses(header, masses))}
    if isinstance(message, LoadListMessage):
        if header.direction is Direction.DISCHARGE:
            raw = raw or edi.write_load_list(_for(header, call), message.containers, Direction.DISCHARGE)
            return {"discharges": ("discharges.edi", raw)}
        if raw is None or header.function in (ADDS, DELETES, CHANGES):
            boxes = _merged(_listed(version, call), message.containers, header.function)
            raw = edi.write_load_list(_for(header, call), boxes, Direction.LOAD)
        return {"loads": ("loads.edi", raw)}
    raise DataError(f"A {header.kind} changes no call.", remedy="Send BAPLIE, COPRAR, MOVINS or VERMAS.")


def _for(header: MessageHeader, call: VesselCall) -> MessageHeader:
    return replace(header, voyage=header.voyage or call.voyage, port=header.port or call.port)


def _listed(version: Path, call: VesselCall) -> tuple[Container, ...]:
    """The load list as it was sent, without what the call's reader put on it; that of a table as it was read."""
    path = version / read_call_document(version).files.loads
    if path.suffix.lower() in (".edi", ".xz"):
        return edi.read_load_list(edi.load(path), file=str(path)).containers
    return call.loads


def _merged(before: Iterable[Container], said: Iterable[Container], function: str) -> tuple[Container, ...]:
    boxes = {box.id: box for box in before} if function in (ADDS, DELETES, CHANGES) else {}
    for box in said:
        if function == DELETES:
            boxes.pop(box.id, None)
        else:
            boxes[box.id] = box
    return tuple(boxes.values())


def _all_masses(new: Iterable[VerifiedMass], version: Path) -> tuple[VerifiedMass, ...]:
    """Masses come a few at a time; those of before stay, the last one of a box counts."""
    named = read_call_document(version).files.verified_masses
    path = version / named
    before = edi.read_verified_masses(edi.load(path), file=str(path)).entries if named and path.is_file() else ()
    masses: dict[ContainerId, VerifiedMass] = {}
    for mass in (*before, *new):
        masses[mass.container] = mass
    return tuple(masses.values())


def _copy(version: Path, draft: Path) -> None:
    """What is in a call folder and below it, but no links."""
    for path in sorted(version.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name != RECEIVED:
            target = draft / path.relative_to(version)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


_NAMED = re.compile(r"(?m)^(?P<key>[a-z_]+)(?P<is>\s*=\s*)(\"[^\"]*\"|'[^']*')")


def _put(draft: Path, what: str, file: str, content: bytes) -> None:
    """A file of the call in place of the one that call.toml names; the rest of call.toml stays as people wrote it."""
    path = draft / CALL_FILE
    text = path.read_text("utf-8-sig")
    head, table, rest = text.partition("[files]")
    part, mark, others = _until_next_table(rest)
    named = f'{what} = "{file}"'
    if re.search(rf"(?m)^{what}\s*=", part):
        part = _NAMED.sub(lambda found: named if found["key"] == what else found[0], part)
    else:
        part = f"{part.rstrip()}\n{named}\n\n" if mark else f"{part.rstrip()}\n{named}\n"
    write_whole(path, f"{head}{table}{part}{mark}{others}".encode())
    write_whole(draft / file, content)


def _until_next_table(text: str) -> tuple[str, str, str]:
    found = re.search(r"(?m)^\[", text)
    return (text[: found.start()], "[", text[found.end() :]) if found else (text, "", "")


def _checked(draft: Path, target: Path) -> VesselCall:
    """The call as it would be. Raises DataError, with the file's own name, where it is not sound."""
    try:
        return read_call(draft)
    except DataError as error:
        error.file = error.file.replace(str(draft), target.parent.name, 1)
        raise DataError(f"With this message the call would not be sound: {error}") from None


def differences(old: VesselCall, new: VesselCall) -> Iterator[Change]:
    """Boxes to be loaded, boxes aboard and slots instructed that are otherwise in the new one."""
    yield from _between("load", _boxes(old), _boxes(new))
    yield from _between("aboard", _aboard(old), _aboard(new))
    yield from _between("slot", _slots(old), _slots(new))


def _between(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for key in (*old, *(key for key in new if key not in old)):
        was, now = old.get(key, ""), new.get(key, "")
        if was != now:
            yield Change(f"{what} {key}", was, now)


def _boxes(call: VesselCall) -> dict[str, str]:
    return {box.id: _in_words(box) for box in call.loads}


def _aboard(call: VesselCall) -> dict[str, str]:
    return {box.id: f"{position}, {_in_words(box)}" for box, position in call.arrival}


def _slots(call: VesselCall) -> dict[str, str]:
    return {str(slot.position): _slot_words(slot) for slot in call.instructions}


def _slot_words(slot: Any) -> str:
    mass = f"{slot.gross_mass_kg:,} kg" if slot.gross_mass_kg is not None else ""
    full = {None: "", True: "full", False: "empty"}[slot.is_full]
    parts = (str(slot.size_type or "any size"), slot.pod or "any port", mass, full, "reefer" * slot.is_reefer)
    return ", ".join(part for part in (*parts, slot.operator) if part)


def _in_words(box: Container) -> str:
    verified = "verified" if box.mass_is_verified else "not verified"
    degrees = f"{box.set_point_tenth_c / 10:.1f} C" if box.set_point_tenth_c is not None else ""
    goods = " ".join(f"IMO {goods.imdg_class}/{goods.un_number}" for goods in box.dangerous[:3])
    gauge = "out of gauge" if box.out_of_gauge else ""
    holds = f"held: {', '.join(box.holds)}" if box.holds else ""
    full = "" if box.is_full else "empty"
    ports = f"{box.pol} to {box.pod}" if box.pol else f"to {box.pod}"
    parts = (box.size_type.code, f"{box.gross_mass_kg:,} kg {verified}", ports, full, degrees, goods, gauge, holds)
    return ", ".join(part for part in parts if part)
