"""A lower bound for every plan the judge would let pass: a mixed-integer relaxation over sorts of boxes and parts.

What is kept, why each row holds and what it is worth: BOUNDS.md. Whatever is proved when time is up is valid.
"""

from __future__ import annotations

import time

from cabria.planning.stowage.whole_ship.bound_afloat import Waters, keep_afloat, waters_of
from cabria.planning.stowage.whole_ship.bound_cargo import PRICE, Cargo, fixed_cost, put_cargo
from cabria.planning.stowage.whole_ship.bound_lids import price_blocks, price_lids
from cabria.planning.stowage.whole_ship.bound_model import Model
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem

LEAST_S = 0.2
"""With less time left nothing new is begun."""
ROUNDING = 1e-6
"""Share of a bound given up for the floating numbers it was reckoned with."""


def lower_bound(problem: WholeShipProblem, seconds: float) -> float | None:
    """What no plan can cost less than; None when no plan at all keeps her afloat. `seconds` are of one idle core.

    Each range of displacement has a bound of its own, and the least of them holds. All but the deepest range leave
    boxes ashore, mostly so many that this alone costs more than the bound of the deepest. So always the range with the
    least bound is worked on: first without regard to whole numbers, then with it.
    """
    ends_at = time.process_time() + seconds
    relaxation = Relaxation(problem)
    known = {waters: relaxation.least_cost(waters) for waters in waters_of(problem.given)}
    ways = {waters: [Model.relaxed, Model.proved] for waters in known}
    while known and (left := ends_at - time.process_time()) > LEAST_S:
        weakest = min(known, key=lambda waters: known[waters])
        if not ways[weakest]:
            break
        found = ways[weakest].pop(0)(relaxation.enter(weakest), left)
        if found is not None:
            known[weakest] = max(known[weakest], relaxation.fixed + found)
    return min(value - ROUNDING * max(1.0, abs(value)) for value in known.values()) if known else None


class Relaxation:
    """The model of one problem, to be asked in one range of displacement after the other."""

    def __init__(self, problem: WholeShipProblem) -> None:
        self.problem = problem
        self.model = Model()
        self.fixed = fixed_cost(problem)
        self.cargo: Cargo = put_cargo(problem, self.model)
        price_lids(problem, self.model, self.cargo)
        price_blocks(problem, self.model, self.cargo)
        self._rows = len(self.model.rows)

    def enter(self, waters: Waters) -> Model:
        """The model within these waters only."""
        del self.model.rows[self._rows :]
        keep_afloat(self.problem.given, self.model, self.cargo, waters)
        return self.model

    def least_cost(self, waters: Waters) -> float:
        """What a plan so light costs at least: for boxes ashore, for the release, and with all the hold earns."""
        loads, given = self.problem.given.containers, self.problem.given
        masses = sorted((loads[box].mass_kg for box in given.to_load), reverse=True)
        on_board = given.ship.lightship_kg + sum(loads[box].mass_kg for box in given.release)
        excess, ashore = on_board + sum(masses) - waters.most_kg, 0
        while excess > 0 and ashore < len(masses):
            excess -= masses[ashore]
            ashore += 1
        earned = PRICE["ports_below"] * sum(loads[box].destination for box in given.to_load)
        return self.fixed + earned - PRICE["unloaded"] * (len(masses) - ashore)
