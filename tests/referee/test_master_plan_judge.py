from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.planning.stowage.master.voyages_by_hand import two_lids

from cabria.domain.master_planning import Stowing
from cabria.referee.master_planning import judge_master_plan

DEMAND = {(1, 2): (2, 1, 0), (1, 3): (2, 0, 1), (2, 3): (2, 0, 0)}
DECK, HOLD, OTHER_DECK, OTHER_HOLD = range(4)


def test_an_empty_plan_leaves_all_boxes_behind() -> None:
    assert judge_master_plan(two_lids(DEMAND), []).costs == {"left": 8_000, "restowed": 0, "crane": 0}


def test_a_box_on_a_lid_that_is_opened_while_it_stays_is_restowed() -> None:
    plan = [Stowing(1, 3, 0, DECK, 2), Stowing(1, 2, 0, HOLD, 1)]
    # Lifts: 3 loaded at port 1; 1 discharged and 2 off and on again at port 2; 2 discharged at port 3.
    assert judge_master_plan(two_lids(DEMAND), plan).costs == {"left": 5_000, "restowed": 200, "crane": 3 + 5 + 2}


def test_a_box_bound_for_the_port_itself_is_not_restowed() -> None:
    plan = [Stowing(1, 2, 0, DECK, 2), Stowing(1, 2, 1, HOLD, 1)]
    assert judge_master_plan(two_lids(DEMAND), plan).costs["restowed"] == 0


def test_what_came_aboard_before_is_restowed_too() -> None:
    voyage = two_lids(DEMAND, {(3, DECK): (2, 0, 0)})
    assert judge_master_plan(voyage, [Stowing(1, 3, 0, HOLD, 1)]).costs["restowed"] == 200


def test_every_limit_of_a_block_is_told() -> None:
    voyage = two_lids({(1, 3): (0, 9, 2)}, teu=4)
    problems = judge_master_plan(voyage, [Stowing(1, 3, 1, HOLD, 3), Stowing(1, 3, 2, OTHER_HOLD, 1)]).problems
    assert "leaving port 1: block 2 holds 6 TEU, 4 at most" in problems
    assert "leaving port 2: block 2 holds 3 40 ft, 2 at most" in problems
    assert "leaving port 1: block 4 holds 1 reefers, 0 at most" in problems


def test_the_centre_and_the_girder_are_told() -> None:
    voyage = two_lids(DEMAND, max_lcg_mm=-1, max_shear_kg=-60_000)
    problems = judge_master_plan(voyage, []).problems
    assert "leaving port 1: the centre lies at 0 mm lengthwise, allowed is -1000000000 to -1" in problems
    assert "leaving port 1: shear at bay 1 is -50000 kg, allowed is -1000000000 to -60000" in problems


def test_boxes_that_do_not_exist_are_refused() -> None:
    voyage = two_lids(DEMAND)
    assert judge_master_plan(voyage, [Stowing(1, 2, 0, HOLD, 3)]).problems == (
        "3 boxes of sort 1 from port 1 to 2, where 2 wait",
    )
    for nonsense in (Stowing(3, 2, 0, 0, 1), Stowing(1, 2, 9, 0, 1), Stowing(1, 2, 0, 9, 1), Stowing(1, 2, 0, 0, 0)):
        assert len(judge_master_plan(voyage, [nonsense]).problems) == 1


@given(st.integers(0, 2), st.integers(0, 2), st.sampled_from([DECK, HOLD, OTHER_DECK, OTHER_HOLD]))
def test_a_plan_told_in_pieces_is_the_same_plan(first: int, second: int, block: int) -> None:
    voyage = two_lids(DEMAND)
    pieces = [Stowing(1, 2, 0, block, 1)] * first + [Stowing(2, 3, 0, block, 1)] * second
    whole = [Stowing(1, 2, 0, block, first)] * (first > 0) + [Stowing(2, 3, 0, block, second)] * (second > 0)
    assert judge_master_plan(voyage, pieces) == judge_master_plan(voyage, whole)
