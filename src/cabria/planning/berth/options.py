"""Every way in which one ship could be berthed: a place, a start and a number of cranes, with its end and cost.

An option ends as early as its work, her unmooring and the tide and wind at her departure let it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from cabria.domain.berthing import BerthCase, BerthLayout, RailCrane, ShipCall, ShipId, Stay, Unserved
from cabria.domain.told import Told, told
from cabria.planning.berth.water import Water

Array = np.ndarray[Any, np.dtype[Any]]

START, END, FIRST, LAST, CRANES, CELL = range(6)
"""Rows of an option: steps from berthing to leaving, steps from first to last lift, cranes, cell of the quay."""
POINTS = 60
"""Points of cost in one unit of money: rates are by the hour, time by the minute."""


class Pin(NamedTuple):
    """Where and when a person wants a ship berthed, whatever that costs."""

    position_mm: int
    start_min: int


@dataclass(frozen=True)
class ShipOptions:
    """Options by cost (six int32 rows and cost in points), or the rule that leaves none."""

    rows: Array
    cost: Array
    stopped: Unserved | None = None


@dataclass(frozen=True)
class _Places:
    """Where one ship could lie, as arrays over places: cell, left end, lowest depth beneath, which cranes reach."""

    cell: Array
    position_mm: Array
    depth_mm: Array
    reach: tuple[tuple[int, ...], ...]

    def only(self, chosen: Array) -> _Places:
        kept = [self.reach[i] for i in np.flatnonzero(chosen)]
        return _Places(self.cell[chosen], self.position_mm[chosen], self.depth_mm[chosen], tuple(kept))


@dataclass(frozen=True)
class _Times:
    """When one ship can be worked and may leave.

    `working` are the steps in which she can be worked, `before` how many of them lie before each step, `leaving` the
    next step at which she may leave, beyond the horizon when there is none, `held_min` her expected lateness by start.
    """

    idle: Array
    working: Array
    before: Array
    leaving: Array
    held_min: Array


class OptionMaker:
    """Makes the options of each ship of a case; `released` are frozen ships that may start later after all, `pins` are
    a person's wishes, which leave a ship one place and start.
    """

    def __init__(
        self, case: BerthCase, released: frozenset[str] = frozenset(), pins: Mapping[ShipId, Pin] | None = None
    ) -> None:
        self.case, self.rules, self.quay = case, case.rules, case.quay
        self.released, self.pins = released, pins or {}
        self.steps = self.rules.horizon_min // self.rules.step_min
        self.now = case.now_min // self.rules.step_min
        self.mooring = self.rules.steps_up(self.rules.mooring_min)
        self.unmooring = self.rules.steps_up(self.rules.unmooring_min)

    @cached_property
    def water(self) -> Water:
        return Water(self.case)

    @cached_property
    def in_order(self) -> Array:
        """Which cranes are in order, as [step, crane]."""
        step = self.rules.step_min
        rows = [[not c.is_out(t * step, (t + 1) * step) for c in self.quay.cranes] for t in range(self.steps)]
        return np.array(rows, bool).reshape(self.steps, len(self.quay.cranes))

    @cached_property
    def too_windy(self) -> Array:
        step = self.rules.step_min
        return np.array([self.case.is_too_windy_for_cranes(t * step) for t in range(self.steps)], bool)

    def idle(self, ship: ShipCall) -> Array:
        """The steps in which nobody can work her."""
        able = np.array([c.outreach_rows >= ship.reach_rows for c in self.quay.cranes], bool)
        stopped: Array = self.too_windy | (self.in_order[:, able].sum(axis=1) < ship.min_cranes)
        return stopped

    def is_over(self, stay: Stay) -> bool:
        return self.case.is_begun(stay.ship) and stay.end_min <= self.case.now_min

    def _times(self, ship: ShipCall) -> _Times:
        idle, step = self.idle(ship), self.rules.step_min
        held = ship.eta.spread_min and ship.rates.held_berth_per_h
        late = [ship.eta.expected_late_min(at * step) if held else 0 for at in range(self.steps)]
        before = np.concatenate([[0], np.cumsum(~idle)])
        return _Times(idle, np.flatnonzero(~idle), before, self._leaving(ship), np.array(late, np.int64))

    def of(self, ship: ShipCall) -> ShipOptions:
        last = self.case.last_plan.stay_of.get(ship.id) if self.case.last_plan else None
        if last is not None and self.case.is_begun(ship.id):
            return self._going_on(ship, last)
        places, refusal = self._places(ship)
        if refusal:
            return self._none(ship, *refusal)
        starts = np.arange(max(self.now, -(-ship.eta.earliest_min // self.rules.step_min)), self.steps)
        if last is not None and self.case.is_frozen(ship.id):
            places = places.only(places.position_mm == last.position_mm)
            held = last.start_min // self.rules.step_min
            starts = starts[starts >= held] if ship.id in self.released else starts[starts == held]
        pin = self.pins.get(ship.id)
        if pin is not None:
            places = places.only(places.position_mm == pin.position_mm)
            starts = starts[starts * self.rules.step_min == pin.start_min]
            if not len(places.cell):
                why = told("She cannot lie at {at_m} m.", "left-out-wanted-place", at_m=_metres(pin.position_mm))
                return self._none(ship, "BERTH-QUAY", why)
            if not len(starts):
                why = told("She cannot be there at the time she is pinned to.", "left-out-wanted-time")
                return self._none(ship, "BERTH-EARLY", why)
        may_start = self.water.may_cross(ship.arrival_draught_mm)[starts]
        if not may_start.any():
            why = told("The channel never carries her when she could come.", "left-out-channel")
            return self._none(ship, "BERTH-TIDE", why)
        calm = self.water.is_calm(ship)[starts]
        if not (may_start & calm).any():
            return self._none(ship, "BERTH-WIND", told("The wind never lets her berth.", "left-out-wind"))
        return self._combined(ship, places, starts[may_start & calm], last)

    def _places(self, ship: ShipCall) -> tuple[_Places, tuple[str, Told] | None]:
        """Where she could lie, or the rule and the reason why nowhere."""
        candidates = list(self._candidates(ship))
        none = np.zeros(0, np.int64)
        nowhere = _Places(none, none, none, ())
        longest = max(section.end_mm - section.start_mm for section in self.quay.sections)
        if ship.length_mm > self.quay.length_mm:
            why = told(
                "She is {length_m} m long, the quay {quay_m} m.",
                "left-out-too-long",
                length_m=_metres(ship.length_mm),
                quay_m=_metres(self.quay.length_mm),
            )
            return nowhere, ("BERTH-QUAY", why)
        if not candidates:
            why = told(
                "She is {length_m} m long, the longest berth {longest_m} m with its gap.",
                "left-out-no-berth-so-long",
                length_m=_metres(ship.length_mm),
                longest_m=_metres(longest),
            )
            return nowhere, ("BERTH-SECTION", why)
        fit = []
        for cell, position in candidates:
            under = self.quay.sections_under(position, position + ship.length_mm)
            if all(section.kind in ship.kinds for section in under):
                fit.append((cell, position, min(section.depth_mm for section in under)))
        if not fit:
            why = told(
                "No stretch of {quay_kind} quay is long enough for her.",
                "left-out-kind",
                quay_kind=" or ".join(ship.kinds),
            )
            return nowhere, ("BERTH-KIND", why)
        needed, highest = ship.draught_mm + self.rules.under_keel_clearance_mm, int(self.water.height.max())
        afloat = [one for one in fit if not ship.draught_mm or one[2] + highest >= needed]
        if not afloat:
            deepest = max(depth for _, _, depth in fit) + highest
            why = told(
                "She needs {needed_m} m of water; there are at most {deepest_m} m.",
                "left-out-too-deep",
                needed_m=_metres(needed),
                deepest_m=_metres(deepest),
            )
            return nowhere, ("BERTH-DEPTH", why)
        columns = np.array(afloat, np.int64).T
        reach = tuple(self._reaching(ship, int(at)) for at in columns[1])
        return _Places(columns[0], columns[1], columns[2], reach), None

    def _candidates(self, ship: ShipCall) -> Iterator[tuple[int, int]]:
        step = self.rules.position_step_mm
        if self.quay.layout is BerthLayout.DISCRETE:
            for number in range(len(self.quay.sections)):
                place = place_in_section(self.case, ship, number)
                if place >= 0:
                    yield number, place
            return
        for position in range(0, self.quay.length_mm - ship.length_mm + 1, step):
            alone = len(self.quay.sections_under(position, position + ship.length_mm)) == 1
            if alone or self.quay.layout is BerthLayout.CONTINUOUS:
                yield position // step, position

    def _reaching(self, ship: ShipCall, position_mm: int) -> tuple[int, ...]:
        end_mm = position_mm + ship.length_mm
        return tuple(c for c, crane in enumerate(self.quay.cranes) if reaches(crane, ship, position_mm, end_mm))

    def _combined(self, ship: ShipCall, places: _Places, starts: Array, last: Stay | None) -> ShipOptions:
        kept: list[tuple[Array, Array]] = []
        times = self._times(ship)
        depth_matters = False
        for cranes in range(ship.min_cranes, ship.max_cranes + 1):
            for chosen, needed_steps, depth, reach in self._alike(ship, places, cranes):
                rows = self._in_time(ship, times, starts, needed_steps, cranes, reach)
                if rows.shape[1] and ship.draught_mm:
                    water = depth + self.water.lowest_mm(rows[START], rows[END])
                    afloat = water >= ship.draught_mm + self.rules.under_keel_clearance_mm
                    depth_matters |= not afloat.all()
                    rows = rows[:, afloat]
                if rows.shape[1]:
                    kept.append(self._at_places(ship, times, rows, places, chosen, needed_steps, last))
        if not kept:
            return self._why_none(ship, depth_matters, places, starts, last)
        rows = np.concatenate([part for part, _ in kept], axis=1)
        cost = np.concatenate([part for _, part in kept])
        order = np.argsort(cost, kind="stable")
        return ShipOptions(np.ascontiguousarray(rows[:, order]), cost[order])

    def _alike(self, ship: ShipCall, places: _Places, cranes: int) -> Iterator[tuple[Array, int, int, tuple[int, ...]]]:
        """Places with the same steps of work, depth and cranes: which they are and these three."""
        output = self.rules.output_ppm(cranes) * self.rules.step_min
        groups: dict[tuple[int, int, tuple[int, ...]], list[int]] = {}
        for i, position in enumerate(places.position_mm):
            if len(places.reach[i]) >= cranes:
                steps = -(-self.rules.work_ppm(ship, int(position)) // output)
                depth = int(places.depth_mm[i]) if ship.draught_mm else 0
                groups.setdefault((steps, depth, places.reach[i]), []).append(i)
        for (steps, depth, reach), members in groups.items():
            yield np.array(members), steps, depth, reach

    def _in_time(
        self, ship: ShipCall, times: _Times, starts: Array, needed: int, cranes: int, reach: tuple[int, ...]
    ) -> Array:
        """Options with these starts, without cells, as six rows."""
        working, before = times.working, times.before
        first = starts + self.mooring
        begins = before[np.minimum(first, self.steps)]
        possible = (first < self.steps) & (begins + needed <= len(working))
        starts, first, begins = starts[possible], first[possible], begins[possible]
        last = working[begins + needed - 1] + 1
        end = times.leaving[np.minimum(last + self.unmooring, self.steps + 1)]
        short = ~times.idle & (self.in_order[:, list(reach)].sum(axis=1) < cranes)
        shortages = np.concatenate([[0], np.cumsum(short)])
        fit = (end <= self._latest(ship)) & (shortages[last] == shortages[first])
        starts, end, first, last = starts[fit], end[fit], first[fit], last[fit]
        zero = np.zeros_like(starts)
        return np.stack([starts, end, first, last, zero + cranes, zero]).astype(np.int32)

    def _leaving(self, ship: ShipCall) -> Array:
        """For each step the next at which she may leave; beyond the horizon when there is none."""
        may = self.water.may_cross(ship.departure_draught_mm) & self.water.is_calm(ship)
        never = self.steps + 1
        following = np.full(self.steps + 2, never, np.int64)
        for step in range(self.steps, -1, -1):
            following[step] = step if may[step] else following[step + 1]
        return following

    def _latest(self, ship: ShipCall) -> int:
        if ship.latest_departure_min is None or self.case.is_begun(ship.id):
            return self.steps
        return min(self.steps, ship.latest_departure_min // self.rules.step_min)

    def _at_places(
        self,
        ship: ShipCall,
        times: _Times,
        rows: Array,
        places: _Places,
        chosen: Array,
        needed: int,
        last: Stay | None,
    ) -> tuple[Array, Array]:
        """The options at each of the places, with their cost."""
        step = self.rules.step_min
        spread = np.repeat(rows, len(chosen), axis=1)
        spread[CELL] = np.tile(places.cell[chosen], rows.shape[1])
        positions = places.position_mm[chosen]
        by_time = self._time_cost(ship, rows[START].astype(np.int64) * step, rows[END].astype(np.int64) * step)
        by_time += ship.rates.held_berth_per_h * times.held_min[rows[START]]
        by_time += self.rules.crane_hour * rows[CRANES].astype(np.int64) * needed * step
        by_place = np.array([ship.rates.distance_per_m * ship.distance_m(int(p)) * POINTS for p in positions], np.int64)
        cost = (by_time[:, None] + by_place[None, :]).ravel()
        if last is not None:
            starts = np.repeat(rows[START].astype(np.int64) * step, len(chosen))
            cost += self._change_cost(starts, np.tile(positions, rows.shape[1]), last)
        return spread, cost

    def _time_cost(self, ship: ShipCall, start_min: Array, end_min: Array) -> Array:
        rates, eta = ship.rates, ship.eta
        cost: Array = rates.speed_up_per_h * np.maximum(0, eta.planned_min - start_min)
        cost += ship.priority * rates.waiting_per_h * np.maximum(0, start_min - eta.planned_min)
        if ship.window is not None:
            outside = np.maximum(0, np.maximum(ship.window.start_min - start_min, start_min - ship.window.end_min))
            cost += ship.priority * rates.window_per_h * outside
        if ship.wanted_finish_min is not None:
            cost += ship.priority * rates.late_per_h * np.maximum(0, end_min - ship.wanted_finish_min)
        if ship.last_finish_min is not None:
            cost += ship.priority * rates.overrun * POINTS * (end_min > ship.last_finish_min)
        return cost

    def _change_cost(self, start_min: Array, position_mm: Array, last: Stay) -> Array:
        """One point for a change of any kind, so that of equal plans the one with fewer changes is taken."""
        rates = self.rules.changes
        moved = (start_min != last.start_min) | (position_mm != last.position_mm)
        metres = -(-np.abs(position_mm - last.position_mm) // 1000)
        cost = moved * (rates.moved_ship * POINTS + 1) + rates.position_per_m * POINTS * metres
        return np.asarray(cost + rates.start_per_h * np.abs(start_min - last.start_min), np.int64)

    def _going_on(self, ship: ShipCall, last: Stay) -> ShipOptions:
        """A ship at the quay: from now on, where she lies, with the work that is left."""
        step = self.rules.step_min
        done = sum(
            self.rules.output_ppm(last.cranes_at(at)) * step for at in range(last.start_min, self.case.now_min, step)
        )
        left = self.rules.work_ppm(ship, last.position_mm) - done
        cell = self.cell_of(last.position_mm)
        if left <= 0:
            rows = np.array([[self.now], [last.end_min // step], [self.now], [self.now], [0], [cell]], np.int32)
            return ShipOptions(rows, np.zeros(1, np.int64))
        reach = self._reaching(ship, last.position_mm)
        moored = last.start_min // step + self.mooring
        kept, times = [], self._times(ship)
        for cranes in range(ship.min_cranes, ship.max_cranes + 1):
            needed = -(-left // (self.rules.output_ppm(cranes) * step))
            first = max(self.now, moored) - self.mooring
            rows = self._in_time(ship, times, np.array([first]), needed, cranes, reach)
            rows[START], rows[CELL] = self.now, cell
            cost = self._time_cost(ship, np.full(rows.shape[1], last.start_min), rows[END].astype(np.int64) * step)
            kept.append((rows, cost + self.rules.crane_hour * cranes * needed * step))
        rows = np.concatenate([part for part, _ in kept], axis=1)
        if not rows.shape[1]:
            return self._none(
                ship,
                "CRANE-POOL",
                told("She lies at the quay, and the cranes left cannot finish her.", "left-out-cannot-finish"),
            )
        cost = np.concatenate([part for _, part in kept])
        order = np.argsort(cost, kind="stable")
        return ShipOptions(np.ascontiguousarray(rows[:, order]), cost[order])

    def cell_of(self, position_mm: int) -> int:
        if self.quay.layout is not BerthLayout.DISCRETE:
            return position_mm // self.rules.position_step_mm
        return next(n for n, s in enumerate(self.quay.sections) if s.start_mm <= position_mm < s.end_mm)

    def _why_none(
        self, ship: ShipCall, depth_matters: bool, places: _Places, starts: Array, last: Stay | None
    ) -> ShipOptions:
        if last is not None and self.case.is_frozen(ship.id) and ship.id not in self.released:
            why = told("Her frozen start is no longer possible.", "left-out-frozen-start")
            return self._none(ship, "BERTH-FROZEN", why)
        able = sum(crane.outreach_rows >= ship.reach_rows for crane in self.quay.cranes)
        if able < ship.min_cranes:
            why = told(
                "{cranes} cranes reach across her; she needs {least}.",
                "left-out-of-reach",
                cranes=able,
                least=ship.min_cranes,
            )
            return self._none(ship, "CRANE-POOL", why)
        if self.idle(ship)[starts[0] :].all():
            why = told("Not enough cranes that reach her are in order, or the wind stops them.", "left-out-no-cranes")
            return self._none(ship, "CRANE-POOL", why)
        if depth_matters:
            why = told("The water falls too low before her work could be done.", "left-out-water-falls")
            return self._none(ship, "BERTH-DEPTH", why)
        if self._could_leave_but_for(ship, places, starts):
            if self.water.is_calm(ship).all():
                why = told("The tide does not let her leave by her latest departure.", "left-out-tide")
                return self._none(ship, "BERTH-TIDE", why)
            why = told("Tide and wind do not let her leave by her latest departure.", "left-out-tide-and-wind")
            return self._none(ship, "BERTH-WIND", why)
        why = told("Her work cannot be done before she must leave.", "left-out-no-time")
        return self._none(ship, "BERTH-DEPARTURE", why)

    def _could_leave_but_for(self, ship: ShipCall, places: _Places, starts: Array) -> bool:
        """Whether only water and wind at her departure keep her from being served."""
        times = replace(self._times(ship), leaving=np.arange(self.steps + 2))
        for cranes in range(ship.min_cranes, ship.max_cranes + 1):
            for _, needed, _, reach in self._alike(ship, places, cranes):
                if self._in_time(ship, times, starts, needed, cranes, reach).shape[1]:
                    return True
        return False

    @staticmethod
    def _none(ship: ShipCall, rule: str, why: Told) -> ShipOptions:
        return ShipOptions(np.zeros((6, 0), np.int32), np.zeros(0, np.int64), Unserved(ship.id, rule, *why))


def _metres(length_mm: int) -> str:
    return f"{length_mm / 1000:g}"


def reaches(crane: RailCrane, ship: ShipCall, start_mm: int, end_mm: int) -> bool:
    along = crane.rail_start_mm < end_mm and start_mm < crane.rail_end_mm
    return along and crane.outreach_rows >= ship.reach_rows


def place_in_section(case: BerthCase, ship: ShipCall, section: int) -> int:
    """The place in a discrete berth nearest to the wanted one, on the grid; -1 when the ship does not fit."""
    step, part = case.rules.position_step_mm, case.quay.sections[section]
    low = -(-part.start_mm // step) * step
    gap = 0 if section == len(case.quay.sections) - 1 else case.rules.mooring_gap_mm
    high = (part.end_mm - gap - ship.length_mm) // step * step
    if high < low:
        return -1
    return low if ship.wanted_position_mm is None else min(max(low, ship.wanted_position_mm), high)
