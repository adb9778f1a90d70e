"""The gate's book: each visit once, whatever is asked how often, and nothing that another was promised."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory

from cabria.adapters.journal.closed_form import encode
from cabria.domain.containers import ContainerId
from cabria.domain.gate_visits import Appointment, VisitState
from cabria.domain.layout import Layout
from cabria.domain.message_notes import MessageNote
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import Brought
from cabria.domain.yard import YardBox, YardInventory
from cabria.experiments.layouts import small_layout
from cabria.operations.journaling import JournaledControl
from cabria.operations.replay import replay
from cabria.operations.settings import Settings
from cabria.operations.standing import standing_of
from cabria.twin.twin import Fleet, Twin

A, B, C = (ContainerId(f"CBRU100000{n}") for n in range(3))
MINUTE_MS = 60_000


@cache
def ground() -> Layout:
    return small_layout()


def at_work(rules: Settings | None = None) -> tuple[Twin, JournaledControl, JournalInMemory]:
    journal = JournalInMemory()
    twin = Twin(ground(), rules or Settings(), Fleet(trucks=1), 0, journal=journal)
    block = ground().terminal.blocks[0].id
    boxes = tuple(YardBox(box, YardPosition(block, 2, row, 1), 40, 2591, 9_000) for row, box in enumerate((A, B), 1))
    assert isinstance(twin.control, JournaledControl)
    twin.control.take_stock(YardInventory(boxes))
    return twin, twin.control, journal


def appointment(name: str, start: int = 0, end: int = 60, **facts: object) -> Appointment:
    return Appointment(name, start * MINUTE_MS, end * MINUTE_MS, **facts)  # type: ignore[arg-type]


def test_a_box_is_promised_once() -> None:
    _, control, _ = at_work()
    assert control.book(appointment("V1", takes=A))
    assert "promised to visit V1" in control.book(appointment("V2", takes=A)).reason
    assert "promised to visit V1" in control.gate_in("W1", takes=A).reason
    assert control.cancel_booking("V1")
    assert control.book(appointment("V2", takes=A))


def test_an_hour_takes_so_many_appointments() -> None:
    _, control, _ = at_work(Settings(appointments_an_hour=1))
    assert control.book(appointment("V1", 60, 90, takes=A))
    assert "hour is full" in control.book(appointment("V2", 119, 150, takes=B)).reason
    assert control.book(appointment("V2", 120, 150, takes=B))
    assert control.book(appointment("V1", 180, 200, takes=A))


def test_a_site_may_ask_for_appointments() -> None:
    _, control, _ = at_work(Settings(needs_appointment=True))
    assert "no appointment" in control.gate_in("W1", takes=A).reason
    assert control.book(appointment("W1", takes=A))
    assert "other boxes" in control.gate_in("W1", takes=B).reason
    assert control.gate_in("W1")


def test_a_truck_may_come_again_after_it_was_turned_away() -> None:
    twin, control, _ = at_work()
    control.book(appointment("V1", 120, 180, takes=A))
    assert "too early" in control.gate_in("V1").reason
    twin.run(100 * MINUTE_MS)
    assert control.gate_in("V1")
    assert control.desk.board.visits["V1"].state is VisitState.AT_GATE
    assert "at the gate" in control.gate_out("V1").reason
    twin.run(twin.now_ms + 1_000)
    assert control.desk.board.visits["V1"].state is VisitState.INSIDE
    assert A in control.gate_out("V1").reason
    twin.run(twin.now_ms + 60 * MINUTE_MS)
    assert control.desk.board.visits["V1"].state is VisitState.LEFT
    assert control.gate_out("V1")
    assert A not in control.desk.board.boxes


def test_a_message_is_noted_once() -> None:
    _, control, _ = at_work()
    note = MessageNote("abc/0", "COPRAR", "CALL", "v0002", "1 new.")
    assert control.note_message(note)
    assert control.note_message(note)
    assert list(control.desk.board.messages.values()) == [note]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("book"), st.sampled_from("123"), st.sampled_from((A, B, None)), st.integers(0, 90)),
        st.tuples(st.sampled_from(("in", "out", "cancel")), st.sampled_from("123"), st.none(), st.just(0)),
        st.tuples(st.just("wait"), st.just(""), st.none(), st.integers(1, 40)),
    ),
    max_size=14,
)


@settings(max_examples=8)
@given(STEPS)
def test_whatever_is_asked_twice_is_answered_alike_and_done_again_from_the_journal(
    steps: list[tuple[str, str, ContainerId | None, int]],
) -> None:
    twin, control, journal = at_work()
    for act, name, takes, minutes in steps:
        if act == "wait":
            twin.run(twin.now_ms + minutes * MINUTE_MS)
            continue
        start = twin.now_ms // MINUTE_MS + minutes
        brings = Brought(ContainerId(f"CBRU900000{name}"), 40, 8_000)
        wanted = appointment(name, start, start + 30, brings=brings, takes=takes)
        for _ in range(2):
            if act == "book":
                answers = [control.book(wanted), control.book(wanted)]
            elif act == "in":
                answers = [control.gate_in(name), control.gate_in(name)]
            elif act == "cancel":
                answers = [control.cancel_booking(name), control.cancel_booking(name)]
            else:
                answers = [control.gate_out(name), control.gate_out(name)]
            assert answers[0] == answers[1]
        promised = [v.takes for v in control.desk.board.visits.values() if v.state is VisitState.BOOKED and v.takes]
        assert len(promised) == len(set(promised))
    assert encode(standing_of(replay(journal.numbered()).control)) == encode(standing_of(control))
