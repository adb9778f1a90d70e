"""A simple constructive stowage, for the ships of made calls to arrive with.

Later ports go lower: each unit of hold (the stacks under one pair of mirrored lids) is promised to one port, ports are
spread along the ship in turn, decks take what leaves no later than all below. Within a unit 20 ft boxes go under 40 ft,
heavy under light, port and starboard alike. It keeps the limits of every stack and makes no overstow; it is no planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd
from random import Random

from cabria.domain.containers import Container
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan, Stowed
from cabria.domain.vessel import Cell, End, Level, VesselBay, VesselProfile, VesselStack

NEVER = 1_000
"""An order of leaving after all ports."""
WEIGHT_MARGIN = 0.96
LASHING_MARGIN = 0.9
HALF_BOX_MM = 1_300
AHEAD = 1.4
END_BIAS = 1.5


class Tower:
    """A vessel stack being filled, bottom first; both halves always rise together."""

    def __init__(self, bay: VesselBay, stack: VesselStack, lashing_limit_kg_m: int | None) -> None:
        self.bay = bay
        self.row = stack.row
        self.cells = stack.cells
        self.is_deck = stack.level is Level.DECK
        self.next = 0
        self.leaves_first = NEVER
        self.leaves_last = 0
        self.fore_kg = self.aft_kg = 0.0
        self.moment_kg_m = 0.0
        self.height_mm = 0
        self.is_closed = False
        self.has_long = False
        self._max_end_kg = (stack.max_weight_20_kg or 10**9) * WEIGHT_MARGIN
        self._max_40_kg = (stack.max_weight_40_kg or 10**9) * WEIGHT_MARGIN
        self._max_height_mm = stack.max_height_mm or 10**9
        self._max_moment_kg_m = LASHING_MARGIN * lashing_limit_kg_m if lashing_limit_kg_m and self.is_deck else 10**12
        self._base_mm = (stack.cells[0].vcg_mm or 0) - HALF_BOX_MM
        self.stowed: list[tuple[Container, StowPosition]] = []

    @property
    def free(self) -> int:
        return 0 if self.is_closed else len(self.cells) - self.next

    @property
    def cell(self) -> Cell | None:
        return None if self.is_closed or self.next == len(self.cells) else self.cells[self.next]

    def takes(self, order: int) -> bool:
        """True when a box leaving as the `order`-th would stand on none that leaves earlier."""
        return not self.is_closed and self.next < len(self.cells) and order <= self.leaves_first

    def try_long(self, box: Container, order: int) -> bool:
        """Put a 40 or 45 ft box on top if it may stand there."""
        cell = self.cell
        if cell is None or not cell.takes_40 or (box.length_ft == 45 and not cell.takes_45):
            return False
        if box.needs_plug and not cell.plugs:
            return False
        height_mm = box.height_mm + (box.out_of_gauge.over_height_mm if box.out_of_gauge else 0)
        if not self._carries(cell, box.gross_mass_kg / 2, box.gross_mass_kg / 2, height_mm):
            return False
        self._add(cell, order, [(box, self.bay.number, box.gross_mass_kg / 2, box.gross_mass_kg / 2)], height_mm)
        self.has_long = True
        return True

    def try_pair(self, fore: Container, aft: Container | None, order: int) -> bool:
        """Put a 20 ft box in each end, or one alone in one; never on a longer one."""
        cell = self.cell
        if cell is None or self.has_long:
            return False
        if aft is None:
            return self._try_single(cell, fore, order)
        if self.bay.fore is None or self.bay.aft is None or not (cell.takes_20_fore and cell.takes_20_aft):
            return False
        if (fore.needs_plug and not cell.has_plug_fore) or (aft.needs_plug and not cell.has_plug_aft):
            return False
        height_mm = max(fore.height_mm, aft.height_mm)
        if not self._carries(cell, fore.gross_mass_kg, aft.gross_mass_kg, height_mm):
            return False
        boxes = [(fore, self.bay.fore, fore.gross_mass_kg, 0), (aft, self.bay.aft, 0, aft.gross_mass_kg)]
        self._add(cell, order, boxes, height_mm)
        return True

    def _try_single(self, cell: Cell, box: Container, order: int) -> bool:
        """Fore where there are two ends, and then nothing may come on top."""
        number, end = next(self.bay.ends())
        is_fore = end is End.FORE
        if not (cell.takes_20_fore if is_fore else cell.takes_20_aft):
            return False
        if box.needs_plug and not (cell.has_plug_fore if is_fore else cell.has_plug_aft):
            return False
        fore_kg, aft_kg = (box.gross_mass_kg, 0) if is_fore else (0, box.gross_mass_kg)
        if not self._carries(cell, fore_kg, aft_kg, box.height_mm):
            return False
        self._add(cell, order, [(box, number, fore_kg, aft_kg)], box.height_mm)
        self.is_closed = self.bay.number % 2 == 0
        return True

    def _carries(self, cell: Cell, fore_kg: float, aft_kg: float, height_mm: int) -> bool:
        fore, aft = self.fore_kg + fore_kg, self.aft_kg + aft_kg
        return (
            self.height_mm + height_mm <= self._max_height_mm
            and max(fore, aft) <= self._max_end_kg
            and fore + aft <= self._max_40_kg
            and self.moment_kg_m + (fore_kg + aft_kg) * self._lever_m(cell) <= self._max_moment_kg_m
        )

    def _lever_m(self, cell: Cell) -> float:
        return ((cell.vcg_mm or 0) - self._base_mm) / 1000

    def _add(
        self, cell: Cell, order: int, boxes: Sequence[tuple[Container, int, float, float]], height_mm: int
    ) -> None:
        for box, bay, fore_kg, aft_kg in boxes:
            self.stowed.append((box, StowPosition(bay, self.row, cell.tier)))
            self.fore_kg += fore_kg
            self.aft_kg += aft_kg
            self.moment_kg_m += (fore_kg + aft_kg) * self._lever_m(cell)
        self.height_mm += height_mm
        self.next += 1
        self.leaves_first = min(self.leaves_first, order)
        self.leaves_last = max(self.leaves_last, order)


@dataclass
class Unit:
    """Mirrored stacks of one bay, hold and deck, that share their lids."""

    bay: VesselBay
    hold: list[Tower] = field(default_factory=list)
    deck: list[Tower] = field(default_factory=list)
    promised: int = NEVER
    """Order of leaving for which the hold is meant; nothing later may stand on deck."""
    is_kept_open: bool = False
    """True where the hold stays empty for the next port's loads; on deck only what leaves here may stand."""

    @property
    def hold_leaves_first(self) -> int:
        if self.is_kept_open:
            return 0
        return min(self.promised, min((tower.leaves_first for tower in self.hold), default=NEVER))

    def costs_no_deck(self, order: int) -> bool:
        """True when a box in the hold would take no place on deck from any that leaves later than it."""
        return not self.is_kept_open and any(tower.leaves_first <= order for tower in self.hold)

    @property
    def deck_leaves_last(self) -> int:
        return max((tower.leaves_last for tower in self.deck), default=0)

    @property
    def free_hold(self) -> int:
        return sum(tower.free for tower in self.hold)


