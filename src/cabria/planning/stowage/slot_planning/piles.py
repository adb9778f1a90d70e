"""Every pile that may be put into a stack, as a count of each kind, at its least cost.

New boxes stand above those on board. 20 ft ones come first, fore and aft apart, then 40 ft ones where both sides have
the same tier. Tier by tier, of two ways to the same counts, height and earliest port below only the cheaper is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import NamedTuple, TypeVar

from cabria.domain.slot_planning import Slot, SlotPrices
from cabria.planning.stowage.slot_planning.problem import Kind, SlotProblem, StackGroup

NEVER = 1_000_000
"""Later than any port: where nothing is, nothing leaves."""

ENOUGH = 10_000
"""Three times the ways that a public instance has."""

Counts = tuple[int, ...]
State = TypeVar("State")


class Put(NamedTuple):
    """A kind that is put into a slot."""

    kind: int
    tier: int
    slot: Slot


class Pile(NamedTuple):
    """What is put into a stack: how many of each kind, what the stack then costs, and where each goes."""

    counts: Counts
    cost: int
    trail: Trail

    @property
    def puts(self) -> list[Put]:
        return list(_unwound(self.trail))


Trail = tuple["Trail", "Trail", Put | None] | None
"""How a pile grew: from one pile, or from a fore and an aft one, and the last thing put there."""


class _State(NamedTuple):
    counts: Counts
    earliest_port: int
    height_mm: int


_Ways = dict[_State, tuple[int, Trail]]


def piles(problem: SlotProblem, group: StackGroup, most: int = ENOUGH) -> tuple[list[Pile], bool]:
    """The piles for a stack of the group that keep its rules, the lightest boxes of each kind taken for its mass; and
    whether these are all: of more than `most` ways to reach a tier only the cheapest are gone on with.
    """
    stack = _Stack(problem.kinds, problem.demand, group, problem.prices, most)
    standing = stack.cost_aboard()
    ports_aboard = {kind.port for kind, _, _ in group.aboard}
    found = []
    for counts, (cost, trail) in stack.least().items():
        lightest_kg = sum(kg[n] for kg, n in zip(problem.lightest_kg, counts, strict=True))
        if lightest_kg > group.mass_limit_kg and any(counts):
            continue
        ports = ports_aboard | {kind.port for kind, n in zip(problem.kinds, counts, strict=True) if n}
        total = standing + cost + problem.prices.port * len(ports) + problem.prices.stack * bool(ports)
        found.append(Pile(counts, total, trail))
    return found, stack.is_complete


@dataclass(slots=True)
class _Stack:
    kinds: Sequence[Kind]
    demand: Sequence[int]
    group: StackGroup
    prices: SlotPrices
    most: int
    is_complete: bool = True

    def least(self) -> dict[Counts, tuple[int, Trail]]:
        """The cheapest pile of each count, without what the stack costs as a whole; nothing is one of them."""
        empty = (0,) * len(self.kinds)
        least: dict[Counts, tuple[int, Trail]] = {empty: (0, None)}
        if self._is_too_high():
            return least
        fore, aft = self._side(Slot.FORE), self._side(Slot.AFT)
        level: dict[int, _Ways] = defaultdict(dict)
        for fore_tier, fore_ways in fore.items():
            for aft_tier, aft_ways in aft.items():
                for state, way in self._together(fore_ways, aft_ways):
                    _keep(least, state.counts, way)
                    if fore_tier == aft_tier:
                        _keep(level[fore_tier], state, way)
        ways: _Ways = {}
        for tier in range(self.group.floor, len(self.group.cells) + 1):
            for state, way in level[tier - 1].items():
                _keep(ways, state, way)
            ways = self._thinned(self._grown(ways, tier, Slot.BOTH), self.most)
            for state, way in ways.items():
                _keep(least, state.counts, way)
        return least

    def cost_aboard(self) -> int:
        """What the boxes on board cost by themselves, ports and use of the stack left out."""
        aboard = self.group.aboard
        overstows = sum(
            any(below < tier and lower.port < kind.port and _meet(slot, other) for lower, below, other in aboard)
            for kind, tier, slot in aboard
        )
        misuses = sum(not kind.is_reefer and self.group.cells[tier - 1].has_plug(slot) for kind, tier, slot in aboard)
        return self.prices.overstow * overstows + self.prices.plug * misuses

    def _aboard(self, side: Slot) -> list[tuple[int, Kind]]:
        return sorted((tier, kind) for kind, tier, slot in self.group.aboard if _meet(slot, side))

    def _is_too_high(self) -> bool:
        return any(
            sum(kind.height_mm for _, kind in self._aboard(side)) > self.group.height_limit_mm
            for side in Slot.BOTH.halves
        )

    def _side(self, side: Slot) -> dict[int, _Ways]:
        """What may stand fore or aft in 20 ft boxes, by the tier it reaches."""
        aboard = self._aboard(side)
        tier = aboard[-1][0] if aboard else self.group.floor - 1
        start = _State(
            (0,) * len(self.kinds),
            min((kind.port for _, kind in aboard), default=NEVER),
            sum(kind.height_mm for _, kind in aboard),
        )
        reached: dict[int, _Ways] = {tier: {start: (0, None)}}
        if aboard and aboard[-1][1].length_ft == 40:
            return reached
        while tier < len(self.group.cells) and (grown := self._grown(reached[tier], tier + 1, side)):
            tier += 1
            reached[tier] = self._thinned(grown, isqrt(self.most))
        return reached

    def _thinned(self, ways: _Ways, most: int) -> _Ways:
        if len(ways) <= most:
            return ways
        self.is_complete = False
        return dict(sorted(ways.items(), key=lambda item: item[1][0])[:most])

    def _grown(self, ways: _Ways, tier: int, slot: Slot) -> _Ways:
        """The ways with one more box on top, at `tier`."""
        cell = self.group.cells[tier - 1]
        grown: _Ways = {}
        if not cell.takes(slot):
            return grown
        has_plug = cell.has_plug(slot)
        length_ft = 40 if slot is Slot.BOTH else 20
        for number, kind in enumerate(self.kinds):
            if kind.length_ft != length_ft or (kind.is_reefer and not has_plug):
                continue
            put = Put(number, tier, slot)
            misuse = self.prices.plug * (has_plug and not kind.is_reefer)
            most, highest = self.demand[number], self.group.height_limit_mm - kind.height_mm
            for (counts, port, height_mm), (cost, trail) in ways.items():
                if counts[number] < most and height_mm <= highest:
                    more = (*counts[:number], counts[number] + 1, *counts[number + 1 :])
                    total = cost + misuse + self.prices.overstow * (port < kind.port)
                    state = _State(more, min(port, kind.port), height_mm + kind.height_mm)
                    _keep(grown, state, (total, (trail, None, put)))
        return grown

    def _together(self, fore_ways: _Ways, aft_ways: _Ways) -> Iterator[tuple[_State, tuple[int, Trail]]]:
        for fore, (fore_cost, fore_trail) in fore_ways.items():
            for aft, (aft_cost, aft_trail) in aft_ways.items():
                counts = tuple(map(int.__add__, fore.counts, aft.counts))
                if all(map(int.__le__, counts, self.demand)):
                    port = min(fore.earliest_port, aft.earliest_port)
                    state = _State(counts, port, max(fore.height_mm, aft.height_mm))
                    yield state, (fore_cost + aft_cost, (fore_trail, aft_trail, None))


def _keep(ways: dict[State, tuple[int, Trail]], state: State, way: tuple[int, Trail]) -> None:
    known = ways.get(state)
    if known is None or way[0] < known[0]:
        ways[state] = way


def _meet(one: Slot, other: Slot) -> bool:
    return one is other or Slot.BOTH in (one, other)


def _unwound(trail: Trail) -> Iterator[Put]:
    if trail is not None:
        first, second, put = trail
        yield from _unwound(first)
        yield from _unwound(second)
        if put is not None:
            yield put
