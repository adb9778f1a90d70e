"""A stowage problem as flat arrays, and a plan's way from the arrays to slots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import Cell, End, Level, StackId, VesselProfile, VesselStack
from cabria.planning.stowage import kernels as k
from cabria.planning.stowage.problem import StowageProblem, offers
from cabria.planning.stowage.sight import height_limit_mm, least_draught_mm
from cabria.planning.stowage.special import usable_levels
from cabria.referee import imdg

UNLIMITED = 1 << 50
POINTS_PER_MIN = 1_000
_ENDS = (End.FORE, End.AFT, End.BOTH)
_TAKES = (k.SHORT_FORE | k.LONG | k.LONGEST, k.SHORT_AFT | k.LONG | k.LONGEST)
"""What is lost where nothing may stand at the fore, at the aft end."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What the search pays besides the prices of the call, in minutes.

    `blocked` is a box under a lid on which one stands that leaves later. It guides the search, as the first such box
    makes everything on the lid overstow and the next ones nothing more; it is not counted in the cost of a plan.
    `heel` is a thousand tonne-metres, `strength` a tonne of shear or 32 tonne-metres of bending beyond the limit.
    """

    blocked: float = 25.0
    heel: float = 2.0
    strength: float = 0.05
    lost_restow: float = 100_000.0


def _points(minutes: float) -> int:
    return round(minutes * POINTS_PER_MIN)


@dataclass(frozen=True)
class FlatProblem:
    problem: StowageProblem
    boxes: tuple[Container, ...]
    """Loads, then boxes lifted aboard; row b of the kernel's boxes is `boxes[b]`."""
    stack_ids: tuple[StackId, ...]
    ship: k.Ship
    empty: k.State
    """The state with all boxes ashore; copy before use."""
    prices: Prices

    @classmethod
    def of(cls, problem: StowageProblem, prices: Prices, *, exact_masses: bool = False) -> FlatProblem:
        """With `exact_masses` stack limits count each box as it is, else as heavy as its class of mass allows."""
        boxes = (*problem.loads, *(stowed.container for stowed in problem.lifted))
        builder = _Builder(problem, boxes, prices, exact_masses)
        return cls(problem, boxes, builder.stack_ids, builder.ship, builder.empty(), prices)

    def start(self) -> k.State:
        return k.State(*(array.copy() for array in self.empty))

    def slots(self, state: k.State) -> Mapping[ContainerId, StowPosition]:
        """Where every box that is aboard stands."""
        found: dict[ContainerId, StowPosition] = {}
        placed = np.zeros((state.members.shape[1], 2), np.int64)
        profile = self.problem.call.vessel
        bays = {bay.number: bay for bay in profile.bays}
        for s, stack_id in enumerate(self.stack_ids):
            count = int(state.counts[s])
            if not count:
                continue
            members = state.members[s, :count].copy()
            if k.lay(self.ship, s, members, count, placed) == k.INFEASIBLE:
                raise AssertionError(f"Stack {stack_id} was left in a state that cannot be laid.")
            stack, bay = profile.stack_by_id[stack_id], bays[stack_id.bay]
            numbers = {end: number for number, end in bay.ends()}
            for member, (level, end) in zip(members, placed[:count], strict=True):
                tier = stack.cells[int(level)].tier
                found[self.boxes[int(member)].id] = StowPosition(numbers[_ENDS[int(end)]], stack_id.row, tier)
        return found

    def costs(self, state: k.State) -> dict[str, float]:
        """What only the search pays, in minutes: for later ports, for the cranes, for an upright ship."""
        totals = state.totals
        known = totals[[k.STACKS_COST, k.LIDS_COST, k.BLOCKED_COST, k.MIX_COST, k.LID_MOVES_COST, k.REFUSED_COST]].sum()
        points = {
            "ports mixed": totals[k.MIX_COST],
            "lids opened": totals[k.LID_MOVES_COST],
            "crane balance and heel": k.total_cost(self.ship, state) - known,
        }
        return {name: float(value) / POINTS_PER_MIN for name, value in points.items()}

    def why_ashore(self, box: Container) -> str:
        """Why a load stays ashore: what the search did not find, which does not prove that there is none."""
        if box.needs_plug:
            return "the search found no free plug where it fits"
        if imdg.hazards_of(box):
            return "the search found no slot that keeps its distance from other dangerous goods"
        return f"the search found no slot of {box.length_ft} ft within the limits of weight and height"


