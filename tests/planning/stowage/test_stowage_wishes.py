"""What the planner wished is kept by every plan, by the referee's word, or refused with the rule that forbids it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.stowage.ships_by_hand import HERE, LAST, NEXT, box, call, judged, random_call, ship

from cabria.domain.calls import SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId, DangerousGoods, SizeType
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import Level
from cabria.domain.wishes import Cargo, ChangeBudget, Forbid, Pin, ShipPart, Wishes
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.stowage.impossible import impossible
from cabria.planning.stowage.problem import StowageProblem, StowageSolution
from cabria.planning.stowage.solve import solve
from cabria.planning.stowage.wished import changed, decide


def stow(given: VesselCall, iterations: int = 20_000, seed: int = 0) -> StowageSolution:
    return solve(StowageProblem.of(given), MaxIterations(iterations), seed=seed).plan


def possible(given: VesselCall) -> VesselCall:
    """The call without the wishes that are refused."""
    while found := impossible(given):
        given = replace(given, wishes=given.wishes.without(tuple(one.wish for one in found)))
    return given


def wish_findings(given: VesselCall, solution: StowageSolution) -> list[str]:
    return [str(finding) for finding in judged(given, solution).broken_wishes]


def pin(container: Container | ContainerId, to: str) -> Pin:
    return Pin(container.id if isinstance(container, Container) else container, ShipPart.parse(to), "because")


def asked(given: VesselCall, pins: Iterable[Pin] = (), forbids: Iterable[Forbid] = ()) -> VesselCall:
    return replace(given, wishes=Wishes(tuple(pins), tuple(forbids)))


def rules(given: VesselCall) -> list[str]:
    return [one.rule for one in impossible(given)]


def random_part(random: Random, given: VesselCall, *, is_small: bool) -> ShipPart:
    bay = random.choice(given.vessel.bays)
    stack = random.choice(bay.stacks)
    number = random.choice([number for number, _ in bay.ends()])
    slot = ShipPart(slot=StowPosition(number, stack.row, random.choice(stack.cells).tier))
    if is_small and random.random() < 0.5:
        return slot
    return random.choice(
        [
            slot,
            ShipPart(bay=bay.number, row=stack.row, level=stack.level),
            ShipPart(bay=number, row=stack.row),
            ShipPart(bay=number, level=random.choice([None, *Level])),
            ShipPart(lid=random.choice(given.vessel.hatch_covers).id, level=random.choice([None, *Level])),
        ]
    )


def random_wishes(seed: int, given: VesselCall) -> Wishes:
    random = Random(seed)
    boxes = [*given.loads, *(stowed.container for stowed in given.arrival)]
    pins = [Pin(random.choice(boxes).id, random_part(random, given, is_small=True)) for _ in range(random.randrange(8))]
    cargoes = [
        Cargo(),
        Cargo(),
        Cargo(pod=random.choice([NEXT, LAST])),
        Cargo(container=random.choice(boxes).id),
        Cargo(length_ft=20),
        Cargo(reefers=True),
        Cargo(dangerous=True),
    ]
    forbids = [
        Forbid(random_part(random, given, is_small=False), random.choice(cargoes)) for _ in range(random.randrange(6))
    ]
    return Wishes(tuple(pins), tuple(forbids))


@given(st.integers(0, 100_000))
@settings(max_examples=20)
def test_what_is_not_refused_beforehand_is_kept_but_for_pins_that_find_no_room(seed: int) -> None:
    """A pin to a stack or bay may fail for want of room; then its box stays ashore, and nowhere else."""
    plain = random_call(seed)
    given = possible(replace(plain, wishes=random_wishes(seed, plain)))
    solution = stow(given, seed=seed)
    judgement = judged(given, solution)
    assert judgement.hard_by_plan == ()
    broken = [finding for finding in judgement.broken_wishes if finding.container not in solution.refused]
    assert [str(finding) for finding in broken] == []
    to_slots = {wish.container for wish in given.wishes.pins if wish.to.slot is not None}
    assert not to_slots & set(solution.refused)


@given(st.integers(0, 100_000), st.integers(0, 12))
@settings(max_examples=12)
def test_a_plan_made_again_changes_no_more_than_the_budget_whatever_changed_on_the_list(seed: int, budget: int) -> None:
    random = Random(seed)
    before = random_call(seed, loads=30)
    first = stow(before, seed=seed)
    gone = set(random.sample(sorted(before.load_by_id), 3))
    new = [box(900 + n, random.choice(["22G1", "42G1"]), 9_000, random.choice([NEXT, LAST])) for n in range(4)]
    earlier = {**first.loads, **first.restows}
    after = replace(
        before,
        loads=(*(load for load in before.loads if load.id not in gone), *new),
        wishes=Wishes(budget=ChangeBudget(earlier, budget)),
    )
    refused = impossible(after)
    if refused:
        assert [one.rule for one in refused] == ["WISH-BUDGET"]
        return
    again = stow(after, seed=seed + 1)
    assert wish_findings(after, again) == []
    assert judged(after, again).hard_by_plan == ()
    assert len(changed(after, {**again.loads, **again.restows}, again.refused)) <= budget


@given(st.integers(0, 100_000))
@settings(max_examples=6)
def test_the_same_list_planned_again_changes_nothing_even_without_a_budget(seed: int) -> None:
    before = random_call(seed)
    first = stow(before, seed=seed)
    after = replace(before, wishes=Wishes(budget=ChangeBudget({**first.loads, **first.restows}, 0)))
    assert impossible(after) == ()
    again = stow(after, seed=seed + 1)
    assert {box: slot for box, slot in again.loads.items() if box in first.loads} == first.loads
    assert changed(after, {**again.loads, **again.restows}, again.refused) == {}


def test_a_box_pinned_high_is_held_up_by_others() -> None:
    boxes = [box(n, "42G1", 10_000 + n) for n in range(6)]
    given = asked(call(boxes), [pin(boxes[0], "0020086")])
    solution = stow(given)
    assert solution.loads[boxes[0].id] == StowPosition(2, 0, 86)
    assert judged(given, solution).hard_by_plan == ()


def test_20_ft_boxes_hold_up_a_20_ft_box() -> None:
    boxes = [box(n, "22G1", 10_000 + n) for n in range(6)]
    given = asked(call(boxes), [pin(boxes[0], "0010086")])
    solution = stow(given)
    assert solution.loads[boxes[0].id] == StowPosition(1, 0, 86)
    assert judged(given, solution).hard_by_plan == ()


def test_pins_to_parts_are_kept_by_the_search() -> None:
    boxes = [box(n, "42G1", 10_000 + n, (NEXT, LAST)[n % 2]) for n in range(12)]
    pins = [pin(boxes[0], "bay 06 hold"), pin(boxes[1], "bay 10 row 04 deck"), pin(boxes[2], "under lid 02P")]
    given = asked(call(boxes), pins)
    solution = stow(given)
    assert wish_findings(given, solution) == []
    assert solution.refused == {}


def test_a_place_forbidden_for_a_port_is_left_to_the_others() -> None:
    boxes = [box(n, "42G1", 10_000, (NEXT, LAST)[n % 2]) for n in range(20)]
    given = asked(call(boxes, vessel=ship((2,))), (), [Forbid(ShipPart.parse("bay 02 hold"), Cargo(pod=NEXT))])
    solution = stow(given)
    assert wish_findings(given, solution) == []
    assert solution.refused == {}
    assert any(slot.tier < 80 for slot in solution.loads.values())


def test_nothing_goes_into_a_slot_that_is_forbidden_for_all_nor_hangs_over_it() -> None:
    boxes = [box(n, "22G1", 8_000) for n in range(30)]
    given = asked(
        call(boxes, vessel=ship((2,))), (), [Forbid(ShipPart.parse("0010084")), Forbid(ShipPart.parse("bay 03 hold"))]
    )
    solution = stow(given)
    assert wish_findings(given, solution) == []
    assert judged(given, solution).hard_by_plan == ()


GAS, PEROXIDE = (DangerousGoods("2.1", 1950),), (DangerousGoods("5.2", 3105),)
LONG, SHORT = box(1, "42G1", 20_000), box(2, "22G1", 20_000)
REEFER, HEAVY = box(3, "45R1", 25_000, set_point_tenth_c=-180), [box(10 + n, "42G1", 30_000) for n in range(5)]
HELD = replace(box(4), holds=("customs",))
LEAVES, STAYS = box(50, pod=HERE, pol=NEXT), box(51, pod=LAST, pol=NEXT)

IMPOSSIBLE: dict[str, tuple[Sequence[Container], Sequence[Pin], Sequence[Forbid], list[str]]] = {
    "a reefer off a plug": ([REEFER], [pin(REEFER, "0020084")], [], ["REEFER-PLUG"]),
    "a 40 ft box on an odd slot": ([LONG], [pin(LONG, "0010082")], [], ["POS-LENGTH"]),
    "a 20 ft box on an even slot": ([SHORT], [pin(SHORT, "0020082")], [], ["POS-LENGTH"]),
    "a stack too heavy": (HEAVY, [pin(one, "bay 02 row 00 deck") for one in HEAVY], [], ["STACK-WEIGHT-40"]),
    "a 20 on a 40": ([LONG, SHORT], [pin(LONG, "0020082"), pin(SHORT, "0010084")], [], ["POS-20-ON-40"]),
    "a slot that is not there": ([LONG], [pin(LONG, "0441182")], [], ["POS-SLOT"]),
    "a bay that is not there": ([LONG], [], [Forbid(ShipPart.parse("bay 44"))], ["POS-SLOT"]),
    "a lid that is not there": ([LONG], [pin(LONG, "lid 99X")], [], ["POS-SLOT"]),
    "two boxes in one slot": (HEAVY, [pin(HEAVY[0], "0020082"), pin(HEAVY[1], "0020082")], [], ["POS-CLASH"]),
    "a box not on the list": ([LONG], [pin(ContainerId("NOBODY"), "bay 02")], [], ["LIST-UNKNOWN"]),
    "a pin that overlaps a forbidden place": (
        [LONG], [pin(LONG, "0020082")], [Forbid(ShipPart.parse("bay 02 deck"))], ["WISH-FORBID"],
    ),
    "two pins of one box": ([LONG], [pin(LONG, "0020082"), pin(LONG, "bay 06")], [], ["WISH-PIN", "WISH-PIN"]),
    "a box on hold": ([HELD], [pin(HELD, "bay 02")], [], ["LIST-STOPPED"]),
    "a box that stays aboard": ([LONG], [pin(STAYS, "bay 06")], [], ["LIST-RESTOW"]),
    "a box that leaves here": ([LONG], [pin(LEAVES, "bay 06")], [], ["LIST-RESTOW"]),
    "a slot where a box stays": ([LONG], [pin(LONG, "0100482")], [], ["POS-CLASH"]),
    "peroxide in the hold": ([box(5, dangerous=PEROXIDE)], [pin(box(5), "0020002")], [], ["DG-DECK"]),
    "peroxide beside gas": (
        [box(5, dangerous=PEROXIDE), box(6, dangerous=GAS)],
        [pin(box(5), "0020082"), pin(box(6), "0020282")],
        [],
        ["DG-SEGREGATION"],
    ),
    "nothing to stand on": ([LONG], [pin(LONG, "0020086")], [], ["POS-SUPPORT"]),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_wish_is_refused_with_the_rule_that_forbids_it_where_and_what_to_do(name: str) -> None:
    loads, pins, forbids, expected = IMPOSSIBLE[name]
    given = asked(call(loads, [(LEAVES, "0100082"), (STAYS, "0100482")]), pins, forbids)
    found = impossible(given)
    assert [one.rule for one in found] == expected
    assert all(one.text and one.remedy for one in found)


def test_all_impossible_wishes_are_told_at_once_and_the_rest_is_planned_without_them() -> None:
    names = ["a reefer off a plug", "a 20 on a 40", "a box not on the list"]
    loads = [load for name in names for load in IMPOSSIBLE[name][0]]
    unique = list({load.id: load for load in [*loads, *HEAVY]}.values())
    pins = [wish for name in names for wish in IMPOSSIBLE[name][1]]
    given = asked(call(unique), [*pins, pin(HEAVY[0], "0060082")])
    assert len(impossible(given)) == len(names)
    sound = possible(given)
    assert pin(HEAVY[0], "0060082") in sound.wishes.pins
    assert wish_findings(sound, stow(sound)) == []


def test_a_carriers_instruction_and_pins_are_kept_together() -> None:
    boxes = [box(n, "42G1", 20_000, LAST) for n in range(3)]
    slots = [StowPosition(2, row, 82) for row in (0, 1, 3)]
    orders = [SlotInstruction(slot, SizeType.parse("42G1"), LAST, 20_000) for slot in slots]
    given = asked(call(boxes, instructions=orders), [pin(boxes[0], "0020382"), pin(boxes[1], "bay 02 row 01")])
    solution = stow(given)
    assert solution.loads == {boxes[0].id: slots[2], boxes[1].id: slots[1], boxes[2].id: slots[0]}
    assert wish_findings(given, solution) == []


def test_a_pin_against_the_carriers_instruction_is_refused() -> None:
    order = SlotInstruction(StowPosition(2, 0, 82), SizeType.parse("42G1"), NEXT)
    given = asked(call([box(1, pod=LAST), box(2, pod=NEXT)], instructions=[order]), [pin(box(1), "0020082")])
    assert rules(given) == ["INSTRUCTION-CLASS"]


def test_a_hole_that_a_vanished_box_leaves_is_filled_by_a_new_one_at_no_cost() -> None:
    boxes = [box(n, "42G1", 20_000 - n, LAST) for n in range(4)]
    slots = dict(zip((b.id for b in boxes), (StowPosition(2, 0, tier) for tier in (82, 84, 86, 88)), strict=True))
    new = box(20, "42G1", 15_000, LAST)
    given = replace(call([*boxes[1:], new]), wishes=Wishes(budget=ChangeBudget(slots, 0)))
    assert decide(StowageProblem.of(given)).let_go == {}
    solution = stow(given)
    assert solution.loads == {**{b.id: slots[b.id] for b in boxes[1:]}, new.id: slots[boxes[0].id]}


def test_without_a_new_one_the_highest_of_the_stack_fills_the_hole_and_is_the_only_change() -> None:
    boxes = [box(n, "42G1", 20_000 - n, LAST) for n in range(4)]
    slots = dict(zip((b.id for b in boxes), (StowPosition(2, 0, tier) for tier in (82, 84, 86, 88)), strict=True))
    given = replace(call(boxes[1:]), wishes=Wishes(budget=ChangeBudget(slots, 1)))
    solution = stow(given)
    assert changed(given, solution.loads) == {boxes[3].id: slots[boxes[0].id]}


def test_a_budget_that_cannot_be_kept_says_which_box_must_move_and_why() -> None:
    boxes = [box(n, "42G1", 20_000, LAST) for n in range(2)]
    slots = {boxes[0].id: StowPosition(2, 0, 82), boxes[1].id: StowPosition(2, 0, 84)}
    given = replace(call(boxes[1:]), wishes=Wishes(budget=ChangeBudget(slots, 0)))
    (found,) = impossible(given)
    assert found.rule == "WISH-BUDGET"
    assert boxes[1].id in found.text
    assert "POS-SUPPORT" in found.text
