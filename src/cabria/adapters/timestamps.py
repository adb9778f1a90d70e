"""Time on the wire: ISO 8601 in UTC with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(utc_ms: int) -> str:
    """Milliseconds since 1970 as `2017-04-15T11:40:03.123Z`."""
    moment = datetime.fromtimestamp(utc_ms // 1_000, UTC)
    return f"{moment.isoformat()[:19]}.{utc_ms % 1_000:03}Z"


def unstamp(text: str) -> int:
    """The inverse; other offsets and precisions are read too. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"timestamp {text[:40]!r} has no offset from UTC")
    return round(moment.timestamp() * 1_000)
