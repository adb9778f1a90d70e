"""A run small enough to be read: one ship, one truck, a discharge, a dig and a load. Breaking it is up to the tests.

The ground is a ring: a stand under the quay cranes, a lane inland, a stand beside block A1 or one to park, a lane back.
Every segment is 60 m long and driven at 5 m/s, that is in 12 s. QC1 stands over bay 02 of the ship of `builders`.
"""

from __future__ import annotations

from functools import cache

from tests import builders

from cabria.domain.calls import BAY_NUMBER_MM, VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.layout import (
    CranePlace,
    Junction,
    JunctionId,
    Layout,
    Node,
    NodeId,
    QuayRail,
    Runway,
    Segment,
    SegmentId,
)
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    EnergyUsed,
    JobDone,
    JobGiven,
    LidLanded,
    LidLifted,
    MoveDone,
    MoveKind,
    MoveReleased,
    OnTruck,
    RunEvent,
    ShipBerthed,
    ShipSailed,
    Stock,
    StockTaken,
    TripBooked,
    TruckStood,
    Waited,
)
from cabria.domain.stands import Side, Stand, StandKind
from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock

CALL = "CALL-1"
OUT, IN, TOP, STAYS, LOW, LOWER = (ContainerId(name) for name in ("OUT", "IN", "TOP", "STAYS", "LOW", "LOWER"))
"""OUT is discharged, IN loaded, TOP stands over it; the others stay where they are; LOWER is loaded into the hold."""
BAY_02_MM = 2 * BAY_NUMBER_MM
T1 = OnTruck("T1")


def _segment(name: str, start: str, end: str, stand: Stand | None = None) -> Segment:
    return Segment(SegmentId(name), NodeId(start), NodeId(end), 60_000, 5_000, stand=stand)


@cache
def layout() -> Layout:
    terminal = Terminal(
        name="By hand",
        port="PECHY",
        quay_length_mm=400_000,
        blocks=(YardBlock("A1", 9, 4, 4, x_mm=0, y_mm=72_000, plug_bays=(9, 13)),),
        quay_cranes=(QuayCrane("QC1", BAY_02_MM), QuayCrane("QC2", 100_000)),
        yard_cranes=(YardCrane("YC1", "A1"), YardCrane("YC2", "A1")),
    )
    places = {"south-west": (0, 10_000), "south-east": (60_000, 10_000)}
    places |= {"north-east": (60_000, 70_000), "north-west": (0, 70_000)}
    segments = (
        _segment("quay", "south-west", "south-east", Stand(StandKind.QUAY, from_mm=0, until_mm=60_000, lane=1)),
        _segment("inland", "south-east", "north-east"),
        _segment("yard", "north-east", "north-west", Stand(StandKind.YARD, "A1", 1, 17, Side.WATER)),
        _segment("park", "north-east", "north-west", Stand(StandKind.PARKING)),
        _segment("park 2", "north-east", "north-west", Stand(StandKind.PARKING)),
        _segment("charger", "north-east", "north-west", Stand(StandKind.CHARGER, power_kw=150)),
        _segment("back", "north-west", "south-west"),
        _segment("back 2", "north-west", "south-west"),
    )
    return Layout(
        name="By hand",
        terminal=terminal,
        nodes=tuple(Node(NodeId(name), *point) for name, point in places.items()),
        segments=segments,
        rail=QuayRail(0, 400_000),
        junctions=(Junction(JunctionId("west"), (SegmentId("back"), SegmentId("back 2"))),),
        runways=(Runway("A1", -20_000, 90_000, (CranePlace("YC1", 6_500), CranePlace("YC2", 52_000))),),
    )


def position(bay: int, row: int, tier: int) -> YardPosition:
    return YardPosition("A1", bay, row, tier)


def aboard(text: str) -> Aboard:
    return Aboard(CALL, builders.slot(text))


@cache
def called() -> tuple[VesselCall, LoadingPlan]:
    """OUT comes from deck and IN takes its slot; then LOWER goes into the hold under the other lid, of bay 02."""
    call = builders.call(
        arrival=[(builders.box("OUT", pod=builders.HERE), "0020182"), (builders.box("STAYS"), "0060182")],
        loads=[builders.box("IN"), builders.box("LOWER")],
        terminal=layout().terminal,
    )
    queue = builders.queue(
        "QC1",
        builders.discharge(("OUT", "0020182")),
        builders.load(("IN", "0020182")),
        builders.lid_off("02P"),
        builders.load(("LOWER", "0020402")),
        builders.lid_on("02P"),
    )
    return call, builders.plan({"IN": "0020182", "LOWER": "0020402"}, queues=(queue,))


