"""The shadow: fed with another terminal's events, controlling nothing, it says each day what it would have saved.

Beside the other terminal runs a twin with our operations. It gets the same yard at the start, the same ships at the
same times (each as soon as her berth and cranes are free with us too), the same road trucks, the same breakdowns of
cranes. Both logs are counted by the same referee. Our machines are simulated: behind our gateways is no wire, and
nothing in here knows an address.

What it cannot know: our cranes are as fast as the twin's, so seconds of crane work compare models, while digs and
driving compare decisions. A road truck that brings a box and fetches another is two of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.messages import MoveReport
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import (
    MachineResumed,
    MachineStopped,
    MoveKind,
    MoveReleased,
    OnTruck,
    RunEvent,
    ShipBerthed,
    Stock,
    StockTaken,
    TruckStood,
)
from cabria.domain.yard import YardBox, YardInventory

if TYPE_CHECKING:
    from cabria.operations.settings import Settings
    from cabria.referee.run_figures import RunFigures
    from cabria.twin.twin import Twin

DAY_MS = 86_400_000
LONGEST_MS = 10 * DAY_MS
LOOK_MS = 60_000
"""How often our shadow looks whether a ship may sail, or berth."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one terminal did up to a moment, as the referee counts it."""

    moves: int = 0
    """Between ship and shore."""
    gate_visits: int = 0
    digs: int = 0
    driven_m: int = 0
    empty_m: int = 0
    crane_waiting_s: int = 0
    crane_s: int = 0
    """From berthing to each crane's last work."""
    waiting_s: Mapping[str, int] = field(default_factory=dict)
    """Of quay cranes, by what became of the box that was waited for."""
    kwh: int = 0

    def __sub__(self, other: Tally) -> Tally:
        causes = {cause: s - other.waiting_s.get(cause, 0) for cause, s in self.waiting_s.items()}
        return Tally(
            self.moves - other.moves,
            self.gate_visits - other.gate_visits,
            self.digs - other.digs,
            self.driven_m - other.driven_m,
            self.empty_m - other.empty_m,
            self.crane_waiting_s - other.crane_waiting_s,
            self.crane_s - other.crane_s,
            {cause: s for cause, s in sorted(causes.items()) if s},
            self.kwh - other.kwh,
        )


@dataclass(frozen=True, slots=True)
class ShadowDay:
    """One day of both, from midnight to midnight UTC or as far as was heard."""

    day: str
    theirs: Tally
    ours: Tally
    held_back: tuple[str, ...] = ()
    """Ships that had to wait with us at the day's end, as ours before them was not through."""
    not_served: int = 0
    """Road trucks that our shadow turned away: the box they came for was not there yet, or not any more."""
    broken: tuple[str, ...] = ()
    """Rules that our shadow's log broke; it must be empty for the day to count."""


def tally_of(figures: RunFigures) -> Tally:
    waiting: dict[str, int] = {}
    for crane in figures.quay_cranes:
        for cause, ms in crane.leg_ms.items():
            waiting[cause] = waiting.get(cause, 0) + ms // 1_000
    return Tally(
        figures.moves,
        len(figures.turn_ms),
        figures.rehandles,
        (figures.trucks.loaded_mm + figures.trucks.empty_mm) // 1_000,
        figures.trucks.empty_mm // 1_000,
        sum(sum(crane.waiting_ms.values()) for crane in figures.quay_cranes) // 1_000,
        sum(crane.run_s for crane in figures.quay_cranes),
        waiting,
        sum(figures.wh.values()) // 1_000,
    )


class Alone(NamedTuple):
    """What our side did of a call by itself; `hours` from its first to its last work."""

    tally: Tally
    hours: float


class _Judge:
    """Counts one log and judges it."""

    def __init__(self, layout: Layout) -> None:
        from cabria.referee.run import RunReferee
        from cabria.referee.run_figures import RunCounter

        self._counter, self._referee = RunCounter(layout), RunReferee(layout)

    def expect(self, call: VesselCall, plan: LoadingPlan) -> None:
        self._counter.expect(call, plan)
        self._referee.expect(call, plan)

    def record(self, event: RunEvent) -> None:
        self._counter.hear(event)
        self._referee.hear(event)

    def figures(self) -> RunFigures:
        """The counter ends with its figures, so a copy of it does."""
        return deepcopy(self._counter).figures()

    def tally(self) -> Tally:
        return tally_of(self.figures())

    @property
    def broken(self) -> tuple[str, ...]:
        from cabria.domain.findings import Severity

        found = [finding for finding in self._referee.book.findings if finding.rule.severity is Severity.HARD]
        return tuple(map(str, found[:20]))


