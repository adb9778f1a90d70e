"""The yard in the middle of a year of demand."""

from __future__ import annotations

import pytest

from cabria.domain.errors import DataError
from cabria.experiments.demand.first_yard import yard_at
from cabria.experiments.demand.generate import make_demand
from cabria.experiments.demand.profile import chancay_demand
from cabria.experiments.demand.tables import DAY_S
from cabria.experiments.layouts import chancay_layout, small_layout


def test_all_boxes_that_are_there_stand_in_the_yard_and_reefers_beside_plugs() -> None:
    demand = make_demand(chancay_demand(300_000, 60), seed=2)
    terminal = chancay_layout().terminal
    yard = yard_at(demand, terminal, 30 * DAY_S)
    assert len(yard) == demand.stock_by_hour()[30 * 24]
    needs_plug = demand.of_variants("needs_plug")
    reefers = {demand.boxes.number[row].decode() for row in range(len(demand.boxes)) if needs_plug[row]}
    plugs = {block.id: set(block.plug_bays) for block in terminal.blocks}
    for box in yard:
        block = terminal.block(box.position.block)
        assert block is not None
        assert block.has(box.position)
        bays = {*box.position.odd_bays, box.position.bay}
        assert box.id not in reefers or bays & plugs[block.id] or {b + 2 for b in bays} & plugs[block.id]
    assert {box.outbound for box in yard} > {"truck"}


def test_a_yard_too_small_for_its_boxes_is_refused() -> None:
    demand = make_demand(chancay_demand(300_000, 60), seed=2)
    with pytest.raises(DataError, match="no room"):
        yard_at(demand, small_layout().terminal, 30 * DAY_S)
