"""A ship, her cargo, a plan for it and what may be done with the plan."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from cabria.console.messages.parts import (
    ContainerNumber,
    FindingRow,
    Index,
    Kg,
    Message,
    Minutes,
    Mm,
    Name,
    Problem,
    Said,
    Slot,
    SlotText,
    Utc,
    Words,
)

ShipPartText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=60,
        description='"0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P"; as work a box too.',
    ),
]
Reason = Annotated[str, Meta(max_length=300)]
BlockNumber = Annotated[int, Meta(ge=1, le=100_000, description="Counts the blocks of a crane to come, from 1.")]


class Limits(Message):
    min_gm_mm: Mm | None
    max_trim_by_stern_mm: Mm | None
    max_trim_by_head_mm: Mm | None
    max_list_mdeg: int | None
    max_tcg_mm: Mm | None
    max_draught_mm: Mm | None
    max_displacement_kg: Kg | None
    max_lashing_kg_m: int | None


class Stations(Message):
    """Columns, from the bow. None is no limit known."""

    lcg_mm: list[int]
    min_shear_kg: list[int | None]
    max_shear_kg: list[int | None]
    min_bending_kg_m: list[int | None]
    max_bending_kg_m: list[int | None]


class Bays(Message):
    """Columns, from the bow: `fore` and `aft` are numbers of 20 ft bays, 0 for none."""

    number: list[int]
    fore: list[int]
    aft: list[int]


class Stacks(Message):
    """Columns; `bay` indexes `Bays`. All tiers of one bay and row, on deck or in the hold."""

    bay: list[int]
    row: list[int]
    is_deck: list[bool]
    max_weight_20_kg: list[int | None]
    max_weight_40_kg: list[int | None]
    max_height_mm: list[int | None]
    tcg_mm: list[int | None]
    lcg_mm: list[int | None]


class Cells(Message):
    """Columns; `stack` indexes `Stacks`, bottom first.

    `flags`: 1 takes 20 ft fore, 2 takes 20 ft aft, 4 takes 40 ft, 8 takes 45 ft, 16 plug fore, 32 plug aft.
    """

    stack: list[int]
    tier: list[int]
    flags: list[int]


class Lid(Message):
    """A hatch cover; both lists index `Stacks`."""

    id: str
    closes: list[Index]
    carries: list[Index]


class Vessel(Message):
    """A profile. The same `digest`, the same ship: it may be kept."""

    digest: str
    name: str
    imo: str
    call_sign: str
    length_mm: Mm | None
    beam_mm: Mm | None
    source: str
    bridge_lcg_mm: Mm | None
    limits: Limits
    stations: Stations
    bays: Bays
    stacks: Stacks
    cells: Cells
    lids: list[Lid]


class PlanRow(Message):
    """A plan, or a call that has none yet. Counts are None where there is no plan.

    `problem` says why the folder cannot be used.
    """

    id: str
    call_folder: str
    call: str
    vessel: str
    voyage: str
    port: str
    start: str
    has_plan: bool
    loads: int | None = None
    loaded: int | None = None
    refused: int | None = None
    hard: int | None = None
    safety: int | None = None
    commercial: int | None = None
    makespan_s: int | None = None
    changed_at: Utc | None = None
    is_live: bool = False
    """Whether the terminal works this call now."""
    problem: Said | None = None


class Plans(Message):
    plans: list[PlanRow]
    presets: list[str]
    """Names of settings for planning."""
    efforts: list[str]


class PortMark(Message):
    """How a port is drawn: a letter, a colour and the ink that reads on it. The first is the port of the call."""

    port: str
    letter: str
    colour: str
    ink: str


class BoxKind(Message):
    size_type: str
    length_ft: int
    height_mm: Mm
    kind: str


class DangerousBox(Message):
    box: Index
    goods: list[str]
    """Class, substance and group, such as "3 UN1203 II"."""


class ReeferBox(Message):
    box: Index
    set_point_tenth_c: int


class GaugeBox(Message):
    box: Index
    front_mm: Mm
    back_mm: Mm
    port_mm: Mm
    starboard_mm: Mm
    over_height_mm: Mm


class HeldBox(Message):
    box: Index
    holds: list[str]


class RefusedBox(Message):
    box: Index
    reason: str


class Boxes(Message):
    """Columns of all boxes of a call, aboard and to be loaded.

    `kind` indexes `kinds`; `pol` and `pod` index `ports`; `operator` indexes `operators`. `flags`: 1 on the load list,
    2 discharged here, 4 lifted and put back (a restow), 8 needs a plug, 16 dangerous, 32 out of gauge, 64 empty,
    128 mass not verified, 256 high cube, 512 held, 1024 pinned, 2048 left ashore.
    """

    id: list[str]
    kind: list[int]
    pol: list[int]
    pod: list[int]
    operator: list[int]
    mass_kg: list[int]
    flags: list[int]
    yard: list[str]
    """Where it stands in the yard, as BLOCK-BAY-ROW-TIER, or ""."""
    kinds: list[BoxKind]
    ports: list[str]
    operators: list[str]
    reefers: list[ReeferBox]
    dangerous: list[DangerousBox]
    out_of_gauge: list[GaugeBox]
    held: list[HeldBox]


class Queue(Message):
    """Steps of one quay crane in columns, in order. `box` has up to two indices into `Boxes` (fore, aft).

    `kind` is that of `domain.work.StepKind`, `slot` where each box stands; seconds count from the call's start.
    """

    crane: str
    kind: list[str]
    bay: list[int]
    start_s: list[int]
    end_s: list[int]
    box: list[list[int]]
    slot: list[list[int]]
    lid: list[str]


class BlockRow(Message):
    """A stretch of a crane's work in one bay, or in several that a lid ties together; `what` is boxes or lids by kind
    of step."""

    crane: str
    block: int
    bays: list[int]
    start_s: int
    end_s: int
    what: dict[str, int]


class YardMoves(Message):
    """Columns: what the yard does in which order. `target` "" is out to the quay; else it is a dig."""

    box: list[str]
    source: list[str]
    target: list[str]
    needed_for: list[str]
    due_s: list[int]


class Curve(Message):
    """The ship afloat; lists have a value for each of the vessel's stations."""

    cargo_kg: Kg
    displacement_kg: Kg
    lcg_mm: Mm | None
    tcg_mm: Mm | None
    vcg_mm: Mm | None
    gm_mm: Mm | None
    draught_mm: Mm | None
    trim_mm: Mm | None
    list_mdeg: int | None
    shear_kg: list[int]
    bending_kg_m: list[int]
    not_judged: list[Said]


