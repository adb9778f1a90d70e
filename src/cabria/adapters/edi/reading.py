"""The doors for reading: bytes of a file to messages of the domain, each with what was odd about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from cabria.adapters.edi.boxes import (
    Builder,
    Collected,
    Demand,
    Draft,
    assumed_size_type,
    collect,
    counted,
    has_right_check_digit,
    is_box,
    is_breakbulk,
    parsed_size_type,
    shared_slots,
)
from cabria.adapters.edi.code_tables import CodeTables, shipped_tables
from cabria.adapters.edi.facts import VERIFIED, container_number, kilograms, moment
from cabria.adapters.edi.header import read_header
from cabria.adapters.edi.syntax import RawMessage, at, elements, read_messages
from cabria.adapters.no_collector import without_collector
from cabria.domain.calls import SlotInstruction
from cabria.domain.containers import ContainerId, Kind, Port, SizeType
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding, Severity
from cabria.domain.messages import (
    BayPlanMessage,
    Breakbulk,
    CraneReport,
    Direction,
    EmptySlot,
    EquipmentMessage,
    InstructionMessage,
    LoadListMessage,
    Message,
    MessageEntry,
    MessageHeader,
    MoveReport,
    OrderKind,
    PerformanceReport,
    StowOrder,
    TankStatus,
    VerifiedMass,
    VerifiedMasses,
)
from cabria.domain.positions import StowPosition
from cabria.domain.told import told

_Kind = TypeVar("_Kind", bound=Message)
_ORDERS = {"LOA": OrderKind.LOAD, "DIS": OrderKind.DISCHARGE, "RES": OrderKind.RESTOW, "SHI": OrderKind.SHIFT}


def read_bay_plan(data: bytes, *, file: str, tables: CodeTables | None = None) -> BayPlanMessage:
    """Read the BAPLIE of a file, dialects 1.5, 2.x and 3.1. Raises DataError, also for two bay plans in one file."""
    return _only(data, file, tables, "BAPLIE", BayPlanMessage)


def read_instruction(data: bytes, *, file: str, tables: CodeTables | None = None) -> InstructionMessage:
    """Read the MOVINS of a file. Raises DataError."""
    return _only(data, file, tables, "MOVINS", InstructionMessage)


def read_load_list(data: bytes, *, file: str, tables: CodeTables | None = None) -> LoadListMessage:
    """Read the COPRAR of a file, load or discharge list. Raises DataError."""
    return _only(data, file, tables, "COPRAR", LoadListMessage)


def read_move_report(data: bytes, *, file: str, tables: CodeTables | None = None) -> MoveReport:
    """Read the COARRI of a file. Raises DataError."""
    return _only(data, file, tables, "COARRI", MoveReport)


def read_verified_masses(data: bytes, *, file: str, tables: CodeTables | None = None) -> VerifiedMasses:
    """Read the VERMAS of a file. Raises DataError."""
    return _only(data, file, tables, "VERMAS", VerifiedMasses)


def read_any(data: bytes, *, file: str, tables: CodeTables | None = None) -> tuple[Message, ...]:
    """Read every message of a file, in order. Raises DataError, also for a kind of message nobody here reads."""
    with without_collector():
        return tuple(_read(raw, tables or shipped_tables()) for raw in read_messages(data, file=file))


def _only(data: bytes, file: str, tables: CodeTables | None, kind: str, type_of: type[_Kind]) -> _Kind:
    with without_collector():
        return _only_of(read_messages(data, file=file), file, tables, kind, type_of)


def _only_of(found: list[RawMessage], file: str, tables: CodeTables | None, kind: str, type_of: type[_Kind]) -> _Kind:
    wanted = [raw for raw in found if raw.kind == kind]
    if not wanted:
        kinds = ", ".join(dict.fromkeys(raw.kind[:6] or "?" for raw in found))
        raise DataError(
            told("This is {kinds}, a {wanted} was expected.", "edi-other-message", kinds=kinds, wanted=kind),
            file=file,
            place=f"segment {found[0].first}",
        )
    if len(wanted) > 1:
        references = ", ".join(raw.reference[:35] for raw in wanted[:5])
        raise DataError(
            told(
                "There are {count} {wanted} messages in one file ({references}).",
                "edi-several-messages",
                count=len(wanted),
                wanted=kind,
                references=references,
            ),
            file=file,
            place=f"segment {wanted[1].first}",
            remedy="Send one per file.",
        )
    message = _read(wanted[0], tables or shipped_tables())
    assert isinstance(message, type_of)
    return message


def _read(raw: RawMessage, tables: CodeTables) -> Message:
    reader = _READERS.get(raw.kind)
    if reader is None:
        known = ", ".join(sorted(_READERS))
        raise DataError(
            told(
                "Messages of the kind {given} are not read here; known are {known}.",
                "edi-message-not-read",
                given=repr(raw.kind[:20]),
                known=known,
            ),
            file=raw.file,
            place=f"segment {raw.first}",
        )
    return reader(raw, tables)


def _finish(raw: RawMessage, header: list[Finding], *others: Iterator[Finding] | list[Finding]) -> tuple[Finding, ...]:
    return (*raw.findings, *header, *(finding for found in others for finding in found))


def _nothing(raw: RawMessage, drafts: list[Draft]) -> Iterator[Finding]:
    if not drafts:
        text = told("This {message} names no slot and no box.", "edi-message-empty", message=raw.kind)
        yield Finding.of("EDI-EMPTY", Severity.COMMERCIAL, text, f"segment {raw.first}")


def _unknown_ports(entries: list[MessageEntry], tables: CodeTables) -> Iterator[Finding]:
    """Only with a site's own table is a port of good form unknown, and then it is only worth a note."""
    if tables.ports is None:
        return
    known: set[Port] = set()
    for entry in entries:
        box = entry.container
        for port in (box.pol, box.pod, box.onward_port):
            if port and port not in tables.ports and port not in known:
                known.add(port)
                yield Finding.of(
                    "EDI-PORT-UNKNOWN",
                    Severity.NOTE,
                    told("Port {port} is not in the table of ports.", "edi-port-unknown", port=port),
                    entry.place,
                )


