"""What is kept of a judged run when its log is not: what was set, what came of it, and whether it kept the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cabria.referee.run import RunJudgement
from cabria.referee.run_figures import RunFigures, YardHour
from cabria.referee.run_hours import CraneHour, TruckHour

Value = int | float | bool | str
"""Of a setting."""
MOST_FINDINGS = 20
"""Kept of a run that breaks rules; how many there were is kept too."""


@dataclass(frozen=True)
class Variant:
    """One way of running the terminal, tried with every seed. `settings` are those that differ between variants."""

    number: int
    settings: Mapping[str, Value]

    def __str__(self) -> str:
        return ", ".join(f"{name} {told(value)}" for name, value in self.settings.items()) or "as it is"


def told(value: Value) -> str:
    """A setting's value as a person writes it."""
    return ("no", "yes")[value] if isinstance(value, bool) else f"{value:,}" if isinstance(value, int) else f"{value}"


@dataclass(frozen=True)
class RunRecord:
    """One run. `measures` are by the definitions of `MEASURES`; one of which there is none is None."""

    variant: int
    seed: int
    measures: Mapping[str, float | None]
    waiting: Mapping[str, float]
    """Share of the quay cranes' time by what became of the box that was waited for."""
    crane_hours: tuple[CraneHour, ...]
    truck_hours: tuple[TruckHour, ...]
    yard_hours: tuple[YardHour, ...]
    findings: tuple[str, ...]
    """The first rules broken, in words."""
    broken: int
    stood_still: bool
    fault: str
    """What stopped the program in this run; "" for nothing."""
    cpu_s: float

    @property
    def is_good(self) -> bool:
        return not (self.broken or self.stood_still or self.fault)

    @property
    def verdict(self) -> str:
        if self.fault:
            return f"the run failed: {self.fault}"
        if self.stood_still:
            return "the work stood still"
        return f"{self.broken:,} rules broken: {self.findings[0]}" if self.broken else "no rule broken"


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a run: what it is, its unit, and whether more is better (None: neither).

    "%" is the unit of shares of 1, "each" that of what is counted by the move and mostly less than one.
    """

    words: str
    unit: str
    more_is_better: bool | None
    definition: str


MEASURES: Mapping[str, Measure] = {
    "gmph": Measure(
        "gross moves per crane hour", "", True,
        "Boxes handed over between ship and shore by the hours of all quay cranes, each from its first work of a call "
        "to its last, waiting and travelling included. Lids are no moves.",
    ),
    "berth_productivity": Measure(
        "moves per gross berth hour", "", True,
        "Moves by the hours from first line fast to last line released (or the log's end), over all calls.",
    ),
    "makespan_h": Measure(
        "crane makespan", "h", False, "From berthing to the last work of any crane; the mean over calls that are done.",
    ),
    "of_plan": Measure("of the planned makespan", "%", False, "Makespan by the planned one, the mean over done calls."),
    "crane_waiting": Measure(
        "crane waiting share", "%", False,
        "Time in which quay cranes had work and did none, of their time from berthing to their last work.",
    ),
    "truck_use": Measure(
        "truck utilisation", "%", None, "Time in which driverless trucks had a move, of the time they were there.",
    ),
    "empty_drive": Measure("empty-drive share", "%", False, "Of the way of all driverless trucks, that without a box."),
    "rehandle_ratio": Measure(
        "rehandles per productive move", "each", False,
        "Boxes moved only to reach another, by boxes loaded, discharged, restowed or through the gate.",
    ),
    "kwh_per_move": Measure("kWh per move", "", False, "Used by all machines, by moves between ship and shore."),
    "occupancy_peak": Measure("highest yard occupancy", "%", None, "TEU in the yard by TEU of slots, at full hours."),
    "turn_min": Measure("truck turn time", "min", False, "Of road trucks, from gate-in to gate-out, in the mean."),
}  # fmt: skip
COUNTS = ("simulated_h", "crane_h", "moves", "productive_moves", "rehandles", "kwh", "visits")
"""Also measured, without comparing."""


def measures_of(figures: RunFigures) -> Mapping[str, float | None]:
    """Every measure and count of a run."""
    done = [call for call in figures.calls if call.is_done]
    planned = [call for call in done if call.planned_makespan_s]
    berth_ms = sum(call.berth_ms for call in figures.calls)
    occupied = [hour.occupancy for hour in figures.yard if hour.occupancy is not None]
    turn_ms = figures.mean_turn_ms
    return {
        "gmph": figures.gross_moves_per_hour,
        "berth_productivity": sum(call.moves for call in figures.calls) * 3_600_000 / berth_ms if berth_ms else None,
        "makespan_h": _mean([call.makespan_s / 3_600 for call in done]),
        "of_plan": _mean([call.makespan_s / call.planned_makespan_s for call in planned]),
        "crane_waiting": sum(figures.waiting_share_by_cause.values()) if figures.quay_cranes else None,
        "truck_use": figures.trucks.utilisation,
        "empty_drive": figures.trucks.empty_share,
        "rehandle_ratio": figures.rehandle_ratio,
        "kwh_per_move": figures.kwh_per_move,
        "occupancy_peak": max(occupied, default=None),
        "turn_min": None if turn_ms is None else turn_ms / 60_000,
        "simulated_h": figures.run_ms / 3_600_000,
        "crane_h": sum(crane.last_ms - crane.first_ms for crane in figures.quay_cranes) / 3_600_000,
        "moves": figures.moves,
        "productive_moves": figures.productive_moves,
        "rehandles": figures.rehandles,
        "kwh": sum(figures.wh.values()) / 1_000,
        "visits": len(figures.turn_ms),
    }


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def record_of(
    variant: int,
    seed: int,
    figures: RunFigures,
    judgement: RunJudgement,
    crane_hours: tuple[CraneHour, ...],
    truck_hours: tuple[TruckHour, ...],
    *,
    stood_still: bool,
    cpu_s: float,
) -> RunRecord:
    """What is kept of a run that came to an end, or stood still."""
    return RunRecord(
        variant=variant,
        seed=seed,
        measures=measures_of(figures),
        waiting=dict(figures.waiting_share_by_leg),
        crane_hours=crane_hours,
        truck_hours=truck_hours,
        yard_hours=figures.yard,
        findings=tuple(map(str, judgement.broken[:MOST_FINDINGS])),
        broken=len(judgement.broken),
        stood_still=stood_still,
        fault="",
        cpu_s=cpu_s,
    )


def failed_run(variant: int, seed: int, fault: str) -> RunRecord:
    """What is kept of a run that the program did not survive."""
    nothing: Mapping[str, float | None] = dict.fromkeys((*MEASURES, *COUNTS))
    return RunRecord(variant, seed, nothing, {}, (), (), (), (), 0, stood_still=False, fault=fault, cpu_s=0.0)
