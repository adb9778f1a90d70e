"""A journal's log done again by the referee."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory

from cabria.bootstrap.judging import judged
from cabria.domain.containers import ContainerId
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import RunEvent
from cabria.experiments.layouts import small_layout
from cabria.experiments.tiny import tiny_call
from cabria.operations.journaling import JournaledControl
from cabria.operations.pictures import picture_of
from cabria.operations.records import OpenTerminal, Order
from cabria.operations.running import Told
from cabria.operations.settings import Settings
from cabria.planning.dispatch.traffic.lane_book import LaneBook
from cabria.planning.dispatch.traffic.lanes import Lanes
from cabria.twin.agenda import Agenda

LAYOUT = small_layout()
LANES = Lanes.of_layout(LAYOUT, TruckModel())
YARD = tiny_call().yard


class Nobody:
    def record(self, event: RunEvent) -> None: ...

    def put(self, number: int, order: Order) -> None: ...


@settings(max_examples=4)
@given(st.integers(0, len(list(YARD)) - 1), st.booleans())
def test_where_a_machine_finds_a_box_it_is_for_the_referee_too(number: int, is_told: bool) -> None:
    journal, agenda, nobody = JournalInMemory(), Agenda(), Nobody()
    control = JournaledControl(
        OpenTerminal(LAYOUT, TruckModel(), Settings()), LaneBook(LANES), agenda, nobody, journal, nobody
    )
    control.open()
    control.take_stock(YARD)
    box = list(YARD)[number]
    elsewhere = replace(box.position, row=5)
    if is_told:
        control.machine_says("YC01", {box.id: elsewhere, ContainerId("STRANGER"): elsewhere})
    else:
        control.desk.board.put(box.id, elsewhere)
    entries = [Told(entry.number, entry.record) for entry in journal.numbered()]
    found = judged(entries, picture_of(control, journal.written, {}, {}), LAYOUT)
    assert bool(found.elsewhere) is not is_told
