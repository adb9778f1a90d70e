"""Two hands on one plan: what each may change in a round, and both put together.

Lids are dealt out with all on and under them, so what is counted by part, block or lid belongs to one hand. What is
counted over the ship (masses, new boxes by bay, the cost) each hand counts as if the other stood still; when they are
put together, the sums follow from what either has changed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from cabria.planning.stowage.whole_ship import kernels as k
from cabria.planning.stowage.whole_ship.kernels import Array, Ship, State

HANDS = 2
_BY_PART = ("members", "counts", "stack_cost", "loads", "tops", "cells")
_BY_BLOCK = ("block_ports",)
_BY_LID = ("under", "first", "on", "lid_over")


@dataclass(frozen=True, slots=True)
class Deal:
    """What either hand may change in a round, and what both began with."""

    ships: tuple[Ship, ...]
    """By hand: her own parts open, and half the room within the limits."""
    rows: tuple[dict[str, Array], ...]
    """By hand: her rows of each table."""
    totals: Array
    mass: Array
    moves: Array
    athwart: int
    """What the moment athwart is counted from in this round."""


def can_be_dealt(ship: Ship) -> bool:
    """Whether there is something for each hand."""
    return len(_open_lids(ship)) >= HANDS


def deal(ship: Ship, states: tuple[State, State], dice: random.Random) -> Deal:
    """Deal out lids and boxes ashore at random. Both states must be the same plan; they are made ready for the hands.

    Each hand gets limits halfway between where the ship is and where she may be, so that what both do keeps them (but
    for the little by which buoyancy bends), and what is passed is mended by half each.
    """
    state = states[0]
    half = half_the_room(ship, state)
    of_part, of_block, of_lid = _owners(ship, dice)
    rows = tuple(
        {
            **dict.fromkeys(_BY_PART, np.flatnonzero(of_part == hand)),
            **dict.fromkeys(_BY_BLOCK, np.flatnonzero(of_block == hand)),
            **dict.fromkeys(_BY_LID, np.flatnonzero(of_lid == hand)),
        }
        for hand in range(HANDS)
    )
    ships = tuple(half._replace(open_parts=ship.open_parts[of_part[ship.open_parts] == hand]) for hand in range(HANDS))
    athwart = int(state.totals[k.TCG_MOMENT]) // 2
    dealt = Deal(ships, rows, state.totals.copy(), state.mass.copy(), state.moves.copy(), athwart)
    _deal_ashore(states, dice)
    for own, hers in zip(ships, states, strict=True):
        hers.totals[k.TCG_MOMENT] -= athwart
        k.afloat(own, hers, hers.excess)
    return dealt


def put_together(ship: Ship, states: tuple[State, State], dealt: Deal) -> None:
    """Both states become the plan with what either hand has changed."""
    one, other = states
    for target, source, rows in ((other, one, dealt.rows[0]), (one, other, dealt.rows[1])):
        for name, own in rows.items():
            getattr(target, name)[own] = getattr(source, name)[own]
    mine, hers = (int(state.totals[k.COUNT_ASHORE]) for state in states)
    one.ashore[mine : mine + hers] = other.ashore[:hers]
    for state in states:
        # Not a sum over what the hands have changed, so it is taken off and counted again.
        state.totals[k.COST] -= ship.prices[k.MAKESPAN] * state.totals[k.BUSIEST]
    start = dealt.totals.copy()
    start[k.COST] -= ship.prices[k.MAKESPAN] * start[k.BUSIEST]
    start[k.TCG_MOMENT] -= 2 * dealt.athwart
    one.totals[:] += other.totals - start
    one.mass[:] += other.mass - dealt.mass
    one.moves[:] += other.moves - dealt.moves
    one.totals[k.COUNT_ASHORE] = mine + hers
    one.totals[k.BUSIEST] = k.busiest(one.moves)
    one.totals[k.COST] += ship.prices[k.MAKESPAN] * one.totals[k.BUSIEST]
    for name in ("totals", "mass", "moves", "ashore"):
        getattr(other, name)[:] = getattr(one, name)
    for state in states:
        k.afloat(ship, state, state.excess)


def half_the_room(ship: Ship, state: State) -> Ship:
    """The ship with limits halfway to where she is; that of the moment athwart is for the moment less its half."""
    displacement = max(1.0, float(state.totals[k.DISPLACEMENT]))
    points, limits = ship.points.copy(), ship.limits.copy()
    buoyancy = np.array([np.interp(displacement, points[:, 0], row) for row in ship.buoyancy])
    shear = np.cumsum(state.mass - buoyancy)
    bending = np.concatenate(([0.0], np.cumsum(shear[:-1] * (limits[:-1, k.LCG] - limits[1:, k.LCG]))))
    points[:, 1:] = (points[:, 1:] + state.mass @ limits[:, k.LCG] / displacement) / 2
    for column, now in ((k.MIN_SHEAR, shear), (k.MAX_SHEAR, shear), (k.MAX_BENDING, bending)):
        limits[:, column] = (limits[:, column] + now) / 2
    return ship._replace(points=points, limits=limits, max_tcg_mm=ship.max_tcg_mm / 2)


def _open_lids(ship: Ship) -> list[int]:
    return sorted(set(ship.parts[ship.open_parts, k.LID].tolist()))


def _owners(ship: Ship, dice: random.Random) -> tuple[Array, Array, Array]:
    """The hand of each part, block and lid."""
    lids = _open_lids(ship)
    dice.shuffle(lids)
    of_lid = np.zeros(int(ship.parts[:, k.LID].max()) + 1, np.int64)
    of_lid[lids[: len(lids) // HANDS]] = 1
    of_part = of_lid[ship.parts[:, k.LID]]
    of_block = np.zeros(len(ship.block_parts), np.int64)
    of_block[ship.parts[:, k.BLOCK]] = of_part
    return of_part, of_block, of_lid


def _deal_ashore(states: tuple[State, State], dice: random.Random) -> None:
    boxes = states[0].ashore[: states[0].totals[k.COUNT_ASHORE]].tolist()
    dice.shuffle(boxes)
    for hand, state in enumerate(states):
        own = boxes[hand::HANDS]
        state.ashore[: len(own)] = own
        state.totals[k.COUNT_ASHORE] = len(own)
