"""The smallest call that has everything: worked out by hand in scenarios/tiny/README.md."""

from __future__ import annotations

from dataclasses import replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId, DangerousGoods, Port, SizeType, check_digit
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.vessel import Cell, HatchCover, Level, StackId, VesselBay, VesselProfile, VesselStack
from cabria.domain.yard import YardBlock, YardBox, YardInventory

PORT, NEXT, LAST = Port("PECHY"), Port("ECPSJ"), Port("CNSHA")
ROWS = (2, 0, 1)


def tiny_call() -> VesselCall:
    """Twelve containers, one quay crane, two trucks, two bays, one lid, one plug."""
    loads = (
        _box("TINU000003", "22G1", 20_000, PORT, LAST),
        _box("TINU000004", "22G1", 19_000, PORT, LAST),
        _box("TINU000005", "45G1", 24_000, PORT, LAST),
        _box("TINU000006", "42G1", 12_000, PORT, LAST),
        _box("TINU000007", "42G1", 20_000, PORT, NEXT),
        _box("TINU000008", "45R1", 28_000, PORT, LAST, set_point_tenth_c=-5),
        _box("TINU000009", "42G1", 15_000, PORT, NEXT, dangerous=(DangerousGoods("8", 1824, "II"),)),
    )
    return VesselCall(
        id="TINY",
        vessel=_ship(),
        voyage="001W",
        port=PORT,
        rotation=(NEXT, LAST),
        arrival=BayPlan.of(
            [
                (_box("TINU000001", "42G1", 18_000, Port("CLSAI"), PORT), StowPosition(2, 0, 2)),
                (_box("TINU000010", "42G1", 22_000, Port("CLSAI"), LAST), StowPosition(2, 1, 2)),
                (_box("TINU000002", "42G1", 14_000, Port("CLSAI"), PORT), StowPosition(2, 0, 82)),
                (_box("TINU000011", "42G1", 16_000, Port("CLSAI"), NEXT), StowPosition(6, 0, 82)),
            ]
        ),
        loads=loads,
        terminal=_terminal(),
        yard=_yard(loads),
        berth_x_mm=100_000,
        start="2026-03-02T06:00",
    )


def small_call() -> VesselCall:
    """The same ship and boxes at a terminal with lanes and two blocks, where it can be worked to its end."""
    from cabria.experiments.layouts import small_layout

    terminal = small_layout().terminal
    blocks = tuple(replace(block, plug_bays=(7,)) for block in terminal.blocks)
    return replace(tiny_call(), terminal=replace(terminal, blocks=blocks), berth_x_mm=90_000)


def _box(
    stem: str,
    code: str,
    mass_kg: int,
    pol: Port,
    pod: Port,
    *,
    set_point_tenth_c: int | None = None,
    dangerous: tuple[DangerousGoods, ...] = (),
) -> Container:
    return Container(
        id=_number(stem),
        size_type=SizeType.parse(code),
        gross_mass_kg=mass_kg,
        pol=pol,
        pod=pod,
        mass_is_verified=True,
        operator="ANP",
        set_point_tenth_c=set_point_tenth_c,
        dangerous=dangerous,
    )


def _number(stem: str) -> ContainerId:
    return ContainerId(f"{stem}{check_digit(stem)}")


def _ship() -> VesselProfile:
    """Bay 02 has a hold of three rows by two tiers under one lid, and a deck; bay 06 a deck only, with one plug."""

    def stack(row: int, level: Level, tiers: tuple[int, ...], plug_tier: int = 0) -> VesselStack:
        return VesselStack(
            row=row,
            level=level,
            cells=tuple(Cell(tier, has_plug_aft=tier == plug_tier) for tier in tiers),
            max_weight_20_kg=50_000,
            max_weight_40_kg=60_000,
            max_height_mm=5_500 if level is Level.HOLD else 6_000,
        )

    hold = [stack(row, Level.HOLD, (2, 4)) for row in ROWS]
    return VesselProfile(
        name="CABRIA TINY",
        bays=(
            VesselBay(2, 1, 3, (*hold, *(stack(row, Level.DECK, (82, 84)) for row in ROWS))),
            VesselBay(6, 5, 7, tuple(stack(row, Level.DECK, (82, 84), 82 if row == 2 else 0) for row in ROWS)),
        ),
        hatch_covers=(
            HatchCover(
                "02",
                closes=tuple(StackId(2, row, Level.HOLD) for row in ROWS),
                carries=tuple(StackId(2, row, Level.DECK) for row in ROWS),
            ),
        ),
        imo="1000019",
        call_sign="CBTY",
        source="Made by Cabria to be checked by hand; no hydrostatics, so no stability is judged.",
    )


def _terminal() -> Terminal:
    return Terminal(
        name="Tiny",
        port=PORT,
        quay_length_mm=300_000,
        blocks=(YardBlock("B01", bays=4, rows=3, tiers=3, x_mm=100_000, y_mm=60_000, plug_bays=(7,)),),
        quay_cranes=(QuayCrane("QC1", x_mm=120_000),),
        yard_cranes=(YardCrane("YC1", "B01"),),
        trucks=2,
    )


def _yard(loads: tuple[Container, ...]) -> YardInventory:
    """Two stacks in which the order of loading matters, and a stranger on top of the reefer."""
    places = {
        "TINU000003": (1, 3, 1),
        "TINU000004": (3, 3, 1),
        "TINU000005": (2, 1, 2),
        "TINU000006": (2, 2, 1),
        "TINU000007": (2, 1, 1),
        "TINU000008": (6, 1, 1),
        "TINU000009": (2, 2, 2),
    }
    boxes = [
        YardBox(
            box.id,
            YardPosition("B01", *places[box.id[:10]]),
            box.length_ft,
            box.height_mm,
            box.gross_mass_kg,
            outbound="TINY",
        )
        for box in loads
    ]
    stranger = YardBox(_number("TINU000012"), YardPosition("B01", 6, 1, 2), 40, 2591, 9_000, outbound="truck")
    return YardInventory.of(sorted([*boxes, stranger], key=lambda box: box.position))
