"""The referee blames the plan only for what the plan changes."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import (
    HERE,
    LAST,
    LATER,
    NEXT,
    box,
    box_20,
    call,
    discharge,
    lid_off,
    load,
    plan,
    queue,
    ship,
    slot,
    terminal,
    with_stack,
)

from cabria.domain.containers import DangerousGoods
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.plan import LoadingPlan
from cabria.domain.vessel import Level, VesselLimits
from cabria.referee.judge import judge
from cabria.referee.rule import Offence, Rule, attribute

EARLY, LATE, OUT = box("EARLY", pod=NEXT), box("LATE", pod=LAST), box("OUT", pod=HERE)
RULE = Rule("TEST", Severity.HARD, "Something holds.")


def causes(findings: tuple[Finding, ...], rule: str) -> list[Cause]:
    return [finding.cause for finding in findings if finding.rule == rule]


def test_an_offence_that_was_there_and_is_no_worse_came_aboard_so() -> None:
    before = [Offence(RULE, "", "here", amount=5)]
    now = [Offence(RULE, "", "here", amount=5), Offence(RULE, "", "here", amount=6), Offence(RULE, "", "there")]
    assert [finding.cause for finding in attribute(now, before)] == [Cause.ARRIVAL, Cause.PLAN, Cause.PLAN]


def test_an_overstow_that_came_aboard_is_not_the_plans() -> None:
    judgement = judge(call(arrival=[(EARLY, "0020082"), (LATE, "0020084")]), plan())
    assert causes(judgement.findings, "OVERSTOW-STACK") == [Cause.ARRIVAL]
    assert (judgement.figures.overstows, judgement.figures.overstows_on_arrival) == (0, 1)


def test_an_overstow_over_a_box_that_is_discharged_counts_on_arrival_and_not_on_departure() -> None:
    made = call(arrival=[(OUT, "0020082"), (LATE, "0020084")])
    judgement = judge(made, plan(restows={"LATE": "0020082"}))
    assert causes(judgement.findings, "OVERSTOW-STACK") == []
    assert judgement.figures.overstows_on_arrival == 1


def test_a_restow_into_a_new_overstow_is_the_plans() -> None:
    made = call(arrival=[(EARLY, "0020082"), (LATE, "0060082")])
    judgement = judge(made, plan(restows={"LATE": "0020084"}))
    assert causes(judgement.findings, "OVERSTOW-STACK") == [Cause.PLAN]
    assert judgement.figures.overstows == 1


def test_an_overloaded_stack_that_is_made_lighter_came_aboard_so_and_one_made_heavier_did_not() -> None:
    weak = with_stack(ship(), 2, 0, Level.DECK, max_weight_40_kg=5_000)
    made = call(arrival=[(LATE, "0020082")], loads=[box("A", kg=10)], vessel=weak)
    assert causes(judge(made, plan(refused={"A": "no"})).findings, "STACK-WEIGHT-40") == [Cause.ARRIVAL]
    assert causes(judge(made, plan({"A": "0020084"})).findings, "STACK-WEIGHT-40") == [Cause.PLAN]


def test_a_stack_emptied_below_its_limit_and_loaded_over_it_again_is_the_plans() -> None:
    weak = with_stack(ship(), 2, 0, Level.DECK, max_weight_40_kg=5_000)
    made = call(arrival=[(OUT, "0020082")], loads=[box("A", kg=9_000)], vessel=weak)
    assert causes(judge(made, plan({"A": "0020082"})).findings, "STACK-WEIGHT-40") == [Cause.PLAN]


def test_a_box_that_hung_before_came_aboard_so_and_one_that_hangs_by_a_discharge_does_not() -> None:
    hung = call(arrival=[(LATE, "0020084")])
    assert causes(judge(hung, plan()).findings, "POS-SUPPORT") == [Cause.ARRIVAL]
    undercut = call(arrival=[(OUT, "0020082"), (LATE, "0020084")])
    assert causes(judge(undercut, plan()).findings, "POS-SUPPORT") == [Cause.PLAN]


def test_a_conflict_of_dangerous_goods_aboard_stays_the_arrivals_even_when_one_is_set_back_into_its_slot() -> None:
    gas = box("GAS", pod=LATER, dangerous=(DangerousGoods("2.1", 1978),))
    oxidizer = box("OX", pod=LATER, dangerous=(DangerousGoods("5.1", 1479),))
    made = call(arrival=[(OUT, "0020082"), (gas, "0020182"), (oxidizer, "0020282")])
    assert causes(judge(made, plan()).findings, "DG-SEGREGATION") == []
    near = call(arrival=[(gas, "0020182"), (oxidizer, "0020082")])
    assert causes(judge(near, plan()).findings, "DG-SEGREGATION") == [Cause.ARRIVAL]
    back = plan(restows={"GAS": "0020182"})
    assert causes(judge(near, back).findings, "DG-SEGREGATION") == [Cause.ARRIVAL]


def test_a_ship_too_deep_on_arrival_and_no_deeper_on_departure_came_so() -> None:
    deep = replace(ship(), limits=VesselLimits(max_displacement_kg=1))
    assert causes(judge(call(vessel=deep), plan()).findings, "SHIP-DISPLACEMENT") == [Cause.ARRIVAL]
    made = call(vessel=deep, loads=[box("A")])
    assert causes(judge(made, plan({"A": "0020082"})).findings, "SHIP-DISPLACEMENT") == [Cause.PLAN]


def test_a_box_aboard_for_a_port_outside_the_rotation_came_so() -> None:
    made = call(arrival=[(box("FAR", pod="USNYC"), "0020082")])
    assert causes(judge(made, plan()).findings, "LIST-PORT") == [Cause.ARRIVAL]


def test_without_a_rotation_ports_are_not_judged_and_the_rule_says_so() -> None:
    judgement = judge(call(loads=[EARLY], rotation=()), plan({"EARLY": "0020082"}))
    assert causes(judgement.findings, "LIST-PORT") == []
    assert "Not judged: The call names no rotation." in judgement.rules["LIST-PORT"]


def test_without_queues_yard_moves_or_instructions_their_rules_say_so() -> None:
    rules = judge(call(), plan()).rules
    for rule in ("WORK-FREE", "CRANE-GAP", "YARD-TOP", "INSTRUCTION-CLASS"):
        assert "Not judged:" in rules[rule]
    assert "Not judged:" not in rules["POS-SUPPORT"]


def test_figures_are_counted_from_the_plan() -> None:
    made = call(
        arrival=[(OUT, "0020082"), (LATE, "0060082")],
        loads=[box_20("T", kg=8_000), box_20("U", kg=8_000), box("R", code="45R1", set_point_tenth_c=0)],
    )
    one = queue("QC1", discharge(("OUT", "0020082")), load(("T", "0010082"), ("U", "0030082")))
    two = queue("QC2", load(("R", "0060182")), start_s=300)
    slots = {"T": "0010082", "U": "0030082", "R": "0060182"}
    judgement = judge(made, plan(slots, queues=(one, two)))
    figures = judgement.figures
    assert judgement.hard_by_plan == ()
    assert (figures.loads, figures.loaded, figures.refused, figures.discharged, figures.remaining) == (3, 3, 0, 1, 1)
    assert (figures.crane_makespan_s, figures.crane_moves, figures.twin_lifts, figures.crane_idle_s) == (420, 4, 1, 0)
    assert (figures.plugs_used, figures.teu_departing) == (1, 6)


def test_waiting_of_a_crane_is_counted_without_its_travel() -> None:
    first, second = queue("QC1", load(("A", "0020082")), load(("B", "0060082"))).steps
    late = replace(second, start_s=second.start_s + 50, end_s=second.end_s + 50)
    made = call(loads=[box("A"), box("B")])
    both = {"A": "0020082", "B": "0060082"}
    judgement = judge(made, plan(both, queues=(replace(queue("QC1"), steps=(first, late)),)))
    assert judgement.figures.crane_idle_s == 50


def test_a_plan_of_nonsense_is_judged_and_not_an_error() -> None:
    made = call(arrival=[(OUT, "0999999"), (EARLY, "0020004")], loads=[box("A"), box_20("T")], terminal=terminal())
    nonsense = LoadingPlan(
        "?",
        loads={"A": slot("0020082"), "T": slot("0020082"), "X": slot("9999999")},  # type: ignore[dict-item]
        restows={"OUT": slot("0020082"), "Y": slot("0000000")},  # type: ignore[dict-item]
        queues=(queue("QC1", lid_off("02P"), discharge(("A", "0020082"))), queue("QC7"), queue("QC1")),
    )
    assert judge(made, nonsense).hard_by_plan
