"""The doors for writing: strict UN/EDIFACT, one message in one interchange, a segment a line, counts that are true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cabria.adapters.edi.carried import REMARK_CHARS, Dialect, carried, plain_text
from cabria.adapters.edi.facts import TEXT_CHARS
from cabria.domain.calls import SlotInstruction
from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge, Port
from cabria.domain.errors import DataError
from cabria.domain.messages import Direction, MessageEntry, MessageHeader, VerifiedMass
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan

_UNA = "UNA:+.? '"
# Level A has no small letters; level C is latin-1 (ISO 9735).
_LEVEL_A = re.compile(r"[A-Z0-9 .,\-()/=!\"%&*;<>'+:?\n]*")
_GROUP_DIGITS = {"I": "1", "II": "2", "III": "3"}


def write_bay_plan(header: MessageHeader, plan: BayPlan, dialect: Dialect = Dialect.SMDG31) -> bytes:
    """A BAPLIE of the ship's condition. `carried` says what a dialect cannot hold. Raises DataError without a port."""
    if header.port is None:
        raise DataError("A bay plan needs the port it was made for (LOC+5).")
    version = {Dialect.SMDG15: "1:911", Dialect.SMDG22: "D:95B", Dialect.SMDG31: "D:13B"}[dialect]
    body = list(_bay_plan_head(header, dialect))
    for stowed in plan:
        body += _cell(stowed.position, carried(stowed.container, dialect), dialect)
    if dialect is Dialect.SMDG31:
        body.append(f"CNT+16:{len(plan)}")
    return _interchange(header, f"BAPLIE:{version}:UN:{dialect.split()[1]}", body)


def write_instruction(header: MessageHeader, instructions: Iterable[SlotInstruction]) -> bytes:
    """A MOVINS of slots to be loaded (D.95B SMDG21). What an instruction leaves open is left out."""
    if header.port is None:
        raise DataError("An instruction needs the port it is for (LOC+5).")
    body = [*_bay_plan_head(header, Dialect.SMDG22), "HAN+LOA:HANDLING:306"]
    for slot in instructions:
        size = slot.size_type.code if slot.size_type else ""
        status = {None: "", True: "5", False: "4"}[slot.is_full]
        body.append(f"LOC+147+{slot.position}::5")
        if slot.gross_mass_kg is not None:
            body.append(f"MEA+WT++KGM:{slot.gross_mass_kg}")
        body.append(_location("9", header.port, Dialect.SMDG22))
        if slot.pod:
            body.append(_location("11", slot.pod, Dialect.SMDG22))
        body += ["RFF+BM:1", _trimmed(f"EQD+CN++{_escape(size)}+++{status}")]
        if slot.operator:
            body.append(f"NAD+CA+{_code(slot.operator)}:172:20")
    return _interchange(header, "MOVINS:D:95B:UN:SMDG21", body)


def write_load_list(header: MessageHeader, containers: Iterable[Container], direction: Direction) -> bytes:
    """A COPRAR (D.00B SMDG21) of boxes to be loaded or discharged."""
    boxes = list(containers)
    body = [f"BGM+{'45' if direction is Direction.LOAD else '43'}+{_reference(header)}+{header.function or '9'}"]
    body += _list_head(header, direction)
    for box in boxes:
        body += _listed(carried(box, Dialect.SMDG31), direction)
    body.append(f"CNT+16:{len(boxes)}")
    return _interchange(header, "COPRAR:D:00B:UN:SMDG21", body)


def write_move_report(header: MessageHeader, entries: Iterable[MessageEntry], direction: Direction) -> bytes:
    """A COARRI (D.00B SMDG21) of boxes loaded or discharged, with time and slot where known."""
    moved = list(entries)
    body = [f"BGM+{'46' if direction is Direction.LOAD else '44'}+{_reference(header)}+{header.function or '9'}"]
    body += _list_head(header, direction)
    for entry in moved:
        body += _listed(carried(entry.container, Dialect.SMDG31), direction, entry)
    body.append(f"CNT+16:{len(moved)}")
    return _interchange(header, "COARRI:D:00B:UN:SMDG21", body)


