"""Records of runs that never were, for tables and pages."""

from __future__ import annotations

from cabria.referee.run_figures import YardHour
from cabria.referee.run_hours import HOUR_MS, CraneHour, TruckHour
from cabria.referee.run_record import COUNTS, MEASURES, RunRecord


def record(variant: int = 1, seed: int = 0, gmph: float = 25.0, *, broken: int = 0, hours: int = 3) -> RunRecord:
    """A run of some hours with four trucks and one quay crane; no road truck came."""
    measures: dict[str, float | None] = {**dict.fromkeys(MEASURES, 0.5), **dict.fromkeys(COUNTS, 12.0)}
    return RunRecord(
        variant=variant,
        seed=seed,
        measures=measures | {"gmph": gmph, "turn_min": None, "visits": 0},
        waiting={"no truck": 0.2, "box still in the yard": 0.1},
        crane_hours=tuple(
            CraneHour(hour, "QC1", "CALL-1", 20, 1, 0, {"no truck": 60_000, 'box, still in the "yard"': 30_500})
            for hour in range(hours)
        ),
        truck_hours=tuple(TruckHour(hour, 4 * HOUR_MS, 2 * HOUR_MS, HOUR_MS, 0, hour, 1_500) for hour in range(hours)),
        yard_hours=tuple(YardHour((hour + 1) * HOUR_MS, 100 + hour, 150 + hour, 1_000) for hour in range(hours - 1)),
        findings=("RUN-LANE at 0:10:00: a trip, over nothing.",) * bool(broken),
        broken=broken,
        stood_still=False,
        fault="",
        cpu_s=1.25,
    )
