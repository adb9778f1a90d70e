"""A berth case and a berth plan as JSON. Described in docs/reference/berth-files.md.

Keys are those of `domain.berthing`. Times are whole minutes from the plan's beginning, places whole millimetres from
the left end of the quay. Two things may be said in another way too: an arrival by the quantiles of its forecast, and a
ship's work by moves and a crane's moves an hour.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from cabria.adapters.files.documents import decoded
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.berthing import (
    BerthCase,
    BerthKind,
    BerthLayout,
    BerthPlan,
    BerthRules,
    ChangeRates,
    CostRates,
    CraneRhythm,
    CraneSpell,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    Shifts,
    ShipCall,
    ShipId,
    Spell,
    Stay,
    TideTable,
    Unserved,
    WindSpell,
    crane_minutes,
)
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding
from cabria.planning.search.result import Result

CASE_FORMAT: Literal["cabria.berth-case/1"] = "cabria.berth-case/1"
PLAN_FORMAT: Literal["cabria.berth-plan/1"] = "cabria.berth-plan/1"
MAX_BYTES = 64 * 1024 * 1024
MOST_STEPS = 20_000
"""Of time and of place: beyond it somebody has mistaken a unit."""
MOST_BERTHINGS = 60_000_000
"""Ships by steps of time by steps of place: about 4 GB while a plan is made."""

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Words = Annotated[str, Meta(max_length=500)]
Minute = Annotated[int, Meta(ge=-10_000_000, le=10_000_000)]
Duration = Annotated[int, Meta(ge=0, le=10_000_000)]
Positive = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Millimetres = Annotated[int, Meta(ge=0, le=100_000_000)]
Length = Annotated[int, Meta(ge=1, le=100_000_000)]
Place = Annotated[int, Meta(ge=-100_000_000, le=100_000_000)]
Count = Annotated[int, Meta(ge=1, le=1_000)]
Money = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Knots = Annotated[int, Meta(ge=0, le=500)]
Share = Annotated[str, Meta(pattern=r"^0?\.\d{1,6}\Z")]


class _Part(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A JSON object; a key nobody knows is refused."""


class SpellPart(_Part, kw_only=True):
    start_min: Minute
    end_min: Minute


class SectionPart(_Part, kw_only=True):
    name: Name
    start_mm: Millimetres
    end_mm: Millimetres
    depth_mm: Millimetres
    kind: BerthKind = BerthKind.CONTAINER


class RailCranePart(_Part, kw_only=True):
    id: Name
    rail_start_mm: Place
    rail_end_mm: Place
    outreach_rows: Annotated[int, Meta(ge=0, le=100)] = 24
    outages: list[SpellPart] = []


class QuayPart(_Part, kw_only=True):
    name: Words
    sections: Annotated[list[SectionPart], Meta(min_length=1, max_length=1_000)]
    cranes: Annotated[list[RailCranePart], Meta(max_length=500)]
    layout: BerthLayout = BerthLayout.CONTINUOUS
    channel_depth_mm: Millimetres | None = None


class EtaPart(_Part, kw_only=True):
    """Either `planned_min` with its spread, or quantiles of a forecast as {"0.1": 540, "0.5": 600, "0.9": 720}."""

    planned_min: Minute | UnsetType = UNSET
    earliest_min: Minute | UnsetType = UNSET
    spread_min: Duration | UnsetType = UNSET
    quantiles_min: dict[Share, Minute] | UnsetType = UNSET


class RatesPart(_Part, kw_only=True):
    speed_up_per_h: Money = 0
    waiting_per_h: Money = 0
    late_per_h: Money = 0
    overrun: Money = 0
    window_per_h: Money = 0
    distance_per_m: Money = 0
    held_berth_per_h: Money = 0
    unserved: Money = 1_000_000


class ShipPart(_Part, kw_only=True):
    """A ship that wants the quay; her work is `work_crane_min`, or `moves` at `moves_per_crane_h`."""

    id: Name
    length_mm: Length
    eta: EtaPart
    work_crane_min: Positive | UnsetType = UNSET
    moves: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType = UNSET
    moves_per_crane_h: Annotated[int, Meta(ge=1, le=1_000)] | UnsetType = UNSET
    max_cranes: Count
    min_cranes: Count = 1
    name: Annotated[str, Meta(max_length=60)] = ""
    service: Annotated[str, Meta(max_length=60)] = ""
    arrival_draught_mm: Millimetres = 0
    departure_draught_mm: Millimetres = 0
    kinds: Annotated[list[BerthKind], Meta(min_length=1)] = msgspec.field(default_factory=lambda: list(BerthKind))
    reach_rows: Annotated[int, Meta(ge=0, le=100)] = 0
    priority: Annotated[int, Meta(ge=1, le=1_000)] = 1
    wanted_position_mm: Millimetres | None = None
    window: SpellPart | None = None
    wanted_finish_min: Minute | None = None
    last_finish_min: Minute | None = None
    latest_departure_min: Minute | None = None
    wind_limit_kn: Knots | None = None
    rates: RatesPart = msgspec.field(default_factory=RatesPart)


