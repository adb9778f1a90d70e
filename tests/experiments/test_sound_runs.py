"""What cannot be run is refused before anything moves, with the place named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.twin.test_twin import its_layout, planned

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.experiments.sound_runs import refuse_nonsense


def test_a_sound_call_is_not_refused() -> None:
    call, plan = planned()
    refuse_nonsense(call, plan, its_layout())


def test_a_ship_longer_than_the_quay_is_refused() -> None:
    call, plan = planned()
    long = replace(call, vessel=replace(call.vessel, length_mm=2_000_000))
    with pytest.raises(DataError, match=r"2,000.0 m long") as told:
        refuse_nonsense(long, plan, its_layout())
    assert told.value.place == "quay"


def test_two_quay_cranes_in_one_place_are_refused() -> None:
    call, plan = planned()
    with pytest.raises(DataError, match="LAYOUT-CRANES"):
        refuse_nonsense(call, plan, in_one_place(its_layout()))


def in_one_place(layout: Layout) -> Layout:
    cranes = tuple(replace(crane, x_mm=layout.terminal.quay_cranes[0].x_mm) for crane in layout.terminal.quay_cranes)
    return replace(layout, terminal=replace(layout.terminal, quay_cranes=cranes))


def test_a_lane_that_leads_nowhere_is_refused_with_its_segment() -> None:
    call, plan = planned()
    layout = its_layout()
    in_junctions = {name for junction in layout.junctions for name in junction.segments}
    gone = next(s for s in layout.segments if s.id not in in_junctions and s.stand is None)
    trap = replace(layout, segments=tuple(segment for segment in layout.segments if segment.id != gone.id))
    with pytest.raises(DataError, match="breaks LAYOUT-") as told:
        refuse_nonsense(call, plan, trap)
    assert told.value.place


def test_more_boxes_than_slots_are_refused() -> None:
    call, plan = planned()
    layout = its_layout()
    with pytest.raises(DataError, match="slots of 20 ft") as told:
        refuse_nonsense(crowded(call, layout), plan, layout)
    assert told.value.place == "yard"


def crowded(call: VesselCall, layout: Layout) -> VesselCall:
    """Every slot of every block taken."""
    boxes = [box for block in layout.terminal.blocks for box in filled(block)]
    return replace(call, yard=YardInventory(tuple(boxes)))


def filled(block: YardBlock) -> list[YardBox]:
    places = [
        YardPosition(block.id, 2 * bay + 1, row + 1, tier + 1)
        for bay in range(block.bays)
        for row in range(block.rows)
        for tier in range(block.tiers)
    ]
    return [YardBox(ContainerId(f"{block.id}{n:07}"), place, length_ft=20) for n, place in enumerate(places)]
