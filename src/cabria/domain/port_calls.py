"""Port calls as carriers, terminals and ports tell each other: DCSA Port Call (JIT) 2.0.0.

A port call of a vessel has terminal calls, a terminal call has services (the arrival at the berth, the cargo work),
and a service has timestamps: a party estimates, the other asks for another time, the first plans it, and in the end it
has happened. Names of classes and codes are the standard's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from cabria.domain.errors import DataError


class Classifier(StrEnum):
    """How firm a time is."""

    ESTIMATED = "EST"
    REQUESTED = "REQ"
    PLANNED = "PLN"
    ACTUAL = "ACT"


class ServiceEvent(StrEnum):
    STARTED = "STRT"
    COMPLETED = "CMPL"
    ARRIVED = "ARRI"
    DEPARTED = "DEPA"


class ServiceType(StrEnum):
    BERTH = "BERTH"
    CARGO_OPERATIONS = "CARGO_OPERATIONS"
    PILOTAGE = "PILOTAGE"
    TOWAGE = "TOWAGE"
    MOORING = "MOORING"
    BUNKERING = "BUNKERING"
    PILOT_BOARDING_PLACE = "PILOT_BOARDING_PLACE"
    ANCHORAGE = "ANCHORAGE"
    SLUDGE = "SLUDGE"
    SEA_PASSAGE = "SEA_PASSAGE"
    ALL_FAST = "ALL_FAST"
    GANGWAY_DOWN_AND_SECURE = "GANGWAY_DOWN_AND_SECURE"
    VESSEL_READY_FOR_CARGO_OPERATIONS = "VESSEL_READY_FOR_CARGO_OPERATIONS"
    VESSEL_READY_TO_SAIL = "VESSEL_READY_TO_SAIL"
    DISCHARGE_CARGO_OPERATIONS = "DISCHARGE_CARGO_OPERATIONS"
    LOADING_CARGO_OPERATIONS = "LOADING_CARGO_OPERATIONS"
    LASHING = "LASHING"
    SAFETY = "SAFETY"
    ANCHORAGE_OPERATIONS = "ANCHORAGE_OPERATIONS"
    SHORE_POWER = "SHORE_POWER"
    MOVES = "MOVES"


class Phase(StrEnum):
    INBOUND = "INBD"
    ALONGSIDE = "ALGS"
    SHIFTING = "SHIF"
    OUTBOUND = "OUTB"


class FacilityType(StrEnum):
    PILOT_BOARDING_PLACE = "PBPL"
    BERTH = "BRTH"
    ANCHORAGE = "ANCH"


class FacilityCodeList(StrEnum):
    SMDG = "SMDG"
    BIC = "BIC"


NEGOTIABLE: Set[ServiceType] = frozenset(list(ServiceType)[:9])
"""Services with estimated, requested and planned times; the others only have actual ones."""
ONLY_ARRIVED: Set[ServiceType] = frozenset(
    {
        ServiceType.PILOT_BOARDING_PLACE,
        ServiceType.ALL_FAST,
        ServiceType.GANGWAY_DOWN_AND_SECURE,
        ServiceType.VESSEL_READY_FOR_CARGO_OPERATIONS,
        ServiceType.VESSEL_READY_TO_SAIL,
        ServiceType.MOVES,
    }
)


def events_of(service: ServiceType) -> Set[ServiceEvent]:
    """The events that the standard knows for a service."""
    if service is ServiceType.BERTH:
        return {ServiceEvent.ARRIVED, ServiceEvent.DEPARTED}
    if service is ServiceType.SAFETY:
        return {ServiceEvent.DEPARTED}
    if service in ONLY_ARRIVED:
        return {ServiceEvent.ARRIVED}
    return {ServiceEvent.STARTED, ServiceEvent.COMPLETED}


@dataclass(frozen=True, slots=True)
class Facility:
    """A terminal by its code in a code list; `sub_facility` is a point along the berth, such as a bollard."""

    code: str
    code_list: FacilityCodeList
    sub_facility: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """A port by its UN/LOCODE, and where in it."""

    port: str
    name: str = ""
    facility: Facility | None = None


@dataclass(frozen=True, slots=True)
class PortCallVessel:
    """A vessel by her IMO number, her MMSI number or both."""

    imo_number: str = ""
    mmsi_number: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if not (self.imo_number or self.mmsi_number):
            raise DataError(f"Vessel {self.name or 'without a name'} has neither an IMO nor an MMSI number.")

    def __str__(self) -> str:
        return self.name or (f"IMO {self.imo_number}" if self.imo_number else f"MMSI {self.mmsi_number}")


@dataclass(frozen=True, slots=True)
class PortCall:
    """A vessel's visit to a port; an omitted one will not take place."""

    id: UUID
    port: str
    vessel: PortCallVessel
    visit_reference: str = ""
    omitted: bool = False


