"""Choice of boxes: what may never change does not, the kernel counts as the slow way does, every lift is possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.yard.yards_by_hand import BLOCKS, Impossible, made, replay

from cabria.domain.calls import CallSettings
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.vessel import End, StackId
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.baselines import exact_planned_weights, incumbent_greedy
from cabria.planning.yard.flat import DRIFT_MM, FlatProblem
from cabria.planning.yard.operators import digs, digs_bound, price
from cabria.planning.yard.plans import solution_of
from cabria.planning.yard.problem import YardProblem, YardSolution
from cabria.planning.yard.retrieval import retrieve
from cabria.planning.yard.solve import Params, solve
from cabria.referee.condition import Case
from cabria.referee.judge import judge
from cabria.referee.stack_limits import lashing_moment_kg_m

SHORT = Params(iterations=20_000, iterations_a_round=5_000)
SEEDS = st.integers(0, 10**6)
TIGHT_KG = 80_000


def solved(problem: YardProblem) -> Result[YardSolution]:
    return solve(problem, MaxIterations(SHORT.iterations), params=SHORT)


def due_of(problem: YardProblem, solution: YardSolution) -> dict[ContainerId, int]:
    due_s = {slot.position: slot.due_s for slot in problem.slots}
    return {container: due_s[position] for container, position in solution.loads.items()}


def choice_of(problem: YardProblem, solution: YardSolution) -> list[int]:
    box_in = {position: problem.number_of[container] for container, position in solution.loads.items()}
    return [box_in[slot.position] for slot in problem.slots]


@given(SEEDS)
def test_every_lift_in_the_yard_is_possible(seed: int) -> None:
    problem = made(seed)
    for solution in (solved(problem).plan, incumbent_greedy(problem), exact_planned_weights(problem)):
        replay(problem, solution.yard_moves, due_of(problem, solution))


@given(SEEDS)
def test_the_referee_finds_nothing_in_the_yards_work_and_counts_alike(seed: int) -> None:
    problem = made(seed)
    solution = solved(problem).plan
    plan = LoadingPlan("YARD1", solution.loads, queues=solution.queues, yard_moves=solution.yard_moves)
    judgement = judge(problem.call, plan)
    assert {"YARD-TOP", "YARD-TARGET", "STACK-INVERSION", "INSTRUCTION-MASS"} <= judgement.rules.keys()
    wrong = [f for f in judgement.findings if f.rule.startswith(("YARD-", "INSTRUCTION-", "WORK-TWIN"))]
    # A live reefer leaves its plug only where its block has no room at a rack.
    assert {f.rule for f in wrong} <= {"YARD-ABSENT", "YARD-PLUG", "INSTRUCTION-OUTSIDE"}
    assert judgement.figures.digs == solution.digs
    assert sum(f.rule == "STACK-INVERSION" for f in judgement.findings) == solution.inversions


@given(SEEDS)
def test_the_lashing_surrogate_keeps_its_cap_or_gets_no_worse(seed: int) -> None:
    problem = made(seed, max_lashing_kg_m=150_000)
    before, after = (_lashing(problem, p) for p in (as_planned(problem), solved(problem).plan.loads))
    assert all(moment <= max(150_000, before[stack]) for stack, moment in after.items())


def as_planned(problem: YardProblem) -> Mapping[ContainerId, StowPosition]:
    return {box.id: slot.position for box, slot in zip(problem.boxes, problem.slots, strict=True)}


def _lashing(problem: YardProblem, loads: Mapping[ContainerId, StowPosition]) -> dict[StackId, int]:
    case = Case.of(problem.call, LoadingPlan("YARD1", loads))
    return {state.id: lashing_moment_kg_m(state) for state in case.departure.on_deck()}


@given(SEEDS, st.sampled_from((None, TIGHT_KG)), st.integers(0, 2_000))
def test_the_kernel_counts_as_the_slow_way_does(seed: int, max_weight_kg: int | None, iterations: int) -> None:
    problem = made(seed, max_weight_kg=max_weight_kg, settings=CallSettings(max_inversion_kg=1_000))
    if not problem.groups:
        return
    flat = FlatProblem.of(problem)
    choice = flat.choice(range(len(problem.slots)))
    before = flat.points(choice)
    change = choice.anneal(flat, iterations, 3_000.0, 500.0, generator(seed))
    anew = flat.choice(choice.box_at.tolist())
    assert flat.points(choice) - before == change
    for field in ("slot_of", "stack_digs", "given"):
        assert getattr(choice, field).tolist() == getattr(anew, field).tolist()
    if max_weight_kg is None:
        assert choice.room.tolist() == anew.room.tolist()
    assert sum(anew.stack_digs.tolist()) == digs(problem, choice.box_at.tolist())


@given(SEEDS, st.integers(0, 6), st.sampled_from((0.0, 0.2, 100.0)))
def test_no_more_slots_get_another_box_than_may_and_each_has_its_price(seed: int, most: int, change_min: float) -> None:
    problem = replace(made(seed), change_min=change_min, most_changes=most)
    flat = FlatProblem.of(problem)
    choice = flat.choice(range(len(problem.slots)))
    before = flat.points(choice)
    change = choice.anneal(flat, 2_000 if problem.groups else 0, 3_000.0, 500.0, generator(seed))
    changes = sum(box != slot for slot, box in enumerate(choice.box_at.tolist()))
    assert changes <= most
    assert flat.points(choice) - before == change
    assert price(problem, choice.box_at.tolist()).changes == changes
    if most < 2:
        assert changes == 0


@given(SEEDS)
def test_boxes_change_places_only_within_their_class(seed: int) -> None:
    problem = made(seed)
    group_of = {slot: n for n, group in enumerate(problem.groups) for slot in group}
    for solution in (solved(problem).plan, incumbent_greedy(problem), exact_planned_weights(problem)):
        for slot, box in enumerate(choice_of(problem, solution)):
            ours, planned = problem.boxes[box], problem.boxes[slot]
            assert group_of.get(slot) == group_of.get(box)
            assert (ours.size_type, ours.pod, ours.needs_plug) == (planned.size_type, planned.pod, planned.needs_plug)
            assert abs(ours.gross_mass_kg - planned.gross_mass_kg) < 3_000
            if planned.dangerous or planned.out_of_gauge:
                assert ours is planned


@given(SEEDS)
def test_a_slot_keeps_what_the_carrier_asked_for(seed: int) -> None:
    problem = made(seed)
    for slot, box in zip(problem.slots, choice_of(problem, solved(problem).plan), strict=True):
        assert slot.min_mass_kg <= problem.boxes[box].gross_mass_kg <= slot.max_mass_kg
        assert slot.operator in ("", problem.boxes[box].operator)


@given(SEEDS)
def test_twins_stay_within_the_spreader_and_the_ship_on_even_keel(seed: int) -> None:
    problem = made(seed, afloat=True)
    choice = choice_of(problem, solved(problem).plan)
    mass = [problem.boxes[box].gross_mass_kg for box in choice]
    for number, slot in enumerate(problem.slots):
        if slot.partner >= 0:
            assert mass[number] + mass[slot.partner] <= slot.pair_max_kg
    gained = [mass[n] - problem.boxes[n].gross_mass_kg for n in range(len(mass))]
    places = [slot.place for slot in problem.slots]
    ship_kg = 500_000 + sum(mass)
    across = sum(gain * (place.stack.tcg_mm or 0) for gain, place in zip(gained, places, strict=True))
    up = sum(gain * (place.cell.vcg_mm or 0) for gain, place in zip(gained, places, strict=True))
    assert abs(across) <= ship_kg * DRIFT_MM[1]
    assert abs(up) <= ship_kg * DRIFT_MM[2]


@given(SEEDS)
def test_stack_weights_on_board_keep_their_limit_or_get_no_heavier(seed: int) -> None:
    problem = made(seed, max_weight_kg=TIGHT_KG)
    before = _stack_weights(problem, list(range(len(problem.boxes))))
    after = _stack_weights(problem, choice_of(problem, solved(problem).plan))
    for key, doubled in after.items():
        assert doubled <= max(2 * TIGHT_KG, before[key])


def _stack_weights(problem: YardProblem, choice: Sequence[int]) -> dict[tuple[object, ...], int]:
    """Doubled kilograms at both ends and under the limit for 40 ft, as the profile's docstring says."""
    found: dict[tuple[object, ...], int] = {}
    for slot, box in zip(problem.slots, choice, strict=True):
        mass, end = problem.boxes[box].gross_mass_kg, slot.place.end
        shares = {End.BOTH: (1, 1, 2), End.FORE: (2, 0, 1), End.AFT: (0, 2, 1)}[end]
        for name, share in zip(("fore", "aft", "40"), shares, strict=True):
            key = (slot.place.stack_id, name)
            found[key] = found.get(key, 0) + share * mass
    return found


