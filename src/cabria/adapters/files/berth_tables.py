"""A berth plan as tables for whoever works with a spreadsheet: ships, cranes by spell, changes to the last plan."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cabria.domain.berthing import BerthCase, BerthPlan, Stay, berth_changes

SHIP_COLUMNS = (
    "ship", "name", "service", "berth", "from_m", "to_m", "eta", "start", "end", "waits_h", "most_cranes",
    "crane_hours", "not_served",
)  # fmt: skip
CRANE_COLUMNS = ("ship", "name", "start", "end", "cranes", "crane_names")
CHANGE_COLUMNS = (
    "ship", "name", "change", "start_before", "start_now", "later_h", "from_m_before", "from_m_now", "right_m",
    "end_before", "end_now",
)  # fmt: skip


def write_ships(case: BerthCase, plan: BerthPlan, path: Path) -> None:
    """A row for each ship in the order of their starts, those not served at the end with rule and reason."""
    _write(path, SHIP_COLUMNS, _ship_rows(case, plan))


def write_cranes(case: BerthCase, plan: BerthPlan, path: Path) -> None:
    """A row for each stretch of time in which a ship has one number of cranes."""
    _write(path, CRANE_COLUMNS, _crane_rows(case, plan))


def write_changes(case: BerthCase, plan: BerthPlan, path: Path) -> None:
    """A row for each ship whose stay differs from the last plan's; none without a last plan."""
    _write(path, CHANGE_COLUMNS, _change_rows(case, plan))


def local_time(case: BerthCase, at_min: int) -> str:
    """2026-11-23 06:00 by the clock of the case; minutes from its beginning when it does not say when that is."""
    try:
        return f"{datetime.fromisoformat(case.beginning) + timedelta(minutes=at_min):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return str(at_min)


def _ship_rows(case: BerthCase, plan: BerthPlan) -> Iterator[tuple[object, ...]]:
    for stay in sorted(plan.stays, key=lambda stay: (stay.start_min, stay.position_mm)):
        ship = case.ship_of.get(stay.ship)
        if ship is None:
            continue
        right_mm = stay.position_mm + ship.length_mm
        under = " + ".join(section.name for section in case.quay.sections_under(stay.position_mm, right_mm))
        yield (
            ship.id,
            ship.name,
            ship.service,
            under,
            f"{stay.position_mm / 1000:g}",
            f"{right_mm / 1000:g}",
            local_time(case, ship.eta.planned_min),
            local_time(case, stay.start_min),
            local_time(case, stay.end_min),
            _hours(max(0, stay.start_min - ship.eta.planned_min)),
            max((part.cranes for part in stay.work), default=0),
            _hours(stay.crane_minutes),
            "",
        )
    for left in plan.unserved:
        if (ship := case.ship_of.get(left.ship)) is not None:
            eta = local_time(case, ship.eta.planned_min)
            why = f"{left.rule}: {left.text}"
            yield ship.id, ship.name, ship.service, "", "", "", eta, "", "", "", "", "", why


def _crane_rows(case: BerthCase, plan: BerthPlan) -> Iterator[tuple[object, ...]]:
    for stay in sorted(plan.stays, key=lambda stay: (stay.start_min, stay.position_mm)):
        ship = case.ship_of.get(stay.ship)
        for part in stay.work:
            times = (local_time(case, part.spell.start_min), local_time(case, part.spell.end_min))
            yield stay.ship, ship.name if ship else "", *times, part.cranes, " ".join(part.crane_ids)


def _change_rows(case: BerthCase, plan: BerthPlan) -> Iterator[tuple[object, ...]]:
    for change in berth_changes(case.last_plan, plan) if case.last_plan else ():
        ship = case.ship_of.get(change.ship)
        before, after = change.before, change.after
        moved = before is not None and after is not None
        yield (
            change.ship,
            ship.name if ship else "",
            change.kind,
            _start(case, before),
            _start(case, after),
            _hours(change.start_shift_min) if moved else "",
            f"{before.position_mm / 1000:g}" if before else "",
            f"{after.position_mm / 1000:g}" if after else "",
            f"{change.position_shift_mm / 1000:g}" if moved else "",
            local_time(case, before.end_min) if before else "",
            local_time(case, after.end_min) if after else "",
        )


def _start(case: BerthCase, stay: Stay | None) -> str:
    return local_time(case, stay.start_min) if stay else ""


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_plain(value) for value in row] for row in rows)


def _plain(value: object) -> str:
    """A spreadsheet must not take a name from outside for a formula; a negative number stays a number."""
    text = str(value)
    is_number = text.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not is_number else text
