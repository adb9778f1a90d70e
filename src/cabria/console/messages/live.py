"""The terminal as it runs: the stream of snapshots and changes, and what may be asked of it.

A client gets a `Snapshot`, then `Changes` whose `number` goes up by one. It applies each part that is not None to what
it has. One that was away asks with `?after=NUMBER` and gets the changes it missed, or a new snapshot.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from cabria.console.messages.parts import Message, Mm, Ms, Name, Said, Utc, Words
from cabria.console.messages.ship import Task


class Out(Message):
    """Out of service: since when, why, and when it is expected back (0: nobody said)."""

    since_ms: Ms
    cause: str
    back_ms: Ms


class TruckRow(Message):
    """`state`: idle, driving, waiting, charging, low, towed, out. `charge` is a share of its battery."""

    id: str
    state: str
    stand: str
    arrives_ms: Ms
    move: str
    boxes: list[str]
    charge: float | None
    is_visitor: bool
    out: Out | None = None


class Lift(Message):
    """What a crane is at: `kind` as of a step or a move, "" where it is for none; where each box comes from and is set
    down, as a slot (BBBRRTT), a place in the yard or a truck; or the lid."""

    kind: str
    sources: list[str]
    targets: list[str]
    lid: str


class QuayCraneRow(Message):
    """`state`: idle, working, waiting, held, out. Of the queue's `steps` `done` are done, trucks go to `released`."""

    id: str
    state: str
    call: str
    done: int
    released: int
    steps: int
    job: str
    boxes: list[str]
    waits_for: str
    waits_since_ms: Ms
    is_held: bool
    out: Out | None = None
    lift: Lift | None = None


class YardCraneRow(Message):
    """`state`: idle, working, out."""

    id: str
    block: str
    state: str
    job: str
    box: str
    out: Out | None = None
    lift: Lift | None = None


class MoveRow(Message):
    id: str
    kind: str
    boxes: list[str]
    truck: str
    queue: str
    step: int
    next_stop: str
    due_ms: Ms
    note: str


class LinkRow(Message):
    name: str
    is_connected: bool
    seen_ms: Ms


class AlertRow(Message):
    """`urgency`: 1 now, 2 soon, 3 worth knowing. `acts` are actions that may resolve it, with what they need.

    `said` and `values` tell in any language what operations alert to ("" where it has no word); `text` is English.
    """

    id: str
    code: str
    urgency: int
    text: str
    machine: str
    since_ms: Ms
    seen_by: str
    acts: list[Act] = field(default_factory=list)
    said: str = ""
    values: dict[str, str | int] = field(default_factory=dict)


class Act(Message):
    """An action by name, and the body it is called with."""

    name: str
    body: dict[str, str | int | float | bool]


class CallRow(Message):
    """A ship at the quay. `late_ms` is how far the work is behind its plan, below 0 ahead of it."""

    id: str
    vessel: str
    voyage: str
    plan: str
    berth_x_mm: Mm
    bow_towards_x: bool
    length_mm: Mm
    done: int
    total: int
    done_boxes: int
    total_boxes: int
    began_ms: Ms
    planned_end_ms: Ms
    expected_end_ms: Ms
    late_ms: int
    splits: int


class Positions(Message):
    """Where machines are on the ground, in columns; `heading_mrad` counter-clockwise from the x axis."""

    id: list[str]
    x_mm: list[int]
    y_mm: list[int]
    heading_mrad: list[int]


class BoxPlaces(Message):
    """Where boxes are now, in columns: "B03-5-2-1", "CALL/0020482", "T07/fore"; "" has left."""

    id: list[str]
    place: list[str]


class LiveFigures(Message):
    """Since the run began. Shares are of time; None is that nothing was done yet."""

    moves: int
    moves_last_hour: int
    gmph: float | None
    planned_gmph: float | None
    crane_waiting_share: float | None
    waiting_ms_by_cause: dict[str, int]
    rehandles: int
    rehandle_ratio: float | None
    truck_turn_ms: int | None
    kwh: float
    kwh_per_move: float | None
    yard_fill: float
    """Share of the ground slots, over all tiers, that is taken; a box above 30 ft takes two."""
    visitors_inside: int
    visitors_waiting: int