@given(SEEDS)
def test_digs_are_never_fewer_than_the_bound_and_the_estimate(seed: int) -> None:
    problem = made(seed)
    for solution in (solved(problem).plan, incumbent_greedy(problem), exact_planned_weights(problem)):
        assert digs_bound(problem) <= digs(problem, choice_of(problem, solution)) <= solution.digs
        assert solution.digs == sum(move.target is not None for move in solution.yard_moves)


@given(SEEDS)
def test_the_search_never_ends_worse_than_it_began(seed: int) -> None:
    problem = made(seed)
    planned = price(problem, list(range(len(problem.boxes))))
    found = price(problem, choice_of(problem, solved(problem).plan))
    assert found.minutes(problem) <= planned.minutes(problem) + 1e-9


@given(SEEDS)
def test_work_queues_name_the_boxes_chosen_and_change_in_nothing_else(seed: int) -> None:
    problem = made(seed)
    solution = solved(problem).plan
    for before, after in zip(problem.queues, solution.queues, strict=True):
        for old, new in zip(before.steps, after.steps, strict=True):
            assert replace(new, containers=old.containers) == old
            assert [solution.loads[container] for container in new.containers] == list(new.positions)


@settings(max_examples=5)
@given(SEEDS)
def test_the_same_seed_gives_the_same_choice(seed: int) -> None:
    assert solved(made(seed)).plan == solved(made(seed)).plan


