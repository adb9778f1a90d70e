"""What stands in a morning report: words and figures, ready for a page or a sheet of paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple

from cabria.referee.run_figures import RunFigures
from cabria.reports.morning.losses import LEAST_MIN, Loss, losses_of
from cabria.reports.morning.progress import WIND, CraneHour
from cabria.reports.morning.words import TEXT, advice, cause_words

DAY_MS = 86_400_000
MOST_HOURS = 12
LOST_MIN = 5.0
"""Of one crane in one hour; less is not where plan and day parted."""


class Saved(NamedTuple):
    """A figure of the day as it was, and as the shadow would have had it."""

    what: str
    theirs: float
    ours: float
    decimals: int = 0


class NoteKind(StrEnum):
    """What is odd about a log, or about its shadow; each has its words in every language."""

    CLOCK = "note_clock"
    GAP = "note_gap"
    UNREADABLE = "note_unreadable"
    SHADOW_BROKE = "note_shadow_broke"
    SHADOW_LEFT = "note_shadow_left"


class Note(NamedTuple):
    """From when on, for how long, and what stands in its words."""

    kind: NoteKind
    at_ms: int = 0
    ms: int = 0
    values: Mapping[str, str] = {}


@dataclass(frozen=True)
class Shift:
    """A span of a run; times in milliseconds of the log, `zero_utc_ms` where they count from."""

    terminal: str
    zero_utc_ms: int
    from_ms: int
    until_ms: int
    figures: RunFigures
    hours: Sequence[CraneHour]
    saved: Sequence[Saved] | None = None
    shadow_days: Sequence[str] = ()
    """Days that the shadow worked and that `saved` counts: the whole log, whatever the span."""
    notes: Sequence[Note] = ()
    zone: tzinfo = UTC
    """Of all times that the report tells."""

    @property
    def losses(self) -> list[Loss]:
        return losses_of(self.figures, self.hours)


@dataclass(frozen=True)
class Content:
    """In one language; tables are rows of cells under titles."""

    language: str
    title: str
    span: str
    figures: Sequence[tuple[str, str]]
    changes: Sequence[tuple[str, str]]
    """What it cost, and what to do; empty where `nothing_cost`."""
    parted: Sequence[tuple[str, ...]]
    causes: Sequence[tuple[str, str]]
    saved: Sequence[str]
    notes: Sequence[str]

    @property
    def words(self) -> dict[str, str]:
        return dict(TEXT[self.language])

    @property
    def nothing_cost(self) -> str:
        """What stands where nothing is worth changing, or nothing was waited for."""
        return self.words["change_none"].format(minutes=f"{LEAST_MIN:.0f}")

    @property
    def nothing_parted(self) -> str:
        """What stands where plan and day did not part."""
        return self.words["parted_none"].format(minutes=f"{LOST_MIN:.0f}")


def content_of(shift: Shift, language: str) -> Content:
    """Everything that the report says, in a language of `words.LANGUAGES`."""
    words = TEXT[language]
    return Content(
        language,
        f"{words['title']}: {shift.terminal}",
        f"{_local(shift, shift.from_ms):%Y-%m-%d %H:%M} - {_local(shift, shift.until_ms):%Y-%m-%d %H:%M} {shift.zone}",
        _figures(shift.figures, language),
        [_change(loss, language) for loss in shift.losses if loss.cause != WIND][:3],
        _parted(shift, language),
        [(cause_words(loss.cause, language), f"{loss.minutes:,.0f}") for loss in shift.losses],
        _saved(shift, language),
        [_note(shift, note, language) for note in shift.notes],
    )


def _note(shift: Shift, note: Note, language: str) -> str:
    return TEXT[language][note.kind].format(
        at=f"{_local(shift, note.at_ms):%Y-%m-%d %H:%M}",
        until=f"{_local(shift, note.at_ms + note.ms):%Y-%m-%d %H:%M}",
        zone=shift.zone,
        minutes=f"{note.ms / 60_000:,.0f}",
        **note.values,
    )


def _local(shift: Shift, at_ms: int) -> datetime:
    return datetime.fromtimestamp((shift.zero_utc_ms + at_ms) / 1_000, shift.zone)


def _figures(figures: RunFigures, language: str) -> list[tuple[str, str]]:
    words = TEXT[language]
    waiting = sum(sum(crane.waiting_ms.values()) for crane in figures.quay_cranes)
    run_ms = 1_000 * sum(crane.run_s for crane in figures.quay_cranes)
    turn_ms = figures.mean_turn_ms
    rows = [
        ("moves", f"{figures.moves:,}"),
        ("gmph", _number(figures.gross_moves_per_hour, 1)),
        ("waiting", _percent(waiting / run_ms if run_ms else None)),
        *(("berth", f"{_number(call.berth_productivity_per_hour, 1)} ({call.call})") for call in figures.calls),
        ("rehandles", _number(figures.rehandle_ratio, 3)),
        ("empty", _percent(figures.trucks.empty_share)),
        ("turn", _number(None if turn_ms is None else turn_ms / 60_000, 1)),
        ("kwh", _number(figures.kwh_per_move, 2)),
    ]
    return [(words[name], value) for name, value in rows]


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:,.{decimals}f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def _change(loss: Loss, language: str) -> tuple[str, str]:
    share = f"{100 * loss.by_crane[loss.crane] / loss.minutes:.0f} %"
    cause = cause_words(loss.cause, language)
    cost = TEXT[language]["cost"].format(
        cause=cause[:1].upper() + cause[1:], minutes=f"{loss.minutes:,.0f}", crane=loss.crane, share=share
    )
    return cost, advice(loss.cause, language)


def _parted(shift: Shift, language: str) -> list[tuple[str, ...]]:
    """The worst hours; cranes of a call that lost an hour alike are told together, with the worst of them."""
    clock = "%H:%M" if shift.until_ms - shift.from_ms <= DAY_MS else "%m-%d %H:%M"
    worst = sorted(shift.hours, key=lambda hour: (-hour.late_ms, hour.begins_ms, hour.crane))
    alike: dict[tuple[int, str, str, str], list[CraneHour]] = {}
    for hour in worst:
        if hour.late_ms >= LOST_MIN * 60_000:
            key = hour.begins_ms, hour.call, f"{hour.late_ms / 60_000:.0f}", _why(hour, language)
            alike.setdefault(key, []).append(hour)
    return [
        (
            f"{_local(shift, begins_ms):{clock}}",
            f"{hours[0].crane} + {len(hours) - 1}" if len(hours) > 1 else hours[0].crane,
            call,
            lost,
            f"{max(hour.behind_ms for hour in hours) / 60_000:.0f}",
            f"{sum(hour.done for hour in hours):,} / {sum(hour.planned for hour in hours):,}",
            why,
        )
        for (begins_ms, call, lost, why), hours in list(alike.items())[:MOST_HOURS]
    ]


def _why(hour: CraneHour, language: str) -> str:
    return ", ".join(
        f"{cause_words(cause, language)} {ms / 60_000:.0f}" for cause, ms in hour.why.items() if ms >= 30_000
    )


def _saved(shift: Shift, language: str) -> list[str]:
    words = TEXT[language]
    if shift.saved is None:
        return [words["shadow_none"]]
    days = sorted({*shift.shadow_days[:1], *shift.shadow_days[-1:]})
    return [
        *(
            words["shadow_row"].format(
                what=words[row.what],
                theirs=f"{row.theirs:,.{row.decimals}f}",
                ours=f"{row.ours:,.{row.decimals}f}",
                saved=f"{row.theirs - row.ours:+,.{row.decimals}f}",
            )
            for row in shift.saved
        ),
        words["shadow_span"].format(days=" - ".join(days)),
    ]
