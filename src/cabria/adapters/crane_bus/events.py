"""What the bus tells of its cranes besides run events: for the log, and for people."""

from __future__ import annotations

from typing import NamedTuple

from cabria.adapters.crane_bus.messages import FailureCode
from cabria.domain.said import Said


class CraneSeen(NamedTuple):
    """It is on line for the first time, or again."""

    crane: str


class CraneSilent(NamedTuple):
    """Nothing was heard of it for long, or its connection is gone. It keeps its jobs and may be carrying them out."""

    crane: str
    cause: Said


class JobAcknowledged(NamedTuple):
    """The crane's state shows a job, so long after it was first sent."""

    crane: str
    job: str
    after_ms: int


class JobFailed(NamedTuple):
    """A crane did not take a job, or could not do it."""

    crane: str
    job: str
    code: FailureCode | None
    reason: str


class MessageRefused(NamedTuple):
    """What came on a topic is no message."""

    topic: str
    reason: str


class Nonsense(NamedTuple):
    """A message that keeps to the schema and cannot be true. It changed nothing; the crane was asked again."""

    crane: str
    reason: str


class Otherwise(NamedTuple):
    """A crane reports boxes or places other than its job says. It was believed."""

    crane: str
    job: str
    told: str
    wanted: str


class NotOurs(NamedTuple):
    """A crane has a job, or a report of one, that no order of this run is about. The job was cancelled."""

    crane: str
    job: str


class Forgetful(NamedTuple):
    """A crane's memory is another than before: what it had not told yet is lost."""

    crane: str
    before: str
    now: str


class RefusedByCrane(NamedTuple):
    """A crane did not act upon a message of ours."""

    crane: str
    topic: str
    reason: str


CraneEvent = (
    CraneSeen
    | CraneSilent
    | JobAcknowledged
    | JobFailed
    | MessageRefused
    | Nonsense
    | Otherwise
    | NotOurs
    | Forgetful
    | RefusedByCrane
)
