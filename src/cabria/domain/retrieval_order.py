"""What a whole yard is asked for: boxes in an order, each by the class that serves there, not by its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBlock, YardInventory


@dataclass(frozen=True, slots=True)
class Wanted:
    """One place in the order: any box of the class serves. Places of equal `due` are free among themselves."""

    box_class: str
    due: int
    planned_mass_kg: int = 0
    """The mass that stowage reckoned with; choosing by it alone is one of the rules we compare with."""

    def __post_init__(self) -> None:
        if not self.box_class:
            raise DataError("A wanted box needs a class.")


@dataclass(frozen=True, slots=True)
class RetrievalMove:
    """A box lifted: to `target`, or out of the yard for place `serves` of the order (from 1)."""

    container: ContainerId
    source: YardPosition
    target: YardPosition | None
    serves: int = 0

    @property
    def is_dig(self) -> bool:
        return self.target is not None


@dataclass(frozen=True)
class RetrievalOrder:
    """A yard, the class of each of its boxes that may be wanted, and what is wanted in which order.

    The box for a place of the order may be handed out up to `tolerance` places before or after its turn. Raises
    DataError when the order wants more boxes of a class than the yard has, is not sorted by `due`, or the yard has
    boxes outside its blocks or two lengths on the same ground.
    """

    name: str
    blocks: tuple[YardBlock, ...]
    yard: YardInventory
    class_of: Mapping[ContainerId, str]
    mass_kg: Mapping[ContainerId, int]
    wanted: tuple[Wanted, ...]
    tolerance: int = 0

    def __post_init__(self) -> None:
        if self.tolerance < 0:
            raise DataError(f"A tolerance of {self.tolerance} places is below 0.", place="tolerance")
        ids = [block.id for block in self.blocks]
        if len(ids) != len(set(ids)):
            raise DataError("A block is named twice.", place="blocks")
        self._refuse_outside()
        self._refuse_crossed()
        self._refuse_missing()

    def _refuse_outside(self) -> None:
        blocks = {block.id: block for block in self.blocks}
        for box in self.yard:
            at = box.position
            if at.block not in blocks or not blocks[at.block].has(at):
                raise DataError(f"Container {box.id} stands outside the blocks.", place=str(at))
            if (box.length_ft > 20) is (at.bay % 2 == 1):
                kind = "odd" if at.bay % 2 else "even"
                raise DataError(f"Container {box.id} of {box.length_ft} ft stands in the {kind} bay {at.bay}.",
                                place=str(at))  # fmt: skip

    def _refuse_crossed(self) -> None:
        ground: dict[tuple[str, int, int], int] = {}
        for box in self.yard:
            at = box.position
            for bay in at.odd_bays:
                if ground.setdefault((at.block, bay, at.row), at.bay) != at.bay:
                    text = f"Container {box.id} shares the ground of bay {bay} with boxes of another bay."
                    raise DataError(text, place=str(at))

    def _refuse_missing(self) -> None:
        there = Counter(self.class_of[box.id] for box in self.yard if self.class_of.get(box.id))
        asked: Counter[str] = Counter()
        due = None
        for place, wanted in enumerate(self.wanted, 1):
            if due is not None and wanted.due < due:
                raise DataError(f"It is due at {wanted.due}, before the place ahead of it.", place=f"wanted {place}")
            due = wanted.due
            asked[wanted.box_class] += 1
            if asked[wanted.box_class] > there[wanted.box_class]:
                text = (
                    f"The order wants {asked[wanted.box_class]} boxes of class {wanted.box_class!r:.60}, "
                    f"the yard has {there[wanted.box_class]}."
                )
                raise DataError(text, place=f"wanted {place}")

    @cached_property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """First and last turn at which the box of each place may be handed out; places and turns from 1."""
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for place, wanted in enumerate(self.wanted, 1):
            first.setdefault(wanted.due, place)
            last[wanted.due] = place
        return tuple((first[w.due] - self.tolerance, last[w.due] + self.tolerance) for w in self.wanted)
