"""Which boxes stand in which group of stack parts, with all that they cost there; and what the release costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from cabria.domain.whole_ship import Load
from cabria.planning.stowage.whole_ship.bound_model import Model, Terms
from cabria.planning.stowage.whole_ship.bound_parts import (
    NEVER,
    Group,
    Sort,
    Weight,
    groups_of,
    room_of,
    sort_of,
    weight_of,
)
from cabria.planning.stowage.whole_ship.bound_stacks import SIZES, size_rows, weight_rows
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem, overstows
from cabria.referee.whole_ship import PRICES

PRICE = {name: float(price) for name, price in PRICES.items()}
DEAR = 1e4
"""Price of a t or 100 t m too much."""


def fixed_cost(problem: WholeShipProblem) -> float:
    """What the release costs whatever is loaded; each box that is not, is counted here too."""
    loads, cost = problem.given.containers, PRICE["unloaded"] * len(problem.given.to_load)
    pairs: set[tuple[int, int, int]] = set()
    for standing in problem.standing:
        part, boxes = standing.part, standing.boxes()
        pairs |= {(part.bay, part.block, loads[box].destination) for box in boxes}
        cost += PRICE["overstows"] * overstows(standing, loads) + PRICE["empty_parts"] * (not boxes)
        cost += PRICE["vertical_moment"] * sum(loads[box].mass_kg for box in boxes) * part.vcg_mm / 1e6
        if not part.is_deck:
            cost += PRICE["ports_below"] * sum(loads[box].destination for box in boxes)
        for plugs, cell in zip(part.plugs, standing.ends, strict=False):
            dry = sum(not loads[box].is_reefer for box in {*cell} if box is not None)
            cost += PRICE["dry_at_plugs"] * min(plugs, dry)
    cost += PRICE["block_ports"] * len(pairs)
    first = first_under(problem)
    for lid, cells in deck_cells(problem).items():
        cost += PRICE["lid_overstows"] * sum(count for port, count in cells.items() if port > first.get(lid, NEVER))
    return cost


def first_under(problem: WholeShipProblem) -> dict[tuple[int, int], int]:
    """The earliest destination the release has under each lid."""
    first: dict[tuple[int, int], int] = {}
    for standing in problem.standing:
        part = standing.part
        for box in standing.boxes():
            if not part.is_deck:
                key = (part.bay, part.lid)
                first[key] = min(first.get(key, NEVER), problem.given.containers[box].destination)
    return first


def deck_cells(problem: WholeShipProblem) -> dict[tuple[int, int], dict[int, int]]:
    """Cells of the release on each lid by their latest destination."""
    cells: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for standing in problem.standing:
        if standing.part.is_deck:
            for cell in standing.ends:
                there = [problem.given.containers[box].destination for box in cell if box is not None]
                if there:
                    cells[standing.part.bay, standing.part.lid][max(there)] += 1
    return cells


@dataclass
class Cargo:
    """The variables of a model that say what is loaded where, as counts of boxes."""

    groups: dict[Group, list[int]]
    excess: int
    """By how much the ship passes limits afloat: so dear that no plan does, but a solver always finds an answer."""
    put: dict[tuple[Group, Sort], int] = field(default_factory=dict)
    weigh: dict[tuple[Group, Weight], int] = field(default_factory=dict)
    kinds: dict[tuple[int, Load], int] = field(default_factory=dict)
    """By bay."""
    masses: Terms = field(default_factory=dict)
    """kg by variable of `kinds`."""


def put_cargo(problem: WholeShipProblem, model: Model) -> Cargo:
    at_hand = {load: len(boxes) for load, boxes in problem.boxes_of.items()}
    cargo = Cargo(groups_of(problem), model.variable(DEAR, 1e6))
    for group, parts in cargo.groups.items():
        put, weigh = _put(model, group, len(parts), at_hand)
        _stacks(model, group, len(parts), put, weigh)
        cargo.put |= {(group, sort): variable for sort, variable in put.items()}
        cargo.weigh |= {(group, weight): variable for weight, variable in weigh.items()}
    _kinds(model, cargo, at_hand)
    _pairs(problem, model, cargo)
    _busiest(problem, model, cargo)
    return cargo


def _put(
    model: Model, group: Group, count: int, at_hand: Mapping[Load, int]
) -> tuple[dict[Sort, int], dict[Weight, int]]:
    """Counts of boxes in a group, once by sort and once by mass; both agree on the sizes."""
    sorts: dict[Sort, int] = defaultdict(int)
    weights: dict[Weight, int] = defaultdict(int)
    for load, number in at_hand.items():
        if group.takes_sort(sort_of(load)) and group.takes_weight(weight_of(load)):
            sorts[sort_of(load)] += number
            weights[weight_of(load)] += number
    room = count * room_of(group)
    put = {
        sort: model.variable(_price(group, sort), min(number, room / sort.size.cells)) for sort, number in sorts.items()
    }
    moment = PRICE["vertical_moment"] * group.vcg_mm / 1e6
    weigh = {
        weight: model.variable(moment * weight.mass_kg, min(number, room / weight.size.cells))
        for weight, number in weights.items()
    }
    for size in SIZES:
        terms = {variable: 1.0 for sort, variable in put.items() if sort.size == size}
        model.equal(terms | {variable: -1.0 for weight, variable in weigh.items() if weight.size == size}, 0.0)
    return put, weigh


def _price(group: Group, sort: Sort) -> float:
    """What loading one box costs whatever else is loaded, its 1000 for staying ashore saved."""
    price = -PRICE["unloaded"]
    if sort.destination > (group.first if sort.size.is_long else group.last_first):
        price += PRICE["overstows"]
    return price if group.is_deck else price + PRICE["ports_below"] * sort.destination


def _stacks(model: Model, group: Group, count: int, put: Mapping[Sort, int], weigh: Mapping[Weight, int]) -> None:
    """What fits into a group's stacks; how many of them are used; plugs."""
    used = model.variable(-PRICE["empty_parts"] if group.was_empty else 0.0, count)
    for sizes, limit in size_rows(group):
        model.at_most({put[sort]: sizes[sort.size] for sort in put if sizes[sort.size]} | {used: -limit}, 0.0)
    for masses, limit in weight_rows(group, list(weigh)):
        model.at_most({weigh[weight]: value for weight, value in masses.items()} | {used: -limit}, 0.0)
    if not group.is_sound:
        return
    cold = {put[sort]: 1.0 for sort in put if sort.is_reefer}
    if cold:
        model.at_most(cold | {used: -float(sum(group.plugs))}, 0.0)
    without = sum(plugs == 0 for plugs in group.plugs)
    if without < len(group.plugs):
        dry = model.variable(PRICE["dry_at_plugs"], count * (len(group.plugs) - without))
        terms = {put[sort]: sort.size.cells for sort in put if not sort.is_reefer}
        model.at_most(terms | {dry: -1.0, used: -float(without)}, 0.0)


