"""Times and events as a berth planner types them: `2026-11-24T06:00`, `30` (hours from the beginning), `SHIP=8`."""

from __future__ import annotations

from datetime import datetime, timedelta

from cabria.domain.berthing import BerthCase, ShipId, Spell, WindSpell
from cabria.domain.errors import DataError

MOST_HOURS = 100_000
REMEDY = "Write a time as 2026-11-24T06:00, or as hours from the plan's beginning, such as 30 or 30.5."


def minute_of(case: BerthCase, text: str, option: str) -> int:
    """Minutes of the plan. A time without an offset is by the clock of the case. Raises DataError."""
    hours = _hours(text)
    if hours is not None:
        return round(hours * 60)
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise DataError(f"{text[:40]!r} is no time.", place=option, remedy=REMEDY) from None
    try:
        beginning = datetime.fromisoformat(case.beginning)
    except ValueError:
        raise DataError(
            "The case does not say when it begins, so only hours can be understood.", place=option, remedy=REMEDY
        ) from None
    if at.utcoffset() is None or beginning.utcoffset() is None:
        at, beginning = at.replace(tzinfo=None), beginning.replace(tzinfo=None)
    return round((at - beginning) / timedelta(minutes=1))


def spell_of(case: BerthCase, text: str, option: str) -> Spell:
    """FROM/TO. Raises DataError."""
    start, slash, end = text.partition("/")
    if not slash:
        raise DataError(f"{text[:60]!r} is no stretch of time.", place=option, remedy="Write FROM/TO, such as 36/44.")
    try:
        return Spell(minute_of(case, start, option), minute_of(case, end, option))
    except DataError as error:
        raise DataError(error.problem, place=option, remedy=error.remedy) from None


def delay_of(text: str) -> tuple[ShipId, int]:
    """SHIP=HOURS. Raises DataError."""
    ship, hours = _sides(text, "--late", "SHIP=HOURS, such as PAC-1=8")
    number = _hours(hours)
    if number is None:
        raise DataError(f"{hours[:40]!r} is no number of hours.", place="--late")
    return ShipId(ship), round(number * 60)


def outage_of(case: BerthCase, text: str) -> tuple[str, Spell]:
    """CRANE=FROM/TO. Raises DataError."""
    crane, spell = _sides(text, "--crane-out", "CRANE=FROM/TO, such as QC3=36/44")
    return crane, spell_of(case, spell, "--crane-out")


def wind_of(case: BerthCase, text: str) -> WindSpell:
    """KNOTS=FROM/TO. Raises DataError."""
    knots, spell = _sides(text, "--wind", "KNOTS=FROM/TO, such as 45=36/44")
    if not knots.isdecimal() or len(knots) > 3 or int(knots) > 200:
        raise DataError(f"{knots[:40]!r} is no speed of gusts in knots.", place="--wind")
    return WindSpell(spell_of(case, spell, "--wind"), int(knots))


def _hours(text: str) -> float | None:
    """None for what is no number, or one beyond all plans."""
    try:
        hours = float(text)
    except ValueError:
        return None
    return hours if -MOST_HOURS <= hours <= MOST_HOURS else None


def _sides(text: str, option: str, form: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (sign and left.strip() and right.strip()):
        raise DataError(f"{text[:60]!r} cannot be understood.", place=option, remedy=f"Write {form}.")
    return left.strip(), right.strip()
