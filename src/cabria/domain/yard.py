"""The yard: blocks of stacks under crane runways, and which box stands where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.told import told


@dataclass(frozen=True, slots=True)
class YardBlock:
    """Rows x bays x tiers under one crane runway. Bays are 20 ft long and odd: 1, 3, 5 ...; rows and tiers from 1.

    `x_mm` and `y_mm` place the corner of bay 1, row 1; bays run along +x (along the quay) unless
    `bays_along_quay` is False. `plug_bays` are the odd bays with reefer racks.
    """

    id: str
    bays: int
    rows: int
    tiers: int
    x_mm: int = 0
    y_mm: int = 0
    bay_pitch_mm: int = 6500
    row_pitch_mm: int = 2850
    bays_along_quay: bool = True
    plug_bays: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if min(self.bays, self.rows, self.tiers) < 1:
            raise DataError(
                told(
                    "Yard block {block} has no room: {bays} x {rows} x {tiers}.",
                    "block-without-room",
                    block=self.id,
                    bays=self.bays,
                    rows=self.rows,
                    tiers=self.tiers,
                )
            )

    def has(self, position: YardPosition) -> bool:
        return (
            position.block == self.id
            and all(1 <= bay <= 2 * self.bays - 1 for bay in position.odd_bays)
            and 1 <= position.row <= self.rows
            and 1 <= position.tier <= self.tiers
        )

    @property
    def slots(self) -> int:
        return self.bays * self.rows * self.tiers


@dataclass(frozen=True, slots=True)
class YardBox:
    """A container as the yard knows it, whether or not it belongs to the call at hand."""

    id: ContainerId
    position: YardPosition
    length_ft: int = 40
    height_mm: int = 2591
    gross_mass_kg: int = 0
    outbound: str = ""
    """How it leaves: a vessel call, "truck" or unknown ("")."""
    needs_plug: bool = False
    """Whether it is a reefer that must have power."""


@dataclass(frozen=True)
class YardInventory:
    """Every box in the yard, each once, each position once, none floating. Raises DataError otherwise.

    A 40 ft box stands in an even bay, over two odd ones, and never shares a stack with 20 ft boxes.
    """

    boxes: tuple[YardBox, ...] = ()

    def __post_init__(self) -> None:
        by_position: dict[YardPosition, ContainerId] = {}
        seen: set[ContainerId] = set()
        for box in self.boxes:
            if box.id in seen:
                raise DataError(
                    told("Container {box} stands in the yard twice.", "in-yard-twice", box=box.id),
                    place=str(box.position),
                )
            if box.position in by_position:
                raise DataError(
                    told(
                        "Containers {box} and {other} both stand at {place}.",
                        "yard-place-shared",
                        box=by_position[box.position],
                        other=box.id,
                        place=box.position,
                    ),
                    place=str(box.position),
                )
            seen.add(box.id)
            by_position[box.position] = box.id
        for position, container in by_position.items():
            below = YardPosition(position.block, position.bay, position.row, position.tier - 1)
            if position.tier > 1 and below not in by_position:
                raise DataError(
                    told(
                        "Container {box} at {place} has nothing under it.",
                        "nothing-under-box",
                        box=container,
                        place=position,
                    ),
                    place=str(position),
                )

    @classmethod
    def of(cls, boxes: Iterable[YardBox]) -> YardInventory:
        return cls(tuple(boxes))

    def __iter__(self) -> Iterator[YardBox]:
        return iter(self.boxes)

    def __len__(self) -> int:
        return len(self.boxes)

    @cached_property
    def by_container(self) -> Mapping[ContainerId, YardBox]:
        return {box.id: box for box in self.boxes}

    @cached_property
    def stacks(self) -> Mapping[tuple[str, int, int], tuple[YardBox, ...]]:
        """Boxes of each yard stack, named by block, bay and row, bottom first."""
        stacks: dict[tuple[str, int, int], list[YardBox]] = {}
        for box in sorted(self.boxes, key=lambda box: box.position):
            position = box.position
            stacks.setdefault((position.block, position.bay, position.row), []).append(box)
        return {key: tuple(stack) for key, stack in stacks.items()}
