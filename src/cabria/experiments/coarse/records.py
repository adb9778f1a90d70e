"""A coarse run as a sweep keeps it, so that it is shown and compared like one of the fine twin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cabria.domain.errors import DataError
from cabria.experiments.coarse.scenario_run import CoarseScenarioRun, run_coarse
from cabria.experiments.weeks.scenario import Scenario
from cabria.referee.run_figures import YardHour
from cabria.referee.run_record import COUNTS, MEASURES, RunRecord
from cabria.twin.coarse import kernels as k

HOUR_MS = 3_600_000
KNOBS = frozenset(
    {
        "teu_a_year", "days", "begins_day", "trucks", "layout", "reefers", "variation", "look_ahead", "most_visitors",
        "yard_ahead_ms", "busy_block_ms", "out_of_turn",
    }
)  # fmt: skip
"""The settings that change something at coarse fidelity."""


def refuse_unheeded(names: Iterable[str]) -> None:
    """Raise DataError for a setting that would change nothing at coarse fidelity."""
    for name in names:
        if name not in KNOBS:
            raise DataError(
                f"{name} changes nothing at coarse fidelity.",
                place="--vary",
                remedy=f"Run at fine fidelity, or vary {', '.join(sorted(KNOBS))}.",
            )


def coarse_record(scenario: Scenario, variant: int, seed: int) -> RunRecord:
    """Run it, and keep what came of it. There is no log and no referee, so the findings are the run's own: boxes that
    found no room. Raises DataError for a scenario that cannot be run."""
    if scenario.has_breakdowns:
        raise DataError(
            "There are no breakdowns at coarse fidelity.", place="has_breakdowns", remedy="Run at fine fidelity."
        )
    done = run_coarse(scenario, seed)
    measures, count = done.measures, done.run.count
    no_room = int(count[k.NO_ROOM])
    return RunRecord(
        variant=variant,
        seed=seed,
        measures=_measures(done),
        waiting={
            name.removeprefix("waiting/"): share for name, share in measures.items() if name.startswith("waiting/")
        },
        crane_hours=(),
        truck_hours=(),
        yard_hours=yard_hours(done),
        findings=(f"{no_room:,} boxes found no block with room",) if no_room else (),
        broken=no_room,
        stood_still=False,
        fault="",
        cpu_s=done.cpu_s,
    )


def yard_hours(done: CoarseScenarioRun) -> tuple[YardHour, ...]:
    """The yard at each full hour."""
    series, slots_teu = done.run.series, int(done.run.problem.room_teu.sum())
    return tuple(
        YardHour(hour * HOUR_MS, boxes, teu, slots_teu)
        for hour, (boxes, teu) in enumerate(zip(series[k.S_BOXES].tolist(), series[k.S_TEU].tolist(), strict=True))
    )


def _measures(done: CoarseScenarioRun) -> Mapping[str, float | None]:
    measures, count = done.measures, [int(value) for value in done.run.count]
    moves = count[k.OFF] + count[k.ON]
    own: dict[str, float | None] = {name: measures.get(name) for name in (*MEASURES, *COUNTS)}
    return own | {
        "rehandle_ratio": measures["rehandles"],
        "simulated_h": float(done.run.problem.hours),
        "crane_h": measures["crane_hours"],
        "moves": float(moves),
        "productive_moves": float(moves + count[k.GATE_MOVES]),
        "rehandles": float(count[k.REHANDLES]),
        "kwh": measures["kwh_per_move"] * moves,
        "visits": float(count[k.ROAD_DONE]),
    }
