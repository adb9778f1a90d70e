"""The head of a message: who, which ship, where and when; the same few segments in every kind of message."""

from __future__ import annotations

import re

from cabria.adapters.edi.facts import moment, port
from cabria.adapters.edi.syntax import Elements, RawMessage, at, elements, parts
from cabria.domain.containers import Port
from cabria.domain.findings import Finding, Severity
from cabria.domain.messages import Direction, MessageHeader
from cabria.domain.told import told

_KNOWN_GUIDES = {
    "BAPLIE": {"SMDG15", "SMDG16", "SMDG20", "SMDG21", "SMDG22", "SMDG30", "SMDG31"},
    "MOVINS": {"SMDG20", "SMDG21", "SMDG22", "SMDG30"},
    "COPRAR": {"SMDG12", "SMDG13", "SMDG14", "SMDG15", "SMDG16", "SMDG20", "SMDG21", "ITG12", "ITG13", "ITG14"},
    "COARRI": {"SMDG12", "SMDG13", "SMDG14", "SMDG15", "SMDG16", "SMDG20", "SMDG21", "ITG10", "ITG12", "ITG13"},
    "VERMAS": {"SMDG04", "SMDG05", "SMDG06", "SMDG07", "SMDG10", "SMDG11"},
}
_DIRECTIONS = {
    "43": Direction.DISCHARGE,
    "44": Direction.DISCHARGE,
    "45": Direction.LOAD,
    "46": Direction.LOAD,
    "98": Direction.DISCHARGE,
    "270": Direction.LOAD,
}
# Where the message is about: place of departure, port of loading, of discharge, of operation; the first found counts.
_PORT_QUALIFIERS = ("5", "9", "11", "6", "165", "94")
_ETA, _ETD = ("132", "178"), ("133", "136", "186")


def imo_is_valid(number: str) -> bool:
    """Seven digits, the last of which checks the others (IMO Resolution A.1117)."""
    return (
        bool(re.fullmatch(r"[0-9]{7}", number))
        and str(sum(int(digit) * (7 - place) for place, digit in enumerate(number[:6])) % 10) == number[6]
    )


def read_header(message: RawMessage, head: list[str]) -> tuple[MessageHeader, list[Finding]]:
    """The header of a message from the segments before its first box, and what was odd."""
    findings: list[Finding] = []
    parsed = [(number, elements(segment)) for number, segment in enumerate(head, message.first + 1)]
    ports: dict[str, Port] = {}
    times: dict[str, str] = {}
    bgm: Elements = []
    tdt: Elements = []
    tdt_number = 0
    voyage, carrier, direction = "", "", None
    for number, e in parsed:
        tag, qualifier = at(e, 0), at(e, 1)
        if tag == "BGM":
            bgm = bgm or e
        elif tag == "TDT" and qualifier == "20":
            tdt, tdt_number = tdt or e, tdt_number or number
        elif tag == "LOC" and at(e, 2):
            code, problem = port(at(e, 2))
            ports.setdefault(qualifier, code)
            if problem and qualifier in (*_PORT_QUALIFIERS, "61"):
                findings.append(Finding.of(*problem, f"segment {number}"))
        elif tag == "DTM" and at(e, 1, 1):
            when = moment(at(e, 1, 1), at(e, 1, 2))
            if when and qualifier:
                times.setdefault(qualifier, when)
            else:
                text = told(
                    "Time {given} cannot be read.", "edi-time-unreadable", given=repr(":".join(parts(e, 1))[:40])
                )
                findings.append(Finding.of("EDI-TIME", Severity.NOTE, text, f"segment {number}"))
        elif tag == "RFF" and qualifier in ("VON", "VM", "VOY"):
            voyage = voyage or at(e, 1, 1)
        elif tag == "NAD" and qualifier in ("CA", "CF"):
            carrier = carrier or at(e, 2)
        elif tag == "FTX" and qualifier == "OSI":
            direction = {"L": Direction.LOAD, "D": Direction.DISCHARGE}.get(at(e, 4).upper())
    vessel = _Vessel(tdt, f"segment {tdt_number}", findings)
    unb = message.interchange
    document = " ".join(part for part in (at(bgm, 1), at(bgm, 1, 2) or at(bgm, 1, 3)) if part)
    _tell_dialect(message, findings)
    return MessageHeader(
        kind=message.kind,
        dialect=message.dialect,
        reference=at(bgm, 2),
        document=document,
        function=at(bgm, 3),
        sender=at(unb, 2),
        recipient=at(unb, 3),
        prepared_at=times.get("137") or moment(at(unb, 4) + at(unb, 4, 1), ""),
        vessel_name=vessel.name,
        call_sign=vessel.call_sign,
        imo=vessel.imo,
        voyage=at(tdt, 2) or voyage,
        carrier=vessel.carrier or carrier,
        port=next((ports[q] for q in _PORT_QUALIFIERS if q in ports), None),
        next_port=ports.get("61"),
        eta=next((times[q] for q in _ETA if q in times), ""),
        etd=next((times[q] for q in _ETD if q in times), ""),
        direction=direction or _direction(message, at(bgm, 1), ports, findings),
        message_reference=message.reference,
        interchange_reference=at(unb, 5),
        segments=len(message.segments),
        first_segment=message.first,
        file=message.file,
    ), findings