def units_of(profile: VesselProfile) -> list[Unit]:
    """Units of a ship from the bow, outer before inner."""
    units = []
    for bay in profile.bays:
        group_of = _groups(profile, bay)
        by_group: dict[int, Unit] = {}
        for stack in sorted(bay.stacks, key=lambda stack: (stack.level, stack.row)):
            tower = Tower(bay, stack, profile.limits.max_lashing_kg_m)
            unit = by_group.setdefault(group_of[stack.row], Unit(bay))
            (unit.deck if tower.is_deck else unit.hold).append(tower)
        units += [by_group[group] for group in sorted(by_group)]
    return units


def _offset(row: int) -> int:
    """Rows from the centre line, alike to port and starboard."""
    return (row + 1) // 2


def _across(row: int) -> int:
    """Rows from the centre line, starboard positive."""
    return _offset(row) if row % 2 else -_offset(row)


def _groups(profile: VesselProfile, bay: VesselBay) -> dict[int, int]:
    """For each row its group of stacks: those that share lids, and those that mirror them, outermost first."""
    joined = {stack.row: stack.row for stack in bay.stacks}
    for lid in profile.hatch_covers:
        touched = {joined[stack.row] for stack in (*lid.closes, *lid.carries) if stack.bay == bay.number}
        joined = {row: min(touched) if name in touched else name for row, name in joined.items()}
    runs = sorted(set(joined.values()), key=lambda name: min(_across(row) for row in joined if joined[row] == name))
    return {row: min(runs.index(name), len(runs) - 1 - runs.index(name)) for row, name in joined.items()}


