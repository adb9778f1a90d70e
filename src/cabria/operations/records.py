"""What stands in the journal besides run events: commands that were accepted, alarms, orders to machines, failures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.said import Reason
from cabria.operations.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenTerminal:
    """The first entry: which terminal this journal is of, how it is run, and when the run began: in milliseconds since
    1970, 0 where time is simulated."""

    layout: Layout
    truck: TruckModel
    settings: Settings
    zero_utc_ms: int = 0


class Command(NamedTuple):
    """A method of `journaling.JournaledControl` that changes something, and what it was called with."""

    verb: str
    arguments: tuple[Any, ...]


class AlarmRang(NamedTuple):
    """The alarm of this number, in the order in which they were set."""

    alarm: int


class InputFailed(NamedTuple):
    """The input before could not be handled to its end; whoever sent it was told."""

    reason: str


class MachineKind(StrEnum):
    """Whose gateway an order goes through."""

    QUAY_CRANE = "quay crane"
    YARD_CRANE = "yard crane"
    TRUCK = "truck"


class Order(NamedTuple):
    """What a machine is told: a method of its gateway and what comes after the machine's name."""

    to: MachineKind
    machine: str
    verb: str
    arguments: tuple[Any, ...]

    @property
    def job(self) -> str:
        """The job that it is for, "" for those without one."""
        first: Any = self.arguments[0] if self.arguments else ""
        return first if isinstance(first, str) else str(getattr(first, "job", ""))


class Alert(NamedTuple):
    """Something that a person should look at. `order` is 0 where it is about none, `seen_by` "" until somebody did."""

    number: int
    at_ms: int
    machine: str
    order: int
    problem: Reason
    seen_by: str = ""
