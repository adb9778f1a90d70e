"""The work of a call: what each quay crane does in which order, and what the yard must bring when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition, YardPosition


class StepKind(StrEnum):
    """What a quay crane can do. A restow over the quay is lifted off early and back on later."""

    LID_OFF = "lid off"
    LID_ON = "lid on"
    DISCHARGE = "discharge"
    LOAD = "load"
    RESTOW_OFF = "restow off"
    RESTOW_ON = "restow on"


LID_STEPS = (StepKind.LID_OFF, StepKind.LID_ON)
OFF_SHIP = (StepKind.DISCHARGE, StepKind.RESTOW_OFF)
ONTO_SHIP = (StepKind.LOAD, StepKind.RESTOW_ON)


@dataclass(frozen=True, slots=True)
class CraneStep:
    """One cycle of a quay crane, in whole seconds from the call's start.

    `containers` has one box, two for a twin lift (fore, aft), none for a lid; `positions` are theirs on board.
    `bay` is the number of the vessel bay (`VesselBay.number`) over which the crane stands.
    """

    kind: StepKind
    bay: int
    start_s: int
    end_s: int
    containers: tuple[ContainerId, ...] = ()
    positions: tuple[StowPosition, ...] = ()
    lid: str = ""


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """The ordered steps of one quay crane at one call."""

    crane: str
    steps: tuple[CraneStep, ...]

    @property
    def end_s(self) -> int:
        return self.steps[-1].end_s if self.steps else 0


@dataclass(frozen=True, slots=True)
class YardMove:
    """A box lifted in the yard: out to the ship (`target` None) or aside, to reach another (a dig)."""

    container: ContainerId
    source: YardPosition
    target: YardPosition | None
    needed_for: ContainerId
    due_s: int
    """When the quay crane wants the box it is needed for."""

    @property
    def is_dig(self) -> bool:
        return self.target is not None
