"""The messages of the CraneJob protocol, from the terminal to a crane and back.

A job is offered again and again with the same id until a state shows it, and a crane carries an id out once. What a
crane does it reports in numbered reports, again and again until they are acknowledged: nothing that happened is lost,
and nothing is heard twice.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from cabria.adapters.crane_bus.parts import (
    Along,
    Cargo,
    CheType,
    ContainerAt,
    HandoverPlace,
    HatchCover,
    JobId,
    LogName,
    Message,
    Milliseconds,
    Moment,
    Name,
    Number,
    Part,
    Text,
)

MOST_REPORTS = 100
"""In one message; the rest follows when these are acknowledged."""


class JobKind(StrEnum):
    """What a crane is to do."""

    DISCHARGE = "DISCHARGE"
    LOAD = "LOAD"
    RESTOW_OFF = "RESTOW_OFF"
    RESTOW_ON = "RESTOW_ON"
    HATCH_COVER_OFF = "HATCH_COVER_OFF"
    HATCH_COVER_ON = "HATCH_COVER_ON"
    YARD_MOVE = "YARD_MOVE"
    """One lift of a yard crane."""
    REPOSITION = "REPOSITION"
    """Drive to `gantryMm` and stand there; it makes way for another crane."""

    @property
    def is_hatch_cover(self) -> bool:
        return self in (JobKind.HATCH_COVER_OFF, JobKind.HATCH_COVER_ON)

    @property
    def has_cargo(self) -> bool:
        return not (self.is_hatch_cover or self is JobKind.REPOSITION)


class JobStatus(StrEnum):
    """How far a job is. PLANNED and RELEASED are the terminal's own; a crane tells from ACKNOWLEDGED on."""

    PLANNED = "PLANNED"
    RELEASED = "RELEASED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    STARTED = "STARTED"
    LIFTED = "LIFTED"
    WAITING_HANDOVER = "WAITING_HANDOVER"
    """Over the place of a truck that it does not know to stand there."""
    LANDED = "LANDED"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_over(self) -> bool:
        return self in (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)


class FailureCode(StrEnum):
    """Why a job was not taken, or could not be done."""

    INVALID = "INVALID"
    """It contradicts itself."""
    OUT_OF_REACH = "OUT_OF_REACH"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    """A crane of this kind does not do that."""
    ALREADY_LIFTED = "ALREADY_LIFTED"
    """Too late to be cancelled."""
    CARGO_NOT_FOUND = "CARGO_NOT_FOUND"
    EQUIPMENT_FAULT = "EQUIPMENT_FAULT"


# From the terminal


class CraneJob(Message, frozen=True, kw_only=True):
    """A job that is offered, on topic `job`. `order_number` is the number under which the terminal wrote it down.

    A quay crane stands at `gantry_mm` for it; a yard crane where its cargo and `handover` say. `planned_duration_ms` is
    what one cycle should take once the crane stands there.
    """

    job_id: JobId
    order_number: Number
    kind: JobKind
    gantry_mm: Along | None = None
    planned_duration_ms: Milliseconds | None = None
    cargo: Annotated[tuple[Cargo, ...], Meta(max_length=2)] = ()
    hatch_cover: HatchCover | None = None
    handover: HandoverPlace | None = None


class CancelJob(Message, frozen=True, kw_only=True):
    """On topic `cancel`: do not begin it any more. `order_number` is that of the cancellation, 0 when it has none."""

    job_id: JobId
    order_number: Number = 0


class HandoverPermit(Message, frozen=True, kw_only=True):
    """On topic `handover`: the truck of a job stands where it is met, and stays until the crane is done with it."""

    job_id: JobId
    truck_id: Name


class Acknowledge(Message, frozen=True, kw_only=True):
    """On topic `acknowledge`: reports of this log up to a number are safe and need not be told again."""

    log: LogName
    through: Number


class Wanted(StrEnum):
    STATE = "STATE"
    FACTSHEET = "FACTSHEET"
    REPORTS = "REPORTS"


class Query(Message, frozen=True, kw_only=True):
    """On topic `query`: tell this, at once. `reason` says what was wrong with what was told before."""

    wanted: Annotated[tuple[Wanted, ...], Meta(min_length=1, max_length=10)]
    reason: Text = ""


# From a crane


class ConnectionState(StrEnum):
    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    CONNECTION_BROKEN = "CONNECTION_BROKEN"
    """What the broker tells as the last will."""


class Connection(Message, frozen=True, kw_only=True):
    """On topic `connection`, retained."""

    connection_state: ConnectionState


class Factsheet(Message, frozen=True, kw_only=True):
    """On topic `factsheet`, retained: what the crane is and within which limits it works."""

    che_type: CheType
    gantry_from_mm: Along
    gantry_until_mm: Along
    block: Name | None = None
    """Of a yard crane."""
    kinds: tuple[JobKind, ...] = ()
    maximum_jobs: Annotated[int, Meta(ge=1, le=100)] = 4
    """That it holds at a time."""
    maximum_cargo: Annotated[int, Meta(ge=1, le=2)] = 1
    heartbeat_ms: Annotated[int, Meta(ge=100, le=60_000)] = 1_000
    """A state at least so often."""


