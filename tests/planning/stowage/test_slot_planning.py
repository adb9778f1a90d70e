from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sections_by_hand import box, section_of, stack_of

from cabria.adapters.files.slot_planning_files import read_bay_section
from cabria.domain.slot_planning import (
    PUBLISHED,
    BaySection,
    Slot,
    SlotAssignment,
    SlotBox,
    SlotCell,
    SlotPlace,
    SlotPrices,
    SlotStack,
)
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.stowage.slot_planning import exact
from cabria.planning.stowage.slot_planning.piles import piles
from cabria.planning.stowage.slot_planning.problem import SlotPlan, SlotProblem
from cabria.planning.stowage.slot_planning.solve import Params, solve
from cabria.referee.slot_planning import judge_slots

ENOUGH = MaxIterations(1_000)


def solved(section: BaySection, prices: SlotPrices = PUBLISHED) -> Result[SlotPlan]:
    return solve(SlotProblem(section, prices), ENOUGH)


def least_by_trying_all(section: BaySection, prices: SlotPrices) -> int | None:
    """The oracle: every legal plan, grown box by box from the bottom, and the judge's word on each."""
    places = [
        SlotPlace(stack, tier, slot)
        for stack in range(1, len(section.stacks) + 1)
        for tier in range(1, section.tiers + 1)
        for slot in Slot
    ]
    plans: set[frozenset[SlotAssignment]] = {frozenset()}
    for _ in section.to_load:
        plans = {
            plan | {SlotAssignment(number, place)}
            for plan in plans
            for number in set(range(len(section.to_load))) - {each.box for each in plan}
            for place in places
            if is_legal_so_far(section, [*plan, SlotAssignment(number, place)])
        }
    return min((judge_slots(section, [*plan]).cost(prices) for plan in plans), default=None)


def is_legal_so_far(section: BaySection, plan: list[SlotAssignment]) -> bool:
    return all("stowed 0 times" in problem for problem in judge_slots(section, plan).problems)


flags = st.sampled_from((True, True, True, False))
cells = st.builds(SlotCell, flags, flags, flags, st.booleans(), st.booleans())
boxes = st.builds(
    SlotBox, st.sampled_from((20, 40)), st.integers(1, 3), st.sampled_from((2, 3)), st.integers(1, 3), st.booleans()
)


@st.composite
def sections(draw: st.DrawFn) -> BaySection:
    tiers = draw(st.integers(1, 3))
    stacks = draw(
        st.lists(
            st.builds(SlotStack, st.tuples(*tiers * [cells]), st.integers(2, 8), st.integers(3, 3 * tiers)),
            min_size=1,
            max_size=2,
        )
    )
    if draw(st.booleans()):
        stacks = len(stacks) * stacks[:1]
    aboard: dict[SlotPlace, SlotBox] = {}
    for one in draw(st.lists(boxes, max_size=2)):
        slot = Slot.BOTH if one.length_ft == 40 else draw(st.sampled_from((Slot.FORE, Slot.AFT)))
        place = SlotPlace(draw(st.integers(1, len(stacks))), draw(st.integers(1, tiers)), slot)
        if not any(
            (place.stack, place.tier) == (other.stack, other.tier) and {*place.slot.halves} & {*other.slot.halves}
            for other in aboard
        ):
            aboard[place] = one
    load = draw(st.lists(boxes, max_size=4))
    return BaySection(tuple(stacks), tuple(load), tuple((one, place) for place, one in aboard.items()))


@settings(max_examples=100)
@given(sections(), st.sampled_from((PUBLISHED, SlotPrices(7, 3, 5, 2), SlotPrices(1, 0, 0, 9))))
def test_no_plan_is_cheaper_than_the_one_found_and_none_is_found_where_there_is_none(
    section: BaySection, prices: SlotPrices
) -> None:
    result = solved(section, prices)
    least = least_by_trying_all(section, prices)
    assert result.plan.is_proven
    if result.plan.assignments is None:
        assert least is None
        assert result.bound == float("inf")
    else:
        judged = judge_slots(section, result.plan.assignments)
        assert judged.problems == ()
        assert judged.cost(prices) == result.cost == result.bound == least


