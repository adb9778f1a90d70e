"""What port-call timestamps mean for a berth plan, and what a berth plan answers.

A terminal call belongs to the ship of the case whose id is the call's reference or her IMO number, or else to the only
ship of that name. Of her times of arrival at the berth the carrier's last word counts (estimated, planned or actual; a
requested time is the terminal's own). The plan answers with a requested arrival at and departure from the berth and a
planned start and end of cargo operations, and stays silent where that has been said before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from cabria.domain.berthing import BerthCase, BerthPlan, Eta, ShipCall, ShipId, Stay
from cabria.domain.errors import DataError
from cabria.domain.port_calls import (
    Classifier,
    FacilityType,
    Location,
    Phase,
    PortCallBook,
    PortCallService,
    ServiceEvent,
    ServiceType,
    TerminalCall,
    Timestamp,
)


@dataclass(frozen=True, slots=True)
class NewArrival:
    """A ship whose time of arrival was told: before and after in minutes of the plan, None when she was omitted."""

    ship: ShipId
    classifier: Classifier
    before_min: int
    after_min: int | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    case: BerthCase
    """The case with the ships' new times of arrival, and without ships whose call was omitted."""
    news: tuple[NewArrival, ...]
    strangers: tuple[str, ...]
    """Vessels that are no ships of the case."""


@dataclass(frozen=True, slots=True)
class Answers:
    book: PortCallBook
    """The port calls with the plan's timestamps behind those that were there."""
    added: int
    silent: tuple[ShipId, ...]
    """Ships of the plan of which the port calls say nothing, so that nobody can be told."""


def with_arrivals(case: BerthCase, book: PortCallBook) -> Arrivals:
    """Raises DataError when no vessel is known, two calls are of one ship, or the case's beginning has no offset."""
    beginning = instant_of_minute_0(case)
    calls, strangers = matched(case, book)
    if book.terminal_calls and not calls:
        raise DataError(
            f"None of the {len(book.terminal_calls)} terminal calls is of a ship of the case; "
            f"the first is of {strangers[0]}.",
            place="terminalCalls",
            remedy="Use the ship's id as terminalCallReference, or the same vessel name.",
        )
    news: list[NewArrival] = []
    ships: list[ShipCall] = []
    for ship in case.ships:
        told = _told(book, calls[ship.id], beginning) if ship.id in calls else None
        if told is None:
            ships.append(ship)
            continue
        classifier, at_min = told
        if at_min is not None:
            ships.append(replace(ship, eta=_moved(ship.eta, classifier, at_min)))
        if at_min != ship.eta.planned_min:
            news.append(NewArrival(ship.id, classifier, ship.eta.planned_min, at_min))
    return Arrivals(replace(case, ships=tuple(ships)), tuple(news), strangers)


def with_answers(case: BerthCase, plan: BerthPlan, book: PortCallBook) -> Answers:
    """Raises DataError as `with_arrivals` does."""
    beginning = instant_of_minute_0(case)
    calls, _ = matched(case, book)
    services, timestamps = list(book.services), list(book.timestamps)
    for stay in plan.stays:
        if stay.ship not in calls:
            continue
        for service, timestamp in _answers(case, stay, book, calls[stay.ship], beginning):
            if service.id not in book.service_of:
                services.append(service)
            timestamps.append(timestamp)
    whole = replace(book, services=tuple(services), timestamps=tuple(timestamps))
    silent = tuple(stay.ship for stay in plan.stays if stay.ship not in calls)
    return Answers(whole, len(timestamps) - len(book.timestamps), silent)


def instant_of_minute_0(case: BerthCase) -> datetime:
    """Raises DataError when the case does not say when it begins, with the offset from UTC."""
    remedy = "Write beginning as 2026-11-23T00:00-05:00."
    try:
        beginning = datetime.fromisoformat(case.beginning)
    except ValueError:
        problem = f"The case begins at {case.beginning[:40]!r}, which is no time." if case.beginning else ""
        raise DataError(problem or "The case does not say when it begins.", place="beginning", remedy=remedy) from None
    if beginning.utcoffset() is None:
        raise DataError("The case does not say its beginning's offset from UTC.", place="beginning", remedy=remedy)
    return beginning


