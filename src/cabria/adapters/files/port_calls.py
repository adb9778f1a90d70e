"""Port calls as JSON: the four lists of DCSA Port Call (JIT) 2.0.0 in one file.

The standard sends each object in a request of its own and gives lists of them when asked. A file holds those lists as
they are given: {"portCalls": [...], "terminalCalls": [...], "portCallServices": [...], "timestamps": [...]}. Every key
of the standard may stand in it; of the vessel's dimensions, geographical coordinates, moves forecasts and the mark
`isFYI` no use is made, and they are not written again. Written for version 2.0.0 of June 2026 of the specification;
timestamps of versions 1.x are another form and are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import decoded, text_like
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.errors import DataError
from cabria.domain.port_calls import (
    Classifier,
    Facility,
    FacilityCodeList,
    FacilityType,
    Location,
    Phase,
    PortCall,
    PortCallBook,
    PortCallService,
    PortCallVessel,
    ServiceEvent,
    ServiceType,
    TerminalCall,
    Timestamp,
)

MAX_BYTES = 64 * 1024 * 1024

Unlocode = Annotated[str, text_like(r"^[A-Z]{2}[A-Z2-9]{3}\Z", "a port as UN/LOCODE, such as PECHY")]
Words50 = Annotated[str, text_like(r"^\S(?:.{0,48}\S)?\Z", "1 to 50 characters without a blank at either end")]
Words100 = Annotated[str, text_like(r"^\S(?:.{0,98}\S)?\Z", "1 to 100 characters without a blank at either end")]
ServiceCode = Annotated[str, text_like(r"^\S(?:.{0,9}\S)?\Z", "1 to 11 characters without a blank at either end")]
FacilityCode = Annotated[str, text_like(r"^\S(?:.{0,4}\S)?\Z", "1 to 6 characters without a blank at either end")]
ImoNumber = Annotated[str, text_like(r"^\d{7,8}\Z", "an IMO number of seven digits, as text")]
MmsiNumber = Annotated[str, text_like(r"^\d{9}\Z", "an MMSI number of nine digits, as text")]
Instant = Annotated[datetime, Meta(tz=True)]
Unused = Any
"""A key of the standard of which no use is made."""


class _Part(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A JSON object of the standard; a key that it does not know is refused, for it may be a known one misspelt."""


class VesselPart(_Part, kw_only=True, rename={"imo": "vesselIMONumber", "mmsi": "MMSINumber"}):
    imo: ImoNumber | None = None
    mmsi: MmsiNumber | None = None
    name: Words50 | None = None
    lengthOverall: Unused = None  # noqa: N815 - the standard's spelling
    width: Unused = None
    dimensionUnit: Unused = None  # noqa: N815
    callSign: Unused = None  # noqa: N815
    typeCode: Unused = None  # noqa: N815


class PortCallPart(
    _Part, kw_only=True, rename={"id": "portCallID", "visit_reference": "portVisitReference", "port": "UNLocationCode"}
):
    id: UUID
    visit_reference: Annotated[str, Meta(min_length=1, max_length=50)] | None = None
    port: Unlocode
    vessel: VesselPart
    omitted: bool = False
    isFYI: Unused = None  # noqa: N815


class TerminalCallPart(
    _Part,
    kw_only=True,
    rename={
        "id": "terminalCallID",
        "port_call": "portCallID",
        "reference": "terminalCallReference",
        "sequence": "terminalCallSequenceNumber",
        "service_name": "carrierServiceName",
        "service_code": "carrierServiceCode",
        "import_voyage": "carrierImportVoyageNumber",
        "export_voyage": "carrierExportVoyageNumber",
    },
):
    id: UUID
    port_call: UUID
    reference: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    sequence: Annotated[int, Meta(ge=-(2**31), lt=2**31)] | None = None
    service_name: Words50
    service_code: ServiceCode
    import_voyage: Words50 | None = None
    export_voyage: Words50 | None = None
    universalServiceReference: Unused = None  # noqa: N815
    universalImportVoyageReference: Unused = None  # noqa: N815
    universalExportVoyageReference: Unused = None  # noqa: N815
    omitted: bool = False
    isFYI: Unused = None  # noqa: N815


class FacilityPart(
    _Part,
    kw_only=True,
    rename={"code": "facilityCode", "code_list": "facilityCodeListProvider", "sub_facility": "subFacility"},
):
    code: FacilityCode
    code_list: FacilityCodeList
    sub_facility: Words100 | None = None