def occupy(units: Iterable[Unit], aboard: Iterable[Stowed], order_of: Mapping[str, int]) -> None:
    """Put what stays aboard into the units, by POD; stacks that hang or are odd are closed."""
    places = {
        (number, tower.row, cell.tier): (tower, level)
        for unit in units
        for tower in (*unit.hold, *unit.deck)
        for level, cell in enumerate(tower.cells)
        for number, _ in tower.bay.ends()
    }
    cells: dict[tuple[int, Tower], list[Container]] = {}
    for box, at in sorted(aboard, key=lambda stowed: stowed.position):
        tower, level = places[at.bay, at.row, at.tier]
        cells.setdefault((level, tower), []).append(box)
    for (level, tower), boxes in sorted(cells.items(), key=lambda item: item[0][0]):
        order = min(order_of[box.pod] for box in boxes)
        hangs = tower.next != level
        if boxes[0].is_20:
            fits = tower.try_pair(boxes[0], boxes[1] if len(boxes) > 1 else None, order)
        else:
            fits = tower.try_long(boxes[0], order) and boxes[0].out_of_gauge is None
        tower.is_closed = tower.is_closed or hangs or not fits


@dataclass
class Pool:
    """The boxes for one port that are still ashore, each kind from heavy to light (with some disorder)."""

    order: int
    short: list[Container] = field(default_factory=list)
    long: list[Container] = field(default_factory=list)
    cold: list[Container] = field(default_factory=list)
    longest: list[Container] = field(default_factory=list)
    special: list[Container] = field(default_factory=list)
    """Dangerous or out of gauge: on deck only, the latter on top."""

    @classmethod
    def of(cls, order: int, boxes: Iterable[Container], random: Random) -> Pool:
        pool = cls(order)
        for box in sorted(boxes, key=lambda box: -box.gross_mass_kg - random.gauss(0, 3_000)):
            pool._kind_of(box).append(box)
        pool.special.sort(key=lambda box: box.out_of_gauge is not None)
        return pool

    def _kind_of(self, box: Container) -> list[Container]:
        if box.dangerous or box.out_of_gauge:
            return self.special
        if box.needs_plug:
            return self.cold
        if box.is_20:
            return self.short
        return self.longest if box.length_ft == 45 else self.long

    @property
    def cells(self) -> int:
        """Cells that all its boxes would take."""
        return (len(self.short) + 1) // 2 + len(self.long) + len(self.cold) + len(self.longest) + len(self.special)

    def put_back(self, boxes: Iterable[Container]) -> None:
        for box in boxes:
            self._kind_of(box).append(box)


def pools_of(boxes: Iterable[Container], order_of: Mapping[str, int], random: Random) -> list[Pool]:
    """A pool for each port, those that leave first first."""
    by_order: dict[int, list[Container]] = {}
    for box in boxes:
        by_order.setdefault(order_of[box.pod], []).append(box)
    return [Pool.of(order, by_order[order], random) for order in sorted(by_order)]


def stow(
    units: Sequence[Unit],
    pools: Sequence[Pool],
    hold_shares: Mapping[int, float],
    random: Random,
    *,
    keep_open: bool = False,
) -> list[Container]:
    """Put the boxes of all pools into the units; `hold_shares` says what part of each order's cells goes below.

    With `keep_open` a hold that is promised to no port stays free and within reach. Returns the boxes for which no
    place was found.
    """
    by_order = sorted(pools, key=lambda pool: -pool.order)
    _promise_holds(units, {pool.order: hold_shares.get(pool.order, 0.0) * pool.cells for pool in by_order}, random)
    for unit in units:
        unit.is_kept_open = keep_open and unit.promised == NEVER and unit.free_hold > 0
    along = _spread_out(units)
    for pool in by_order:
        _stow_cold(pool, along)
    for pool in by_order:
        for unit in along:
            if unit.promised == pool.order and unit.deck_leaves_last <= pool.order:
                _fill(unit.hold, pool, is_deck=False)
        _stow_special(pool, along)
        for unit in sorted(along, key=lambda unit: unit.hold_leaves_first != pool.order):
            if unit.promised == NEVER and not unit.is_kept_open and unit.deck_leaves_last <= pool.order:
                _fill(unit.hold, pool, is_deck=False)
            if pool.order <= unit.hold_leaves_first:
                _fill(unit.deck, pool, is_deck=True)
    return [box for pool in by_order for box in _stow_leftovers(pool, along)]


