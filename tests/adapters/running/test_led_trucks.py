"""Trucks on the wire as operations lead them: sent away, or on their way while the program is started anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.journal import JournalInMemory

from cabria.adapters.crane_bus import messages as m
from cabria.adapters.crane_bus.crane_bus import CraneBus
from cabria.adapters.crane_bus.events import MessageRefused
from cabria.adapters.crane_bus.topics import Topic as CraneTopic
from cabria.adapters.crane_bus.topics import TopicName
from cabria.adapters.crane_bus.wire import Headers
from cabria.adapters.crane_bus.wire import encode as crane_bytes
from cabria.adapters.crane_bus.wire import topic_of as crane_topic_of
from cabria.adapters.running.machines import UNSEEN_OF_ONE_WORD, Machines
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.ground import MAP, pose_on
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.state import ErrorLevel
from cabria.adapters.vda5050.topics import RobotId, Topic
from cabria.adapters.vda5050.trucks import VdaTrucks
from cabria.adapters.vda5050.wire import encode, topic_of
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import JobDone, MachineStopped, TruckTowed
from cabria.domain.said import said
from cabria.domain.stands import StandKind
from cabria.experiments.layouts import small_layout
from cabria.operations.gateways import Record
from cabria.operations.journaling import JournaledControl
from cabria.operations.order_desk import OrderDesk, OrderState
from cabria.operations.records import Command, OpenTerminal, Order
from cabria.operations.replay import replay, take_up
from cabria.operations.settings import Settings
from cabria.planning.dispatch.traffic.lane_book import LaneBook
from cabria.planning.dispatch.traffic.lanes import Lanes
from cabria.twin.agenda import Agenda

LAYOUT = small_layout()
START_MS = 1_800_000_000_000
ROBOT = RobotId("ACME", "T01")
CRANE = "YC01"
STEP_MS = 200


class _Nowhere:
    def record(self, event: object) -> None: ...


class Site:
    """A vehicle that stands in the way of a yard crane, and the program that leads it, which may be started anew."""

    def __init__(self, *, at_once: bool = True, is_out: bool = False, settings: Settings | None = None) -> None:
        self.clock, self.journal, self.said = Agenda(), JournalInMemory(at_once=at_once), list[Topic | CraneTopic]()
        stand = LAYOUT.stands_of(StandKind.YARD)[0].id
        self.vehicle = Vehicle(ROBOT, Pose(*pose_on(LAYOUT, stand)), self._say, map_id=MAP)
        self._wire: list[tuple[Topic, bytes]] = []
        opened = OpenTerminal(LAYOUT, TruckModel(), settings or Settings(), START_MS)
        control = JournaledControl(
            opened, LaneBook(Lanes.of_layout(LAYOUT, opened.truck)), self.clock, self, self.journal, _Nowhere()
        )
        control.open()
        control.add_telling_truck("T01", stand)
        self._lead(control)
        self.trucks.stands("T01")
        self.cranes.truck_stands("T01")
        if is_out:
            control.take_out("T01", "is looked at")
        self.vehicle.come_online(START_MS)
        self.run(2_000)
        control.run_by("ours")

    def _lead(self, control: JournaledControl) -> None:
        self.control, self._next = control, list[Callable[[], None]]()
        self.machines = Machines(self, self.clock, lambda: self.clock.now_ms / 1_000)
        self.desk = OrderDesk(self.journal, self.machines, self.clock, lambda alert: None)
        board = control.desk.board
        self.trucks = VdaTrucks(
            LAYOUT,
            board.lanes,
            self.clock,
            self.machines.truck_reports,
            lambda topic, payload: self._wire.append((topic, payload)),
            robots={"T01": ROBOT},
            numbers=lambda truck: 1,
            utc_ms=lambda: START_MS + self.clock.now_ms,
            tell=self.machines.truck_told,
            lease=self.machines.lease,
            run="run",
        )
        self.cranes = CraneBus(
            (CRANE,), "run", self.clock, self.machines.crane_reports,
            lambda topic, payload: self.said.append(topic), self.desk,
            utc_ms=lambda: START_MS + self.clock.now_ms, terminal_ms=lambda utc_ms: utc_ms - START_MS,
        )  # fmt: skip
        self.machines.use(control, self.desk, self.trucks, self.cranes, {"T01": ROBOT}, lambda: True)

    def begin_anew(self) -> None:
        """The program was killed; all that was written is durable."""
        now_ms, self.clock = self.clock.now_ms, Agenda()
        self.clock.run(now_ms)
        self._wire = [(topic, payload) for topic, payload in self._wire if topic.name != "order"]
        self._lead(take_up(replay(self.journal.numbered()), self.clock, self, self.journal, _Nowhere()))
        self.machines.go_on(self.control.scribe.orders_out.open)

    # What the program asks of its surroundings

    def put(self, number: int, order: Order) -> None:
        self.machines.put(number, order)

    def next(self, do: Callable[[], None]) -> None:
        self._next.append(do)

    def post(self, do: Callable[[], None]) -> None:
        self._next.append(do)

    def _say(self, message: Message) -> None:
        self._wire.append((topic_of(message, "vda5050"), encode(message)))

    def run(self, for_ms: int) -> None:
        for _ in range(for_ms // STEP_MS):
            self.clock.run(self.clock.now_ms + STEP_MS)
            self.vehicle.advance(START_MS + self.clock.now_ms)
            while self._wire or self._next:
                self._handle()
            self.machines.tick()
            self.machines.flushed(self.journal.durable)

    def _handle(self) -> None:
        if self._next:
            self._next.pop(0)()
            return
        topic, payload = self._wire.pop(0)
        if topic.name in ("order", "instantActions", "zoneSet", "responses"):
            self.vehicle.hear(topic.name, payload, START_MS + self.clock.now_ms)
        else:
            self.machines.receive(str(topic), payload)

    def of(self, kind: type[Any]) -> list[Record]:
        return [record for record in self.journal.records if isinstance(record.content, kind)]

    def crane_waits(self) -> bool:
        """A crane says that it waits over the truck; whether it is told to set down."""
        self.said.clear()
        now_ms = START_MS + self.clock.now_ms
        job = m.JobState(
            job_id=f"run/{CRANE}/9",
            order_number=9,
            status=m.JobStatus.WAITING_HANDOVER,
            truck_id="T01",
            is_permitted=False,
        )
        state = m.State(
            **Headers(CRANE).next(TopicName.STATE, now_ms), log="log", last_report=0, acknowledged=0,
            operating_mode=m.OperatingMode.AUTOMATIC, is_in_service=True, gantry_mm=0, is_travelling=False,
            spreader=m.Spreader(is_locked=False), jobs=(job,), refusals=(), cause="",
        )  # fmt: skip
        topic = crane_topic_of(state, "crane")
        self.machines.receive(str(topic), crane_bytes(state))
        return TopicName.HANDOVER in [topic.name for topic in self.said]


def test_no_crane_sets_down_on_a_truck_that_was_sent_away_though_it_is_not_told_yet() -> None:
    site = Site(at_once=False, is_out=True)
    assert site.crane_waits()
    site.control.put_back("T01")
    site.clock.run(site.clock.now_ms + 2_000)
    assert site.control.desk.board.trucks["T01"].is_driving
    assert site.trucks.control.robots[ROBOT].order is None
    assert not site.crane_waits()


def test_of_a_truck_that_broke_down_on_a_lane_nobody_says_that_it_is_towed() -> None:
    site = Site(settings=Settings(tow_after_ms=10_000))
    site.run(10_000)
    site.vehicle.raise_error("breakdown", "", ErrorLevel.FATAL)
    site.run(30_000)
    assert len(site.of(MachineStopped)) == 1
    assert not site.of(TruckTowed)


def test_a_truck_that_drives_has_its_order_when_the_program_is_started_anew_though_nothing_new_is_to_be_told() -> None:
    site = Site()
    site.run(10_000)
    leased = [r for r in site.journal.records if isinstance(r.content, Command) and r.content.verb == "lane_leased"]
    assert site.vehicle.edges
    assert leased
    site.begin_anew()
    [number] = site.desk.open
    assert site.desk.open[number].state is OrderState.SENT
    site.vehicle.tell_state()
    site._handle()
    assert site.desk.open[number].state is OrderState.ACKNOWLEDGED
    site.run(300_000)
    assert len(site.of(JobDone)) == 1
    assert not site.of(MachineStopped)


def test_a_truck_that_was_given_the_rest_of_its_trip_where_it_stood_is_understood_by_the_next_program() -> None:
    site = Site()
    site.run(10_000)
    site.vehicle.clear_order()  # as one whose own program was killed
    while not (site.vehicle.last_node.endswith(".here") and site.vehicle.edges):
        site.run(STEP_MS)
    site.begin_anew()
    site.vehicle.tell_state()
    site._handle()
    order = site.trucks.control.robots[ROBOT].order
    assert order is not None
    assert order.nodes[0].node_id == site.vehicle.last_node
    site.run(300_000)
    assert len(site.of(JobDone)) == 1
    assert not [r for r in site.of(Command) if r.content.verb == "raise_alert"]


def test_a_stranger_with_ever_new_topics_and_a_truck_with_ever_new_nonsense_do_not_fill_the_journal() -> None:
    site = Site()
    for number in range(3 * UNSEEN_OF_ONE_WORD):
        site.machines.crane_told(MessageRefused(f"crane/v1/nobody-{number}/state", "is no JSON"))
        site.machines.alert("T01", 0, said("nonsense", why=f"something new, {number}"))
        site.run(STEP_MS)
    alerts = site.control.desk.alerts
    about = [alert.machine for alert in alerts.values()]
    assert about.count("T01") == UNSEEN_OF_ONE_WORD
    assert len(about) == 2 * UNSEEN_OF_ONE_WORD
    site.machines.alert("T01", 0, said("memory-lost"))
    assert alerts[max(alerts)].problem == said("memory-lost")
    for number in list(alerts):
        site.control.acknowledge_alert(number, "somebody")
    site.machines.alert("T01", 0, said("nonsense", why="again"))
    assert alerts[max(alerts)].problem == said("nonsense", why="again")