def matched(case: BerthCase, book: PortCallBook) -> tuple[dict[ShipId, TerminalCall], tuple[str, ...]]:
    """The terminal call of each ship, and the vessels that are no ships of the case."""
    calls: dict[ShipId, TerminalCall] = {}
    strangers: list[str] = []
    names = [ship.name.casefold() for ship in case.ships]
    by_name = {ship.name.casefold(): ship.id for ship in case.ships if names.count(ship.name.casefold()) == 1}
    for at, call in enumerate(book.terminal_calls):
        vessel = book.vessel_of(call)
        ids = [ShipId(name) for name in (call.reference, vessel.imo_number) if name in case.ship_of]
        ship = ids[0] if ids else by_name.get(vessel.name.casefold()) if vessel.name else None
        if ship is None:
            strangers.append(str(vessel))
            continue
        if ship in calls:
            raise DataError(f"Two terminal calls are of ship {ship}.", place=f"terminalCalls[{at}]")
        calls[ship] = call
    return calls, tuple(strangers)


def _told(book: PortCallBook, call: TerminalCall, beginning: datetime) -> tuple[Classifier, int | None] | None:
    """The carrier's last word on her arrival, in minutes of the plan, rounded up; None when nothing was said."""
    if book.is_omitted(call):
        return Classifier.PLANNED, None
    service = book.service(call.id, ServiceType.BERTH, ServiceEvent.ARRIVED)
    words = book.timestamps_of(service.id) if service else ()
    last = next((word for word in reversed(words) if word.classifier is not Classifier.REQUESTED), None)
    if last is None:
        return None
    return last.classifier, -((beginning - last.at) // timedelta(minutes=1))


def _moved(eta: Eta, classifier: Classifier, at_min: int) -> Eta:
    """A ship that is expected later can also come no earlier than as much later; one that is there is certain."""
    if classifier is Classifier.ACTUAL:
        return Eta(at_min, at_min)
    return Eta(at_min, eta.earliest_min + at_min - eta.planned_min, eta.spread_min)


def _answers(
    case: BerthCase, stay: Stay, book: PortCallBook, call: TerminalCall, beginning: datetime
) -> Iterator[tuple[PortCallService, Timestamp]]:
    berth, cargo = ServiceType.BERTH, ServiceType.CARGO_OPERATIONS
    requested, planned = Classifier.REQUESTED, Classifier.PLANNED
    times = [(berth, ServiceEvent.ARRIVED, Phase.INBOUND, requested, stay.start_min)]
    if stay.work:
        times += [
            (cargo, ServiceEvent.STARTED, Phase.ALONGSIDE, planned, stay.work[0].spell.start_min),
            (cargo, ServiceEvent.COMPLETED, Phase.ALONGSIDE, planned, stay.work[-1].spell.end_min),
        ]
    times.append((berth, ServiceEvent.DEPARTED, Phase.OUTBOUND, requested, stay.end_min))
    for kind, event, phase, classifier, at_min in times:
        service = book.service(call.id, kind, event)
        if service is None:
            place = Location(book.port_call_of[call.port_call].port)
            new = _made_id("service", call.id, kind, event)
            service = PortCallService(new, call.id, kind, event, place, phase, FacilityType.BERTH)
        words = book.timestamps_of(service.id)
        at = beginning + timedelta(minutes=at_min)
        location = _berth(case, stay, service.location) if classifier is requested else None
        own = next((word for word in reversed(words) if word.classifier is classifier), None)
        if own and (own.at, own.location) == (at, location):
            continue
        made = _made_id("timestamp", service.id, classifier, len(words))
        reply_to = words[-1].id if words else None
        yield service, Timestamp(made, service.id, classifier, at, reply_to, location)


def _berth(case: BerthCase, stay: Stay, told: Location) -> Location:
    """The sections of quay she is asked to, and her place in metres from the left end, seen from land."""
    ship = case.ship_of[stay.ship]
    sections = case.quay.sections_under(stay.position_mm, stay.position_mm + ship.length_mm)
    left_m, right_m = stay.position_mm / 1000, (stay.position_mm + ship.length_mm) / 1000
    name = " ".join(" and ".join(section.name for section in sections).split())[:100].strip()
    point = f"{left_m:g} m to {right_m:g} m"
    if told.facility:
        return replace(told, name=name, facility=replace(told.facility, sub_facility=point))
    return replace(told, name=f"{name[:60].strip()}, {point}" if name else point)


def _made_id(*parts: object) -> UUID:
    """An id in the form of version 4 that is the same for the same contents: a plan made twice gives the same file."""
    return UUID(bytes=sha256("/".join(map(str, parts)).encode()).digest()[:16], version=4)
