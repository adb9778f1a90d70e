"""What happened in a run of the terminal, in order: the log that the twin and the living terminal write alike.

Events are plain tuples with names, as millions of them are made. `at_ms` is milliseconds since the run began; events
stand in the log in the order in which they became known. The referee for runs judges from them alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.said import Reason
from cabria.domain.work import CraneStep


class Aboard(NamedTuple):
    """A slot of the ship of a call."""

    call: str
    position: StowPosition

    def __str__(self) -> str:
        return f"{self.call}/{self.position}"


class DeckEnd(StrEnum):
    """Which part of a truck's bed a box takes: a 40 ft or longer all of it, a 20 ft one end."""

    WHOLE = "whole"
    FORE = "fore"
    AFT = "aft"


class OnTruck(NamedTuple):
    """On the bed of a truck, driverless or a visitor's."""

    truck: str
    end: DeckEnd = DeckEnd.WHOLE

    def __str__(self) -> str:
        return f"{self.truck}/{self.end}"


Place = YardPosition | Aboard | OnTruck


class Stock(NamedTuple):
    """A box that is there when the run begins, or comes with a ship or a road truck. `needs_plug` is that of a reefer
    which must be fed with power."""

    container: ContainerId
    length_ft: int
    gross_mass_kg: int
    place: Place
    needs_plug: bool = False


class StockTaken(NamedTuple):
    """Boxes that are on the terminal from now on: the yard at the start, a ship's when she berths, a visitor's."""

    at_ms: int
    boxes: tuple[Stock, ...]


class ShipBerthed(NamedTuple):
    """Her bow lies at `berth_x_mm` along the quay."""

    at_ms: int
    call: str
    berth_x_mm: int
    bow_towards_x: bool


class ShipSailed(NamedTuple):
    """With all that is aboard."""

    at_ms: int
    call: str


class MoveKind(StrEnum):
    """What a move is for."""

    LOAD = "load"
    DISCHARGE = "discharge"
    RESTOW = "restow"
    GATE_IN = "gate-in"
    GATE_OUT = "gate-out"
    REHANDLE = "rehandle"
    HOUSEKEEPING = "housekeeping"


class MoveReleased(NamedTuple):
    """Boxes may go on their way; `queue` is the quay crane whose queue it is in, "" for none."""

    at_ms: int
    move: str
    kind: MoveKind
    containers: tuple[ContainerId, ...]
    call: str
    queue: str
    reason: Reason


class MoveDropped(NamedTuple):
    """A move is not carried out, and why: its boxes stand where they stood, or another move has what is on a truck."""

    at_ms: int
    move: str
    reason: Reason


class MoveDone(NamedTuple):
    """All boxes of a move stand where they were to go."""

    at_ms: int
    move: str


class TruckAssigned(NamedTuple):
    """A truck carries the boxes of a move from now on, in place of any other, and why it."""

    at_ms: int
    move: str
    truck: str
    reason: Reason


class JobGiven(NamedTuple):
    """A machine was given a leg of a move, and why it and not another."""

    at_ms: int
    job: str
    move: str
    machine: str
    reason: Reason


class JobDone(NamedTuple):
    at_ms: int
    job: str


class JobTakenBack(NamedTuple):
    """The machine did not do it; the move is given to another."""

    at_ms: int
    job: str
    reason: Reason


class CraneTravelled(NamedTuple):
    """A crane drives along its rail, from now to `until_ms`.

    A quay crane in mm along the quay, a yard crane in mm along its block from the outer edge of bay 1.
    """

    at_ms: int
    crane: str
    from_mm: int
    to_mm: int
    until_ms: int


class BoxesLifted(NamedTuple):
    """A crane took boxes (two for a twin lift) from where they stood."""

    at_ms: int
    crane: str
    containers: tuple[ContainerId, ...]
    places: tuple[Place, ...]


class BoxesLanded(NamedTuple):
    """A crane set down what it held."""

    at_ms: int
    crane: str
    containers: tuple[ContainerId, ...]
    places: tuple[Place, ...]


class LidLifted(NamedTuple):
    at_ms: int
    crane: str
    call: str
    lid: str


class LidLanded(NamedTuple):
    at_ms: int
    crane: str
    call: str
    lid: str


class TripBooked(NamedTuple):
    """A truck's way: segment, when it enters, when its tail has left. The first began when it came to where it stands,
    the last has no end (None) until another trip is booked. A later trip of a truck replaces what is to come."""

    at_ms: int
    truck: str
    windows: tuple[tuple[str, int, int | None], ...]
    reason: Reason


