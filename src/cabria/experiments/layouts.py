"""Ground plans to start from. Nothing here is a survey of a real terminal.

What is public about Chancay is kept (see `cabria.experiments.terminals`); where lanes and blocks lie is our proposal.
"""

from __future__ import annotations

from dataclasses import replace

from cabria.domain.layout import BerthRange, Layout
from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock
from cabria.experiments.ground_plan import Plan, lay_out
from cabria.experiments.terminals import make_terminal

CHANCAY_BERTHS = tuple(
    BerthRange(name, 1000 * from_m, 1000 * until_m)
    for name, from_m, until_m in (("A1", 0, 350), ("A2", 350, 700), ("A3", 700, 1100), ("A4", 1100, 1500))
)


def chancay_layout() -> Layout:
    """The reference terminal: six quay cranes on 1,500 m, fifteen blocks parallel to the quay, served on both sides."""
    return lay_out(make_terminal(), berths=CHANCAY_BERTHS)


def small_layout() -> Layout:
    """One quay crane, two blocks: to be checked by hand."""
    blocks = tuple(YardBlock(f"B0{n}", 12, 6, 4, 40_000, y_mm) for n, y_mm in ((1, 104_000), (2, 164_000)))
    terminal = Terminal(
        name="Small",
        port="PECHY",
        quay_length_mm=160_000,
        blocks=blocks,
        quay_cranes=(QuayCrane("QC1", x_mm=80_000),),
        yard_cranes=tuple(YardCrane(f"YC0{n}", f"B0{n}") for n in (1, 2)),
        trucks=4,
    )
    plan = Plan(chargers=1, parking=2, gate_lanes=1)
    return lay_out(terminal, plan=plan, berths=(BerthRange("A1", 0, 160_000),))


def large_layout() -> Layout:
    """Twelve quay cranes on 2,300 m and forty blocks in eight rows, for 120 trucks and more."""
    blocks = tuple(
        YardBlock(f"B{1 + 5 * row + column:02}", 60, 10, 5, 1000 * (70 + 430 * column), 1000 * (104 + 72 * row))
        for row in range(8)
        for column in range(5)
    )
    terminal = Terminal(
        name="Large",
        port="PECHY",
        quay_length_mm=2_300_000,
        blocks=blocks,
        quay_cranes=tuple(QuayCrane(f"QC{n:02}", x_mm=1000 * (300 + 150 * (n - 1))) for n in range(1, 13)),
        yard_cranes=tuple(YardCrane(f"YC{block.id[1:]}", block.id) for block in blocks),
        trucks=120,
    )
    berths = tuple(BerthRange(f"A{n + 1}", 460_000 * n, 460_000 * (n + 1)) for n in range(5))
    return lay_out(terminal, plan=Plan(chargers=30, parking=50, gate_lanes=12), berths=berths)


def chancay_end_loaded_layout() -> Layout:
    """The reference terminal's machines with fifteen blocks at right angles to the quay, served at their ends."""
    model = make_terminal()
    blocks = tuple(
        replace(
            block,
            x_mm=1000 * (290 + 215 * (n // 3)) + 36_000 * (n % 3),
            y_mm=140_000,
            bays_along_quay=False,
        )
        for n, block in enumerate(model.blocks)
    )
    terminal = replace(model, name="Chancay end-loaded", blocks=blocks)
    return lay_out(terminal, berths=CHANCAY_BERTHS)


LAYOUTS = {
    "small": small_layout,
    "chancay": chancay_layout,
    "chancay-end-loaded": chancay_end_loaded_layout,
    "large": large_layout,
}
