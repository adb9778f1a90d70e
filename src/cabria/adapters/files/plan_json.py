"""A planned call as plan.json: the plan, the referee's word, costs, bounds and reasons.

Described in docs/reference/plan-json.md. Everything but `timings` is the same, bit for bit, for the same version, call
and seed.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import decoded, text_like
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding
from cabria.domain.plan import Change, LoadingPlan, Reason, Waiver
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.told import Told
from cabria.domain.work import CraneStep, StepKind, WorkQueue, YardMove
from cabria.planning.loading.result import Bound, PlannedCall
from cabria.referee.judge import judge
from cabria.referee.judgement import Stability

FORMAT: Literal["cabria.plan/1"] = "cabria.plan/1"
MAX_BYTES = 128 * 1024 * 1024

Slot = Annotated[
    str, text_like(r"^\d{6,7}$", "a slot such as 0060284", description="Stow position BBBRRTT (ISO 9711).")
]
Place = Annotated[str, Meta(min_length=1, max_length=60, description="Yard position BLOCK-BAY-ROW-TIER.")]
Number = Annotated[str, Meta(min_length=1, max_length=40, description="Container number.")]
Seconds = Annotated[int, Meta(ge=0, le=10**8, description="Seconds from the call's start.")]
Minutes = Annotated[float, Meta(description="Minutes a planner would pay.")]


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON object; a key nobody knows is refused."""


class StepPart(_Part, kw_only=True):
    """One cycle of a quay crane; see `domain.work.CraneStep`."""

    kind: StepKind
    bay: Annotated[int, Meta(ge=0, le=999)]
    start_s: Seconds
    end_s: Seconds
    containers: Annotated[list[Number], Meta(max_length=2)] = []
    positions: Annotated[list[Slot], Meta(max_length=2)] = []
    lid: str = ""


class QueuePart(_Part, kw_only=True):
    """The steps of one quay crane, in order."""

    crane: str
    steps: list[StepPart] = []


class YardMovePart(_Part, kw_only=True):
    """A box lifted in the yard: to the quay (`target` null) or aside, a dig."""

    container: Number
    source: Place
    target: Place | None
    needed_for: Number
    due_s: Annotated[int, Meta(ge=-(10**8), le=10**8)]


class AlternativePart(_Part, kw_only=True):
    """Another slot, what it would cost more (null: without limit), and what forbids it ("": nothing)."""

    position: Slot
    more_min: Minutes | None
    forbidden: str = ""


class ReasonPart(_Part, kw_only=True):
    """Why a box stands where it stands: its cost terms in minutes and the best other slots."""

    terms: dict[str, Minutes | None] = {}
    alternatives: list[AlternativePart] = []
    text: str = ""


class FindingPart(_Part, kw_only=True):
    """One broken rule or oddity; see `domain.findings.Finding`."""

    rule: str
    severity: str
    text: str
    place: str = ""
    container: str | None = None
    cause: str = ""


class BoundPart(_Part, kw_only=True):
    """What was reached and a proven limit, null when none is known."""

    reached: float | None
    bound: float | None
    unit: str
    note: str = ""
    code: str = ""
    values: dict[str, str | int] = {}


class ChangePart(_Part, kw_only=True):
    """A box that an earlier plan had elsewhere; `now` null when it stays ashore."""

    container: Number
    was: Slot
    now: Slot | None
    why: str = ""


class WaiverPart(_Part, kw_only=True):
    """A person answers for the findings of a rule, at one place or for one box where that is said."""

    rule: Annotated[str, Meta(min_length=1, max_length=60)]
    reason: Annotated[str, Meta(min_length=1, max_length=300)]
    by: Annotated[str, Meta(min_length=1, max_length=100)]
    place: Annotated[str, Meta(max_length=100)] = ""
    container: Number | None = None


class ImpossiblePart(_Part, kw_only=True):
    """A wish of the planner without which was planned, and the referee's rule that forbids it."""

    wish: str
    rule: str
    text: str
    place: str = ""
    remedy: str = ""


class WishesPart(_Part, kw_only=True):
    """What the planner asked, each in a sentence."""

    kept: list[str] = []
    dropped: list[ImpossiblePart] = []


class PhasePart(_Part, kw_only=True):
    """Seconds spent in one part of the planning."""

    name: str
    wall_s: float
    cpu_s: float


class TimingsPart(_Part, kw_only=True):
    """The only part that differs between two runs of the same call and seed."""

    phases: list[PhasePart] = []