class OperatingMode(StrEnum):
    AUTOMATIC = "AUTOMATIC"
    MANUAL = "MANUAL"
    MAINTENANCE = "MAINTENANCE"


class JobState(Part, frozen=True, kw_only=True):
    """A job that the crane has, or lately had. `truck_id` is the truck that it needs to know to stand there, and
    `is_permitted` whether it knows."""

    job_id: JobId
    order_number: Number
    status: JobStatus
    code: FailureCode | None = None
    reason: Text = ""
    truck_id: Name | None = None
    is_permitted: bool = False


class Refusal(Part, frozen=True, kw_only=True):
    """A message that was not acted upon."""

    topic: Name
    reason: Text
    header_id: Number | None = None


class Spreader(Part, frozen=True, kw_only=True):
    """What hangs on the crane."""

    is_locked: bool
    cargo: Annotated[tuple[Name, ...], Meta(max_length=2)] = ()
    hatch_cover: Text = ""


class State(Message, frozen=True, kw_only=True):
    """On topic `state`: how the crane is, at every change and as a heartbeat.

    `log` names the crane's memory: in another one its reports are numbered from 1 again. `last_report` is the number of
    the last report made, `acknowledged` of the last that was acknowledged.
    """

    log: LogName
    last_report: Number
    acknowledged: Number
    operating_mode: OperatingMode
    is_in_service: bool
    gantry_mm: Along
    """Where it stands, or drives to."""
    is_travelling: bool
    spreader: Spreader
    jobs: tuple[JobState, ...]
    """Those it has, and the last ones that ended."""
    refusals: Annotated[tuple[Refusal, ...], Meta(max_length=20)] = ()
    """The last ones."""
    cause: Text = ""
    """Why it is out of service."""


class Travelling(Part, frozen=True, kw_only=True, tag_field="event", tag="TRAVELLING"):
    """The gantry set out, and will stand at `until`."""

    from_mm: Along
    to_mm: Along
    until: Moment


class Started(Part, frozen=True, kw_only=True, tag_field="event", tag="STARTED"):
    """Work on the job began."""


class Lifted(Part, frozen=True, kw_only=True, tag_field="event", tag="LIFTED"):
    """Containers left where they stood."""

    cargo: Annotated[tuple[ContainerAt, ...], Meta(min_length=1, max_length=2)]


class Landed(Part, frozen=True, kw_only=True, tag_field="event", tag="LANDED"):
    """Containers stand where the crane set them down."""

    cargo: Annotated[tuple[ContainerAt, ...], Meta(min_length=1, max_length=2)]


class HatchCoverLifted(Part, frozen=True, kw_only=True, tag_field="event", tag="HATCH_COVER_LIFTED"):
    hatch_cover: HatchCover


class HatchCoverLanded(Part, frozen=True, kw_only=True, tag_field="event", tag="HATCH_COVER_LANDED"):
    hatch_cover: HatchCover


class WaitingHandover(Part, frozen=True, kw_only=True, tag_field="event", tag="WAITING_HANDOVER"):
    truck_id: Name


class Waited(Part, frozen=True, kw_only=True, tag_field="event", tag="WAITED"):
    """The crane waited from then till now."""

    since: Moment
    cause: Text


class EnergyUsed(Part, frozen=True, kw_only=True, tag_field="event", tag="ENERGY_USED"):
    watt_hours: Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]


class Done(Part, frozen=True, kw_only=True, tag_field="event", tag="DONE"):
    """The job is over and all of it is done."""


class Failed(Part, frozen=True, kw_only=True, tag_field="event", tag="FAILED"):
    code: FailureCode
    reason: Text = ""


class Cancelled(Part, frozen=True, kw_only=True, tag_field="event", tag="CANCELLED"):
    """The job is over and nothing of it was lifted."""


class OutOfService(Part, frozen=True, kw_only=True, tag_field="event", tag="OUT_OF_SERVICE"):
    """The crane stands still until it is back; what it has begun it ends then."""

    cause: Text


class BackInService(Part, frozen=True, kw_only=True, tag_field="event", tag="BACK_IN_SERVICE"):
    """It goes on."""


Happening = (
    Travelling
    | Started
    | Lifted
    | Landed
    | HatchCoverLifted
    | HatchCoverLanded
    | WaitingHandover
    | Waited
    | EnergyUsed
    | Done
    | Failed
    | Cancelled
    | OutOfService
    | BackInService
)


class Report(Part, frozen=True, kw_only=True):
    """Something that happened, and for which job. Numbers rise by one, from 1 in each log."""

    number: Annotated[int, Meta(ge=1, le=9_000_000_000_000_000)]
    timestamp: Moment
    happening: Happening
    job_id: JobId | None = None


class Reports(Message, frozen=True, kw_only=True):
    """On topic `reports`: those that are not acknowledged, the first first."""

    log: LogName
    reports: Annotated[tuple[Report, ...], Meta(min_length=1, max_length=MOST_REPORTS)]


class Telemetry(Message, frozen=True, kw_only=True):
    """On topic `telemetry`: where it is now, as often as it likes. Nothing is decided by it."""

    gantry_mm: Along
    is_travelling: bool
    spreader: Spreader
    trolley_row: Annotated[int, Meta(ge=0, le=101)] | None = None
