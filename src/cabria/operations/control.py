"""The dispatch cycle: what is released, who carries it, where it goes, which crane lifts it, now.

The same code runs a simulated shift and a live one; only what stands behind the gateways differs. It runs whenever
something was reported, once for everything reported at one time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout, SegmentId
from cabria.domain.machines import TruckModel
from cabria.domain.plan import LoadingPlan
from cabria.domain.road_visits import RoadVisit
from cabria.domain.run_events import (
    Aboard,
    BatteryRead,
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    EnergyUsed,
    JobDone,
    LidLifted,
    MachineResumed,
    MachineStopped,
    OnTruck,
    RulesChanged,
    RunEvent,
    ShipBerthed,
    Stock,
    StockTaken,
    TripDriven,
    TruckStood,
)
from cabria.domain.verdict import Verdict
from cabria.domain.work import ONTO_SHIP
from cabria.domain.yard import YardBox, YardInventory
from cabria.operations.berthing import refuse_without_room
from cabria.operations.board import Board, CallState, QuayCraneState, Truck, YardCraneState
from cabria.operations.charging import charge_idle_trucks, hear_battery, send_low_batteries_to_charge
from cabria.operations.crane_order import waits_of
from cabria.operations.desk import Desk, Gateways
from cabria.operations.diverting import divert_moves
from cabria.operations.following import catch_up_with_trucks, has_driven
from cabria.operations.gate_work import announce, let_visitors_in, see_visitors_on
from cabria.operations.learned import BLOCKS, DEPARTURES, Foretold, refuse_unknown_blocks, refuse_unsorted
from cabria.operations.quay_work import handed_over, work_quay_cranes
from cabria.operations.recovery import has_stopped, is_back, recover_trucks
from cabria.operations.releasing import next_late_ms, released_moves
from cabria.operations.replanning import is_back_at, is_still_out, resumed, set_back_moves, stopped
from cabria.operations.settings import Settings
from cabria.operations.truck_choice import assign_trucks
from cabria.operations.truck_work import clear_stands, drive_to_stops
from cabria.operations.yard_work import give_back, has_lifted, has_set_down, work_yard_cranes
from cabria.planning.dispatch.traffic.lane_book import LaneBook


def release_moves(desk: Desk) -> None:
    """Let boxes go on their way as far ahead of the quay cranes as the settings say."""
    settings = desk.settings
    for event in released_moves(desk.board, desk.now_ms, settings.look_ahead, pairs=settings.pair_boxes):
        desk.record(event)
    if (late_ms := next_late_ms(desk.board, desk.now_ms)) is not None:
        desk.look_again(late_ms)


DISPATCH_CYCLE: tuple[Callable[[Desk], None], ...] = (
    catch_up_with_trucks,
    release_moves,
    set_back_moves,
    divert_moves,
    let_visitors_in,
    see_visitors_on,
    recover_trucks,
    send_low_batteries_to_charge,
    assign_trucks,
    drive_to_stops,
    charge_idle_trucks,
    clear_stands,
    work_yard_cranes,
    work_quay_cranes,
)


class Control:
    """One terminal under way. Tell it what stands where, berth ships, and `hear` what machines report."""

    def __init__(
        self, layout: Layout, lanes: LaneBook, out: Gateways, settings: Settings, truck: TruckModel | None = None
    ) -> None:
        """`truck` is the model of the terminal's own trucks, where they are not the usual ones."""
        self.desk = Desk(Board(layout, lanes, truck or TruckModel()), out, settings)
        self._is_awake = False
        self._alarm_ms = 0
        board = self.desk.board
        for crane in sorted(layout.terminal.quay_cranes, key=lambda crane: crane.x_mm):
            board.quay_cranes[crane.id] = QuayCraneState(crane.id, crane.x_mm)
        for runway in layout.runways:
            for place in runway.cranes:
                board.yard_cranes[place.crane] = YardCraneState(place.crane, runway.block, place.at_mm)

    def take_stock(self, yard: YardInventory) -> None:
        """The boxes in the yard at the start."""
        boxes = sorted(yard, key=_height)
        self._know(Stock(box.id, box.length_ft, box.gross_mass_kg, box.position, box.needs_plug) for box in boxes)

    def add_truck(self, name: str, stand: str, *, tells_way: bool = False) -> None:
        """A driverless truck on a stand. One that tells its way drives when it says so, others as they are booked."""
        board = self.desk.board
        truck = Truck(name, len(board.trucks) + 1, board.stand_number[SegmentId(stand)])
        board.lanes.put(truck.number, truck.stand, self.desk.now_ms)
        board.trucks[name] = truck
        if tells_way:
            board.lanes.tells(truck.number)
        self.desk.record(TruckStood(self.desk.now_ms, name, stand, is_visitor=False, tells_way=tells_way))

    def berth(self, call: VesselCall, plan: LoadingPlan) -> None:
        """A ship is fast; work begins by its plan, whose seconds count from now. Raises DataError, before anything is
        written down, where a crane of the plan has no room or is not there."""
        desk, board = self.desk, self.desk.board
        refuse_without_room(board, call, plan)
        desk.record(ShipBerthed(desk.now_ms, call.id, call.berth_x_mm, call.bow_towards_x))
        self._know(
            Stock(box.id, box.length_ft, box.gross_mass_kg, Aboard(call.id, at), box.needs_plug)
            for box, at in call.arrival
        )
        board.needs_plug |= {box.id for box in call.loads if box.needs_plug}
        board.late_ms |= {box: desk.now_ms + 1_000 * at_s for box, at_s in call.available_s.items()}
        board.calls[call.id] = state = CallState(call, plan)
        desk.waits[call.id] = waits_of(board.layout.terminal, state)
        for queue in plan.queues:
            board.quay_cranes[queue.crane].take(call.id, queue.steps, desk.now_ms)
            for step in queue.steps:
                for box in step.containers if step.kind in ONTO_SHIP else ():
                    board.wanted_ms[box] = desk.now_ms + 1_000 * step.start_s
        self.wake()

    def announce(self, visit: RoadVisit) -> Verdict:
        """A road truck is at the gate. It is let in when there is room, or refused with the reason."""
        self.wake()
        return announce(self.desk, visit)

    def hear(self, event: RunEvent) -> None:
        """Write down what a machine reports and act on it."""
        desk = self.desk
        desk.record(event)
        if isinstance(event, BoxesLanded):
            self._landed(event)
        elif isinstance(event, LidLifted):
            desk.board.quay_cranes[event.crane].has_lifted = True
        elif isinstance(event, BoxesLifted):
            if event.crane in desk.board.quay_cranes:
                desk.board.quay_cranes[event.crane].has_lifted = True
            if event.crane in desk.board.yard_cranes:
                if has_lifted(desk, event.crane):
                    self.wake()
            elif isinstance(event.places[0], OnTruck):
                handed_over(desk, event.crane)
                self.wake()
        elif isinstance(event, TripDriven):
            has_driven(desk, event)
        elif isinstance(event, CraneTravelled):
            desk.board.crane_goes(event.crane, event.to_mm, event.until_ms)
        elif isinstance(event, MachineStopped):
            desk.causes[event.machine] = (event.at_ms, event.cause)
            self._service(event.machine, is_back_now=False)
            self.wake()
        elif isinstance(event, MachineResumed):
            desk.causes.pop(event.machine, None)
            self._service(event.machine, is_back_now=True)
            self.wake()
        elif isinstance(event, EnergyUsed | BatteryRead):
            if hear_battery(desk, event):
                self.wake()
        elif isinstance(event, JobDone):
            desk.done(event)
            self.wake()

    def _service(self, machine: str, *, is_back_now: bool) -> None:
        """A machine is out of service or back. What a crane has begun it ends first."""
        desk, board = self.desk, self.desk.board
        if machine not in board.trucks:
            state = board.quay_cranes.get(machine) or board.yard_cranes[machine]
            state.failed = not is_back_now
            if isinstance(state, QuayCraneState):
                self._quay_crane_service(state)
            elif state.failed:
                desk.out.alarms.after(max(0, state.still_ms - desk.now_ms), self._stands_still, machine)
        elif is_back_now:
            is_back(desk, board.trucks[machine])
        else:
            has_stopped(desk, board.trucks[machine])
            desk.out.alarms.after(desk.settings.tow_after_ms, self._alarmed)

    def _stands_still(self, yard_crane: str) -> None:
        give_back(self.desk, self.desk.board.yard_cranes[yard_crane])
        self.wake()

    def _quay_crane_service(self, crane: QuayCraneState) -> None:
        if crane.failed:
            self.desk.out.alarms.after(stopped(self.desk, crane), self._still_out, (crane.id, self.desk.now_ms))
        else:
            resumed(self.desk, crane)

    def _still_out(self, since: tuple[str, int]) -> int | None:
        """A quay crane that stopped then may have been back meanwhile."""
        crane = self.desk.board.quay_cranes[since[0]]
        if not crane.failed or crane.failed_ms != since[1]:
            return None
        self.wake()
        return is_still_out(self.desk, crane)

    def expect_back(self, crane: str, back_ms: int) -> Verdict:
        """A person says when a quay crane that is out of service will be back; the others are given its work till then,
        or it is refused with the reason."""
        self.wake()
        return is_back_at(self.desk, self.desk.board.quay_cranes[crane], back_ms)

    def foretell(self, departures: Mapping[ContainerId, Foretold], reason: str) -> None:
        """When boxes leave, as the history has it, for whoever chooses slots; none: what was foretold is forgotten.

        Raises DataError for times that do not ascend.
        """
        refuse_unsorted(departures)
        if not departures:
            self.desk.board.foretold.clear()
        self.desk.board.foretold.update(departures)
        self.desk.record(RulesChanged(self.desk.now_ms, DEPARTURES, reason))

    def weigh_blocks(self, busy_ms: Mapping[str, int], reason: str) -> None:
        """What a box waiting at each block counts from now on, for whoever chooses blocks; the others, and with none
        all of them, count as the settings say. Raises DataError for blocks that there are not.
        """
        refuse_unknown_blocks(self.desk.board, busy_ms)
        self.desk.board.busy_ms = dict(busy_ms)
        self.desk.record(RulesChanged(self.desk.now_ms, BLOCKS, reason))

    def _landed(self, event: BoxesLanded) -> None:
        board = self.desk.board
        for container, place in zip(event.containers, event.places, strict=True):
            board.put(container, place)
        place = event.places[0]
        if not isinstance(place, OnTruck):
            return
        if event.crane in board.quay_cranes:
            handed_over(self.desk, event.crane)
        else:
            has_set_down(self.desk, place.truck)
        self.wake()

    def wake(self) -> None:
        """Go through the dispatch cycle at this time, once."""
        if not self._is_awake:
            self._is_awake = True
            self.desk.out.alarms.after(0, self._cycle)

    def _cycle(self, _: object) -> None:
        self._is_awake = False
        desk = self.desk
        desk.look_again_ms, desk.in_use = 0, None
        for phase in DISPATCH_CYCLE:
            phase(desk)
        is_awaited = desk.now_ms < self._alarm_ms <= desk.look_again_ms  # that cycle sets the next
        if desk.look_again_ms and not is_awaited:
            self._alarm_ms = desk.look_again_ms
            desk.out.alarms.after(desk.look_again_ms - desk.now_ms, self._alarmed)

    def _alarmed(self, _: object) -> None:
        self.wake()

    def _know(self, stock: Iterable[Stock]) -> None:
        boxes = tuple(stock)
        self.desk.record(StockTaken(self.desk.now_ms, boxes))
        self.desk.board.know(boxes)


def _height(box: YardBox) -> tuple[int, ContainerId]:
    return box.position.tier, box.id
