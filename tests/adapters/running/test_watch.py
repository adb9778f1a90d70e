"""What has gone on for too long is told once, with what to do, and again when it comes again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.operations.test_order_desk import Site

from cabria.adapters.running.watch import Out, Patience, Waits, Watch, head_of

PATIENCE = Patience(waits_ms=60_000, truck_ms=100_000, crane_ms=200_000, silent_ms=30_000, out_ms=80_000)


class Told:
    def __init__(self) -> None:
        self.watch = Watch(lambda *told: self.told.append(told), PATIENCE)
        self.told: list[tuple[str, int, str]] = []

    def look(
        self, now_ms: int, waits: Waits | None = None, site: Site | None = None, out: Out | None = None, **seen_ms: int
    ) -> list[str]:
        """Which machines something new is told of."""
        self.told.clear()
        orders = site.desk.open if site else {}
        self.watch.look(now_ms, waits=waits or {}, orders=orders, seen_ms=seen_ms, out=out or {})
        return [machine for machine, _, _ in self.told]


def test_a_truck_that_waits_too_long_is_told_once_with_the_one_at_the_head_of_the_queue() -> None:
    told = Told()
    waits = {"T01": (0, ("T02",)), "T02": (0, ("T03",)), "T04": (50_000, ("T01",))}
    assert told.look(59_999, waits) == []
    assert told.look(60_000, waits) == ["T01", "T02"]
    assert "behind T02: see why T03, at the head of the queue," in str(told.told[0][2])
    assert told.look(70_000, waits) == []
    assert told.look(110_000, waits) == ["T04"]
    assert told.look(120_000) == []
    assert told.look(200_000, {"T01": (130_000, ("T02",))}) == ["T01"]


def test_trucks_that_wait_for_each_other_are_told_as_that() -> None:
    told = Told()
    assert told.look(60_000, {"T01": (0, ("T02",)), "T02": (0, ("T01",))}) == ["T01", "T02"]
    assert "they wait for each other" in str(told.told[0][2])


def test_an_order_that_a_machine_took_and_does_not_carry_out_is_told_with_its_number() -> None:
    site, told = Site(), Told()
    number = site.order("T01")
    for _ in range(3):
        site.second(works=False)
    assert told.look(99_000, site=site) == []
    assert told.look(100_000 + 3_000, site=site) == []  # a charge takes as long as it takes
    site.desk.open[number].order = site.desk.open[number].order._replace(verb="drive")
    assert told.look(103_000, site=site) == ["T01"]
    assert told.told[0][1] == number
    site.second()
    site.second()
    assert told.look(300_000, site=site) == []


def test_a_machine_that_tells_nothing_is_told_until_it_speaks_and_one_that_never_spoke_is_not() -> None:
    told = Told()
    assert told.look(29_000, QC1=0) == []
    assert told.look(30_000, QC1=0) == ["QC1"]
    assert told.look(31_000, QC1=30_500) == []
    assert told.look(61_000, QC1=30_500) == ["QC1"]


def test_a_truck_that_stands_on_the_lanes_out_of_service_is_told_with_its_cause() -> None:
    told, out = Told(), {"T01": (5_000, "error breakdown")}
    assert told.look(84_000, out=out) == []
    assert told.look(85_000, out=out) == ["T01"]
    assert "(error breakdown): get it going" in str(told.told[0][2])
    assert told.look(90_000) == []


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef"), min_size=1))
def test_the_head_of_a_queue_waits_for_nobody_or_there_is_none(behind: dict[str, str]) -> None:
    waits = {truck: (0, (other,)) for truck, other in behind.items()}
    for truck in waits:
        head, here = head_of(truck, waits), truck
        for _ in range(7):
            here = behind.get(here, here)
        assert head == (here if here not in waits else "")
