"""Calls as others have them: other blocks, two cranes a block, many ports, boxes and slots of which little is known."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from cabria.adapters.files.call_folder import read_call, write_call
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Port
from cabria.domain.terminal import YardCrane
from cabria.domain.yard import YardBlock, YardInventory
from cabria.experiments.calls import make_call
from cabria.planning.loading.problem import EFFORTS, LoadingProblem
from cabria.planning.loading.result import PlannedCall
from cabria.planning.loading.solve import solve

SHORT = replace(
    EFFORTS["quick"], stowage_iterations_a_load=200, crane_iterations=20_000, yard_iterations_a_load=200,
    with_baselines=False,
)  # fmt: skip


@pytest.fixture(scope="module")
def call() -> VesselCall:
    return make_call(moves=240, teu=2_000, seed=8)


def planned(call: VesselCall) -> PlannedCall:
    result = solve(LoadingProblem(call), params=SHORT, wall=time.perf_counter, cpu=time.process_time)
    assert [str(finding) for finding in result.judgement.hard_by_plan] == []
    assert set(result.plan.loads) | set(result.plan.refused) == set(call.load_by_id)
    return result


def test_a_block_of_34_bays_10_rows_6_tiers_with_two_cranes(call: VesselCall) -> None:
    blocks = tuple(YardBlock(f"N{n}", 34, 10, 6, x_mm=300_000 * n, y_mm=100_000) for n in range(3))
    cranes = tuple(YardCrane(f"{block.id}-{side}", block.id) for block in blocks for side in "LS")
    places = (
        (block.id, bay, row, tier)
        for block in blocks
        for row in range(1, 11)
        for bay in range(2, 66, 4)
        for tier in range(1, 5)
    )
    boxes = []
    for box in call.yard:
        if box.id in call.load_by_id and box.length_ft > 20:
            block, bay, row, tier = next(places)
            boxes.append(replace(box, position=type(box.position)(block, bay, row, tier)))
    terminal = replace(call.terminal, blocks=blocks, yard_cranes=cranes)
    result = planned(replace(call, terminal=terminal, yard=YardInventory.of(boxes)))
    assert {move.source.block for move in result.plan.yard_moves} <= {block.id for block in blocks}
    assert result.estimates["crane waiting min"] >= 0


def test_boxes_of_which_no_yard_position_is_known_are_loaded_and_named(call: VesselCall) -> None:
    known = [box for number, box in enumerate(call.yard) if box.id not in call.load_by_id or number % 3]
    lowest = [box for box in known if box.position.tier == 1]
    result = planned(replace(call, yard=YardInventory.of(lowest)))
    absent = [finding for finding in result.judgement.findings if finding.rule == "YARD-ABSENT"]
    standing = {box.id for box in lowest}
    assert {finding.container for finding in absent} == set(result.plan.loads) - standing
    assert {move.container for move in result.plan.yard_moves if not move.is_dig} == set(result.plan.loads) & standing


def test_no_yard_at_all_and_no_trucks(call: VesselCall) -> None:
    terminal = replace(call.terminal, yard_cranes=(), trucks=0)
    result = planned(replace(call, yard=YardInventory(), terminal=terminal))
    assert result.plan.yard_moves == ()
    assert result.estimates["yard crane km"] == 0


@pytest.mark.parametrize("count", [3, 62])
def test_ports_from_3_to_62(call: VesselCall, count: int) -> None:
    spare = [Port(f"ZZ{n // 26:01}{chr(65 + n % 26)}A") for n in range(count)]
    ports = [*dict.fromkeys(box.pod for box in call.loads), *dict.fromkeys(box.pod for box, _ in call.remaining)]
    rotation = tuple(dict.fromkeys(ports)) if count == 3 else tuple(dict.fromkeys([*ports, *spare]))[:count]
    loads = tuple(replace(box, pod=rotation[n % min(count, len(rotation))]) for n, box in enumerate(call.loads))
    result = planned(replace(call, rotation=rotation, loads=loads))
    assert result.judgement.figures.loaded > 0


def test_boxes_without_dangerous_goods_data_and_a_ship_without_weight_limits(call: VesselCall) -> None:
    vessel = call.vessel
    bays = tuple(
        replace(
            bay,
            stacks=tuple(replace(stack, max_weight_20_kg=None, max_weight_40_kg=None) for stack in bay.stacks),
        )
        for bay in vessel.bays
    )
    loads = tuple(replace(box, dangerous=()) for box in call.loads)
    assert planned(replace(call, vessel=replace(vessel, bays=bays), loads=loads)).plan.loads


def test_a_carrier_that_names_no_weights_for_its_slots(call: VesselCall, tmp_path: Path) -> None:
    """Through the folder, as somebody else's data come."""
    asked = make_call(moves=240, teu=2_000, seed=8, has_instructions=True)
    unweighed = tuple(replace(slot, gross_mass_kg=None) for slot in asked.instructions)
    write_call(replace(asked, instructions=unweighed), tmp_path / "call")
    result = planned(read_call(tmp_path / "call"))
    at = {position: result.call.load_by_id[box] for box, position in result.plan.loads.items()}
    assert len(at) > 0.9 * len(unweighed)
    assert {slot.gross_mass_kg for slot in result.call.instructions} == {None}
    asked_for = {slot.position: (slot.pod, slot.size_type) for slot in unweighed}
    assert {position: (box.pod, box.size_type) for position, box in at.items()}.items() <= asked_for.items()