def _bay_plan(raw: RawMessage, tables: CodeTables) -> BayPlanMessage:
    collected = collect(raw)
    header, odd = read_header(raw, collected.head)
    builder = Builder(tables, Demand(position=True))
    entries: list[MessageEntry] = []
    breakbulk: list[Breakbulk] = []
    empty: list[EmptySlot] = []
    for draft in collected.drafts:
        if is_box(draft):
            entries.append(builder.entry(draft))
        elif is_breakbulk(draft):
            breakbulk.append(builder.breakbulk(draft))
        else:
            empty.extend(builder.empty_slot(draft))
    findings = _finish(
        raw,
        odd,
        _nothing(raw, collected.drafts),
        collected.findings,
        builder.findings,
        shared_slots(entries),
        counted(collected, len(entries)),
        _unknown_ports(entries, tables),
    )
    return BayPlanMessage(header, tuple(entries), tuple(breakbulk), tuple(empty), findings)


def _instruction(raw: RawMessage, tables: CodeTables) -> InstructionMessage:
    collected = collect(raw)
    header, odd = read_header(raw, collected.head)
    builder = Builder(
        tables, Demand(pol=False, pod=False, mass=False, verified=False, position=True, temperature=False)
    )
    orders: list[StowOrder] = []
    slots: dict[StowPosition, int] = {}
    findings: list[Finding] = []
    for draft in collected.drafts:
        entry = builder.entry(draft) if is_box(draft) else None
        if entry is None and draft.position is None:
            list(builder.empty_slot(draft))
            continue
        position = draft.position
        if position is None:
            continue
        order = _order(draft, position, entry, tables)
        if order.kind is OrderKind.LOAD:
            first = slots.setdefault(position, draft.segment)
            if first != draft.segment:
                text = told(
                    "Slot {slot} is instructed twice; first in segment {first}, which counts.",
                    "edi-instructed-twice",
                    slot=position,
                    first=first,
                )
                findings.append(Finding.of("EDI-SLOT-TWICE", Severity.HARD, text, f"segment {draft.segment}"))
        orders.append(order)
    return InstructionMessage(header, tuple(orders), _finish(raw, odd, collected.findings, builder.findings, findings))


