"""`check_file`: everything that is odd about the messages of a file, and what is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cabria.adapters.edi.code_tables import CodeTables, load_tables
from cabria.adapters.edi.files import load
from cabria.adapters.edi.reading import read_any
from cabria.domain.containers import Container
from cabria.domain.findings import Finding, Severity
from cabria.domain.messages import BayPlanMessage, InstructionMessage, Message, MessageHeader
from cabria.domain.positions import StowPosition
from cabria.domain.told import told
from cabria.domain.vessel import VesselProfile

SEVERITIES = (Severity.HARD, Severity.SAFETY, Severity.COMMERCIAL, Severity.NOTE)
"""From the worst to the mildest."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """The messages of a file, each with all its findings."""

    file: str
    messages: tuple[Message, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for message in self.messages for finding in message.findings)

    @property
    def is_usable(self) -> bool:
        """False when some finding is HARD: the sender must correct it."""
        return not any(finding.severity is Severity.HARD for finding in self.findings)

    @property
    def summary(self) -> str:
        """One line a message: what it is, how much it holds, how many findings of each severity."""
        return "\n".join(map(summary, self.messages))


def check_file(path: Path, *, tables: Path | None = None, profile: VesselProfile | None = None) -> CheckedFile:
    """Read and check every message of a file. Raises DataError for a file that is no message at all.

    `tables` is a site's folder of code tables. With a ship's profile, each position and the ship's identity are checked
    against it as well.
    """
    codes: CodeTables | None = load_tables(tables) if tables else None
    messages = read_any(load(path), file=str(path), tables=codes)
    if profile is not None:
        messages = tuple(
            replace(message, findings=(*message.findings, *against_profile(message, profile))) for message in messages
        )
    return CheckedFile(str(path), messages)


def against_profile(message: Message, profile: VesselProfile) -> Iterator[Finding]:
    """Positions that the ship does not have, and signs that the message is for another ship."""
    yield from other_ship(message.header, profile)
    for place, position, box in _positions(message):
        if profile.place(position) is None:
            text = told("{vessel} has no slot {slot}.", "edi-slot-not-there", vessel=profile.name, slot=position)
            yield Finding.of("EDI-POSITION-SHIP", Severity.HARD, text, place, box.id if box else None)


def other_ship(header: MessageHeader, profile: VesselProfile) -> Iterator[Finding]:
    """A finding if the message's IMO number or call sign is another than the profile's."""
    for what, theirs, ours in (
        ("IMO number", header.imo, profile.imo),
        ("call sign", header.call_sign, profile.call_sign),
    ):
        if theirs and ours and theirs != ours:
            text = told(
                "The message is for {message_vessel}; the profile is of {vessel}, {what} {ours}.",
                "message-of-other-profile",
                message_vessel=header.vessel,
                vessel=profile.name,
                what=what,
                ours=ours,
            )
            yield Finding.of("EDI-SHIP", Severity.HARD, text, f"segment {header.first_segment}")
            return


def summary(message: Message) -> str:
    """What a message is and holds, in one line."""
    header = message.header
    counts = Counter(finding.severity for finding in message.findings)
    found = ", ".join(f"{counts[severity]:,} {severity}" for severity in SEVERITIES if counts[severity])
    title = " ".join(part for part in (header.kind, header.dialect, header.reference) if part)
    line = f"{title}: {_content(message)}; {header.vessel}; findings: {found or 'none'}"
    return "".join(char if char.isprintable() else " " for char in line)


def _content(message: Message) -> str:
    if isinstance(message, InstructionMessage):
        return f"{len(message.orders):,} slots"
    count = len(message.entries)
    if isinstance(message, BayPlanMessage) and (message.breakbulk or message.empty_slots):
        return f"{count:,} boxes, {len(message.breakbulk):,} breakbulk, {len(message.empty_slots):,} empty slots"
    unit = {"TANSTA": "tanks", "TPFREP": "cranes", "VERMAS": "verified masses"}.get(message.header.kind, "boxes")
    return f"{count:,} {unit}"


def _positions(message: Message) -> Iterator[tuple[str, StowPosition, Container | None]]:
    if isinstance(message, InstructionMessage):
        for order in message.orders:
            yield f"segment {order.segment}", order.slot.position, order.container
    elif isinstance(message, BayPlanMessage):
        for entry in message.entries:
            if entry.position is not None:
                yield entry.place, entry.position, entry.container
