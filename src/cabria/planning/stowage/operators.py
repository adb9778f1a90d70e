"""The search: a first plan by insertion, then annealing over stacks.

The changes the kernel tries are one box or a pair of 20 ft to another stack, exchanges between two stacks or with boxes
ashore, a box left ashore, and all boxes of two stacks exchanged. Slots inside a stack follow from what it holds.
"""

from __future__ import annotations

import math
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from cabria.domain.stowage import Stowed
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress
from cabria.planning.search.stopping import StoppingCriterion, clocks, horizon
from cabria.planning.stowage import kernels as k
from cabria.planning.stowage.ballast import Afloat
from cabria.planning.stowage.flat import POINTS_PER_MIN, FlatProblem, share_of
from cabria.planning.stowage.special import DangerousAboard, places_of
from cabria.referee import imdg

LESS_GUIDED = 10
FEWEST_ZONES = 6
"""With fewer, a search does not deal them out to two hands."""
FIRST_TRIES = 12
"""How many stacks the first plan compares for each box; the search begins too hot for its quality to matter."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """How the temperature falls, in minutes, and how long it takes when the stopping criterion counts nothing.

    Dangerous goods get their stacks for good after `settle_share` of the search. A search that is interrupted still
    cools for `quench_iterations`.
    """

    iterations: int = 20_000_000
    iterations_a_round: int = 50_000
    iterations_a_box_a_round: int = 20
    """At most, for each hand; then the zones of the ship are dealt out anew."""
    iterations_a_box: int = 30_000
    """At most, for a small call needs no more."""
    guided_iterations_a_box: int = 2_000
    """From how many on the search can afford the whole price of `Prices.blocked`."""
    guided_from_share: float = 0.05
    """From here on is known how many a clock will come to."""
    quench_iterations: int = 400_000
    hot_min: float = 50.0
    cold_min: float = 0.2
    bend: float = 2.0
    """Above 1 the search stays longer in the heat, where holds find their ports; cold it only sorts stacks."""
    let_in_share: float = 0.8
    """From here on the guide is all but gone if it keeps boxes ashore."""
    settle_share: float = 0.65

    def temperature(self, share: float) -> float:
        """In points of cost, after a share of the search."""
        return POINTS_PER_MIN * self.hot_min * math.pow(self.cold_min / self.hot_min, min(1.0, share) ** self.bend)


def _time_share(stop: StoppingCriterion) -> float:
    """How much of its time is over, by whatever clock the criterion was given; 0 without one."""
    return max((clock.share for clock in clocks(stop)), default=0.0)


class Search:
    """One annealing. Its state is a legal plan between rounds, dangerous goods apart, and altogether once settled.

    In each round the zones of the ship (stacks whose lid overstows hang together) are dealt out to two hands, each
    with a thread and a state of its own, that exchange boxes within their zones only. As no two hands touch the same
    stack or lid, what both changed just adds up. So two cores do the work of two, and one seed gives one plan.
    """

    def __init__(self, flat: FlatProblem, seed: int, cooling: Cooling) -> None:
        ship = flat.ship._replace(prices=flat.ship.prices.copy(), limits=flat.ship.limits.copy())
        self.flat, self.cooling = replace(flat, ship=ship), cooling
        self.state = flat.start()
        zones = np.unique(ship.stacks[ship.open_stacks, k.ZONE])
        hands = 2 if len(zones) >= FEWEST_ZONES else 1
        self.other_states = [flat.start() for _ in range(hands - 1)]
        self.randoms = [generator(hands * seed + hand) for hand in range(hands)]
        self.dealer, self.zones = Random(seed), zones.tolist()
        self.is_settled = False

    @property
    def cost(self) -> int:
        return int(k.total_cost(self.flat.ship, self.state))

    def run(self, stop: StoppingCriterion, listen: Listener) -> tuple[int, str]:
        """Anneal until the criterion or the cooling ends; return the changes tried and why it ended."""
        cooling, boxes, hands = self.cooling, len(self.flat.boxes), len(self.randoms)
        most = min(horizon(stop, cooling.iterations), cooling.iterations_a_box * boxes)
        steps_a_round = min(cooling.iterations_a_round, max(1_000, cooling.iterations_a_box_a_round * boxes))
        self._soften_guide(most)
        insert_all(self.flat, self.state)
        iterations, share, best, stopped, gone = 0, 0.0, self.cost, "", min(0.99, _time_share(stop))
        is_open = is_guided = False
        with ThreadPoolExecutor(hands) as pool:
            while iterations < most and not (stopped := stop(iterations, best / POINTS_PER_MIN)):
                if not self.is_settled and share >= cooling.settle_share:
                    self.settle()
                if not is_guided and share >= cooling.guided_from_share:
                    is_guided = True
                    self._soften_guide(min(most, round(iterations / share)))
                if not is_open and share >= cooling.let_in_share:
                    is_open = self._let_in()
                steps = min(steps_a_round, -(-(most - iterations) // hands))
                after = min(1.0, max((iterations + hands * steps) / most, (_time_share(stop) - gone) / (1 - gone)))
                self._round(pool, steps, cooling.temperature(share), cooling.temperature(after))
                iterations, share, best = iterations + hands * steps, after, min(best, self.cost)
                listen(Progress("stowage", share, best / POINTS_PER_MIN, iterations))
        if not self.is_settled:
            self.settle()
        if iterations and share < 1:
            iterations += self._quench(share)
        return iterations, stopped or f"{iterations:,} iterations done"

    def _round(self, pool: Executor, steps: int, hot: float, cold: float) -> None:
        before = k.State(*(array.copy() for array in self.state))
        for state in self.other_states:
            _copy_into(state, before)
        now, states = self.cost, [self.state, *self.other_states]
        hands = list(zip(self._deal(), states, self.randoms, strict=True))
        list(pool.map(lambda hand: k.anneal(hand[0], hand[1], now, steps, hot, cold, hand[2]), hands))
        for state in self.other_states:
            for merged, changed, old in zip(self.state, state, before, strict=True):
                merged += changed - old

    def _deal(self) -> list[k.Ship]:
        """The ship as each hand may change her in this round."""
        ship, where, hands = self.flat.ship, self.state.where, len(self.randoms)
        if hands == 1:
            return [ship]
        zones = self.dealer.sample(self.zones, len(self.zones))
        hand_of = np.zeros(int(ship.stacks[:, k.ZONE].max()) + 1, np.int64)
        for hand in range(hands):
            hand_of[zones[hand::hands]] = hand
        hand_of_stack = hand_of[ship.stacks[:, k.ZONE]]
        holder = np.where(where == k.ASHORE, self.dealer.randrange(hands), hand_of_stack[where])
        stacks = ship.open_stacks
        return [
            share_of(ship, stacks[hand_of_stack[stacks] == hand], np.flatnonzero(holder == hand))
            for hand in range(hands)
        ]

    def _soften_guide(self, most: int) -> None:
        """A short search must find room first; the guide of a long one would keep boxes ashore."""
        share = min(1.0, most / max(1, self.cooling.guided_iterations_a_box * len(self.flat.boxes)))
        self._set_guide(round(share * self.flat.prices.blocked * POINTS_PER_MIN))

    def _set_guide(self, price: int) -> None:
        prices, totals = self.flat.ship.prices, self.state.totals
        blocked = totals[k.BLOCKED_COST] // max(1, prices[k.BLOCKED])
        prices[k.BLOCKED] = price
        totals[k.BLOCKED_COST] = blocked * price

    def _let_in(self) -> bool:
        """Take most of the guide away where boxes are ashore that may come aboard."""
        ship, state = self.flat.ship, self.state
        if np.any((state.where == k.ASHORE) & (state.locked == 0)):
            self._set_guide(int(ship.prices[k.BLOCKED]) // LESS_GUIDED)
        return True

    def _quench(self, share: float) -> int:
        """Cool at once, so that an interrupted search leaves a sound plan."""
        steps = self.cooling.quench_iterations
        hot, cold = min(self.cooling.temperature(share), 2.0 * POINTS_PER_MIN), self.cooling.temperature(1.0)
        k.anneal(self.flat.ship, self.state, self.cost, steps, hot, cold, self.randoms[0])
        return steps

    def settle(self) -> None:
        """Give every box with dangerous goods a stack in which it may stand, or leave it ashore.

        Boxes lifted aboard come first and go to any stack rather than ashore.
        """
        flat, state = self.flat, self.state
        profile = flat.problem.call.vessel
        stacks = {
            is_20: [(int(s), places_of(profile, flat.stack_ids[s], is_20=is_20)) for s in flat.ship.open_stacks]
            for is_20 in (True, False)
        }
        places = {is_20: dict(entries) for is_20, entries in stacks.items()}
        aboard = DangerousAboard.of(flat.problem)
        dangerous = [b for b, box in enumerate(flat.boxes) if imdg.hazards_of(box)]
        for b in sorted(dangerous, key=lambda b: (-int(flat.ship.boxes[b, k.REFUSED_PRICE]), flat.boxes[b].id)):
            box, s = flat.boxes[b], int(state.where[b])
            if s == k.ASHORE or not all(aboard.allows(box, place) for place in places[box.is_20][s]):
                allowed = aboard.allowed_stacks(box, stacks[box.is_20])
                s = int(k.relocate(flat.ship, state, b, np.array(allowed, np.int64)))
                if s == k.ASHORE:
                    self._put_ashore(b)
            state.locked[b] = 1
            if s != k.ASHORE:
                for place in places[box.is_20][s]:
                    aboard.add(box, place)
        self.is_settled = True
        self._rescue()
        insert_all(flat, state)
        self._brace()

    def _brace(self) -> None:
        """Price shear and bending from now on if ballast alone does not bring them within the limits."""
        flat, state = self.flat, self.state
        call = flat.problem.call
        afloat = Afloat.of(call.vessel)
        if afloat is None:
            return
        slots = flat.slots(state)
        boxes = {box.id: box for box in flat.boxes}
        cargo = [*flat.problem.staying, *(Stowed(boxes[box], slot) for box, slot in slots.items())]
        strain = afloat.strain(cargo, afloat.fill(call, cargo) or call.tank_contents_kg)
        if strain is not None and strain.excess_kg > 0:
            state.surplus[:], flat.ship.limits[:] = strain.surplus_kg, strain.limits
            flat.ship.prices[k.STRENGTH_PRICE] = round(flat.prices.strength * POINTS_PER_MIN)

    def _put_ashore(self, b: int) -> None:
        """Take a box out of its stack, with as many others as must go for the rest to stand."""
        state, ship = self.state, self.flat.ship
        s = int(state.where[b])
        if s == k.ASHORE:
            return
        members = [int(other) for other in state.members[s, : state.counts[s]] if other != b]
        free = [other for other in members if not state.locked[other]]
        beside = [other for other in free if ship.boxes[other, k.LENGTH] == 0][:1]
        for others in ([], beside, free, members):
            going = np.array([b, *others], np.int64)
            cost = k.change(ship, state, s, k.ASHORE, going, len(going), going, 0, 0, k.INFEASIBLE - 1)
            if cost != k.INFEASIBLE:
                return

    def _rescue(self) -> None:
        """What was lifted aboard must go back aboard, whatever it costs."""
        loads = len(self.flat.problem.loads)
        for b in range(loads, len(self.flat.boxes)):
            if self.state.where[b] == k.ASHORE:
                k.relocate(self.flat.ship, self.state, b, self.flat.ship.open_stacks)


def _copy_into(target: k.State, source: k.State) -> None:
    for mine, its in zip(target, source, strict=True):
        mine[:] = its


def insert_all(flat: FlatProblem, state: k.State) -> None:
    """Bring aboard what is ashore: what was lifted, then reefers, late ports before early ones, 20 ft, heavy boxes."""
    boxes = flat.ship.boxes
    is_long = boxes[:, k.LENGTH] > 0
    keys = (-boxes[:, k.MASS], is_long, -boxes[:, k.ORDER], -boxes[:, k.NEEDS_PLUG], -boxes[:, k.REFUSED_PRICE])
    order = np.lexsort(keys).astype(np.int64)
    k.insert(flat.ship, state, order[state.locked[order] == 0], FIRST_TRIES)