def _promise_holds(units: Sequence[Unit], wanted: Mapping[int, float], random: Random) -> None:
    """Promise each empty hold to the order that lags most behind its share on the way from bow to stern."""
    empty = [unit for unit in units if unit.free_hold and not any(tower.next for tower in unit.hold)]
    capacity = sum(unit.free_hold for unit in empty)
    wanted = {**wanted, NEVER: max(0.0, capacity - sum(wanted.values()))}
    total = sum(wanted.values())
    given = dict.fromkeys(wanted, 0.0)
    passed = 0.0
    for index, unit in enumerate(empty):
        passed += unit.free_hold
        lag = {order: wanted[order] / total * passed - given[order] + random.random() for order in wanted}
        # Empty holds near the ends rather than amidships: less hogging.
        lag[NEVER] += unit.free_hold * END_BIAS * (abs(2 * index / len(empty) - 1) - 0.5)
        unit.promised = max((o for o in wanted if unit.deck_leaves_last <= o), key=lambda order: lag[order])
        given[unit.promised] += unit.free_hold


def _spread_out(units: Sequence[Unit]) -> list[Unit]:
    """The units in an order that jumps evenly over the ship."""
    step = next(step for step in range(round(0.618 * len(units)) or 1, 2 * len(units)) if gcd(step, len(units)) == 1)
    return [units[index * step % len(units)] for index in range(len(units))]


def _layers(towers: Sequence[Tower], order: int) -> Iterator[Tower]:
    """Towers layer by layer, in turn from port and starboard; one is left out for good once it refuses."""
    for level in range(max((len(tower.cells) for tower in towers), default=0)):
        sides = sorted(towers, key=lambda tower: (_offset(tower.row), (tower.row + level) % 2))
        for tower in sides:
            if tower.next == level and tower.takes(order):
                yield tower


