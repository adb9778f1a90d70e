"""An arrangement of boxes and turns priced slowly and plainly, by which the kernel is judged; bounds; the two changes.

Each change is three verbs: `supports` says whether it can do anything to a problem, `evaluate` what an arrangement
would cost more with it (None: it may not be made), `apply` makes it. The kernel makes the same changes by differences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from cabria.planning.loading.joint.feed import DIG_MIN, WAY_SHARE, gantry_min, waited_a_yard_crane_min
from cabria.planning.loading.joint.problem import JointProblem
from cabria.planning.yard.ground import NEVER
from cabria.planning.yard.problem import WINDOW_S, neighbours_below

POINTS_PER_MIN = 100_000


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The number of the box in each slot, and of the lift that has each turn (turn n was lift n's)."""

    box_at: tuple[int, ...]
    lift_at: tuple[int, ...]

    @classmethod
    def regular(cls, problem: JointProblem) -> Arrangement:
        """As stowage and crane planner have it."""
        return cls(tuple(range(len(problem.yard.slots))), tuple(range(len(problem.lifts))))


@dataclass(frozen=True, slots=True)
class JointPrice:
    """What an arrangement costs, in points. Digs are an estimate: a box put aside never comes in the way again."""

    digs: int
    inversions: int
    off_order: int
    heavy_pairs: int
    late: int
    peaks: int
    gantry: int
    trucks: int

    @property
    def total(self) -> int:
        return sum(getattr(self, part.name) for part in fields(self))


def points(minutes: float) -> int:
    return round(POINTS_PER_MIN * minutes)


def price(problem: JointProblem, arrangement: Arrangement) -> JointPrice:
    settings, is_fed = problem.settings, problem.freedom.feed
    return JointPrice(
        digs=dig_points(problem) * digs(problem, arrangement),
        inversions=points(settings.inversion_min) * inversions(problem, arrangement),
        off_order=points(settings.off_order_min) * off_order(arrangement),
        heavy_pairs=points(problem.twin_min) * heavy_pairs(problem, arrangement),
        late=points(settings.refused_min) * late(problem, arrangement),
        peaks=sum(points(settings.block_peak_min * n * n) for n in given(problem, arrangement).values())
        if is_fed
        else 0,
        gantry=gantry_points_per_m(problem) * gantry_m(problem, arrangement) if is_fed else 0,
        trucks=truck_points(problem, arrangement) if is_fed else 0,
    )


def dig_points(problem: JointProblem) -> int:
    """A dig, and what quay cranes wait because of it."""
    return points(problem.dig_min + problem.settings.waiting_min * DIG_MIN * _waited(problem))


def gantry_points_per_m(problem: JointProblem) -> int:
    """A metre of a yard crane's way, and what quay cranes wait because of it."""
    waited = WAY_SHARE * gantry_min(1) * _waited(problem)
    return points(problem.gantry_min_per_m + problem.settings.waiting_min * waited)


def _waited(problem: JointProblem) -> float:
    return waited_a_yard_crane_min(problem, problem.regular_gantry_m)


def due_s(problem: JointProblem, arrangement: Arrangement) -> list[int]:
    """When each slot is filled."""
    slots = problem.yard.slots
    found = [slot.due_s for slot in slots]
    for turn, lift in enumerate(arrangement.lift_at):
        for slot in problem.lifts[lift].slots:
            found[slot] = slots[problem.lifts[turn].slots[0]].due_s
    return found


def order(problem: JointProblem, arrangement: Arrangement) -> list[int]:
    """Slots in the order in which they are filled: a lift takes the places of the one whose turn it has."""
    found = list(range(len(problem.yard.slots)))
    for turn, lift in enumerate(arrangement.lift_at):
        for place, slot in zip(problem.lifts[turn].slots, problem.lifts[lift].slots, strict=True):
            found[place] = slot
    return found


def digs(problem: JointProblem, arrangement: Arrangement) -> int:
    """Boxes that stand above one that leaves earlier."""
    due = due_s(problem, arrangement)
    leaves = {problem.yard.boxes[box].id: due[slot] for slot, box in enumerate(arrangement.box_at)}
    found = 0
    for stack in problem.yard.touched_stacks.values():
        first = NEVER
        for box in stack:
            found += leaves.get(box, NEVER) > first
            first = min(first, leaves.get(box, NEVER))
    return found