@settings(max_examples=50)
@given(sections())
def test_piles_and_masses_at_once_cost_the_same(section: BaySection) -> None:
    problem = SlotProblem(section)
    found = exact.cheapest(problem, [piles(problem, group)[0] for group in problem.groups], 0, effort=5.0)
    assert found.bound == solved(section).bound


@given(sections())
def test_each_pile_is_legal_by_itself_and_costs_what_the_judge_says(section: BaySection) -> None:
    problem = SlotProblem(section)
    for group in problem.groups:
        here = tuple((one, place) for one, place in section.on_board if place.stack == group.stacks[0])
        for pile in piles(problem, group)[0]:
            used = [
                box_number
                for kind, count in zip(problem.boxes_by_kind.values(), pile.counts, strict=True)
                for box_number in kind[:count]
            ]
            left = {kind: [*numbers] for kind, numbers in enumerate(problem.boxes_by_kind.values())}
            load = [
                SlotAssignment(used.index(left[put.kind].pop(0)), SlotPlace(group.stacks[0], put.tier, put.slot))
                for put in pile.puts
            ]
            alone = BaySection(section.stacks, tuple(section.to_load[number] for number in used), here)
            judged = judge_slots(alone, load)
            assert judged.problems == ()
            assert judged.cost() == pile.cost


def test_one_port_more_costs_less_than_a_stack_more_for_two() -> None:
    result = solved(section_of("BB", "BB", load=(box(40, 1), box(40, 2))))
    assert result.costs == {"overstow": 0, "ports": 40, "stacks": 10, "plugs": 0}


def test_masses_decide_which_piles_there_are() -> None:
    """Each stack carries one heavy box and a light one, so the heavy ones cannot be together."""
    stacks = (stack_of("BB", 30), stack_of("BB", 30))
    result = solved(section_of(*stacks, load=(box(40, 1, 20), box(40, 1, 20), box(40, 1, 10), box(40, 1, 10))))
    assert result.plan.is_proven
    assert result.cost == 60


def test_a_section_whose_boxes_share_no_masses_is_proven_to_hold_no_plan() -> None:
    """26 t in two stacks of 13 t, but no boxes of 7, 7, 5, 4 and 3 t make 13 t."""
    stacks = (stack_of("BBB", 13), stack_of("BBB", 13))
    load = tuple(box(40, 1, mass_t) for mass_t in (7, 7, 5, 4, 3))
    result = solved(section_of(*stacks, load=load))
    assert result.plan == SlotPlan(None, True)
    assert result.costs == {}


def test_a_search_that_is_stopped_says_so() -> None:
    result = solve(SlotProblem(section_of("BB", load=(box(40),))), MaxIterations(0))
    assert result.plan == SlotPlan(None, False)
    assert "iterations" in result.stopped


def test_where_piles_are_left_out_there_is_a_plan_but_no_proof(repository: Path) -> None:
    section = read_bay_section(repository / "benchmarks/samples/slot_planning/made-two-ports.txt")
    result = solve(SlotProblem(section), ENOUGH, params=Params(most_ways=25))
    assert result.plan.assignments is not None
    assert judge_slots(section, result.plan.assignments).valid
    assert result.cost >= 130
    assert (result.bound, result.plan.is_proven) == (None, False)


def test_nothing_to_load_is_a_plan() -> None:
    result = solved(section_of("BB", aboard="11"))
    assert result.plan == SlotPlan((), True)
    assert result.cost == 30


@pytest.mark.parametrize(("name", "cost"), [("made-two-ports", 130), ("made-heavy", 120), ("made-too-heavy", None)])
def test_our_own_sections_are_proven(repository: Path, name: str, cost: int | None) -> None:
    """Costs proven by CP-SAT too."""
    section = read_bay_section(repository / f"benchmarks/samples/slot_planning/{name}.txt")
    result = solved(section)
    assert result.plan.is_proven
    assert (None if result.plan.assignments is None else result.cost) == cost


def test_the_same_section_gives_the_same_plan(repository: Path) -> None:
    section = read_bay_section(repository / "benchmarks/samples/slot_planning/made-two-ports.txt")
    assert solved(section).plan == solved(section).plan