def _fill(towers: Sequence[Tower], pool: Pool, *, is_deck: bool) -> None:
    """Fill towers with a fair mixture of a pool: 20 ft boxes in some, 40 ft over and beside them."""
    order = pool.order
    room = sum(tower.free for tower in towers if tower.takes(order))
    waiting = (len(pool.short) + 1) // 2 + len(pool.long) + len(pool.longest)
    if not room or not waiting:
        return
    # Nothing of 20 ft may stand on a longer box, so these go first and a little ahead of their share.
    share = AHEAD * (len(pool.short) / 2) / waiting
    room_below = sum(tower.free for tower in towers if tower.takes(order) and not tower.has_long)
    pairs = min(len(pool.short) // 2, round(share * room), room_below)
    is_single = towers[0].bay.number % 2 == 1
    short = _draw(pool.short, min(len(pool.short), room) if is_single else 2 * pairs, heavy=not is_deck)
    _lay_short(towers, order, short, is_single=is_single)
    pool.short += short
    if is_single:
        return
    room = sum(tower.free for tower in towers if tower.takes(order))
    longest = _draw(pool.longest, min(len(pool.longest), room // 6 + 1), heavy=False) if is_deck else []
    long = _draw(pool.long, min(len(pool.long), room - len(longest)), heavy=not is_deck)
    _lay_long(towers, order, long, longest)
    pool.put_back([*long, *longest])


def _draw(boxes: list[Container], count: int, *, heavy: bool) -> list[Container]:
    """Take boxes from the heavy or the light end, heavy first."""
    drawn = boxes[:count] if heavy else boxes[len(boxes) - count :]
    if heavy:
        del boxes[:count]
    else:
        del boxes[len(boxes) - count :]
    return sorted(drawn, key=lambda box: -box.gross_mass_kg)


def _lay_short(towers: Sequence[Tower], order: int, boxes: list[Container], *, is_single: bool) -> None:
    """Pairs from the bottom, in as few towers as they fill; what finds no place stays in `boxes`."""
    inner = sorted(
        (tower for tower in towers if tower.takes(order) and not tower.has_long), key=lambda tower: tower.row
    )
    needed, chosen = len(boxes) / (1 if is_single else 2), 0
    while chosen < len(inner) and needed > 0:
        needed -= inner[chosen].free
        chosen += 1
    for tower in _layers(inner[: chosen + chosen % 2], order):
        if not boxes:
            return
        take = 1 if is_single else 2
        if len(boxes) < take:
            return
        for at in (0, len(boxes) - take):
            pair = boxes[at : at + take]
            if tower.try_pair(pair[0], None if is_single else pair[1], order):
                del boxes[at : at + take]
                break


def _lay_long(towers: Sequence[Tower], order: int, boxes: list[Container], longest: list[Container]) -> None:
    """Heavy first, the 45 ft boxes as soon as a cell takes them; what finds no place stays in the lists."""
    for tower in _layers(towers, order):
        if longest and tower.try_long(longest[0], order):
            del longest[0]
            continue
        for at in (0, len(boxes) // 2, -1) if boxes else ():
            if tower.try_long(boxes[at], order):
                del boxes[at]
                break


def _stow_cold(pool: Pool, units: Sequence[Unit]) -> None:
    """Reefers to plugs that are on top now: below where promised, else low on deck."""
    for unit in units:
        may_hold = unit.promised == pool.order and unit.deck_leaves_last <= pool.order
        may_deck = pool.order <= unit.hold_leaves_first
        towers = (unit.hold if may_hold else []) + (unit.deck if may_deck else [])
        for tower in _layers(towers, pool.order):
            if not pool.cold:
                return
            if tower.try_long(pool.cold[-1], pool.order):
                pool.cold.pop()


def _stow_special(pool: Pool, units: Sequence[Unit]) -> None:
    """A few special boxes to a deck at a time; pairs of 20 ft are level, a lone one is put with a dry neighbour."""
    for unit in units:
        if not pool.special:
            return
        if pool.order <= unit.hold_leaves_first:
            for tower in sorted(unit.deck, key=lambda tower: tower.row)[-4:]:
                if pool.special and tower.takes(pool.order) and tower.free > 1:
                    _put_special(pool, tower)


def _put_special(pool: Pool, tower: Tower) -> None:
    box = pool.special[0]
    if box.out_of_gauge:
        return
    if not box.is_20:
        placed = tower.try_long(box, pool.order)
    else:
        placed = bool(pool.short) and tower.try_pair(box, pool.short[-1], pool.order)
        if placed:
            pool.short.pop()
    if placed:
        del pool.special[0]


def _stow_leftovers(pool: Pool, units: Sequence[Unit]) -> list[Container]:
    """One by one to any place at all; out-of-gauge cargo last, and nothing on top of it."""
    order = pool.order
    rest = [*pool.cold, *pool.long, *pool.longest, *pool.special]
    lost = [
        box
        for box in rest
        if not box.is_20
        and not any(tower.try_long(box, order) and _close_over(box, tower) for tower in _open_towers(units, order, box))
    ]
    short = [*pool.short, *(box for box in rest if box.is_20)]
    while len(short) > 1:
        fore, aft = short.pop(), short.pop()
        if not any(tower.try_pair(fore, aft, order) for tower in _open_towers(units, order, fore)):
            lost += [fore, aft]
    for box in short:
        if not any(tower.try_pair(box, None, order) for tower in _open_towers(units, order, box)):
            lost.append(box)
    return lost


def _close_over(box: Container, tower: Tower) -> bool:
    tower.is_closed = box.out_of_gauge is not None
    return True


def _open_towers(units: Sequence[Unit], order: int, box: Container) -> Iterator[Tower]:
    """Decks first, then holds that are lost to later ports already, then any hold."""
    for unit in units:
        if order <= unit.hold_leaves_first:
            yield from (tower for tower in unit.deck if tower.takes(order))
    if box.dangerous or box.out_of_gauge:
        return
    for unit in sorted(units, key=lambda unit: not unit.costs_no_deck(order)):
        if unit.deck_leaves_last <= order:
            yield from (tower for tower in unit.hold if tower.takes(order))


def bay_plan(units: Iterable[Unit]) -> BayPlan:
    """What stands in the units, by position."""
    stowed = [pair for unit in units for tower in (*unit.hold, *unit.deck) for pair in tower.stowed]
    return BayPlan.of(sorted(stowed, key=lambda pair: pair[1]))
