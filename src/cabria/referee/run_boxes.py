"""Where every box is in a run: in a stack, aboard, on a truck or in a crane, one at a place and none lost.

A box that is moved against a rule is reported and then moved all the same, so that one mistake is told once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    DeckEnd,
    OnTruck,
    Place,
    ShipSailed,
    Stock,
    StockTaken,
    TruckLeft,
)
from cabria.referee.rule import Rule
from cabria.referee.run_rules import BED, FLOATING, KNOWN, LIFT, OPEN, PAIR, PLACE, STOCK, UNDER, Notebook
from cabria.referee.run_service import Service
from cabria.referee.run_trucks import Trucks


class InCrane(NamedTuple):
    """In the spreader of a crane."""

    crane: str

    def __str__(self) -> str:
        return f"in the spreader of {self.crane}"


Ground = tuple[str, int, int]
"""Block, odd bay and row: a twenty-foot ground slot."""


class Boxes:
    """`where` has every box on the terminal, and the ships at its quay."""

    def __init__(self, book: Notebook, service: Service, layout: Layout, trucks: Trucks, model: TruckModel) -> None:
        self._book, self._service, self._trucks = book, service, trucks
        self._most_kg = model.cargo_kg
        self._blocks = {block.id: block for block in layout.terminal.blocks}
        self.where: dict[ContainerId, Place | InCrane] = {}
        self.length_ft: dict[ContainerId, int] = {}
        self._mass_kg: dict[ContainerId, int] = {}
        self._columns: dict[Ground, dict[int, ContainerId]] = defaultdict(dict)
        self._aboard: dict[Aboard, ContainerId] = {}
        self._beds: dict[str, dict[DeckEnd, ContainerId]] = defaultdict(dict)
        self._held: dict[str, tuple[ContainerId, ...]] = {}

    def stock(self, event: StockTaken) -> None:
        for box in sorted(event.boxes, key=_tier):
            if box.container in self.where:
                text = f"It comes to the terminal while it is {self.where[box.container]}."
                self._book.broken(STOCK, text, box.place, box.container)
                continue
            self.length_ft[box.container], self._mass_kg[box.container] = box.length_ft, box.gross_mass_kg
            self._set(box.container, box.place)

    def found(self, box: ContainerId, place: Place) -> None:
        """A machine has found a box where nobody had set it down."""
        if box in self.where:
            self._forget(box)
            self._set(box, place)

    def lifted(self, event: BoxesLifted) -> None:
        self._service.works(event.crane, "lifts")
        if held := self._held.get(event.crane):
            self._book.broken(LIFT, f"{event.crane} lifts while it holds {held[0]}.", event.crane, held[0])
        if not self._is_a_lift(event):
            return
        for box, place in zip(event.containers, event.places, strict=True):
            self._lift(event.crane, box, place)
        self._held[event.crane] = event.containers

    def landed(self, event: BoxesLanded) -> None:
        self._service.works(event.crane, "sets down")
        held = self._held.pop(event.crane, ())
        if set(held) != set(event.containers):
            names = ", ".join(held) or "nothing"
            text = f"{event.crane} sets down {', '.join(event.containers)} but holds {names}."
            self._book.broken(LIFT, text, event.crane, event.containers[0] if event.containers else None)
        if not self._is_a_lift(event):
            return
        for box, place in zip(event.containers, event.places, strict=True):
            if self.where.get(box) != InCrane(event.crane):
                self._forget(box)
            if box in self.length_ft:
                self._set(box, place)
            else:
                self._book.broken(KNOWN, "There is no such box.", place, box)
        if missing := [box for box in held if box not in event.containers]:
            self._held[event.crane] = tuple(missing)

    def _is_a_lift(self, event: BoxesLifted | BoxesLanded) -> bool:
        boxes = event.containers
        if len(boxes) in (1, 2) and len(boxes) == len(event.places) == len(set(boxes)):
            return True
        self._book.broken(LIFT, f"A lift is of one box or two; this is of {len(boxes)}.", event.crane)
        return False

    def truck_left(self, event: TruckLeft) -> None:
        for box in self._beds.pop(event.truck, {}).values():
            self.where.pop(box, None)

    def sailed(self, event: ShipSailed) -> None:
        for box, place in [(box, place) for box, place in self.where.items() if isinstance(place, Aboard)]:
            if place.call == event.call:
                self._forget(box)

    def _lift(self, crane: str, box: ContainerId, place: Place) -> None:
        stands = self.where.get(box)
        if stands is None:
            self._book.broken(KNOWN, "There is no such box.", place, box)
            return
        if stands != place:
            self._book.broken(LIFT, f"It is lifted from {place} but is {stands}.", place, box)
        if isinstance(stands, YardPosition):
            for _, above in self._above(stands, box):
                self._book.broken(UNDER, f"It is lifted from under {above}.", stands, box)
                break
        self._forget(box)
        self.where[box] = InCrane(crane)

    def _above(self, position: YardPosition, box: ContainerId) -> Iterator[tuple[int, ContainerId]]:
        for ground in _grounds(position):
            for tier, other in self._columns[ground].items():
                if tier > position.tier and other != box:
                    yield tier, other

    def _forget(self, box: ContainerId) -> None:
        """Take a box from where it stands, if it stands anywhere."""
        place = self.where.pop(box, None)
        if isinstance(place, YardPosition):
            for ground in _grounds(place):
                if self._columns[ground].get(place.tier) == box:
                    del self._columns[ground][place.tier]
        elif isinstance(place, OnTruck):
            if self._beds[place.truck].get(place.end) == box:
                del self._beds[place.truck][place.end]
        elif isinstance(place, Aboard):
            if self._aboard.get(place) == box:
                del self._aboard[place]
        elif isinstance(place, InCrane):
            rest = tuple(other for other in self._held.get(place.crane, ()) if other != box)
            self._held[place.crane] = rest

    def _set(self, box: ContainerId, place: Place) -> None:
        if isinstance(place, YardPosition):
            self._stack(box, place)
        elif isinstance(place, OnTruck):
            self._load_bed(box, place)
        else:
            if (other := self._aboard.setdefault(place, box)) != box:
                self._book.broken(PLACE, f"It is set where {other} stands.", place, box)
        self.where[box] = place

    def _stack(self, box: ContainerId, place: YardPosition) -> None:
        block = self._blocks.get(place.block)
        if block is None or not block.has(place):
            self._book.broken(PLACE, "The yard has no such place.", place, box)
        if (self.length_ft[box] <= 20) != bool(place.bay % 2):
            self._book.broken(PAIR, f"A box of {self.length_ft[box]} ft does not stand in bay {place.bay}.", place, box)
        for rule, text in self._wrong_with(place, box):
            self._book.broken(rule, text, place, box)
            break
        for ground in _grounds(place):
            self._columns[ground].setdefault(place.tier, box)

    def _wrong_with(self, place: YardPosition, box: ContainerId) -> Iterator[tuple[Rule, str]]:
        for ground in _grounds(place):
            column = self._columns[ground]
            if place.tier in column:
                yield PLACE, f"It is set where {column[place.tier]} stands."
            for other in column.values():
                theirs = self.where.get(other)
                if isinstance(theirs, YardPosition) and theirs.bay != place.bay:
                    yield PAIR, f"It is set over the ground of {other} in bay {theirs.bay}."
            for _, above in self._above(place, box):
                yield UNDER, f"It is set under {above}."
            if place.tier > 1 and place.tier - 1 not in column:
                yield FLOATING, "Nothing stands under it."

    def _load_bed(self, box: ContainerId, place: OnTruck) -> None:
        bed, is_long = self._beds[place.truck], self.length_ft[box] > 20
        if place.truck not in self._trucks.windows:
            self._book.broken(KNOWN, f"There is no truck {place.truck}.", place, box)
        if is_long != (place.end is DeckEnd.WHOLE):
            self._book.broken(
                BED, f"A box of {self.length_ft[box]} ft is set on the {place.end} of the bed.", place, box
            )
        if DeckEnd.WHOLE in bed or place.end in bed or (place.end is DeckEnd.WHOLE and bed):
            other = next(iter(bed.values()))
            self._book.broken(BED, f"It is set on the bed on which {other} stands.", place, box)
        bed[place.end] = box
        cargo_kg = sum(self._mass_kg[other] for other in bed.values())
        if cargo_kg > self._most_kg and place.truck not in self._trucks.visitors:
            text = f"{place.truck} carries {cargo_kg:,} kg with it and may carry {self._most_kg:,} kg."
            self._book.broken(BED, text, place, box)

    def over(self) -> None:
        """Name what is in a crane at the end."""
        for crane, boxes in self._held.items():
            for box in boxes:
                self._book.broken(OPEN, f"{crane} still holds it.", crane, box)


def _tier(box: Stock) -> int:
    return box.place.tier if isinstance(box.place, YardPosition) else 0


def _grounds(position: YardPosition) -> tuple[Ground, ...]:
    return tuple((position.block, bay, position.row) for bay in position.odd_bays)
