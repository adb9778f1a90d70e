"""Emulated machines: the wire of `adapters` in front, the twin's cranes behind."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from cabria.adapters.conformance_check import Result
from cabria.adapters.crane_bus.conformance.run import watch_terminal
from cabria.adapters.crane_bus.emulation.crane import EmulatedCrane
from cabria.adapters.crane_bus.emulation.machinery import Machinery
from cabria.adapters.crane_bus.emulation.recalled import Recalled
from cabria.adapters.crane_bus.emulation.wired import WiredCrane, run_cranes
from cabria.adapters.crane_bus.messages import Factsheet, JobKind
from cabria.adapters.crane_bus.parts import CheType, Message
from cabria.adapters.crane_bus.topics import INTERFACE as CRANE
from cabria.adapters.crane_bus.topics import TopicName
from cabria.adapters.crane_bus.wire import Headers
from cabria.adapters.faults_on_demand import Rates
from cabria.adapters.machine_memory import Memory
from cabria.adapters.mqtt.address import Address
from cabria.adapters.vda5050.emulation.fleet import FleetSettings, run_fleet
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.remembering import TruckMemory
from cabria.adapters.vda5050.emulation.vehicle import CHARGING_W
from cabria.adapters.vda5050.ground import pose_on
from cabria.adapters.vda5050.topics import INTERFACE as VDA5050
from cabria.adapters.vda5050.topics import RobotId
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.machines import YardCraneModel
from cabria.domain.run_events import EnergyUsed, JobDone, RunEvent
from cabria.domain.stands import StandKind
from cabria.operations.rails import Stretch, quay_rail, yard_rail
from cabria.twin.agenda import Agenda, Handler
from cabria.twin.quay_cranes import Spread, TwinQuayCranes
from cabria.twin.stops import Stops
from cabria.twin.yard_cranes import TwinYardCranes

QUAY_KINDS = tuple(kind for kind in JobKind if kind is not JobKind.YARD_MOVE)
YARD_KINDS = (JobKind.YARD_MOVE, JobKind.REPOSITION)
EXECUTED = "executed-{}.jsonl"
"""In the state folder, what machines did; by kind of machine."""
POSES = "poses-trucks.jsonl"
"""Beside it, where trucks stood last."""


class Permits:
    """Cranes see no trucks: one is there when the terminal has said so for the job."""

    def __init__(self, agenda: Agenda, waits: Callable[[str, str, str], None]) -> None:
        self._agenda, self._waits = agenda, waits
        self._given: set[str] = set()
        self._waiting: dict[str, tuple[Handler, Any]] = {}

    def puts_off(self, truck: str, handler: Handler, argument: Any) -> bool:
        crane, work = argument[:2]
        if work.job in self._given:
            self._given.remove(work.job)
            return False
        self._waiting[work.job] = handler, argument
        self._waits(crane, work.job, truck)
        return True

    def permit(self, job: str) -> None:
        self._given.add(job)
        if job in self._waiting:
            self._agenda.after(0, *self._waiting.pop(job))


class CraneMachinery:
    """One of the twin's gateways with what an emulator needs besides."""

    def __init__(self, cranes: TwinQuayCranes | TwinYardCranes, stops: Stops, permits: Permits) -> None:
        self._cranes, self._stops, self._permits = cranes, stops, permits

    def work(self, crane: str, work: Any) -> None:
        self._cranes.work(crane, work)

    def make_way(self, crane: str, job: str, at_mm: int) -> None:
        self._cranes.make_way(crane, job, at_mm)

    def take_back(self, crane: str, job: str) -> None:
        self._cranes.take_back(crane, job)

    def holds(self, crane: str, work: Any) -> None:
        self._cranes.holds(crane, work)

    def stands_at(self, crane: str, at_mm: int) -> None:
        self._cranes.stands_at(crane, at_mm)

    def permit(self, job: str) -> None:
        self._permits.permit(job)

    def stop(self, crane: str) -> None:
        self._stops.stop(crane)

    def resume(self, crane: str) -> None:
        self._stops.resume(crane)