class TripDriven(NamedTuple):
    """A truck that tells its way says how far it is on its last trip: its front has passed the ends of `passed`
    segments of it and is `ahead_mm` into the next, its tail is out of `left`. It said at `since_ms` that it was not so
    far yet; None where nobody listened then."""

    at_ms: int
    truck: str
    passed: int
    ahead_mm: int
    left: int
    since_ms: int | None


class TruckStood(NamedTuple):
    """A truck came on to the lanes at a stand: at the run's start, or through the gate. One that tells its way drives
    when it says so (TripDriven), and the times of its trips are what was hoped for."""

    at_ms: int
    truck: str
    stand: str
    is_visitor: bool
    tells_way: bool = False


class VisitorRefused(NamedTuple):
    """A road truck was turned away at the gate, and why."""

    at_ms: int
    truck: str
    reason: Reason


class TruckLeft(NamedTuple):
    """A road truck left through the gate, with what is on its bed."""

    at_ms: int
    truck: str


class MachineStopped(NamedTuple):
    """Out of service, and why: a fault, wind, maintenance, an empty battery."""

    at_ms: int
    machine: str
    cause: str


class MachineResumed(NamedTuple):
    at_ms: int
    machine: str


class QueuesChanged(NamedTuple):
    """What is left of a call was divided anew among quay cranes, or timed anew, and why.

    `queues` are the cranes with their steps to come, the one they are at included, in seconds from now.
    """

    at_ms: int
    call: str
    queues: tuple[tuple[str, tuple[CraneStep, ...]], ...]
    reason: Reason


class PlanChanged(NamedTuple):
    """A person gives a ship at the quay another plan, and why: of her loads that were still to come these have another
    slot from now on, or None for one that stays ashore. Queues by that plan follow as `QueuesChanged`."""

    at_ms: int
    call: str
    slots: tuple[tuple[ContainerId, StowPosition | None], ...]
    reason: str


class StepSkipped(NamedTuple):
    """A person leaves out a step of a quay crane's queue that was still to come, and why: a box that was to be set
    aboard stays ashore, one that was to be lifted off stays aboard, a lid stays as it is."""

    at_ms: int
    call: str
    crane: str
    step: CraneStep
    reason: str


class LoadBroughtForward(NamedTuple):
    """Of a quay crane's queue the step with these boxes is done next, before those that were to come first, and why."""

    at_ms: int
    call: str
    crane: str
    containers: tuple[ContainerId, ...]
    reason: Reason


class RulesChanged(NamedTuple):
    """From now on the terminal minds, or does not mind any more, what its history taught, and why."""

    at_ms: int
    rule: str
    reason: str


class Waited(NamedTuple):
    """A quay crane had work and did none from `since_ms` to now, for want of something."""

    at_ms: int
    crane: str
    since_ms: int
    cause: str


class EnergyUsed(NamedTuple):
    """By a machine for what it did last; negative when a battery was charged."""

    at_ms: int
    machine: str
    wh: int


class BatteryRead(NamedTuple):
    """What a truck's battery holds, as the truck says."""

    at_ms: int
    truck: str
    wh: int


class WorkRefused(NamedTuple):
    """A truck is given no work from now until it has been charged, and why."""

    at_ms: int
    truck: str
    reason: Reason


class MoveHandedOver(NamedTuple):
    """A truck gives back a move that it has not begun; another will carry it."""

    at_ms: int
    move: str
    truck: str
    reason: Reason


class TruckTowed(NamedTuple):
    """A truck out of service is moved by a tug from now until it is back, and what for; or it was, and rests at `stand`
    from now on."""

    at_ms: int
    truck: str
    reason: Reason
    stand: str = ""


RunEvent = (
    StockTaken
    | ShipBerthed
    | ShipSailed
    | MoveReleased
    | MoveDropped
    | MoveDone
    | TruckAssigned
    | JobGiven
    | JobDone
    | JobTakenBack
    | CraneTravelled
    | BoxesLifted
    | BoxesLanded
    | LidLifted
    | LidLanded
    | TripBooked
    | TripDriven
    | TruckStood
    | VisitorRefused
    | TruckLeft
    | MachineStopped
    | MachineResumed
    | QueuesChanged
    | PlanChanged
    | StepSkipped
    | LoadBroughtForward
    | RulesChanged
    | Waited
    | EnergyUsed
    | BatteryRead
    | WorkRefused
    | MoveHandedOver
    | TruckTowed
)
