"""Several seeds side by side: the best is kept, and where they are made makes no difference."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from cabria.domain.calls import VesselCall
from cabria.domain.errors import TerminalError
from cabria.experiments.portfolio import plan_portfolio
from cabria.experiments.sweep.executors import Cluster, Executor, InTurn, Lost, Question, never
from cabria.experiments.tiny import tiny_call
from cabria.planning.loading.problem import EFFORTS
from cabria.planning.loading.result import PlannedCall
from cabria.planning.loading.solve import never as never_stopped
from cabria.planning.search.result import silent

SHORT = replace(
    EFFORTS["quick"], stowage_iterations_a_load=60, crane_iterations=4_000, yard_iterations_a_load=100, rounds=1,
    with_baselines=False,
)  # fmt: skip


class Backwards:
    """Does the last task first."""

    def run(
        self, work: Callable[..., Any], shared: Any, tasks: Sequence[Any], is_ending: Question = never
    ) -> Iterator[tuple[Any, Any]]:
        return InTurn().run(work, shared, list(tasks)[::-1])


class ByPost:
    """What is shared and what comes of it goes over a wire, as between processes and machines."""

    def run(
        self, work: Callable[..., Any], shared: Any, tasks: Sequence[Any], is_ending: Question = never
    ) -> Iterator[tuple[Any, Any]]:
        for task, found in InTurn().run(*pickle.loads(pickle.dumps((work, shared))), tasks):
            yield task, pickle.loads(pickle.dumps(found))


class LosesAll:
    def run(
        self, work: Callable[..., Any], shared: Any, tasks: Sequence[Any], is_ending: Question = never
    ) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            yield task, Lost("the machine was switched off")


@pytest.fixture(scope="module")
def call() -> VesselCall:
    return tiny_call()


def portfolio(call: VesselCall, executor: Executor, keep: Callable[[PlannedCall], None] | None = None) -> PlannedCall:
    return plan_portfolio(
        call, seed=4, params=SHORT, listen=silent, stop=never_stopped, keep=keep, count=3, executor=executor
    )


@pytest.fixture(scope="module")
def in_turn(call: VesselCall) -> PlannedCall:
    return portfolio(call, InTurn())


@pytest.mark.parametrize("executor", [Backwards(), ByPost()], ids=["backwards", "by post"])
def test_the_order_in_which_seeds_end_and_where_they_are_made_make_no_difference(
    call: VesselCall, executor: Executor, in_turn: PlannedCall
) -> None:
    other = portfolio(call, executor)
    assert (other.seed, other.plan) == (in_turn.seed, in_turn.plan)


def test_no_seed_is_better_than_what_is_kept_and_what_is_told_gets_better(call: VesselCall) -> None:
    told: list[PlannedCall] = []
    best = portfolio(call, InTurn(), told.append)
    assert told[-1].plan == best.plan or told[-1].rank == best.rank
    ranks = [planned.rank for planned in told if planned.plan.queues]
    assert ranks == sorted(ranks, reverse=True)
    assert best.rank <= min(ranks)


def test_with_every_worker_lost_the_reason_is_told(call: VesselCall) -> None:
    with pytest.raises(TerminalError, match="switched off"):
        portfolio(call, LosesAll())


@pytest.mark.filterwarnings("default")
def test_two_workers_of_a_cluster_come_to_the_plan_that_is_made_here(call: VesselCall, in_turn: PlannedCall) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, protocol="tcp://", host="127.0.0.1", dashboard_address=None
    ) as cluster:
        other = portfolio(call, Cluster(cluster.scheduler_address))
    assert (other.seed, other.plan) == (in_turn.seed, in_turn.plan)


def test_asked_to_end_no_seed_is_begun_and_the_first_plan_is_kept(call: VesselCall) -> None:
    told: list[PlannedCall] = []
    best = plan_portfolio(
        call, seed=4, params=EFFORTS["thorough"], listen=silent, stop=lambda *_: "enough", keep=told.append, count=2,
        executor=InTurn(),
    )  # fmt: skip
    assert best.plan == told[-1].plan
    with pytest.raises(TerminalError, match="stopped before"):
        plan_portfolio(call, seed=4, params=SHORT, listen=silent, stop=lambda *_: "enough", count=2, executor=InTurn())
