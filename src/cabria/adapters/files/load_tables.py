"""Lists of boxes as tables: load lists, discharge lists and holds from CSV or Excel.

The columns are described in docs/reference/call-folder.md; headers are taken in English and Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cabria.adapters.files.tables import Row, plain, read_rows
from cabria.domain.containers import (
    Container,
    ContainerId,
    DangerousGoods,
    Kind,
    OutOfGauge,
    Port,
    SizeType,
    has_valid_check_digit,
    is_container_number,
)
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding, Severity
from cabria.domain.told import told

MIN_KG, MAX_KG = 500, 100_000
"""No box is lighter than a steel frame nor heavier than any crane lifts."""

COLUMNS: Mapping[str, Sequence[str]] = {
    "container": ("container number", "container no", "contenedor", "numero de contenedor", "equipment", "unit", "cntr",
                  "box", "id", "sigla"),
    "size_type": ("iso code", "iso", "iso type", "type", "size type", "equipment type", "tipo", "codigo iso",
                  "tipo iso"),
    "gross_mass_kg": ("gross weight kg", "gross kg", "weight kg", "weight", "gross weight", "gross mass", "mass kg",
                      "peso", "peso bruto", "peso kg", "peso bruto kg"),
    "gross_mass_t": ("gross weight t", "weight t", "weight tonnes", "tonnes", "peso t", "toneladas"),
    "vgm_kg": ("vgm", "verified mass kg", "verified gross mass", "vgm kg", "masa bruta verificada", "peso verificado"),
    "verified": ("vgm verified", "is verified", "verificado", "mass is verified"),
    "pol": ("port of loading", "load port", "puerto de carga", "puerto de embarque"),
    "pod": ("port of discharge", "discharge port", "destination", "destino", "puerto de descarga", "puerto destino"),
    "onward_port": ("final destination", "fpod", "final port", "destino final", "onward"),
    "operator": ("line", "carrier", "linea", "naviera", "operador"),
    "status": ("full empty", "fe", "f/e", "full/empty", "estado", "lleno vacio", "lleno/vacio", "is full"),
    "set_point_c": ("temperature", "temperature c", "temp", "set point", "setpoint", "reefer temp", "temperatura"),
    "dangerous": ("imdg", "imo", "dg", "hazardous", "imo class", "clase imo", "imo un", "peligrosa", "mercancia "
                  "peligrosa"),
    "un_number": ("un", "un no", "unno", "onu", "numero onu"),
    "over_height_mm": ("over height mm", "oh mm", "exceso altura mm"),
    "over_port_mm": ("over width port mm", "owp mm", "exceso babor mm"),
    "over_starboard_mm": ("over width starboard mm", "ows mm", "exceso estribor mm"),
    "over_front_mm": ("over length front mm", "olf mm", "exceso proa mm"),
    "over_back_mm": ("over length back mm", "ola mm", "exceso popa mm"),
    "holds": ("hold", "stop", "stops", "bloqueo", "bloqueos", "retencion", "retenciones"),
    "booking": ("booking number", "booking no", "reserva", "bkg"),
    "handling": ("handling instructions", "manipulacion"),
    "remark": ("remarks", "comment", "comments", "observaciones", "cargo", "commodity", "mercancia"),
}  # fmt: skip

_FULL = {"f", "full", "lleno", "l", "5", "fcl", "yes", "si", "true", "1", "x"}
_EMPTY = {"e", "empty", "mt", "vacio", "v", "4", "m", "no", "false", "0"}
_YES = {"yes", "y", "true", "1", "si", "s", "x", "verified", "verificado"}
_NO = {"no", "n", "false", "0", "none", "pending", "pendiente"}


@dataclass(frozen=True, slots=True)
class ListedBox:
    """A box of a list and where the list names it."""

    container: Container
    place: str


def read_load_table(path: Path, *, port: Port) -> tuple[tuple[ListedBox, ...], tuple[Finding, ...]]:
    """The boxes to be loaded at a port from CSV or Excel, and what was odd. Raises DataError with line and column."""
    boxes: list[ListedBox] = []
    findings: list[Finding] = []
    lines: dict[ContainerId, int] = {}
    for row in read_rows(path, COLUMNS, needed=("container", "size_type", "pod")):
        box = _container(row, port, findings)
        first = lines.setdefault(box.id, row.number)
        if first != row.number:
            raise row.refusal(
                told(
                    "Container {box} is on the list twice, first in line {first}.",
                    "listed-twice-in-table",
                    box=box.id,
                    first=first,
                ),
                "container",
            )
        boxes.append(ListedBox(box, row.place()))
    return tuple(boxes), tuple(findings)


def read_discharge_table(path: Path) -> tuple[tuple[ContainerId, str], ...]:
    """Number and place of each box on a list of boxes to be discharged. Raises DataError."""
    rows = read_rows(path, {"container": COLUMNS["container"]}, needed=("container",))
    return tuple((_number(row, []), row.place()) for row in rows)


MOST_HOURS = 9_999
_AFTER_START = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?")


def read_holds(path: Path) -> dict[ContainerId, tuple[str, ...]]:
    """Why boxes may not be loaded, by box; several lines add up. Raises DataError."""
    columns = {"container": COLUMNS["container"], "hold": (*COLUMNS["holds"], "reason", "motivo")}
    holds: dict[ContainerId, tuple[str, ...]] = {}
    for row in read_rows(path, columns, needed=("container", "hold")):
        if not row.get("hold"):
            raise row.refusal(told("The reason of the hold is missing.", "hold-without-reason"), "hold")
        number = _number(row, [])
        holds[number] = (*holds.get(number, ()), row.get("hold"))
    return holds


def read_late(path: Path, start: str) -> dict[ContainerId, int]:
    """When boxes that come late are there, in seconds of a call that starts at `start`. Raises DataError."""
    columns = {"container": COLUMNS["container"], "ready": ("ready at", "available", "eta", "llega", "disponible")}
    return {_number(row, []): _seconds(row, start) for row in read_rows(path, columns, needed=("container", "ready"))}


def _seconds(row: Row, start: str) -> int:
    text = row.get("ready")
    if match := _AFTER_START.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return 3_600 * hours + 60 * minutes + seconds
    try:
        moment, began = datetime.fromisoformat(text), datetime.fromisoformat(start)
        passed_s = int((moment.replace(tzinfo=None) - began.replace(tzinfo=None)).total_seconds())
    except ValueError:
        raise row.refusal(
            told(
                "{given} is no moment: write hours and minutes after the start of the call, such as 26:30, "
                "or a time such as 2026-03-03T08:30 where call.toml says when the call starts.",
                "no-moment",
                given=repr(text[:40]),
            ),
            "ready",
        ) from None
    if passed_s > 3_600 * MOST_HOURS:
        raise row.refusal(
            told(
                "{given} is more than {hours:,} hours after the start of the call.",
                "moment-too-late",
                given=text[:40],
                hours=MOST_HOURS,
            ),
            "ready",
        )
    return max(0, passed_s)


def _container(row: Row, port: Port, findings: list[Finding]) -> Container:
    number = _number(row, findings)
    size_type = _size_type(row)
    is_full = _is_full(row)
    mass_kg, is_verified = _mass(row, number, findings, is_full=is_full)
    set_point = row.number_in("set_point_c", low=-90, high=60)
    if set_point is not None and size_type.kind not in (Kind.REEFER, Kind.INSULATED, Kind.TANK):
        text = told(
            "A temperature is given for a box of type {size_type} that is not built for it.",
            "temperature-not-built-for",
            size_type=size_type.code,
        )
        findings.append(Finding.of("LIST-REEFER", Severity.COMMERCIAL, text, row.place("set_point_c"), number))
    return Container(
        id=number,
        size_type=size_type,
        gross_mass_kg=mass_kg,
        pol=_port(row, "pol") or port,
        pod=_port(row, "pod") or Port(""),
        mass_is_verified=is_verified,
        is_full=is_full,
        onward_port=_port(row, "onward_port"),
        operator=row.get("operator")[:17],
        set_point_tenth_c=None if set_point is None else round(set_point * 10),
        dangerous=_dangerous(row),
        out_of_gauge=_out_of_gauge(row),
        holds=tuple(hold.strip() for hold in row.get("holds").split(";") if hold.strip()),
        booking=row.get("booking")[:35],
        handling=tuple(text.strip() for text in row.get("handling").split(";") if text.strip()),
        remark=row.get("remark")[:350],
    )


def _number(row: Row, findings: list[Finding]) -> ContainerId:
    written = row.get("container")
    number = ContainerId(re.sub(r"[\s/.-]", "", written).upper())
    if not number:
        raise row.refusal(told("The container number is missing.", "number-missing"), "container")
    if len(number) > 17 or not number.isascii() or not number.isalnum():
        raise row.refusal(
            told("{given} is no container number.", "no-container-number", given=repr(written[:40])), "container"
        )
    if not is_container_number(number):
        text = told("Container number {given} is not four letters and seven digits.", "number-malformed", given=number)
        findings.append(Finding.of("LIST-NUMBER", Severity.COMMERCIAL, text, row.place("container"), number))
    elif not has_valid_check_digit(number):
        text = told("The check digit of {box} is wrong.", "check-digit-wrong", box=number)
        findings.append(Finding.of("LIST-CHECK-DIGIT", Severity.COMMERCIAL, text, row.place("container"), number))
    return number


def _size_type(row: Row) -> SizeType:
    try:
        return SizeType.parse(row.get("size_type"))
    except DataError as error:
        raise row.refusal(error.told, "size_type", "Give the size-type code of ISO 6346, such as 45G1.") from None


def _is_full(row: Row) -> bool:
    text = plain(row.get("status"))
    if not text or text in _FULL:
        return True
    if text in _EMPTY:
        return False
    raise row.refusal(
        told("{given} is neither full nor empty.", "neither-full-nor-empty", given=repr(row.get("status")[:40])),
        "status",
    )


def _mass(row: Row, number: ContainerId, findings: list[Finding], *, is_full: bool) -> tuple[int, bool]:
    """Mass in kg and whether it is verified; the verified one counts where both are given."""
    vgm = row.whole_in("vgm_kg", low=MIN_KG, high=MAX_KG) if plain(row.get("vgm_kg")) not in _YES | _NO else None
    said = plain(row.get("verified")) or (plain(row.get("vgm_kg")) if vgm is None else "")
    if said and said not in _YES | _NO:
        raise row.refusal(
            told("{given} is neither yes nor no.", "neither-yes-nor-no", given=repr(row.get("verified")[:40])),
            "verified",
        )
    tonnes = row.number_in("gross_mass_t", low=MIN_KG / 1000, high=MAX_KG / 1000)
    declared = row.whole_in("gross_mass_kg", low=MIN_KG, high=MAX_KG)
    mass_kg = vgm or declared or (round(tonnes * 1000) if tonnes is not None else None)
    if mass_kg is None:
        raise row.refusal(
            told("The mass of container {box} is missing.", "mass-missing-of", box=number), "gross_mass_kg"
        )
    is_verified = vgm is not None or said in _YES
    if is_full and not is_verified:
        text = told("The mass of this full box is not verified.", "mass-unverified")
        findings.append(Finding.of("LIST-VGM-MISSING", Severity.SAFETY, text, row.place("vgm_kg"), number))
    return mass_kg, is_verified


def _port(row: Row, column: str) -> Port | None:
    text = row.get(column).upper().replace(" ", "")
    if not text:
        return None
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", text):
        raise row.refusal(
            told("{given} is no UN/LOCODE such as CNSHA.", "no-locode", given=repr(row.get(column)[:40])), column
        )
    return Port(text)


def _dangerous(row: Row) -> tuple[DangerousGoods, ...]:
    """`class/UN/packing group/subsidiary classes`, several parted by ";"; or the class and a column of UN numbers."""
    text = row.get("dangerous")
    if not text or plain(text) in _NO:
        return ()
    return tuple(_substance(row, item) for item in text.split(";") if item.strip())


def _substance(row: Row, item: str) -> DangerousGoods:
    imdg_class, un_text, group, *labels = ([part.strip() for part in item.split("/")] + ["", "", ""])[:4]
    un_text = un_text or row.get("un_number")
    un_match = re.fullmatch(r"(?:UN|ONU)?\s*(\d{1,4})", un_text.upper())
    if not re.fullmatch(r"[1-9](\.[1-6])?[A-S]?", imdg_class.upper()):
        raise row.refusal(
            told("{given} is no class of dangerous goods.", "no-goods-class", given=repr(imdg_class[:40])),
            "dangerous",
            "Write it as 3/1263/III.",
        )
    if not un_match:
        raise row.refusal(
            told("Dangerous goods of class {given} have no UN number.", "goods-without-number", given=imdg_class),
            "dangerous",
            "Write them as 3/1263/III.",
        )
    subsidiary = tuple(label for label in labels[0].replace("+", ",").replace(" ", ",").split(",") if label)
    return DangerousGoods(imdg_class.upper(), int(un_match[1]), group.upper(), subsidiary)


def _out_of_gauge(row: Row) -> OutOfGauge | None:
    def side(column: str) -> int:
        return row.whole_in(column, low=0, high=20_000) or 0

    sides = OutOfGauge(
        front_mm=side("over_front_mm"),
        back_mm=side("over_back_mm"),
        port_mm=side("over_port_mm"),
        starboard_mm=side("over_starboard_mm"),
        over_height_mm=side("over_height_mm"),
    )
    return sides if sides != OutOfGauge() else None