class Bound(Message):
    name: str
    reached: float
    bound: float | None
    unit: str
    note: Said


class Pin(Message):
    """A wish of the planner: `text` is how it is written, `at` its place in the list, by which it is withdrawn.

    `kind` is pin, forbid, keep, crane, order or budget.
    """

    at: Index
    kind: str
    text: str
    container: str = ""
    place: str = ""
    reason: str = ""
    by: str = ""


class LogRow(Message):
    what: str
    by: str
    at: Utc
    minutes: Minutes | None


class ChangeRow(Message):
    box: Index
    was: Slot
    now: Slot
    why: str


class Plan(Message):
    """A call and its plan. `arrival` and `departure` have the slot of each of `boxes`, 0 for not aboard.

    `revision` names this state of the plan; an edit names the one it was made on.
    """

    id: str
    revision: str
    call: str
    vessel: str
    vessel_digest: str
    port: str
    voyage: str
    rotation: list[str]
    start: str
    berth_x_mm: Mm
    bow_towards_x: bool
    lids_off: list[str]
    has_plan: bool
    ports: list[PortMark]
    boxes: Boxes
    arrival: list[int]
    departure: list[int]
    refused: list[RefusedBox]
    queues: list[Queue]
    crane_apart: int
    """Bay numbers that two cranes keep apart."""
    blocks: list[BlockRow]
    yard_moves: YardMoves
    figures: dict[str, float]
    costs_min: dict[str, float]
    bounds: list[Bound]
    baselines: dict[str, dict[str, float]]
    arrival_curve: Curve
    departure_curve: Curve
    findings: list[FindingRow]
    rules: dict[str, str]
    """What each rule asks; one that could not be judged says why."""
    not_judged: dict[str, list[Said]]
    pins: list[Pin]
    changes: list[ChangeRow]
    log: list[LogRow]
    can_undo: bool
    can_redo: bool
    seed: int
    stopped: str