class ChangeRatesPart(_Part, kw_only=True):
    moved_ship: Money = 0
    start_per_h: Money = 0
    position_per_m: Money = 0


class ShiftsPart(_Part, kw_only=True):
    first_start_min: Minute = 0
    length_min: Annotated[int, Meta(ge=1, le=10_000_000)] = 480


class RulesPart(_Part, kw_only=True):
    horizon_min: Annotated[int, Meta(ge=1, le=10_000_000)]
    step_min: Annotated[int, Meta(ge=1, le=10_000)] = 60
    position_step_mm: Length = 10_000
    mooring_gap_mm: Millimetres = 0
    under_keel_clearance_mm: Millimetres = 0
    mooring_min: Duration = 0
    unmooring_min: Duration = 0
    movements_per_h: Count | None = None
    crane_wind_limit_kn: Knots | None = None
    crane_rhythm: CraneRhythm = CraneRhythm.STAY
    interference_exponent: Annotated[float, Meta(gt=0, le=1)] = 0.9
    growth_ppm_per_m: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    crane_hour: Money = 0
    shifts: ShiftsPart = msgspec.field(default_factory=ShiftsPart)
    changes: ChangeRatesPart = msgspec.field(default_factory=ChangeRatesPart)


class TidePart(_Part, kw_only=True):
    times_min: Annotated[list[Minute], Meta(max_length=100_000)] = []
    heights_mm: Annotated[list[Place], Meta(max_length=100_000)] = []


class WindPart(_Part, kw_only=True):
    start_min: Minute
    end_min: Minute
    gust_kn: Knots


class CraneSpellPart(_Part, kw_only=True):
    start_min: Minute
    end_min: Minute
    cranes: Annotated[int, Meta(ge=0, le=1_000)]
    crane_ids: list[Name] = []


class StayPart(_Part, kw_only=True):
    ship: Name
    position_mm: Place
    start_min: Minute
    end_min: Minute
    work: list[CraneSpellPart] = []


class UnservedPart(_Part, kw_only=True):
    ship: Name
    rule: Name
    text: Words
    code: Annotated[str, Meta(max_length=60)] = ""
    values: Annotated[dict[Name, Words | int], Meta(max_length=20)] = {}


class StaysPart(_Part, kw_only=True):
    stays: Annotated[list[StayPart], Meta(max_length=10_000)]
    unserved: Annotated[list[UnservedPart], Meta(max_length=10_000)] = []


class CaseDocument(_Part, kw_only=True):
    format: Literal["cabria.berth-case/1"]
    name: Words = ""
    beginning: Annotated[str, Meta(max_length=40)] = ""
    currency: Annotated[str, Meta(max_length=20)] = ""
    quay: QuayPart
    rules: RulesPart
    ships: Annotated[list[ShipPart], Meta(max_length=10_000)]
    tide: TidePart = msgspec.field(default_factory=TidePart)
    wind: Annotated[list[WindPart], Meta(max_length=10_000)] = []
    last_plan: StaysPart | None = None
    now_min: Minute = 0
    frozen_until_min: Minute = 0


class FindingPart(_Part, kw_only=True):
    rule: str
    severity: str
    place: str
    text: str
    cause: str


class PlanDocument(_Part, kw_only=True):
    """Only `format` and `stays` are needed; the rest says how good the plan is and what made it."""

    format: Literal["cabria.berth-plan/1"]
    case: Words = ""
    stays: Annotated[list[StayPart], Meta(max_length=10_000)]
    unserved: Annotated[list[UnservedPart], Meta(max_length=10_000)] = []
    costs: dict[str, float] = {}
    bound: float | None = None
    seed: int | None = None
    stopped: str = ""
    findings: list[FindingPart] = []


def read_case(path: Path | str) -> BerthCase:
    """Raises DataError with the place for a file that is not in the form or does not fit together."""
    file = str(path)
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    document = decoded(content, CaseDocument, file=file, what="A berth case", form=CASE_FORMAT)
    try:
        return _case(document)
    except DataError as error:
        raise error.inside(file) from None


def write_case(case: BerthCase, path: Path | str) -> None:
    """What `read_case` reads back."""
    _write(CaseDocument, {"format": CASE_FORMAT, **_plain_case(case)}, path)


