"""A made-up yard before a call: the call's boxes in stacks by port, size and weight class, and everybody else's.

As in real yards the stacks are never pure: some boxes strayed, some foreign ones stand between or on top, and the
order within a stack is the order of arrival at the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from random import Random

from cabria.domain.containers import Container, ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.terminal import Terminal
from cabria.domain.yard import YardBlock, YardBox, YardInventory

MASS_CLASS_KG = 4_000
STRAYED = 0.05
WITH_FOREIGN_BOX = 0.10
REEFER_TIERS = 4
OTHER_KINDS = ((20, 2591, 0.28), (40, 2591, 0.30), (40, 2896, 0.42))
OTHER_WAYS = (("truck", 0.55), ("NEXT CALL", 0.25), ("LATER CALL", 0.2))

Lot = list[YardBox]
"""One stack, bottom first, not yet placed."""

_NOWHERE = YardPosition("", 1, 1, 1)


def make_yard(
    terminal: Terminal,
    loads: Sequence[Container],
    *,
    call_id: str,
    fill: float,
    numbers: Iterator[ContainerId],
    random: Random,
    racks_only: bool = True,
) -> YardInventory:
    """A yard filled to `fill` of its slots, in which every load stands. Raises DataError when they do not fit.

    Others' boxes leave the racks free. Live reefers of 40 ft stand on the racks; where there may be more of them than
    racks, `racks_only` is False.
    """
    ground = _Ground(terminal.blocks, random)
    room = ground.cold_pairs * (REEFER_TIERS - 1) if not racks_only else len(loads)
    cold = [box for box in loads if box.needs_plug and not box.is_20][:room]
    on_racks = {box.id for box in cold}
    dry = [box for box in loads if box.id not in on_racks]
    for lot in _lots(cold, call_id, (REEFER_TIERS - 1, REEFER_TIERS, REEFER_TIERS, REEFER_TIERS), random):
        ground.place(lot, needs_plug=True)
    tiers = min(block.tiers for block in terminal.blocks)
    lots = _lots(dry, call_id, (max(1, tiers - 2), tiers - 1, tiers - 1, tiers), random)
    _let_stray(lots, random)
    for lot in lots:
        if random.random() < WITH_FOREIGN_BOX and len(lot) < tiers and lot[-1].length_ft != 45:
            lot.insert(random.randrange(len(lot) + 1), _foreign(next(numbers), lot[0].length_ft, random))
        ground.place(lot)
    _place_others(ground, terminal, fill, numbers, random)
    return YardInventory.of(sorted(ground.boxes, key=lambda box: box.position))


def _lots(loads: Iterable[Container], call_id: str, heights: Sequence[int], random: Random) -> list[Lot]:
    """Stacks of boxes of one group, in the random order in which they came; out-of-gauge boxes stand alone."""
    groups: dict[tuple[object, ...], list[Container]] = {}
    for box in loads:
        groups.setdefault(_group(box), []).append(box)
    lots = []
    for group in groups.values():
        random.shuffle(group)
        while group:
            height = 1 if group[0].out_of_gauge else random.choice(heights)
            taken, group[:] = group[:height], group[height:]
            lots.append([_yard_box(box, call_id) for box in taken])
    return lots


def _group(box: Container) -> tuple[object, ...]:
    special = box.dangerous[0].imdg_class if box.dangerous else "" if not box.out_of_gauge else box.id
    return box.pod, box.length_ft, box.height_mm, box.is_full, special, box.gross_mass_kg // MASS_CLASS_KG


def _yard_box(box: Container, call_id: str) -> YardBox:
    return YardBox(box.id, _NOWHERE, box.length_ft, box.height_mm, box.gross_mass_kg, call_id)


def _foreign(number: ContainerId, length_ft: int, random: Random) -> YardBox:
    length_ft = 20 if length_ft == 20 else 40
    kinds = [kind for kind in OTHER_KINDS if kind[0] == length_ft]
    _, height_mm, _ = random.choices(kinds, [kind[2] for kind in kinds])[0]
    way = random.choices([way for way, _ in OTHER_WAYS], [share for _, share in OTHER_WAYS])[0]
    mass_kg = round(random.uniform(4_000, 27_000 if length_ft == 20 else 29_000), -1)
    return YardBox(number, _NOWHERE, length_ft, height_mm, int(mass_kg), way)


def _let_stray(lots: Sequence[Lot], random: Random) -> None:
    """Exchange a share of the boxes with others of their length."""
    places = [(lot, level) for lot in lots for level in range(len(lot))]
    by_length: dict[int, list[tuple[Lot, int]]] = {}
    for lot, level in places:
        by_length.setdefault(lot[level].length_ft, []).append((lot, level))
    for lot, level in places:
        if random.random() < STRAYED and len(lot) > 1:
            other, at = random.choice(by_length[lot[level].length_ft])
            lot[level], other[at] = other[at], lot[level]


def _place_others(
    ground: _Ground, terminal: Terminal, fill: float, numbers: Iterator[ContainerId], random: Random
) -> None:
    wanted_teu = fill * sum(block.slots for block in terminal.blocks)
    tiers = min(block.tiers for block in terminal.blocks)
    missing = wanted_teu - ground.teu
    height = max(1.0, missing / max(1, 2 * ground.free_pairs))
    while ground.teu < wanted_teu and ground.free_pairs:
        length_ft = random.choices([kind[0] for kind in OTHER_KINDS], [kind[2] for kind in OTHER_KINDS])[0]
        for _ in range(2 if length_ft == 20 else 1):
            count = min(tiers, max(1, round(random.gauss(height, 1.1))))
            ground.place([_foreign(next(numbers), length_ft, random) for _ in range(count)])


class _Ground:
    """Free ground: places of 40 ft (pairs of odd bays by row), block by block in turn, bay after bay."""

    def __init__(self, blocks: Sequence[YardBlock], random: Random) -> None:
        self.boxes: list[YardBox] = []
        self.teu = 0
        self._dry: dict[str, list[tuple[int, int]]] = {}
        self._cold: dict[str, list[tuple[int, int]]] = {}
        for block in blocks:
            evens = list(range(2, 2 * block.bays - 1, 4))
            random.shuffle(evens)
            racks = {even for even in evens if {even - 1, even + 1} & set(block.plug_bays)}
            places = [(even, row) for even in evens for row in range(block.rows, 0, -1)]
            self._dry[block.id] = [place for place in places if place[0] not in racks]
            self._cold[block.id] = [place for place in places if place[0] in racks]
        self._turn = cycle([block.id for block in blocks])
        self._half_used: list[tuple[str, int, int]] = []

    @property
    def free_pairs(self) -> int:
        return sum(map(len, self._dry.values()))

    @property
    def cold_pairs(self) -> int:
        return sum(map(len, self._cold.values()))

    def place(self, lot: Lot, *, needs_plug: bool = False) -> None:
        """Put a stack in the next block in turn that has room."""
        is_short = lot[0].length_ft == 20
        if is_short and self._half_used:
            block, bay, row = self._half_used.pop()
        else:
            block, even, row = self._next_pair(self._cold if needs_plug else self._dry)
            bay = even - 1 if is_short else even
            if is_short:
                self._half_used.append((block, even + 1, row))
        for tier, box in enumerate(lot, 1):
            at = YardPosition(block, bay, row, tier)
            self.boxes.append(YardBox(box.id, at, box.length_ft, box.height_mm, box.gross_mass_kg, box.outbound))
        self.teu += len(lot) * (1 if is_short else 2)

    def _next_pair(self, free: dict[str, list[tuple[int, int]]]) -> tuple[str, int, int]:
        if not any(free.values()):
            raise DataError("The yard of the made call is too small for its boxes.")
        block = next(block for block in self._turn if free[block])
        return (block, *free[block].pop())