class CraneWorks:
    """Cranes of a layout that move `pace` times as fast as in reality. `add` makes one, `move` lets them move."""

    def __init__(self, layout: Layout, clock_ms: Callable[[], int], *, pace: float, seed: int, memory: Memory) -> None:
        """Raises DataError for a memory that no cranes wrote."""
        self._clock_ms, self._pace, self._began_ms = clock_ms, pace, clock_ms()
        self._memory, self._recalled = memory, _recalled(memory)
        self._agenda = Agenda()
        stops, permits = Stops(self._agenda), Permits(self._agenda, self._waits)
        quay = {crane.id: crane for crane in layout.terminal.quay_cranes}
        self._quay = CraneMachinery(
            TwinQuayCranes(self._agenda, quay, self._hear, stops, permits, seed, Spread(0.1)), stops, permits
        )
        self._yard = CraneMachinery(
            TwinYardCranes(self._agenda, layout, YardCraneModel(), self._hear, stops, permits), stops, permits
        )
        self.sheets = crane_sheets(layout)
        self._stands_mm = {crane.id: crane.x_mm for crane in quay.values()} | {
            place.crane: place.at_mm for runway in layout.runways for place in runway.cranes
        }
        self._cranes: dict[str, EmulatedCrane] = {}

    def add(self, name: str, say: Callable[[Message], None]) -> EmulatedCrane:
        """One of the layout's, as it remembers to be."""
        sheet = self.sheets[name]
        machinery: Machinery = self._quay if sheet.che_type.is_quay else self._yard
        crane = self._cranes[name] = EmulatedCrane(
            sheet,
            self._stands_mm[name],
            machinery,
            say,
            write=self._memory.write,
            recalled=self._recalled[name],
            log=uuid4().hex[:8],
        )
        crane.take_up(self._clock_ms())
        return crane

    def move(self) -> None:
        """Up to now."""
        self._agenda.run(round((self._clock_ms() - self._began_ms) * self._pace))

    def _utc_ms(self, at_ms: int) -> int:
        return self._began_ms + round(at_ms / self._pace)

    def _hear(self, event: RunEvent) -> None:
        crane = self._crane_of(event)
        if crane is not None:
            crane.happened(event, self._utc_ms)

    def _crane_of(self, event: RunEvent) -> EmulatedCrane | None:
        if isinstance(event, JobDone):
            return next((c for c in self._cranes.values() if c.at_work and c.at_work.job_id == event.job), None)
        name = event.machine if isinstance(event, EnergyUsed) else getattr(event, "crane", "")
        return self._cranes.get(name)

    def _waits(self, crane: str, job: str, truck: str) -> None:
        self._cranes[crane].waits(job, truck)


def crane_sheets(layout: Layout) -> dict[str, Factsheet]:
    """The factsheets of a layout's cranes, by name; quay cranes first, each kind in the layout's order."""
    rail = quay_rail(layout)
    found = {
        name: _sheet(name, CheType.STS, reach, "", QUAY_KINDS, 2)
        for name, reach in zip(rail.cranes, rail.reach, strict=True)
    }
    for runway in layout.runways:
        yard = yard_rail(runway)
        for name, reach in zip(yard.cranes, yard.reach, strict=True):
            found[name] = _sheet(name, CheType.RMG, reach, runway.block, YARD_KINDS, 1)
    return found


def _sheet(name: str, kind: CheType, reach: Stretch, block: str, kinds: tuple[JobKind, ...], boxes: int) -> Factsheet:
    return Factsheet(
        **Headers(name).next(TopicName.FACTSHEET, 0),
        che_type=kind,
        gantry_from_mm=reach.from_mm,
        gantry_until_mm=reach.until_mm,
        block=block or None,
        kinds=kinds,
        maximum_cargo=boxes,
    )


async def watch_terminal_as(
    crane: str, layout: Layout, address: Address, *, interface: str, seconds: float, clock_ms: Callable[[], int]
) -> list[Result]:
    """Be a crane of a layout for so long, and say how a terminal led it. Raises DataError."""
    if crane not in crane_sheets(layout):
        raise DataError(f"Layout {layout.name} has no crane {crane[:60]!r}.", remedy="Name one of it, as QC1.")
    works = CraneWorks(layout, clock_ms, pace=1.0, seed=0, memory=Memory())
    wired = WiredCrane(crane, partial(works.add, crane), address, clock_ms, interface=interface, rates={}, seed=0)
    return await watch_terminal(wired, works.move, address, seconds=seconds, clock_ms=clock_ms)


Running = Callable[[], Coroutine[Any, Any, None]]
"""Runs machines that are ready, until cancelled."""


@dataclass(frozen=True, slots=True)
class Machines:
    """How many of each, and how they are. `hz` is how often a truck tells its state at least, `version` the VDA 5050
    that trucks speak; `state` is the folder in which machines remember what they did."""

    trucks: int = 0
    quay_cranes: int = 0
    yard_cranes: int = 0
    pace: float = 1.0
    hz: float = 2.0
    faults: Rates = field(default_factory=dict)
    seed: int = 0
    version: str = "3.0.0"
    manufacturer: str = "CABRIA"
    truck_interface: str = VDA5050
    crane_interface: str = CRANE
    state: Path | None = None

    @property
    def count(self) -> int:
        return self.trucks + self.quay_cranes + self.yard_cranes


