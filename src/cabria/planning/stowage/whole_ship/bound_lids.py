"""Lids and blocks: deck cells bound later than something below their lid, and destinations new to a block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cabria.planning.stowage.whole_ship.bound_cargo import PRICE, Cargo, deck_cells, first_under
from cabria.planning.stowage.whole_ship.bound_model import Model, Terms
from cabria.planning.stowage.whole_ship.bound_parts import NEVER, Group, room_of
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem


@dataclass
class _Side:
    """The deck or the hold of a lid, or a block: cells loaded for each destination, and how many there may be."""

    cells: dict[int, Terms] = field(default_factory=lambda: defaultdict(dict))
    room: int = 0


def price_lids(problem: WholeShipProblem, model: Model, cargo: Cargo) -> None:
    """Each lid has one earliest destination below; what stands on deck and in the hold is told apart by it."""
    first, on_deck, at_hand = first_under(problem), deck_cells(problem), _cells_at_hand(problem)
    decks, holds = _sides(cargo, is_deck=True), _sides(cargo, is_deck=False)
    for lid in dict.fromkeys([*decks, *holds]):
        release_first = first.get(lid, NEVER)
        cases: dict[int, int] = {}
        for port in [*sorted(port for port in holds[lid].cells if port < release_first), release_first]:
            over = sum(count for later, count in on_deck.get(lid, {}).items() if port < later <= release_first)
            cases[port] = model.variable(PRICE["lid_overstows"] * over, 1.0, is_whole=True)
        model.equal(dict.fromkeys(cases.values(), 1.0), 1.0)
        _share(model, cases, holds[lid], at_hand, lambda port, first: 0.0 if port >= first else None)
        _share(model, cases, decks[lid], at_hand, lambda port, first: PRICE["lid_overstows"] * (port > first))


def _share(
    model: Model,
    cases: Mapping[int, int],
    side: _Side,
    at_hand: Mapping[int, float],
    price: Callable[[int, int], float | None],
) -> None:
    """Cells of a side by case: in a case that is not so there are none, in one with no price there must be none."""
    in_case: dict[int, Terms] = {port: {} for port in cases}
    for port, cells in side.cells.items():
        most = min(float(side.room), at_hand[port])
        shared: Terms = {}
        for first, case in cases.items():
            if (cost := price(port, first)) is not None:
                variable = model.variable(cost, most)
                shared[variable] = in_case[first][variable] = 1.0
                if most < side.room and len(cases) > 1:
                    model.at_most({variable: 1.0, case: -most}, 0.0)
        model.equal(cells | dict.fromkeys(shared, -1.0), 0.0)
    for first, case in cases.items():
        if in_case[first]:
            model.at_most(in_case[first] | {case: -float(side.room)}, 0.0)


def _sides(cargo: Cargo, *, is_deck: bool) -> dict[tuple[int, int], _Side]:
    """By bay and lid. A 20 ft that may fill up a cell of the release is no further cell on deck."""
    sides: dict[tuple[int, int], _Side] = defaultdict(_Side)
    for group, parts in cargo.groups.items():
        if group.is_deck == is_deck:
            sides[group.lid_key].room += room_of(group) * len(parts)
    for (group, sort), variable in cargo.put.items():
        if group.is_deck == is_deck and (sort.size.is_long or group.is_sound or not is_deck):
            sides[group.lid_key].cells[sort.destination][variable] = sort.size.cells
    return sides


def price_blocks(problem: WholeShipProblem, model: Model, cargo: Cargo) -> None:
    """A price for each destination new to a block."""
    known = {
        (standing.part.bay, standing.part.block, problem.given.containers[box].destination)
        for standing in problem.standing
        for box in standing.boxes()
    }
    blocks: dict[tuple[int, int], _Side] = defaultdict(_Side)
    for group, parts in cargo.groups.items():
        blocks[group.block_key].room += room_of(group) * len(parts)
    for (group, sort), variable in cargo.put.items():
        blocks[group.block_key].cells[sort.destination][variable] = sort.size.cells
    at_hand = _cells_at_hand(problem)
    there: dict[tuple[int, int, int], int] = {}
    for key, block in blocks.items():
        for port, cells in block.cells.items():
            if (*key, port) not in known:
                there[*key, port] = model.variable(PRICE["block_ports"], 1.0, is_whole=True)
                model.at_most(cells | {there[*key, port]: -min(float(block.room), at_hand[port])}, 0.0)
    _link_stacks(model, cargo, there, at_hand)


def _link_stacks(
    model: Model, cargo: Cargo, there: Mapping[tuple[int, int, int], int], at_hand: Mapping[int, float]
) -> None:
    """What holds for the cells of a block holds for those of each group in it."""
    stacks: dict[tuple[Group, int], Terms] = defaultdict(dict)
    for (group, sort), variable in cargo.put.items():
        stacks[group, sort.destination][variable] = sort.size.cells
    for (group, port), cells in stacks.items():
        if (*group.block_key, port) in there:
            room = min(float(room_of(group) * len(cargo.groups[group])), at_hand[port])
            model.at_most(cells | {there[*group.block_key, port]: -room}, 0.0)


def _cells_at_hand(problem: WholeShipProblem) -> dict[int, float]:
    cells: dict[int, float] = defaultdict(float)
    for load, boxes in problem.boxes_of.items():
        cells[load.destination] += len(boxes) * (0.5 if load.length_ft == 20 else 1.0)
    return cells
