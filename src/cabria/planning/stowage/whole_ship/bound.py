"""A lower bound for every plan the judge would let pass: a mixed-integer relaxation over sorts of boxes and parts.

Boxes are counted by length, height, reefer or not and destination; stack parts that are alike are one group. Kept are:
boxes at hand, cells, the height of stacks as the hull of what fits in one, plugs, lids (deck cells bound later than
something under them), one price a destination in a block, empty parts, the busiest pair of bays, overstows on the
release, and what is too heavy to stand on it. Left out: other masses, stability, and overstows among what is loaded.
Whatever the solver has proved when its time is up is valid.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from cabria.domain.whole_ship import HIGH_CUBE_MM, STANDARD_MM, Load
from cabria.planning.stowage.whole_ship.problem import Standing, WholeShipProblem, is_sound, overstows
from cabria.referee.whole_ship import PRICES

_P = {name: float(price) for name, price in PRICES.items()}


class _Sort(NamedTuple):
    is_long: bool
    is_high: bool
    is_reefer: bool
    destination: int


class _Group(NamedTuple):
    """Stack parts that are alike in what is kept. `first` and `last_first` are the earliest destinations below."""

    bay: int
    block: int
    lid: int
    is_deck: bool
    was_empty: bool
    cells: int
    height_mm_2: int
    plugs: tuple[int, ...]
    takes_short: bool
    first: int
    last_first: int
    is_sound: bool
    vcg_mm: int
    bears_short_kg: int
    bears_long_kg: int


NEVER = 1 << 40


@dataclass
class _Model:
    costs: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    is_whole: list[int] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float]] = field(default_factory=list)

    def variable(self, cost: float, high: float, *, is_whole: bool = False, low: float = 0.0) -> int:
        self.costs.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.is_whole.append(int(is_whole))
        return len(self.costs) - 1

    def at_most(self, terms: dict[int, float], limit: float) -> None:
        if terms:
            self.rows.append((terms, limit))

    def proved(self, seconds: float) -> float | None:
        """The best bound found within the time."""
        matrix = csr_matrix(
            (
                [value for terms, _ in self.rows for value in terms.values()],
                (
                    [n for n, (terms, _) in enumerate(self.rows) for _ in terms],
                    [column for terms, _ in self.rows for column in terms],
                ),
            ),
            shape=(len(self.rows), len(self.costs)),
        )
        solved = milp(
            np.array(self.costs),
            integrality=np.array(self.is_whole),
            bounds=Bounds(np.array(self.low), np.array(self.high)),
            constraints=LinearConstraint(matrix, -np.inf, np.array([limit for _, limit in self.rows])),
            options={"time_limit": seconds},
        )
        found = getattr(solved, "mip_dual_bound", None)
        return float(found) if found is not None and np.isfinite(found) else None


def lower_bound(problem: WholeShipProblem, seconds: float) -> float | None:
    """What no plan can cost less than; None when nothing was proved in time."""
    model = _Model()
    fixed = _fixed_cost(problem)
    found = _build(problem, model).proved(seconds) if problem.given.to_load else 0.0
    slack = 1e-6 * max(1.0, abs(found or 0.0))
    return None if found is None else fixed + found - slack


def _fixed_cost(problem: WholeShipProblem) -> float:
    """What the release costs whatever is loaded; each box that is not, is counted here too."""
    loads, cost = problem.given.containers, _P["unloaded"] * len(problem.given.to_load)
    pairs: set[tuple[int, int, int]] = set()
    for standing in problem.standing:
        part, boxes = standing.part, standing.boxes()
        pairs |= {(part.bay, part.block, loads[box].destination) for box in boxes}
        cost += _P["overstows"] * overstows(standing, loads) + _P["empty_parts"] * (not boxes)
        cost += _P["vertical_moment"] * sum(loads[box].mass_kg for box in boxes) * part.vcg_mm / 1e6
        if not part.is_deck:
            cost += _P["ports_below"] * sum(loads[box].destination for box in boxes)
        for plugs, cell in zip(part.plugs, standing.ends, strict=False):
            dry = sum(not loads[box].is_reefer for box in {*cell} if box is not None)
            cost += _P["dry_at_plugs"] * min(plugs, dry)
    cost += _P["block_ports"] * len(pairs)
    first = _first_under(problem)
    for lid, cells in _deck_cells(problem).items():
        cost += _P["lid_overstows"] * sum(count for port, count in cells.items() if port > first.get(lid, NEVER))
    return cost


def _first_under(problem: WholeShipProblem) -> dict[tuple[int, int], int]:
    first: dict[tuple[int, int], int] = {}
    for standing in problem.standing:
        part = standing.part
        for box in standing.boxes():
            if not part.is_deck:
                key = (part.bay, part.lid)
                first[key] = min(first.get(key, NEVER), problem.given.containers[box].destination)
    return first


def _deck_cells(problem: WholeShipProblem) -> dict[tuple[int, int], dict[int, int]]:
    """Cells of the release on each lid by their latest destination."""
    cells: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for standing in problem.standing:
        if standing.part.is_deck:
            for cell in standing.ends:
                there = [problem.given.containers[box].destination for box in cell if box is not None]
                if there:
                    cells[standing.part.bay, standing.part.lid][max(there)] += 1
    return cells


def _group(standing: Standing, loads: tuple[Load, ...]) -> _Group:
    part, boxes = standing.part, standing.boxes()
    sound = is_sound(standing, loads)
    full = [cell for cell in standing.ends if None not in cell]
    firsts = [
        min((loads[box].destination for cell in standing.ends if (box := cell[end]) is not None), default=NEVER)
        for end in (0, 1)
    ]
    height_2 = 2 * part.max_height_mm - sum(loads[b].height_mm * (1 if loads[b].length_ft == 20 else 2) for b in boxes)
    top = standing.ends[-1] if standing.ends else (None, None)
    return _Group(
        part.bay, part.block, part.lid, part.is_deck, not boxes, len(part.plugs) - len(full), height_2,
        part.plugs[len(standing.ends) :] if sound else (), not sound or top[0] is None or top[0] != top[1],
        min(firsts) if sound else NEVER, max(firsts) if sound else NEVER, sound, part.vcg_mm, *_bears(standing, loads),
    )  # fmt: skip


def _bears(standing: Standing, loads: tuple[Load, ...]) -> tuple[int, int]:
    """The heaviest 20 ft and 40 ft that may stand on the release."""
    if not standing.ends or not is_sound(standing, loads):
        return NEVER, NEVER
    top = dict.fromkeys(box for box in standing.ends[-1] if box is not None)
    masses = [loads[box].mass_kg for box in top]
    return max(masses), sum(masses)


def _build(problem: WholeShipProblem, model: _Model) -> _Model:
    loads = problem.given.containers
    groups: dict[_Group, int] = defaultdict(int)
    for standing in problem.standing:
        group = _group(standing, loads)
        if group.cells > 0 and group.height_mm_2 > 0:
            groups[group] += 1
    at_hand: dict[_Sort, list[int]] = defaultdict(list)
    for box in problem.given.to_load:
        load = loads[box]
        is_high = load.length_ft != 20 and load.height_mm >= HIGH_CUBE_MM
        at_hand[_Sort(load.length_ft != 20, is_high, load.is_reefer, load.destination)].append(load.mass_kg)
    first = _first_under(problem)
    put: dict[tuple[_Group, _Sort], int] = {}
    for group, count in groups.items():
        for sort, masses in at_hand.items():
            if (sort.is_reefer and group.is_sound and not any(group.plugs)) or (
                not sort.is_long and not group.takes_short
            ):
                continue
            price = _price(group, sort, first.get((group.bay, group.lid), NEVER), min(masses))
            most = min(len(masses), count * group.cells * (1 if sort.is_long else 2))
            put[group, sort] = model.variable(price, most)
    for sort, masses in at_hand.items():
        model.at_most({put[g, sort]: 1.0 for g in groups if (g, sort) in put}, len(masses))
        _heavy(model, sort, masses, {put[g, sort]: g for g in groups if (g, sort) in put})
    for group, count in groups.items():
        _stacks(model, group, count, {sort: put[group, sort] for sort in at_hand if (group, sort) in put})
    _blocks(problem, model, groups, put)
    _lids(problem, model, groups, put)
    _bays(problem, model, put)
    _pairs(problem, model, put)
    return model


def _price(group: _Group, sort: _Sort, first: int, mass_kg: int) -> float:
    """What loading one box costs at least, its 1000 for staying ashore saved."""
    price = -_P["unloaded"] + _P["vertical_moment"] * mass_kg * group.vcg_mm / 1e6
    if sort.destination > (group.first if sort.is_long else group.last_first):
        price += _P["overstows"]
    if not group.is_deck:
        price += _P["ports_below"] * sort.destination
    elif sort.destination > first and (sort.is_long or group.is_sound):
        price += _P["lid_overstows"] * (1.0 if sort.is_long else 0.5)
    return price


def _heavy(model: _Model, sort: _Sort, masses: list[int], put: dict[int, _Group]) -> None:
    """Where a release is light, only as many boxes can stand as are no heavier than it."""
    bears = {v: group.bears_long_kg if sort.is_long else group.bears_short_kg for v, group in put.items()}
    for heaviest in sorted({kg for kg in bears.values() if kg < max(masses)}):
        able = sum(mass <= heaviest for mass in masses)
        model.at_most({variable: 1.0 for variable, kg in bears.items() if kg <= heaviest}, able)


def _stacks(model: _Model, group: _Group, count: int, put: dict[_Sort, int]) -> None:
    """What fits into a group's stacks; how many of them are used."""
    used = model.variable(-_P["empty_parts"] if group.was_empty else 0.0, count)
    size = {sort: 1.0 if sort.is_long else 0.5 for sort in put}
    for low, high, limit in height_cuts(group.height_mm_2, group.cells):
        terms = {put[sort]: size[sort] * (high if sort.is_high else low) for sort in put}
        model.at_most(terms | {used: -limit}, 0.0)
    if not group.is_sound:
        return
    with_plugs = sum(plugs > 0 for plugs in group.plugs)
    cold = {put[sort]: 1.0 for sort in put if sort.is_reefer}
    model.at_most(cold | {used: -float(sum(group.plugs))} if cold else {}, 0.0)
    if with_plugs:
        dry = model.variable(_P["dry_at_plugs"], np.inf)
        terms = {put[sort]: size[sort] - sort.is_reefer for sort in put}
        model.at_most(terms | {dry: -1.0, used: -float(len(group.plugs) - with_plugs)}, 0.0)


