"""A small ship, boxes and calls for tests, each with as little said as possible.

The ship has two 40 ft bays, 02 (01, 03) and 06 (05, 07), and the single 20 ft bay 09. Rows are 04 02 00 01 03 from
port, three tiers in the hold (02 04 06) and three on deck (82 84 86). Each bay has two lids: "P" over rows 02 and 04,
"S" over rows 00, 01 and 03. Bays 02 and 06 have plugs at the fore end of deck tier 82. She floats on a made-up hull
whose LCB lies amidships.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.terminal import QuayCrane, Terminal
from cabria.domain.vessel import (
    Cell,
    HatchCover,
    HydrostaticPoint,
    Level,
    StackId,
    Station,
    Tank,
    VesselBay,
    VesselLimits,
    VesselProfile,
    VesselStack,
)
from cabria.domain.work import CraneStep, StepKind, WorkQueue, YardMove
from cabria.domain.yard import YardBlock, YardBox, YardInventory

HERE, NEXT, LATER, LAST = Port("PECHY"), Port("CLVAP"), Port("CNSHA"), Port("CNNGB")
ROWS = (4, 2, 0, 1, 3)
HOLD_TIERS, DECK_TIERS = (2, 4, 6), (82, 84, 86)
BAYS = (2, 6, 9)
BAY_LCG_MM = {2: 15_000, 6: 0, 9: -15_000}
ROW_TCG_MM = {4: -5_000, 2: -2_500, 0: 0, 1: 2_500, 3: 5_000}


def slot(text: str) -> StowPosition:
    return StowPosition.parse(text)


def box(name: str, *, code: str = "42G1", kg: int = 10_000, pod: Port = LATER, **facts: Any) -> Container:
    """A verified, full, dry 40 ft box unless told otherwise."""
    return Container(
        id=ContainerId(name),
        size_type=SizeType.parse(code),
        gross_mass_kg=kg,
        pol=facts.pop("pol", HERE),
        pod=pod,
        mass_is_verified=facts.pop("mass_is_verified", True),
        **facts,
    )


def box_20(name: str, **facts: Any) -> Container:
    return box(name, **{"code": "22G1", **facts})


def stack(level: Level, row: int, bay: int, **changes: Any) -> VesselStack:
    tiers = HOLD_TIERS if level is Level.HOLD else DECK_TIERS
    base_mm = 2_000 if level is Level.HOLD else 12_000
    lcg = BAY_LCG_MM[bay]
    single = bay % 2 == 1
    cells = tuple(
        Cell(
            tier,
            takes_20_aft=not single,
            takes_40=not single,
            has_plug_fore=tier == 82 and not single,
            vcg_mm=base_mm + 1_300 + 2_600 * index,
        )
        for index, tier in enumerate(tiers)
    )
    built = VesselStack(
        row=row,
        level=level,
        cells=cells,
        max_weight_20_kg=60_000,
        max_weight_40_kg=90_000,
        max_height_mm=8_700,
        tcg_mm=ROW_TCG_MM[row],
        lcg_fore_mm=lcg if single else lcg + 3_080,
        lcg_mm=None if single else lcg,
        lcg_aft_mm=None if single else lcg - 3_080,
    )
    return replace(built, **changes)


def vessel_bay(number: int) -> VesselBay:
    stacks = tuple(stack(level, row, number) for level in (Level.HOLD, Level.DECK) for row in ROWS)
    if number % 2:
        return VesselBay(number, number, None, stacks)
    return VesselBay(number, number - 1, number + 1, stacks)


def lids_of(bay: int) -> tuple[HatchCover, ...]:
    def under(rows: Iterable[int], level: Level) -> tuple[StackId, ...]:
        return tuple(StackId(bay, row, level) for row in rows)

    return tuple(
        HatchCover(f"{bay:02}{side}", closes=under(rows, Level.HOLD), carries=under(rows, Level.DECK))
        for side, rows in (("P", (4, 2)), ("S", (0, 1, 3)))
    )


def ship(**changes: Any) -> VesselProfile:
    """The small ship; `changes` replace fields of the profile."""
    points = tuple(
        HydrostaticPoint(
            displacement_kg=mass,
            km_mm=11_000,
            draught_mm=mass // 1_000 + 1_000,
            lcb_mm=0,
            lcf_mm=0,
            trim_moment_kg_m_per_cm=50_000,
            min_lcg_mm=-2_000,
            max_lcg_mm=2_000,
        )
        for mass in (600_000, 2_100_000, 6_000_000)
    )
    stations = tuple(
        Station(
            lcg_mm=lcg,
            lightship_kg=300_000,
            lightship_vcg_mm=6_000,
            buoyancy_kg=tuple(point.displacement_kg // 3 for point in points),
            min_shear_kg=-400_000,
            max_shear_kg=400_000,
            min_bending_kg_m=-5_000_000,
            max_bending_kg_m=5_000_000,
        )
        for lcg in (15_000, 0, -15_000)
    )
    tanks = tuple(Tank(name, 500_000, 0, tcg, 1_000, 3_000) for name, tcg in (("PORT", -6_000), ("STARBOARD", 6_000)))
    limits = VesselLimits(
        min_gm_mm=500,
        max_trim_by_stern_mm=2_000,
        max_trim_by_head_mm=1_000,
        max_list_mdeg=2_000,
        max_tcg_mm=None,
        max_draught_mm=6_000,
        max_displacement_kg=5_000_000,
        max_lashing_kg_m=300_000,
    )
    built = VesselProfile(
        name="Little Ship",
        bays=tuple(vessel_bay(number) for number in BAYS),
        hatch_covers=tuple(lid for bay in BAYS for lid in lids_of(bay)),
        hydrostatics=points,
        stations=stations,
        tanks=tanks,
        limits=limits,
    )
    return replace(built, **changes)


def with_stack(profile: VesselProfile, bay: int, row: int, level: Level, **changes: Any) -> VesselProfile:
    """The same ship with one stack changed."""

    def changed(old: VesselStack) -> VesselStack:
        return replace(old, **changes) if (old.row, old.level) == (row, level) else old

    bays = tuple(
        replace(old, stacks=tuple(changed(stack) for stack in old.stacks)) if old.number == bay else old
        for old in profile.bays
    )
    return replace(profile, bays=bays)


def terminal(**changes: Any) -> Terminal:
    """Two cranes, one 40 ft bay apart at least, and two yard blocks of 10 x 4 x 4."""
    built = Terminal(
        name="Small Quay",
        port=HERE,
        quay_length_mm=400_000,
        blocks=(YardBlock("A1", 10, 4, 4, plug_bays=(1, 3)), YardBlock("A2", 10, 4, 4)),
        quay_cranes=(QuayCrane("QC1", 0, twin_max_kg=40_000), QuayCrane("QC2", 100_000, twin_max_kg=40_000)),
        crane_gap_bays=0,
    )
    return replace(built, **changes)


def stowed(*entries: tuple[Container, str]) -> BayPlan:
    return BayPlan.of((container, slot(position)) for container, position in entries)


def yard_position(text: str) -> YardPosition:
    return YardPosition.parse(text)


def yard(*entries: tuple[Container | str, str]) -> YardInventory:
    """Boxes in the yard; a name alone is a foreign 40 ft box."""
    return YardInventory.of(
        YardBox(ContainerId(what), yard_position(position))
        if isinstance(what, str)
        else YardBox(what.id, yard_position(position), length_ft=what.length_ft, gross_mass_kg=what.gross_mass_kg)
        for what, position in entries
    )


def call(
    *,
    arrival: Iterable[tuple[Container, str]] = (),
    loads: Iterable[Container] = (),
    vessel: VesselProfile | None = None,
    **changes: Any,
) -> VesselCall:
    built = VesselCall(
        id="CALL-1",
        vessel=vessel or ship(),
        voyage="001",
        port=HERE,
        rotation=(NEXT, LATER, LAST),
        arrival=stowed(*arrival),
        loads=tuple(loads),
        terminal=terminal(),
        yard=YardInventory(),
    )
    return replace(built, **changes)


def plan(loads: Mapping[str, str] | None = None, **changes: Any) -> LoadingPlan:
    """A plan from container name to slot; `restows` likewise."""

    def slots(entries: Mapping[str, str]) -> dict[ContainerId, StowPosition]:
        return {ContainerId(name): slot(position) for name, position in entries.items()}

    return LoadingPlan(
        call_id=changes.pop("call_id", "CALL-1"),
        loads=slots(loads or {}),
        restows=slots(changes.pop("restows", {})),
        **changes,
    )


Lift = tuple[StepKind, int, tuple[ContainerId, ...], tuple[StowPosition, ...], str]
"""What a crane lifts: kind, vessel bay, containers, slots, lid."""


def _boxes(kind: StepKind, pairs: Iterable[tuple[str, str]]) -> Lift:
    names, slots = zip(*pairs, strict=True)
    positions = tuple(slot(text) for text in slots)
    place = ship().place(positions[0])
    bay = place.bay.number if place else positions[0].bay
    return kind, bay, tuple(ContainerId(name) for name in names), positions, ""


def discharge(*pairs: tuple[str, str]) -> Lift:
    return _boxes(StepKind.DISCHARGE, pairs)


def load(*pairs: tuple[str, str]) -> Lift:
    return _boxes(StepKind.LOAD, pairs)


def restow_off(*pairs: tuple[str, str]) -> Lift:
    return _boxes(StepKind.RESTOW_OFF, pairs)


def restow_on(*pairs: tuple[str, str]) -> Lift:
    return _boxes(StepKind.RESTOW_ON, pairs)


def lid_off(lid: str) -> Lift:
    return StepKind.LID_OFF, int(lid[:2]), (), (), lid


def lid_on(lid: str) -> Lift:
    return StepKind.LID_ON, int(lid[:2]), (), (), lid


def queue(crane: str, *lifts: Lift, start_s: int = 0) -> WorkQueue:
    """Lifts one after the other: 120 s a cycle, 180 s a lid, 60 s a 40 ft bay of travel."""
    steps: list[CraneStep] = []
    now = start_s
    for kind, bay, containers, positions, lid in lifts:
        if steps:
            now += -(-abs(bay - steps[-1].bay) * 60 // 4)
        end = now + (180 if lid else 120)
        steps.append(CraneStep(kind, bay, now, end, containers, positions, lid))
        now = end
    return WorkQueue(crane, tuple(steps))


def fetch(name: str, source: str, *, due_s: int = 0) -> YardMove:
    """A load leaves the yard."""
    number = ContainerId(name)
    return YardMove(number, yard_position(source), None, number, due_s)


def dig(name: str, source: str, target: str, *, needed_for: str, due_s: int = 0) -> YardMove:
    """A box is moved aside to reach a load."""
    return YardMove(ContainerId(name), yard_position(source), yard_position(target), ContainerId(needed_for), due_s)