def write_verified_masses(header: MessageHeader, masses: Iterable[VerifiedMass]) -> bytes:
    """A VERMAS (D.16A SMDG10)."""
    body = [f"BGM+749+{_reference(header)}+{header.function or '9'}", *_prepared(header)]
    if header.carrier:
        body.append(f"NAD+CA+{_code(header.carrier)}:LINES:306")
    for mass in masses:
        body.append(f"EQD+CN+{_escape(mass.container)}")
        if mass.booking:
            body.append(f"RFF+BN:{_text(mass.booking, 35)}")
        body.append(f"MEA+AAE+VGM+KGM:{mass.gross_mass_kg}")
        if mass.determined_at:
            body.append(_time("WAT", mass.determined_at))
        if mass.method in ("SM1", "SM2"):
            body.append(f"DOC+{mass.method}:VGM:306")
        if mass.responsible:
            body.append(f"NAD+SPC+++{_text(mass.responsible, 35)}")
    return _interchange(header, "VERMAS:D:16A:UN:SMDG10", body)


class GateEntry(NamedTuple):
    """A box at the gate. `box` is what is known of it besides, None where that is nothing."""

    container: ContainerId
    at: str
    truck: str
    gross_mass_kg: int = 0
    box: Container | None = None


def write_gate_report(header: MessageHeader, entries: Iterable[GateEntry], *, is_in: bool) -> bytes:
    """A CODECO (D.95B ITG14) of boxes that came in, or went out, through the gate on road trucks.

    What nobody knows (the type of a stranger's box, whether it is full) is left open.
    """
    passed = list(entries)
    body = [f"BGM+{'34' if is_in else '36'}+{_reference(header)}+{header.function or '9'}", *_prepared(header)]
    if header.carrier:
        body.append(f"NAD+CF+{_code(header.carrier)}:160:20")
    for entry in passed:
        body += _at_gate(entry, header, is_in)
    body.append(f"CNT+16:{len(passed)}")
    return _interchange(header, "CODECO:D:95B:UN:ITG14", body)


def _at_gate(entry: GateEntry, header: MessageHeader, is_in: bool) -> Iterator[str]:
    box = entry.box
    size = f"{_escape(box.size_type.code)}:102:5" if box is not None and box.size_type.code else ""
    status = "" if box is None else "5" if box.is_full else "4"
    yield _trimmed(f"EQD+CN+{_escape(entry.container)}+{size}++{'2' if is_in else '3'}+{status}")
    if box is not None and box.booking:
        yield f"RFF+BN:{_text(box.booking, 35)}"
    yield _time("7", entry.at)
    if header.port:
        yield _location("165", header.port, Dialect.SMDG22)
    if box is not None:
        yield from _ports(box, Dialect.SMDG22)
    if mass_kg := entry.gross_mass_kg or (box.gross_mass_kg if box is not None else 0):
        yield f"MEA+AAE+G+KGM:{mass_kg}"
    if box is not None:
        yield from _temperature(box)
    yield f"TDT+1++3++++++{_text(entry.truck, 17)}"


def _bay_plan_head(header: MessageHeader, dialect: Dialect) -> Iterator[str]:
    is_31 = dialect is Dialect.SMDG31
    yield f"BGM+{'659' if is_31 else ''}+{_reference(header)}+{header.function or '9'}"
    yield from _prepared(header)
    yield _transport(header, dialect)
    assert header.port is not None
    yield _location("5", header.port, dialect)
    if header.next_port and dialect is not Dialect.SMDG15:
        yield _location("61", header.next_port, dialect)
    if header.eta:
        yield _time("132" if header.next_port is None else "178", header.eta)
    if header.etd:
        yield _time("133", header.etd)
    if header.voyage and not is_31:
        yield f"RFF+VON:{_text(header.voyage, 17)}"
    if is_31:
        yield "UNS+D"


def _list_head(header: MessageHeader, direction: Direction) -> Iterator[str]:
    yield from _prepared(header)
    yield _transport(header, Dialect.SMDG22)
    if header.voyage:
        yield f"RFF+VON:{_text(header.voyage, 17)}"
    if header.port:
        yield _location("9" if direction is Direction.LOAD else "11", header.port, Dialect.SMDG22)
    if header.eta:
        yield _time("132", header.eta)
    if header.etd:
        yield _time("133", header.etd)
    if header.carrier:
        yield f"NAD+CA+{_code(header.carrier)}:172:20"


def _cell(position: StowPosition, box: Container, dialect: Dialect) -> list[str]:
    """The segments of one box in the order of its dialect: 3.1 names the box first, the older ones last."""
    is_31 = dialect is Dialect.SMDG31
    texts = [_free_text("AAA", box.remark)] if box.remark else []
    texts += [_free_text("HAN", text) for text in box.handling]
    gauge = _gauge(box.out_of_gauge, "13" if is_31 else "9")
    ports = list(_ports(box, dialect))
    temperature = list(_temperature(box))
    reference = f"RFF+BN:{_text(box.booking, 35)}" if box.booking else "" if is_31 else "RFF+BM:1"
    party = f"NAD+{'CF' if is_31 else 'CA'}+{_code(box.operator)}:{'LINES:306' if is_31 else '172:20'}"
    parties = [party] if box.operator else []
    goods = [segment for substance in box.dangerous for segment in _goods(substance, is_31)]
    head = f"LOC+147+{position}:{'9711' if is_31 else ''}:5"
    mass, equipment = _mass(box, dialect), _equipment(box, is_31)
    if is_31:
        rest = [reference] if reference else []
        return [head, equipment, *parties, mass, *gauge, *temperature, *rest, *texts, *ports, *goods]
    return [head, *texts, mass, *gauge, *temperature, *ports, reference, equipment, *parties, *goods]


