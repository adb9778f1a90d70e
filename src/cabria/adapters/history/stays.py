"""Visits of boxes to the yard, out of a history and into one: what departure forecasts learn from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cabria.adapters.history.asking import ask
from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.ledger import Source
from cabria.adapters.history.tables import TABLE_BY_NAME, columns_of
from cabria.planning.yard.forecast.problem import YardVisit

MONDAY = datetime(2001, 1, 1)  # noqa: DTZ001 - times of the tables are UTC without saying so
"""From here `YardVisit` counts its seconds."""


def read_visits(folder: HistoryFolder, since: date, until: date) -> tuple[list[YardVisit], tuple[str, ...]]:
    """Boxes that left from `since` to before `until`, in order of arrival, and notes on what is missing.

    Boxes of which nobody knows when they came are left out.
    """
    answer = ask(
        folder,
        "SELECT came_utc, at_utc, coalesce(length_ft, 0), coalesce(mass_kg, 0), coalesce(kind, ''), comes_by, "
        "leaves_by, coalesce(line, ''), coalesce(service, ''), coalesce(port, ''), due_utc, appointment_utc, "
        f"coalesce(has_hold, false) FROM stays WHERE came_utc IS NOT NULL AND day >= DATE '{since}' "
        f"AND day < DATE '{until}' ORDER BY came_utc, container",
    )
    return [_visit(row) for row in answer.rows], answer.notes


def _visit(row: tuple[object, ...]) -> YardVisit:
    came, left, length_ft, mass_kg, *words, due, appointment, has_hold = row
    kind, comes_by, leaves_by, line, service, port = map(str, words)
    return YardVisit(
        _seconds(came), _seconds(left), int(str(length_ft)), int(str(mass_kg)),
        kind, comes_by, leaves_by, line, service, port,
        None if due is None else _seconds(due), None if appointment is None else _seconds(appointment), bool(has_hold),
    )  # fmt: skip


def _seconds(moment: object) -> int:
    if not isinstance(moment, datetime):
        raise TypeError(f"{moment!r} is no time.")
    return (moment - MONDAY) // timedelta(seconds=1)


def write_visits(folder: HistoryFolder, visits: Sequence[YardVisit], source: str) -> int:
    """Take made or foreign visits into the history. Returns how many had left. Raises DataError."""
    monday_ms = round((MONDAY - datetime(1970, 1, 1)).total_seconds() * 1_000)  # noqa: DTZ001

    def utc_ms(at_s: int | None) -> int | None:
        return None if at_s is None else monday_ms + 1_000 * at_s

    rows = [
        (
            utc_ms(v.left_s), utc_ms(v.arrived_s), f"{number}", "", v.comes_by, v.leaves_by, 0, v.length_ft, v.mass_kg,
            v.kind, v.line, v.service, v.port, utc_ms(v.vessel_due_s), utc_ms(v.appointment_s), v.has_customs_hold,
        )
        for number, v in enumerate(visits)
        if v.left_s is not None
    ]  # fmt: skip
    with folder.writing():
        state = Source(len(rows), monday_ms)
        return folder.append({"stays": columns_of(TABLE_BY_NAME["stays"], rows)}, source, state)
