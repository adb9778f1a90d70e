"""Quay cranes without work: they are sent where there is room, and a call that leaves them none is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import its_layout, planned, run_to_end

from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.stowage import BayPlan
from cabria.domain.terminal import QuayCrane
from cabria.operations.berthing import standing_ready
from cabria.operations.crane_order import gap_mm
from cabria.operations.settings import Settings
from cabria.referee.layout import judge_layout
from cabria.referee.run import judge_run
from cabria.twin.twin import Fleet, Twin


def with_idle(before: int, behind: int) -> Layout:
    """The call's layout with cranes before and behind its two."""
    layout = its_layout()
    own = sorted(layout.terminal.quay_cranes, key=lambda crane: crane.x_mm)
    gap = gap_mm(layout.terminal)
    idle = [QuayCrane(f"W{n}", own[0].x_mm - n * gap) for n in range(1, before + 1)]
    idle += [QuayCrane(f"E{n}", own[-1].x_mm + n * gap) for n in range(1, behind + 1)]
    return replace(layout, terminal=replace(layout.terminal, quay_cranes=(*own, *idle)))


def at(x_mm: int) -> VesselCall:
    """The call with its ship's bow at a place, seen from which the bays lie along the quay."""
    return replace(planned()[0], berth_x_mm=x_mm)


@settings(max_examples=5)
@given(before=st.integers(0, 3), behind=st.integers(0, 3))
def test_cranes_without_work_make_way(before: int, behind: int) -> None:
    call, plan, layout = at(700_000), planned()[1], with_idle(before, behind)
    ready = standing_ready(layout, call, plan)
    twin = Twin(ready, Settings(), Fleet(trucks=8))
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    events = run_to_end(twin)
    assert [str(finding) for finding in judge_run(events, ready, [(call, plan)]).findings] == []


@settings(max_examples=10)
@given(before=st.integers(0, 3), behind=st.integers(0, 3))
def test_cranes_stand_ready_in_their_order_and_apart(before: int, behind: int) -> None:
    layout = with_idle(before, behind)
    order = [crane.id for crane in sorted(layout.terminal.quay_cranes, key=lambda crane: crane.x_mm)]
    ready = standing_ready(layout, at(700_000), planned()[1])
    assert [crane.id for crane in sorted(ready.terminal.quay_cranes, key=lambda crane: crane.x_mm)] == order
    assert not [f for f in judge_layout(ready) if f.rule in ("LAYOUT-CRANES", "LAYOUT-RAIL")]


def test_a_call_that_leaves_idle_cranes_no_room_is_refused_with_the_place() -> None:
    layout = with_idle(before=2, behind=0)
    twin = Twin(layout, Settings(), Fleet(trucks=2))
    with pytest.raises(
        DataError, match=r"QC1 cannot stand over bay \d\d of .*: with W2, W1 beside it on the rail"
    ) as at_all:
        twin.control.berth(at(0), planned()[1])
    assert at_all.value.place.startswith("bay ")
    assert not twin.control.desk.board.calls
    assert all(type(event).__name__ != "ShipBerthed" for event in twin.log.events)


def test_a_ship_off_the_rail_is_refused() -> None:
    twin = Twin(its_layout(), Settings(), Fleet(trucks=2))
    with pytest.raises(DataError, match=r"its rail leads from 0\.0 to 1,500\.0 m"):
        twin.control.berth(at(1_510_000), planned()[1])


def test_a_crane_that_is_not_there_is_named() -> None:
    call, plan = planned()
    twin = Twin(its_layout(), Settings(), Fleet(trucks=2))
    stranger = replace(plan, queues=(replace(plan.queues[0], crane="QC9"), *plan.queues[1:]))
    with pytest.raises(DataError, match="work for quay crane QC9, which the terminal does not have"):
        twin.control.berth(call, stranger)


def test_a_crane_at_work_at_another_ship_is_named() -> None:
    call, plan = planned()
    twin = Twin(its_layout(), Settings(), Fleet(trucks=2))
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    with pytest.raises(DataError, match="is under way"):
        twin.control.berth(call, plan)
    with pytest.raises(DataError, match="comes aboard in slot"):
        twin.control.berth(replace(call, id="NEXT"), plan)
    with pytest.raises(DataError, match="QC1 still works call"):
        twin.control.berth(replace(call, id="NEXT", arrival=BayPlan()), plan)
