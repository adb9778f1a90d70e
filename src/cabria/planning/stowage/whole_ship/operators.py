"""Which moves are tried how often, the state they work on, and that state read back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cabria.planning.stowage.whole_ship import annealing as moves
from cabria.planning.stowage.whole_ship import kernels as k
from cabria.planning.stowage.whole_ship.kernels import Array, Ship, State
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem

SHARES = {
    moves.MOVE: 250,
    moves.LOAD: 80,
    moves.SWAP: 400,
    moves.SWAP_ASHORE: 80,
    moves.UNLOAD: 20,
    moves.SWAP_ALL: 20,
    moves.SWAP_ONE: 130,
    moves.CHAIN: 20,
}
"""Of a thousand moves. A unit is a 40 ft or two 20 ft; MOVE takes one to another part, SWAP changes two, SWAP_ONE two
single boxes (so 20 ft find new partners), SWAP_ALL all that is loaded into two parts, CHAIN frees a block of a port."""


def shares() -> Array:
    return np.array([SHARES[kind] for kind in range(moves.MOVES)], np.int64)


def unloaded(problem: WholeShipProblem) -> State:
    """Everything ashore."""
    ship, given = problem.flat, problem.given
    parts, ports, boxes = len(given.ship.parts), len(problem.ports), len(given.to_load)
    most = 2 * ship.plugs.shape[1]
    state = State(
        members=np.zeros((parts, most), np.int64),
        counts=np.zeros(parts, np.int64),
        stack_cost=np.zeros(parts, np.int64),
        loads=np.zeros((parts, k.LOAD_COLUMNS), np.int64),
        tops=np.zeros((parts, most), np.int64),
        cells=np.zeros(parts, np.int64),
        ashore=np.repeat(np.arange(len(problem.boxes_of)), [len(b) for b in problem.boxes_of.values()]),
        block_ports=np.zeros((len(problem.blocks), ports), np.int64),
        under=np.zeros((len(problem.lids), ports), np.int64),
        first=np.zeros(len(problem.lids), np.int64),
        on=np.zeros((len(problem.lids), ports), np.int64),
        lid_over=np.zeros(len(problem.lids), np.int64),
        moves=np.zeros(len(given.ship.sections), np.int64),
        mass=np.array([section.lightship_kg for section in given.ship.sections], np.int64),
        totals=np.zeros(k.TOTALS, np.int64),
        excess=np.zeros(k.FLOATING + 1),
        fines=np.zeros(k.FLOATING),
        going=np.zeros(most, np.int64),
        coming=np.zeros(most, np.int64),
        at=np.zeros(most, np.int64),
        new_s=np.zeros(2 * most, np.int64),
        new_t=np.zeros(2 * most, np.int64),
        tops_s=np.zeros(most, np.int64),
        tops_t=np.zeros(most, np.int64),
        spare=np.zeros(k.FLOATING + 1),
        links=np.zeros((k.MOST_LINKS, k.LINK_COLUMNS), np.int64),
    )
    _stand(problem, ship, state)
    state.totals[k.COUNT_ASHORE] = boxes
    state.totals[k.DISPLACEMENT] = state.mass.sum()
    for s in range(parts):
        state.stack_cost[s] = k.lay(ship, s, state.new_s, 0, state.tops_s)
    for lid in range(len(problem.lids)):
        state.lid_over[lid], state.first[lid] = k.over_lid(state, lid), k.first_under(state, lid)
    state.totals[k.COST] = (
        state.stack_cost.sum()
        + ship.prices[k.UNLOADED] * boxes
        + ship.prices[k.BLOCK_PORT] * np.count_nonzero(state.block_ports)
        + ship.prices[k.LID_OVERSTOW] * state.lid_over.sum()
    )
    k.afloat(ship, state, state.excess)
    return state


def _stand(problem: WholeShipProblem, ship: Ship, state: State) -> None:
    """Enter the release."""
    loads = problem.given.containers
    for s, standing in enumerate(problem.standing):
        block, lid, is_deck = (ship.parts[s, column] for column in (k.BLOCK, k.LID, k.IS_DECK))
        for box in standing.boxes():
            order = problem.ports.index(loads[box].destination)
            state.block_ports[block, order] += 1
            state.under[lid, order] += not is_deck
            state.mass[ship.parts[s, k.BAY]] += loads[box].mass_kg
            state.totals[k.TCG_MOMENT] += loads[box].mass_kg * ship.parts[s, k.TCG]
        if is_deck:
            for cell in standing.ends:
                there = [problem.ports.index(loads[box].destination) for box in cell if box is not None]
                if there:
                    state.on[lid, max(there)] += 1


def copy_into(target: State, source: State) -> None:
    """Everything but the fines, which are each search's own."""
    for name, array in source._asdict().items():
        if name != "fines":
            getattr(target, name)[...] = array


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan as kinds by part, with its cost (UNITS) and whether she may sail with it."""

    filled: Array
    """Kinds in part s are `filled[s, :counts[s]]`."""
    counts: Array
    cost: int
    may_sail: bool

    def members(self) -> list[list[int]]:
        return [row[:count].tolist() for row, count in zip(self.filled, self.counts, strict=True)]
