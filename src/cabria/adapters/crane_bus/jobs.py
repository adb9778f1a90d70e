"""Orders of operations as jobs on the wire and back, and what of a job cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cabria.adapters.crane_bus.messages import CancelJob, CraneJob, Factsheet, FailureCode, JobKind
from cabria.adapters.crane_bus.parts import (
    Cargo,
    ContainerAt,
    DeckPosition,
    HandoverPlace,
    HatchCover,
    Location,
    TruckLocation,
    VesselLocation,
    YardLocation,
)
from cabria.adapters.crane_bus.wire import Header
from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import Aboard, DeckEnd, OnTruck, Place
from cabria.domain.work import StepKind
from cabria.operations.gateways import QuayWork, YardWork
from cabria.operations.handover import Handover
from cabria.operations.records import Order

KIND_OF = {
    StepKind.DISCHARGE: JobKind.DISCHARGE,
    StepKind.LOAD: JobKind.LOAD,
    StepKind.RESTOW_OFF: JobKind.RESTOW_OFF,
    StepKind.RESTOW_ON: JobKind.RESTOW_ON,
    StepKind.LID_OFF: JobKind.HATCH_COVER_OFF,
    StepKind.LID_ON: JobKind.HATCH_COVER_ON,
}
STEP_OF = {kind: step for step, kind in KIND_OF.items()}
Work = QuayWork | YardWork


def job_id(run: str, job: str) -> str:
    """A job's name on the wire, which no other run uses."""
    return f"{run}/{job}"


def name_in(run: str, wire_id: str) -> str:
    """The inverse for jobs of a run: the job's name there; "" for those of others."""
    other, _, name = wire_id.partition("/")
    return name if other == run else ""


def message_of(order: Order, number: int, run: str, header: Header) -> CraneJob | CancelJob:
    """An order for a crane. Raises ValueError for one that cranes have not."""
    first, *rest = order.arguments
    if isinstance(first, QuayWork):
        return _quay_job(first, number, run, header)
    if isinstance(first, YardWork):
        return _yard_job(first, number, run, header)
    if order.verb == "take_back":
        return CancelJob(**header, job_id=job_id(run, first), order_number=number)
    if order.verb == "make_way":
        return CraneJob(
            **header, job_id=job_id(run, first), order_number=number, kind=JobKind.REPOSITION, gantry_mm=rest[0]
        )
    raise ValueError(f"A crane cannot be told to {order.verb}.")


def name_of(order: Order) -> str:
    """The job an order is about."""
    first: Any = order.arguments[0]
    return first if isinstance(first, str) else str(first.job)


def _quay_job(work: QuayWork, number: int, run: str, header: Header) -> CraneJob:
    return CraneJob(
        **header,
        job_id=job_id(run, work.job),
        order_number=number,
        kind=KIND_OF[work.kind],
        gantry_mm=work.x_mm,
        planned_duration_ms=work.duration_ms,
        cargo=tuple(
            Cargo(container_id=box, collect=location_of(source), deliver=location_of(target))
            for box, source, target in zip(work.containers, work.sources, work.targets, strict=True)
        ),
        hatch_cover=HatchCover(vessel_visit=work.call, hatch_cover_id=work.lid) if work.lid else None,
    )


def _yard_job(work: YardWork, number: int, run: str, header: Header) -> CraneJob:
    cargo = Cargo(container_id=work.container, collect=location_of(work.source), deliver=location_of(work.target))
    meeting = work.handover
    return CraneJob(
        **header,
        job_id=job_id(run, work.job),
        order_number=number,
        kind=JobKind.YARD_MOVE,
        cargo=(cargo,),
        handover=HandoverPlace(gantry_mm=meeting.at_mm, row=meeting.row) if meeting else None,
    )


def location_of(place: Place) -> Location:
    if isinstance(place, YardPosition):
        return YardLocation(block=place.block, bay=place.bay, row=place.row, tier=place.tier)
    if isinstance(place, Aboard):
        return VesselLocation(vessel_visit=place.call, position=str(place.position))
    return TruckLocation(truck_id=place.truck, deck_position=DeckPosition[place.end.name])


def place_of(location: Location) -> Place:
    if isinstance(location, YardLocation):
        return YardPosition(location.block, location.bay, location.row, location.tier)
    if isinstance(location, VesselLocation):
        return Aboard(location.vessel_visit, StowPosition.parse(location.position))
    return OnTruck(location.truck_id, DeckEnd[location.deck_position.name])


def cargo_at(containers: tuple[ContainerId, ...], places: tuple[Place, ...]) -> tuple[ContainerAt, ...]:
    return tuple(
        ContainerAt(container_id=box, location=location_of(place))
        for box, place in zip(containers, places, strict=True)
    )


