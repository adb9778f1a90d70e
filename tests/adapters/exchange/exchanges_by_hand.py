"""An exchange in a folder of its own: a call that waits, partners, a clock that goes when it is told."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from cabria.adapters import edi
from cabria.adapters.exchange.answers import Answer
from cabria.adapters.exchange.call_folders import CallFolders
from cabria.adapters.exchange.exchange import Exchange, Intake, Look, Partner, Rules, Tell
from cabria.adapters.exchange.intake import CallFolderIntake
from cabria.adapters.exchange.ledger import Ledger
from cabria.adapters.exchange.mailboxes import FolderMailbox, Mailbox
from cabria.adapters.exchange.port_call_file import PortCallFile
from cabria.adapters.files.call_folder import read_call, write_call
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId, Port, SizeType, check_digit
from cabria.domain.messages import Direction, MessageHeader, VerifiedMass
from cabria.experiments.tiny import tiny_call

CALL = tiny_call()
LINE = "LINE"
HEADER = MessageHeader(
    kind="COPRAR",
    sender="LINE",
    recipient="CABRIA",
    reference="L1",
    function="9",
    prepared_at="2026-03-01T10:00",
    vessel_name=CALL.vessel.name,
    imo=CALL.vessel.imo,
    call_sign=CALL.vessel.call_sign,
    voyage=CALL.voyage,
    port=CALL.port,
    interchange_reference="REF1",
)


def number(stem: str) -> ContainerId:
    return ContainerId(f"{stem}{check_digit(stem)}")


def box(stem: str, kg: int = 18_000) -> Container:
    return Container(number(stem), SizeType.parse("42G1"), kg, CALL.port, Port("CNSHA"), mass_is_verified=True)


def load_list(boxes: Iterable[Container], reference: str = "REF1", function: str = "9", **facts: object) -> bytes:
    header = replace(HEADER, interchange_reference=reference, function=function, **facts)  # type: ignore[arg-type]
    return edi.write_load_list(header, boxes, Direction.LOAD)


def masses(of: Sequence[tuple[str, int]], reference: str) -> bytes:
    header = replace(HEADER, kind="VERMAS", interchange_reference=reference)
    return edi.write_verified_masses(header, [VerifiedMass(number(stem), kg, "SM1") for stem, kg in of])


class Place:
    """What lies in one folder, and an exchange over it, made anew as often as a program would be started."""

    def __init__(
        self, root: Path, *, rules: Rules | None = None, mailbox: Mailbox | None = None, **partner: object
    ) -> None:
        self.root, self.now_ms = root, 1_000_000
        self.rules, self._mailbox, self._partner = rules or Rules(settle_s=2), mailbox, partner
        self.box = root / "line"
        if not (root / "calls" / "TINY").exists():
            write_call(CALL, root / "calls" / "TINY" / "v0001")

    def exchange(self, tell: Tell = lambda step, name: None, intake: Intake | None = None) -> Exchange:
        partner = Partner(LINE, self._mailbox or FolderMailbox(self.box), **self._partner)  # type: ignore[arg-type]
        return Exchange(
            [partner],
            Ledger(self.root / "exchange.sqlite"),
            intake or CallFolderIntake(CallFolders(self.root / "calls"), PortCallFile(self.root / "port-calls.json")),
            rules=self.rules,
            now_ms=lambda: self.now_ms,
            tell=tell,
        )

    def put(self, name: str, content: bytes) -> Path:
        (self.box / "in").mkdir(parents=True, exist_ok=True)
        path = self.box / "in" / name
        path.write_bytes(content)
        os.utime(path, ns=(self.now_ms * 1_000_000, self.now_ms * 1_000_000))
        return path

    def settle(self, exchange: Exchange, seconds: float = 10) -> Look:
        """Look, let time go by, look again."""
        exchange.look()
        self.now_ms += round(1_000 * seconds)
        return exchange.look()

    def run(self, seconds: float = 10) -> Look:
        exchange = self.exchange()
        try:
            return self.settle(exchange, seconds)
        finally:
            exchange.close()

    def files(self, folder: str) -> list[str]:
        """Names, also hidden ones."""
        return sorted(path.name for path in (self.box / folder).iterdir())

    def answers(self) -> list[Answer]:
        paths = sorted((self.box / "out").glob("*.answer.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [msgspec.json.decode(path.read_bytes(), type=Answer) for path in paths]

    @property
    def versions(self) -> list[str]:
        return sorted(path.name for path in (self.root / "calls" / "TINY").iterdir())

    @property
    def call(self) -> VesselCall:
        return read_call(self.root / "calls" / "TINY" / self.versions[-1])
