"""One call planned from several seeds side by side: in processes of this machine or on a cluster; the best is kept.

The same seeds give the same plan, wherever and in whatever order they come to an end, unless a budget of seconds ends
their searches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from cabria.bootstrap import plan_call
from cabria.domain.calls import VesselCall
from cabria.domain.errors import TerminalError
from cabria.domain.plan import LoadingPlan
from cabria.experiments.sweep.executors import Cluster, Executor, Lost, Processes, is_asked_to_end
from cabria.planning.loading.problem import Params
from cabria.planning.loading.result import PlannedCall
from cabria.planning.search.result import Listener, Progress, silent
from cabria.planning.search.stopping import Interrupted, StoppingCriterion


class Maker(Protocol):
    """Plans a call as `bootstrap.plan_call` does."""

    def __call__(
        self,
        call: VesselCall,
        *,
        seed: int,
        params: Params,
        listen: Listener,
        stop: StoppingCriterion,
        earlier: LoadingPlan | None = None,
        keep: Callable[[PlannedCall], None] | None = None,
    ) -> PlannedCall: ...


@dataclass(frozen=True)
class Given:
    """What all seeds share."""

    call: VesselCall
    params: Params
    earlier: LoadingPlan | None


def portfolio_of(jobs: int, dask: str) -> Maker:
    """A maker with so many seeds from the one it is told on; on a cluster where the address of its scheduler is said,
    there with two seeds at least."""
    executor: Executor = Cluster(dask) if dask else Processes(jobs)
    return partial(plan_portfolio, count=max(2, jobs), executor=executor)


def plan_portfolio(
    call: VesselCall,
    *,
    seed: int,
    params: Params,
    listen: Listener,
    stop: StoppingCriterion,
    earlier: LoadingPlan | None = None,
    keep: Callable[[PlannedCall], None] | None = None,
    count: int,
    executor: Executor,
) -> PlannedCall:
    """The best of `count` plans, the lowest seed among equals. `keep` gets a short first plan of this process and then
    whatever is better. Where `stop` ends it, seeds at work in processes of this machine end with what they have.

    Raises TerminalError when every worker was lost, and what `plan_call` raises.
    """
    best: PlannedCall | None = None
    if keep:
        short = next(params.passes())
        best = plan_call(call, seed=seed, params=short, listen=listen, stop=stop, earlier=earlier, keep=keep)
        keep(best)
    reasons: list[str] = []
    given, seeds = Given(call, params, earlier), range(seed, seed + count)
    plans = executor.run(plan_seed, given, seeds, is_ending=lambda: bool(stop(0, float("inf"))))
    for number, (_, found) in enumerate(plans, 1):
        if isinstance(found, Lost):
            reasons.append(found.reason)
        elif best is None or (found.rank, found.seed) <= (best.rank, best.seed):
            best = found
            if keep:
                keep(best)
        listen(Progress("seeds", number / count, best.rank[-1] if best else float("inf"), number))
    if best is None:
        raise TerminalError(f"No seed came to its end: {'; '.join(reasons) or 'it was stopped before'}.")
    return best


def plan_seed(given: Given, seed: int) -> PlannedCall:
    """In a worker, which tells nothing on the way."""
    stop = Interrupted(is_asked_to_end)
    return plan_call(given.call, seed=seed, params=given.params, listen=silent, stop=stop, earlier=given.earlier)
