"""A real ship with her real bay plan, a real instruction, and a made ship with tanks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.planning.stowage.ships_by_hand import judged

from cabria.adapters.edi import load, read_bay_plan, read_instruction
from cabria.adapters.files.profiles import load_profile
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Port
from cabria.domain.findings import Cause, Severity
from cabria.experiments.calls import make_call
from cabria.experiments.real_calls import call_of_instruction, call_of_ship
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.stowage.problem import StowageProblem, StowageSolution
from cabria.planning.stowage.solve import solve

PERSON = {"DG-CATEGORY", "DG-UNKNOWN", "DG-OPEN"}
"""What only a person can judge."""


def stow(call: VesselCall, iterations: int) -> StowageSolution:
    return solve(StowageProblem.of(call), MaxIterations(iterations)).plan


def unsafe(call: VesselCall, solution: StowageSolution) -> list[str]:
    return [
        str(finding)
        for finding in judged(call, solution).findings
        if finding.cause is Cause.PLAN
        and finding.severity in (Severity.HARD, Severity.SAFETY)
        and finding.rule not in PERSON
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_made_call_is_loaded_safely_and_but_for_stopped_boxes_wholly(seed: int) -> None:
    call = make_call(moves=700, teu=3_000, seed=seed)
    solution = stow(call, 600_000)
    assert unsafe(call, solution) == []
    stopped = [load for load in call.loads if load.holds or (load.is_full and not load.mass_is_verified)]
    assert set(solution.refused) == {load.id for load in stopped}
    assert solution.tank_contents_kg is not None


def test_no_stack_hides_the_sea_from_a_low_bridge() -> None:
    made = make_call(moves=700, teu=3_000, seed=3)
    assert made.vessel.bridge is not None
    low = replace(made.vessel.bridge, eye_vcg_mm=made.vessel.bridge.eye_vcg_mm - 4_000)
    call = replace(made, vessel=replace(made.vessel, bridge=low))
    assert unsafe(call, stow(call, 300_000)) == []


@pytest.mark.shared_data
def test_nine_hundred_boxes_find_a_place_on_a_real_ship(shared_data: Path) -> None:
    message = read_bay_plan(load(shared_data / "edi" / "baplie_95b_smdg20_2799_boxes.edi"), file="f")
    vessel = load_profile(shared_data / "stowage" / "vessel_profiles" / "OOL.OBEI.OOCL_BEIJING_STAF.txt")
    call = call_of_ship(vessel, message.bay_plan(), discharged=[Port("TWKHH"), Port("HKHKG")], loads=900, seed=1)
    solution = stow(call, 2_000_000)
    assert len(solution.loads) == 900
    assert unsafe(call, solution) == []


@pytest.mark.shared_data
def test_every_slot_of_a_real_instruction_holds_its_class(shared_data: Path) -> None:
    message = read_instruction(load(shared_data / "edi" / "movins_95b_smdg20_449_slots.edi"), file="f")
    rotation = [Port("GTSTC"), Port("USGLC"), Port("USBAL")]
    call = call_of_instruction(message.instructions, port=Port("CRMOB"), rotation=rotation, seed=1)
    solution = stow(call, 1_000)
    assert set(solution.loads.values()) == {instruction.position for instruction in call.instructions}
    findings = judged(call, solution).findings
    assert not [f for f in findings if f.rule.startswith("INSTRUCTION") or f in judged(call, solution).hard_by_plan]