def _listed(box: Container, direction: Direction, entry: MessageEntry | None = None) -> Iterator[str]:
    """The segments of one box in COPRAR and COARRI."""
    number = box.id if box.has_number else ""
    transport, status = "2" if direction is Direction.LOAD else "3", "5" if box.is_full else "4"
    yield f"EQD+CN+{_escape(number)}+{_escape(box.size_type.code)}:102:5++{transport}+{status}"
    if box.booking:
        yield f"RFF+BN:{_text(box.booking, 35)}"
    if entry and entry.at:
        yield _time("203", entry.at)
    if entry and entry.position:
        yield f"LOC+147+{entry.position}::5"
    yield from _ports(box, Dialect.SMDG22)
    if entry and entry.original_port:
        yield _location("76", entry.original_port, Dialect.SMDG22)
    yield f"MEA+AAE+{'VGM' if box.mass_is_verified else 'G'}+KGM:{box.gross_mass_kg}"
    yield from _gauge(box.out_of_gauge, "9")
    yield from _temperature(box)
    if entry:
        yield from (f"SEL+{_text(seal, 10)}+CA" for seal in entry.seals)
    if box.remark:
        yield _free_text("AAA", box.remark)
    yield from (_free_text("HAN", text) for text in box.handling)
    for substance in box.dangerous:
        yield from _goods(substance, False)
    if box.operator:
        yield f"NAD+CF+{_code(box.operator)}:172:20"


def _equipment(box: Container, is_31: bool) -> str:
    number = _escape(box.id if box.has_number else "")
    size, status = _escape(box.size_type.code), "5" if box.is_full else "4"
    if is_31:
        return f"EQD+CN+{number + ':6346:5' if number else ''}+{size + ':6346:5' if size else ''}+++{status}"
    return f"EQD+CN+{number}+{size}+++{status}"


def _mass(box: Container, dialect: Dialect) -> str:
    if dialect is Dialect.SMDG31:
        return f"MEA+AAE+{'VGM' if box.mass_is_verified else 'AET'}+KGM:{box.gross_mass_kg}"
    return f"MEA+{'VGM' if box.mass_is_verified else 'WT'}++KGM:{box.gross_mass_kg}"


def _ports(box: Container, dialect: Dialect) -> Iterator[str]:
    pol, pod = ("6", "12") if dialect is Dialect.SMDG15 else ("9", "11")
    if box.pol:
        yield _location(pol, box.pol, dialect)
    if box.pod:
        yield _location(pod, box.pod, dialect)
    if box.onward_port:
        yield _location("83", box.onward_port, dialect)


def _location(qualifier: str, port: Port, dialect: Dialect) -> str:
    return f"LOC+{qualifier}+{_escape(port)}{'' if dialect is Dialect.SMDG31 else ':139:6'}"


def _temperature(box: Container) -> Iterator[str]:
    if box.set_point_tenth_c is not None:
        tenths = box.set_point_tenth_c
        yield f"TMP+2+{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}:CEL"


def _gauge(gauge: OutOfGauge | None, height: str) -> list[str]:
    if gauge is None:
        return []
    sides = (
        ("5", gauge.front_mm, ":{}"), ("6", gauge.back_mm, ":{}"), ("7", gauge.starboard_mm, "::{}"),
        ("8", gauge.port_mm, "::{}"), (height, gauge.over_height_mm, ":::{}"),
    )  # fmt: skip
    return [f"DIM+{code}+CMT{form.format(mm // 10)}" for code, mm, form in sides if mm]


