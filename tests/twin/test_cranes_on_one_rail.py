"""Yard cranes that share a rail, beside a block and at its ends: random work, judged by the referee."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import planned, run_to_end

from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    JobGiven,
    MachineResumed,
    MachineStopped,
    RunEvent,
    TripBooked,
    TruckLeft,
)
from cabria.domain.terminal import Terminal, YardCrane
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.experiments.ground_plan import Plan, lay_out
from cabria.experiments.layouts import small_layout
from cabria.operations.settings import Settings
from cabria.referee.layout import judge_layout
from cabria.referee.run import judge_run
from cabria.twin.failures import Reliability
from cabria.twin.twin import Fleet, Twin

HOUR_MS = 3_600_000
PLACES = ("beside, 2", "beside, 3", "ends, 1", "ends, 2", "ends, 3", "one end, 2")


def with_cranes(terminal: Terminal, cranes: int, *, at_ends: bool) -> Terminal:
    """The same blocks, turned to be served at their ends when wanted, with so many cranes on each rail."""
    blocks = terminal.blocks
    if at_ends:
        blocks = tuple(turned(block, number) for number, block in enumerate(blocks))
    names = tuple(YardCrane(f"Y{block.id}{n}", block.id) for block in blocks for n in range(cranes))
    return replace(terminal, blocks=blocks, yard_cranes=names)


def turned(block: YardBlock, number: int) -> YardBlock:
    return replace(block, x_mm=60_000 + 36_000 * number, y_mm=140_000, bays_along_quay=False)


@cache
def yard(where: str) -> Layout:
    """Two small blocks with several cranes each. "one end": trucks come to one stand a block only, at the water's end,
    to which no crane carries the farthest boxes alone."""
    side, _, cranes = where.partition(", ")
    terminal = with_cranes(small_layout().terminal, int(cranes), at_ends=side != "beside")
    layout = lay_out(terminal, plan=Plan(chargers=1, parking=2, gate_lanes=1))
    return with_one_end(layout) if side == "one end" else layout


def with_one_end(layout: Layout) -> Layout:
    segments = tuple(s for s in layout.segments if s.stand is None or not s.stand.block or s.id.endswith("WEp"))
    runways = tuple(replace(runway, until_mm=runway.until_mm - 30_000) for runway in layout.runways)
    return replace(layout, segments=segments, runways=runways)


def standing() -> YardInventory:
    """In each block six stacks of three 40 ft boxes, spread from one end to the other."""
    return YardInventory.of(
        YardBox(ContainerId(f"{block}-{stack}-{tier}"), YardPosition(block, 2 + 4 * stack, 1 + stack, tier))
        for block in ("B01", "B02")
        for stack in range(6)
        for tier in (1, 2, 3)
    )


def visit(number: int, at_s: int, takes: ContainerId | None, length_ft: int) -> RoadVisit:
    brought = Brought(ContainerId(f"NEW{number}"), length_ft, 20_000) if length_ft else None
    return RoadVisit(f"V{number}", 1_000 * at_s, brought, takes)


@st.composite
def days_of_visits(draw: st.DrawFn) -> list[RoadVisit]:
    takes = draw(st.lists(st.sampled_from([box.id for box in standing()]), unique=True, min_size=1, max_size=14))
    return [
        visit(number, draw(st.integers(0, 1_800)), box, draw(st.sampled_from([0, 20, 40])))
        for number, box in enumerate(takes)
    ]


def day(where: str, visits: list[RoadVisit], often: Reliability | None = None) -> list[RunEvent]:
    twin = Twin(yard(where), Settings(), Fleet(trucks=1, yard_crane_reliability=often), seed=1)
    twin.control.take_stock(standing())
    twin.visitors.expect(visits)
    twin.run(6 * HOUR_MS)
    return twin.log.events


def waves(events: list[RunEvent], reason: str) -> int:
    return sum(isinstance(event, JobGiven) and str(event.reason).startswith(reason) for event in events)


@pytest.mark.parametrize("where", PLACES)
@settings(max_examples=8)
@given(visits=days_of_visits())
def test_all_visits_end_and_the_cranes_keep_apart(where: str, visits: list[RoadVisit]) -> None:
    events = day(where, visits)
    assert [str(finding) for finding in judge_run(events, yard(where)).findings] == []
    assert sum(isinstance(event, TruckLeft) for event in events) == len(visits)


@settings(max_examples=6)
@given(where=st.sampled_from(PLACES), visits=days_of_visits())
def test_with_cranes_that_break_down_too(where: str, visits: list[RoadVisit]) -> None:
    events = day(where, visits, Reliability(between_h=0.5, repair_min=5))
    assert [str(finding) for finding in judge_run(events, yard(where)).broken] == []
    assert sum(isinstance(event, TruckLeft) for event in events) == len(visits)


@pytest.mark.parametrize("where", PLACES)
def test_the_yards_are_sound(where: str) -> None:
    assert [str(finding) for finding in judge_layout(yard(where))] == []


def test_one_crane_makes_way_for_the_other() -> None:
    far = [visit(n, 60 * n, ContainerId(f"B01-{stack}-3"), 0) for n, stack in enumerate((0, 1, 5, 4, 2, 3))]
    assert waves(day("beside, 2", far), "makes way for YB01") > 0


def test_a_box_no_crane_carries_all_the_way_is_handed_over_half_way() -> None:
    events = day("one end, 2", [visit(1, 0, ContainerId("B01-5-3"), 0)])
    lifts = [event.crane for event in events if isinstance(event, BoxesLanded)]
    assert lifts == ["YB011", "YB010"]
    assert waves(events, "the other crane takes it on") == 1


def test_a_reefer_for_a_rack_beyond_one_crane_is_brought_there_by_the_other() -> None:
    layout = yard("one end, 2")
    blocks = tuple(replace(block, plug_bays=(23,) if block.id == "B01" else ()) for block in layout.terminal.blocks)
    layout = replace(layout, terminal=replace(layout.terminal, blocks=blocks))
    twin = Twin(layout, Settings(), Fleet(trucks=1))
    twin.control.take_stock(standing())
    twin.visitors.expect([RoadVisit("V1", 0, Brought(ContainerId("COLD"), 40, 9_000, needs_plug=True))])
    twin.run(HOUR_MS)
    place = twin.control.desk.board.boxes[ContainerId("COLD")]
    assert isinstance(place, YardPosition)
    assert (place.block, place.bay) == ("B01", 22)
    assert waves(twin.log.events, "a reefer without a plug") == 1
    assert judge_run(twin.log.events, layout).broken == ()


@pytest.mark.parametrize(("cranes", "at_ends"), [(2, False), (1, True), (2, True)])
def test_a_call_is_worked_end_to_end(cranes: int, at_ends: bool) -> None:
    call, plan = planned()
    layout = lay_out(with_cranes(call.terminal, cranes, at_ends=at_ends))
    twin = Twin(layout, Settings(), Fleet(trucks=8))
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    events = run_to_end(twin)
    assert [str(finding) for finding in judge_run(events, layout, [(call, plan)]).findings] == []


def test_the_other_crane_serves_the_block_of_one_that_is_out_of_service() -> None:
    twin = Twin(yard("beside, 2"), Settings(), Fleet(trucks=1))
    twin.control.take_stock(standing())
    twin.hear(MachineStopped(0, "YB010", "fault"))
    twin.visitors.expect([visit(1, 60, ContainerId("B01-5-3"), 0), visit(2, 60, ContainerId("B01-4-3"), 0)])
    twin.run(HOUR_MS)
    assert sum(isinstance(event, TruckLeft) for event in twin.log.events) == 2
    assert {event.crane for event in twin.log.events if isinstance(event, BoxesLanded)} == {"YB011"}
    twin.hear(MachineResumed(twin.now_ms, "YB010"))
    assert judge_run(twin.log.events, yard("beside, 2")).is_good


def test_boxes_come_into_no_block_without_a_crane_in_service() -> None:
    twin = Twin(yard("ends, 1"), Settings(), Fleet(trucks=1))
    twin.control.take_stock(standing())
    twin.hear(MachineStopped(0, "YB010", "fault"))
    twin.visitors.expect([visit(n, 60 * n, None, 40) for n in range(6)])
    twin.run(HOUR_MS)
    places = [place for box, place in twin.control.desk.board.boxes.items() if box.startswith("NEW")]
    assert len(places) == 6
    assert all(isinstance(place, YardPosition) and place.block == "B02" for place in places)
    assert not any(isinstance(place, Aboard) for place in places)


def test_a_truck_on_its_way_to_a_block_that_goes_out_of_service_turns_off() -> None:
    twin = Twin(yard("ends, 1"), Settings(), Fleet(trucks=1))
    twin.control.take_stock(standing())
    twin.visitors.expect([visit(1, 0, None, 40)])
    board = twin.control.desk.board
    while not board.goes_to:
        twin.run(twin.now_ms + 1_000)
    (first,) = board.goes_to.values()
    crane = next(crane.id for crane in board.yard_cranes.values() if crane.block == first.block)
    twin.hear(MachineStopped(twin.now_ms, crane, "fault"))
    twin.run(HOUR_MS)
    place = board.boxes[ContainerId("NEW1")]
    assert isinstance(place, YardPosition)
    assert place.block != first.block
    reasons = [str(event.reason) for event in twin.log.events if isinstance(event, TripBooked)]
    assert any(f"no crane in service comes over block {first.block}" in reason for reason in reasons)
    assert judge_run(twin.log.events, yard("ends, 1")).is_good


def test_a_reefer_keeps_to_plugs() -> None:
    layout = small_layout()
    blocks = tuple(replace(block, plug_bays=(3, 11)) for block in layout.terminal.blocks)
    layout = lay_out(replace(layout.terminal, blocks=blocks), plan=Plan(chargers=1, parking=2, gate_lanes=1))
    wanted = YardBox(ContainerId("DRY"), YardPosition("B01", 2, 1, 1))
    reefer = YardBox(ContainerId("COLD"), YardPosition("B01", 2, 1, 2), needs_plug=True)
    twin = Twin(layout, Settings(rehandle_bays=4), Fleet(trucks=1))
    twin.control.take_stock(YardInventory.of([wanted, reefer]))
    twin.visitors.expect([visit(1, 0, wanted.id, 0)])
    twin.run(HOUR_MS)
    place = twin.control.desk.board.boxes[reefer.id]
    assert isinstance(place, YardPosition)
    assert place.bay in (2, 10)
    assert place.row != 1
