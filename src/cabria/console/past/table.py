"""A shift report as a table for other programs: one figure a row, CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

import msgspec

from cabria.console.messages.past import ShiftReport, Waiting

HEAD = ("part", "of", "figure", "value", "unit")
UNITS = {"gmph": "1/h", "planned_gmph": "1/h", "berth_productivity": "1/h", "rehandle_ratio": "each", "kwh": "kWh"}
ENDINGS = {"_ms": "ms", "_h": "h", "_per_move": "kWh", "share": "1", "use": "1", "drive": "1", "crane_waiting": "1"}
RECKONED = ("=", "+", "-", "@", "\t", "\r")
"""How cells begin that spreadsheets take for formulas."""
Row = tuple[str, str, str, object, str]


def as_csv(report: ShiftReport) -> str:
    """Figures of which there is none are left empty."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows(map(_as_text, row) for row in _rows(report))
    return stream.getvalue()


def _as_text(cell: object) -> object:
    """A name that a spreadsheet would reckon out, as a ship may be called by who sends her, stays a name."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RECKONED) else cell


def _rows(report: ShiftReport) -> Iterator[Row]:
    yield "span", "", "from", report.from_ms, "ms"
    yield "span", "", "until", report.until_ms, "ms"
    yield "span", "", "zero_utc", report.zero_utc_ms, "ms"
    yield from _fields("total", "", report.totals)
    for call in report.calls:
        yield from _fields("call", call.call, call, "call")
    for crane in report.cranes:
        of = f"{crane.crane} {crane.call}".strip()
        yield from _fields("quay crane", of, crane, "crane", "call", "waiting")
        yield from _waiting("quay crane waiting", of, crane.waiting)
    for lift in report.yard_cranes:
        yield from _fields("yard crane", lift.crane, lift, "crane")
    yield from _waiting("waiting", "", report.waiting)
    yield from _waiting("waiting by leg", "", report.waiting_by_leg)
    steps = report.steps
    for number, at_ms in enumerate(steps.at_ms):
        for crane_number, name in enumerate(steps.cranes):
            yield "step", str(at_ms), f"moves {name}", steps.moves[crane_number][number], ""
        yield "step", str(at_ms), "waiting_ms", steps.waiting_ms[number], "ms"
        yield "step", str(at_ms), "stopped_ms", steps.stopped_ms[number], "ms"
        yield "step", str(at_ms), "kwh", steps.kwh[number], "kWh"
        yield "step", str(at_ms), "truck_use", steps.truck_use[number], "1"
        yield "step", str(at_ms), "visitors", steps.visitors[number], ""


def _fields(part: str, of: str, message: msgspec.Struct, *without: str) -> Iterator[Row]:
    for name, value in msgspec.structs.asdict(message).items():
        if name not in without:
            yield part, of, name, value, _unit(name)


def _unit(name: str) -> str:
    return UNITS.get(name) or next((unit for ending, unit in ENDINGS.items() if name.endswith(ending)), "")


def _waiting(part: str, of: str, waiting: Iterable[Waiting]) -> Iterator[Row]:
    for one in waiting:
        yield part, of, one.cause, one.ms, "ms"
