"""Made calls: ships that the referee finds legal on arrival, yards that stand, and the same call for the same seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.call_folder import read_call
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.findings import Cause, Severity
from cabria.domain.plan import LoadingPlan
from cabria.experiments.calls import PORT, ROTATION, SCENARIOS, make_call, make_scenario, reference_call
from cabria.experiments.tiny import tiny_call
from cabria.referee.judge import judge
from cabria.referee.judgement import Judgement


@pytest.fixture(scope="module")
def reference() -> VesselCall:
    return reference_call()


def on_arrival(call: VesselCall) -> Judgement:
    """What the referee says before anything is loaded."""
    return judge(call, LoadingPlan(call.id, loads={}, refused={box.id: "not planned" for box in call.loads}))


def hard_on_arrival(call: VesselCall) -> list[str]:
    found = on_arrival(call).findings
    return [str(f) for f in found if f.severity is Severity.HARD and f.cause is Cause.ARRIVAL]


def test_the_reference_call_has_the_size_that_is_told(reference: VesselCall) -> None:
    assert reference.vessel.capacity_teu == pytest.approx(18_000, abs=2)
    assert (len(reference.discharges), len(reference.loads)) == (4_000, 5_000)
    assert reference.rotation == ROTATION
    assert {box.pod for box in reference.loads} == set(ROTATION)
    assert len(reference.terminal.quay_cranes) == 6
    assert sum(block.slots for block in reference.terminal.blocks) == 45_000
    teu_aboard = sum(stowed.container.size_type.teu for stowed in reference.arrival)
    assert 0.6 < teu_aboard / reference.vessel.capacity_teu < 0.7
    teu_ashore = sum(1 if box.length_ft == 20 else 2 for box in reference.yard)
    assert 0.6 < teu_ashore / 45_000 < 0.65


def test_the_reference_ship_arrives_legal_and_afloat(reference: VesselCall) -> None:
    assert hard_on_arrival(reference) == []
    floating = on_arrival(reference).arrival
    limits = reference.vessel.limits
    assert floating.gm_mm is not None
    assert floating.trim_mm is not None
    assert floating.list_mdeg is not None
    assert floating.draught_mm is not None
    assert floating.gm_mm > (limits.min_gm_mm or 0)
    assert abs(floating.trim_mm) < 100
    assert abs(floating.list_mdeg) < 50
    assert floating.draught_mm < (limits.max_draught_mm or 0)
    for station, bending_kg_m in zip(reference.vessel.stations, floating.bending_kg_m, strict=True):
        assert (station.min_bending_kg_m or 0) <= bending_kg_m <= (station.max_bending_kg_m or 0)


def test_the_reference_ship_has_few_overstows_and_both_holds_and_decks_to_work(reference: VesselCall) -> None:
    assert 0 < on_arrival(reference).figures.overstows_on_arrival < 0.01 * len(reference.arrival)
    levels = Counter(place.stack.level for s in reference.discharges if (place := reference.vessel.place(s.position)))
    assert min(levels.values()) > 1_000


def test_some_loads_of_the_reference_must_stay_ashore(reference: VesselCall) -> None:
    assert sum(bool(box.holds) for box in reference.loads) == 8
    assert sum(not box.mass_is_verified for box in reference.loads) == 10


def test_every_load_of_the_reference_stands_in_the_yard_and_reefers_on_racks(reference: VesselCall) -> None:
    racks = {block.id: set(block.plug_bays) for block in reference.terminal.blocks}
    for box in reference.loads:
        at = reference.yard.by_container[box.id].position
        assert not box.needs_plug or set(at.odd_bays) & racks[at.block]


def test_reefers_of_the_reference_find_plugs(reference: VesselCall) -> None:
    staying = sum(stowed.container.needs_plug for stowed in reference.remaining)
    live = sum(box.needs_plug for box in reference.loads)
    assert 700 <= live <= 900
    assert live + staying <= reference.vessel.plugs


@settings(max_examples=6)
@given(moves=st.integers(10, 400), teu=st.integers(1_200, 5_000), seed=st.integers(0, 10**6))
def test_a_made_ship_arrives_legal_and_its_call_has_the_moves_that_were_asked(moves: int, teu: int, seed: int) -> None:
    call = make_call(moves=moves, teu=teu, seed=seed, blocks=1)
    assert len(call.discharges) + len(call.loads) == moves
    assert hard_on_arrival(call) == []
    assert all(call.terminal.blocks[0].has(box.position) for box in call.yard)


def test_the_same_seed_makes_the_same_call() -> None:
    assert make_call(moves=100, teu=1_500, seed=5, blocks=1) == make_call(moves=100, teu=1_500, seed=5, blocks=1)
    assert make_call(moves=100, teu=1_500, seed=5, blocks=1) != make_call(moves=100, teu=1_500, seed=6, blocks=1)


def test_instructions_name_free_slots_and_classes_of_the_load_list() -> None:
    call = make_call(moves=400, teu=3_000, seed=1, blocks=1, has_instructions=True)
    taken = {stowed.position for stowed in call.remaining}
    assert len(call.instructions) > 0.9 * len(call.loads)
    assert not taken & {slot.position for slot in call.instructions}
    asked = Counter((slot.size_type, slot.pod) for slot in call.instructions)
    offered = Counter((box.size_type, box.pod) for box in call.loads)
    assert asked <= offered


@pytest.mark.parametrize(("moves", "teu"), [(9_000, 2_000), (1, 2_000), (500, 500)])
def test_a_call_that_no_ship_can_have_is_refused(moves: int, teu: int) -> None:
    with pytest.raises(DataError):
        make_call(moves=moves, teu=teu, seed=1)


def test_a_scenario_is_written_as_a_folder_that_reads_back(tmp_path: Path) -> None:
    make_scenario("made", tmp_path / "made", moves=800, teu=3_000, seed=2)
    call = read_call(tmp_path / "made")
    assert (len(call.discharges) + len(call.loads), call.port) == (800, PORT)
    make_scenario("tiny", tmp_path / "tiny")
    assert read_call(tmp_path / "tiny") == tiny_call()


def test_an_unknown_scenario_is_told_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Do you mean chancay"):
        make_scenario("chankay", tmp_path / "call")
    assert "tiny" in SCENARIOS
