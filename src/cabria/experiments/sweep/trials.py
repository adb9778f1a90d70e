"""What is run again and again, and one such run: the twin let go, its log judged, counted by the hour, and let go."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple, Protocol

from cabria.adapters.files.run_log import RunLogWriter
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import RunEvent
from cabria.domain.stands import StandKind
from cabria.experiments.call_runs import RunSetting, run_call
from cabria.experiments.coarse.records import coarse_record, refuse_unheeded
from cabria.experiments.sound_runs import refuse_nonsense
from cabria.experiments.sweep.knobs import with_values
from cabria.experiments.weeks.run import run_scenario
from cabria.experiments.weeks.scenario import Scenario, layout_of
from cabria.operations.berthing import standing_ready
from cabria.operations.gateways import Journal
from cabria.referee.run import RunJudgement
from cabria.referee.run_figures import RunFigures
from cabria.referee.run_hours import HourCounter
from cabria.referee.run_record import RunRecord, Value, Variant, failed_run, record_of


class Outcome(NamedTuple):
    """What came of one run."""

    figures: RunFigures
    judgement: RunJudgement
    stood_still: bool


class Trial(Protocol):
    """Something that can be run with other settings and other seeds; the same ones give the same log."""

    @property
    def subject(self) -> Any:
        """What it is run with when nobody says another: a frozen dataclass, as `knobs_of` takes it."""

    def layout(self, values: Mapping[str, Value]) -> Layout:
        """The ground with its machines as they stand at the start. Raises DataError for settings that cannot be."""

    @property
    def calls(self) -> Sequence[tuple[VesselCall, LoadingPlan]]:
        """Those that are known before the run, with their plans; others become known on the way."""

    def run(self, values: Mapping[str, Value], seed: int, journal: Journal) -> Outcome: ...


@dataclass(frozen=True)
class CallTrial:
    """One planned call."""

    call: VesselCall
    plan: LoadingPlan
    ground: Layout
    subject: RunSetting

    def layout(self, values: Mapping[str, Value]) -> Layout:
        refuse_nonsense(self.call, self.plan, self.ground)
        _refuse_trucks(with_values(self.subject, values).trucks, self.ground)
        return self._ready

    @property
    def calls(self) -> Sequence[tuple[VesselCall, LoadingPlan]]:
        """What the referee judges the log against."""
        return [(self.call, self.plan)]

    @cached_property
    def _ready(self) -> Layout:
        return standing_ready(self.ground, self.call, self.plan)

    def run(self, values: Mapping[str, Value], seed: int, journal: Journal) -> Outcome:
        result = run_call(self.call, self.plan, self.ground, replace(with_values(self.subject, values), seed=seed))
        for event in result.events:
            journal.record(event)
        return Outcome(result.figures, result.judgement, result.stood_still)


@dataclass(frozen=True)
class WeekTrial:
    """A stretch of a year's demand, ship after ship."""

    subject: Scenario

    @property
    def calls(self) -> Sequence[tuple[VesselCall, LoadingPlan]]:
        return ()

    def layout(self, values: Mapping[str, Value]) -> Layout:
        scenario = with_values(self.subject, values)
        ground = layout_of(scenario)
        _refuse_trucks(scenario.trucks, ground)
        return ground

    def run(self, values: Mapping[str, Value], seed: int, journal: Journal) -> Outcome:
        result = run_scenario(with_values(self.subject, values), seed, journal)
        return Outcome(result.figures, result.judgement, result.stood_still)


@dataclass(frozen=True)
class CoarseTrial:
    """The same at coarse fidelity: quick, and without a log that could be judged, kept or done again."""

    subject: Scenario

    @property
    def calls(self) -> Sequence[tuple[VesselCall, LoadingPlan]]:
        return ()

    def layout(self, values: Mapping[str, Value]) -> Layout:
        """Raises DataError also for settings that change nothing at this fidelity."""
        refuse_unheeded(values)
        return layout_of(with_values(self.subject, values))

    def run(self, values: Mapping[str, Value], seed: int, journal: Journal) -> Outcome:
        raise NotImplementedError("A coarse run has no log; ask for its record.")

    def record(self, variant: Variant, seed: int) -> RunRecord:
        return coarse_record(with_values(self.subject, variant.settings), variant.number, seed)


def _refuse_trucks(trucks: int, layout: Layout) -> None:
    places = len(layout.stands_of(StandKind.PARKING))
    if trucks > places:
        raise DataError(
            f"{trucks} trucks find {places} parking stands on layout {layout.name}.",
            place="trucks",
            remedy="Take fewer trucks, or a layout with more parking.",
        )


@dataclass(frozen=True, slots=True)
class Task:
    """One run of a sweep. With a `head` its log is kept, and this is what its first line says."""

    variant: Variant
    seed: int
    head: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A run's record, and its log (gzip) where that is kept."""

    record: RunRecord
    log: bytes | None


class _Listeners:
    """The journal of a run in a sweep: counted by the hour, and written to memory where its log is kept."""

    def __init__(self, layout: Layout, head: Mapping[str, Any] | None) -> None:
        self.hours = HourCounter(layout)
        self.stream = BytesIO()
        self.log = None if head is None else RunLogWriter(self.stream, head)

    def record(self, event: RunEvent) -> None:
        self.hours.hear(event)
        if self.log is not None:
            self.log.record(event)

    def over(self) -> bytes | None:
        """The log ends here; its bytes, where it is kept."""
        self.hours.over()
        if self.log is None:
            return None
        self.log.close()
        return self.stream.getvalue()


def do(trial: Trial, task: Task) -> Done:
    """Run it once. What the program stumbles over is told as the run's fault, so that the other runs go on."""
    variant, seed = task.variant, task.seed
    began = time.process_time()
    try:
        if isinstance(trial, CoarseTrial):
            return Done(trial.record(variant, seed), None)
        listeners = _Listeners(trial.layout(variant.settings), task.head)
        outcome = trial.run(variant.settings, seed, listeners)
    except DataError as error:
        return Done(failed_run(variant.number, seed, str(error)), None)
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to this run and is listed with it
        return Done(failed_run(variant.number, seed, f"{type(error).__name__}: {error}"[:300]), None)
    log = listeners.over()
    record = record_of(
        variant.number,
        seed,
        outcome.figures,
        outcome.judgement,
        listeners.hours.crane_hours(),
        listeners.hours.truck_hours(),
        stood_still=outcome.stood_still,
        cpu_s=time.process_time() - began,
    )
    return Done(record, log)
