"""What the shadow would have done and saved, day by day, as a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Protocol

STYLE = """body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%;margin:.6rem 0 1.6rem}th,td{padding:.3rem .6rem;text-align:right;
border-bottom:1px solid #ddd}th:first-child,td:first-child{text-align:left}.less{color:#00663d;font-weight:600}
.more{color:#a3211b;font-weight:600}.note{color:#555}.bad{background:#fdecea;padding:.6rem}"""


class TallyLike(Protocol):
    """`bootstrap.shadow.Tally`."""

    @property
    def moves(self) -> int: ...
    @property
    def gate_visits(self) -> int: ...
    @property
    def digs(self) -> int: ...
    @property
    def driven_m(self) -> int: ...
    @property
    def empty_m(self) -> int: ...
    @property
    def crane_waiting_s(self) -> int: ...
    @property
    def crane_s(self) -> int: ...
    @property
    def waiting_s(self) -> Mapping[str, int]: ...
    @property
    def kwh(self) -> int: ...


class DayLike(Protocol):
    """`bootstrap.shadow.ShadowDay`."""

    @property
    def day(self) -> str: ...
    @property
    def theirs(self) -> TallyLike: ...
    @property
    def ours(self) -> TallyLike: ...
    @property
    def held_back(self) -> tuple[str, ...]: ...
    @property
    def not_served(self) -> int: ...
    @property
    def broken(self) -> tuple[str, ...]: ...


ROWS: Sequence[tuple[str, Callable[[TallyLike], float], int, bool]] = (
    ("moves between ship and shore", lambda tally: tally.moves, 0, False),
    ("road trucks served", lambda tally: tally.gate_visits, 0, False),
    ("digs (boxes moved to reach others)", lambda tally: tally.digs, 0, True),
    ("driving of trucks, km", lambda tally: tally.driven_m / 1_000, 1, True),
    ("of it empty, km", lambda tally: tally.empty_m / 1_000, 1, True),
    ("quay cranes waiting, h", lambda tally: tally.crane_waiting_s / 3_600, 2, True),
    ("quay cranes at a ship, h", lambda tally: tally.crane_s / 3_600, 2, True),
    ("energy, kWh", lambda tally: tally.kwh, 0, True),
)
"""Words, figure, decimals, and whether less is better."""


def shadow_page(days: Sequence[DayLike], terminal: str) -> str:
    """HTML with the newest day first."""
    parts = [_day(day) for day in reversed(days)]
    body = "\n".join(parts) or "<p>No day has been heard yet.</p>"
    title = f"Shadow of {escape(terminal)}"
    note = (
        "The shadow controls nothing. It was given the same yard, ships, road trucks and breakdowns of cranes, and "
        "worked them with machines that are simulated; both logs were counted by the same referee. Digs and driving "
        "compare decisions; hours of cranes also compare their speeds with the simulated ones."
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<style>{STYLE}</style></head><body><h1>{title}</h1><p class="note">{note}</p>\n{body}\n</body></html>\n'
    )


def _day(day: DayLike) -> str:
    rows = "".join(_row(words, figure(day.theirs), figure(day.ours), n, less) for words, figure, n, less in ROWS)
    causes = sorted({*day.theirs.waiting_s, *day.ours.waiting_s})
    waits = "".join(
        _row(cause, day.theirs.waiting_s.get(cause, 0) / 60, day.ours.waiting_s.get(cause, 0) / 60, 1, True)
        for cause in causes
    )
    head = "<tr><th></th><th>theirs</th><th>ours</th><th>ours less theirs</th></tr>"
    told = [f"<h2>{escape(day.day)}</h2>", f"<table>{head}{rows}</table>"]
    if waits:
        told.append(f"<h3>What quay cranes waited for, min</h3><table>{head}{waits}</table>")
    if day.held_back:
        told.append(f'<p class="note">Ships that had to wait with us: {escape(", ".join(day.held_back))}.</p>')
    if day.not_served:
        told.append(f'<p class="note">Road trucks that we turned away: {day.not_served:,}.</p>')
    if day.broken:
        found = "<br>".join(map(escape, day.broken[:5]))
        told.append(f'<p class="bad">Our log breaks rules, so this day does not count:<br>{found}</p>')
    return "\n".join(told)


def _row(words: str, theirs: float, ours: float, decimals: int, less_is_better: bool) -> str:
    difference = ours - theirs
    mark = ""
    if less_is_better and round(difference, decimals):
        mark = ' class="less"' if difference < 0 else ' class="more"'
    cells = f"<td>{theirs:,.{decimals}f}</td><td>{ours:,.{decimals}f}</td>"
    return f"<tr><td>{escape(words)}</td>{cells}<td{mark}>{difference:+,.{decimals}f}</td></tr>"