def inversions(problem: JointProblem, arrangement: Arrangement) -> int:
    """Loads too much heavier than the loads they stand on."""
    mass = [problem.yard.boxes[box].gross_mass_kg for box in arrangement.box_at]
    limit = problem.settings.max_inversion_kg
    return sum(
        bool(below) and mass[slot] - sum(mass[other] for other in below) > limit
        for slot, below in enumerate(neighbours_below(problem.yard))
    )


def off_order(arrangement: Arrangement) -> int:
    """Lifts that have not their regular turn."""
    return sum(turn != lift for turn, lift in enumerate(arrangement.lift_at))


def heavy_pairs(problem: JointProblem, arrangement: Arrangement) -> int:
    """Pairs of 20 ft boxes in one cell that must be lifted one by one, as they are too heavy for a spreader."""
    mass = [problem.yard.boxes[box].gross_mass_kg for box in arrangement.box_at]
    return sum(mass[fore] + mass[aft] > problem.twin_max_kg for fore, aft in problem.could_be_twins)


def late(problem: JointProblem, arrangement: Arrangement) -> int:
    """Boxes that are wanted before they are there; the referee will not have them, so they would stay ashore."""
    ready = problem.yard.call.available_s
    if not ready:
        return 0
    due, boxes = due_s(problem, arrangement), problem.yard.boxes
    return sum(ready.get(boxes[box].id, 0) > due[slot] for slot, box in enumerate(arrangement.box_at))


