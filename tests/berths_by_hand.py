"""Small quays and ships for the tests of berth plans."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cabria.domain.berthing import (
    BerthCase,
    BerthRules,
    CostRates,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    ShipCall,
    ShipId,
)

RATES = CostRates(speed_up_per_h=1000, waiting_per_h=200, late_per_h=1000, overrun=3000)


def ship(name: str, eta_h: int = 4, length_m: int = 100, work_h: int = 8, **more: Any) -> ShipCall:
    given: dict[str, Any] = {
        "max_cranes": 2,
        "wanted_position_mm": 0,
        "wanted_finish_min": (eta_h + work_h) * 60,
        "last_finish_min": (eta_h + 2 * work_h) * 60,
        "rates": RATES,
    }
    eta = more.pop("eta", Eta(eta_h * 60, max(0, eta_h - 1) * 60))
    return ShipCall(ShipId(name), length_m * 1000, eta, work_h * 60, **(given | more))


def case(*ships: ShipCall, quay_m: int = 350, cranes: int = 4, **rules: Any) -> BerthCase:
    length = quay_m * 1000
    quay = Quay(
        "Q",
        (QuaySection("west", 0, length // 2, 16_000), QuaySection("east", length // 2, length, 16_000)),
        tuple(RailCrane(f"QC{number}", 0, length) for number in range(1, cranes + 1)),
    )
    given = {"horizon_min": 72 * 60, "growth_ppm_per_m": 1_000, "crane_hour": 100}
    return BerthCase(quay=quay, ships=ships, rules=BerthRules(**(given | rules)))


def with_cranes(given: BerthCase, cranes: tuple[RailCrane, ...]) -> BerthCase:
    return replace(given, quay=replace(given.quay, cranes=cranes))