def read_plan(path: Path | str) -> BerthPlan:
    """By whomever it was made. Raises DataError with the place."""
    file = str(path)
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    document = decoded(content, PlanDocument, file=file, what="A berth plan", form=PLAN_FORMAT)
    try:
        return plan_of(document.stays, document.unserved, "")
    except DataError as error:
        raise error.inside(file) from None


def read_certificate(path: Path | str) -> tuple[float | None, str]:
    """The bound on its cost that a plan's file tells, None for none, and why its search ended. Raises DataError."""
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    document = decoded(content, PlanDocument, file=str(path), what="A berth plan", form=PLAN_FORMAT)
    return document.bound, document.stopped


def write_plan(
    plan: BerthPlan,
    path: Path | str,
    *,
    case: str = "",
    result: Result[BerthPlan] | None = None,
    findings: Iterable[Finding] = (),
) -> None:
    """What `read_plan` reads back, with the certificate of the search and the referee's findings when handed in."""
    content: dict[str, Any] = {"format": PLAN_FORMAT, "case": case, **plain_plan(plan)}
    if result is not None:
        content |= {"costs": dict(result.costs), "bound": result.bound, "seed": result.seed, "stopped": result.stopped}
    content["findings"] = [
        {"rule": f.rule, "severity": f.severity, "place": f.place, "text": f.text, "cause": f.cause} for f in findings
    ]
    _write(PlanDocument, content, path)


def schema(document: type[CaseDocument] | type[PlanDocument]) -> dict[str, Any]:
    """JSON schema of a file, for whoever writes one elsewhere."""
    return msgspec.json.schema(document)


def _case(document: CaseDocument) -> BerthCase:
    rules = _at("rules", _rules, document.rules)
    quay = _at("quay", _quay, document.quay)
    _refuse_endless(rules, quay, len(document.ships))
    last = document.last_plan
    return BerthCase(
        quay,
        tuple(_at(f"ships[{at}]", _ship, part) for at, part in enumerate(document.ships)),
        rules,
        tide=_at("tide", _tide, document.tide),
        wind=tuple(_at(f"wind[{at}]", _wind, part) for at, part in enumerate(document.wind)),
        last_plan=plan_of(last.stays, last.unserved, "last_plan.") if last else None,
        now_min=document.now_min,
        frozen_until_min=document.frozen_until_min,
        name=document.name,
        beginning=document.beginning,
        currency=document.currency,
    )


def _refuse_endless(rules: BerthRules, quay: Quay, ships: int) -> None:
    times, places = rules.horizon_min // rules.step_min, quay.length_mm // rules.position_step_mm + 1
    for what, place, steps in (("time", "rules.horizon_min", times), ("place", "rules.position_step_mm", places)):
        if steps > MOST_STEPS:
            raise DataError(f"There are {steps:,} steps of {what}; at most {MOST_STEPS:,} are planned.", place=place)
    if times * places * ships > MOST_BERTHINGS:
        raise DataError(
            f"{ships:,} ships at {places:,} places and {times:,} times are more than a computer holds.",
            place="rules",
            remedy="Take larger steps of time or place, or fewer days.",
        )


PartOf = TypeVar("PartOf")
Made = TypeVar("Made")


def _at(place: str, make: Callable[[PartOf], Made], part: PartOf) -> Made:
    """What is made of a part; what the domain refuses is told with the place of the part."""
    try:
        return make(part)
    except DataError as error:
        raise DataError(error.problem, place=f"{place}.{error.place}".rstrip("."), remedy=error.remedy) from None


def _spell(part: SpellPart | WindPart | CraneSpellPart) -> Spell:
    return Spell(part.start_min, part.end_min)


def _wind(part: WindPart) -> WindSpell:
    return WindSpell(_spell(part), part.gust_kn)


def _tide(part: TidePart) -> TideTable:
    return TideTable(tuple(part.times_min), tuple(part.heights_mm))


def _quay(part: QuayPart) -> Quay:
    def section(one: SectionPart) -> QuaySection:
        return QuaySection(**_fields(one))

    def crane(one: RailCranePart) -> RailCrane:
        outages = tuple(_at(f"outages[{n}]", _spell, spell) for n, spell in enumerate(one.outages))
        return RailCrane(**{**_fields(one), "outages": outages})

    sections = tuple(_at(f"sections[{n}]", section, one) for n, one in enumerate(part.sections))
    cranes = tuple(_at(f"cranes[{n}]", crane, one) for n, one in enumerate(part.cranes))
    return Quay(part.name, sections, cranes, part.layout, part.channel_depth_mm)


