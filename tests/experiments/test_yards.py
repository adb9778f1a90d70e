"""Made yards: as full as asked, every load in them once, reefers no higher than their racks, never quite in order."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.containers import Container, Port
from cabria.domain.errors import DataError
from cabria.experiments.cargo import EXPORTS, container_numbers, make_cargo
from cabria.experiments.terminals import REEFER_TIERS, make_terminal
from cabria.experiments.yards import make_yard


def cargo(count: int, seed: int) -> list[Container]:
    random = Random(seed)
    numbers = container_numbers(random)
    ports = {Port("CNSHA"): 1.0, Port("JPYOK"): 1.0}
    return make_cargo(EXPORTS, count, pol={Port("PECHY"): 1.0}, pod=ports, numbers=numbers, random=random)


@settings(max_examples=15)
@given(count=st.integers(0, 600), fill=st.floats(0.3, 0.55), seed=st.integers(0, 10**6))
def test_a_made_yard_holds_every_load_and_is_as_full_as_asked(count: int, fill: float, seed: int) -> None:
    terminal, loads = make_terminal(blocks=1), cargo(count, seed)
    yard = make_yard(
        terminal, loads, call_id="ME", fill=fill, numbers=container_numbers(Random(seed + 1)), random=Random(seed)
    )
    mine = {box.id for box in yard if box.outbound == "ME"}
    assert mine == {box.id for box in loads}
    teu = sum(1 if box.length_ft == 20 else 2 for box in yard)
    wanted = fill * sum(block.slots for block in terminal.blocks)
    assert teu >= 0.97 * wanted
    assert teu <= max(wanted, sum(box.size_type.teu for box in loads) * 1.2) + 10
    cold = [yard.by_container[box.id].position for box in loads if box.needs_plug]
    assert all(at.tier <= REEFER_TIERS for at in cold)


def test_stacks_are_mostly_of_one_port_and_never_all() -> None:
    loads = cargo(900, 3)
    yard = make_yard(
        make_terminal(blocks=1), loads, call_id="ME", fill=0.7, numbers=container_numbers(Random(4)), random=Random(5)
    )
    pods = {box.id: box.pod for box in loads}
    high = [stack for stack in yard.stacks.values() if len(stack) > 1 and stack[0].id in pods]
    pure = sum(len({pods.get(box.id) for box in stack}) == 1 for stack in high)
    assert 0.5 < pure / len(high) < 0.95


def test_more_reefers_than_racks_are_refused_where_racks_are_all_there_is() -> None:
    cold = [box for box in cargo(9_000, 1) if box.needs_plug and not box.is_20]
    terminal = make_terminal(blocks=1)
    with pytest.raises(DataError, match="too small"):
        make_yard(terminal, cold, call_id="ME", fill=0.1, numbers=container_numbers(Random(1)), random=Random(1))
