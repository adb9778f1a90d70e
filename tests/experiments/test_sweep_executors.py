"""Tasks done here, in processes and on a cluster: the same results, and what is lost is told."""

from __future__ import annotations

import operator
import os
import sys
from threading import Event

import pytest

from cabria.domain.errors import TerminalError
from cabria.experiments.sweep.executors import (
    CLUSTER_MISSING,
    Cluster,
    Executor,
    InTurn,
    Lost,
    Processes,
    is_asked_to_end,
)


def dies_of_seven(shared: int, task: int) -> int:
    if task == 7:
        os._exit(3)
    return shared * task


def waits_until_asked(shared: str, task: int) -> tuple[str, int]:
    asked = Event()
    while not is_asked_to_end():
        asked.wait(0.01)
    return shared, task


@pytest.mark.parametrize("executor", [InTurn(), Processes(2)], ids=["in turn", "processes"])
def test_every_task_is_done_once(executor: Executor) -> None:
    found = dict(executor.run(operator.mul, 3, [1, 2, 3, 4]))
    assert found == {1: 3, 2: 6, 3: 9, 4: 12}


@pytest.mark.parametrize("executor", [InTurn(), Processes(1)], ids=["in turn", "processes"])
def test_what_the_work_raises_is_raised(executor: Executor) -> None:
    with pytest.raises(ZeroDivisionError):
        list(executor.run(operator.floordiv, 3, [0]))


def test_a_process_that_dies_takes_its_task_with_it_and_no_other() -> None:
    found = dict(Processes(1).run(dies_of_seven, 2, [1, 7, 3]))
    assert found == {1: 2, 7: Lost("its process ended with code 3"), 3: 6}


def test_asked_to_end_processes_give_what_they_have_and_begin_nothing_more() -> None:
    answers = iter([False, True])
    found = dict(Processes(1).run(waits_until_asked, "so far", [1, 2, 3], is_ending=lambda: next(answers, True)))
    assert found == {1: ("so far", 1)}
    assert list(InTurn().run(operator.mul, 3, [1], is_ending=lambda: True)) == []


@pytest.mark.filterwarnings("default")
def test_a_cluster_gives_the_same_results() -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", host="127.0.0.1", dashboard_address=None
    ) as cluster:
        executor = Cluster(cluster.scheduler_address)
        assert dict(executor.run(operator.mul, 3, [1, 2, 3])) == {1: 3, 2: 6, 3: 9}
        with pytest.raises(ZeroDivisionError):
            list(executor.run(operator.floordiv, 3, [0]))


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_does_not_answer_is_told_with_what_to_do() -> None:
    for address in ("tcp://127.0.0.1:1", "nowhere://x"):
        with pytest.raises(TerminalError, match=r"No scheduler answers.*dask scheduler"):
            list(Cluster(address, timeout_s=1).run(operator.mul, 3, [1]))


def test_a_missing_library_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(TerminalError) as error:
        list(Cluster("tcp://127.0.0.1:1").run(operator.mul, 3, [1]))
    assert str(error.value) == CLUSTER_MISSING
