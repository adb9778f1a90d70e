"""What is given, and in flat arrays for the kernels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from cabria.domain.master_planning import Leg, MasterVoyage, Stowing
from cabria.planning.search.kernels import Array

MasterPlan = tuple[Stowing, ...]


class Group(NamedTuple):
    """Boxes that differ in nothing that matters: one leg, length, need of power and mass."""

    leg: Leg
    length_ft: int
    is_reefer: bool
    mass_kg: int

    @property
    def teu(self) -> int:
        return self.length_ft // 20

    @property
    def family(self) -> tuple[Leg, int, bool]:
        """What boxes have in common that differ in mass alone."""
        return self.leg, self.length_ft, self.is_reefer


@dataclass(frozen=True)
class MasterProblem:
    """A voyage to plan."""

    voyage: MasterVoyage

    @cached_property
    def waiting(self) -> dict[Group, dict[int, int]]:
        """How many boxes wait, by group and by sort of the voyage; groups of one family stand together."""
        found: defaultdict[Group, dict[int, int]] = defaultdict(dict)
        for leg, boxes in self.voyage.demand.items():
            for number, (sort, waiting) in enumerate(zip(self.voyage.sorts, boxes, strict=True)):
                if waiting:
                    found[Group(leg, sort.length_ft, sort.is_reefer, sort.mass_kg)][number] = waiting
        return dict(sorted(found.items()))

    @cached_property
    def flat(self) -> Flat:
        return Flat.of(self)

    def plan(self, stowed: Array) -> MasterPlan:
        """The plan that `stowed[block, group]` means."""
        return tuple(self._stowings(stowed))

    def _stowings(self, stowed: Array) -> Iterator[Stowing]:
        for number, (group, waiting) in enumerate(self.waiting.items()):
            left = dict(waiting)
            for block in np.flatnonzero(stowed[:-1, number]).tolist():
                yield from _taken(left, int(stowed[block, number]), group.leg, block)


def _taken(left: dict[int, int], wanted: int, leg: Leg, block: int) -> Iterator[Stowing]:
    """As many boxes as wanted out of those left of each sort."""
    for sort, waiting in left.items():
        boxes = min(wanted, waiting)
        if boxes:
            left[sort] -= boxes
            wanted -= boxes
            yield Stowing(*leg, sort, block, boxes)


@dataclass(frozen=True)
class Flat:
    """The given things as the kernels want them (see there)."""

    group: Array
    first_kin: Array
    kin: Array
    block: Array
    room: Array
    pairs: Array
    limit: Array
    hull: Array
    waiting: Array
    ports: int
    number_of_pairs: int

    @classmethod
    def of(cls, problem: MasterProblem) -> Flat:
        voyage, groups = problem.voyage, list(problem.waiting)
        first_kin, kin = _kin(groups)
        rows = [(*g.leg, g.teu, g.length_ft == 40, g.is_reefer, g.mass_kg) for g in groups]
        return cls(
            group=_table(rows, 6),
            first_kin=first_kin,
            kin=kin,
            block=_table(((b.bay, _or_none(b.hold), _or_none(voyage.lid_over.get(number)), b.lcg_mm, b.vcg_mm, b.tcg_mm)
                          for number, b in enumerate(voyage.blocks)), 6),
            room=_table(((b.teu, b.feu, b.plugs, b.max_kg) for b in voyage.blocks), 4),
            pairs=_pairs(voyage),
            limit=_limits(voyage),
            hull=_table(((h.lcg_mm, h.min_shear_kg, h.max_shear_kg, h.max_bending_kg_mm) for h in voyage.bays), 4),
            waiting=np.array([sum(boxes.values()) for boxes in problem.waiting.values()], np.int64),
            ports=voyage.ports,
            number_of_pairs=len(voyage.adjacent),
        )  # fmt: skip


def _or_none(number: int | None) -> int:
    return -1 if number is None else number


def _table(rows: Iterable[tuple[int, ...]], width: int) -> Array:
    return np.array(list(rows), np.int64).reshape(-1, width)


def _kin(groups: list[Group]) -> tuple[Array, Array]:
    """For each group a stretch of `kin` with all groups of its family."""
    family: defaultdict[tuple[Leg, int, bool], list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        family[group.family].append(number)
    lists = [family[group.family] for group in groups]
    first = np.cumsum([0, *map(len, lists)])
    return first.astype(np.int64), np.array([number for kin in lists for number in kin], np.int32)


def _pairs(voyage: MasterVoyage) -> Array:
    """Numbers of the adjacent pairs each bay belongs to, -1 after the last."""
    of_bay = [[n for n, pair in enumerate(voyage.adjacent) if bay in pair] for bay in range(len(voyage.bays))]
    widest = max(map(len, of_bay))
    return np.array([numbers + [-1] * (widest + 1 - len(numbers)) for numbers in of_bay], np.int64)


def _limits(voyage: MasterVoyage) -> Array:
    """Limits of the moments by port; port 0 is none."""
    rows: list[tuple[int, ...]] = [(0, 0, 0, 0, 0)]
    for s in voyage.sailings:
        centres = (s.min_lcg_mm, s.max_lcg_mm, s.max_vcg_mm, s.min_tcg_mm, s.max_tcg_mm)
        rows.append(tuple(s.displacement_kg * centre for centre in centres))
    return _table(rows, 5)
