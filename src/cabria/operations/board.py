"""What the terminal knows of itself: boxes, machines, moves. Changed by events and by decisions, in one thread."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cabria.domain.calls import BAY_NUMBER_MM, VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.gate_visits import Visit
from cabria.domain.layout import Layout, Segment
from cabria.domain.machines import TruckModel
from cabria.domain.message_notes import MessageNote
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import RoadVisit
from cabria.domain.run_events import DeckEnd, MoveKind, OnTruck, Place, Stock
from cabria.domain.said import Reason
from cabria.domain.stands import StandKind
from cabria.domain.work import CraneStep
from cabria.operations.gateways import QuayWork, YardWork
from cabria.operations.handover import Handover, handover
from cabria.operations.rails import Rail, Standing, Stretch, quay_rail, yard_rail
from cabria.planning.dispatch.traffic.lane_book import LaneBook
from cabria.planning.dispatch.traffic.lanes import Lanes

StackId = tuple[str, int, int]
"""Block, bay (even for 40 ft) and row."""


class StopKind(StrEnum):
    """Where a truck has to stand for a box to be lifted on to it or off it."""

    YARD_TAKES = "yard crane takes the box off"
    YARD_GIVES = "yard crane gives the box"
    QUAY_TAKES = "quay crane takes the boxes off"
    QUAY_GIVES = "quay crane gives the boxes"


@dataclass(slots=True)
class Stop:
    """One halt on a truck's way with a move: in the yard one box, at the quay those of one step of its queue."""

    kind: StopKind
    containers: tuple[ContainerId, ...]
    ends: tuple[DeckEnd, ...]
    queue: str = ""
    step: int = -1
    """At the quay, the crane and the step of its queue; -1 when the queue was divided anew since."""

    @property
    def is_quay(self) -> bool:
        return self.kind in (StopKind.QUAY_TAKES, StopKind.QUAY_GIVES)


@dataclass(slots=True)
class Move:
    """Boxes that one truck carries together, from release to the last one's landing."""

    id: str
    kind: MoveKind
    stops: list[Stop]
    at: int = 0
    """Which stop is next."""
    truck: str = ""
    due_ms: int = 0
    """When a move of no queue, or one that its quay crane is through with, is to be done."""
    note: Reason = ""
    """Why it does not go where it was to go at first."""
    is_hurried: bool = False
    """Whether a person wants it before others."""
    later: list[Stop] = field(default_factory=list)
    """The stops of a move whose boxes are brought back first, as its turn has become far off."""

    @property
    def stop(self) -> Stop:
        return self.stops[self.at]

    @property
    def boxes(self) -> set[ContainerId]:
        return {box for stop in (*self.stops, *self.later) for box in stop.containers}

    @property
    def quay_stops(self) -> list[Stop]:
        return [stop for stop in (*self.stops, *self.later) if stop.is_quay]

    @property
    def to_come(self) -> list[Stop]:
        return [*self.stops[self.at :], *self.later]

    @property
    def at_quay(self) -> Stop | None:
        """The stop at the quay that is next, or was last; None for a move of no queue."""
        for stop in self.stops[self.at :]:  # mostly found here, and asked for very often
            if stop.is_quay:
                return stop
        return next((stop for stop in (*self.later, *reversed(self.stops[: self.at])) if stop.is_quay), None)

    @property
    def queue(self) -> str:
        """The quay crane of that stop, "" for none."""
        stop = self.at_quay
        return "" if stop is None else stop.queue

    @property
    def step(self) -> int:
        """The step of that stop, -1 for none."""
        stop = self.at_quay
        return -1 if stop is None else stop.step

    @property
    def is_done(self) -> bool:
        return self.at == len(self.stops)


