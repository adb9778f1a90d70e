"""What could be from here on: two twins go on from how operations stand, one of them with something changed."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cabria.console.desks.made import SILENT, Hear
from cabria.console.messages import past as m
from cabria.console.past.ledger import totals_of, waiting_of
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import BoxesLanded, MachineResumed, MachineStopped, RunEvent, ShipBerthed
from cabria.operations.journaling import JournaledControl
from cabria.operations.sailing import may_sail
from cabria.operations.standing import Standing
from cabria.referee.run import RunReferee
from cabria.referee.run_figures import RunCounter
from cabria.twin.going_on import Strokes, going_on, ways_of
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

HOUR_MS, SLICE_MS = 3_600_000, 300_000
VARIATION = 0.1
"""How much the cycles of quay cranes differ."""
CHARGED = 0.8
"""Of its battery, with which a further truck begins."""
AS_IS, CHANGED = "as is", "changed"
Ship = tuple[VesselCall, LoadingPlan]


@dataclass
class Begun:
    """How operations stand, and the log up to there: what every run of a try begins with."""

    standing: Standing
    strokes: Strokes = field(default_factory=Strokes)
    calls: dict[str, Ship] = field(default_factory=dict)
    counter: RunCounter = field(init=False)
    referee: RunReferee = field(init=False)

    def __post_init__(self) -> None:
        layout = self.standing.opened.layout
        self.counter, self.referee = RunCounter(layout), RunReferee(layout)

    def hear(self, events: Iterable[RunEvent]) -> None:
        for event in events:
            self.strokes.hear(event)
            _told(self, event)


def _told(ears: Begun | _Log, event: RunEvent) -> None:
    if isinstance(event, ShipBerthed) and event.call in ears.calls:
        ears.counter.expect(*ears.calls[event.call])
        ears.referee.expect(*ears.calls[event.call])
    ears.counter.hear(event)
    ears.referee.hear(event)


class _Log:
    """The log of one run, counted from its beginning on and judged."""

    def __init__(self, begun: Begun, ship: Ship | None) -> None:
        self.counter, self.referee = pickle.loads(pickle.dumps((begun.counter, begun.referee)))
        self.referee.drive_as_booked(ways_of(begun.standing), begun.standing.at_ms)
        self.calls = dict(begun.calls) | ({ship[0].id: ship} if ship else {})
        self.counter.count_from(begun.standing.at_ms)
        self.known = len(self.referee.book.findings)
        self.moved = 0
        self.quay = {crane.id for crane in begun.standing.opened.layout.terminal.quay_cranes}

    def record(self, event: RunEvent) -> None:
        _told(self, event)
        if isinstance(event, BoxesLanded) and event.crane in self.quay:
            self.moved += len(event.containers)


def tried(begun: Begun, asked: m.AskTry, ship: Ship | None, hear: Hear) -> m.Tried:
    """Raises DataError for a change that cannot be."""
    from_ms = begun.standing.at_ms
    at_ms = [from_ms + number * SLICE_MS for number in range(1, asked.hours * HOUR_MS // SLICE_MS + 1)]
    runs = [_run(begun, asked, ship, phase, at_ms, hear) for phase in (AS_IS, CHANGED)]
    return m.Tried(from_ms, at_ms[-1], at_ms, *runs)


def _run(begun: Begun, asked: m.AskTry, ship: Ship | None, phase: str, at_ms: Sequence[int], hear: Hear) -> m.TriedRun:
    log = _Log(begun, ship)
    twin = going_on(begun.standing, begun.strokes, Fleet(spread=Spread(VARIATION)), asked.seed, log)
    change = _Change(twin, asked, ship)
    change.ship_comes(late=phase == CHANGED)
    if phase == CHANGED:
        change.make()
    moved: list[int] = []
    for number, until_ms in enumerate(at_ms, 1):
        twin.run(until_ms)
        change.look()
        moved.append(log.moved)
        hear(phase, number / len(at_ms), SILENT)
    figures = log.counter.figures()
    crane_ms = sum(1_000 * crane.run_s for crane in figures.quay_cranes)
    causes = [crane.waiting_ms for crane in figures.quay_cranes]
    return m.TriedRun(
        totals=totals_of(figures, log.calls),
        waiting=waiting_of(causes, crane_ms),
        calls=[_call(twin, log, name) for name in twin.control.desk.board.calls],
        moved=moved,
        broken=sum(finding.rule.id != "RUN-OPEN" for finding in log.referee.book.findings[log.known :]),
    )


def _call(twin: Twin, log: _Log, name: str) -> m.TriedCall:
    board = twin.control.desk.board
    call = board.calls[name].call
    cranes = [crane for crane in board.quay_cranes.values() if crane.call == name]
    left = sum(len(step.containers) for crane in cranes for step in crane.steps[crane.next :])
    last_ms = max((crane.last_ms for crane in log.counter.figures().quay_cranes if crane.call == name), default=0)
    return m.TriedCall(name, call.vessel.name, call.voyage, None if left else last_ms, left)


@dataclass
class _Change:
    """What is another than now, made on a twin; `look` between slices does what takes its time."""

    twin: Twin
    asked: m.AskTry
    ship: Ship | None
    _to_go: int = 0

    @property
    def _control(self) -> JournaledControl:
        assert isinstance(self.twin.control, JournaledControl)
        return self.twin.control

    def make(self) -> None:
        asked, twin = self.asked, self.twin
        if asked.crane:
            self._crane_out()
        if asked.policy:
            self._control.run_by(asked.policy)
        if asked.trucks > 0:
            self._more_trucks()
        self._to_go = max(0, -asked.trucks)
        self.look()
        twin.control.wake()

    def look(self) -> None:
        """Trucks that are to go do so when they have nothing to do."""
        for truck in self.twin.control.desk.board.trucks.values():
            if self._to_go and not (truck.move or truck.is_driving or truck.failed or truck.is_visitor):
                self._to_go -= 1
                self.twin.hear(MachineStopped(self.twin.now_ms, truck.id, "taken away"))

    def ship_comes(self, *, late: bool) -> None:
        if self.ship is not None:
            in_h = self.asked.ship_in_h + (self.asked.ship_late_h if late else 0.0)
            self.twin.agenda.after(round(HOUR_MS * in_h), self._berth)

    def _crane_out(self) -> None:
        asked, twin, desk = self.asked, self.twin, self.twin.control.desk
        if asked.crane not in desk.board.quay_cranes:
            raise DataError(
                f"There is no quay crane {asked.crane[:60]!r}.",
                place="body.crane",
                code="no-such-quay-crane",
                values={"crane": asked.crane[:60]},
            )
        out_ms = round(HOUR_MS * asked.crane_h)
        if asked.crane not in desk.causes:
            twin.hear(MachineStopped(twin.now_ms, asked.crane, "tried"))
        if asked.shares:
            twin.control.expect_back(asked.crane, twin.now_ms + out_ms)
        twin.agenda.after(out_ms, self._crane_back, asked.crane)

    def _crane_back(self, crane: str) -> None:
        if crane in self.twin.control.desk.causes:
            self.twin.hear(MachineResumed(self.twin.now_ms, crane))

    def _more_trucks(self) -> None:
        board, twin, wanted = self.twin.control.desk.board, self.twin, self.asked.trucks
        free = [stand for stand in board.rests if board.lanes.owner(stand) is None]
        if wanted > len(free):
            raise DataError(
                f"{wanted} further trucks find {len(free)} parking stands free.",
                place="body.trucks",
                remedy="Try with fewer.",
                code="too-few-stands",
                values={"wanted": wanted, "free": len(free)},
            )
        for number, stand in enumerate(free[:wanted], 1):
            name = f"TRY{number:02}"
            twin.control.add_truck(name, board.layout.segments[stand].id)
            twin.trucks.stands_at(name, stand)
            if board.chargers:
                twin.trucks.has_battery(name, round(CHARGED * board.truck.battery_wh))

    def _berth(self, _: object) -> int | None:
        """As soon as her cranes are through with who was before her; asked again every five minutes."""
        assert self.ship is not None
        desk, (call, plan) = self.twin.control.desk, self.ship
        for name in list(desk.board.calls):
            if may_sail(desk, name):
                self._control.sail(name)
        cranes = [desk.board.quay_cranes[queue.crane] for queue in plan.queues if queue.crane in desk.board.quay_cranes]
        if any(crane.call for crane in cranes):
            return SLICE_MS
        self.twin.control.berth(call, plan)
        return None