def given(problem: JointProblem, arrangement: Arrangement) -> Counter[tuple[str, int]]:
    """How many boxes each block gives in each quarter of an hour in which it gives any."""
    found: Counter[tuple[str, int]] = Counter()
    for due, box in zip(due_s(problem, arrangement), arrangement.box_at, strict=True):
        if standing := problem.yard.yard_boxes[box]:
            found[standing.position.block, due // WINDOW_S] += 1
    return found


def gantry_m(problem: JointProblem, arrangement: Arrangement) -> int:
    """The ways of yard cranes along their blocks from load to load."""
    return problem.way_m(arrangement.box_at[slot] for slot in order(problem, arrangement))


def truck_m(problem: JointProblem, slot: int, box: int) -> int:
    """One way from where a box stands to a slot's bay, along the quay and to it."""
    x, y = problem.stands_m[box]
    return abs(x - problem.quay_m[slot]) + y


def truck_points(problem: JointProblem, arrangement: Arrangement) -> int:
    boxes = problem.yard.boxes
    return sum(
        points(problem.truck_min_per_m(boxes[box])) * truck_m(problem, slot, box)
        for slot, box in enumerate(arrangement.box_at)
    )


def digs_bound(problem: JointProblem) -> int:
    """Digs that no choice within the groups and no turns within reach avoid: boxes that stand above one whose latest
    time is before their earliest."""
    earliest, latest = _spans(problem)
    for group in problem.groups:
        low, high = min(earliest[n] for n in group), max(latest[n] for n in group)
        for n in group:
            earliest[n], latest[n] = low, high
    number_of = problem.yard.number_of
    found = 0
    for stack in problem.yard.touched_stacks.values():
        first = NEVER
        for box in stack:
            number = number_of.get(box)
            found += first < (NEVER if number is None else earliest[number])
            first = min(first, NEVER if number is None else latest[number])
    return found


def _spans(problem: JointProblem) -> tuple[list[int], list[int]]:
    """The earliest and the latest time at which each slot can be filled."""
    slots = problem.yard.slots
    earliest, latest = [slot.due_s for slot in slots], [slot.due_s for slot in slots]
    reach = problem.settings.off_order_lifts if problem.freedom.order else 0
    for run in problem.runs:
        for place, lift in enumerate(run):
            first, last = run[max(0, place - reach)], run[min(len(run) - 1, place + reach)]
            for slot in problem.lifts[lift].slots:
                earliest[slot] = slots[problem.lifts[first].slots[0]].due_s
                latest[slot] = slots[problem.lifts[last].slots[0]].due_s
    return earliest, latest


def peak_points(problem: JointProblem, arrangement: Arrangement) -> int:
    price_min = problem.settings.block_peak_min
    return sum(points(price_min * n * n) for n in given(problem, arrangement).values())


def peaks_min(problem: JointProblem, arrangement: Arrangement) -> float:
    return problem.settings.block_peak_min * sum(n * n for n in given(problem, arrangement).values())


def peaks_bound_min(problem: JointProblem) -> float:
    """What block peaks cost at least (`_spread_evenly`)."""
    return problem.settings.block_peak_min * sum(times * n * n for _, n, times in _spread_evenly(problem))


def _spread_evenly(problem: JointProblem) -> Iterator[tuple[str, int, int]]:
    """Block, boxes and how many quarters of an hour, if each block's boxes came as evenly as can be over those in which
    any are loaded. Which boxes are loaded is settled, so a block gives as many whatever is chosen."""
    windows = {slot.due_s // WINDOW_S for slot in problem.yard.slots}
    count = Counter(box.position.block for box in problem.yard.yard_boxes if box)
    for block, boxes in count.items():
        each, more = divmod(boxes, len(windows))
        yield block, each + 1, more
        yield block, each, len(windows) - more


def trucks_bound_min(problem: JointProblem) -> float:
    """What trucks cost at least: every box to that slot of its group which is nearest to it."""
    found = 0
    grouped = {n for group in problem.groups for n in group}
    for group in (*problem.groups, *((n,) for n in range(len(problem.yard.slots)) if n not in grouped)):
        for box in group:
            nearest = min(truck_m(problem, slot, box) for slot in group)
            found += points(problem.truck_min_per_m(problem.yard.boxes[box])) * nearest
    return found / POINTS_PER_MIN


@dataclass(frozen=True, slots=True)
class ExchangeBoxes:
    """The boxes of two slots of one group change places. Ship limits are the kernel's to watch (`flat`)."""

    slot: int
    other: int

    @staticmethod
    def supports(problem: JointProblem) -> bool:
        return bool(problem.groups)

    def apply(self, arrangement: Arrangement) -> Arrangement:
        return replace(arrangement, box_at=_exchanged(arrangement.box_at, self.slot, self.other))

    def evaluate(self, problem: JointProblem, arrangement: Arrangement) -> int | None:
        if not any(self.slot in group and self.other in group for group in problem.groups):
            return None
        return price(problem, self.apply(arrangement)).total - price(problem, arrangement).total


@dataclass(frozen=True, slots=True)
class ExchangeTurns:
    """The lifts of two turns of one run change places, where both take as long and no box hangs on the way."""

    turn: int
    other: int

    @staticmethod
    def supports(problem: JointProblem) -> bool:
        asked = problem.yard.call.wishes.orders
        may = problem.freedom.order and problem.settings.off_order_lifts > 0 and not asked
        return may and any(len(run) > 1 for run in problem.runs)

    def apply(self, arrangement: Arrangement) -> Arrangement:
        return replace(arrangement, lift_at=_exchanged(arrangement.lift_at, self.turn, self.other))

    def evaluate(self, problem: JointProblem, arrangement: Arrangement) -> int | None:
        after = self.apply(arrangement)
        lifts = problem.lifts
        one, two = lifts[arrangement.lift_at[self.turn]], lifts[arrangement.lift_at[self.other]]
        alike = (one.run, one.duration_s, len(one.slots)) == (two.run, two.duration_s, len(two.slots))
        if not alike or not turns_are_possible(problem, after):
            return None
        return price(problem, after).total - price(problem, arrangement).total


def turns_are_possible(problem: JointProblem, arrangement: Arrangement) -> bool:
    """No lift is further from its regular turn than it may be, and no box is set where what carries it is missing."""
    reach = problem.settings.off_order_lifts
    if any(abs(turn - lift) > reach for turn, lift in enumerate(arrangement.lift_at)):
        return False
    due = due_s(problem, arrangement)
    return all(
        after < due[slot] < before and all(due[other] < due[slot] for other in below)
        for slot, ((after, before), below) in enumerate(zip(problem.turns_s, problem.supports, strict=True))
    )


def _exchanged(row: Sequence[int], one: int, other: int) -> tuple[int, ...]:
    found = list(row)
    found[one], found[other] = found[other], found[one]
    return tuple(found)