class Shadow:
    """`hear` the other terminal's events in order, having told it of each call before she berths; `days` fills up."""

    def __init__(
        self, layout: Layout, *, zero_utc_ms: int = 0, settings: Settings | None = None, seed: int = 0
    ) -> None:
        """`layout` has quay cranes where they stand at the start; `zero_utc_ms` is when the log began."""
        self.days: list[ShadowDay] = []
        self._layout, self._settings, self._seed = layout, settings, seed
        self._zero_utc_ms = zero_utc_ms
        self._calls: dict[str, tuple[VesselCall, LoadingPlan]] = {}
        self._theirs, self._ours = _Judge(layout), _Judge(layout)
        self._told = (Tally(), Tally())
        self._trucks: set[str] = set()
        self._visitors: set[str] = set()
        self._waiting: list[str] = []
        self._sent_away = 0
        self._now_ms = 0
        self._yard: list[YardBox] = []
        self._twin: Twin | None = None

    def expect(self, call: VesselCall, plan: LoadingPlan, ours: LoadingPlan | None = None) -> None:
        """A call, the plan by which she is worked, and ours where we made another for her."""
        self._calls[call.id] = (call, ours or plan)
        self._theirs.expect(call, plan)
        self._ours.expect(call, ours or plan)

    def hear(self, event: RunEvent) -> None:
        """The next event. Raises DataError for a ship nobody told of."""
        self._until(event.at_ms)
        self._theirs.record(event)
        if isinstance(event, TruckStood) and not event.is_visitor:
            self._trucks.add(event.truck)
        elif isinstance(event, TruckStood):
            self._visitors.add(event.truck)
        elif isinstance(event, StockTaken):
            self._stocked(event)
        elif isinstance(event, ShipBerthed):
            if event.call not in self._calls:
                raise DataError(f"Nobody told the shadow of call {event.call}.", remedy="Name the call and its plan.")
            self._begun()
            self._waiting.append(event.call)
            self._look_at_ships()
        elif isinstance(event, MoveReleased) and event.kind is MoveKind.GATE_OUT:
            self._visit(f"{event.move.partition('/')[0]}-out", None, event.containers[0])
        elif isinstance(event, MachineStopped | MachineResumed):
            self._service(event)

    def over(self) -> tuple[ShadowDay, ...]:
        """The feed ends here; the day that was begun counts as far as it came."""
        self._until(self._now_ms)
        if self._now_ms % DAY_MS or not self.days:
            self._close(self._now_ms - 1 if self._now_ms else 0)
        return tuple(self.days)

    def alone(self, call: str) -> Alone:
        """Our side works on by itself until a ship that is berthed is done; raises DataError when she never is."""
        assert self._twin is not None
        until_ms = self._twin.now_ms + LONGEST_MS
        while self._twin.now_ms < until_ms:
            self._twin.run(self._twin.now_ms + LOOK_MS)
            self._look_at_ships()
            if call not in self._twin.control.desk.board.calls and call not in self._waiting:
                figures = self._ours.figures()
                first_ms = min(crane.first_ms for crane in figures.quay_cranes)
                last_ms = max(crane.last_ms for crane in figures.quay_cranes)
                return Alone(tally_of(figures), (last_ms - first_ms) / 3_600_000)
        raise DataError(f"Call {call} is not done after {LONGEST_MS // DAY_MS} days.")

    @property
    def broken(self) -> tuple[str, ...]:
        """Rules that our side's log broke so far."""
        return self._ours.broken

    @property
    def twin(self) -> Twin | None:
        """Our side; None until the first ship or road truck."""
        return self._twin

    def _until(self, at_ms: int) -> None:
        """Our time goes on to theirs, over midnights with a report each."""
        midnight = (self._zero_utc_ms + self._now_ms) // DAY_MS * DAY_MS + DAY_MS - self._zero_utc_ms
        while midnight <= at_ms:
            self._go(midnight)
            self._close(midnight - 1)
            midnight += DAY_MS
        self._go(at_ms)

    def _go(self, at_ms: int) -> None:
        self._now_ms = max(self._now_ms, at_ms)
        if self._twin is None:
            return
        while self._twin.now_ms < at_ms:
            self._twin.run(min(at_ms, self._twin.now_ms + LOOK_MS))
            self._look_at_ships()

    def _close(self, at_ms: int) -> None:
        now = self._theirs.tally(), self._ours.tally()
        day = datetime.fromtimestamp((self._zero_utc_ms + at_ms) / 1_000, UTC).strftime("%Y-%m-%d")
        ours = now[1] - self._told[1]
        self.days.append(
            ShadowDay(day, now[0] - self._told[0], ours, tuple(self._waiting), self._sent_away, self._ours.broken)
        )
        self._told, self._sent_away = now, 0

    def _begun(self) -> Twin:
        if self._twin is None:
            from cabria.operations.settings import Settings
            from cabria.twin.twin import Fleet, Twin

            fleet = Fleet(trucks=max(1, len(self._trucks)))
            self._twin = Twin(self._layout, self._settings or Settings(), fleet, self._seed, log=self._ours)
            self._twin.control.take_stock(YardInventory.of(self._yard))
            self._twin.run(self._now_ms)
        return self._twin

    def _stocked(self, event: StockTaken) -> None:
        for box, length_ft, mass_kg, place, needs_plug in event.boxes:
            if isinstance(place, YardPosition) and self._twin is None:
                self._yard.append(YardBox(box, place, length_ft, gross_mass_kg=mass_kg, needs_plug=needs_plug))
            elif isinstance(place, OnTruck) and place.truck in self._visitors:
                self._visit(place.truck, Brought(box, length_ft, mass_kg, needs_plug), None)

    def _visit(self, name: str, brings: Brought | None, takes: ContainerId | None) -> None:
        twin = self._begun()
        if not twin.control.announce(RoadVisit(name, twin.now_ms, brings, takes)):
            self._sent_away += 1

    def _service(self, event: MachineStopped | MachineResumed) -> None:
        """Cranes are called alike; trucks of ours are others."""
        if self._twin is None:
            return
        board = self._twin.control.desk.board
        crane = board.quay_cranes.get(event.machine) or board.yard_cranes.get(event.machine)
        if crane is not None and crane.failed is isinstance(event, MachineResumed):
            self._twin.hear(event._replace(at_ms=self._twin.now_ms))

    def _look_at_ships(self) -> None:
        from cabria.operations.sailing import may_sail, sail

        twin = self._twin
        if twin is None:
            return
        desk = twin.control.desk
        for name in list(desk.board.calls):
            if may_sail(desk, name):
                sail(desk, name)
        for name in list(self._waiting):
            call, plan = self._calls[name]
            if self._has_room(call, plan):
                twin.control.berth(call, plan)
                self._waiting.remove(name)

    def _has_room(self, call: VesselCall, plan: LoadingPlan) -> bool:
        """Whether her cranes and her place at the quay are free, and her boxes here."""
        assert self._twin is not None
        board = self._twin.control.desk.board
        names = {queue.crane for queue in plan.queues}
        if any(board.quay_cranes[name].call for name in names if name in board.quay_cranes):
            return False
        hers = _along(call)
        return not any(_overlap(hers, _along(state.call)) for state in board.calls.values())