def _kinds(model: Model, cargo: Cargo, at_hand: Mapping[Load, int]) -> None:
    """Boxes of each kind by bay: what a bay holds by sort and by mass is made of them."""
    sorts: dict[tuple[int, Sort], Terms] = defaultdict(dict)
    weights: dict[tuple[int, Weight], Terms] = defaultdict(dict)
    for (group, sort), variable in cargo.put.items():
        sorts[group.bay, sort][variable] = -1.0
    for (group, weight), variable in cargo.weigh.items():
        weights[group.bay, weight][variable] = -1.0
    bays = dict.fromkeys(group.bay for group in cargo.groups)
    for load, number in at_hand.items():
        everywhere: Terms = {}
        for bay in bays:
            if (bay, sort_of(load)) in sorts and (bay, weight_of(load)) in weights:
                variable = model.variable(0.0, number)
                cargo.kinds[bay, load] = variable
                cargo.masses[variable] = float(load.mass_kg)
                everywhere[variable] = 1.0
                sorts[bay, sort_of(load)][variable] = 1.0
                weights[bay, weight_of(load)][variable] = 1.0
        model.at_most(everywhere, number)
    for terms in [*sorts.values(), *weights.values()]:
        model.equal(terms, 0.0)
    _light(model, cargo)


def _light(model: Model, cargo: Cargo) -> None:
    """Where the release is light there stand, of each sort, no more boxes than the bay has that are light enough."""
    borne: dict[tuple[int, Sort], dict[int, Terms]] = defaultdict(lambda: defaultdict(dict))
    for (group, sort), variable in cargo.put.items():
        borne[group.bay, sort][group.bears_kg(sort.size)][variable] = 1.0
    light: dict[tuple[int, Sort], dict[int, int]] = defaultdict(dict)
    for (bay, load), variable in cargo.kinds.items():
        light[bay, sort_of(load)][load.mass_kg] = variable
    for key, by_strength in borne.items():
        terms: Terms = {}
        for strength, there in sorted(by_strength.items()):
            terms |= there
            able = {variable: -1.0 for mass, variable in light[key].items() if mass <= strength}
            if len(able) < len(light[key]):
                model.at_most(terms | able, 0.0)


def _pairs(problem: WholeShipProblem, model: Model, cargo: Cargo) -> None:
    """Of an odd number of 20 ft one stays ashore, unless one of the release waits for its fellow."""
    short = sum(problem.given.containers[box].length_ft == 20 for box in problem.given.to_load)
    is_alone = any((fore is None) != (aft is None) for standing in problem.standing for fore, aft in standing.ends)
    if short % 2 and not is_alone:
        there = {variable: 1.0 for (_, load), variable in cargo.kinds.items() if load.length_ft == 20}
        model.at_most(there, short - 1)


def _busiest(problem: WholeShipProblem, model: Model, cargo: Cargo) -> None:
    """The most boxes loaded into two neighbouring bays."""
    busiest = model.variable(PRICE["makespan"], len(problem.given.to_load))
    by_bay: dict[int, Terms] = defaultdict(dict)
    for (bay, _), variable in cargo.kinds.items():
        by_bay[bay][variable] = 1.0
    for bay in range(max(1, len(problem.given.ship.sections) - 1)):
        model.at_most(by_bay[bay] | by_bay[bay + 1] | {busiest: -1.0}, 0.0)
