"""What the terminal has been through: the figures of a span of time, and any hour seen again."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cabria.console.messages.live import Changes, Event, Snapshot
from cabria.console.messages.parts import Message, Ms, Problem, Utc, Words

AtMs = Annotated[int, Meta(ge=0, le=10**12, description="Milliseconds since the run began.")]


class PastCall(Message):
    """A ship that was worked; `until_ms` is when she sailed, None while she is at the quay."""

    id: str
    vessel: str
    voyage: str
    from_ms: Ms
    until_ms: Ms | None


class Past(Message):
    """How far back the log goes. `source` is the log's name where no terminal runs, else ""."""

    source: str
    until_ms: Ms
    zero_utc_ms: int
    events: int
    calls: list[PastCall]


class Waiting(Message):
    """Waiting of quay cranes for one cause; `share` is of their time from berthing, or the span's beginning, on."""

    cause: str
    ms: int
    share: float


class CraneFigures(Message):
    """A quay crane at a call. `gmph` is gross moves by the hours from its first work to its last, of those that lie in
    the span; None for no hours."""

    crane: str
    call: str
    moves: int
    lids: int
    hours: float
    gmph: float | None
    waiting_share: float | None
    waiting: list[Waiting]


class CallReport(Message):
    """A call in the span: moves by gross berth hours. `makespan_h` is to the last work so far."""

    call: str
    vessel: str
    voyage: str
    moves: int
    planned_moves: int
    berth_h: float
    berth_productivity: float | None
    makespan_h: float
    planned_makespan_h: float
    is_done: bool


class YardCraneReport(Message):
    crane: str
    lifts: int
    rehandles: int
    use: float | None


class Totals(Message):
    """Of the span, by the referee's definitions. Shares are of 1; None is that there is none."""

    moves: int
    crane_h: float
    gmph: float | None
    planned_gmph: float | None
    berth_productivity: float | None
    crane_waiting: float | None
    productive_moves: int
    rehandles: int
    rehandle_ratio: float | None
    visits: int
    turn_ms: int | None
    kwh: float
    kwh_per_move: float | None
    truck_kwh_per_move: float | None
    trucks: int
    truck_use: float | None
    empty_drive: float | None


class Steps(Message):
    """The span in steps, in columns; `at_ms` is the end of each. `moves` has a row for each of `cranes`."""

    step_ms: int
    at_ms: list[int]
    cranes: list[str]
    moves: list[list[int]]
    waiting_ms: list[int]
    stopped_ms: list[int]
    kwh: list[float]
    truck_use: list[float | None]
    visitors: list[int]


class ShiftReport(Message):
    """The figures of a span. They are the referee's, from the log alone; `waiting_by_leg` is the same waiting by what
    became of the box that was waited for."""

    from_ms: Ms
    until_ms: Ms
    zero_utc_ms: int
    totals: Totals
    calls: list[CallReport]
    cranes: list[CraneFigures]
    yard_cranes: list[YardCraneReport]
    waiting: list[Waiting]
    waiting_by_leg: list[Waiting]
    steps: Steps


class Film(Message):
    """A stretch of the past: how everything stood at its beginning, then what changed every `every_ms`, as the stream
    tells it. `events` are its sentences."""

    from_ms: Ms
    until_ms: Ms
    every_ms: int
    snapshot: Snapshot
    changes: list[Changes]
    events: list[Event]


class AskTry(Message):
    """What is to be tried on a copy of the terminal as it stands: all that is not named stays as it is.

    `crane` is out of service from the beginning for `crane_h`; where `shares` is set the others are given its work.
    `trucks` are more or fewer than now. `policy` is a named way to run the trucks. The plan `ship` is worked from
    `ship_in_h` on if she is on time, and `ship_late_h` later with the change.
    """

    hours: Annotated[int, Meta(ge=1, le=24)] = 4
    seed: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    crane: Annotated[str, Meta(max_length=100)] = ""
    crane_h: Annotated[float, Meta(ge=0.1, le=48)] = 2.0
    shares: bool = True
    trucks: Annotated[int, Meta(ge=-500, le=500)] = 0
    policy: Annotated[str, Meta(max_length=40)] = ""
    ship: Annotated[str, Meta(max_length=200)] = ""
    ship_in_h: Annotated[float, Meta(ge=0, le=24)] = 1.0
    ship_late_h: Annotated[float, Meta(ge=0, le=24)] = 0.0


class TriedCall(Message):
    """A call after the hours that were run: when her last move was, None while some are `left`."""

    call: str
    vessel: str
    voyage: str
    ends_ms: Ms | None
    left: int


class TriedRun(Message):
    """One of both runs, from the copy on. `moved` are moves done by the end of each step; `broken` counts rules of the
    referee that its log breaks."""

    totals: Totals
    waiting: list[Waiting]
    calls: list[TriedCall]
    moved: list[int]
    broken: int


class Tried(Message):
    """Both runs on the same seed. `at_ms` are the steps."""

    from_ms: Ms
    until_ms: Ms
    at_ms: list[int]
    as_is: TriedRun
    changed: TriedRun


class TakeOverOrder(Message):
    """What taking a try over orders: "out" and "back" of a machine, "policy" by name."""

    what: str
    name: str
    back_h: float = 0.0


class Try(Message):
    """One try. `state`: waiting, running, done, failed, stopped. `orders` is what can be ordered of it."""

    id: str
    asked: AskTry
    by: str
    since: Utc
    state: str
    phase: str
    share: float | None
    text: str
    orders: list[TakeOverOrder]
    result: Tried | None = None
    taken_by: str = ""
    problem: Problem | None = None
    """Why it failed."""


class Tries(Message):
    """The latest first; `policies` are names for `AskTry.policy`, `most_hours` its longest run."""

    tries: list[Try]
    policies: list[str]
    most_hours: int


class TakeOver(Message):
    """Of a try: what can be ordered of it is ordered of the terminal that runs."""

    cause: Words


class MorningLine(Message):
    """A figure and its value, or what something cost and what to do about it."""

    name: str
    value: str


class MorningHeads(Message):
    """Headings of the report's parts, in its language."""

    change: str
    figures: str
    parted: str
    causes: str
    shadow: str
    notes: str


class MorningReport(Message):
    """A shift in words, in one language: three things worth changing, figures, where plan and day parted (rows under
    `parted_heads`), what cranes waited for in minutes, what shadow planning would have saved."""

    language: str
    from_ms: Ms
    until_ms: Ms
    title: str
    span: str
    heads: MorningHeads
    changes: list[MorningLine]
    figures: list[MorningLine]
    parted_heads: list[str]
    parted: list[list[str]]
    parted_none: str
    causes: list[MorningLine]
    saved: list[str]
    notes: list[str]
    changes_none: str = ""
    """What is said where there are no changes, or no causes."""


class MorningPaper(Message):
    """The same as a PDF."""

    content: bytes
