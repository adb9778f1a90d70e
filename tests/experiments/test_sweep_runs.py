"""Sweeps of a small call: kept, resumed, the same everywhere, and done again from their logs."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.twin.test_twin import its_layout, planned

from cabria.adapters.files.kept_runs import KeptRuns
from cabria.adapters.files.run_log import event_of, read_head, read_run_log
from cabria.domain.errors import DataError
from cabria.experiments.call_runs import RunSetting
from cabria.experiments.sweep.comparing import done_again
from cabria.experiments.sweep.executors import Cluster, Executor, InTurn, Processes
from cabria.experiments.sweep.recipes import Again, Recipe
from cabria.experiments.sweep.sweep import Step, sweep
from cabria.experiments.sweep.trials import CallTrial, Outcome, Task, Trial, do
from cabria.operations.gateways import Journal
from cabria.referee.run_figures import figures_of
from cabria.referee.run_record import RunRecord, Value, Variant, measures_of

QUESTION = {"kind": "call", "inputs": "abc"}
VARIANTS = (Variant(1, {"trucks": 4}), Variant(2, {"trucks": 8}))


def trial() -> CallTrial:
    return CallTrial(*planned(), its_layout(), RunSetting())


def swept(folder: Path, seeds: int, *, executor: Executor | None = None, is_resumed: bool = False) -> list[Step]:
    executor = executor or InTurn()
    with KeptRuns(folder / "finished.jsonl", QUESTION, is_resumed=is_resumed) as kept:
        log = folder / "run.jsonl.gz"
        return list(sweep(trial(), VARIANTS, range(seeds), executor, kept, {"kind": "call"}, log.write_bytes))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Step]]:
    """Both variants on one seed: the folder, which is to be left as it is, and the runs."""
    folder = tmp_path_factory.mktemp("sweep")
    return folder, swept(folder, 1)


def outcome_of(step: Step) -> tuple[int, int, Mapping[str, float | None]]:
    return step.record.variant, step.record.seed, step.record.measures


def test_a_sweep_goes_on_where_it_was_ended_and_does_nothing_twice(
    first: tuple[Path, list[Step]], tmp_path: Path
) -> None:
    folder, before = first
    assert [step.was_kept for step in before] == [False, False]
    lines = (folder / "finished.jsonl").read_bytes().splitlines(keepends=True)
    cut_off = b"".join(lines[:2]) + lines[2][:40]  # killed while the second run was being written
    (tmp_path / "finished.jsonl").write_bytes(cut_off)
    again = swept(tmp_path, 2, is_resumed=True)
    assert [step.was_kept for step in again] == [True, False, False, False]
    assert {outcome_of(step)[:2] for step in again} == {(1, 0), (2, 0), (1, 1), (2, 1)}
    assert [step.done for step in again] == [1, 2, 3, 4]
    assert outcome_of(again[1]) == outcome_of(before[1])
    assert again[0].record == before[0].record


def assert_same(folder: Path, steps: list[Step], first: tuple[Path, list[Step]]) -> None:
    assert sorted(map(outcome_of, steps), key=repr) == sorted(map(outcome_of, first[1]), key=repr)
    assert (folder / "run.jsonl.gz").read_bytes() == (first[0] / "run.jsonl.gz").read_bytes()


def test_processes_change_nothing(first: tuple[Path, list[Step]], tmp_path: Path) -> None:
    assert_same(tmp_path, swept(tmp_path, 1, executor=Processes(1)), first)


@pytest.mark.filterwarnings("default")
def test_a_cluster_changes_nothing(first: tuple[Path, list[Step]], tmp_path: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", host="127.0.0.1", dashboard_address=None
    ) as cluster:
        assert_same(tmp_path, swept(tmp_path, 1, executor=Cluster(cluster.scheduler_address)), first)


def test_the_log_of_a_sweep_is_the_run_and_can_be_done_again_bit_for_bit(first: tuple[Path, list[Step]]) -> None:
    folder, (step, _) = first
    log = folder / "run.jsonl.gz"
    events = list(read_run_log(log))
    ready = trial().layout(VARIANTS[0].settings)
    assert measures_of(figures_of(events, ready, [planned()])) == step.record.measures
    assert read_head(log) == {"kind": "call", "settings": {"trucks": 4}, "seed": 0}
    four = CallTrial(*planned(), its_layout(), RunSetting(trucks=4))
    for _ in range(2):
        repeated = done_again(Again(four, 0, Recipe("call")), log)
        assert repeated.difference is None
        assert repeated.events == len(events)
    other = done_again(Again(four, 1, Recipe("call")), log)
    assert other.difference is not None
    assert event_of(other.difference.was.encode()) == events[other.difference.line - 2]


def test_a_log_with_an_event_more_or_less_differs_at_its_end(first: tuple[Path, list[Step]], tmp_path: Path) -> None:
    lines = gzip.decompress((first[0] / "run.jsonl.gz").read_bytes()).splitlines(keepends=True)
    four = Again(CallTrial(*planned(), its_layout(), RunSetting(trucks=4)), 0, Recipe("call"))
    for name, kept in (("less", lines[:-1]), ("more", [*lines, lines[-1]])):
        log = tmp_path / f"{name}.jsonl.gz"
        log.write_bytes(gzip.compress(b"".join(kept)))
        difference = done_again(four, log).difference
        assert difference is not None
        assert "nothing" in (difference.was, difference.now)
        assert difference.line == min(len(kept) + (name == "less"), len(lines) + 1)


class StumblingTrial:
    """A trial whose runs the program does not survive."""

    subject = RunSetting()
    calls = ()

    def layout(self, values: Mapping[str, Value]) -> object:
        return its_layout()

    def run(self, values: Mapping[str, Value], seed: int, journal: Journal) -> Outcome:
        if seed:
            raise DataError("12 boxes find 11 slots.", place="yard")
        raise KeyError("T07")


def test_a_run_that_fails_is_told_and_the_others_go_on() -> None:
    stumbling: Trial = StumblingTrial()  # type: ignore[assignment]
    faults = [do(stumbling, Task(VARIANTS[0], seed)).record for seed in (0, 1)]
    assert [record.fault for record in faults] == ["KeyError: 'T07'", "yard: 12 boxes find 11 slots."]
    assert all(not record.is_good and record.verdict.startswith("the run failed") for record in faults)


def test_too_many_trucks_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with (
        KeptRuns(tmp_path / "runs", QUESTION, is_resumed=False) as kept,
        pytest.raises(DataError, match="99 trucks find"),
    ):
        next(sweep(trial(), [Variant(1, {"trucks": 99})], [0], InTurn(), kept, {}, bytes))


def test_hours_add_up_to_the_figures_of_the_run(first: tuple[Path, list[Step]]) -> None:
    for step in first[1]:
        record: RunRecord = step.record
        measures = record.measures
        assert sum(hour.moves for hour in record.crane_hours) == measures["moves"]
        assert sum(hour.wh for hour in record.truck_hours) == pytest.approx(1_000 * (measures["kwh"] or 0))
        assert len(record.truck_hours) >= (measures["simulated_h"] or 0) > len(record.truck_hours) - 1
        waiting_ms = sum(sum(hour.waiting_ms.values()) for hour in record.crane_hours)
        assert waiting_ms > 0
        trucks = step.variant.settings["trucks"]
        for hour in record.truck_hours[:-1]:
            assert hour.present_ms == 3_600_000 * int(trucks)
            assert 0 <= hour.driving_ms + hour.waiting_ms <= hour.present_ms