def _rules(part: RulesPart) -> BerthRules:
    shifts, changes = Shifts(**_fields(part.shifts)), ChangeRates(**_fields(part.changes))
    return BerthRules(**{**_fields(part), "shifts": shifts, "changes": changes})


def _ship(part: ShipPart) -> ShipCall:
    facts = _fields(part)
    for key in ("moves", "moves_per_crane_h"):
        facts.pop(key, None)
    facts |= {
        "id": ShipId(part.id),
        "eta": _at("eta", _eta, part.eta),
        "work_crane_min": _work(part),
        "kinds": tuple(part.kinds),
        "window": _at("window", _spell, part.window) if part.window else None,
        "rates": CostRates(**_fields(part.rates)),
    }
    return ShipCall(**facts)


def _work(part: ShipPart) -> int:
    said = {part.work_crane_min is not UNSET, part.moves is not UNSET}
    if said != {True, False} or (part.moves is UNSET) != (part.moves_per_crane_h is UNSET):
        raise DataError(
            "Her work is said either by work_crane_min, or by moves and moves_per_crane_h.", remedy="Give one of them."
        )
    if part.moves is not UNSET and part.moves_per_crane_h is not UNSET:
        return crane_minutes(part.moves, part.moves_per_crane_h)
    assert part.work_crane_min is not UNSET  # by the check above
    return part.work_crane_min


def _eta(part: EtaPart) -> Eta:
    planned, earliest, spread, quantiles = part.planned_min, part.earliest_min, part.spread_min, part.quantiles_min
    if quantiles is not UNSET:
        if planned is not UNSET or spread is not UNSET:
            raise DataError("An arrival is said either by planned_min and spread_min or by quantiles_min, not by both.")
        by_share = {float(share): minute for share, minute in quantiles.items()}
        return Eta.of_quantiles(by_share, earliest_min=None if earliest is UNSET else earliest)
    if planned is UNSET:
        raise DataError("The arrival says neither planned_min nor quantiles_min.")
    return Eta(planned, planned if earliest is UNSET else earliest, 0 if spread is UNSET else spread)


def plan_of(stays: list[StayPart], unserved: list[UnservedPart], within: str) -> BerthPlan:
    """Raises DataError with the place, which begins with `within`."""
    return BerthPlan(
        tuple(_at(f"{within}stays[{at}]", _stay, part) for at, part in enumerate(stays)),
        tuple(Unserved(ShipId(part.ship), part.rule, part.text, part.code, part.values) for part in unserved),
    )


def _stay(part: StayPart) -> Stay:
    def work(one: CraneSpellPart) -> CraneSpell:
        return CraneSpell(_spell(one), one.cranes, tuple(one.crane_ids))

    spells = tuple(_at(f"work[{at}]", work, one) for at, one in enumerate(part.work))
    return Stay(ShipId(part.ship), part.position_mm, part.start_min, part.end_min, spells)


def _fields(part: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name in part.__struct_fields__ if (value := getattr(part, name)) is not UNSET}


def _plain_case(case: BerthCase) -> Mapping[str, Any]:
    return {
        **{key: getattr(case, key) for key in ("name", "beginning", "currency", "now_min", "frozen_until_min")},
        "quay": dataclasses.asdict(case.quay),
        "rules": dataclasses.asdict(case.rules),
        "ships": [dataclasses.asdict(ship) for ship in case.ships],
        "tide": dataclasses.asdict(case.tide),
        "wind": [{**dataclasses.asdict(wind.spell), "gust_kn": wind.gust_kn} for wind in case.wind],
        "last_plan": plain_plan(case.last_plan) if case.last_plan else None,
    }


def plain_plan(plan: BerthPlan) -> dict[str, Any]:
    """As the parts of a document have it."""
    stays = [
        {
            **{key: getattr(stay, key) for key in ("ship", "position_mm", "start_min", "end_min")},
            "work": [
                {**dataclasses.asdict(part.spell), "cranes": part.cranes, "crane_ids": part.crane_ids}
                for part in stay.work
            ],
        }
        for stay in plan.stays
    ]
    return {"stays": stays, "unserved": [dataclasses.asdict(left) for left in plan.unserved]}


def _write(document: type[msgspec.Struct], content: Mapping[str, Any], path: Path | str) -> None:
    """In the order and with the limits of the form; what stands by itself anyway is left out."""
    try:
        whole = msgspec.convert(content, document)
    except msgspec.ValidationError as error:
        raise DataError(f"This cannot be written: {error}.", file=str(path)) from None
    write_whole(path, msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")


if __name__ == "__main__":
    import json

    print(json.dumps(schema(PlanDocument if sys.argv[1:] == ["berth-plan"] else CaseDocument), indent=2))
