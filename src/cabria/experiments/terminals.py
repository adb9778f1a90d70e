"""Terminals of made calls. Nothing here is a survey of a real one.

The reference terminal follows our own proposal of a yard for the public figures of Chancay: 1,500 m of quay, six quay
cranes with 72 m outreach, fifteen yard cranes, forty trucks, 960 reefer plugs. Orientation and number of blocks are
not public; fifteen blocks of 60 bays x 10 rows x 5 tiers are assumed.
"""

from __future__ import annotations

from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock

BAYS, ROWS, TIERS = 60, 10, 5
BLOCK_X_M = (220, 650, 1080)
BLOCK_Y_M = (104, 176, 248, 320, 392)
REEFER_TIERS = 4
"""Reefers are stacked no higher than the racks."""
PLUG_BAYS = tuple(range(3, 3 + 4 * 8, 4))
"""Eight racks of 40 ft in each of three blocks: 3 x 8 x 10 rows x 4 tiers are 960 plugs."""


def make_terminal(*, blocks: int = 15, quay_cranes: int = 6, port: str = "PECHY", name: str = "Chancay") -> Terminal:
    """A terminal of up to 15 blocks (three side by side, nearest the quay first) and up to 10 quay cranes."""
    cranes = range(1, quay_cranes + 1)
    pitch_mm = 650_000 // max(1, quay_cranes - 1)
    return Terminal(
        name=name,
        port=port,
        quay_length_mm=1_500_000,
        blocks=tuple(_block(index, has_plugs=index < 3) for index in range(blocks)),
        quay_cranes=tuple(
            QuayCrane(f"QC{n}", x_mm=760_000 + (n - 1) * min(130_000, pitch_mm), outreach_rows=28) for n in cranes
        ),
        yard_cranes=tuple(YardCrane(f"YC{index + 1:02}", f"B{index + 1:02}") for index in range(blocks)),
        trucks=round(40 * quay_cranes / 6),
        truck_speed_mm_per_s=5_500,
    )


def _block(index: int, *, has_plugs: bool) -> YardBlock:
    across, along = divmod(index, len(BLOCK_X_M))
    return YardBlock(
        id=f"B{index + 1:02}",
        bays=BAYS,
        rows=ROWS,
        tiers=TIERS,
        x_mm=1000 * BLOCK_X_M[along],
        y_mm=1000 * BLOCK_Y_M[across],
        plug_bays=PLUG_BAYS if has_plugs else (),
    )
