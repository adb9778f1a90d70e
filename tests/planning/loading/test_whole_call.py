"""One call from load list to work queues, judged by the referee: small, full size, real, instructed, interrupted."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from pydifact.segmentcollection import Interchange

from cabria.adapters.edi import read_bay_plan, read_instruction
from cabria.adapters.edi.carried import Dialect, carried
from cabria.adapters.edi.departure import departure_header
from cabria.adapters.edi.writing import write_bay_plan
from cabria.adapters.files.staf import read_staf
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Port
from cabria.domain.findings import Cause
from cabria.domain.plan import departure
from cabria.experiments.calls import make_call, reference_call
from cabria.experiments.real_calls import call_of_instruction, call_of_ship
from cabria.planning.loading.problem import EFFORTS, LoadingProblem, Params
from cabria.planning.loading.result import PlannedCall
from cabria.planning.loading.solve import never, solve
from cabria.planning.search.result import Progress, silent
from cabria.planning.search.stopping import Interrupted, StoppingCriterion


def planned(
    call: VesselCall,
    *,
    seed: int = 0,
    stop: StoppingCriterion = never,
    listen: Callable[[Progress], None] = silent,
    params: Params = EFFORTS["quick"],
) -> PlannedCall:
    return solve(
        LoadingProblem(call),
        stop,
        seed=seed,
        params=params,
        listen=listen,
        wall=time.perf_counter,
        cpu=time.process_time,
    )


SHORT = replace(
    EFFORTS["quick"], stowage_iterations_a_load=100, crane_iterations=20_000, yard_iterations_a_load=100,
    with_baselines=False,
)  # fmt: skip


def assert_sound(result: PlannedCall) -> None:
    """Legal, complete, and with a reason for every box that stays ashore."""
    assert [str(finding) for finding in result.judgement.hard_by_plan] == []
    loads = {load.id for load in result.call.loads}
    assert set(result.plan.loads) | set(result.plan.refused) == loads
    assert not set(result.plan.loads) & set(result.plan.refused)
    assert all(result.plan.refused.values())


def seen_by_pydifact(data: bytes) -> int:
    """How many boxes a reader that is not ours finds in a bay plan."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        segments = Interchange.from_str(data.decode("latin-1")).segments
    return sum(segment.tag == "EQD" for segment in segments)


@pytest.fixture(scope="module")
def small() -> VesselCall:
    return make_call(moves=800, teu=2_000, seed=3)


@pytest.fixture(scope="module")
def small_plan(small: VesselCall) -> PlannedCall:
    return planned(small)


def test_a_small_call_is_planned_whole_and_legal(small_plan: PlannedCall) -> None:
    assert_sound(small_plan)
    figures = small_plan.judgement.figures
    assert figures.loaded >= 0.97 * figures.loads
    bound = small_plan.bounds["crane makespan"]
    assert bound.bound is not None
    assert bound.bound <= bound.reached


def test_the_same_seed_gives_the_same_plan_and_another_seed_another(small: VesselCall) -> None:
    one, same, other = (planned(small, seed=seed, params=SHORT).plan for seed in (5, 5, 6))
    assert one == same
    assert one.loads != other.loads


def test_a_search_that_is_interrupted_at_once_still_gives_a_whole_legal_plan(small: VesselCall) -> None:
    assert_sound(planned(small, stop=Interrupted(lambda: True)))


def test_every_part_tells_how_far_it_is(small: VesselCall) -> None:
    heard: list[Progress] = []
    planned(small, listen=heard.append, params=SHORT)
    assert list(dict.fromkeys(progress.phase for progress in heard))[:3] == ["stowage", "cranes", "yard"]
    assert all(0 <= progress.done <= 1 for progress in heard)


def test_with_a_budget_of_seconds_every_part_begins_hot_and_the_papers_have_time_left(small: VesselCall) -> None:
    seconds, passed, heard = 40.0, [0.0], list[Progress]()

    def clock() -> float:
        passed[0] += 0.02
        return passed[0]

    params = replace(EFFORTS["quick"], yard_iterations_a_load=3_000, with_baselines=False, seconds=seconds)
    result = solve(LoadingProblem(small), params=params, listen=heard.append, wall=clock, cpu=clock)
    assert_sound(result)
    for part in ("stowage", "yard"):
        first = next(progress.done for progress in heard if progress.phase == part)
        assert first < 0.7, part
    assert sum(phase.wall_s for phase in result.phases) < seconds


def test_neither_boxes_nor_turns_change_what_stowage_decided_about_later_ports(small_plan: PlannedCall) -> None:
    stowed = {name: small_plan.costs_min[name] for name in ("overstows", "restows")}
    figures, settings = small_plan.judgement.figures, small_plan.call.settings
    assert stowed["overstows"] == settings.overstow_min * (figures.overstows + figures.lid_overstows)
    assert stowed["restows"] == settings.restow_min * figures.restows


