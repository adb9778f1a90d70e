"""The living terminal: its journal, its machines on the wire, and the thread that runs it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from cabria.domain.layout import Layout
from cabria.operations.running import LinkPicture, Mode, RunningTerminal, Told, Whereabouts
from cabria.operations.settings import Settings

if TYPE_CHECKING:
    from cabria.adapters.journal.group_commit import GroupCommitJournal
    from cabria.adapters.running.operations_thread import OperationsThread
    from cabria.domain.run_events import RunEvent
    from cabria.operations.journaling import JournaledControl
    from cabria.operations.order_desk import OpenOrder
    from cabria.operations.records import Order
    from cabria.operations.replay import Replayed

MANUFACTURER = "CABRIA"
SLICE_MS = 1_000
"""Of the wire's time, after which machines are heard though the terminal is behind."""
SNAPSHOT_ENTRIES, SNAPSHOT_S = 5_000, 30.0
"""Between two snapshots at least; what came since is done again at a restart."""


@dataclass(frozen=True)
class Site:
    """What a terminal on the wire is made of. `journal` is a file or postgresql://user@host/database, `broker` is
    mqtt://host:port. `speed` above 1 is for emulated machines only; `trucks` stand on parking stands at first."""

    layout: Layout
    journal: str
    broker: str
    trucks: int = 40
    speed: float = 1.0
    settings: Settings = field(default_factory=Settings)


def live(site: Site) -> RunningTerminal:
    """Start it, or go on from what its journal says. Raises DataError, StoreTakenError and StoreLostError.

    What the journal says of layout and settings wins over the site's. At a speed other than 1 time stands still while
    nobody runs the terminal.
    """
    from cabria.adapters.journal.opening import open_journal
    from cabria.adapters.journal.recovery import replayed

    with ExitStack() as stack:
        journal = stack.enter_context(open_journal(site.journal))
        before = replayed(journal.store) if journal.written else None
        return _Start(site, journal, before, stack.pop_all()).run()


