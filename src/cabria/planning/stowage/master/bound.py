"""A lower bound for every plan the judge would let pass, and how busy the cranes must be at each port.

A relaxation: boxes are counted by leg, length and block. Kept are the boxes that wait, room and 40 ft of each block,
lids and the restows on them, and the busiest pair of bays at each port. Left out: mass, seaworthiness, plugs, and that
boxes are whole. As a linear program it is solved by HiGHS' interior point method in one or two seconds; as a
mixed-integer one (a lid is opened at a port or not) it is worth the time where ports are few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

from cabria.domain.master_planning import Leg, MasterVoyage
from cabria.planning.search.kernels import Array
from cabria.referee.master_planning import PRICES

Lot = tuple[Leg, int]
"""Boxes of one leg and length in feet."""
EPSILON = 1e-6


@dataclass(frozen=True)
class Relaxed:
    """`bound` on the cost, and the lifts of the busiest pair of bays by port in the relaxed plan (index 0 is none)."""

    bound: int
    busiest: Array


def relaxed(voyage: MasterVoyage) -> Relaxed | None:
    """The linear relaxation; None where there is nothing to load or the solver fails."""
    model = _Model(voyage)
    matrix, low, high = model.rows()
    is_equal = low == high
    answer = linprog(
        model.costs, A_ub=matrix[~is_equal], b_ub=high[~is_equal], A_eq=matrix[is_equal], b_eq=high[is_equal],
        bounds=np.array([model.lows, model.highs]).T, method="highs-ipm",
    )  # fmt: skip
    return None if answer.x is None else model.relaxed(answer.x, answer.fun)


def branched(voyage: MasterVoyage, seconds: float) -> Relaxed | None:
    """With lids opened or not, as far as the solver comes in some seconds of wall time; None when it finds nothing."""
    model = _Model(voyage)
    matrix, low, high = model.rows()
    answer = milp(
        model.costs, integrality=model.are_whole, bounds=Bounds(model.lows, model.highs),
        constraints=LinearConstraint(matrix, low, high), options={"time_limit": seconds, "mip_rel_gap": 1e-3},
    )  # fmt: skip
    return None if answer.x is None else model.relaxed(answer.x, answer.mip_dual_bound)


@dataclass
class _Model:
    voyage: MasterVoyage
    costs: list[float] = field(default_factory=list)
    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    are_whole: list[int] = field(default_factory=list)
    _values: list[float] = field(default_factory=list)
    _columns: list[int] = field(default_factory=list)
    _starts: list[int] = field(default_factory=lambda: [0])
    _limits: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._aboard = _released(self.voyage)
        self._lots = {lot: self._add_lot(lot, boxes) for lot, boxes in _waiting(self.voyage).items()}
        for port in range(1, self.voyage.ports):
            self._limit_blocks(port)
        self._restows = {
            (deck, port): column
            for hold, deck in self.voyage.lid_over.items()
            for port in range(1, self.voyage.ports)
            if (column := self._add_lid(hold, deck, port)) is not None
        }
        self._busiest = [self._add_crane(port) for port in range(1, self.voyage.ports + 1)]

    def rows(self) -> tuple[csr_matrix, Array, Array]:
        matrix = csr_matrix((self._values, self._columns, self._starts), shape=(len(self._limits), len(self.costs)))
        low, high = np.array(self._limits).reshape(-1, 2).T
        return matrix, low, high

    def relaxed(self, values: Array, bound: float) -> Relaxed:
        busiest = np.array([0.0, *(values[column] for column in self._busiest)])
        return Relaxed(max(0, ceil(bound - EPSILON)), busiest)

    def _add_lot(self, lot: Lot, boxes: int) -> Array:
        """Boxes in each block, and left on the quay."""
        _, feet = lot
        room = [block.feu if feet == 40 else block.teu for block in self.voyage.blocks]
        columns = [self._column(0.0, min(boxes, most)) for most in room]
        columns.append(self._column(float(PRICES["left"]), boxes))
        self._row([(column, 1.0) for column in columns], boxes, boxes)
        return np.array(columns)

    def _limit_blocks(self, port: int) -> None:
        staying = [lot for lot in self._lots if lot[0][0] <= port < lot[0][1]]
        for number, block in enumerate(self.voyage.blocks):
            short, long = (self._released_in(number, feet, port + 1, self.voyage.ports) for feet in (20, 40))
            self._at_most([(self._lots[lot][number], lot[1] / 20) for lot in staying], block.teu - short - 2 * long)
            self._at_most([(self._lots[lot][number], 1.0) for lot in staying if lot[1] == 40], block.feu - long)

    def _add_lid(self, hold: int, deck: int, port: int) -> int | None:
        """Whether the lid is opened, and the boxes restowed on it: all that pass the port on an opened lid."""
        is_forced = bool(self._released_in(hold, 20, port, port) + self._released_in(hold, 40, port, port))
        opened = self._column(0.0, 1.0, low=float(is_forced), is_whole=True)
        room = self.voyage.blocks[hold]
        for end in (0, 1):
            lots = [lot for lot in self._lots if lot[0][end] == port]
            self._at_most([*((self._lots[lot][hold], lot[1] / 20) for lot in lots), (opened, -room.teu)], 0)
            self._at_most([*((self._lots[lot][hold], 1.0) for lot in lots if lot[1] == 40), (opened, -room.feu)], 0)
        passing = [lot for lot in self._lots if lot[0][0] < port < lot[0][1]]
        standing = sum(self._released_in(deck, feet, port + 1, self.voyage.ports) for feet in (20, 40))
        if not passing and not standing:
            return None
        restowed = self._column(float(PRICES["restowed"]), np.inf)
        most = self.voyage.blocks[deck].teu
        there = [(self._lots[lot][deck], 1.0) for lot in passing]
        self._at_most([*there, (restowed, -1.0), (opened, float(most))], most - standing)
        return restowed

    def _add_crane(self, port: int) -> int:
        busiest = self._column(float(PRICES["crane"]), np.inf)
        working = [lot for lot in self._lots if port in lot[0]]
        for pair in self.voyage.adjacent:
            blocks = [number for number, block in enumerate(self.voyage.blocks) if block.bay in pair]
            terms = [(column, 1.0) for lot in working for column in self._lots[lot][blocks]]
            terms += [(self._restows[block, port], 2.0) for block in blocks if (block, port) in self._restows]
            landed = sum(self._released_in(block, feet, port, port) for block in blocks for feet in (20, 40))
            self._at_most([*terms, (busiest, -1.0)], -landed)
        return busiest

    def _released_in(self, block: int, feet: int, first: int, last: int) -> int:
        """Boxes on board at first that leave a block at ports from first to last."""
        return sum(self._aboard[block, feet, port] for port in range(first, last + 1))

    def _column(self, cost: float, high: float, *, low: float = 0.0, is_whole: bool = False) -> int:
        self.costs.append(cost)
        self.lows.append(low)
        self.highs.append(high)
        self.are_whole.append(int(is_whole))
        return len(self.costs) - 1

    def _at_most(self, terms: Sequence[tuple[int, float]], most: float) -> None:
        self._row(terms, -np.inf, most)

    def _row(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        self._columns += [column for column, _ in terms]
        self._values += [value for _, value in terms]
        self._starts.append(len(self._columns))
        self._limits.append((low, high))


def _waiting(voyage: MasterVoyage) -> dict[Lot, int]:
    lots: defaultdict[Lot, int] = defaultdict(int)
    for leg, counts in voyage.demand.items():
        for sort, boxes in zip(voyage.sorts, counts, strict=True):
            if boxes:
                lots[leg, sort.length_ft] += boxes
    return dict(lots)


def _released(voyage: MasterVoyage) -> defaultdict[tuple[int, int, int], int]:
    """Boxes on board at first, by block, length and port of discharge."""
    aboard: defaultdict[tuple[int, int, int], int] = defaultdict(int)
    for (discharge, block), counts in voyage.release.items():
        for feet, boxes in _by_length(voyage, counts):
            aboard[block, feet, discharge] += boxes
    return aboard


def _by_length(voyage: MasterVoyage, counts: Sequence[int]) -> Iterator[tuple[int, int]]:
    return ((sort.length_ft, boxes) for sort, boxes in zip(voyage.sorts, counts, strict=True))
