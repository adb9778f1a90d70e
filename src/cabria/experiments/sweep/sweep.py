"""Every variant with every seed: what is not yet done is done, and each run is kept as it ends.

All variants see the same seeds, and machines draw from chances of their own: so they meet the same ships, breakdowns
and slow cycles, and differ by what is varied (common random numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from cabria.adapters.files.kept_runs import KeptRuns
from cabria.experiments.sweep.executors import Executor, Lost
from cabria.experiments.sweep.trials import Done, Task, Trial, do
from cabria.referee.run_record import RunRecord, Value, Variant, failed_run

MOST_RUNS = 5_000


class Step(NamedTuple):
    """A run that has ended, and how many have by now."""

    variant: Variant
    record: RunRecord
    done: int
    was_kept: bool


def sweep(
    trial: Trial,
    variants: Sequence[Variant],
    seeds: Sequence[int],
    executor: Executor,
    kept: KeptRuns,
    head: Mapping[str, Any],
    keep_log: Callable[[bytes], None],
) -> Iterator[Step]:
    """All runs, those kept from before first. `keep_log` gets the log of the first variant's first seed, with `head`.

    Seeds are the outer loop: a sweep that is ended early has about as many runs of each variant.
    """
    for variant in variants:
        trial.layout(variant.settings)
    wanted = {(_key(variant.settings), seed): variant for seed in seeds for variant in variants}
    done = 0
    for settings, record in kept.records:
        variant_kept = wanted.pop((_key(settings), record.seed), None)
        if variant_kept is not None:
            done += 1
            yield Step(variant_kept, _numbered(record, variant_kept), done, was_kept=True)
    tasks = [
        Task(variant, seed, _head_of(variant, seed, head) if (variant, seed) == (variants[0], seeds[0]) else None)
        for (_, seed), variant in wanted.items()
    ]
    for task, result in executor.run(do, trial, tasks):
        answer = (
            Done(failed_run(task.variant.number, task.seed, result.reason), None)
            if isinstance(result, Lost)
            else result
        )
        if answer.log is not None:
            keep_log(answer.log)
        if not answer.record.fault:
            kept.keep(task.variant, answer.record)
        done += 1
        yield Step(task.variant, answer.record, done, was_kept=False)


def _key(settings: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(settings[name])) for name in sorted(settings))


def _numbered(record: RunRecord, variant: Variant) -> RunRecord:
    return replace(record, variant=variant.number)


def _head_of(variant: Variant, seed: int, head: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**head, "settings": {**head.get("settings", {}), **variant.settings}, "seed": seed}