def _along(call: VesselCall) -> tuple[int, int]:
    """What of the quay a ship takes, by her bays."""
    xs = [call.quay_x_mm(bay.number) for bay in call.vessel.bays]
    return min(xs, default=call.berth_x_mm), max(xs, default=call.berth_x_mm)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def shadowed(
    events: Iterable[RunEvent],
    layout: Layout,
    calls: Iterable[tuple[VesselCall, LoadingPlan]],
    *,
    zero_utc_ms: int = 0,
    settings: Settings | None = None,
    seed: int = 0,
    replan: Callable[[VesselCall], LoadingPlan] | None = None,
) -> tuple[ShadowDay, ...]:
    """A whole log; `replan` makes our plan of each call where we are to work by one of our own."""
    shadow = Shadow(layout, zero_utc_ms=zero_utc_ms, settings=settings, seed=seed)
    for call, plan in calls:
        shadow.expect(call, plan, replan(call) if replan else None)
    for event in events:
        shadow.hear(event)
    return shadow.over()


@dataclass(frozen=True, slots=True)
class AgainstMessages:
    """What a terminal's COARRI tell of a call, and our run of the same call. Hours are from first to last move."""

    call: str
    their_moves: int
    their_hours: float
    our_moves: int
    our_hours: float
    ours: Tally
    other_slots: int
    """Loaded boxes that stand elsewhere aboard with them than in the plan that we worked."""
    broken: tuple[str, ...] = ()


def against_messages(
    call: VesselCall, plan: LoadingPlan, layout: Layout, reports: Iterable[MoveReport], *, seed: int = 0
) -> AgainstMessages:
    """Messages tell neither digs nor driving, so only the time of the work is set side by side. Raises DataError for
    reports of another ship or without times."""
    times: list[datetime] = []
    boxes: dict[ContainerId, StowPosition | None] = {}
    for report in reports:
        if report.header.imo and call.vessel.imo and report.header.imo != call.vessel.imo:
            raise DataError(f"The report is of {report.header.vessel}, not of {call.vessel.name}.")
        for entry in report.entries:
            boxes[entry.container.id] = entry.position
            if entry.at:
                times.append(datetime.fromisoformat(entry.at.removesuffix("Z")).replace(tzinfo=UTC))
    if not times:
        raise DataError("No report says when a box was moved.", remedy="Ask for COARRI with times (DTM+203).")
    shadow = Shadow(layout, seed=seed)
    shadow.expect(call, plan)
    stock = (Stock(box.id, box.length_ft, box.gross_mass_kg, box.position, box.needs_plug) for box in call.yard)
    shadow.hear(StockTaken(0, tuple(stock)))
    for number in range(layout.terminal.trucks or 1):
        shadow.hear(TruckStood(0, f"T{number}", "", is_visitor=False))
    shadow.hear(ShipBerthed(0, call.id, call.berth_x_mm, call.bow_towards_x))
    ours = shadow.alone(call.id)
    return AgainstMessages(
        call.id,
        len(boxes),
        (max(times) - min(times)).total_seconds() / 3_600,
        ours.tally.moves,
        ours.hours,
        ours.tally,
        sum(slot is not None and plan.loads.get(box, slot) != slot for box, slot in boxes.items()),
        shadow.broken,
    )