@dataclass(slots=True)
class Truck:
    """A truck stands at `stand`, or is on the way there until `arrives_ms`. `number` is its name in the lane book."""

    id: str
    number: int
    stand: int
    arrives_ms: int = 0
    move: str = ""
    is_driving: bool = False
    at_stop: bool = False
    """Whether it stands, or will stand, where its move's next stop is."""
    failed: bool = False
    failed_ms: int = 0
    """Since when it is out of service, if it is."""
    held_until_ms: int = 0
    """Until when it was booked to stand where it stopped."""
    is_towed: bool = False
    is_delayed: bool = False
    """Whether its trip was put off for another's sake."""
    may_go_round: bool = False
    """Whether it has still to look for a shorter way since."""
    charge_wh: int | None = None
    """What its battery holds; None where nobody counts."""
    is_low: bool = False
    """Whether it takes no work until it has been charged."""
    is_charging: bool = False
    is_visitor: bool = False
    """A road truck: it came with its move and leaves when that is done."""

    @property
    def may_drive(self) -> bool:
        return not self.failed or self.is_towed


@dataclass(slots=True)
class QuayCraneState:
    """A quay crane and its queue: `steps` from `next` on are still to do, up to `released` trucks are sent for.

    When it is out of service: `failed_ms` is since when, `back_ms` when somebody said that it is back (0: nobody did),
    and `is_without_work` whether the others were given its work.
    """

    id: str
    x_mm: int
    call: str = ""
    steps: tuple[CraneStep, ...] = ()
    next: int = 0
    released: int = 0
    work: QuayWork | None = None
    moves: dict[int, str] = field(default_factory=dict)
    """The move of each released step."""
    failed: bool = False
    is_moving: bool = False
    """Whether it makes way for another."""
    started_ms: int = 0
    """When its plan's seconds began to count."""
    failed_ms: int = 0
    back_ms: int = 0
    is_without_work: bool = False
    has_lifted: bool = False
    """Whether it has taken up what its work is for."""
    held: str = ""
    """Why a person holds its queue; "" while it goes on."""
    still_ms: int = 0
    """When its last travel is over."""
    told_ms: int = 0
    """When it was last told to have lifted, set down or waited: what it waits for next begins no earlier."""

    @property
    def has_begun(self) -> bool:
        """Whether it is at a step that it alone can end. Out of service, before it has lifted, it is at none."""
        return self.work is not None and (self.has_lifted or not self.failed)

    def is_at(self, move: Move) -> bool:
        """Whether it is at a step of a move."""
        return self.work is not None and self.moves.get(self.next) == move.id

    def take(self, call: str, steps: tuple[CraneStep, ...], now_ms: int) -> None:
        """Begin a queue."""
        self.call, self.steps, self.next, self.released = call, steps, 0, 0
        self.moves.clear()
        self.started_ms = now_ms


@dataclass(slots=True)
class YardCraneState:
    """A yard crane and where its middle stands, in mm from the outer edge of bay 1."""

    id: str
    block: str
    at_mm: int
    work: YardWork | None = None
    failed: bool = False
    claim: Stretch | None = None
    """What it needs of its rail for what it is at; None when it has nothing to do."""
    has_lifted: bool = False
    """Whether it has taken up the box of its work."""
    still_ms: int = 0
    """When its last travel along the rail is over."""

    @property
    def is_free(self) -> bool:
        return self.claim is None and not self.failed

    @property
    def standing(self) -> Standing:
        return Standing(self.claim or Stretch(self.at_mm, self.at_mm), self.is_free)


@dataclass(slots=True)
class CallState:
    """A ship at the quay, worked by its plan. `splits` is how often its queues were divided anew."""

    call: VesselCall
    plan: LoadingPlan
    splits: int = 0

    def x_mm(self, bay: int) -> int:
        """Where a quay crane stands over a bay."""
        call = self.call
        return call.berth_x_mm + (-bay if call.bow_towards_x else bay) * BAY_NUMBER_MM


