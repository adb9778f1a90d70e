"""The door: which container goes into which slot of the whole ship, at one call."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan, departure
from cabria.planning.search.result import Listener, Result, silent
from cabria.planning.search.stopping import StoppingCriterion
from cabria.planning.stowage import kernels as k
from cabria.planning.stowage.ballast import Afloat
from cabria.planning.stowage.flat import FlatProblem, Prices
from cabria.planning.stowage.instructed import pin_instructed
from cabria.planning.stowage.operators import Cooling, Search
from cabria.planning.stowage.price import bound, more_lids, priced
from cabria.planning.stowage.problem import StowageProblem, StowageSolution
from cabria.planning.stowage.special import pin_special
from cabria.planning.stowage.wished import pin_wishes


@dataclass(frozen=True, slots=True)
class Params:
    """Prices of the search and how it cools. `may_open_lids` allows restows for the sake of room."""

    cooling: Cooling = field(default_factory=Cooling)
    prices: Prices = field(default_factory=Prices)
    may_open_lids: bool = True


def solve(
    problem: StowageProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[StowageSolution]:
    """Slots for all loads that can be taken, reasons for the others, restows, and water for an even keel.

    Costs are minutes: of the call's settings where a rule is broken or a box refused, and what the search pays to keep
    later ports and the cranes in mind (`flat.Prices`). The bound holds for the first two. Never raises for a call
    that cannot be stowed: boxes are refused instead.
    """
    began = time.process_time()
    search = _search(problem, seed, params)
    iterations, stopped = search.run(stop, listen)
    if params.may_open_lids and (lids := more_lids(search.flat, search.state)):
        wider = replace(StowageProblem.of(problem.call, also_open=lids), loosened=problem.loosened)
        other = _search(wider, seed, params)
        more, stopped = other.run(stop, listen)
        iterations += more
        search = min(search, other, key=lambda tried: tried.cost)
    flat = search.flat
    solution = _with_ballast(problem.call, _solution(flat, search.state))
    costs = priced(flat.problem, solution, flat.costs(search.state))
    return Result(solution, costs, bound(problem), seed, time.process_time() - began, iterations, stopped)


def _search(problem: StowageProblem, seed: int, params: Params) -> Search:
    wished = pin_wishes(problem)
    pinned = pin_special(pin_instructed(wished) if problem.call.instructions else wished)
    return Search(FlatProblem.of(pinned, params.prices), seed, params.cooling)


def _solution(flat: FlatProblem, state: k.State) -> StowageSolution:
    problem = flat.problem
    slots = {**problem.pinned, **flat.slots(state)}
    aboard = {stowed.container.id: stowed.position for stowed in problem.call.remaining}
    lost = {load.id: flat.why_ashore(load) for load in problem.loads if load.id not in slots}
    return StowageSolution(
        loads={box: slot for box, slot in slots.items() if box not in aboard},
        refused={**problem.refused, **lost},
        restows={
            **{stowed.container.id: stowed.position for stowed in problem.set_back},
            **{stowed.container.id: stowed.position for stowed in problem.lifted},
            **{box: slot for box, slot in slots.items() if box in aboard},
        },
    )


def _with_ballast(call: VesselCall, solution: StowageSolution) -> StowageSolution:
    afloat = Afloat.of(call.vessel)
    if afloat is None:
        return solution
    plan = LoadingPlan(call.id, solution.loads, solution.refused, solution.restows)
    return replace(solution, tank_contents_kg=afloat.fill(call, departure(call, plan)))
