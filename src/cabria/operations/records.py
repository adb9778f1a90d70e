"""What stands in the journal besides run events: commands that were accepted, alarms, orders to machines, failures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.operations.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenTerminal:
    """The first entry: which terminal this journal is of, and how it is run."""

    layout: Layout
    truck: TruckModel
    settings: Settings


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