def height_cuts(height_mm_2: int, cells: int) -> list[tuple[float, float, float]]:
    """Rows `low * standard + high * high cubes <= limit` that hold for all whole numbers of cells in one stack."""
    corners = []
    for high in range(cells + 1):
        room = height_mm_2 - 2 * HIGH_CUBE_MM * high
        if room >= 0:
            corners.append((high, min(cells - high, room // (2 * STANDARD_MM))))
    if not corners:
        return [(1.0, 1.0, 0.0)]
    hull: list[tuple[int, int]] = []
    for corner in corners:  # the upper hull, Andrew's way
        while len(hull) > 1 and _turn(hull[-2], hull[-1], corner) >= 0:
            hull.pop()
        hull.append(corner)
    cuts = [(1.0, 0.0, float(hull[0][1])), (0.0, 1.0, float(hull[-1][0]))]
    for (h0, l0), (h1, l1) in pairwise(hull):
        cuts.append((float(h1 - h0), float(l0 - l1), float((h1 - h0) * l0 + (l0 - l1) * h0)))
    return cuts


def _turn(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _blocks(
    problem: WholeShipProblem, model: _Model, groups: dict[_Group, int], put: dict[tuple[_Group, _Sort], int]
) -> None:
    """A price for each destination new to a block."""
    known = {
        (standing.part.bay, standing.part.block, problem.given.containers[box].destination)
        for standing in problem.standing
        for box in standing.boxes()
    }
    room: dict[tuple[int, int], int] = defaultdict(int)
    for group, count in groups.items():
        room[group.bay, group.block] += group.cells * count
    terms: dict[tuple[int, int, int], dict[int, float]] = defaultdict(dict)
    at_hand: dict[int, float] = defaultdict(float)
    for box in problem.given.to_load:
        load = problem.given.containers[box]
        at_hand[load.destination] += 0.5 if load.length_ft == 20 else 1.0
    for (group, sort), variable in put.items():
        terms[group.bay, group.block, sort.destination][variable] = 1.0 if sort.is_long else 0.5
    for key, found in terms.items():
        if key not in known:
            there = model.variable(_P["block_ports"], 1.0, is_whole=True)
            model.at_most(found | {there: -min(float(room[key[:2]]), at_hand[key[2]])}, 0.0)


def _lids(
    problem: WholeShipProblem, model: _Model, groups: dict[_Group, int], put: dict[tuple[_Group, _Sort], int]
) -> None:
    """Deck cells bound later than what is loaded under their lid, where the release is not soon enough already."""
    first, on_deck = _first_under(problem), _deck_cells(problem)
    below: dict[tuple[int, int], dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    above: dict[tuple[int, int], dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    room: dict[tuple[int, int, bool], float] = defaultdict(float)
    for group, count in groups.items():
        room[group.bay, group.lid, group.is_deck] += group.cells * count
    for (group, sort), variable in put.items():
        side = above if group.is_deck else below
        if sort.is_long or group.is_sound or not group.is_deck:
            side[group.bay, group.lid][sort.destination][variable] = 1.0 if sort.is_long else 0.5
    for lid, soon in below.items():
        opened = None
        ports = [port for port in problem.ports if port < first.get(lid, NEVER)]
        for port, later in zip(ports, [*problem.ports[1:], NEVER], strict=False):
            here = model.variable(0.0, 1.0, is_whole=True)
            if port in soon:
                model.at_most(soon[port] | {here: -room[*lid, False]}, 0.0)
            if opened is not None:
                model.at_most({opened: 1.0, here: -1.0}, 0.0)
            opened = here
            if later > first.get(lid, NEVER) or later == NEVER:
                continue
            model.costs[here] += _P["lid_overstows"] * on_deck.get(lid, {}).get(later, 0)
            if later in above[lid]:
                over = model.variable(_P["lid_overstows"], np.inf)
                model.at_most(above[lid][later] | {here: room[*lid, True], over: -1.0}, room[*lid, True])


def _bays(problem: WholeShipProblem, model: _Model, put: dict[tuple[_Group, _Sort], int]) -> None:
    busiest = model.variable(_P["makespan"], np.inf)
    bays = len(problem.given.ship.sections)
    by_bay: dict[int, dict[int, float]] = defaultdict(dict)
    for (group, _), variable in put.items():
        by_bay[group.bay][variable] = 1.0
    for bay in range(max(1, bays - 1)):
        model.at_most(by_bay[bay] | by_bay[bay + 1] | {busiest: -1.0}, 0.0)


def _pairs(problem: WholeShipProblem, model: _Model, put: dict[tuple[_Group, _Sort], int]) -> None:
    """Of an odd number of 20 ft one stays ashore, unless one of the release waits for its fellow."""
    short = sum(problem.given.containers[box].length_ft == 20 for box in problem.given.to_load)
    is_alone = any((fore is None) != (aft is None) for standing in problem.standing for fore, aft in standing.ends)
    if short % 2 and not is_alone:
        model.at_most({variable: 1.0 for (_, sort), variable in put.items() if not sort.is_long}, short - 1)
