"""Cranes that share a rail: how far each comes, and which of the others must give way before one may work.

A crane never passes another. What a crane is at, or was told to do, takes a stretch of the rail until it is done; no
other comes nearer to that stretch than the rail's distance. Work is begun only with its whole stretch free, and only
cranes with nothing to do are sent away, so that no two cranes can wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.layout import Layout, Runway


class Stretch(NamedTuple):
    """Of a rail, in mm, both ends included; where the middle of a crane may be."""

    from_mm: int
    until_mm: int

    @classmethod
    def over(cls, *places_mm: int) -> Self:
        return cls(min(places_mm), max(places_mm))

    def holds(self, other: Stretch) -> bool:
        return self.from_mm <= other.from_mm and other.until_mm <= self.until_mm

    def common(self, other: Stretch) -> Stretch:
        """What both have; its end lies before its beginning when that is nothing."""
        return Stretch(max(self.from_mm, other.from_mm), min(self.until_mm, other.until_mm))


class Standing(NamedTuple):
    """A crane as the others see it: the stretch it needs, and whether it may be sent away."""

    stretch: Stretch
    may_go: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """Cranes in their order, how far apart two neighbours stay, middle to middle, and how far each comes when all the
    others make room for it."""

    cranes: tuple[str, ...]
    apart_mm: int
    reach: tuple[Stretch, ...]

    @classmethod
    def of(cls, cranes: Sequence[str], apart_mm: int, own: Sequence[Stretch]) -> Self:
        """`own` is how far each comes when it is alone."""
        return cls(tuple(cranes), apart_mm, _cascaded(own, apart_mm))

    def reach_beside(self, fixed: Sequence[Stretch | None]) -> tuple[Stretch, ...]:
        """How far each comes while those that are not None do not leave their stretch."""
        return _cascaded([reach if f is None else f for reach, f in zip(self.reach, fixed, strict=True)], self.apart_mm)

    def has_room(self, one: int, its: Stretch, other: int, theirs: Stretch) -> bool:
        """Whether two cranes may have their stretches at one time."""
        if one > other:
            one, its, other, theirs = other, theirs, one, its
        return its.until_mm + (other - one) * self.apart_mm <= theirs.from_mm

    def way(self, crane: int, stretch: Stretch, others: Sequence[Standing]) -> list[tuple[int, int]] | None:
        """Which cranes must go where before one may have a stretch; None when it cannot be had now.

        `others` are all cranes of the rail in their order, the one that asks included.
        """
        sent: list[tuple[int, int]] = []
        for side, numbers in ((-1, range(crane - 1, -1, -1)), (1, range(crane + 1, len(self.cranes)))):
            limit_mm = stretch.from_mm if side < 0 else stretch.until_mm
            for number in numbers:
                limit_mm += side * self.apart_mm
                standing, reach = others[number], self.reach[number]
                near_mm = standing.stretch.until_mm if side < 0 else standing.stretch.from_mm
                if side * (near_mm - limit_mm) >= 0:
                    continue
                if not (standing.may_go and reach.from_mm <= limit_mm <= reach.until_mm):
                    return None
                sent.append((number, limit_mm))
        return sent


def _cascaded(own: Sequence[Stretch], apart_mm: int) -> tuple[Stretch, ...]:
    least, greatest = [s.from_mm for s in own], [s.until_mm for s in own]
    for number in range(1, len(own)):
        least[number] = max(least[number], least[number - 1] + apart_mm)
    for number in range(len(own) - 2, -1, -1):
        greatest[number] = min(greatest[number], greatest[number + 1] - apart_mm)
    return tuple(map(Stretch, least, greatest))


def quay_rail(layout: Layout) -> Rail:
    """The quay cranes', each with its own end of the rail."""
    cranes = sorted(layout.terminal.quay_cranes, key=lambda crane: crane.x_mm)
    rail = layout.rail
    own = [
        Stretch(
            rail.from_mm if crane.rail_from_mm is None else max(rail.from_mm, crane.rail_from_mm),
            rail.until_mm if crane.rail_until_mm is None else min(rail.until_mm, crane.rail_until_mm),
        )
        for crane in cranes
    ]
    apart_mm = 4 * (layout.terminal.crane_gap_bays + 1) * BAY_NUMBER_MM
    return Rail.of([crane.id for crane in cranes], apart_mm, own)


def yard_rail(runway: Runway) -> Rail:
    """The yard cranes' of a block, in mm along it from the outer edge of bay 1."""
    half_mm = runway.crane_length_mm // 2
    along = sorted(runway.cranes, key=lambda place: place.at_mm)
    own = [Stretch(runway.from_mm + half_mm, runway.until_mm - half_mm)] * len(along)
    return Rail.of([place.crane for place in along], runway.crane_length_mm + runway.gap_mm, own)