def test_digs_are_never_fewer_than_any_slots_need(small_plan: PlannedCall) -> None:
    least = [small_plan.bounds[name].bound for name in ("digs, any slots", "digs")]
    assert least[0] is not None
    assert least[1] is not None
    assert 0 < least[0] <= least[1] <= small_plan.judgement.figures.digs


def test_choosing_boxes_beats_both_simple_methods(small_plan: PlannedCall) -> None:
    ours = small_plan.judgement.figures.digs_per_load
    assert all(ours <= figures["digs per load"] for figures in small_plan.baselines.values())


def test_boxes_on_hold_or_without_verified_mass_stay_ashore(small: VesselCall) -> None:
    held, unweighed = [load for load in small.loads if not load.holds and load.is_full and load.mass_is_verified][:2]
    changed = {
        held.id: replace(held, holds=("customs inspection",)),
        unweighed.id: replace(unweighed, mass_is_verified=False),
    }
    call = replace(small, loads=tuple(changed.get(load.id, load) for load in small.loads))
    refused = planned(call).plan.refused
    assert "customs inspection" in refused[held.id]
    assert "mass" in refused[unweighed.id]


def test_boxes_that_come_late_are_set_when_they_are_there_and_stay_ashore_when_that_is_never(small: VesselCall) -> None:
    free = [load.id for load in small.loads if not (load.dangerous or load.out_of_gauge or load.holds)]
    alone = [load.id for load in small.loads if load.dangerous and not load.holds and load.mass_is_verified][:5]
    late, never_there = [*free[:100:10], *alone], free[100]
    call = replace(small, available_s={**dict.fromkeys(late, 4 * 3_600), never_there: 10**6})
    result = planned(call, params=replace(SHORT, yard_iterations_a_load=400))
    assert_sound(result)
    assert set(late) <= set(result.plan.loads)
    assert "is there at 1000000 s" in result.plan.refused[never_there]


def test_a_plan_that_is_mended_when_its_time_is_used_up_keeps_its_slots(small: VesselCall) -> None:
    never_there = next(load.id for load in small.loads if not (load.dangerous or load.out_of_gauge or load.holds))

    def planned_in_time(call: VesselCall) -> PlannedCall:
        params, ticks = replace(SHORT, stowage_iterations_a_load=10_000, seconds=10.0), count()
        return solve(LoadingProblem(call), params=params, wall=lambda: next(ticks) / 20, cpu=lambda: 0.0)

    whole, mended = planned_in_time(small), planned_in_time(replace(small, available_s={never_there: 10**6}))
    assert_sound(mended)
    assert never_there in mended.plan.refused
    ports = [{slot: small.load_by_id[box].pod for box, slot in each.plan.loads.items()} for each in (whole, mended)]
    assert len(ports[0].items() - ports[1].items()) <= 5


def test_the_reference_call_is_planned_at_full_size() -> None:
    result = planned(reference_call(), params=replace(SHORT, stowage_iterations_a_load=300))
    assert_sound(result)
    figures = result.judgement.figures
    assert (figures.loads, figures.discharged) == (5_000, 4_000)
    assert figures.loaded >= 4_950


@pytest.mark.shared_data
def test_a_real_ship_is_worked_without_a_new_violation_and_nothing_aboard_is_lost(shared_data: Path) -> None:
    profile = read_staf(shared_data / "stowage/vessel_profiles/OOL.OBEI.OOCL_BEIJING_STAF.txt")
    file = shared_data / "edi/baplie_95b_smdg20_2799_boxes.edi"
    arrival = read_bay_plan(file.read_bytes(), file=file.name).bay_plan()
    call = call_of_ship(profile, arrival, discharged=(Port("TWKHH"), Port("CNXMN")), loads=900, seed=0)
    result = planned(call)
    assert_sound(result)
    sails = departure(call, result.plan)
    assert all(profile.place(position) is not None for _, position in sails)
    for container, position in call.remaining:
        found = sails.by_container[container.id]
        assert found.container == container
        assert found.position == result.plan.restows.get(container.id, position)
    for dialect in (Dialect.SMDG31, Dialect.SMDG22):
        data = write_bay_plan(departure_header(call), sails, dialect)
        read = read_bay_plan(data, file="departure.edi").bay_plan()
        assert {(carried(box, dialect), position) for box, position in sails} == set(read)
        assert seen_by_pydifact(data) == len(sails)


@pytest.mark.shared_data
def test_a_real_instruction_gets_a_box_of_its_class_in_every_slot(shared_data: Path) -> None:
    file = shared_data / "edi/movins_95b_smdg20_449_slots.edi"
    message = read_instruction(file.read_bytes(), file=file.name)
    assert message.header.port is not None
    call = call_of_instruction(message.instructions, port=message.header.port, seed=0)
    result = planned(call)
    assert_sound(result)
    boxes = {position: call.load_by_id[container] for container, position in result.plan.loads.items()}
    assert len(message.instructions) == 449
    for slot in message.instructions:
        box = boxes[slot.position]
        assert (box.size_type, box.pod) == (slot.size_type, slot.pod)
    assert not [f for f in result.judgement.findings if f.rule.startswith("INSTRUCTION") and f.cause is Cause.PLAN]
