"""Masses, times and numbers as planners read them."""

from __future__ import annotations

from datetime import datetime, timedelta


def tonnes(mass_kg: int) -> str:
    return f"{mass_kg / 1000:.1f}"


def thousands(value: float) -> str:
    return f"{value:,.0f}"


def duration(seconds: float) -> str:
    """Hours and minutes, as 7:05 h."""
    minutes = round(seconds / 60)
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02} h"


class Clock:
    """Times of a call as day and local time where the call says when it starts, else as hours from its start."""

    def __init__(self, start: str) -> None:
        try:
            self._start: datetime | None = datetime.fromisoformat(start)
        except ValueError:
            self._start = None

    def __call__(self, second: int) -> str:
        try:
            moment = self._start + timedelta(seconds=second) if self._start else None
        except OverflowError:  # past the year 9999
            moment = None
        if moment is not None:
            return f"{moment:%d %H:%M}"
        hours, rest = divmod(second, 3600)
        return f"+{hours:02}:{rest // 60:02}"
