"""A scenario played to its end by an automated trainee: the same scenario, seed and trainee give the same log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

from cabria.domain.run_events import BoxesLanded, RunEvent
from cabria.operations.running import OF_THE_LOG
from cabria.training.run import TrainingRun
from cabria.training.scenario import Scenario
from cabria.training.start import Prepared, prepared
from cabria.training.trainees import TRAINEES, TraineeKind

TICK_MS = 30_000
"""How often a trainee looks up."""


def play(
    scenario: Scenario,
    kind: TraineeKind,
    *,
    start: Prepared | None = None,
    listen: Callable[[float], None] = lambda share: None,
) -> TrainingRun:
    """`listen` hears what share of the scenario's time is over. Raises DataError for a start that cannot be used."""
    run = TrainingRun(scenario, prepared(scenario.start) if start is None else start)
    trainee = TRAINEES[kind]()
    while not run.is_over:
        run.run(run.now_ms + TICK_MS)
        trainee.look(run)
        listen((run.now_ms - run.begins_ms) / scenario.lasts_ms)
    return run


def events_of(run: TrainingRun, start: Prepared) -> list[RunEvent]:
    """The run log of a session, from the beginning of the journal that it may have started from."""
    told = (*start.entries, *run.kept.read(len(start.entries), run.kept.durable))
    return [one.record.content for one in told if one.record.kind in OF_THE_LOG]


def moved_in_steps(run: TrainingRun, start: Prepared, step_ms: int, until_ms: int) -> list[int]:
    """Boxes that quay cranes had set down by the end of each step since the session began."""
    cranes = {crane.id for crane in start.layout.terminal.quay_cranes}
    moved = [0] * max(1, -(-(until_ms - run.begins_ms) // step_ms))
    for event in events_of(run, start):
        if isinstance(event, BoxesLanded) and event.crane in cranes and event.at_ms > run.begins_ms:
            moved[min(len(moved) - 1, (event.at_ms - run.begins_ms - 1) // step_ms)] += len(event.containers)
    return list(accumulate(moved))


def reference_of(run: TrainingRun) -> Scenario:
    """The scenario with what was injected in a session, by script or by hand, for the policy to play."""
    by_time = sorted(run.script.injected, key=lambda injection: injection.at_min)
    return replace(run.scenario, injections=tuple(one for one in by_time if one.at_min < run.scenario.lasts_min))
