"""Leases follow the order of the lane book, whatever becomes of its times and ways."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.vda5050.lane_leases import LaneLeases
from cabria.domain.machines import TruckModel
from cabria.domain.stands import StandKind
from cabria.experiments.layouts import small_layout
from cabria.planning.dispatch.traffic.lane_book import LaneBook
from cabria.planning.dispatch.traffic.lanes import Lanes

LAYOUT = small_layout()
LANES = Lanes.of_layout(LAYOUT, TruckModel())
NUMBER = {segment.id: number for number, segment in enumerate(LAYOUT.segments)}
STANDS = [NUMBER[stand.id] for kind in (StandKind.YARD, StandKind.QUAY) for stand in LAYOUT.stands_of(kind)]
HELD_MS = 900_000
STEP_MS = 4_000


class Lanes4:
    """Four trucks; each step one of them is sent, stops, goes on, drives or is looked at."""

    def __init__(self, seed: int) -> None:
        self.now_ms, self.chance, self.book = 0, Random(seed), LaneBook(LANES)
        self.trucks = {f"T{number}": number for number in range(1, 5)}
        self.held_until_ms = dict.fromkeys(self.trucks, 0)
        for number, stand in zip(self.trucks.values(), LAYOUT.stands_of(StandKind.PARKING), strict=False):
            self.book.put(number, NUMBER[stand.id], 0)
            self.book.tells(number)
        self.leases = LaneLeases(
            self.book, self.trucks, lambda truck, n, ms: self.book.lease(self.trucks[truck], n, ms)
        )
        for truck in self.trucks:
            self.leases.rest(truck)

    def step(self) -> None:
        self.now_ms += self.chance.randrange(STEP_MS)
        truck = self.chance.choice(list(self.trucks))
        self.chance.choice((self.send, self.stop, self.go_on, self.drive_on, self.drive_on, self.drive_on))(truck)
        self.book.catch_up(self.now_ms)
        self.leases.grant(self.now_ms)

    def send(self, truck: str) -> None:
        number = self.trucks[truck]
        if self.book.progress[number].left == len(self.book.passages[number]) - 1:
            passage = self.book.drive(number, self.chance.choice(STANDS), self.now_ms)
            if passage is not None:
                self.leases.drive(truck, passage, self.now_ms)

    def stop(self, truck: str) -> None:
        self.held_until_ms[truck] = self.now_ms + HELD_MS
        self.book.hold(self.trucks[truck], self.now_ms, self.held_until_ms[truck])

    def go_on(self, truck: str) -> None:
        """As one that is back in service: sooner than was thought."""
        number = self.trucks[truck]
        if self.held_until_ms[truck]:
            self.held_until_ms[truck] = 0
            passage = self.book.redirect(number, self.book.passages[number][-1].segment, self.now_ms)
            if passage is not None:
                self.leases.drive(truck, passage, self.now_ms)

    def drive_on(self, truck: str) -> None:
        number = self.trucks[truck]
        state, last = self.book.progress[number], len(self.book.passages[number]) - 1
        if self.held_until_ms[truck] or state.left == last:
            return
        entered = min(state.entered + 1, state.leased)
        left = last if entered == last + 1 else max(state.left, entered - 2)
        self.book.drove(number, entered, left, self.now_ms)
        self.leases.leave(truck, left, self.now_ms)
        if left == last:
            self.leases.rest(truck)


@settings(max_examples=6)
@given(st.integers(0, 10_000))
def test_who_is_to_pass_first_by_the_book_is_leased_first(seed: int) -> None:
    lanes = Lanes4(seed)
    turns = 0
    for _ in range(80):
        lanes.step()
        for claims in lanes.leases._claims.values():
            waiting = [claim for claim in claims if not lanes.leases._is_leased(claim)]
            enters = [lanes.book.passages[lanes.trucks[c.truck]][c.window].enter_ms for c in waiting]
            assert all(one <= other for one, other in pairwise(enters))
            turns += len({claim.truck for claim in waiting}) > 1
    assert turns or seed