class Snapshot(Message, tag_field="kind", tag="snapshot"):
    """How everything stands. Boxes in the yard and aboard are asked for beside (`/live/yard`, `/live/ship`)."""

    number: int
    mode: str
    now_ms: Ms
    zero_utc_ms: int
    speed: float
    problem: str
    calls: list[CallRow]
    trucks: list[TruckRow]
    quay_cranes: list[QuayCraneRow]
    yard_cranes: list[YardCraneRow]
    moves: list[MoveRow]
    links: list[LinkRow]
    alerts: list[AlertRow]
    positions: Positions
    figures: LiveFigures
    at_gate: list[str]
    tasks: list[Task]


class Changes(Message, tag_field="kind", tag="changes", omit_defaults=True):
    """What is another than in the message before; rows replace those of the same id, `gone` names ids that ended."""

    number: int
    now_ms: Ms
    speed: float | None = None
    problem: str | None = None
    calls: list[CallRow] | None = None
    trucks: list[TruckRow] | None = None
    quay_cranes: list[QuayCraneRow] | None = None
    yard_cranes: list[YardCraneRow] | None = None
    moves: list[MoveRow] | None = None
    links: list[LinkRow] | None = None
    alerts: list[AlertRow] | None = None
    positions: Positions | None = None
    boxes: BoxPlaces | None = None
    figures: LiveFigures | None = None
    at_gate: list[str] | None = None
    tasks: list[Task] | None = None
    gone: list[str] | None = None
    """Ids of calls, trucks, moves, links and alerts that are no more."""
    reload: list[str] | None = None
    """What to read anew, as too much has changed: "yard" stands for the yard and the ships."""


StreamMessage = Snapshot | Changes


class Event(Message):
    """One entry of the run log as a sentence of the trade. `values` are what it names, the same for each `kind`.

    `why` is the reason that operations gave; null where a person did, or nobody.
    """

    number: int
    at_ms: Ms
    kind: str
    text: str
    machine: str
    values: dict[str, str | int] = field(default_factory=dict)
    why: Said | None = None


class Events(Message):
    """The latest, oldest first."""

    events: list[Event]


class Commit(Message):
    """The terminal works a call by this plan from now on."""

    plan: Name
    revision: Annotated[str, Meta(max_length=100)] = ""


class Machine(Message):
    machine: Name


class TakeOut(Message):
    machine: Name
    cause: Words


class Tow(Message):
    """A truck out of service was towed: it rests at `stand`, a segment's id. `set_down` says where in the yard
    (BLOCK-BAY-ROW-TIER) each of its boxes was set down: all of them, or none that then stay on it."""

    truck: Name
    stand: Name
    reason: Words
    set_down: dict[str, Annotated[str, Meta(max_length=60)]] = field(default_factory=dict)


class ExpectBack(Message):
    """When a machine that is out of service will be back: at a time of the run."""

    machine: Name
    back_ms: Annotated[int, Meta(ge=0, le=10**12)]


class HoldQueue(Message):
    crane: Name
    reason: Words


class Crane(Message):
    crane: Name


class SkipStep(Message):
    """`what` is a container of the step, or its lid: the next step to come in that queue with it is left out, and what
    goes with it (the other box of a twin lift, the other half of a restow, a lid's other way)."""

    crane: Name
    what: Name
    reason: Words


class GiveBay(Message):
    """What `crane` has still to do over a bay, and over bays that a lid ties to it, is for the crane `to`."""

    crane: Name
    bay: Annotated[int, Meta(ge=0, le=999)]
    to: Name
    reason: Words


class Hurry(Message):
    """The move under way with this box goes before others."""

    box: Name
    reason: Words


class SeeAlert(Message):
    alert: Name


class SeeAlerts(Message):
    """Alike ones, seen together."""

    alerts: Annotated[list[Name], Meta(min_length=1, max_length=1_000)]


class Sail(Message):
    call: Name


class GoAt(Message):
    """Times as fast as in reality; 0 is a pause."""

    speed: Annotated[float, Meta(ge=0, le=1000)]


class Journalled(Message):
    """An accepted command: `entry` is durable. `at` is when it was."""

    entry: int
    at: Utc
    text: str = ""