async def run_machines(
    machines: Machines,
    layout: Layout,
    address: Address,
    clock_ms: Callable[[], int],
    tell: Callable[[int], None] = lambda connected: None,
) -> None:
    """Until cancelled; `tell` is told about once a second how many are connected. Raises DataError."""
    connected = {"trucks": 0, "cranes": 0}

    def told(kind: str) -> Callable[[int], None]:
        def tell_all(count: int) -> None:
            connected[kind] = count
            tell(sum(connected.values()))

        return tell_all

    with ExitStack() as files:
        running: list[Running] = []
        if machines.trucks:
            running.append(_fleet(machines, layout, address, clock_ms, told("trucks"), files))
        if machines.quay_cranes or machines.yard_cranes:
            running.append(_cranes(machines, layout, address, clock_ms, told("cranes"), files))
        await asyncio.gather(*(run() for run in running))


def _fleet(
    machines: Machines,
    layout: Layout,
    address: Address,
    clock_ms: Callable[[], int],
    tell: Callable[[int], None],
    files: ExitStack,
) -> Running:
    settings = FleetSettings(
        interface=machines.truck_interface,
        version=machines.version,
        pace=machines.pace,
        interval_ms=round(1_000 / machines.hz),
        faults=machines.faults,
        seed=machines.seed,
        charging_w=charging_w(layout),
    )
    places = placed(layout, machines.trucks, machines.manufacturer)
    memory = None
    if machines.state is not None:
        poses = files.enter_context(closing(Memory(machines.state / POSES)))
        memory = TruckMemory(poses, files.enter_context(closing(memory_of(machines.state, "trucks"))))
    return partial(run_fleet, places, address, settings, clock_ms, tell, memory)


def _cranes(
    machines: Machines,
    layout: Layout,
    address: Address,
    clock_ms: Callable[[], int],
    tell: Callable[[int], None],
    files: ExitStack,
) -> Running:
    names = chosen(crane_sheets(layout), machines.quay_cranes, machines.yard_cranes)
    memory = files.enter_context(closing(memory_of(machines.state, "cranes")))
    works = CraneWorks(layout, clock_ms, pace=machines.pace, seed=machines.seed, memory=memory)
    wired = [
        WiredCrane(
            name,
            partial(works.add, name),
            address,
            clock_ms,
            interface=machines.crane_interface,
            rates=machines.faults,
            seed=machines.seed,
        )
        for name in names
    ]
    return partial(run_cranes, wired, works.move, tell)


def charging_w(layout: Layout) -> int:
    """What the weakest charger of a layout gives; what trucks take where it has none."""
    powers = [1_000 * stand.stand.power_kw for stand in layout.stands_of(StandKind.CHARGER) if stand.stand]
    return min(powers, default=CHARGING_W)


def placed(layout: Layout, trucks: int, manufacturer: str) -> list[tuple[RobotId, Pose]]:
    """Trucks on stands: parking first, then the others. Raises DataError when there are too few."""
    kinds = (StandKind.PARKING, StandKind.CHARGER, StandKind.YARD, StandKind.QUAY)
    stands = [stand for kind in kinds for stand in layout.stands_of(kind)]
    if trucks > len(stands):
        raise DataError(
            f"{trucks} trucks find {len(stands)} stands on layout {layout.name}.",
            remedy="Take fewer, or a larger layout.",
        )
    return [
        (RobotId(manufacturer, f"T{number:02}"), Pose(*pose_on(layout, stand.id)))
        for number, stand in enumerate(stands[:trucks], 1)
    ]


def _recalled(memory: Memory) -> Mapping[str, Recalled]:
    facts: dict[str, Recalled] = defaultdict(Recalled)
    try:
        for fact in memory.facts():
            facts[fact.machine].add(fact)
    except (msgspec.ValidationError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DataError(
            f"No crane wrote this: {error}.", file=str(memory.path), remedy="Name another folder for the state."
        ) from None
    return facts


def memory_of(folder: Path | None, kind: str) -> Memory:
    """Where machines of a kind remember what they did; nowhere without a folder. Raises DataError."""
    return Memory(None if folder is None else folder / EXECUTED.format(kind))


def chosen(sheets: Mapping[str, Factsheet], quay: int, yard: int) -> Sequence[str]:
    """So many cranes of each kind, the first ones. Raises DataError when there are fewer."""
    names: list[str] = []
    for wanted, is_quay, word in ((quay, True, "quay"), (yard, False, "yard")):
        there = [name for name, sheet in sheets.items() if sheet.che_type.is_quay is is_quay]
        if wanted > len(there):
            raise DataError(
                f"{wanted} {word} cranes are asked for; the layout has {len(there)}.",
                remedy="Take fewer, or another layout.",
            )
        names += there[:wanted]
    return names
