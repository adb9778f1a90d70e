"""The morning report of a span of the past, for the page and as a PDF."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from cabria.bootstrap.morning import Run, shadow_days, shift_of
from cabria.bootstrap.shadow import ShadowDay
from cabria.console.messages import past as m
from cabria.console.past.reel import Reel
from cabria.reports.morning.content import Shift, content_of
from cabria.reports.morning.page import PARTED, morning_paper

HOUR_MS = 3_600_000


class Mornings:
    """Of one reel. What the shadow found is kept until the reel has grown."""

    def __init__(self, reel: Reel, zero_utc_ms: int) -> None:
        self._reel, self._zero_utc_ms = reel, zero_utc_ms
        self._shadow: tuple[int, dict[str, ShadowDay]] | None = None

    def shift(self, from_ms: int, until_ms: int, *, has_shadow: bool) -> Shift:
        """The shadow works the whole log once more, which takes as long as it takes. Raises DataError for a span in
        which nothing happened."""
        end_ms = min(until_ms, self._reel.last_ms + 1)
        hours = (end_ms - from_ms) / HOUR_MS
        days = self._days() if has_shadow else None
        return shift_of(self._run, self._reel.events(0), from_h=from_ms / HOUR_MS, hours=hours, days=days)

    @property
    def _run(self) -> Run:
        return Run(self._reel.layout, self._zero_utc_ms, calls=dict(self._reel.calls))

    def _days(self) -> dict[str, ShadowDay]:
        count = self._reel.count
        if self._shadow is None or self._shadow[0] != count:
            self._shadow = count, shadow_days(self._run, self._reel.events(0))
        return self._shadow[1]


def report_of(shift: Shift, language: str) -> m.MorningReport:
    content = content_of(shift, language)
    words = content.words
    heads = {name: words[name] for name in ("change", "figures", "parted", "shadow", "notes")}
    return m.MorningReport(
        language=language,
        from_ms=shift.from_ms,
        until_ms=shift.until_ms,
        title=content.title,
        span=content.span,
        heads=m.MorningHeads(causes=words["causes"], **heads),
        changes=_lines(content.changes),
        figures=_lines(content.figures),
        parted_heads=[words[name] for name in PARTED],
        parted=[list(row) for row in content.parted],
        parted_none=content.nothing_parted,
        causes=_lines(content.causes),
        saved=list(content.saved),
        notes=list(content.notes),
        changes_none=content.nothing_cost,
    )


def _lines(rows: Iterable[tuple[str, str]]) -> list[m.MorningLine]:
    return [m.MorningLine(name=name, value=value) for name, value in rows]


def paper_of(shift: Shift, language: str) -> bytes:
    """A PDF."""
    with tempfile.TemporaryDirectory(prefix="cabria-morning-") as folder:
        path = Path(folder) / "morning.pdf"
        morning_paper(content_of(shift, language), path)
        return path.read_bytes()
