"""How many digs no choice avoids: Lagrange's relaxation of "each item is taken once", raised by a subgradient."""

from __future__ import annotations

import math

import numpy as np

from cabria.planning.search.stopping import StoppingCriterion
from cabria.planning.yard.whole_yard.flat import FlatYard

CAP = 2
"""No item pulls harder than by so many takers too many: many stacks that do not care all take the same one."""
STEP, SHORTER, PATIENCE = 1.0, 0.8, 10
LOST = 0.5
"""Below this share of the best, steps were far too long: back to the best prices."""


def digs_bound(flat: FlatYard, digs: int, rounds: int, stop: StoppingCriterion) -> int:
    """A number of digs below which no plan gets; `digs` is what a known plan has.

    Whatever the prices of the items, the relaxed digs plus all prices bound the digs from below (Fisher 1981); steps
    follow Polyak's rule towards `digs`, with the surplus of an item cut off at `CAP`.
    """
    items = len(flat.given[2])
    price = best_price = np.zeros(items)
    used = np.zeros(items, np.int64)
    step, best, failed = STEP, 0.0, 0
    for number in range(rounds):
        found = flat.relaxed_digs(price, used) + float(price.sum())
        if found > best + 1e-9:
            best, best_price, failed = found, price, 0
        else:
            failed += 1
        if failed == PATIENCE:
            step, failed = step * SHORTER, 0
        if found < LOST * best:
            step, price = step / 2, best_price
            continue
        pull = np.clip(1.0 - used, -CAP, 1.0)
        length = float(pull @ pull)
        if length == 0.0 or math.ceil(best - 1e-6) >= digs or stop(number, best):
            break
        price = price + step * (digs - found) / length * pull
    return math.ceil(best - 1e-6)
