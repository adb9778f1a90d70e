"""Orders over a bad wire: each one carried out once, in order, and none that is not in the journal."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory
from tests.fakes.wire import FakeClock, FakeWire

from cabria.operations.gateways import EntryKind, Record
from cabria.operations.journaling import OrdersOut
from cabria.operations.order_desk import Alert, OrderDesk, OrderState, OrderTerms
from cabria.operations.records import MachineKind, Order

TERMS = OrderTerms(acknowledge_ms=1_000, alert_after=3, lease_ms=5_000)


class Site:
    """A desk, its journal, its clock, its wire and what it alerted."""

    def __init__(self, loss: float = 0.0, doubling: float = 0.0, seed: int = 0, *, at_once: bool = True) -> None:
        self.journal, self.clock = JournalInMemory(at_once=at_once), FakeClock()
        self.wire = FakeWire(Random(seed), loss, doubling)
        self.alerts: list[Alert] = []
        self.desk = OrderDesk(self.journal, self.wire, self.clock, self.alerts.append, TERMS)

    def order(self, machine: str = "T01") -> int:
        number = self.journal.written + 1
        order = Order(MachineKind.TRUCK, machine, "charge", (f"{machine}/{number}",))
        self.journal.append(Record(EntryKind.ORDER, self.clock.now_ms, "", order))
        self.desk.put(number, order)
        return number

    def second(self, *, works: bool = True) -> None:
        self.wire.carry(self.desk)
        for machine in self.wire.machines.values() if works else ():
            machine.work()
        self.clock.run(self.clock.now_ms + 1_000)

    def restart(self) -> None:
        """The program dies, with what was not durable; another one puts every order that has not ended."""
        self.journal.die()
        self.desk = OrderDesk(self.journal, self.wire, self.clock, self.alerts.append, TERMS)
        for number, record in self.journal.numbered():
            self.desk.put(number, record.content)

    def problems(self) -> list[str]:
        return [str(alert.problem) for alert in self.alerts]


@settings(max_examples=40)
@given(
    st.integers(0, 2**20),
    st.floats(0, 0.5),
    st.floats(0, 0.7),
    st.lists(st.sampled_from(["order 1", "order 2", "second", "flush", "restart"]), max_size=25),
)
def test_whatever_the_wire_does_each_order_is_carried_out_once_and_in_order(
    seed: int, loss: float, doubling: float, steps: list[str]
) -> None:
    site = Site(loss, doubling, seed, at_once=False)
    for step in steps:
        if step.startswith("order"):
            site.order(f"T{step[-1]}")
        elif step == "second":
            site.second()
        elif step == "restart":
            site.restart()
        else:
            site.journal.flush()
            site.desk.flushed()
        assert set(site.wire.sent) <= set(range(1, site.journal.durable + 1))
    site.journal.flush()
    site.desk.flushed()
    for _ in range(1_000):
        if not site.desk.open:
            break
        site.second()
    assert site.desk.open == {}
    carried_out = {name: machine.done for name, machine in site.wire.machines.items()}
    ordered: dict[str, list[int]] = {}
    for number, record in site.journal.numbered():
        ordered.setdefault(record.content.machine, []).append(number)
    assert carried_out == ordered


def test_nothing_is_sent_before_it_is_durable() -> None:
    site = Site(at_once=False)
    number = site.order()
    assert site.wire.sent == []
    site.journal.flush()
    site.desk.flushed()
    assert site.wire.sent == [number]


def test_an_order_without_an_answer_goes_out_again_with_the_same_id_and_is_an_alert_in_the_end() -> None:
    site = Site(loss=1.0)
    number = site.order()
    for _ in range(5):
        site.second()
    assert site.wire.sent == [number] * 6
    assert site.problems() == ["has not answered 3 times"]


def test_the_next_order_waits_until_the_machine_has_the_one_before() -> None:
    site = Site()
    first, second = site.order(), site.order()
    other = site.order("T02")
    assert site.wire.sent == [first, other]
    site.wire.carry(site.desk)
    site.wire.carry(site.desk)
    assert site.wire.sent == [first, other, second]


def test_a_held_machine_gets_nothing_until_it_is_released() -> None:
    site = Site()
    site.desk.hold("T01")
    number = site.order()
    site.second()
    assert site.wire.sent == []
    site.desk.release("T01")
    assert site.wire.sent == [number]


@settings(max_examples=30)
@given(st.integers(0, 2**20), st.floats(0, 0.6), st.integers(0, 4))
def test_a_cancelled_order_is_carried_out_once_or_never_and_both_know_which(seed: int, loss: float, after: int) -> None:
    site = Site(loss, 0.3, seed)
    number, behind = site.order(), site.order()
    for step in range(300):
        if step == after:
            site.desk.cancel(number)
        site.second(works=bool(step % 2))
    assert site.desk.open == {}
    machine = site.wire.machines["T01"]
    assert machine.done.count(number) <= 1
    assert machine.done.count(behind) == 1


def test_an_order_cancelled_before_it_was_sent_never_is() -> None:
    site = Site(at_once=False)
    site.desk.cancel(site.order())
    site.journal.flush()
    site.desk.flushed()
    assert site.wire.sent == []
    site.desk.cancel(77)


def test_a_machine_silent_with_an_order_is_an_alert_and_keeps_its_order() -> None:
    site = Site()
    number = site.order()
    site.second(works=False)
    site.second(works=False)
    site.clock.run(20_000)
    assert site.problems() == ["is silent with an order since 0 ms"]
    assert site.desk.open[number].state is OrderState.ACKNOWLEDGED
    site.desk.alive("T01")
    assert site.desk.open[number].is_leased
    site.desk.ended(number, "T01", OrderState.DONE)
    assert site.desk.open == {}


def test_back_from_a_lost_link_the_machines_word_wins_and_a_difference_is_told() -> None:
    site = Site()
    done, forgotten, unknown = site.order("T01"), site.order("T02"), 1
    site.second(works=False)
    site.second(works=False)
    site.desk.says("T01", {done: OrderState.DONE})
    assert done not in site.desk.open
    assert site.problems() == []
    site.desk.says("T02", {})
    assert site.problems() == ["does not know an order that was acknowledged"]
    assert site.wire.sent[-1] == forgotten
    site.desk.says("T01", {unknown: OrderState.ACKNOWLEDGED})
    assert "has ended, or was never given" in site.problems()[-1]


def test_what_makes_no_sense_is_told_and_harmless() -> None:
    site = Site(at_once=False)
    number = site.order()
    site.desk.acknowledged(99, "T01")
    site.desk.acknowledged(number, "T02")
    site.desk.ended(number, "T01", OrderState.DONE)
    assert site.problems() == [
        "speaks of an order that was never given",
        "speaks of an order of T01",
        "says done to an order that it was not sent",
    ]
    with pytest.raises(ValueError, match="does not end sent"):
        site.desk.ended(number, "T01", OrderState.SENT)
    with pytest.raises(ValueError, match="comes after"):
        site.desk.put(number, site.desk.open[number].order)
    site.journal.flush()
    site.desk.flushed()
    site.second(works=False)
    site.desk.ended(number, "T01", OrderState.FAILED, "flat battery")
    site.desk.ended(number, "T01", OrderState.DONE)
    assert site.problems()[3:] == ["could not: flat battery"]


def test_orders_are_out_until_their_jobs_have_ended() -> None:
    out = OrdersOut()

    def put(number: int, machine: str, verb: str, *arguments: object) -> None:
        out.put(number, Order(MachineKind.TRUCK, machine, verb, arguments))

    put(1, "T01", "charge", "T01/1")
    put(2, "T02", "charge", "T02/2")
    put(3, "T01", "unplug")
    out.ended("T01/1")
    put(5, "T01", "charge", "T01/3")
    put(6, "T02", "delay", ())
    put(7, "T02", "delay", ())
    put(8, "QC1", "take_back", "QC1/4")
    assert sorted(out.open) == [2, 5, 7, 8]
    out.ended("QC1/9")
    out.ended("T02/2")
    assert sorted(out.open) == [5]


def test_of_a_machine_that_a_person_gave_up_nothing_is_sent_again_and_the_next_order_goes_out() -> None:
    site = Site(loss=1.0)
    given = [site.order(), site.order(), site.order("T02")]
    site.second()
    site.desk.drop("T01")
    assert list(site.desk.open) == given[2:]
    sent = len(site.wire.sent)
    new = site.order()
    site.desk.flushed()
    assert site.desk.open[new].state is OrderState.SENT
    for _ in range(10):
        site.second()
    assert set(site.wire.sent[sent:]) <= {new, given[2]}


def test_that_a_truck_was_towed_is_told_after_a_restart_until_it_was_given_another_trip() -> None:
    out = OrdersOut()
    out.put(1, Order(MachineKind.TRUCK, "T01", "tow", (7,)))
    assert list(out.open) == [1]
    out.put(2, Order(MachineKind.TRUCK, "T01", "drive", ("T01/9", (), 0, 0)))
    assert list(out.open) == [2]
