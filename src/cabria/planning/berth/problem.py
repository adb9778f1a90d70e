"""What is given, flat: every way in which each ship could be berthed (an option), and what options share.

All that concerns one ship alone (tide, wind, kind, depth, reach, windows, what is frozen) is settled in her options,
so that the search only keeps ships apart and cranes within the pool. The number of cranes is the same for the whole
stay, which is allowed under every rhythm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from math import gcd
from typing import Any

import numpy as np

from cabria.domain.berthing import BerthCase, BerthLayout, CraneRhythm, ShipCall, ShipId, Stay, Unserved
from cabria.planning.berth.options import POINTS, OptionMaker, Pin, place_in_section, reaches

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Params:
    """How the search spends its effort: rounds of pricing and annealing, each `growth` times as long as the one before.

    CP-SAT is asked after `rounds_before_exact` rounds, or as soon as `few_options` are left, and once no more than
    `exact_options` are; with `exact_limit` units of its deterministic time (about 4 s each) in the first try, twice
    that in the next. The search may be stopped after each `pricing_piece` and `piece` of annealing. `change_worth` is
    the share of its cost that a new plan must save before a last plan that still holds is given up.
    """

    rounds: int = 8
    pricing_steps: int = 600
    iterations: int = 20_000
    growth: float = 1.2
    rounds_before_exact: int = 5
    few_options: int = 2_000
    exact_options: int = 20_000
    exact_limit: float = 2.0
    pricing_piece: int = 100
    piece: int = 1_000
    change_worth: float = 0.005


EFFORTS = {
    "quick": Params(rounds=3, iterations=5_000, rounds_before_exact=2, exact_limit=0.5),
    "normal": Params(),
    "thorough": Params(rounds=20, exact_limit=10.0),
}


@dataclass(frozen=True)
class BerthProblem:
    """All options of all ships that are to be berthed or are at the quay, cheapest first within a ship.

    `options[i]` are six int32 rows (`options.START` and so on), `costs[i]` their cost in points. `width[i]` is what
    ship i takes of the quay in cells, gap included; `idle[i]` the steps in which nobody can work her; `in_order` which
    cranes are in order, as [step, crane]. `kept` are stays that are over; `impossible` ships without an option.
    """

    case: BerthCase
    ships: tuple[ShipCall, ...]
    options: tuple[Array, ...]
    costs: tuple[Array, ...]
    width: Array
    idle: Array
    in_order: Array
    kept: tuple[Stay, ...]
    impossible: tuple[Unserved, ...]
    released: frozenset[str] = frozenset()
    pins: Mapping[ShipId, Pin] = field(default_factory=dict)

    @classmethod
    def of(
        cls, case: BerthCase, *, released: frozenset[str] = frozenset(), pins: Mapping[ShipId, Pin] | None = None
    ) -> BerthProblem:
        """`released` are frozen ships that may start later after all, because they would not be served; `pins` hold
        ships where and when a person wants them."""
        maker = OptionMaker(case, released, pins)
        over = {stay.ship: stay for stay in (case.last_plan.stays if case.last_plan else ()) if maker.is_over(stay)}
        made = [(ship, maker.of(ship)) for ship in case.ships if ship.id not in over]
        there = [(ship, options) for ship, options in made if options.stopped is None]
        discrete = case.quay.layout is BerthLayout.DISCRETE
        step, gap = case.rules.position_step_mm, case.rules.mooring_gap_mm
        widths = [1 if discrete else -(-(ship.length_mm + gap) // step) for ship, _ in there]
        idle = [maker.idle(ship) for ship, _ in there]
        return cls(
            case=case,
            ships=tuple(ship for ship, _ in there),
            options=tuple(options.rows for _, options in there),
            costs=tuple(options.cost for _, options in there),
            width=np.array(widths, np.int64),
            idle=np.array(idle, np.uint8).reshape(len(there), maker.steps),
            in_order=maker.in_order.astype(np.uint8),
            kept=tuple(stay for ship, stay in over.items() if ship in case.ship_of),
            impossible=tuple(options.stopped for _, options in made if options.stopped is not None),
            released=released,
            pins=pins or {},
        )

    @property
    def steps(self) -> int:
        return self.case.rules.horizon_min // self.case.rules.step_min

    @cached_property
    def cells(self) -> int:
        if self.case.quay.layout is BerthLayout.DISCRETE:
            return len(self.case.quay.sections)
        step = self.case.rules.position_step_mm
        return -(-(self.case.quay.length_mm + self.case.rules.mooring_gap_mm) // step) + 1

    @cached_property
    def unserved(self) -> Array:
        """What it costs in points to leave each ship out; one that lies at the quay cannot be left out."""
        prices = [10**12 if self.case.is_begun(ship.id) else ship.rates.unserved * POINTS for ship in self.ships]
        return np.array(prices, np.int64)

    @cached_property
    def reach(self) -> Array:
        """Which cranes reach a ship in a cell, as [ship, cell, crane]; empty when all reach everything."""
        quay = self.case.quay
        rows = max((ship.reach_rows for ship in self.ships), default=0)
        if all(
            c.rail_start_mm <= 0 and c.rail_end_mm >= quay.length_mm and c.outreach_rows >= rows for c in quay.cranes
        ):
            return np.zeros((0, 0, 0), np.uint8)
        reach = np.zeros((len(self.ships), self.cells, len(quay.cranes)), np.uint8)
        for i, ship in enumerate(self.ships):
            for cell in np.unique(self.options[i][5]):
                start = self.position_mm(i, int(cell))
                for c, crane in enumerate(quay.cranes):
                    reach[i, cell, c] = reaches(crane, ship, start, start + ship.length_mm)
        return reach

    @property
    def movement_steps(self) -> int:
        """Steps within 60 minutes."""
        return self.case.rules.steps_up(60)

    @property
    def movement_limit(self) -> int:
        """More than ever happen when there is no limit."""
        limit = self.case.rules.movements_per_h
        return 2 * len(self.ships) + 1 if limit is None else limit

    @property
    def has_bound(self) -> bool:
        """Whether a bound over these options is one over all plans: cranes never change during a stay."""
        return self.case.rules.crane_rhythm is CraneRhythm.STAY

    @property
    def has_all_ends(self) -> bool:
        """Whether no ship would ever linger for another's sake: only a crowded channel could make her."""
        return self.case.rules.movements_per_h is None

    def position_mm(self, ship: int, cell: int) -> int:
        """The left end of a ship in a cell; in discrete layouts a cell is a section."""
        case = self.case
        if case.quay.layout is not BerthLayout.DISCRETE:
            return cell * case.rules.position_step_mm
        last = case.last_plan.stay_of.get(self.ships[ship].id) if case.last_plan else None
        if last is not None and case.is_begun(last.ship):
            return last.position_mm
        return place_in_section(case, self.ships[ship], cell)

    @cached_property
    def granularity(self) -> int:
        """Points by which two plans differ at least, unless they cost the same."""
        steps = [int(np.gcd.reduce(cost - cost[0])) for cost in self.costs]
        steps += [int(price - cost[0]) for price, cost in zip(self.unserved, self.costs, strict=True)]
        return reduce(gcd, steps, 0) or 1
