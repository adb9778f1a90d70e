"""Which container stands in which slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cabria.domain.containers import Container, ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.told import told


class Stowed(NamedTuple):
    container: Container
    position: StowPosition


@dataclass(frozen=True)
class BayPlan:
    """The condition of a ship: each container once, each position once. Raises DataError otherwise.

    A 40 ft over a 20 ft in one cell is a matter for the referee, who knows the profile.
    """

    stowed: tuple[Stowed, ...] = ()

    def __post_init__(self) -> None:
        by_position: dict[StowPosition, ContainerId] = {}
        by_container: dict[ContainerId, StowPosition] = {}
        for container, position in self.stowed:
            if position in by_position:
                raise DataError(
                    told(
                        "Containers {box} and {other} both stand in slot {slot}.",
                        "slot-shared",
                        box=by_position[position],
                        other=container.id,
                        slot=position,
                    ),
                    place=f"slot {position}",
                )
            if container.id in by_container:
                raise DataError(
                    told(
                        "Container {box} stands in slots {other_slot} and {slot}.",
                        "box-in-two-slots",
                        box=container.id,
                        other_slot=by_container[container.id],
                        slot=position,
                    ),
                    place=f"container {container.id}",
                )
            by_position[position] = container.id
            by_container[container.id] = position

    @classmethod
    def of(cls, stowed: Iterable[tuple[Container, StowPosition]]) -> BayPlan:
        return cls(tuple(Stowed(container, position) for container, position in stowed))

    def __iter__(self) -> Iterator[Stowed]:
        return iter(self.stowed)

    def __len__(self) -> int:
        return len(self.stowed)

    @cached_property
    def by_position(self) -> Mapping[StowPosition, Container]:
        return {stowed.position: stowed.container for stowed in self.stowed}

    @cached_property
    def by_container(self) -> Mapping[ContainerId, Stowed]:
        return {stowed.container.id: stowed for stowed in self.stowed}