class Board:
    """The state of a terminal. Stacks hold boxes bottom first; `coming` counts the boxes a stack is kept for."""

    def __init__(self, layout: Layout, lanes: LaneBook, truck: TruckModel) -> None:
        self.layout, self.lanes, self.truck = layout, lanes, truck
        self.blocks = {block.id: block for block in layout.terminal.blocks}
        self.stand_of: dict[int, Segment] = {n: s for n, s in enumerate(layout.segments) if s.stand is not None}
        self.stand_number = {segment.id: number for number, segment in self.stand_of.items()}
        self.boxes: dict[ContainerId, Place] = {}
        self.beds: dict[str, set[ContainerId]] = defaultdict(set)
        """What is on each truck."""
        self.length_ft: dict[ContainerId, int] = {}
        self.mass_kg: dict[ContainerId, int] = {}
        self.stacks: dict[StackId, list[ContainerId]] = defaultdict(list)
        self.coming: dict[StackId, int] = defaultdict(int)
        self.goes_to: dict[ContainerId, YardPosition] = {}
        """The place kept for a box on its way into the yard."""
        self.trucks: dict[str, Truck] = {}
        self.quay_cranes: dict[str, QuayCraneState] = {}
        self.yard_cranes: dict[str, YardCraneState] = {}
        self.quay_rail = quay_rail(layout)
        self.rails: dict[str, Rail] = {runway.block: yard_rail(runway) for runway in layout.runways if runway.cranes}
        """The yard cranes' by block."""
        self.calls: dict[str, CallState] = {}
        self.moves: dict[str, Move] = {}
        self.wanted_ms: dict[ContainerId, int] = {}
        """When a box in the yard is to be lifted, as far as a plan says so."""
        self.late_ms: dict[ContainerId, int] = {}
        """When boxes that come late are there, as their call says; the stock may have them where they will stand."""
        self.foretold: dict[ContainerId, tuple[int, ...]] = {}
        """When a box leaves the yard, as far as the terminal's history says so (`learned.Foretold`)."""
        self.busy_ms: dict[str, int] = {}
        """What each box waiting for a block's yard crane counts, as far as the terminal's history says so."""
        self.needs_plug: set[ContainerId] = set()
        self.without_plug: set[ContainerId] = set()
        """Of those, boxes that were set down in the yard where there is none."""
        self.at_gate: list[RoadVisit] = []
        """Road trucks in the queue outside, the first first."""
        self.visits: dict[str, Visit] = {}
        """The gate's book."""
        self.messages: dict[str, MessageNote] = {}
        """Messages that came in, by their ids."""
        self.errands: dict[str, list[Move]] = {}
        """Of each road truck inside, the moves it has still to begin."""
        self.in_hand: set[ContainerId] = set()
        """Boxes a yard crane is at."""
        self.leased: dict[str, tuple[str, int]] = {}
        """Of each truck on a wire the job for which segments of its trip were last leased, and how many."""
        self.sailed: set[str] = set()
        """Calls whose ships have left."""
        self.taken_out: set[str] = set()
        """Trucks on a wire that a person has taken out of service."""
        self.hanging: dict[str, int] = defaultdict(int)
        """By move: boxes taken off its truck that a yard crane has not set down yet."""
        self.rests = self._stands_of(StandKind.PARKING)
        self.chargers = self._stands_of(StandKind.CHARGER)
        self.reserve_wh = reserve_wh(lanes.lanes, self.chargers, truck)
        self.quay_stands = self._stands_of(StandKind.QUAY)
        self.gates_in = self._stands_of(StandKind.GATE_IN)
        self.gates_out = self._stands_of(StandKind.GATE_OUT)
        self._yard_stands: dict[tuple[str, int], tuple[int, ...]] = {}
        self._quay_stands: dict[int, tuple[int, ...]] = {}

    def _stands_of(self, kind: StandKind) -> tuple[int, ...]:
        return tuple(number for number, s in self.stand_of.items() if s.stand is not None and s.stand.kind is kind)

    def know(self, stock: Iterable[Stock]) -> None:
        """Boxes that are there from now on."""
        for container, length_ft, mass_kg, place, needs_plug in stock:
            self.length_ft[container], self.mass_kg[container] = length_ft, mass_kg
            if needs_plug:
                self.needs_plug.add(container)
            self.put(container, place)

    def crane_goes(self, crane: str, to_mm: int, until_ms: int) -> None:
        """A crane drives to a place, and counts as there."""
        if crane in self.quay_cranes:
            self.quay_cranes[crane].x_mm, self.quay_cranes[crane].still_ms = to_mm, until_ms
        else:
            self.yard_cranes[crane].at_mm, self.yard_cranes[crane].still_ms = to_mm, until_ms

    def waiting_by_block(self) -> Counter[str]:
        """Boxes for which each block's crane will be wanted soon."""
        waiting = Counter(place.block for place in self.goes_to.values())
        for move in self.moves.values():
            if move.stop.kind is StopKind.YARD_GIVES:
                place = self.boxes[move.stop.containers[0]]
                if isinstance(place, YardPosition):
                    waiting[place.block] += 1
        return waiting

    def put(self, container: ContainerId, place: Place) -> None:
        """A box stands somewhere from now on."""
        before = self.boxes.get(container)
        if isinstance(before, YardPosition):
            self.stacks[stack_of(before)].remove(container)
        elif isinstance(before, OnTruck):
            self.beds[before.truck].discard(container)
        self.boxes[container] = place
        self.without_plug.discard(container)
        if isinstance(place, OnTruck):
            self.beds[place.truck].add(container)
        elif isinstance(place, YardPosition):
            self.stacks[stack_of(place)].append(container)
            if isinstance(before, OnTruck):
                self.late_ms.pop(container, None)
            if before is not None and container in self.needs_plug and not self.has_plug(place):
                self.without_plug.add(container)
            if self.goes_to.pop(container, None) is not None:
                self.coming[stack_of(place)] -= 1

    def has_plug(self, place: YardPosition) -> bool:
        return not set(place.odd_bays).isdisjoint(self.blocks[place.block].plug_bays)

    def forget(self, container: ContainerId) -> None:
        """A box that is not in the yard has left, or never came in."""
        place = self.boxes.pop(container, None)
        if isinstance(place, OnTruck):
            self.beds[place.truck].discard(container)
        del self.length_ft[container], self.mass_kg[container]
        self.needs_plug.discard(container)
        self.without_plug.discard(container)
        self.wanted_ms.pop(container, None)
        self.late_ms.pop(container, None)
        self.foretold.pop(container, None)

    def asked_for(self) -> frozenset[ContainerId]:
        """Boxes in the yard that moves under way still want."""
        return frozenset(
            box
            for move in self.moves.values()
            for stop in move.stops[move.at :]
            if stop.kind is StopKind.YARD_GIVES
            for box in stop.containers
        )

    def keep(self, container: ContainerId, position: YardPosition) -> None:
        """Keep a place on a stack for a box on its way."""
        self.goes_to[container] = position
        self.coming[stack_of(position)] += 1

    def give_up(self, container: ContainerId) -> None:
        """The place kept for a box on its way is free again."""
        self.coming[stack_of(self.goes_to.pop(container))] -= 1

    def settled(self, container: ContainerId) -> YardPosition:
        """Where a box on its way into the yard is set down now: on what stands on its stack, which may be fewer boxes
        than when the place was kept, or not yet all that come before it."""
        kept = self.goes_to[container]
        self.goes_to[container] = place = replace(kept, tier=len(self.stacks[stack_of(kept)]) + 1)
        return place

    def is_at_quay_crane(self, move: Move) -> bool:
        """Whether a quay crane is at a step of a move."""
        return any(self.quay_cranes[stop.queue].is_at(move) for stop in move.quay_stops)

    def over_with(self, move: Move) -> None:
        """A move is done or dropped."""
        del self.moves[move.id]
        for stop in move.quay_stops:
            self.quay_cranes[stop.queue].moves.pop(stop.step, None)

    def turn(self, crane: QuayCraneState, number: int) -> tuple[int, str, int]:
        """The place of a crane's step among those of all cranes, by the plans' times."""
        return crane.started_ms + 1_000 * crane.steps[number].start_s, crane.id, number

    def needed_ms(self, move: Move, now_ms: int) -> int:
        """When the quay crane of a move will be at its step, if it goes on as planned from the step it is at; for a
        move of no queue when it is due; long ago for one that is hurried."""
        if move.is_hurried:
            return now_ms - HURRIED_MS
        at_quay = move.at_quay
        if at_quay is None or at_quay.step < 0:
            return move.due_ms
        crane = self.quay_cranes[at_quay.queue]
        ahead_s = crane.steps[at_quay.step].start_s - crane.steps[min(crane.next, at_quay.step)].start_s
        return now_ms + 1_000 * ahead_s

    def height(self, stack: StackId) -> int:
        """Boxes on a stack and on the way to it."""
        return len(self.stacks[stack]) + self.coming[stack]

    def over(self, container: ContainerId) -> list[ContainerId]:
        """The boxes above one in the yard, lowest first."""
        place = self.boxes[container]
        if not isinstance(place, YardPosition):
            return []
        stack = self.stacks[stack_of(place)]
        return stack[stack.index(container) + 1 :]

    def stands_for_yard(self, position: YardPosition) -> tuple[int, ...]:
        """Numbers of the stands at which a box of a yard position is handed over, by one crane where one can."""
        bay = position.block, position.bay
        if bay not in self._yard_stands:
            stands = tuple(self.stand_number[s.id] for s in self.layout.stands_at_bay(*bay))
            reach = self.rails[position.block].reach if position.block in self.rails else ()
            carried = tuple(stand for stand in stands if any(r.holds(self.carried(position, stand)) for r in reach))
            self._yard_stands[bay] = carried or stands
        return self._yard_stands[bay]

    def handover(self, position: YardPosition, stand: int) -> Handover:
        """Where a crane is with a box of a yard position over a truck at a stand."""
        return handover(self.layout, self.blocks[position.block], position.bay, self.stand_of[stand])

    def carried(self, position: YardPosition, stand: int) -> Stretch:
        """What a crane passes over between a yard position and a truck at a stand."""
        return Stretch.over(self.at_mm(position), self.handover(position, stand).at_mm)

    def at_mm(self, position: YardPosition) -> int:
        """Where a crane stands over a yard position."""
        return position.bay * self.blocks[position.block].bay_pitch_mm // 2

    def cranes_on(self, block: str) -> list[YardCraneState]:
        """The yard cranes of a block in their order."""
        return [self.yard_cranes[name] for name in self.rails[block].cranes] if block in self.rails else []

    def served_bays(self, block: str) -> frozenset[int] | None:
        """The bays over which a crane in service comes, past none that is out of service; None is all."""
        cranes = self.cranes_on(block)
        if not cranes:
            return frozenset()
        if not any(crane.failed for crane in cranes):
            return None
        fixed = [crane.standing.stretch if crane.failed else None for crane in cranes]
        reach = [
            stretch
            for crane, stretch in zip(cranes, self.rails[block].reach_beside(fixed), strict=True)
            if not crane.failed
        ]
        bays = range(1, 2 * self.blocks[block].bays)
        places_mm = {bay: Stretch.over(self.at_mm(YardPosition(block, bay, 1, 1))) for bay in bays}
        return frozenset(bay for bay in bays if any(stretch.holds(places_mm[bay]) for stretch in reach))

    def is_served(self, position: YardPosition) -> bool:
        """Whether a crane in service comes over a yard position."""
        bays = self.served_bays(position.block)
        return bays is None or position.bay in bays

    def stands_for_quay(self, x_mm: int) -> tuple[int, ...]:
        """Numbers of the stands a quay crane reaches from a place, nearest the water first."""
        if x_mm not in self._quay_stands:
            self._quay_stands[x_mm] = tuple(self.stand_number[s.id] for s in self.layout.stands_at_quay(x_mm))
        return self._quay_stands[x_mm]


HURRIED_MS = 3_600_000
"""How long ago a move that is hurried counts as due."""
LEGS = 6
"""Trips from one time a truck is idle to the next and on to a charger: to a box, to a second one, to a place to wait,
to a crane, to a block, to the charger."""
HEAVY_KG = 30_000
WAITS_MS = 4 * 3_600_000
"""For how long a truck may stand with its box, as in a storm."""


def reserve_wh(lanes: Lanes, chargers: Iterable[int], model: TruckModel) -> int:
    """What a truck may use until it has nothing to do again and stands at a charger: no leg is taken to be longer than
    the longest way to one."""
    longest_ms = max((int(lanes.togo_ms(charger).max()) for charger in chargers), default=0)
    longest_mm = longest_ms * model.drive.speed_mm_per_s // 1_000
    return LEGS * model.drive_wh(longest_mm, HEAVY_KG) + model.on_board_wh(WAITS_MS)


def stack_of(position: YardPosition) -> StackId:
    return position.block, position.bay, position.row