@dataclass(frozen=True, slots=True)
class TerminalCall:
    """One stay at one terminal within a port call; `reference` is the vessel operator's."""

    id: UUID
    port_call: UUID
    service_name: str
    service_code: str
    reference: str = ""
    import_voyage: str = ""
    export_voyage: str = ""
    sequence: int | None = None
    omitted: bool = False


@dataclass(frozen=True, slots=True)
class PortCallService:
    """Something done for a vessel at a terminal call, and which end of it is meant."""

    id: UUID
    terminal_call: UUID
    type: ServiceType
    event: ServiceEvent
    location: Location
    phase: Phase | None = None
    facility_type: FacilityType | None = None
    cancelled: bool = False
    declined: bool = False

    def __post_init__(self) -> None:
        known = events_of(self.type)
        if self.event not in known:
            raise DataError(f"{self.type} has no event {self.event}, only {' and '.join(sorted(known))}.")


@dataclass(frozen=True, slots=True)
class Timestamp:
    """When a service is estimated, requested or planned to be done, or was done; `at` says its offset from UTC.

    `location` is where a terminal asks for it, and only for a requested time.
    """

    id: UUID
    service: UUID
    classifier: Classifier
    at: datetime
    reply_to: UUID | None = None
    location: Location | None = None
    delay_reason: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise DataError("A timestamp does not say its offset from UTC.")
        if self.location and self.classifier is not Classifier.REQUESTED:
            raise DataError(f"Only a requested timestamp names another place, not one that is {self.classifier}.")


@dataclass(frozen=True)
class PortCallBook:
    """Port calls with all that hangs on them, in the order in which it was told: of two timestamps the later counts.

    Raises DataError for an id that stands twice, a link that leads nowhere, and a time that its service cannot have.
    """

    port_calls: tuple[PortCall, ...] = ()
    terminal_calls: tuple[TerminalCall, ...] = ()
    services: tuple[PortCallService, ...] = ()
    timestamps: tuple[Timestamp, ...] = ()

    def __post_init__(self) -> None:
        calls = _by_id("portCalls", self.port_calls)
        terminal_calls = _by_id("terminalCalls", self.terminal_calls)
        services = _by_id("portCallServices", self.services)
        timestamps = _by_id("timestamps", self.timestamps)
        for at, call in enumerate(self.terminal_calls):
            _refuse_missing(f"terminalCalls[{at}]", "port call", call.port_call, calls)
        for at, service in enumerate(self.services):
            _refuse_missing(f"portCallServices[{at}]", "terminal call", service.terminal_call, terminal_calls)
        for at, timestamp in enumerate(self.timestamps):
            place = f"timestamps[{at}]"
            _refuse_missing(place, "port call service", timestamp.service, services)
            _refuse_odd_time(place, timestamp, self.service_of[timestamp.service], timestamps)

    @cached_property
    def service_of(self) -> Mapping[UUID, PortCallService]:
        return {service.id: service for service in self.services}

    @cached_property
    def port_call_of(self) -> Mapping[UUID, PortCall]:
        return {call.id: call for call in self.port_calls}

    def is_omitted(self, call: TerminalCall) -> bool:
        return call.omitted or self.port_call_of[call.port_call].omitted

    def vessel_of(self, call: TerminalCall) -> PortCallVessel:
        return self.port_call_of[call.port_call].vessel

    def timestamps_of(self, service: UUID) -> tuple[Timestamp, ...]:
        return tuple(timestamp for timestamp in self.timestamps if timestamp.service == service)

    def service(self, call: UUID, kind: ServiceType, event: ServiceEvent) -> PortCallService | None:
        """The last one told of that kind that is neither cancelled nor declined; None when there is none."""
        found = None
        for service in self.services:
            if (service.terminal_call, service.type, service.event) == (call, kind, event):
                found = found if service.cancelled or service.declined else service
        return found


def _by_id(where: str, parts: Iterable[PortCall | TerminalCall | PortCallService | Timestamp]) -> dict[UUID, object]:
    table: dict[UUID, object] = {}
    for at, part in enumerate(parts):
        if part.id in table:
            raise DataError(f"The id {part.id} stands twice.", place=f"{where}[{at}]")
        table[part.id] = part
    return table


def _refuse_missing(place: str, what: str, wanted: UUID, known: Mapping[UUID, object]) -> None:
    if wanted not in known:
        raise DataError(f"There is no {what} {wanted} in the file.", place=place)


def _refuse_odd_time(place: str, timestamp: Timestamp, service: PortCallService, known: Mapping[UUID, object]) -> None:
    if service.type is ServiceType.MOVES:
        raise DataError("MOVES is a forecast of moves and has no timestamps.", place=place)
    if timestamp.classifier is not Classifier.ACTUAL and service.type not in NEGOTIABLE:
        raise DataError(f"{service.type} has actual times only, none that is {timestamp.classifier}.", place=place)
    if timestamp.reply_to is None:
        return
    _refuse_missing(place, "timestamp", timestamp.reply_to, known)
    replied = known[timestamp.reply_to]
    if isinstance(replied, Timestamp) and replied.service != timestamp.service:
        raise DataError("This timestamp replies to one of another service.", place=place)
