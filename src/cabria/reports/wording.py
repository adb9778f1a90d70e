"""Figures as planners read them, and the texts of reports in one table, so that another language is one column."""

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
    """Times of a call: local time where the call says when it starts, else hours from its start."""

    def __init__(self, start: str) -> None:
        try:
            self._start: datetime | None = datetime.fromisoformat(start)
        except ValueError:
            self._start = None

    def __call__(self, second: int) -> str:
        if self._start is None:
            hours, rest = divmod(second, 3600)
            return f"+{hours:02}:{rest // 60:02}"
        moment = self._start + timedelta(seconds=second)
        return f"{moment:%d} {moment:%H:%M}"
