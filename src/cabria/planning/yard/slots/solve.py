"""The door: which stack of a real yard takes an arriving box, why, and why not the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cabria.domain.positions import YardPosition
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.planning.yard.slots.departures import DepartureSkill
from cabria.planning.yard.slots.places import Places
from cabria.planning.yard.slots.problem import IDLE, YardGuest, YardWork
from cabria.planning.yard.slots.standing import USUAL_WEIGHTS, Weights

Array = np.ndarray[Any, np.dtype[Any]]
SHOWN = 3


@dataclass(frozen=True)
class Params:
    weights: Weights = USUAL_WEIGHTS


USUAL = Params()


@dataclass(frozen=True, slots=True)
class PricedPlace:
    """A slot and what it costs in minutes, term by term."""

    position: YardPosition
    minutes: Mapping[str, float]

    @property
    def total_min(self) -> float:
        return sum(self.minutes.values())


@dataclass(frozen=True)
class SlotChoice:
    """The best slots, best first, and for what reason how many stacks were refused. No slot: `verdict` says why."""

    best: tuple[PricedPlace, ...]
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def position(self) -> YardPosition | None:
        return self.best[0].position if self.best else None

    @property
    def verdict(self) -> Verdict:
        if self.best:
            return YES
        why = "; ".join(f"{count:,} stacks: {reason}" for reason, count in Counter(self.refused).most_common())
        return refuse(f"no stack takes it ({why or 'there is none of its length'})")


def choose(
    places: Places,
    box: YardGuest,
    now_s: float,
    *,
    skill: DepartureSkill,
    work: YardWork = IDLE,
    params: Params = USUAL,
) -> SlotChoice:
    """The stack with the least expected minutes among those that may take the box. Changes nothing."""
    open_ = places.is_40 == (box.length_ft > 20)
    refused: dict[str, int] = {}
    for reason, mask in _filters(places, box, work):
        hit = open_ & mask
        if count := int(hit.sum()):
            refused[reason] = count
            open_ &= ~mask
    stacks = np.flatnonzero(open_)
    if not len(stacks):
        return SlotChoice((), refused)
    minutes = _minutes(places, box, stacks, now_s, skill, work, params)
    total = np.round(np.sum(list(minutes.values()), axis=0), 9)
    shown = min(SHOWN, len(stacks))
    first = np.argpartition(total, shown - 1)[:shown]
    best = first[np.lexsort((stacks[first], total[first]))]
    return SlotChoice(
        tuple(
            PricedPlace(
                places.position(int(stacks[n]), int(places.height[stacks[n]]) + 1),
                {term: float(values[n]) for term, values in minutes.items()},
            )
            for n in best
        ),
        refused,
    )


def why_not(places: Places, box: YardGuest, position: YardPosition, work: YardWork = IDLE) -> Verdict:
    """Whether the box may stand on the stack of a position, and if not, the first rule that forbids it."""
    place = places.at.get((position.block, position.bay, position.row))
    if place is None:
        return refuse("the yard has no such stack")
    if bool(places.is_40[place]) != (box.length_ft > 20):
        return refuse("the bay is of another length")
    return next((refuse(reason) for reason, mask in _filters(places, box, work) if mask[place]), YES)


def _filters(places: Places, box: YardGuest, work: YardWork) -> Iterator[tuple[str, Array]]:
    """Reasons and the places they forbid, in the order in which a planner would name them."""
    rules = places.rules
    yield "the stack is being worked", _being_worked(places, work)
    yield "boxes of another bay stand on its ground", places.shares_ground()
    yield "boxes of another length stand there", (places.length_ft > 0) & (places.length_ft != box.length_ft)
    if box.length_ft > 40:
        yield "its bay is not for 45 ft", ~places.takes_45_ft
    yield "it is as high as its row allows", places.height >= places.tiers
    if box.needs_plug:
        yield "it has no rack", ~places.has_rack
        yield "the rack's sockets are lower", places.height >= rules.reefer_tiers
    elif rules.racks_for_reefers_only:
        yield "its rack is kept for reefers", places.has_rack
    yield "it is allocated to others", _allocated_to_others(places, box)
    heaviest_kg = box.gross_mass_kg - rules.max_inversion_kg
    yield "the box beneath is too light", (places.height > 0) & (places.top_kg < heaviest_kg)
    if box.hazards:
        if rules.dangerous_blocks is not None:
            allowed = np.array([block.id in rules.dangerous_blocks for block in places.blocks], bool)
            yield "its block takes no dangerous goods", ~allowed[places.block]
        yield "dangerous goods may not stand so high", places.height >= rules.dangerous_tiers
        yield "dangerous goods of another class are too near", places.too_near_dangerous(box.hazards)


def _being_worked(places: Places, work: YardWork) -> Array:
    closed = np.zeros(len(places), bool)
    number = {block.id: n for n, block in enumerate(places.blocks)}
    for block, bay, row in work.being_worked:
        near = (places.block == number.get(block, -1)) & (np.abs(places.bay - bay) <= 1)
        closed |= near & (places.row == row) if row else near
    return closed


def _allocated_to_others(places: Places, box: YardGuest) -> Array:
    forbidden = np.array([*(not allocation.takes(box) for allocation in places.rules.allocations), False], bool)
    return np.asarray(forbidden[places.allocation].any(axis=1))


def _minutes(
    places: Places, box: YardGuest, stacks: Array, now_s: float, skill: DepartureSkill, work: YardWork, params: Params
) -> dict[str, Array]:
    """What each of `stacks` costs, term by term."""
    rules = places.rules
    prices = places.standing.prices(
        stacks,
        box.departure,
        now_s,
        stays_s=skill.usual_stays_s,
        skill=skill.skill_used,
        weights=params.weights,
    )
    block = places.block[stacks]
    backlog_min = np.array([work.backlog_min.get(b.id, 0.0) for b in places.blocks])
    crane_bay = np.array([work.crane_bay.get(b.id, -1) for b in places.blocks])[block]
    travel = np.where(crane_bay < 0, 0, np.abs(places.bay[stacks] - crane_bay) / 2)
    own = places.of_service(box.service) if box.service else np.zeros(len(places.blocks))
    over = (own - own.min()) / max(1.0, own.mean())
    is_mixed = (places.height[stacks] > 0) & (
        places.top_kg[stacks] // rules.weight_class_kg != box.gross_mass_kg // rules.weight_class_kg
    )
    has_own = any(allocation.takes(box) for allocation in rules.allocations)
    outside = (places.allocation[stacks] < 0).any(axis=1) & has_own
    return {
        "rehandles": rules.dig_min * prices.in_the_way,
        "room for others": rules.dig_min * prices.room_lost,
        "crane backlog": rules.backlog_share * (backlog_min - backlog_min.min())[block],
        "crane travel": rules.bay_travel_min * travel,
        "spread over blocks": rules.spread_min * over[block],
        "mixed weights": rules.mixed_weights_min * is_mixed,
        "outside its allocation": rules.outside_allocation_min * outside,
    }