class LocationPart(_Part, kw_only=True, rename={"name": "locationName", "port": "UNLocationCode"}):
    name: Words100 | None = None
    port: Unlocode
    facility: FacilityPart | None = None
    geoCoordinate: Unused = None  # noqa: N815


class ServicePart(
    _Part,
    kw_only=True,
    rename={
        "id": "portCallServiceID",
        "terminal_call": "terminalCallID",
        "type": "portCallServiceTypeCode",
        "event": "portCallServiceEventTypeCode",
        "phase": "portCallPhaseTypeCode",
        "facility_type": "facilityTypeCode",
        "location": "portCallServiceLocation",
    },
):
    terminal_call: UUID
    id: UUID
    type: ServiceType
    event: ServiceEvent
    phase: Phase | None = None
    facility_type: FacilityType | None = None
    location: LocationPart
    moves: Unused = None
    cancelled: bool = False
    declined: bool = False
    isFYI: Unused = None  # noqa: N815


class TimestampPart(
    _Part,
    kw_only=True,
    rename={
        "id": "timestampID",
        "reply_to": "replyToTimestampID",
        "service": "portCallServiceID",
        "classifier": "classifierCode",
        "at": "dateTime",
        "location": "portCallServiceLocation",
        "delay_reason": "delayReasonCode",
    },
):
    id: UUID
    reply_to: UUID | None = None
    service: UUID
    classifier: Classifier
    at: Instant
    location: LocationPart | None = None
    delay_reason: Annotated[str, Meta(min_length=1, max_length=3)] | None = None
    remark: Annotated[str, Meta(max_length=500)] | None = None
    isFYI: Unused = None  # noqa: N815


class PortCallsDocument(_Part, kw_only=True, rename="camel"):
    port_calls: list[PortCallPart]
    terminal_calls: list[TerminalCallPart]
    port_call_services: list[ServicePart]
    timestamps: list[TimestampPart]


def read_port_calls(path: Path | str) -> PortCallBook:
    """Raises DataError for a file that is not in the standard's form, with the place where it is not."""
    return port_calls_of(read_bytes(path, limit_bytes=MAX_BYTES), file=str(path))


def port_calls_of(content: bytes, *, file: str) -> PortCallBook:
    """The same for what was received otherwise. Raises DataError."""
    return _book(_document(content, file), file)


def with_news(book: PortCallBook, content: bytes, *, file: str) -> PortCallBook:
    """A book with what a file tells besides: an object of an id that is known takes the place of that one, others come
    behind. The file may leave out what the book knows. Raises DataError."""
    news, known = _document(content, file), _written(book)
    document = PortCallsDocument(
        port_calls=_replaced(known.port_calls, news.port_calls),
        terminal_calls=_replaced(known.terminal_calls, news.terminal_calls),
        port_call_services=_replaced(known.port_call_services, news.port_call_services),
        timestamps=_replaced(known.timestamps, news.timestamps),
    )
    return _book(document, file)


_AnyPart = TypeVar("_AnyPart", PortCallPart, TerminalCallPart, ServicePart, TimestampPart)


def _replaced(known: Sequence[_AnyPart], news: Sequence[_AnyPart]) -> list[_AnyPart]:
    parts = {part.id: part for part in known}
    seen: set[UUID] = set()
    for part in news:
        if part.id in seen:
            raise DataError(f"The id {part.id} stands twice.")
        seen.add(part.id)
        parts[part.id] = part
    return list(parts.values())


def _document(content: bytes, file: str) -> PortCallsDocument:
    _refuse_other_shapes(content, file)
    return decoded(content, PortCallsDocument, file=file, what="A file of port calls")


def _book(document: PortCallsDocument, file: str) -> PortCallBook:
    try:
        return PortCallBook(
            tuple(_port_call(f"portCalls[{at}]", part) for at, part in enumerate(document.port_calls)),
            tuple(_terminal_call(part) for part in document.terminal_calls),
            tuple(_service(f"portCallServices[{at}]", part) for at, part in enumerate(document.port_call_services)),
            tuple(_timestamp(f"timestamps[{at}]", part) for at, part in enumerate(document.timestamps)),
        )
    except DataError as error:
        raise error.inside(file) from None


def write_port_calls(book: PortCallBook, path: Path | str) -> None:
    """What `read_port_calls` reads back. Raises DataError for a text that the standard has no room for."""
    content = written_port_calls(book)
    decoded(content, PortCallsDocument, file=str(path), what="A file of port calls")
    write_whole(path, content)


def written_port_calls(book: PortCallBook) -> bytes:
    """A book as the standard's four lists."""
    return msgspec.json.format(msgspec.json.encode(_written(book)), indent=2) + b"\n"