def trip(at_s: int, truck: str, came_s: int, *names: str) -> TripBooked:
    """Sets out at once; 12 s a segment, and the tail is out 4 s after the front."""
    enters = [came_s, *(at_s + 12 * n for n in range(len(names) - 1))]
    leaves = [1_000 * (later + 4) for later in enters[1:]]
    windows = tuple((n, 1_000 * e, left) for n, e, left in zip(names, enters, [*leaves, None], strict=True))
    return TripBooked(1_000 * at_s, truck, windows, "is wanted there")


def lift(at_s: int, crane: str, box: ContainerId, source: object, landed_s: int, target: object) -> list[RunEvent]:
    return [
        BoxesLifted(1_000 * at_s, crane, (box,), (source,)),  # type: ignore[arg-type]
        BoxesLanded(1_000 * landed_s, crane, (box,), (target,)),  # type: ignore[arg-type]
        EnergyUsed(1_000 * landed_s, crane, 3_000),
    ]


def job(at_s: int, name: str, move: str, machine: str, done_s: int) -> list[RunEvent]:
    return [JobGiven(1_000 * at_s, name, move, machine, "its turn"), JobDone(1_000 * done_s, name)]


def good_run() -> list[RunEvent]:
    """In order of time, as a twin would tell it."""
    steps: list[RunEvent] = [
        StockTaken(
            0,
            tuple(
                Stock(name, 40, 10_000, place)
                for name, place in (
                    (IN, position(2, 1, 1)),
                    (TOP, position(2, 1, 2)),
                    (LOW, position(2, 3, 1)),
                    (LOWER, position(6, 1, 1)),
                )
            ),
        ),
        ShipBerthed(0, CALL, 0, False),
        StockTaken(0, (Stock(OUT, 40, 10_000, aboard("0020182")), Stock(STAYS, 40, 10_000, aboard("0060182")))),
        TruckStood(0, "T1", "park", False),
        TruckStood(0, "T2", "park 2", False),
        MoveReleased(0, "m1", MoveKind.DISCHARGE, (OUT,), CALL, "QC1", "its turn"),
        MoveReleased(0, "m2", MoveKind.LOAD, (IN,), CALL, "QC1", "its turn"),
        MoveReleased(0, "m3", MoveKind.LOAD, (LOWER,), CALL, "QC1", "its turn"),
        MoveReleased(0, "dig", MoveKind.REHANDLE, (TOP,), "", "", "stands over IN"),
        trip(10, "T1", 0, "park", "back", "quay"),
        *job(10, "T1/1", "m1", "T1", 34),
        *job(0, "QC1/1", "m1", "QC1", 120),
        *lift(60, "QC1", OUT, aboard("0020182"), 90, T1),
        Waited(34_000, "QC1", 0, "empty truck under way"),
        *job(20, "YC1/1", "dig", "YC1", 80),
        *lift(40, "YC1", TOP, position(2, 1, 2), 80, position(2, 3, 2)),
        MoveDone(80_000, "dig"),
        trip(90, "T1", 22, "quay", "inland", "yard"),
        *job(90, "T1/2", "m1", "T1", 114),
        *job(115, "YC1/2", "m1", "YC1", 160),
        *lift(130, "YC1", OUT, T1, 160, position(2, 2, 1)),
        MoveDone(160_000, "m1"),
        *job(160, "YC1/3", "m2", "YC1", 200),
        *lift(180, "YC1", IN, position(2, 1, 1), 200, T1),
        trip(200, "T1", 102, "yard", "back", "quay"),
        *job(200, "T1/3", "m2", "T1", 224),
        *job(224, "QC1/2", "m2", "QC1", 300),
        *lift(240, "QC1", IN, T1, 280, aboard("0020182")),
        MoveDone(280_000, "m2"),
        LidLifted(320_000, "QC1", CALL, "02P"),
        LidLanded(350_000, "QC1", CALL, "02P"),
        CraneTravelled(300_000, "YC1", 6_500, 19_500, 312_000),
        trip(300, "T1", 212, "quay", "inland", "yard"),
        *job(300, "T1/4", "m3", "T1", 324),
        *lift(330, "YC1", LOWER, position(6, 1, 1), 350, T1),
        trip(350, "T1", 312, "yard", "back", "quay"),
        *lift(400, "QC1", LOWER, T1, 430, aboard("0020402")),
        MoveDone(430_000, "m3"),
        LidLifted(450_000, "QC1", CALL, "02P"),
        LidLanded(480_000, "QC1", CALL, "02P"),
        trip(440, "T1", 362, "quay", "inland", "charger"),
        EnergyUsed(34_000, "T1", 140),
        EnergyUsed(440_000, "T1", 860),
        EnergyUsed(540_000, "T1", -3_500),
        CraneTravelled(500_000, "QC1", BAY_02_MM, 20_000, 560_000),
        ShipSailed(600_000, CALL),
    ]
    return sorted(steps, key=lambda event: event.at_ms)
