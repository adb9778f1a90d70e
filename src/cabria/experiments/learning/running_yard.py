"""What foretold departures are worth to the running yard: its own choice of slots and its own digging
(`operations/places.py`), while the boxes of a history come and go; beside levelling and the incumbent's rule.

Every rule has the same boxes in the same blocks, block by block, on the board of the living terminal. Machines take no
time here. A ship's plan says when her boxes are wanted some hours before she takes the first of them; of each box is
foretold what a running terminal would foretell (`running.py`). The incumbent's rule is told more: as a box comes, the
planned departure of the ship that takes it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random
from typing import NamedTuple, Protocol

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import OnTruck, Stock
from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock
from cabria.experiments.ground_plan import Plan, lay_out
from cabria.experiments.learning.worth import INCUMBENT, LEARNED, LEVELLING, Worth
from cabria.operations.board import Board, StackId, stack_of
from cabria.operations.learned import Foretold
from cabria.operations.places import aside, incoming, stacks_for, top_of
from cabria.operations.rails import Stretch
from cabria.operations.settings import Settings
from cabria.planning.yard.forecast.problem import YardVisit
from cabria.planning.yard.forecast.solve import Forecaster
from cabria.planning.yard.slots.stacking import NEVER, Penalty, incumbent_penalties, levelling
from cabria.twin.twin import Fleet, Twin

PLAIN = "plain"
"""The running yard of which nothing is foretold."""
PLAN_AHEAD_S = 4 * 3_600
"""How long before the first box goes aboard a ship's plan says when hers are wanted."""
ROWS, TIERS = 10, 5
EVERYWHERE = (Stretch(0, 10**9),)
_LEAVES, _PLANNED, _ARRIVES = range(3)


class YardRule(Protocol):
    """Chooses places in a block; None where there is no room."""

    def comes(self, box: ContainerId, by_road: bool, now_s: int) -> YardPosition | None: ...

    def put_aside(self, box: ContainerId, now_s: int) -> YardPosition | None: ...


class AsItRuns:
    """As the living terminal chooses; boxes come from the gate, or from anywhere at the quay."""

    def __init__(self, board: Board, seed: int) -> None:
        self._board, self._settings, self._chance = board, Settings(), Random(f"{seed}/stands at the quay")

    def comes(self, box: ContainerId, by_road: bool, now_s: int) -> YardPosition | None:
        quay = self._chance.choice(self._board.quay_stands)
        return incoming(self._board, box, self._board.gates_in[0] if by_road else quay, {}, self._settings)

    def put_aside(self, box: ContainerId, now_s: int) -> YardPosition | None:
        return aside(self._board, box, self._settings, EVERYWHERE)


class ByPenaltyInBlock:
    """A simple rule on the same ground: of stacks with room, the one with the lowest penalty, the first of equals.
    `forecasts_s` is when each box is planned to leave, as far as anybody said as it came."""

    def __init__(self, board: Board, forecasts_s: Mapping[ContainerId, int], penalty: Penalty) -> None:
        self._board, self._forecasts_s, self._penalty = board, forecasts_s, penalty

    def comes(self, box: ContainerId, by_road: bool, now_s: int) -> YardPosition | None:
        return self._best(box, None, now_s)

    def put_aside(self, box: ContainerId, now_s: int) -> YardPosition | None:
        here = self._board.boxes[box]
        assert isinstance(here, YardPosition)
        return self._best(box, stack_of(here), now_s)

    def _best(self, box: ContainerId, source: StackId | None, now_s: int) -> YardPosition | None:
        board, forecasts_s = self._board, self._forecasts_s
        (block,) = board.blocks.values()
        best: tuple[tuple[float, ...], StackId] | None = None
        for stack in stacks_for(board, box, block, at_plugs=False):
            if stack == source:
                continue
            below = board.stacks[stack]
            earliest_s = min((forecasts_s.get(other, NEVER) for other in below), default=NEVER)
            asked = self._penalty(forecasts_s.get(box, NEVER), earliest_s, len(below), now_s), stack
            if best is None or asked < best:
                best = asked
        return None if best is None else top_of(board, best[1])


class Happening(NamedTuple):
    at_s: int
    kind: int
    box: int


@dataclass(frozen=True, slots=True)
class Worked:
    """Counted once the block had filled: after a third of the visits. `refused` boxes found no room, in the whole
    time."""

    retrievals: int
    rehandles: int
    refused: int


def running_worth(forecaster: Forecaster, unseen: Sequence[YardVisit], *, blocks: int = 15, fill: float = 0.6) -> Worth:
    """Work visits that nothing was learned from in so many blocks, each just so long that they fill it to `fill` when
    most of them stand. Raises DataError for too few visits, or for a box for which a rule found no room.
    """
    if blocks < 1 or len(unseen) < 10 * blocks:
        raise DataError(f"{len(unseen)} visits are too few for {blocks} blocks.")
    told = {} if forecaster.knows_nothing else _foretold(forecaster, unseen)
    figures: dict[str, list[float]] = defaultdict(list)
    for block in range(blocks):
        numbers = range(block, len(unseen), blocks)
        visits = [unseen[n] for n in numbers]
        here = {ContainerId(f"B{own}"): told[n] for own, n in enumerate(numbers) if n in told}
        for rule, (make, foretold) in _rules(visits, here, block).items():
            worked = work_block(visits, make, foretold, fill)
            if 100 * worked.refused > len(visits):
                raise DataError(f"{worked.refused} boxes found no room in block {block} by the rule {rule}.")
            figures[rule].append(worked.rehandles / max(1, worked.retrievals))
    return Worth({rule: tuple(found) for rule, found in figures.items()}, forecaster.knows_nothing)