class PlanDocument(_Part, kw_only=True):
    """A loading plan. `call` and `loads` are needed to judge one; the rest says more."""

    format: Literal["cabria.plan/1"]
    call: str
    vessel: str = ""
    voyage: str = ""
    port: str = ""
    version: str = ""
    seed: int = 0
    stopped: str = ""
    loads: dict[Number, Slot]
    refused: dict[Number, str] = {}
    restows: dict[Number, Slot] = {}
    tank_contents_kg: dict[str, Annotated[int, Meta(ge=0, le=10**9)]] | None = None
    queues: list[QueuePart] = []
    yard_moves: list[YardMovePart] = []
    figures: dict[str, float | int | None] = {}
    costs_min: dict[str, float | None] = {}
    bounds: dict[str, BoundPart] = {}
    baselines: dict[str, dict[str, float | None]] = {}
    estimates: dict[str, float | None] = {}
    stability: dict[str, dict[str, Any]] = {}
    findings: list[FindingPart] = []
    rules: dict[str, str] = {}
    reasons: dict[Number, ReasonPart] = {}
    wishes: WishesPart | None = None
    changes: list[ChangePart] = []
    waivers: list[WaiverPart] = []
    timings: TimingsPart | None = None


def write_plan(planned: PlannedCall, path: Path | str) -> None:
    """Write plan.json whole or not at all. Raises DataError."""
    write_whole(path, plan_bytes(planned))


def plan_bytes(planned: PlannedCall) -> bytes:
    """The content of plan.json, one box, step, move or finding a line."""
    return "".join(_laid_out(msgspec.to_builtins(_document(planned)))).encode()


def read_plan(path: Path | str, call: VesselCall) -> LoadingPlan:
    """The plan in a plan.json, by whomever it was made, for this call. Raises DataError with file and place.

    Refused is what cannot be judged: a plan of another call, boxes the call does not have, positions that are none.
    Whether the plan is any good is the referee's matter.
    """
    file = str(path)
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    document = decoded(content, PlanDocument, file=file, what="A plan", form=FORMAT)
    if document.call != call.id:
        raise DataError(f"The plan is of call {document.call!r:.60}, not of {call.id}.", file=file, place="$.call")
    try:
        return _plan(document, call)
    except DataError as error:
        raise error.inside(file) from None


def read_planned(path: Path | str, call: VesselCall) -> PlannedCall:
    """What `write_plan` wrote, with the referee's word as it is today and without timings. Raises DataError."""
    file = str(path)
    plan = read_plan(path, call)
    document = decoded(read_bytes(path, limit_bytes=MAX_BYTES), PlanDocument, file=file, what="A plan", form=FORMAT)
    return PlannedCall(
        call,
        plan,
        judge(call, plan),
        {name: math.inf if value is None else value for name, value in document.costs_min.items()},
        {
            name: Bound(
                math.inf if part.reached is None else part.reached,
                part.bound,
                part.unit,
                Told(part.note, part.code, part.values),
            )
            for name, part in document.bounds.items()
        },
        {
            name: {figure: math.inf if value is None else value for figure, value in figures.items()}
            for name, figures in document.baselines.items()
        },
        estimates={name: math.inf if value is None else value for name, value in document.estimates.items()},
        seed=document.seed,
        stopped=document.stopped,
        version=document.version,
    )


def read_slots(path: Path | str, *, call_id: str) -> dict[ContainerId, StowPosition]:
    """Where an earlier plan of the call puts loads and restows, whether the call still has them or not.

    Raises DataError with file and place.
    """
    file = str(path)
    document = decoded(read_bytes(path, limit_bytes=MAX_BYTES), PlanDocument, file=file, what="A plan", form=FORMAT)
    if document.call != call_id:
        raise DataError(f"The plan is of call {document.call!r:.60}, not of {call_id}.", file=file, place="$.call")
    slots = {**document.restows, **document.loads}
    return {ContainerId(number): StowPosition.parse(slot) for number, slot in slots.items()}


def slots_bytes(call_id: str, slots: Mapping[ContainerId, StowPosition]) -> bytes:
    """The least that a plan.json must say, for `read_slots`."""
    said = {"format": FORMAT, "call": call_id, "loads": {number: str(slot) for number, slot in slots.items()}}
    return "".join(_laid_out(said)).encode()


