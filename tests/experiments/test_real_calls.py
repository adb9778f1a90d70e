"""Calls around real files: nothing aboard is changed but what leaves here, and each asked slot has a box that fits."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.edi import load, read_bay_plan, read_instruction
from cabria.adapters.files.call_folder import read_call, write_call
from cabria.adapters.files.profiles import load_profile
from cabria.domain.calls import SlotInstruction
from cabria.domain.containers import Port, SizeType
from cabria.domain.findings import Severity
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.experiments.real_calls import call_of_instruction, call_of_ship, ship_around
from cabria.experiments.tiny import tiny_call
from cabria.referee.judge import judge

HERE, NEXT, LAST = Port("CRMOB"), Port("GTSTC"), Port("USGLC")

slots = st.builds(
    SlotInstruction,
    st.builds(
        StowPosition,
        st.sampled_from([2, 6, 10]),
        st.integers(0, 4),
        st.sampled_from([2, 4, 6, 82, 84, 86]),
    ),
    st.none() | st.sampled_from(["42G1", "45R1"]).map(SizeType.parse),
    st.none() | st.sampled_from([NEXT, LAST]),
    st.none() | st.integers(5_000, 28_000),
)
instructions = st.lists(slots, min_size=1, max_size=12, unique_by=lambda slot: slot.position)


@given(instructions)
def test_each_slot_of_an_instruction_gets_a_box_of_its_class_and_none_hangs(asked: list[SlotInstruction]) -> None:
    asked = [replace(slot, is_reefer=bool(slot.size_type and slot.size_type.code == "45R1")) for slot in asked]
    call = call_of_instruction(asked, port=HERE, rotation=[NEXT, LAST], seed=1, blocks=1)
    assert len(call.loads) == len(asked)
    for slot, box in zip(asked, call.loads, strict=True):
        assert slot.size_type in (None, box.size_type)
        assert slot.pod in (None, box.pod)
        assert slot.gross_mass_kg is None or abs(slot.gross_mass_kg - box.gross_mass_kg) <= 3_000
    plan = LoadingPlan(call.id, loads={box.id: slot.position for slot, box in zip(asked, call.loads, strict=True)})
    rules = {f.rule for f in judge(call, plan).findings if f.severity is Severity.HARD}
    assert rules & {"POS-SLOT", "POS-SUPPORT", "POS-CELL", "REEFER-PLUG"} == set()


def test_a_ship_is_built_from_the_lowest_tier_of_each_level() -> None:
    ship = ship_around([SlotInstruction(StowPosition(6, 2, 4)), SlotInstruction(StowPosition(6, 1, 82)),
                        SlotInstruction(StowPosition(6, 2, 86))])  # fmt: skip
    [bay] = ship.bays
    assert {(stack.row, stack.level.value): [cell.tier for cell in stack.cells] for stack in bay.stacks} == {
        (1, "deck"): [82],
        (2, "deck"): [82, 84, 86],
        (2, "hold"): [4],
    }
    assert len(ship.hatch_covers) == 1


def test_cargo_for_every_discharged_port_leaves_here_and_the_rest_is_as_it_was() -> None:
    tiny = tiny_call()
    call = call_of_ship(tiny.vessel, tiny.arrival, discharged=[Port("ECPSJ"), Port("PECHY")], loads=3, seed=1, blocks=1)
    assert (call.port, call.rotation) == ("ECPSJ", ("CNSHA",))
    assert len(call.discharges) == 3
    assert list(call.remaining) == [s for s in tiny.arrival if s.container.pod == "CNSHA"]
    assert not {box.id for box in call.loads} & set(tiny.arrival.by_container)


@pytest.mark.shared_data
def test_a_real_ship_can_be_worked_at_two_of_her_ports(shared_data: Path) -> None:
    message = read_bay_plan(load(shared_data / "edi" / "baplie_95b_smdg20_2799_boxes.edi"), file="f")
    vessel = load_profile(shared_data / "stowage" / "vessel_profiles" / "OOL.OBEI.OOCL_BEIJING_STAF.txt")
    call = call_of_ship(vessel, message.bay_plan(), discharged=[Port("TWKHH"), Port("HKHKG")], loads=900, seed=1)
    assert (len(call.arrival), len(call.discharges), len(call.loads)) == (2_799, 473 + 258, 900)
    assert all(vessel.place(stowed.position) for stowed in call.arrival)


@pytest.mark.shared_data
def test_a_real_instruction_becomes_a_call_folder(shared_data: Path, tmp_path: Path) -> None:
    message = read_instruction(load(shared_data / "edi" / "movins_95b_smdg20_449_slots.edi"), file="f")
    call = call_of_instruction(message.instructions, port=HERE, rotation=[NEXT, LAST, Port("USBAL")], seed=1)
    assert len(call.loads) == 449
    asked = Counter((slot.size_type, slot.pod) for slot in call.instructions)
    assert asked == Counter((box.size_type, box.pod) for box in call.loads)
    write_call(call, tmp_path / "call")
    assert replace(read_call(tmp_path / "call"), findings=()) == call