def _order(draft: Draft, position: StowPosition, entry: MessageEntry | None, tables: CodeTables) -> StowOrder:
    box = entry.container if entry else None
    status = draft.equipment.status if draft.equipment else ""
    size = _asked_size(draft, tables)
    is_full = {"4": False, "5": True}.get(status)
    is_reefer = box is not None and (
        box.needs_plug or (size is not None and size.kind is Kind.REEFER and is_full is not False)
    )
    slot = SlotInstruction(
        position,
        size,
        (box.pod or None) if box else draft.pod or draft.pod_of_1_5,
        draft.masses[0].kg if draft.masses else None,
        is_reefer,
        is_full,
        draft.operator or "",
    )
    named = box if box is not None and box.has_number else None
    return StowOrder(_ORDERS[draft.order], slot, named, draft.handling, draft.segment)


def _asked_size(draft: Draft, tables: CodeTables) -> SizeType | None:
    code = draft.equipment.size_code if draft.equipment else ""
    if not code:
        return None
    return tables.size_types.get(code) or parsed_size_type(code) or assumed_size_type(code, draft.position)


def _entries(
    raw: RawMessage, tables: CodeTables, demand: Demand
) -> tuple[MessageHeader, list[MessageEntry], tuple[Finding, ...], Collected]:
    """The boxes of a list; a port missing at a box is the header's when the list goes that way."""
    collected = collect(raw)
    header, odd = read_header(raw, collected.head)
    is_load, is_discharge = header.direction is Direction.LOAD, header.direction is Direction.DISCHARGE
    builder = Builder(tables, demand, pol=header.port if is_load else None, pod=header.port if is_discharge else None)
    entries: list[MessageEntry] = []
    for draft in collected.drafts:
        if is_box(draft):
            entry = builder.entry(draft)
            entries.append(entry)
            if draft.quantity and draft.quantity > 1 and not entry.container.has_number:
                entries.extend(builder.entry(draft) for _ in range(draft.quantity - 1))
    findings = _finish(
        raw,
        odd,
        _nothing(raw, collected.drafts),
        collected.findings,
        builder.findings,
        counted(collected, len(entries)),
        _unknown_ports(entries, tables),
    )
    return header, entries, findings, collected


def _load_list(raw: RawMessage, tables: CodeTables) -> LoadListMessage:
    header, entries, findings, _ = _entries(raw, tables, Demand(number=True))
    return LoadListMessage(header, tuple(entries), (*findings, *shared_slots(entries, Severity.COMMERCIAL)))


def _move_report(raw: RawMessage, tables: CodeTables) -> MoveReport:
    header, entries, findings, _ = _entries(raw, tables, Demand(verified=False, number=True))
    return MoveReport(header, tuple(entries), findings)


def _equipment(raw: RawMessage, tables: CodeTables) -> EquipmentMessage:
    demand = Demand(pol=False, pod=False, mass=False, verified=False, temperature=False)
    header, entries, findings, collected = _entries(raw, tables, demand)
    parsed = [elements(segment) for segment in collected.head]
    references = tuple((at(e, 1), at(e, 1, 1)) for e in parsed if at(e, 0) == "RFF" and at(e, 1, 1))
    return EquipmentMessage(header, tuple(entries), findings, references)


def _verified_masses(raw: RawMessage, tables: CodeTables) -> VerifiedMasses:
    collected = collect(raw)
    header, odd = read_header(raw, collected.head)
    findings: list[Finding] = []
    masses: list[VerifiedMass] = []
    seen: dict[str, int] = {}
    for draft in collected.drafts:
        if not is_box(draft) or draft.equipment is None:
            continue
        number = ContainerId(container_number(draft.equipment.number))
        place = f"segment {draft.segment}"
        findings.extend(Finding.of(*problem, f"segment {at_}", number or None) for at_, problem in draft.problems)
        verified = next((kg for kind, kg in draft.masses if kind == VERIFIED), None)
        if not number:
            text = told("A verified mass names no container.", "edi-mass-of-no-box")
            findings.append(Finding.of("EDI-NUMBER", Severity.HARD, text, place))
        elif verified is None:
            text = told("The verified mass is missing.", "edi-verified-mass-missing")
            findings.append(Finding.of("EDI-VGM-MISSING", Severity.SAFETY, text, place, number))
        else:
            if not has_right_check_digit(number):
                text = told("The check digit of {box} is wrong.", "check-digit-wrong", box=number[:20])
                findings.append(Finding.of("EDI-CHECK-DIGIT", Severity.COMMERCIAL, text, place, number))
            if number in seen:
                text = told(
                    "Container {box} is there twice; first in segment {first}. The last one counts.",
                    "edi-mass-twice",
                    box=number,
                    first=seen[number],
                )
                findings.append(Finding.of("EDI-DUPLICATE", Severity.SAFETY, text, place, number))
            seen[number] = draft.segment
            masses.append(_verified(draft, number, verified))
    return VerifiedMasses(header, tuple(masses), _finish(raw, odd, collected.findings, findings))