class PlanNews(Message):
    """What an act changed of a `Plan`; what it says nothing of (None) is as it was.

    `moved` are the boxes whose slot on departure is another now, with their slots in `slots`.
    """

    id: str
    revision: str
    can_undo: bool
    can_redo: bool
    price: Price | None = None
    is_new_list: bool = False
    """Whether the call has other boxes now: read the plan anew, indices count others."""
    moved: list[Index] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    box_flags: list[int] = field(default_factory=list)
    """Of the boxes in `moved`, as they are now."""
    refused: list[RefusedBox] | None = None
    queues: list[Queue] | None = None
    blocks: list[BlockRow] | None = None
    yard_moves: YardMoves | None = None
    figures: dict[str, float] | None = None
    costs_min: dict[str, float] | None = None
    bounds: list[Bound] | None = None
    departure_curve: Curve | None = None
    findings: list[FindingRow] | None = None
    pins: list[Pin] | None = None
    changes: list[ChangeRow] | None = None
    log: list[LogRow] | None = None


class MoveEdit(Message, tag_field="kind", tag="move"):
    container: ContainerNumber
    to: SlotText


class ExchangeEdit(Message, tag_field="kind", tag="exchange"):
    one: ContainerNumber
    other: ContainerNumber


class AshoreEdit(Message, tag_field="kind", tag="ashore"):
    container: ContainerNumber
    reason: Words = "the planner left it"


class WaiveEdit(Message, tag_field="kind", tag="waive"):
    """A person answers for findings of a rule that stay, at one place or of one box where that is said."""

    rule: Name
    reason: Words
    place: Annotated[str, Meta(max_length=100)] = ""
    container: Annotated[str, Meta(max_length=40)] = ""


class StayEdit(Message, tag_field="kind", tag="stay"):
    """A box aboard is not restowed after all."""

    container: ContainerNumber


SlotEdit = MoveEdit | ExchangeEdit | AshoreEdit | StayEdit


class SeveralEdit(Message, tag_field="kind", tag="several"):
    """Slots of several boxes changed together: a box may go where another of them stood, and each is named once."""

    edits: Annotated[list[SlotEdit], Meta(min_length=1, max_length=500)]


class PinEdit(Message, tag_field="kind", tag="pin"):
    """A box stands in this slot, or in this part of the ship, whatever is planned from now on."""

    container: ContainerNumber
    to: ShipPartText
    reason: Reason = ""


class ForbidEdit(Message, tag_field="kind", tag="forbid"):
    """None of these boxes is put there; nothing said of boxes is all."""

    place: ShipPartText
    container: Annotated[str, Meta(max_length=40)] = ""
    pod: Annotated[str, Meta(pattern=r"^([A-Z]{2}[A-Z0-9]{3})?$")] = ""
    operator: Annotated[str, Meta(max_length=20)] = ""
    length_ft: Annotated[int, Meta(ge=10, le=60)] | None = None
    reefers: bool = False
    dangerous: bool = False
    reason: Reason = ""


class KeepEdit(Message, tag_field="kind", tag="keep"):
    """What the plan has in this part of the ship stays there as it is."""

    place: ShipPartText
    reason: Reason = ""


class CraneEdit(Message, tag_field="kind", tag="crane"):
    """A box or part of the ship is worked by this crane only, or (`only` false) not by it."""

    crane: Name
    work: ShipPartText
    only: bool = True
    reason: Reason = ""


