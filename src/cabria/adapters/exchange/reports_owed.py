"""What a running terminal owes its partners: COARRI and the departure BAPLIE when a ship has sailed, CODECO for each
box at the gate, actual times of berth and cargo work as port calls.

Everything is made from the journal's entries alone, from the first on, and has a key of its own: after a restart the
same is made again and sent once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from cabria.adapters.edi.carried import Dialect
from cabria.adapters.edi.executed import Executed, ShipMoves, departure_baplie, gate_report, move_reports, utc_clock
from cabria.adapters.exchange.ledger import Parcel
from cabria.adapters.exchange.mailboxes import OUT, safe_name
from cabria.adapters.exchange.settings import BAPLIE, COARRI, CODECO, PORT_CALLS
from cabria.adapters.files.port_calls import written_port_calls
from cabria.domain.errors import DataError
from cabria.domain.messages import MessageHeader
from cabria.domain.port_calls import Classifier, PortCallBook, ServiceEvent, ServiceType, Timestamp
from cabria.domain.run_events import ShipSailed
from cabria.operations.records import Command
from cabria.operations.running import OF_THE_LOG, Told

NO_CALLS = PortCallBook()


class ReportsOwed:
    """Hears entries in order; `hear` returns what each partner is owed because of them."""

    def __init__(self, zero_utc_ms: int, wanted: Mapping[str, Sequence[str]], terminal_name: str) -> None:
        """`wanted` are the reports of each partner by name."""
        self.heard = 0
        """The number of the last entry."""
        self._executed = Executed()
        self._clock, self._wanted, self._name = utc_clock(zero_utc_ms), wanted, terminal_name
        self._zero_utc_ms = zero_utc_ms
        self._passed = 0

    def hear(self, entries: Iterable[Told], port_calls: PortCallBook = NO_CALLS) -> list[Parcel]:
        """`port_calls` is what the terminal knows of them now; actual times go to calls that are in it."""
        parcels: list[Parcel] = []
        for number, record in entries:
            self.heard = number
            content = record.content
            if isinstance(content, Command) and content.verb == "berth":
                self._executed.expect(content.arguments[0])
            elif record.kind in OF_THE_LOG:
                self._executed.hear(content)
                if isinstance(content, ShipSailed) and content.call in self._executed.calls:
                    parcels += self._sailed(self._executed.calls[content.call], port_calls)
                parcels += self._at_gate()
        return parcels

    def _sailed(self, ship: ShipMoves, port_calls: PortCallBook) -> Iterator[Parcel]:
        call = ship.call
        name = f"{call.id}-{call.voyage or 'voyage'}"
        try:
            for direction, raw in move_reports(ship, self._clock).items():
                yield from self._to_all(COARRI, f"{name}-{direction}.edi", raw, f"{call.id}/{ship.berthed_ms}")
            for dialect, short in ((Dialect.SMDG31, "baplie31"), (Dialect.SMDG22, "baplie22")):
                raw = departure_baplie(ship, self._clock, dialect)
                yield from self._to_all(BAPLIE, f"{name}-departure-{short}.edi", raw, f"{call.id}/{ship.berthed_ms}")
        except (DataError, KeyError) as error:
            why = f"The messages of call {call.id} cannot be written: {error}\n".encode()
            yield from self._to_all(BAPLIE, f"{name}-departure.txt", why, f"{call.id}/{ship.berthed_ms}")
        if (times := actual_times(ship, port_calls, self._zero_utc_ms)) is not None:
            yield from self._to_all(PORT_CALLS, f"{name}-port-calls.json", times, f"{call.id}/{ship.berthed_ms}")

    def _at_gate(self) -> Iterator[Parcel]:
        while self._passed < len(self._executed.gate_moves):
            move = self._executed.gate_moves[self._passed]
            self._passed += 1
            way = "in" if move.is_in else "out"
            name = f"{move.truck}-{move.container}-{way}"
            reference = sha256(f"{name}/{move.at_ms}".encode()).hexdigest()[:14].upper()
            header = MessageHeader(
                CODECO,
                sender=self._name,
                recipient="CARRIER",
                reference=move.truck,
                prepared_at=self._clock(move.at_ms),
                interchange_reference=reference,
            )
            raw = gate_report([move], self._executed, self._clock, header, is_in=move.is_in)
            yield from self._to_all(CODECO, f"{name}.edi", raw, str(move.at_ms))

    def _to_all(self, report: str, name: str, raw: bytes, what: str) -> Iterator[Parcel]:
        stem, _, ending = name.rpartition(".")
        digest = sha256(f"{report}/{what}/{name}".encode()).hexdigest()
        for partner, reports in self._wanted.items():
            if report in reports:
                file = safe_name(f"{report.replace(' ', '-')}-{stem}", digest, f".{ending}")
                yield Parcel(f"{partner}/{report}/{what}/{name}", partner, OUT, file, raw)


ACTUAL = (
    (ServiceType.BERTH, ServiceEvent.ARRIVED, "berthed_ms"),
    (ServiceType.CARGO_OPERATIONS, ServiceEvent.STARTED, "first_ms"),
    (ServiceType.CARGO_OPERATIONS, ServiceEvent.COMPLETED, "last_ms"),
    (ServiceType.BERTH, ServiceEvent.DEPARTED, "sailed_ms"),
)


def actual_times(ship: ShipMoves, book: PortCallBook, zero_utc_ms: int) -> bytes | None:
    """When she berthed, was worked and left, as actual timestamps of the services that the book has for her call, in
    the form of DCSA Port Call 2.0.0; None where the book has none."""
    call = ship.call
    hers = {
        terminal_call.id
        for terminal_call in book.terminal_calls
        if not book.is_omitted(terminal_call)
        and (
            terminal_call.reference == call.id
            or (
                (book.vessel_of(terminal_call).imo_number == call.vessel.imo != "")
                and call.voyage in (terminal_call.import_voyage, terminal_call.export_voyage)
            )
        )
    }
    times = []
    for kind, event, name in ACTUAL:
        at_ms = getattr(ship, name)
        for terminal_call in hers if at_ms is not None else ():
            service = book.service(terminal_call, kind, event)
            if service is not None:
                at = datetime.fromtimestamp((zero_utc_ms + at_ms) / 1_000, UTC).replace(microsecond=0)
                # The same event gives the same id, so that whoever hears it twice knows it.
                drawn = bytearray(sha256(f"{service.id}/{at.isoformat()}".encode()).digest()[:16])
                times.append(Timestamp(UUID(bytes=bytes(drawn), version=4), service.id, Classifier.ACTUAL, at))
    if not times:
        return None
    known = {timestamp.id for timestamp in book.timestamps}
    news = tuple(timestamp for timestamp in times if timestamp.id not in known)
    return written_port_calls(replace(book, timestamps=(*book.timestamps, *news)))
