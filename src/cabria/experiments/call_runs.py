"""A planned call run in the twin and judged by the referee for runs; `cabria.experiments.sweep` does it many times."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import RunEvent
from cabria.experiments.sound_runs import refuse_strangers
from cabria.operations.berthing import standing_ready
from cabria.operations.settings import Settings
from cabria.referee.run import RunJudgement, judge_run
from cabria.referee.run_figures import RunFigures, figures_of
from cabria.referee.run_record import measures_of
from cabria.twin.failures import Reliability
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin
from cabria.twin.weather import Wind

HOUR_MS = 3_600_000
STANDSTILL_H = 3
"""After so many hours without a step of any quay crane, none of them out of service, a run stands still."""
BREAKDOWNS = Fleet(
    truck_reliability=Reliability(between_h=40, repair_min=8),
    quay_crane_reliability=Reliability(between_h=25, repair_min=20),
    yard_crane_reliability=Reliability(between_h=50, repair_min=15),
    wind=Wind(between_h=60, lasts_h=1.5),
)
"""How often machines break down, and wind stops the quay cranes, in a run with breakdowns."""
MOST_TRUCKS = 1_000


@dataclass(frozen=True, slots=True)
class RunSetting:
    """What is tried. Raises DataError for what cannot be."""

    trucks: int = 40
    """Driverless trucks."""
    variation: float = 0.1
    """How much the cycles of quay cranes differ."""
    has_breakdowns: bool = False
    """Whether machines break down and are repaired."""
    settings: Settings = field(default_factory=Settings)
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (("trucks", 1, MOST_TRUCKS), ("variation", 0, 0.5)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise DataError(f"{name} is {value}; it lies between {low} and {high:,}.", place=name)


@dataclass(frozen=True)
class CallRun:
    """One run and what it came to. `stood_still` is that the work never ended."""

    setting: RunSetting
    events: tuple[RunEvent, ...]
    judgement: RunJudgement
    figures: RunFigures
    stood_still: bool
    cpu_s: float

    @property
    def measures(self) -> Mapping[str, float]:
        """The figures a table shows, without those of which there are none."""
        return {name: value for name, value in measures_of(self.figures).items() if value is not None}


def run_call(call: VesselCall, plan: LoadingPlan, layout: Layout, setting: RunSetting) -> CallRun:
    """Work the plan to its end in the twin, and judge the log."""
    refuse_strangers(call, plan, layout)
    started = time.process_time()
    ready = standing_ready(layout, call, plan)
    fleet = replace(
        BREAKDOWNS if setting.has_breakdowns else Fleet(), trucks=setting.trucks, spread=Spread(setting.variation)
    )
    twin = Twin(ready, setting.settings, fleet, setting.seed)
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    stood_still = not _run_to_end(twin)
    cpu_s = time.process_time() - started
    events = tuple(twin.log.events)
    return CallRun(
        setting, events, judge_run(events, ready, [(call, plan)]), figures_of(events, ready, [(call, plan)]),
        stood_still, cpu_s,
    )  # fmt: skip


def _run_to_end(twin: Twin) -> bool:
    """Whether the work came to an end; what trucks have still to do afterwards is given another hour."""
    cranes = twin.control.desk.board.quay_cranes.values()
    done, since_h = -1, 0
    while not twin.is_idle:
        twin.run(twin.now_ms + HOUR_MS)
        now_done = sum(crane.next for crane in cranes)
        since_h = 0 if now_done > done or any(crane.failed for crane in cranes) else since_h + 1
        done = now_done
        if since_h == STANDSTILL_H:
            return False
    twin.run(twin.now_ms + HOUR_MS)
    return True