class OrderEdit(Message, tag_field="kind", tag="order"):
    """A box or part of the ship is worked before another."""

    first: ShipPartText
    then: ShipPartText
    reason: Reason = ""


class WithdrawEdit(Message, tag_field="kind", tag="withdraw"):
    """The wish at this place of `Plan.pins` is asked no more."""

    at: Index


class HandOverEdit(Message, tag_field="kind", tag="hand-over"):
    """A block of a crane's work goes to another crane; blocks are those of `Plan.blocks`."""

    crane: Name
    block: BlockNumber
    to: Name


class ReorderEdit(Message, tag_field="kind", tag="reorder"):
    """A block of a crane's work is done before another of its blocks; one more than it has is the end."""

    crane: Name
    block: BlockNumber
    before: BlockNumber


Edit = (
    MoveEdit
    | ExchangeEdit
    | AshoreEdit
    | StayEdit
    | SeveralEdit
    | PinEdit
    | ForbidEdit
    | KeepEdit
    | CraneEdit
    | OrderEdit
    | WithdrawEdit
    | HandOverEdit
    | ReorderEdit
    | WaiveEdit
)


class Price(Message):
    """What an edit costs: minutes by what they are for, findings that come and go, and those that forbid it."""

    minutes: Minutes
    terms: dict[str, float]
    new: list[FindingRow]
    gone: list[FindingRow]
    forbidden: list[FindingRow]


class AskPrice(Message):
    edit: Edit


class AskEdit(Message):
    """`revision` is that of the plan it was thought out on; "" takes it on whatever the plan is."""

    edit: Edit
    revision: Annotated[str, Meta(max_length=100)] = ""


class AskStep(Message):
    """Undo or redo."""

    revision: Annotated[str, Meta(max_length=100)] = ""


class Alternative(Message):
    slot: Slot
    minutes: Minutes
    terms: dict[str, float]
    exchange_with: str
    forbidden: list[FindingRow]
    edit: Edit


class Why(Message):
    """Why a box stands where it stands: cost terms here, and what the best other places would cost more."""

    box: str
    slot: Slot
    text: str
    terms: dict[str, float]
    alternatives: list[Alternative]
    said: list[Said] = field(default_factory=list)
    """What is done with it and what speaks for its slot; `text` says it in English, with all that it costs."""


class Difference(Message):
    """A box that stands elsewhere in the other plan; 0 is ashore."""

    box: str
    one: Slot
    other: Slot


class Comparison(Message):
    """Two plans of one call, figure by figure: [name, one, other]."""

    one: str
    other: str
    boxes: list[Difference]
    figures: list[tuple[str, float, float]]
    costs_min: list[tuple[str, float, float]]


class AskPlan(Message):
    """Plan the call anew. `name` puts it beside the others, as CALL-plan-NAME; "" in place of CALL-plan.

    `keep` is the id of a plan whose boxes keep their slots but for `changes` of them.
    """

    effort: Annotated[str, Meta(max_length=20)] = "normal"
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    seconds: Annotated[float, Meta(ge=1, le=3600)] | None = None
    name: Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9-]*$")] = ""
    preset: Annotated[str, Meta(max_length=40)] = ""
    keep: Annotated[str, Meta(max_length=100)] = ""
    changes: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    drop_impossible_wishes: bool = False


class Task(Message):
    """Planning in a process of its own. `state`: waiting, running, done, stopped, failed."""

    id: str
    plan: str
    what: str
    state: str
    phase: str
    share: float | None
    """Of the work of this phase that is done."""
    text: str
    """The best plan so far in a line, or why it failed."""
    by: str
    since: Utc
    until: Utc
    """When it is ended at the latest."""
    pid: int
    code: str = ""
    values: dict[str, str | int] = field(default_factory=dict)
    """These two say `text` in other languages, where `code` is not ""."""
    problem: Problem | None = None
    """Why it failed."""


class Tasks(Message):
    tasks: list[Task]


class Uploaded(Message):
    """A call folder that came as a zip."""

    id: str
    call: str
    findings: list[FindingRow]
