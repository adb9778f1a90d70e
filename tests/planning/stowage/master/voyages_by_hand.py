"""Small voyages, told in a few words."""

from __future__ import annotations

from collections.abc import Mapping

from cabria.domain.master_planning import BayHull, Block, CargoSort, MasterVoyage, Sailing

SHORT, LONG, COLD = (
    CargoSort(20, 10_000, False, False),
    CargoSort(40, 20_000, False, True),
    CargoSort(20, 24_000, True, False),
)
SORTS = (SHORT, LONG, COLD)
WIDE = 10**9


def block(bay: int, teu: int, *, hold: int | None = None, plugs: int = 0, max_kg: int = 10**6) -> Block:
    return Block(bay, hold, teu, teu // 2, plugs, max_kg, lcg_mm=-10_000 * bay, vcg_mm=8_000, tcg_mm=0)


def two_lids(
    demand: Mapping[tuple[int, int], tuple[int, int, int]],
    release: Mapping[tuple[int, int], tuple[int, int, int]] | None = None,
    *,
    ports: int = 3,
    teu: int = 4,
    max_lcg_mm: int = WIDE,
    max_shear_kg: int = WIDE,
) -> MasterVoyage:
    """Two bays, each with a deck block (0 and 2) over a hold block (1 and 3) of some TEU; plugs in block 1."""
    hull = BayHull(50_000, 0, 5_000, 0, -WIDE, max_shear_kg, WIDE * 10_000)
    sailing = Sailing(200_000, -WIDE, max_lcg_mm, WIDE, -WIDE, WIDE, (100_000, 100_000))
    return MasterVoyage(
        "by hand",
        ports,
        (block(0, teu, hold=1), block(0, teu, plugs=1), block(1, teu, hold=3), block(1, teu)),
        (hull, hull),
        ((0, 1),),
        (sailing,) * (ports - 1),
        SORTS,
        demand,
        release or {},
    )
