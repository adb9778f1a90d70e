"""Ticks of traffic for a large fleet: what `dispatch traffic:TRUCKS` measures.

Trucks go between quay cranes and blocks of the large layout, each to a stand chosen at random among those that are
free. A tick is a second of the terminal: for every truck that has been served a trip is booked, all the way, among the
windows of all others. Once a minute a truck that drives stops for five minutes: everybody behind it is put off in
order, and then, ten in a tick, whoever is there sooner by another way goes round. The referee for runs judges all.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import RunEvent, TripBooked, TruckStood
from cabria.domain.stands import StandKind
from cabria.planning.dispatch.traffic.kernels import ENDLESS
from cabria.planning.dispatch.traffic.lane_book import LaneBook, Passage
from cabria.planning.dispatch.traffic.lanes import Lanes
from cabria.referee.run import judge_run
from cabria.referee.run_rules import ENERGY

TICK_MS = 1_000
SERVED_MS = {StandKind.QUAY: (60_000, 120_000), StandKind.YARD: (60_000, 150_000)}
TRIES = 8
STOPS_EVERY = 60
AT_A_TIME = 10
STOPS_MS = 300_000
WORTH_MS = 10_000


class Tick(NamedTuple):
    """CPU of one tick, how many trips it booked, how many it changed, and whether a truck stopped in it."""

    cpu_s: float
    trips: int
    changed: int
    is_standstill: bool


class Traffic:
    """A fleet that never rests. `events` is what was booked, for the referee."""

    def __init__(self, layout: Layout, trucks: int, seed: int) -> None:
        self._layout, self._chance, self._now_ms = layout, Random(seed), 0
        self.book = LaneBook(Lanes.of_layout(layout, TruckModel()))
        self.events: list[RunEvent] = []
        stands = {n: s.stand.kind for n, s in enumerate(layout.segments) if s.stand is not None}
        self._kind = {number: kind for number, kind in stands.items() if kind in SERVED_MS}
        self._places = {kind: [n for n, other in self._kind.items() if other is kind] for kind in SERVED_MS}
        first = [n for n, kind in stands.items() if kind is StandKind.PARKING or kind in SERVED_MS]
        self._late: list[int] = []
        self._free_ms: dict[int, int] = {}
        for truck, stand in enumerate(self._chance.sample(first, trucks)):
            self.book.put(truck, stand, 0)
            self.events.append(TruckStood(0, f"T{truck}", str(layout.segments[stand].id), is_visitor=False))
            self._free_ms[truck] = self._chance.randrange(120_000)

    def ticks(self, count: int) -> Iterator[Tick]:
        """As many, one after the other."""
        for number in range(count):
            self._now_ms += TICK_MS
            due = [truck for truck, free_ms in self._free_ms.items() if free_ms <= self._now_ms]
            wanted = {truck: self._wanted(truck) for truck in due}
            stops = self._driving() if number % STOPS_EVERY == STOPS_EVERY - 1 else None
            if stops is not None:
                self._late.clear()
            began = time.process_time()
            booked = {truck: self._drive(truck, stands) for truck, stands in wanted.items()}
            changed = (
                self._go_round() if stops is None else self.book.hold(stops, self._now_ms, self._now_ms + STOPS_MS)
            )
            took_s = time.process_time() - began
            for truck, passage in [*booked.items(), *changed.items()]:
                self._note(truck, passage)
            if stops is not None:
                self._late += sorted(changed, key=lambda truck: self.book.next_entry_ms(truck, self._now_ms))
                self._late.remove(stops)
            gc.freeze()  # The log that is kept for the referee is no garbage; whoever runs a fleet writes it to disk.
            yield Tick(took_s, sum(passage is not None for passage in booked.values()), len(changed), stops is not None)

    def findings(self) -> list[str]:
        """What the referee for runs says."""
        broken = judge_run(self.events, self._layout).broken
        return [str(finding) for finding in broken if finding.rule is not ENERGY]

    def _wanted(self, truck: int) -> list[int]:
        """Stands of the other kind, in the order in which they are tried."""
        here = self._kind.get(self.book.passages[truck][-1].segment, StandKind.QUAY)
        kind = StandKind.YARD if here is StandKind.QUAY else StandKind.QUAY
        return self._chance.sample(self._places[kind], TRIES)

    def _driving(self) -> int | None:
        driving = [t for t, p in self.book.passages.items() if p[0].leave_ms < self._now_ms < p[-1].enter_ms]
        return self._chance.choice(driving) if driving else None

    def _drive(self, truck: int, stands: list[int]) -> Passage | None:
        free = (stand for stand in stands if self.book.owner(stand) is None)
        return next((passage for s in free if (passage := self.book.drive(truck, s, self._now_ms)) is not None), None)

    def _go_round(self) -> dict[int, Passage]:
        """The next of those who are late look for a shorter way."""
        looking, self._late = self._late[:AT_A_TIME], self._late[AT_A_TIME:]
        found = {}
        for truck in looking:
            last = self.book.passages[truck][-1]
            passage = self.book.redirect(truck, last.segment, self._now_ms, before_ms=last.enter_ms - WORTH_MS)
            if passage is not None:
                found[truck] = passage
        return found

    def _note(self, truck: int, passage: Passage | None) -> None:
        if passage is None:
            self._free_ms[truck] = self._now_ms + 5 * TICK_MS
            return
        last = passage[-1]
        served_ms = self._chance.randrange(*SERVED_MS[self._kind[last.segment]])
        self._free_ms[truck] = last.enter_ms + int(self.book.lanes.pass_ms[last.segment]) + served_ms
        name = self._layout.segments
        windows = tuple(
            (str(name[w.segment].id), w.enter_ms, None if w.leave_ms >= ENDLESS else w.leave_ms) for w in passage
        )
        self.events.append(TripBooked(self._now_ms, f"T{truck}", windows, "is wanted there"))