class _Start:
    """Everything of a living terminal, put together."""

    def __init__(self, site: Site, journal: GroupCommitJournal, before: Replayed | None, stack: ExitStack) -> None:
        from cabria.adapters.running.clock import SiteClock
        from cabria.adapters.running.machines import Machines
        from cabria.adapters.running.operations_thread import OperationsThread, ToldJournal
        from cabria.operations.order_desk import OrderDesk, OrderTerms
        from cabria.twin.pace import Pace

        self._site, self._written, self._before, self._stack = site, journal, before, stack
        utc_ms = _utc_ms()
        self._zero_utc_ms = before.control.opened.zero_utc_ms if before is not None else utc_ms
        last_ms = before.at_ms if before is not None else 0
        now_ms = max(last_ms, utc_ms - self._zero_utc_ms) if site.speed == 1 else last_ms
        layout = before.control.opened.layout if before is not None else site.layout
        self._journal = ToldJournal(journal)
        self._clock = SiteClock(now_ms, lambda error: self._thread.complain(error), lambda: self._thread.between())
        self._pace = Pace(time.monotonic, now_ms, site.speed)
        self._thread: OperationsThread = OperationsThread(
            Mode.LIVE,
            layout,
            self._journal,
            self._clock,
            self._pace,
            read=lambda after, until: _read(site.journal, after, until),
            zero_utc_ms=self._zero_utc_ms,
            may_change_speed=False,
            slice_ms=round(SLICE_MS * site.speed),
            address=site.journal,
            ended=self._end,
        )
        self._machines = Machines(self._thread, self._clock, time.monotonic, speed=site.speed)
        terms = OrderTerms()
        self._desk = OrderDesk(
            self._journal,
            self._machines,
            self._clock,
            lambda alert: self._thread.post(lambda: self._machines.alert(alert.machine, alert.order, alert.problem)),
            OrderTerms(round(terms.acknowledge_ms * site.speed), terms.alert_after, round(terms.lease_ms * site.speed)),
        )

    def run(self) -> RunningTerminal:
        from cabria.adapters.mqtt.address import Address
        from cabria.adapters.running.bus import Bus

        missing = _Outbox()
        control = self._begun(missing) if self._before is None else self._taken_up(self._before, missing)
        self._wire(control)
        subscriptions = (*self._cranes.subscriptions, *((topic, 1) for topic in self._trucks.control.subscriptions))
        # A name of its own for each start: a broker may still be clearing up after the one before.
        name = f"cabria-{self._written.store.journal[:8]}-{secrets.token_hex(3)}"
        self._bus = Bus(Address.parse(self._site.broker), name, subscriptions, self._hear)
        self._stack.callback(self._bus.stop)
        self._kept = self._before.number if self._before is not None else 0
        self._machines.go_on(control.scribe.orders_out.open)
        self._written.listen(lambda number: self._thread.wake())
        self._thread.start(control, (self._machines, _Snapshots(control, self._written, self._kept)))
        self._bus.start()
        return self._thread

    def _begun(self, outbox: _Outbox) -> JournaledControl:
        """The first entries of a new journal."""
        from cabria.domain.machines import TruckModel
        from cabria.domain.stands import StandKind
        from cabria.operations.journaling import JournaledControl
        from cabria.operations.records import OpenTerminal
        from cabria.planning.dispatch.traffic.lane_book import LaneBook
        from cabria.planning.dispatch.traffic.lanes import Lanes

        site, truck = self._site, TruckModel()
        opened = OpenTerminal(site.layout, truck, site.settings, self._zero_utc_ms)
        lanes = LaneBook(Lanes.of_layout(site.layout, truck))
        control = JournaledControl(opened, lanes, self._clock, outbox, self._journal, _Nowhere())
        outbox.then = self._machines.put
        control.open()
        for number, stand in enumerate(site.layout.stands_of(StandKind.PARKING)[: site.trucks], 1):
            control.add_telling_truck(f"T{number:02}", stand.id)
        return control

    def _taken_up(self, before: Replayed, outbox: _Outbox) -> JournaledControl:
        from cabria.operations.replay import take_up

        control = take_up(before, self._clock, outbox, self._journal, _Nowhere())
        outbox.then = self._machines.put
        return control

    def _wire(self, control: JournaledControl) -> None:
        from cabria.adapters.crane_bus.crane_bus import CraneBus
        from cabria.adapters.vda5050.topics import RobotId
        from cabria.adapters.vda5050.trucks import VdaTrucks

        board, machines, layout = control.desk.board, self._machines, control.opened.layout
        robots = {truck.id: RobotId(MANUFACTURER, truck.id) for truck in board.trucks.values() if not truck.is_visitor}
        run, out = self._written.store.journal[:8], control.desk.causes
        self._trucks = VdaTrucks(
            layout,
            board.lanes,
            self._clock,
            machines.truck_reports,
            lambda topic, payload: self._send(str(topic), payload, topic.name.qos, topic.name.is_retained),
            robots=robots,
            numbers=lambda truck: board.trucks[truck].number,
            utc_ms=_utc_ms,
            model=control.opened.truck,
            tell=machines.truck_told,
            lease=machines.lease,
            run=run,
            stopped=[truck for truck in robots if truck in out],
            taken_out=board.taken_out,
            speed=self._site.speed,
        )
        cranes = [*board.quay_cranes, *board.yard_cranes]
        self._cranes = CraneBus(
            cranes,
            run,
            self._clock,
            machines.crane_reports,
            lambda topic, payload: self._send(str(topic), payload, topic.name.qos, topic.name.is_retained),
            self._desk,
            utc_ms=_utc_ms,
            terminal_ms=lambda utc_ms: round((utc_ms - self._zero_utc_ms) * self._site.speed),
            heard={name: correlation for name, correlation in control.heard.items() if name in cranes},
            stopped=[crane for crane in cranes if crane in out],
            still_ms={crane.id: crane.still_ms for crane in board.quay_cranes.values()}
            | {crane.id: crane.still_ms for crane in board.yard_cranes.values()},
            told_ms=lambda crane: board.quay_cranes[crane].told_ms,
            tell=machines.crane_told,
        )
        machines.use(control, self._desk, self._trucks, self._cranes, robots, lambda: self._bus.is_connected)

    def _send(self, topic: str, payload: bytes, qos: int, is_retained: bool) -> None:
        from cabria.adapters.mqtt.link import Outgoing

        self._bus.send(Outgoing(topic, payload, qos, is_retained))

    def _hear(self, topic: str, payload: bytes) -> None:
        self._thread.post(lambda: self._machines.receive(topic, payload))

    def _end(self) -> None:
        self._stack.close()


class _Outbox:
    """What follows from the last input before a death is dropped here: it stands among the orders that are out, which
    are put again. Everything later goes to the order desk."""

    def __init__(self) -> None:
        self.then: Callable[[int, Order], None] | None = None

    def put(self, number: int, order: Order) -> None:
        if self.then is not None:
            self.then(number, order)


class _Snapshots:
    """A part of the thread of operations: keeps how everything stands every so many entries. A restart begins there."""

    def __init__(self, control: JournaledControl, journal: GroupCommitJournal, kept: int) -> None:
        self._control, self._journal, self._kept = control, journal, kept
        self._kept_s = time.monotonic()

    def tick(self) -> None:
        is_due = self._journal.written - self._kept >= SNAPSHOT_ENTRIES
        if is_due and time.monotonic() - self._kept_s >= SNAPSHOT_S:
            self.keep()

    def keep(self) -> None:
        from cabria.operations.standing import standing_of

        self._kept, self._kept_s = self._journal.written, time.monotonic()
        self._journal.keep(self._kept, standing_of(self._control))

    def flushed(self, durable: int) -> None: ...

    def ended(self) -> None:
        self.keep()

    orders: Mapping[int, OpenOrder] = MappingProxyType({})
    links: Mapping[str, LinkPicture] = MappingProxyType({})

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        return {}


class _Nowhere:
    """Keeps no log: the journal has it all."""

    def record(self, event: RunEvent) -> None: ...


def _read(address: str, after: int, until: int) -> Iterator[Told]:
    """Entries of a journal that is being written."""
    from cabria.adapters.journal.entries import record_of
    from cabria.adapters.journal.opening import open_store

    store = open_store(address)
    try:
        for entry in store.entries(after, until):
            yield Told(entry.number, record_of(entry, store.where))
    finally:
        store.close()


def _utc_ms() -> int:
    return time.time_ns() // 1_000_000