def plan_schema() -> dict[str, Any]:
    """The JSON schema of the format (2020-12), as kept in docs/reference/plan.schema.json."""
    schema = msgspec.json.schema(PlanDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Cabria loading plan", **schema}


def _document(planned: PlannedCall) -> PlanDocument:
    call, plan, judgement = planned.call, planned.plan, planned.judgement
    return PlanDocument(
        format=FORMAT,
        call=call.id,
        vessel=call.vessel.name,
        voyage=call.voyage,
        port=call.port,
        version=planned.version,
        seed=planned.seed,
        stopped=planned.stopped,
        loads={number: str(position) for number, position in plan.loads.items()},
        refused={str(number): why for number, why in plan.refused.items()},
        restows={number: str(position) for number, position in plan.restows.items()},
        tank_contents_kg=None if plan.tank_contents_kg is None else dict(plan.tank_contents_kg),
        queues=list(map(queue_part, plan.queues)),
        yard_moves=list(map(_yard_move_part, plan.yard_moves)),
        figures={name: _finite(value) for name, value in dataclasses.asdict(judgement.figures).items()},
        costs_min=_finite_values(planned.costs_min),
        bounds={
            name: BoundPart(
                reached=_finite(bound.reached),
                bound=_finite(bound.bound),
                unit=bound.unit,
                note=bound.note.text,
                code=bound.note.code,
                values=dict(bound.note.values),
            )
            for name, bound in planned.bounds.items()
        },
        baselines={name: _finite_values(figures) for name, figures in planned.baselines.items()},
        estimates=_finite_values(planned.estimates),
        stability={
            "arrival": _stability_part(judgement.arrival),
            "departure": _stability_part(judgement.departure),
        },
        findings=list(map(_finding_part, judgement.findings)),
        rules=dict(judgement.rules),
        reasons={number: _reason_part(reason) for number, reason in plan.reasons.items()},
        wishes=_wishes_part(planned),
        changes=[
            ChangePart(
                container=change.container,
                was=str(change.was),
                now=None if change.now is None else str(change.now),
                why=change.why,
            )
            for change in plan.changes
        ],
        waivers=list(map(waiver_part, plan.waivers)),
        timings=TimingsPart(
            phases=[PhasePart(name=part.name, wall_s=part.wall_s, cpu_s=part.cpu_s) for part in planned.phases]
        ),
    )


def waiver_part(waiver: Waiver) -> WaiverPart:
    return WaiverPart(
        rule=waiver.rule, reason=waiver.reason, by=waiver.by, place=waiver.place, container=waiver.container
    )


def waiver_of(part: WaiverPart) -> Waiver:
    box = None if part.container is None else ContainerId(part.container)
    return Waiver(part.rule, part.reason, part.by, part.place, box)


def _wishes_part(planned: PlannedCall) -> WishesPart | None:
    """None where the planner asked nothing."""
    kept = list(map(str, planned.call.wishes.all))
    dropped = [
        ImpossiblePart(wish=str(one.wish), rule=one.rule, text=one.text, place=one.place, remedy=one.remedy)
        for one in planned.dropped
    ]
    return WishesPart(kept=kept, dropped=dropped) if kept or dropped else None


def _finite(value: Any) -> Any:
    """JSON knows no infinity; null says that there is no limit."""
    return None if value is None or not math.isfinite(value) else value


def _finite_values(figures: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in figures.items()}


def queue_part(queue: WorkQueue) -> QueuePart:
    return QueuePart(crane=queue.crane, steps=list(map(step_part, queue.steps)))


def step_part(step: CraneStep) -> StepPart:
    return StepPart(
        kind=step.kind,
        bay=step.bay,
        start_s=step.start_s,
        end_s=step.end_s,
        containers=list(step.containers),
        positions=list(map(str, step.positions)),
        lid=step.lid,
    )


def _yard_move_part(move: YardMove) -> YardMovePart:
    return YardMovePart(
        container=move.container,
        source=str(move.source),
        target=None if move.target is None else str(move.target),
        needed_for=move.needed_for,
        due_s=move.due_s,
    )


def _stability_part(stability: Stability) -> dict[str, Any]:
    return dataclasses.asdict(stability) | {"not_judged": [why.text for why in stability.not_judged]}


def _finding_part(finding: Finding) -> FindingPart:
    return FindingPart(
        rule=finding.rule,
        severity=finding.severity,
        text=finding.text,
        place=finding.place,
        container=finding.container,
        cause=finding.cause,
    )


def _reason_part(reason: Reason) -> ReasonPart:
    return ReasonPart(
        terms={name: _finite(value) for name, value in reason.terms.items()},
        alternatives=[
            AlternativePart(position=str(position), more_min=_finite(more), forbidden=forbidden)
            for position, more, forbidden in reason.alternatives
        ],
        text=reason.text,
    )


def _plan(document: PlanDocument, call: VesselCall) -> LoadingPlan:
    aboard, listed = call.arrival.by_container, call.load_by_id
    _refuse_unknown(document.loads, listed, "loads", "is not on the load list")
    _refuse_unknown(document.refused, listed, "refused", "is not on the load list")
    _refuse_unknown(document.restows, aboard, "restows", "is not aboard on arrival")
    for number in document.restows:
        if aboard[ContainerId(number)].container.pod == call.port:
            raise DataError(f"Container {number} leaves the ship here.", place=f"$.restows.{number}")
    return LoadingPlan(
        call_id=document.call,
        loads={ContainerId(number): StowPosition.parse(slot) for number, slot in document.loads.items()},
        refused={ContainerId(number): why for number, why in document.refused.items()},
        restows={ContainerId(number): StowPosition.parse(slot) for number, slot in document.restows.items()},
        queues=tuple(
            WorkQueue(queue.crane, tuple(_steps(queue, f"$.queues[{index}]", call)))
            for index, queue in enumerate(document.queues)
        ),
        yard_moves=tuple(_yard_moves(document.yard_moves)),
        tank_contents_kg=document.tank_contents_kg,
        reasons={ContainerId(number): _reason(part) for number, part in document.reasons.items()},
        changes=tuple(
            Change(
                ContainerId(part.container),
                StowPosition.parse(part.was),
                None if part.now is None else StowPosition.parse(part.now),
                part.why,
            )
            for part in document.changes
        ),
        waivers=tuple(map(waiver_of, document.waivers)),
    )


def _refuse_unknown(said: Iterable[str], known: Mapping[ContainerId, object], part: str, problem: str) -> None:
    for number in said:
        if number not in known:
            raise DataError(f"Container {number} {problem}.", place=f"$.{part}.{number}")


def _steps(queue: QueuePart, place: str, call: VesselCall) -> Iterator[CraneStep]:
    for index, step in enumerate(queue.steps):
        at = f"{place}.steps[{index}]"
        try:
            found = step_of(step)
        except DataError as error:
            raise DataError(error.problem, place=at) from None
        for number in step.containers:
            if number not in call.load_by_id and number not in call.arrival.by_container:
                raise DataError(f"Container {number} is neither aboard nor on the load list.", place=at)
        yield found


def step_of(part: StepPart) -> CraneStep:
    """Raises DataError for one that ends before it starts, or whose boxes and slots are not as many."""
    if part.end_s < part.start_s:
        raise DataError(f"The step ends at {part.end_s} s, before it starts.")
    if len(part.containers) != len(part.positions):
        raise DataError("The step has not as many positions as containers.")
    return CraneStep(
        kind=part.kind,
        bay=part.bay,
        start_s=part.start_s,
        end_s=part.end_s,
        containers=tuple(map(ContainerId, part.containers)),
        positions=tuple(map(StowPosition.parse, part.positions)),
        lid=part.lid,
    )


def _yard_moves(parts: Iterable[YardMovePart]) -> Iterator[YardMove]:
    for index, part in enumerate(parts):
        try:
            source = YardPosition.parse(part.source)
            target = None if part.target is None else YardPosition.parse(part.target)
        except DataError as error:
            raise DataError(error.problem, place=f"$.yard_moves[{index}]") from None
        yield YardMove(ContainerId(part.container), source, target, ContainerId(part.needed_for), part.due_s)


def _reason(part: ReasonPart) -> Reason:
    return Reason(
        terms={name: math.inf if value is None else value for name, value in part.terms.items()},
        alternatives=tuple(
            (
                StowPosition.parse(other.position),
                math.inf if other.more_min is None else other.more_min,
                other.forbidden,
            )
            for other in part.alternatives
        ),
        text=part.text,
    )


_SPREAD = {
    "changes",
    "waivers",
    "loads",
    "refused",
    "restows",
    "yard_moves",
    "findings",
    "rules",
    "reasons",
    "bounds",
    "baselines",
}


def _laid_out(document: Mapping[str, Any]) -> Iterator[str]:
    """One key a line, long lists and tables one entry a line, queues one step a line."""
    yield "{\n"
    last = len(document) - 1
    for place, (key, value) in enumerate(document.items()):
        yield f" {_json(key)}: {_block(key, value)}{',' if place < last else ''}\n"
    yield "}\n"


def _block(key: str, value: Any) -> str:
    if key == "queues" and value:
        queues = [
            f'  {{"crane": {_json(queue["crane"])}, "steps": [\n'
            + ",\n".join(f"   {_json(step)}" for step in queue["steps"])
            + "]}"
            for queue in value
        ]
        return "[\n" + ",\n".join(queues) + "]"
    if key in _SPREAD and value and isinstance(value, list):
        return "[\n" + ",\n".join(f"  {_json(item)}" for item in value) + "]"
    if key in _SPREAD and value and isinstance(value, dict):
        return "{\n" + ",\n".join(f"  {_json(name)}: {_json(item)}" for name, item in value.items()) + "}"
    return _json(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(plan_schema(), indent=1) + "\n")