def work_of(job: CraneJob, block: str) -> Work:
    """What a crane's mechanics are told, for a job without faults; `block` is that of a yard crane."""
    boxes = tuple(ContainerId(cargo.container_id) for cargo in job.cargo)
    sources = tuple(place_of(cargo.collect) for cargo in job.cargo)
    targets = tuple(place_of(cargo.deliver) for cargo in job.cargo)
    if job.kind is JobKind.YARD_MOVE:
        meeting = Handover(job.handover.gantry_mm, job.handover.row) if job.handover else None
        return YardWork(job.job_id, boxes[0], sources[0], targets[0], block, meeting)
    lid = job.hatch_cover
    return QuayWork(
        job=job.job_id,
        kind=STEP_OF[job.kind],
        x_mm=job.gantry_mm or 0,
        duration_ms=job.planned_duration_ms or 0,
        call=lid.vessel_visit if lid else next(p.call for p in (*sources, *targets) if isinstance(p, Aboard)),
        containers=boxes,
        sources=sources,
        targets=targets,
        lid=lid.hatch_cover_id if lid else "",
    )


def faults_of(job: CraneJob, sheet: Factsheet) -> tuple[FailureCode, str] | None:
    """Why a crane with this factsheet does not take a job; None when it does."""
    if job.kind not in sheet.kinds:
        return FailureCode.NOT_SUPPORTED, f"no {job.kind} here"
    faults = list(_contradictions(job, sheet))
    if faults:
        return FailureCode.INVALID, "; ".join(faults)[:300]
    for at_mm in _stops(job):
        if not sheet.gantry_from_mm <= at_mm <= sheet.gantry_until_mm:
            reason = f"{at_mm} mm is not between {sheet.gantry_from_mm} and {sheet.gantry_until_mm} mm"
            return FailureCode.OUT_OF_REACH, reason
    strange = [place for place in _locations(job) if isinstance(place, YardLocation) and place.block != sheet.block]
    if strange:
        return FailureCode.OUT_OF_REACH, f"block {strange[0].block} is not this crane's"
    return None


def _contradictions(job: CraneJob, sheet: Factsheet) -> Iterator[str]:
    if job.kind.has_cargo != bool(job.cargo):
        yield f"{job.kind} with {len(job.cargo)} containers"
    if len(job.cargo) > sheet.maximum_cargo:
        yield f"{len(job.cargo)} containers; {sheet.maximum_cargo} can be lifted"
    if len({cargo.container_id for cargo in job.cargo}) < len(job.cargo):
        yield "a container twice"
    if job.kind.is_hatch_cover != (job.hatch_cover is not None):
        yield f"{job.kind} {'with' if job.hatch_cover else 'without'} a hatch cover"
    if job.kind is not JobKind.YARD_MOVE and job.gantry_mm is None:
        yield "no gantryMm"
    if sheet.che_type.is_quay and job.kind is not JobKind.REPOSITION and not job.planned_duration_ms:
        yield "no plannedDurationMs"
    if job.handover is None and job.kind is JobKind.YARD_MOVE and trucks_of(job):
        yield "a truck and no handover"
    for cargo in job.cargo:
        yield from _wrong_ends(job.kind, cargo)


def _wrong_ends(kind: JobKind, cargo: Cargo) -> Iterator[str]:
    """Where containers come from and go to, by what is done."""
    ends = {
        JobKind.YARD_MOVE: ((YardLocation, TruckLocation), (YardLocation, TruckLocation)),
        JobKind.DISCHARGE: ((VesselLocation,), (TruckLocation,)),
        JobKind.RESTOW_OFF: ((VesselLocation,), (TruckLocation,)),
        JobKind.LOAD: ((TruckLocation,), (VesselLocation,)),
        JobKind.RESTOW_ON: ((TruckLocation,), (VesselLocation,)),
    }.get(kind)
    if ends is None:
        return
    for place, allowed in zip((cargo.collect, cargo.deliver), ends, strict=True):
        if not isinstance(place, allowed):
            yield f"{kind} of {cargo.container_id} at {type(place).__name__}"
    if cargo.collect == cargo.deliver:
        yield f"{cargo.container_id} is delivered where it is collected"


def trucks_of(job: CraneJob) -> tuple[str, ...]:
    """The trucks that must stand there."""
    return tuple(place.truck_id for place in _locations(job) if isinstance(place, TruckLocation))


def _locations(job: CraneJob) -> Iterator[Location]:
    for cargo in job.cargo:
        yield cargo.collect
        yield cargo.deliver


def _stops(job: CraneJob) -> Iterator[int]:
    if job.gantry_mm is not None:
        yield job.gantry_mm
    if job.handover is not None:
        yield job.handover.gantry_mm