def test_the_search_digs_less_than_the_incumbent_who_digs_less_than_exact_weights() -> None:
    problems = [made(seed) for seed in range(20)]
    ours, greedy, exact = (
        sum(solve_(problem).digs for problem in problems)
        for solve_ in (lambda p: solved(p).plan, incumbent_greedy, exact_planned_weights)
    )
    assert ours < greedy < exact


def test_exact_planned_weights_keeps_what_stowage_planned_without_instructions() -> None:
    problem = made(4)
    plain = replace(problem.call, instructions=())
    loads = as_planned(problem)
    assert dict(exact_planned_weights(YardProblem.of(plain, loads, problem.queues)).loads) == loads


def test_a_box_dug_away_goes_to_the_nearest_stack_where_it_is_in_nobodys_way() -> None:
    problem = with_yard(made(1), lambda wanted: [
        YardBox(wanted, YardPosition("A", 2, 1, 1), 40),
        YardBox(ContainerId("ELSE0000001"), YardPosition("A", 2, 1, 2), 40),
        YardBox(ContainerId("ELSE0000002"), YardPosition("A", 2, 2, 1), 40),
        YardBox(ContainerId("ELSE0000003"), YardPosition("A", 6, 1, 1), 40),
    ])  # fmt: skip
    dig, fetch = retrieve(problem, range(len(problem.boxes)))
    assert (dig.container, dig.target) == ("ELSE0000001", YardPosition("A", 2, 2, 2))
    assert dig.is_dig
    assert (fetch.source, fetch.target) == (YardPosition("A", 2, 1, 1), None)