class _Builder:
    def __init__(self, problem: StowageProblem, boxes: Sequence[Container], prices: Prices, exact_masses: bool) -> None:
        self.problem, self.boxes, self.prices, self.exact_masses = problem, boxes, prices, exact_masses
        self.call = problem.call
        self.profile: VesselProfile = problem.call.vessel
        self.orders = len(self.call.rotation) + 2
        self.bays = {bay.number: bay for bay in self.profile.bays}
        self.stack_ids = tuple(StackId(bay.number, s.row, s.level) for bay in self.profile.bays for s in bay.stacks)
        self.index = {stack_id: s for s, stack_id in enumerate(self.stack_ids)}
        self.lids = {lid.id: number for number, lid in enumerate(self.profile.hatch_covers)}
        self.groups = groups_of_stacks(self.profile, self.stack_ids)
        self.zones = zones_of_stacks(self.profile, self.stack_ids)
        self.bay_index = _bay_index(self.profile)
        self.station_x = [s.lcg_mm for s in self.profile.stations]
        self.staying = self._staying_by_stack()
        self.usable = usable_levels(problem)
        self.draught_mm = least_draught_mm(self.problem, self.boxes)
        self.stacks = np.array([self._stack_row(s) for s in range(len(self.stack_ids))], np.int64)
        self.box_rows, self.lids_of, self.room_rows = self._box_rows(), self._lids_of(), self._room_rows()
        self.ship = self._ship()

    def _staying_by_stack(self) -> Mapping[int, list[tuple[int, End, Container]]]:
        found: dict[int, list[tuple[int, End, Container]]] = defaultdict(list)
        for container, position in self.problem.staying:
            if place := self.profile.place(position):
                found[self.index[place.stack_id]].append((place.level_index, place.end, container))
        for boxes in found.values():
            boxes.sort(key=lambda entry: entry[0])
        return found

    def _limit_mass(self, box: Container) -> int:
        if self.exact_masses:
            return box.gross_mass_kg
        width = max(1, self.call.settings.mass_class_kg)
        return (box.gross_mass_kg // width + 1) * width - 1

    def _stack_row(self, s: int) -> list[int]:
        stack_id = self.stack_ids[s]
        stack = self.profile.stack_by_id[stack_id]
        bay = self.bays[stack_id.bay]
        standing = _Standing.of(self.staying.get(s, ()), self._order)
        row = [0] * k.STACK_COLUMNS
        row[k.TIERS] = min(len(stack.cells), self.usable.get(stack_id, len(stack.cells)))
        row[k.FORE], row[k.AFT] = standing.top
        row[k.HEIGHT_FORE], row[k.HEIGHT_AFT] = standing.height
        row[k.WEIGHT_FORE_2], row[k.WEIGHT_AFT_2] = standing.weight_2
        row[k.WEIGHT_2] = standing.stack_weight_2
        row[k.LIMIT_20_2] = _bear(stack.max_weight_20_kg, 2, max(standing.weight_2))
        row[k.LIMIT_40_2] = _bear(stack.max_weight_40_kg, 2, standing.stack_weight_2)
        row[k.LIMIT_HEIGHT] = _bear(height_limit_mm(self.profile, stack_id, self.draught_mm), 1, max(standing.height))
        row[k.HAS_LONG] = standing.has_long
        row[k.FIRST_FORE], row[k.FIRST_AFT] = standing.first
        row[k.LASHING_2] = standing.lashing_2
        cap = self.profile.limits.max_lashing_kg_m if stack_id.level is Level.DECK else None
        row[k.LASHING_CAP_2] = _bear(cap, 2_000, standing.lashing_2)
        row[k.HAS_STEPS] = _has_steps(stack) or bay.number % 2 == 1
        row[k.IS_OPEN] = stack_id not in self.problem.closed_stacks
        row[k.IS_DECK] = stack_id.level is Level.DECK
        row[k.GROUP] = self.groups[stack_id]
        row[k.BAY] = self.bay_index[bay.number]
        row[k.TCG] = stack.tcg_mm or 0
        row[k.STATION], row[k.STATION_SHARE] = self._station(stack)
        row[k.ZONE] = self.zones[stack_id]
        row[k.IS_ENTANGLED] = len(self.profile.lids_over.get(stack_id, ())) > 1
        return row

    def _order(self, box: Container) -> int:
        return self.call.order_of(box)

    def _station(self, stack: VesselStack) -> tuple[int, int]:
        """The station at or ahead of the stack's centre and the share of its weight that rests there."""
        x = next((x for x in (stack.lcg_mm, stack.lcg_fore_mm, stack.lcg_aft_mm) if x is not None), None)
        if x is None or len(self.station_x) < 2:
            return -1, 0
        for number in range(len(self.station_x) - 1):
            ahead, behind = self.station_x[number], self.station_x[number + 1]
            if x >= behind or number == len(self.station_x) - 2:
                share = (x - behind) / (ahead - behind) if ahead != behind else 1.0
                return number, round((1 << k.STATION_BITS) * min(1.0, max(0.0, share)))
        return -1, 0

    def _ship(self) -> k.Ship:
        decks = [
            [self.index[stack_id] for stack_id in lid.carries if stack_id in self.index]
            for lid in self.profile.hatch_covers
        ]
        open_stacks = np.flatnonzero(self.stacks[:, k.IS_OPEN])
        return k.Ship(
            stacks=self.stacks,
            flags=self._flags(),
            boxes=self.box_rows,
            lids_of=self.lids_of,
            decks_from=_array(np.cumsum([0, *(len(row) for row in decks)])),
            decks=_array([s for row in decks for s in row]),
            max_inversion_kg=self.call.settings.max_inversion_kg,
            prices=self._price_row(),
            window_target=self._window_target(),
            station_x=_array(self.station_x),
            limits=np.array(
                [[-UNLIMITED, UNLIMITED, -UNLIMITED, UNLIMITED] for _ in self.profile.stations] or [[0, 0, 0, 0]],
                np.int64,
            ),
            windows=self._windows(),
            room_rows=self.room_rows,
            room_caps=self._room_caps(),
            closed=self._closed(),
            **_share_of(open_stacks, np.arange(len(self.boxes)), self.stacks, self.box_rows, self.orders),
            tcg_free=0,
        )

    def _flags(self) -> k.Array:
        stacks = [self.profile.stack_by_id[stack_id] for stack_id in self.stack_ids]
        flags = np.zeros((len(stacks), max(len(stack.cells) for stack in stacks)), np.int64)
        for s, stack in enumerate(stacks):
            ends = [end for _, end in self.bays[self.stack_ids[s].bay].ends()]
            for level, cell in enumerate(stack.cells):
                flags[s, level] = _flag(cell, ends)
            for from_level, takes in zip(self.problem.closed_from.get(self.stack_ids[s], ()), _TAKES, strict=False):
                flags[s, from_level:] &= ~takes
        return flags

    def _closed(self) -> k.Array:
        closed = np.zeros((max(1, len(self.problem.kinds)), len(self.stack_ids)), np.int64)
        for kind, stack_ids in enumerate(self.problem.kinds):
            for stack_id in stack_ids:
                closed[kind, self.index[stack_id]] = 1
        return closed

    def _lids_of(self) -> k.Array:
        lids = [
            (self.profile.lids_under if stack_id.level is Level.DECK else self.profile.lids_over).get(stack_id, ())
            for stack_id in self.stack_ids
        ]
        table = np.full((len(lids), max(1, max(map(len, lids)))), -1, np.int64)
        for s, row in enumerate(lids):
            for j, lid in enumerate(row):
                table[s, j] = self.lids[lid.id]
        return table

    def _box_rows(self) -> k.Array:
        settings = self.call.settings
        firm = {*self.problem.must_load, *(stowed.container.id for stowed in self.problem.lifted)}
        rows = np.zeros((len(self.boxes), k.BOX_COLUMNS), np.int64)
        for b, box in enumerate(self.boxes):
            order = self._order(box)
            length = 0 if box.is_20 else 1 if box.length_ft <= 40 else 2
            refused = self.prices.lost_restow if box.id in firm else settings.refused_min
            if box.needs_plug or length == 2:  # harder to place than others, so not given up for them
                refused *= 1.5
            rows[b, k.LENGTH] = length
            rows[b, k.HEIGHT] = box.height_mm
            rows[b, k.MASS] = box.gross_mass_kg
            rows[b, k.WEIGHT] = self._limit_mass(box)
            rows[b, k.ORDER] = order
            rows[b, k.NEEDS_PLUG] = box.needs_plug
            rows[b, k.RANK] = ((length > 0) << 50) + ((self.orders - order) << 40) + (1 << 39) - box.gross_mass_kg
            rows[b, k.REFUSED_PRICE] = _points(refused)
            rows[b, k.KIND] = self.problem.kind_of(box)
        return rows

    def _price_row(self) -> k.Array:
        settings, prices = self.call.settings, self.prices
        row = np.zeros(k.PRICES, np.int64)
        row[k.OVERSTOW] = row[k.LID_OVERSTOW] = _points(settings.overstow_min)
        row[k.INVERSION] = _points(settings.inversion_min)
        row[k.BLOCKED] = _points(prices.blocked)
        row[k.MIX] = _points(settings.port_mix_min)
        row[k.LID_MOVES] = _points(settings.lid_min)
        row[k.SPREAD] = _points(settings.crane_spread_min)
        row[k.LATER_ROOM] = _points(settings.later_room_min)
        row[k.TCG_PRICE] = _points(prices.heel)
        return row

    def _windows(self) -> k.Array:
        """Runs of bays shorter than the room that one crane more than k needs, for k below the number of cranes."""
        cranes, bays = max(1, len(self.call.terminal.quay_cranes)), max(self.bay_index.values()) + 1
        price, windows = _points(self.call.settings.long_crane_min), []
        for together in range(1, cranes):
            length = together * (self.call.terminal.crane_gap_bays + 1)
            windows += [(first, first + length, price // together, together == 1) for first in range(bays - length + 1)]
        return np.array(windows or [(0, bays, price // cranes, cranes == 1)], np.int64)

    def _room_rows(self) -> k.Array:
        """By port and port of discharge what is expected for that or a later one, in TEU."""
        order, expected = self.call.port_order, Counter[tuple[int, int]]()
        for loads in self.call.later_loads:
            for pod in {order[other.pod] for other in self.call.later_loads if other.port == loads.port}:
                if pod <= order[loads.pod]:
                    expected[order[loads.port], pod] += loads.teu
        return np.array([(*key, teu) for key, teu in sorted(expected.items())], np.int64).reshape(-1, 3)

    def _room_caps(self) -> k.Array:
        caps = np.zeros((max(1, len(self.lids)) + 1, 2), np.int64)
        for s, stack_id in enumerate(self.stack_ids):
            cells = self.profile.stack_by_id[stack_id].cells
            teu = sum(max(2 * cell.takes_40, cell.takes_20_fore + cell.takes_20_aft) for cell in cells)
            caps[self.lids_of[s, 0], 0 if stack_id.level is Level.DECK else 1] += teu
        return caps

    def _window_target(self) -> int:
        cranes = max(1, len(self.call.terminal.quay_cranes))
        moves = len(self.call.discharges) + len(self.call.loads) + 2 * len(self.problem.set_back)
        return moves // cranes

    def empty(self) -> k.State:
        stacks, lids, boxes = len(self.stack_ids), max(1, len(self.lids)), len(self.boxes)
        room = 2 * max(len(stack.cells) for stack in self.profile.stack_by_id.values())
        groups, bays = max(self.groups.values()) + 1, max(self.bay_index.values()) + 1
        state = k.State(
            members=np.zeros((stacks, room), np.int64),
            counts=np.zeros(stacks, np.int64),
            stack_cost=np.zeros(stacks, np.int64),
            sums=np.zeros((stacks, k.SUMS), np.int64),
            where=np.full(boxes, k.ASHORE, np.int64),
            locked=np.zeros(boxes, np.int64),
            by_order=np.zeros((stacks, self.orders), np.int64),
            under_lid=np.zeros((lids, self.orders), np.int64),
            first_under=np.full(lids, k.LATEST, np.int64),
            last_on=np.zeros(lids, np.int64),
            lid_over=np.zeros(stacks, np.int64),
            over_on_lid=np.zeros(lids, np.int64),
            lid_boxes=np.zeros(lids, np.int64),
            on_lid=np.zeros((lids, self.orders), np.int64),
            blocked=np.zeros(lids, np.int64),
            by_group=np.zeros((groups, self.orders), np.int64),
            moves=np.zeros(bays, np.int64),
            surplus=np.zeros(max(1, len(self.station_x)), np.int64),
            teu_on=np.zeros((lids + 1, self.orders), np.int64),
            teu_under=np.zeros((lids + 1, self.orders), np.int64),
            room_of_lid=np.zeros((lids + 1, len(self.room_rows)), np.int64),
            room=np.zeros(len(self.room_rows), np.int64),
            totals=np.zeros(k.TOTALS, np.int64),
            before=np.zeros(room, np.int64),
            after=np.zeros(room, np.int64),
            spare=np.zeros((room, 2), np.int64),
            going=np.zeros(room, np.int64),
            coming=np.zeros(room, np.int64),
            prefix=np.zeros(bays + 1, np.int64),
        )
        self._count_standing(state)
        for lid in range(lids + 1):
            k.refresh_room(self.ship, state, lid)
        return state

    def _count_standing(self, state: k.State) -> None:
        """What stays, where ports, crane moves and lids are concerned; the boxes ashore cost what refusing costs."""
        lids_of = self.lids_of
        for s, standing in self.staying.items():
            for _, _, box in standing:
                state.totals[k.TCG_MOMENT] += box.gross_mass_kg * self.stacks[s, k.TCG]
                order = self._order(box)
                state.by_group[self.groups[self.stack_ids[s]], order] += 1
                teu = state.teu_on if self.stacks[s, k.IS_DECK] else state.teu_under
                teu[lids_of[s, 0], order] += 1 if box.is_20 else 2
                if self.stacks[s, k.IS_DECK]:
                    state.by_order[s, order] += 1
                for lid in lids_of[s][lids_of[s] >= 0]:
                    (state.on_lid if self.stacks[s, k.IS_DECK] else state.under_lid)[lid, order] += 1
        for lid, counts in enumerate(state.under_lid):
            state.first_under[lid] = next((order for order, n in enumerate(counts) if n), k.LATEST)
            last = max((order for order, n in enumerate(state.on_lid[lid]) if n), default=0)
            state.last_on[lid] = last
            state.blocked[lid] = counts[:last].sum()
        for s in range(len(self.stack_ids)):
            if self.stacks[s, k.IS_DECK]:
                first = min((int(state.first_under[lid]) for lid in lids_of[s] if lid >= 0), default=k.LATEST)
                state.lid_over[s] = sum(int(n) for order, n in enumerate(state.by_order[s]) if order > first)
                for lid in lids_of[s][lids_of[s] >= 0]:
                    state.over_on_lid[lid] += state.lid_over[s]
        for stowed, moves in (
            *((stowed, 1) for stowed in self.call.discharges),
            *((stowed, 2) for stowed in self.problem.set_back),
            *((stowed, 1) for stowed in self.problem.lifted),
            *((stowed, 1) for stowed in self.problem.staying if stowed.container.id in self.problem.pinned),
        ):
            self._count_moves(state, stowed, moves)
        for stowed in self.call.discharges:
            if place := self.profile.place(stowed.position):
                for lid in self.profile.lids_over.get(place.stack_id, ()):
                    state.lid_boxes[self.lids[lid.id]] += 1
        for tank in self.profile.tanks:
            state.totals[k.TCG_MOMENT] += self.call.tank_contents_kg.get(tank.id, 0) * tank.tcg_mm
        state.totals[k.REFUSED_COST] = int(self.box_rows[:, k.REFUSED_PRICE].sum())
        state.totals[k.COUNT_ASHORE] = len(self.boxes)

    def _count_moves(self, state: k.State, stowed: Stowed, moves: int) -> None:
        if place := self.profile.place(stowed.position):
            state.moves[self.bay_index[place.bay.number]] += moves


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stays in a stack, at the fore and the aft end."""

    top: tuple[int, int]
    height: tuple[int, int]
    weight_2: tuple[int, int]
    stack_weight_2: int
    first: tuple[int, int]
    lashing_2: int
    has_long: bool

    @classmethod
    def of(cls, boxes: Sequence[tuple[int, End, Container]], order_of: Any) -> _Standing:
        top, height, weight, first = [0, 0], [0, 0], [0, 0], [k.LATEST, k.LATEST]
        reached = [0, 0]
        stack_weight = lashing = 0
        has_long = False
        for level, end, box in boxes:
            ends = [0 if half is End.FORE else 1 for half in end.halves]
            is_long = end is End.BOTH
            has_long |= is_long
            stack_weight += box.gross_mass_kg * (2 if is_long else 1)
            base = max(reached[e] for e in ends)
            lashing += box.gross_mass_kg * (2 * base + box.height_mm)
            for e in ends:
                top[e] = level + 1
                height[e] += box.height_mm
                weight[e] += box.gross_mass_kg * (1 if is_long else 2)
                first[e] = min(first[e], order_of(box))
                reached[e] = base + box.height_mm
        return cls(
            (top[0], top[1]), (height[0], height[1]), (weight[0], weight[1]), stack_weight, (first[0], first[1]),
            lashing, has_long,
        )  # fmt: skip


def _flag(cell: Cell, ends: Collection[End]) -> int:
    """What a cell takes at the ends its bay has."""
    return (
        k.SHORT_FORE * (cell.takes_20_fore and End.FORE in ends)
        + k.SHORT_AFT * (cell.takes_20_aft and End.AFT in ends)
        + k.LONG * (cell.takes_40 and End.BOTH in ends)
        + k.LONGEST * (cell.takes_45 and End.BOTH in ends)
        + k.PLUG_FORE * cell.has_plug_fore
        + k.PLUG_AFT * cell.has_plug_aft
    )


def _has_steps(stack: VesselStack) -> bool:
    """Whether the floor is not the same at both ends, or a cell in between is missing at one end."""
    return any(offers(cell, End.FORE) != offers(cell, End.AFT) for cell in stack.cells[:-1])


def _bear(limit: int | None, factor: int, standing: int) -> int:
    """A limit, or what stands there already where that is more; new cargo never makes it worse."""
    return UNLIMITED if limit is None else max(limit * factor, standing)


def share_of(ship: k.Ship, stacks: k.Array, boxes: k.Array) -> k.Ship:
    """The ship as a search sees her that may only fill some stacks and move some boxes."""
    orders = ship.kin_from.shape[0] - 1
    return ship._replace(**_share_of(stacks, boxes, ship.stacks, ship.boxes, orders))


def _share_of(open_stacks: k.Array, kin: k.Array, stacks: k.Array, boxes: k.Array, orders: int) -> dict[str, Any]:
    kin_orders, groups = boxes[kin, k.ORDER], stacks[open_stacks, k.GROUP]
    group_count = int(stacks[:, k.GROUP].max()) + 1
    return {
        "open_stacks": open_stacks,
        "kin": kin[np.argsort(kin_orders, kind="stable")],
        "kin_from": _array(np.searchsorted(np.sort(kin_orders), np.arange(orders + 1))),
        "group_stacks": open_stacks[np.argsort(groups, kind="stable")],
        "group_from": _array(np.searchsorted(np.sort(groups), np.arange(group_count + 1))),
    }


def groups_of_stacks(profile: VesselProfile, stack_ids: Sequence[StackId]) -> Mapping[StackId, int]:
    """Stacks that are worked together: the deck or the hold of one lid, else the level of one bay."""
    numbers: dict[tuple[str, Level], int] = {}
    found: dict[StackId, int] = {}
    for stack_id in stack_ids:
        lids = (profile.lids_under if stack_id.level is Level.DECK else profile.lids_over).get(stack_id, ())
        name = lids[0].id if lids else f"bay {stack_id.bay}"
        found[stack_id] = numbers.setdefault((name, stack_id.level), len(numbers))
    return found


def zones_of_stacks(profile: VesselProfile, stack_ids: Sequence[StackId]) -> Mapping[StackId, int]:
    """Stacks whose lid overstows hang together: lids that share a stack, with all over and under them, are one zone."""
    parent = {lid.id: lid.id for lid in profile.hatch_covers}

    def root(lid: str) -> str:
        while parent[lid] != lid:
            lid = parent[lid]
        return lid

    lids_of = {stack_id: _lids(profile, stack_id) for stack_id in stack_ids}
    for names in lids_of.values():
        for other in names[1:]:
            parent[root(other)] = root(names[0])
    numbers: dict[str, int] = {}
    return {
        stack_id: numbers.setdefault(root(names[0]) if names else f"bay {stack_id.bay} {stack_id.level}", len(numbers))
        for stack_id, names in lids_of.items()
    }


def _lids(profile: VesselProfile, stack_id: StackId) -> list[str]:
    lids = (profile.lids_under if stack_id.level is Level.DECK else profile.lids_over).get(stack_id, ())
    return [lid.id for lid in lids]


def _bay_index(profile: VesselProfile) -> Mapping[int, int]:
    """Bays from the bow; a single 20 ft bay counts with the 40 ft bay it touches."""
    places = sorted({(bay.number + 1) // 4 for bay in profile.bays})
    return {bay.number: places.index((bay.number + 1) // 4) for bay in profile.bays}


def _array(values: Any) -> k.Array:
    return np.array(values, np.int64).reshape(-1)