def _direction(message: RawMessage, document: str, ports: dict[str, Port], findings: list[Finding]) -> Direction | None:
    if message.kind not in ("COPRAR", "COARRI"):
        return None
    if document in _DIRECTIONS:
        return _DIRECTIONS[document]
    direction, given = None, repr(document[:10])
    text = told(
        "Document code {given} says neither load nor discharge; and the ports do not say either.",
        "edi-no-direction",
        given=given,
    )
    if ("9" in ports) is not ("11" in ports):
        direction = Direction.LOAD if "9" in ports else Direction.DISCHARGE
        text = told(
            "Document code {given} says neither load nor discharge; taken for {kind} by its header's port.",
            "edi-direction-by-port",
            given=given,
            kind=direction,
        )
    findings.append(Finding.of("EDI-CODE", Severity.COMMERCIAL, text, f"segment {message.first + 1}"))
    return direction


def _tell_dialect(message: RawMessage, findings: list[Finding]) -> None:
    known = _KNOWN_GUIDES.get(message.kind)
    if known is not None and message.guide not in known:
        text = told(
            "The message names no guide; read as the nearest known dialect of {message}.",
            "edi-no-guide",
            message=message.kind,
        )
        if message.guide:
            text = told(
                "The message names guide {given}; read as the nearest known dialect of {message}.",
                "edi-unknown-guide",
                given=repr(message.guide[:20]),
                message=message.kind,
            )
        findings.append(Finding.of("EDI-DIALECT", Severity.NOTE, text, f"segment {message.first}"))


class _Vessel:
    """TDT+20: the ship's id stands at different elements in different releases, so look for what it is."""

    def __init__(self, tdt: Elements, place: str, findings: list[Finding]) -> None:
        self.name = self.call_sign = self.imo = self.carrier = ""
        composites = [parts(tdt, element) for element in range(3, len(tdt))]
        id_part = next((c for c in composites if len(c) > 1 and c[1] in ("103", "146", "11")), None)
        carrier_part = next(
            (c for c in composites if c is not id_part and len(c) > 1 and c[1] in ("172", "LINES", "160", "ZZZ")), None
        )
        if id_part is None and len(tdt) > 8:
            id_part = parts(tdt, 8)
        if carrier_part:
            self.carrier = carrier_part[0].strip()
        if not id_part:
            return
        number, qualifier = id_part[0].strip().upper(), id_part[1].strip() if len(id_part) > 1 else ""
        names = [text.strip() for text in id_part[3:] or id_part[2:] if len(text.strip()) > 3]
        self.name = (
            names[0] if names else (id_part[2].strip() if len(id_part[2:3]) and len(id_part[2].strip()) > 3 else "")
        )
        looks_imo = bool(re.fullmatch(r"[0-9]{7}", number))
        if looks_imo:
            self.imo = number
        else:
            self.call_sign = number
        if not number:
            findings.append(
                Finding.of(
                    "EDI-VESSEL",
                    Severity.COMMERCIAL,
                    told("The ship has neither call sign nor IMO number.", "edi-ship-without-name"),
                    place,
                )
            )
        elif looks_imo and qualifier == "103":
            text = told(
                "{imo} is an IMO number where a call sign (103) is announced.", "edi-imo-as-call-sign", imo=number
            )
            findings.append(Finding.of("EDI-VESSEL", Severity.NOTE, text, place))
        elif not looks_imo and qualifier in ("146", "11"):
            text = told(
                "{given} is no IMO number, though one is announced ({qualifier}); read as call sign.",
                "edi-no-imo",
                given=repr(number[:20]),
                qualifier=qualifier,
            )
            findings.append(Finding.of("EDI-VESSEL", Severity.NOTE, text, place))
        if looks_imo and not imo_is_valid(number):
            findings.append(
                Finding.of(
                    "EDI-VESSEL",
                    Severity.COMMERCIAL,
                    told("The check digit of IMO {imo} is wrong.", "edi-imo-check-digit", imo=number),
                    place,
                )
            )