def _goods(goods: DangerousGoods, is_31: bool) -> Iterator[str]:
    """DGS with class, UN number, flash point, packing group and subsidiary classes, then what is free text."""
    flash = ""
    if goods.flash_point_tenth_c is not None:
        tenths = goods.flash_point_tenth_c
        fraction = f".{abs(tenths) % 10}" if tenths % 10 else ""
        flash = f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}{fraction}:CEL"
    labels = ":".join(_escape(label) for label in goods.subsidiary_classes)
    group = _GROUP_DIGITS.get(goods.packing_group, "")
    number = f"{goods.un_number:04}" if goods.un_number else ""
    yield _trimmed(f"DGS+IMD+{_escape(goods.imdg_class)}+{number}+{flash}+{group}+++++{labels}")
    marks = [
        text
        for text, is_so in (
            ("LIMITED QUANTITY", goods.is_limited_quantity),
            ("MARINE POLLUTANT", goods.is_marine_pollutant),
        )
        if is_so
    ]
    if goods.technical_name and is_31:
        yield f"ATT+26+TNM:DGATT:306+:::{_escape(goods.technical_name)}"
    elif goods.technical_name:
        yield _free_text("AAD", goods.technical_name)
    if marks:
        yield _free_text("AAC", ", ".join(marks))


def _free_text(qualifier: str, text: str) -> str:
    """FTX in components of 70 characters; a full one flows on into the next, as `facts.join_text` reads it."""
    text = plain_text(text, REMARK_CHARS)
    pieces = [text[i : i + TEXT_CHARS] for i in range(0, len(text), TEXT_CHARS)]
    return f"FTX+{qualifier}+++{':'.join(map(_escape, pieces))}"


def _transport(header: MessageHeader, dialect: Dialect) -> str:
    """TDT+20: 1.5 gives the ship before the carrier, the later ones after it; 3.1 wants the IMO number."""
    name, voyage, carrier = _text(header.vessel_name, 35), _text(header.voyage, 17), _code(header.carrier)
    if dialect is Dialect.SMDG15:
        ship = f"{_code(header.call_sign or header.imo)}:{'103' if header.call_sign else '146'}::{name}"
        return _trimmed(f"TDT+20+{voyage}++{ship}++{carrier}:172:20")
    uses_imo = bool(header.imo) and (dialect is Dialect.SMDG31 or not header.call_sign)
    ship = f"{header.imo}:146:11:{name}" if uses_imo else f"{_code(header.call_sign)}:103::{name}"
    line = f"{carrier}:{'LINES:306' if dialect is Dialect.SMDG31 else '172:20'}" if carrier else ""
    return _trimmed(f"TDT+20+{voyage}+++{line}+++{ship}")


def _prepared(header: MessageHeader) -> Iterator[str]:
    if header.prepared_at:
        yield _time("137", header.prepared_at)


def _time(qualifier: str, iso: str) -> str:
    """DTM in the format that is as exact as the time: 102 a day, 203 to the minute, 204 to the second, 303 in UTC."""
    digits = re.sub(r"\D", "", iso)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?", iso):
        raise DataError(f"{iso!r} is not a time of the form 2026-02-01T09:00.")
    if iso.endswith("Z"):
        return f"DTM+{qualifier}:{digits[:12]}UTC:303"
    form = {8: "102", 12: "203", 14: "204"}[len(digits)]
    return f"DTM+{qualifier}:{digits}:{form}"


def _reference(header: MessageHeader) -> str:
    return _text(header.reference or header.message_reference or "1", 35)


def _interchange(header: MessageHeader, kind: str, body: Sequence[str]) -> bytes:
    """The whole file. UNB takes its time from the header, because the same input must give the same bytes."""
    message = _text(header.message_reference or "1", 14)
    interchange = _text(header.interchange_reference or "1", 14)
    digits = re.sub(r"\D", "", header.prepared_at).ljust(12, "0")
    stamp = f"{digits[2:8]}:{digits[8:12]}" if header.prepared_at else "000101:0000"
    segments = [f"UNH+{message}+{kind}", *body]
    segments.append(f"UNT+{len(segments) + 1}+{message}")
    text = "'\n".join(segments)
    level = "UNOA:2" if _LEVEL_A.fullmatch(text) else "UNOC:3"
    sender, recipient = _text(header.sender or "CABRIA", 35), _text(header.recipient or "RECIPIENT", 35)
    unb = f"UNB+{level}+{sender}+{recipient}+{stamp}+{interchange}"
    return f"{_UNA}\n{unb}'\n{text}'\nUNZ+1+{interchange}'\n".encode("latin-1", "replace")


def _escape(text: str) -> str:
    return re.sub(r"([?+:'])", r"?\1", text)


def _text(text: str, limit: int) -> str:
    return _escape(plain_text(text, limit))


def _code(text: str) -> str:
    return _text(text, 17)


def _trimmed(segment: str) -> str:
    """Without separators at the end, as the standard wants, but for a released one."""
    kept = segment.rstrip("+:")
    released = len(kept) - len(kept.rstrip("?"))
    return segment[: len(kept) + 1] if released % 2 else kept
