"""The quay over days: berth plans, seen, tried otherwise, and changed. Minutes count from the plan's beginning."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from cabria.console.messages.parts import FindingRow, Message, Mm, Name, Utc

Minute = Annotated[int, Meta(description="Minutes since the plan's beginning.")]
Days = 100 * 24 * 60


class BerthRow(Message):
    """A folder with a berth case. `problem` says why it cannot be used, "" when it can."""

    id: str
    name: str = ""
    beginning: str = ""
    ships: int = 0
    has_plan: bool = False
    plan: str = ""
    """Of a case without a plan of its own: the folder that its plan has, or would get."""
    problem: str = ""
    changed_at: Utc = ""


class Berths(Message):
    berths: list[BerthRow]


class BerthStretch(Message):
    """A stretch of quay of one depth below chart datum."""

    name: str
    from_mm: Mm
    until_mm: Mm
    depth_mm: Mm
    kind: str


class MinuteSpell(Message):
    from_min: Minute
    until_min: Minute


class BerthCrane(Message):
    """A quay crane, the rail it reaches and when it is out."""

    id: str
    from_mm: Mm
    until_mm: Mm
    outages: list[MinuteSpell]


class BerthShip(Message):
    """A ship that wants the quay. None is that nobody asks for it."""

    id: str
    name: str
    service: str
    length_mm: Mm
    draught_mm: Mm
    planned_min: Minute
    earliest_min: Minute
    spread_min: int
    window: MinuteSpell | None
    wanted_mm: Mm | None
    wanted_finish_min: Minute | None
    latest_departure_min: Minute | None
    min_cranes: int
    max_cranes: int
    priority: int
    is_begun: bool
    """She lies at the quay, or has, and cannot be moved."""
    is_frozen: bool


class CraneWork(Message):
    from_min: Minute
    until_min: Minute
    cranes: int
    crane_ids: list[str]


class BerthStay(Message):
    """From the first line fast to the last line off; her left end, seen from land."""

    ship: str
    position_mm: Mm
    start_min: Minute
    end_min: Minute
    work: list[CraneWork]


class BerthLeftOut(Message):
    """A ship without a berth, and why: English, and what says it in other languages, where it has a word."""

    ship: str
    rule: str
    text: str
    code: str = ""
    values: dict[str, str | int] = field(default_factory=dict)


class Gusts(Message):
    from_min: Minute
    until_min: Minute
    gust_kn: int


class BerthGround(Message):
    """What stays the same whatever is planned. The tide is heights above chart datum, straight between."""

    name: str
    beginning: str
    """ISO 8601; "" where the case does not say."""
    length_mm: Mm
    layout: str
    """How ships share the quay: continuous, hybrid, discrete."""
    sections: list[BerthStretch]
    cranes: list[BerthCrane]
    ships: list[BerthShip]
    tide_min: list[int]
    tide_mm: list[int]
    gusts: list[Gusts]
    crane_wind_limit_kn: int | None
    channel_depth_mm: Mm | None
    clearance_mm: Mm
    step_min: int
    position_step_mm: Mm
    horizon_min: Minute
    now_min: Minute
    frozen_until_min: Minute
    currency: str = ""
    """What a unit of the costs is; "" where the case does not say."""


class BerthChoice(Message):
    """Who lies where and when, what the referee finds, and what it costs: money by component, and hours."""

    stays: list[BerthStay]
    left_out: list[BerthLeftOut]
    findings: list[FindingRow]
    costs: dict[str, float]
    hours: dict[str, float]


class BerthLogRow(Message):
    by: str
    at: Utc
    what: str
    counts: bool
    """False for what was taken back."""
    code: str = ""
    """With `values`, `what` for other languages: docs/reference/acts.md."""
    values: dict[str, str | int] = field(default_factory=dict)


class BerthPlanPage(Message):
    """A berth plan. `bound` is what no plan can cost less than, None where nobody knows or somebody changed it."""

    id: str
    revision: str
    ground: BerthGround
    choice: BerthChoice
    bound: float | None
    stopped: str
    log: list[BerthLogRow]
    can_undo: bool
    can_redo: bool


class BerthMove(Message):
    """A ship where and when a person wants her; brought to the steps of the case."""

    ship: Name
    position_mm: Annotated[int, Meta(ge=-100_000_000, le=100_000_000)]
    start_min: Annotated[int, Meta(ge=-Days, le=Days)]


class TryBerths(Message):
    """What would follow. `replans`: the other ships are planned anew around these, else they stay as they are."""

    moves: Annotated[list[BerthMove], Meta(max_length=50)]
    replans: bool = False
    seconds: Annotated[float, Meta(ge=0.2, le=60)] = 3.0
    revision: Annotated[str, Meta(max_length=100)] = ""


class BerthChangeRow(Message):
    """How a ship's stay differs from the plan: later and to the right are positive. `kind`: new, dropped, moved,
    cranes."""

    ship: str
    kind: str
    start_shift_min: int
    end_shift_min: int
    position_shift_mm: int


class BerthTrial(Message):
    """Nothing is changed yet. `trial` names it for who commits it; `forbidden` is why that would be refused.

    `costs_before` are those of the plan as it is, reckoned alike.
    """

    trial: str
    revision: str
    choice: BerthChoice
    costs_before: dict[str, float]
    changes: list[BerthChangeRow]
    forbidden: str
    stopped: str
    broken: FindingRow | None = None
    """What `forbidden` says, as the referee found it."""


class TakeBerthTrial(Message):
    trial: Name
    revision: Annotated[str, Meta(max_length=100)]


class StepBerths(Message):
    revision: Annotated[str, Meta(max_length=100)] = ""


class PlanBerths(Message):
    """Of a case without a plan."""

    seconds: Annotated[float, Meta(ge=1, le=120)] = 10.0
    seed: Annotated[int, Meta(ge=0, le=2**31)] = 0


class MakeBerths(Message):
    """A made week at a quay like Chancay's; ships, services, tide and storms are invented."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$")]
    ships: Annotated[int, Meta(ge=1, le=60)] = 8
    berths: Annotated[int, Meta(ge=3, le=11)] = 4
    late_ships: Annotated[int, Meta(ge=0, le=60)] = 1
    seed: Annotated[int, Meta(ge=0, le=2**31)] = 0