Make = Callable[[Board], YardRule]


def _rules(
    visits: Sequence[YardVisit], told: Mapping[ContainerId, Foretold], block: int
) -> dict[str, tuple[Make, Mapping[ContainerId, Foretold]]]:
    plans_s = {ContainerId(f"B{n}"): visit.plan_s for n, visit in enumerate(visits) if visit.plan_s is not None}
    return {
        LEARNED: (lambda board: AsItRuns(board, block), told),
        PLAIN: (lambda board: AsItRuns(board, block), {}),
        LEVELLING: (lambda board: ByPenaltyInBlock(board, plans_s, levelling), {}),
        INCUMBENT: (lambda board: ByPenaltyInBlock(board, plans_s, incumbent_penalties), {}),
    }


def _foretold(forecaster: Forecaster, visits: Sequence[YardVisit]) -> dict[int, Foretold]:
    """By visit, in milliseconds. By which ship a box leaves nobody knows as it comes, nor what is in one that comes by
    road."""
    known = [
        replace(visit, left_s=None, vessel_due_s=None, appointment_s=None)
        if visit.comes_by == "vessel"
        else YardVisit(visit.arrived_s, None, 0, comes_by=visit.comes_by, leaves_by=visit.leaves_by)
        for visit in visits
    ]
    return {
        n: tuple(round(1_000 * at_s) for at_s in departure.points_s[1::2])
        for n, departure in enumerate(forecaster.distributions(known))
    }


def work_block(
    visits: Sequence[YardVisit], make: Make, foretold: Mapping[ContainerId, Foretold], fill: float = 0.6
) -> Worked:
    """Visits, in order of arrival, of boxes of one block that is just so long as they need."""
    board = _board(_bays(visits, fill))
    rule = make(board)
    counted_from_s = visits[len(visits) // 3].arrived_s
    retrievals = rehandles = refused = 0
    for at_s, kind, number in _happenings(visits):
        visit, box = visits[number], ContainerId(f"B{number}")
        if kind == _PLANNED:
            board.wanted_ms[box] = 1_000 * (visit.arrived_s + visit.stay_s)
        elif kind == _ARRIVES:
            board.know([Stock(box, 20 if visit.length_ft <= 20 else 40, visit.mass_kg, OnTruck("T"), needs_plug=False)])
            if box in foretold:
                board.foretold[box] = foretold[box]
            place = rule.comes(box, visit.comes_by != "vessel", at_s)
            if place is None:
                refused += 1
            else:
                board.put(box, place)
        elif isinstance(board.boxes[box], YardPosition):
            digs = _fetched(board, rule, box, at_s)
            if at_s >= counted_from_s:
                retrievals, rehandles = retrievals + 1, rehandles + digs
    return Worked(retrievals, rehandles, refused)


def _fetched(board: Board, rule: YardRule, box: ContainerId, now_s: int) -> int:
    """The box leaves; returns how many were carried aside for it. One that finds no room is set back where it was."""
    place = board.boxes[box]
    assert isinstance(place, YardPosition)
    stack, digs, held = board.stacks[stack_of(place)], 0, list[ContainerId]()
    while stack[-1] != box:
        above = stack[-1]
        target = rule.put_aside(above, now_s)
        board.put(above, OnTruck("T") if target is None else target)
        held += [above] if target is None else []
        digs += 1
    board.put(box, OnTruck("T"))
    board.forget(box)
    for above in reversed(held):
        board.put(above, top_of(board, stack_of(place)))
    return digs


def _happenings(visits: Sequence[YardVisit]) -> Iterator[Happening]:
    """In order of time; at the same time boxes leave before others come."""
    plans: dict[tuple[str, int], list[int]] = defaultdict(list)
    found = []
    for number, visit in enumerate(visits):
        found += [
            Happening(visit.arrived_s, _ARRIVES, number),
            Happening(visit.arrived_s + visit.stay_s, _LEAVES, number),
        ]
        if visit.leaves_by == "vessel" and visit.vessel_due_s is not None:
            plans[visit.service, visit.vessel_due_s].append(number)
    for numbers in plans.values():
        first_s = min(visits[n].arrived_s + visits[n].stay_s for n in numbers)
        found += [
            Happening(known_s, _PLANNED, n)
            for n in numbers
            if (known_s := max(visits[n].arrived_s, first_s - PLAN_AHEAD_S)) < visits[n].arrived_s + visits[n].stay_s
        ]
    return iter(sorted(found))


def _bays(visits: Sequence[YardVisit], fill: float) -> int:
    """Twenty-foot bays, in pairs."""
    changes = sorted(
        (at_s, sign * (1 if visit.length_ft <= 20 else 2))
        for visit in visits
        for at_s, sign in ((visit.arrived_s, 1), (visit.arrived_s + visit.stay_s, -1))
    )
    peak_teu = max(accumulate(change for _, change in changes))
    return 2 * max(2, math.ceil(peak_teu / (2 * ROWS * TIERS * fill)))


def _board(bays: int) -> Board:
    """Of a terminal with one block behind one quay crane."""
    block = YardBlock("B01", bays, ROWS, TIERS, 40_000, 104_000)
    terminal = Terminal(
        name="One block",
        port="PECHY",
        quay_length_mm=80_000 + bays * block.bay_pitch_mm,
        blocks=(block,),
        quay_cranes=(QuayCrane("QC1", x_mm=40_000 + bays * block.bay_pitch_mm // 2),),
        yard_cranes=(YardCrane("YC01", "B01"),),
        trucks=1,
    )
    layout = lay_out(terminal, plan=Plan(chargers=1, parking=2, gate_lanes=1))
    return Twin(layout, Settings(), Fleet(1)).control.desk.board
