"""A planned call small enough to know by heart: every part a box can play, every mark, three cranes' worth of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge, Port, SizeType
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.plan import LoadingPlan, Reason
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.told import told
from cabria.domain.vessel import (
    Cell,
    HatchCover,
    HydrostaticPoint,
    Level,
    StackId,
    Station,
    VesselBay,
    VesselLimits,
    VesselProfile,
    VesselStack,
)
from cabria.domain.work import CraneStep, StepKind, WorkQueue, YardMove
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.planning.loading.result import Bound, Phase, PlannedCall
from cabria.referee.judgement import Figures, Judgement, Stability

CHANCAY, SHANGHAI, ROTTERDAM = Port("PECHY"), Port("CNSHA"), Port("NLRTM")


def make_box(number: str, code: str = "45G1", pod: Port = SHANGHAI, **more: object) -> Container:
    facts: dict[str, object] = {"gross_mass_kg": 20_000, "pol": CHANCAY, "mass_is_verified": True, **more}
    return Container(ContainerId(number), SizeType.parse(code), pod=pod, **facts)  # type: ignore[arg-type]


def make_small_ship() -> VesselProfile:
    """Bay 02 with five deck rows (one on the centre line), four hold rows, two lids; bay 05 for 20 ft alone."""
    cells_on_deck = tuple(
        Cell(tier, takes_45=True, has_plug_fore=tier == 82, has_plug_aft=tier == 82) for tier in (82, 84)
    )
    deck = [
        VesselStack(row, Level.DECK, cells_on_deck, max_weight_20_kg=40_000, max_weight_40_kg=60_000, lcg_mm=30_000)
        for row in (0, 1, 2, 3, 4)
    ]
    hold = [
        VesselStack(row, Level.HOLD, tuple(Cell(tier) for tier in (2, 4, 6)), max_weight_40_kg=70_000, lcg_mm=30_000)
        for row in (1, 2, 3, 4)
    ]
    single = [VesselStack(row, Level.DECK, (Cell(82, takes_40=False),), lcg_fore_mm=15_000) for row in (1, 2)]
    deck_on, hold_under = Level.DECK, Level.HOLD
    lids = tuple(
        HatchCover(
            name,
            closes=tuple(StackId(2, row, hold_under) for row in rows),
            carries=tuple(StackId(2, row, deck_on) for row in rows),
        )
        for name, rows in (("L-P", (2, 4)), ("L-S", (1, 3)))
    )
    return VesselProfile(
        "TINY STAR",
        (VesselBay(2, 1, 3, (*deck, *hold)), VesselBay(5, 5, None, tuple(single))),
        lids,
        hydrostatics=(HydrostaticPoint(500_000), HydrostaticPoint(1_500_000)),
        stations=tuple(
            Station(lcg, 200_000, 5_000, (150_000, 450_000), min_shear_kg=-400_000, max_shear_kg=400_000)
            for lcg in (30_000, 20_000, 10_000)
        ),
        limits=VesselLimits(min_gm_mm=600),
        length_mm=40_000,
    )


def make_small_call() -> VesselCall:
    ship = make_small_ship()
    aboard = [
        (make_box("STAY0000001", "45G1", ROTTERDAM), StowPosition(2, 1, 2)),
        (make_box("DISC0000001", "42G1", CHANCAY), StowPosition(2, 0, 82)),
        (make_box("DISC0000002", "22G1", CHANCAY, onward_port=Port("PECLL")), StowPosition(1, 2, 82)),
        (make_box("DISC0000003", "22G1", CHANCAY), StowPosition(3, 2, 82)),
        (make_box("SHIF0000001", "45G1", ROTTERDAM), StowPosition(2, 1, 82)),
    ]
    loads = (
        make_box("COLD0000001", "45R1", SHANGHAI, set_point_tenth_c=-180),
        make_box("FIRE0000001", "22T1", SHANGHAI, dangerous=(DangerousGoods("3", 1263),)),
        make_box("WIDE0000001", "45P3", ROTTERDAM, out_of_gauge=OutOfGauge(port_mm=300, over_height_mm=500)),
        make_box("VOID0000001", "L5G1", ROTTERDAM, is_full=False, gross_mass_kg=4_800),
        make_box("LATE0000001", "45G1", SHANGHAI, mass_is_verified=False),
    )
    block = YardBlock("Y1", bays=10, rows=6, tiers=4)
    stored = (*loads[:4], make_box("OVER0000001"))
    yard = YardInventory.of(
        YardBox(box.id, YardPosition("Y1", 1 if box.is_20 else 4 * row, row, 1), box.length_ft)
        for row, box in enumerate(stored, 1)
    )
    terminal = Terminal(
        "Chancay", CHANCAY, 1_500_000, (block,),
        (QuayCrane("QC1", 0), QuayCrane("QC2", 50_000)), (YardCrane("YC1", "Y1"),),
    )  # fmt: skip
    return VesselCall(
        "TINY-001", ship, "W042", CHANCAY, (SHANGHAI, ROTTERDAM), BayPlan.of(aboard), loads, terminal, yard,
        start="2026-11-22T06:00", findings=(Finding("EDI-VGM", Severity.SAFETY, "No verified mass.", "line 7"),),
    )  # fmt: skip


def make_small_planned_call() -> PlannedCall:
    call = make_small_call()
    at = StowPosition
    loads = {
        ContainerId("COLD0000001"): at(2, 0, 82),
        ContainerId("FIRE0000001"): at(5, 1, 82),
        ContainerId("WIDE0000001"): at(2, 3, 6),
        ContainerId("VOID0000001"): at(2, 3, 84),
    }
    step, kind = CraneStep, StepKind

    def one(what: StepKind, start_s: int, number: str, where: StowPosition, bay: int = 2) -> CraneStep:
        return step(what, bay, start_s, start_s + 120, (ContainerId(number),), (where,))

    twins = (ContainerId("DISC0000002"), ContainerId("DISC0000003"))
    first = WorkQueue(
        "QC1",
        (
            one(kind.DISCHARGE, 0, "DISC0000001", at(2, 0, 82)),
            step(kind.DISCHARGE, 2, 120, 240, twins, (at(1, 2, 82), at(3, 2, 82))),
            one(kind.RESTOW_OFF, 240, "SHIF0000001", at(2, 1, 82)),
            step(kind.LID_OFF, 2, 360, 540, lid="L-S"),
            one(kind.LOAD, 540, "WIDE0000001", at(2, 3, 6)),
            step(kind.LID_ON, 2, 660, 840, lid="L-S"),
            one(kind.RESTOW_ON, 840, "SHIF0000001", at(2, 4, 82)),
            one(kind.LOAD, 960, "COLD0000001", at(2, 0, 82)),
            one(kind.LOAD, 1080, "VOID0000001", at(2, 3, 84)),
        ),
    )
    second = WorkQueue("QC2", (one(kind.LOAD, 1200, "FIRE0000001", at(5, 1, 82), bay=5),))
    cold, over = (call.yard.by_container[ContainerId(name)] for name in ("COLD0000001", "OVER0000001"))
    why = Reason({"dig": 2.5, "overstow": 0.0}, ((at(2, 2, 82), 1.5, ""), (at(2, 1, 4), 0.0, "has no plug")), "a plug")
    plan = LoadingPlan(
        call.id,
        loads,
        refused={ContainerId("LATE0000001"): "It has no verified gross mass."},
        restows={ContainerId("SHIF0000001"): at(2, 4, 82)},
        queues=(first, second),
        yard_moves=(
            YardMove(over.id, over.position, YardPosition("Y1", 9, 6, 1), cold.id, 900),
            YardMove(cold.id, cold.position, None, cold.id, 960),
        ),
        reasons={cold.id: why},
    )
    findings = (
        Finding("SHIP-HANG", Severity.HARD, "Nothing stands below.", "slot 0020384", ContainerId("VOID0000001")),
        Finding(
            "SHIP-OLD", Severity.COMMERCIAL, "Overstows its neighbour.", "", ContainerId("STAY0000001"), Cause.ARRIVAL
        ),
    )
    figures = Figures(
        loads=5, loaded=4, refused=1, discharged=3, remaining=2, restows=1, digs=1, digs_per_load=0.25,
        crane_makespan_s=1320, crane_moves=9, twin_lifts=1, teu_departing=11,
    )  # fmt: skip
    ship = Stability(
        120_000, 720_000, gm_mm=900, trim_mm=-250, list_mdeg=400, draught_mm=5_000,
        shear_kg=(10_000, -30_000, 0), not_judged=(told("The profile gives no limits of bending.", "no-limit"),),
    )  # fmt: skip
    return PlannedCall(
        call,
        plan,
        Judgement(
            findings,
            figures,
            ship,
            ship,
            {
                "SHIP-HANG": "No box hangs in the air.",
                "SHIP-OLD": "No overstow.",
                "SHIP-LIST": "The ship stands upright. Not judged: the profile has no breadth.",
            },
        ),
        costs_min={"dig": 2.5, "refused": 600.0},
        bounds={"crane makespan": Bound(22.0, 20.0, "min", told("one crane's longest bay", "bound-here"))},
        baselines={"greedy": {"digs_per_load": 0.75, "crane_makespan_s": 1500}},
        phases=(Phase("stowage", 1.2, 1.1),),
        seed=7,
        stopped="100 iterations done",
        version="0.1.0",
    )


@pytest.fixture(scope="session")
def small_planned() -> PlannedCall:
    return make_small_planned_call()


@pytest.fixture(scope="session")
def with_load() -> Callable[[PlannedCall, Container, StowPosition], PlannedCall]:
    """The planned call with one more box on the load list and in the plan."""

    def add(planned: PlannedCall, box: Container, position: StowPosition) -> PlannedCall:
        call = replace(planned.call, loads=(*planned.call.loads, box))
        plan = replace(planned.plan, loads={**planned.plan.loads, box.id: position})
        return replace(planned, call=call, plan=plan)

    return add