@pytest.mark.parametrize(
    ("tiers_at_racks", "target"),
    [(3, YardPosition("A", 2, 1, 4)), (4, YardPosition("A", 6, 2, 1))],
    ids=["to the rack that has room", "beside, as the racks are full"],
)
def test_a_live_reefer_dug_away_goes_to_a_rack_while_there_is_one(tiers_at_racks: int, target: YardPosition) -> None:
    problem = made(1)
    reefer = next(box.id for box in problem.boxes if box.needs_plug)
    # Racks of block A are in bays 01 and 03: the stacks of bay 02. Nobody is in the reefer's way there.
    problem = with_yard(problem, lambda wanted: [
        YardBox(wanted, YardPosition("A", 6, 1, 1), 40),
        YardBox(reefer, YardPosition("A", 6, 1, 2), 40),
        *(YardBox(ContainerId(f"ELSE{10 * row + tier:07}"), YardPosition("A", 2, row, tier), 40)
          for row in (1, 2, 3) for tier in range(1, tiers_at_racks + 1)),
    ])  # fmt: skip
    moves = retrieve(problem, range(len(problem.boxes)))
    assert [(move.container, move.target) for move in moves if move.is_dig] == [(reefer, target)]


def test_a_full_yard_is_refused() -> None:
    full = (YardBlock("A", 2, 1, 2),)
    problem = with_yard(made(1), lambda wanted: [
        YardBox(wanted, YardPosition("A", 2, 1, 1), 40),
        YardBox(ContainerId("ELSE0000001"), YardPosition("A", 2, 1, 2), 40),
    ])  # fmt: skip
    terminal = replace(problem.call.terminal, blocks=full)
    crowded = replace(problem, call=replace(problem.call, terminal=terminal))
    with pytest.raises(DataError, match="no yard block has room"):
        retrieve(crowded, range(len(problem.boxes)))


def with_yard(problem: YardProblem, boxes_for: object) -> YardProblem:
    wanted = next(box.id for box in problem.boxes if box.length_ft == 40)
    yard = YardInventory.of(boxes_for(wanted))  # type: ignore[operator]
    return replace(problem, call=replace(problem.call, yard=yard))


def test_a_block_the_terminal_does_not_have_is_named() -> None:
    problem = made(1)
    call = replace(problem.call, terminal=replace(problem.call.terminal, blocks=BLOCKS[:1]))
    loads = as_planned(problem)
    with pytest.raises(DataError, match="stands in block B, which Hand does not have"):
        YardProblem.of(call, loads, problem.queues)


def test_queues_must_load_what_is_planned() -> None:
    problem = made(1)
    loads = as_planned(problem)
    with pytest.raises(DataError, match="No quay crane loads container"):
        YardProblem.of(problem.call, loads, [replace(problem.queues[0], steps=()), problem.queues[1]])
    fewer = dict(list(loads.items())[1:])
    with pytest.raises(DataError, match="which is not planned"):
        YardProblem.of(problem.call, fewer, problem.queues)


def test_a_call_without_loads_has_nothing_to_fetch() -> None:
    problem = made(1)
    empty = YardProblem.of(replace(problem.call, loads=(), instructions=()), {}, ())
    result = solved(empty)
    assert result.plan.yard_moves == ()
    assert result.plan.digs_per_load == 0
    assert result.cost == 0


def test_the_replay_notices_moves_in_the_wrong_order() -> None:
    problem = next(p for p in map(made, range(50)) if exact_planned_weights(p).digs)
    solution = solution_of(problem, range(len(problem.boxes)))
    with pytest.raises(Impossible):
        replay(problem, solution.yard_moves[::-1], due_of(problem, solution))