def _written(book: PortCallBook) -> PortCallsDocument:
    return PortCallsDocument(
        port_calls=[_written_port_call(call) for call in book.port_calls],
        terminal_calls=[_written_terminal_call(call) for call in book.terminal_calls],
        port_call_services=[_written_service(service) for service in book.services],
        timestamps=[_written_timestamp(timestamp) for timestamp in book.timestamps],
    )


def _refuse_other_shapes(content: bytes, file: str) -> None:
    """A single list or object of the standard, or one of its older form, gets a sentence of its own."""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return
    first = found[0] if isinstance(found, list) and found else found
    if isinstance(first, dict) and "eventClassifierCode" in first:
        raise DataError("This is a timestamp of DCSA JIT 1.x; only version 2.0 is read.", file=file)
    if isinstance(found, list):
        raise DataError(
            "This is one list; port calls need four, for a timestamp alone does not say of which ship it is.",
            file=file,
            remedy='Put them together as {"portCalls": [], "terminalCalls": [], "portCallServices": [], '
            '"timestamps": []}.',
        )


def _port_call(place: str, part: PortCallPart) -> PortCall:
    try:
        vessel = PortCallVessel(part.vessel.imo or "", part.vessel.mmsi or "", part.vessel.name or "")
    except DataError as error:
        raise DataError(error.problem, place=f"{place}.vessel") from None
    return PortCall(part.id, part.port, vessel, part.visit_reference or "", part.omitted)


def _terminal_call(part: TerminalCallPart) -> TerminalCall:
    return TerminalCall(
        part.id,
        part.port_call,
        part.service_name,
        part.service_code,
        part.reference or "",
        part.import_voyage or "",
        part.export_voyage or "",
        part.sequence,
        part.omitted,
    )


def _service(place: str, part: ServicePart) -> PortCallService:
    try:
        return PortCallService(
            part.id,
            part.terminal_call,
            part.type,
            part.event,
            _location(part.location),
            part.phase,
            part.facility_type,
            part.cancelled,
            part.declined,
        )
    except DataError as error:
        raise DataError(error.problem, place=f"{place}.portCallServiceEventTypeCode") from None


def _timestamp(place: str, part: TimestampPart) -> Timestamp:
    try:
        location = _location(part.location) if part.location else None
        return Timestamp(
            part.id,
            part.service,
            part.classifier,
            part.at,
            part.reply_to,
            location,
            part.delay_reason or "",
            part.remark or "",
        )
    except DataError as error:
        raise DataError(error.problem, place=place) from None


def _location(part: LocationPart) -> Location:
    facility = part.facility
    return Location(
        part.port,
        part.name or "",
        Facility(facility.code, facility.code_list, facility.sub_facility or "") if facility else None,
    )


def _written_port_call(call: PortCall) -> PortCallPart:
    vessel = VesselPart(
        imo=call.vessel.imo_number or None, mmsi=call.vessel.mmsi_number or None, name=call.vessel.name or None
    )
    return PortCallPart(
        id=call.id, port=call.port, vessel=vessel, visit_reference=call.visit_reference or None, omitted=call.omitted
    )


def _written_terminal_call(call: TerminalCall) -> TerminalCallPart:
    return TerminalCallPart(
        id=call.id,
        port_call=call.port_call,
        service_name=call.service_name,
        service_code=call.service_code,
        reference=call.reference or None,
        import_voyage=call.import_voyage or None,
        export_voyage=call.export_voyage or None,
        sequence=call.sequence,
        omitted=call.omitted,
    )


def _written_service(service: PortCallService) -> ServicePart:
    return ServicePart(
        terminal_call=service.terminal_call,
        id=service.id,
        type=service.type,
        event=service.event,
        phase=service.phase,
        facility_type=service.facility_type,
        location=_written_location(service.location),
        cancelled=service.cancelled,
        declined=service.declined,
    )


def _written_timestamp(timestamp: Timestamp) -> TimestampPart:
    return TimestampPart(
        id=timestamp.id,
        reply_to=timestamp.reply_to,
        service=timestamp.service,
        classifier=timestamp.classifier,
        at=timestamp.at,
        location=_written_location(timestamp.location) if timestamp.location else None,
        delay_reason=timestamp.delay_reason or None,
        remark=timestamp.remark or None,
    )


def _written_location(location: Location) -> LocationPart:
    facility = location.facility
    return LocationPart(
        port=location.port,
        name=location.name or None,
        facility=FacilityPart(
            code=facility.code, code_list=facility.code_list, sub_facility=facility.sub_facility or None
        )
        if facility
        else None,
    )
