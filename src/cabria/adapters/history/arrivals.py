"""Ships' ETAs and when they came, out of the port calls that a terminal was told of, into a history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from cabria.adapters.history.asking import ask
from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.ledger import Source
from cabria.adapters.history.tables import TABLE_BY_NAME, columns_of
from cabria.domain.port_calls import Classifier, PortCallBook, ServiceEvent, ServiceType, Timestamp

SOURCE = "port calls"


class Arrival(NamedTuple):
    """A ship that came to the berth; `eta` is the one told first. All times with their offset from UTC."""

    came: datetime
    call: str
    vessel: str
    service: str
    eta: datetime
    last_eta: datetime


def arrivals_of(book: PortCallBook, after: int = 0) -> Iterator[Arrival]:
    """Of ships of whose coming the timestamps behind the first `after` ones tell, and of whose ETA was told before."""
    calls = {call.id: call for call in book.terminal_calls}
    told: dict[object, list[Timestamp]] = {}
    for number, stamp in enumerate(book.timestamps):
        service = book.service_of[stamp.service]
        if (service.type, service.event) != (ServiceType.BERTH, ServiceEvent.ARRIVED):
            continue
        call = calls[service.terminal_call]
        if stamp.classifier is Classifier.ESTIMATED:
            told.setdefault(call.id, []).append(stamp)
        elif stamp.classifier is Classifier.ACTUAL and (etas := told.pop(call.id, [])) and number >= after:
            vessel = str(book.vessel_of(call))
            yield Arrival(stamp.at, str(call.id), vessel, call.service_name, etas[0].at, etas[-1].at)


def add_port_calls(folder: HistoryFolder, book: PortCallBook) -> int:
    """What is new in it; returns how many ships came. Raises DataError."""
    with folder.writing():
        known = folder.ledger.sources.get(SOURCE)
        after = known.number if known else 0
        found = list(arrivals_of(book, after))
        if found:
            append_arrivals(folder, found, SOURCE, len(book.timestamps))
        return len(found)


def read_arrivals(folder: HistoryFolder, since: date, until: date) -> tuple[list[Arrival], tuple[str, ...]]:
    """Ships that came on these days, the last one not counted, in order, and what could not be read. Raises
    DataError."""
    answer = ask(
        folder,
        "SELECT at_utc, call, vessel, service, eta_utc, last_eta_utc FROM arrivals "
        f"WHERE day >= DATE '{since}' AND day < DATE '{until}' ORDER BY at_utc, call",
    )
    found = [
        Arrival(came.replace(tzinfo=UTC), call, vessel, service, eta.replace(tzinfo=UTC), last.replace(tzinfo=UTC))
        for came, call, vessel, service, eta, last in answer.rows
    ]
    return found, answer.notes


def append_arrivals(folder: HistoryFolder, arrivals: Sequence[Arrival], source: str, number: int) -> None:
    """Called inside `writing`. Raises DataError."""
    rows = [
        (_ms(each.came), each.call, each.vessel, each.service, _ms(each.eta), _ms(each.last_eta)) for each in arrivals
    ]
    folder.append({"arrivals": columns_of(TABLE_BY_NAME["arrivals"], rows)}, source, Source(number, 0))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1_000)
