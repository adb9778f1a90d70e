"""What a terminal may set about how it is run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TruckChoice(StrEnum):
    """Which truck goes for which box."""

    NEAREST = "nearest truck"
    """The most urgent box first, each with the truck that is there first."""
    EXACT = "exact assignment"
    """All at once, least driving in all."""
    IN_TIME = "in time"
    """All at once, least lateness, then least driving."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Times that weigh are in milliseconds of driving."""

    look_ahead: int = 9
    """How many steps of a quay crane's queue are on their way at a time, the one in work included."""
    truck_choice: TruckChoice = TruckChoice.IN_TIME
    """Which truck goes for which box: nearest truck, exact assignment or in time."""
    trucks_ahead_ms: int = 120_000
    """How long before a truck is free it is counted when trucks are chosen; 0 chooses among free ones only."""
    busy_crane_ms: int = 60_000
    """What each box waiting at a yard crane holds up the next."""
    dig_ahead: bool = True
    """Whether a yard crane with nothing else to do frees boxes whose trucks are still to come."""
    quay_ahead_ms: int = 600_000
    """How long before a truck's arrival its quay crane may begin; it then waits over the truck's place."""
    yard_ahead_ms: int = 110_000
    """How long before a truck's arrival its yard crane may begin to fetch the box for it."""
    yard_takes_ahead_ms: int = 60_000
    """How long before a truck's arrival its yard crane may begin to come for the box on it."""
    yard_along_ms: int = 250
    """How much sooner for each metre it has to go along its block, while no other truck comes there."""
    out_of_turn: int = 8
    """How many steps ahead of its turn a box may be loaded whose truck is there first, into another row of the bay;
    with 0 every box waits for its turn."""
    pair_boxes: bool = True
    """Whether one truck carries the 20 ft boxes of two steps that follow each other over one bay."""
    turn_ahead_ms: int = 40_000
    """How long before a truck's arrival its quay crane may begin while others might be there first."""
    rehandle_bays: int = 8
    """How far, in bay numbers, a box in the way is carried at most."""
    onward_moves: int = 12
    """How many of the moves that come next are looked at for where a truck goes after its block."""
    busy_block_ms: int = 90_000
    """What each box waiting for a yard crane counts, in milliseconds, when a block is chosen for another."""
    most_visitors: int = 60
    """Road trucks inside the gate at a time."""
    needs_appointment: bool = False
    """Whether a road truck without an appointment is turned away."""
    appointments_an_hour: int = 120
    """Appointments that may begin in one hour."""
    early_ms: int = 1_800_000
    """How long before its appointment a road truck is let in."""
    late_ms: int = 3_600_000
    """How long after its appointment."""
    visitor_ms: int = 1_200_000
    """How long after the gate a road truck's box is due; then it goes before boxes that are wanted later."""
    tow_after_ms: int = 900_000
    """How long a truck out of service stands in the way until a tug takes it on."""
    least_charge: float = 0.2
    """Share of its battery below which a truck takes no work; more where a move may take more."""
    low_charge: float = 0.4
    """Below which it goes to charge when it has nothing to do and others can do without it."""
    enough_charge: float = 0.6
    """From which it takes work again."""
    idle_charge: float = 0.85
    """Below which it charges while no move waits for a truck."""
    full_charge: float = 0.95
    """Below which a truck that stands at a charger is charged."""
    most_charging: float = 0.25
    """Share of the fleet that takes no work at a time because it should charge; those that must come on top."""
    divert_after_ms: int = 600_000
    """How long a truck with a box waits at a block whose crane is out of service before it goes to another."""
    replan_after_ms: int = 1_800_000
    """How long a quay crane may be out of service before the other cranes are given its work."""
    replan_iterations: int = 20_000
    """Plans tried when a ship's work is divided among the cranes anew."""
    bury_ms: int = 240_000
    """What setting a box on one that is wanted counts."""