def _verified(draft: Draft, number: ContainerId, kg: int) -> VerifiedMass:
    times, references = dict(draft.times), dict(draft.references)
    return VerifiedMass(
        number,
        kg,
        draft.method or "",
        times.get("WAT", ""),
        draft.responsible or "",
        references.get("BN", ""),
        draft.segment,
    )


def _performance(raw: RawMessage, tables: CodeTables) -> PerformanceReport:
    """TPFREP: what comes before the first EQD+CR is of the call, what follows one is of its crane."""
    head = [segment for segment in raw.segments[1:-1] if not segment.startswith("EQD")]
    header, findings = read_header(raw, head)
    times: list[tuple[str, str]] = []
    cranes: list[CraneReport] = []
    for segment in raw.segments[1:-1]:
        e = elements(segment)
        tag = at(e, 0)
        last = cranes[-1] if cranes else None
        if tag == "EQD":
            cranes.append(CraneReport(at(e, 2)))
        elif tag == "DTM" and (when := moment(at(e, 1, 1), at(e, 1, 2))):
            if last is None:
                times.append((at(e, 1), when))
            else:
                cranes[-1] = CraneReport(last.crane, last.moves, (*last.times, (at(e, 1), when)), last.remarks)
        elif tag == "CNT" and last is not None and at(e, 1, 1).isdecimal() and len(at(e, 1, 1)) < 7:
            cranes[-1] = CraneReport(last.crane, int(at(e, 1, 1)), last.times, last.remarks)
        elif tag == "FTX" and last is not None and (text := at(e, 4) or at(e, 3)):
            cranes[-1] = CraneReport(last.crane, last.moves, last.times, (*last.remarks, text))
    return PerformanceReport(header, tuple(cranes), tuple(times), _finish(raw, findings))


def _tank_status(raw: RawMessage, tables: CodeTables) -> TankStatus:
    """TANSTA: LOC+ZZZ names a tank, the MEA+WT after it what is in it."""
    header, findings = read_header(raw, [s for s in raw.segments[1:-1] if not s.startswith("LOC+ZZZ")])
    tanks: dict[str, int] = {}
    tank = ""
    for number, segment in enumerate(raw.segments, raw.first):
        e = elements(segment)
        if at(e, 0) == "LOC" and at(e, 1) == "ZZZ":
            tank = at(e, 2)
        elif at(e, 0) == "MEA" and tank and at(e, 1) in ("WT", "AAE", "AAX"):
            kg, problem = kilograms(at(e, 3, 1), at(e, 3))
            if problem:
                findings.append(Finding.of(*problem, f"segment {number}"))
            if kg is not None and tank in tanks:
                text = told("Tank {tank} is there twice; the last one counts.", "edi-tank-twice", tank=tank[:20])
                findings.append(Finding.of("EDI-DUPLICATE", Severity.SAFETY, text, f"segment {number}"))
            if kg is not None:
                tanks[tank] = kg
    return TankStatus(header, tuple(tanks.items()), _finish(raw, findings))


_READERS: dict[str, Callable[[RawMessage, CodeTables], Message]] = {
    "BAPLIE": _bay_plan,
    "MOVINS": _instruction,
    "COPRAR": _load_list,
    "COARRI": _move_report,
    "VERMAS": _verified_masses,
    "CODECO": _equipment,
    "COPARN": _equipment,
    "COREOR": _equipment,
    "TPFREP": _performance,
    "TANSTA": _tank_status,
}
