"""Power for reefers in the yard of a run."""

from __future__ import annotations

from typing import NamedTuple

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import BoxesLanded, ShipBerthed, StockTaken
from cabria.referee.run_rules import PLUG, Notebook

WITHOUT_MS = 2 * 3_600_000
"""How long a reefer may stand in the yard without power. Ours: cold cargo keeps for some hours, and terminals plug in
sooner than that."""


class SetDown(NamedTuple):
    """Where a reefer was first set down without a plug, when, and by which event."""

    place: YardPosition
    event: int
    at_ms: int


class Plugs:
    """Every reefer that a crane set down in the yard without a plug, until it stands at one or leaves.

    A box that stood without one when the run began is judged from when it is set down again.
    """

    def __init__(self, book: Notebook, layout: Layout) -> None:
        self._book = book
        self._plug_bays = {block.id: frozenset(block.plug_bays) for block in layout.terminal.blocks}
        self._loads: dict[str, frozenset[ContainerId]] = {}
        self._reefers: set[ContainerId] = set()
        self._without: dict[ContainerId, SetDown] = {}

    def expect(self, call: VesselCall) -> None:
        self._loads[call.id] = frozenset(box.id for box in call.loads if box.needs_plug)

    def berthed(self, event: ShipBerthed) -> None:
        """From now on her load list says too which boxes are reefers."""
        self._reefers |= self._loads.get(event.call, frozenset())

    def stock(self, event: StockTaken) -> None:
        self._reefers |= {box.container for box in event.boxes if box.needs_plug}

    def landed(self, event: BoxesLanded) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            if box not in self._reefers:
                continue
            if isinstance(place, YardPosition) and not self._has_plug(place):
                self._without.setdefault(box, SetDown(place, self._book.event, event.at_ms))
            elif (since := self._without.pop(box, None)) is not None:
                self._look(box, since, event.at_ms)

    def over(self) -> None:
        for box, since in self._without.items():
            self._look(box, since, self._book.at_ms)

    def _has_plug(self, place: YardPosition) -> bool:
        return not self._plug_bays.get(place.block, frozenset()).isdisjoint(place.odd_bays)

    def _look(self, box: ContainerId, since: SetDown, until_ms: int) -> None:
        without_ms = until_ms - since.at_ms
        if without_ms > WITHOUT_MS:
            text = f"The reefer {box} is without a plug for {without_ms / 3_600_000:.1f} h, set down here."
            self._book.broken_at(PLUG, since.event, since.at_ms + WITHOUT_MS, text, since.place)
