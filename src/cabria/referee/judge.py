"""The referee's door: a plan is judged from the call and the plan alone.

Every rule is listed in `RULES`. Rules of stowage look at one condition of the ship; they are asked of the departure
and, to see what came aboard so, of the arrival: rules of support of the arrival as it came, rules of limits and
neighbours of what remains of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cabria.domain.calls import VesselCall
from cabria.domain.findings import Finding
from cabria.domain.plan import LoadingPlan
from cabria.domain.told import Told
from cabria.referee import (
    clearing,
    crane_travel,
    crane_work,
    dangerous_goods,
    figures,
    instruction,
    load_list,
    out_of_gauge,
    overstows,
    plugs,
    positions,
    seaworthiness,
    stack_limits,
    visibility,
    wishes,
    yard_work,
)
from cabria.referee.condition import Case, Condition
from cabria.referee.judgement import NOT_JUDGED, Judgement, Stability, sentence
from cabria.referee.rule import Offence, Rule, attribute
from cabria.referee.stability import stability

StowageCheck = Callable[[Condition], Iterator[Offence]]
CaseCheck = Callable[[Case], Iterator[Finding]]

FAMILIES = (
    load_list,
    positions,
    stack_limits,
    plugs,
    dangerous_goods,
    out_of_gauge,
    overstows,
    clearing,
    instruction,
    wishes,
    seaworthiness,
    visibility,
    crane_work,
    crane_travel,
    yard_work,
)

RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in vars(family).values() if isinstance(rule, Rule))

SUPPORT_CHECKS: tuple[StowageCheck, ...] = (
    positions.slot_exists,
    positions.length_fits_bay,
    positions.cell_takes_length,
    positions.one_box_per_place,
    positions.nothing_hangs,
    positions.stands_level,
    positions.no_short_on_long,
)
LIMIT_CHECKS: tuple[StowageCheck, ...] = (
    stack_limits.end_weight_within_limit,
    stack_limits.stack_weight_within_limit,
    stack_limits.height_within_limit,
    stack_limits.lashing_surrogate_within_cap,
    plugs.reefers_have_power,
    dangerous_goods.dangerous_goods_are_segregated,
    dangerous_goods.deck_only_goods_on_deck,
    dangerous_goods.goods_are_known,
    dangerous_goods.goods_are_in_closed_containers,
    dangerous_goods.category_is_looked_up,
    out_of_gauge.nothing_on_over_high,
    out_of_gauge.nothing_beside_over_wide,
    out_of_gauge.nothing_before_over_long,
    overstows.no_overstow_in_stack,
    overstows.no_overstow_on_lid,
)
CASE_CHECKS: tuple[CaseCheck, ...] = (
    *load_list.LOAD_LIST_CHECKS,
    clearing.nobody_in_the_way,
    clearing.nobody_on_opened_lids,
    instruction.slots_hold_their_class,
    *wishes.WISH_CHECKS,
    crane_work.work_is_possible,
    crane_travel.cranes_keep_time_and_distance,
    yard_work.yard_work_is_possible,
)


def judge(call: VesselCall, plan: LoadingPlan) -> Judgement:
    """Judge a plan. Never raises for a bad plan: what is wrong with it is in the findings."""
    case = Case.of(call, plan)
    tanks = call.tank_contents_kg if plan.tank_contents_kg is None else plan.tank_contents_kg
    arrival = stability(call.vessel, call.arrival, call.tank_contents_kg)
    departure = stability(call.vessel, case.sailing, tanks)
    findings = (
        *(finding for check in CASE_CHECKS for finding in check(case)),
        *stowage_findings(case),
        *seaworthiness.tanks_hold_it(call.vessel, tanks),
        *seaworthiness.ship_within_limits(call.vessel, arrival, departure),
        *attribute(
            visibility.sea_is_seen(call.vessel, case.departure, departure),
            visibility.sea_is_seen(call.vessel, case.remaining, departure),
        ),
    )
    unjudged = _not_judged(case, departure)
    return Judgement(findings, figures.count(case, findings), arrival, departure, _rules(unjudged), unjudged)


def stowage_findings(case: Case) -> Iterator[Finding]:
    """What is wrong with how the boxes stand, by the rules that look at a condition of the ship."""
    for check in SUPPORT_CHECKS:
        yield from attribute(check(case.departure), check(case.arrival))
    for check in LIMIT_CHECKS:
        yield from attribute(check(case.departure), check(case.remaining))
    yield from attribute(stack_limits.heavy_below_light(case.departure, case.call.settings.max_inversion_kg), ())


def _not_judged(case: Case, departure: Stability) -> dict[str, tuple[Told, ...]]:
    why = {
        **load_list.not_judged(case),
        **instruction.not_judged(case),
        **wishes.not_judged(case),
        **crane_work.not_judged(case),
        **crane_travel.not_judged(case),
        **yard_work.not_judged(case),
        **seaworthiness.not_judged(case.call.vessel, departure),
        **visibility.not_judged(case.call.vessel, departure),
    }
    return {rule.id: why[rule.id] for rule in RULES if rule.id in why}


def _rules(unjudged: Mapping[str, tuple[Told, ...]]) -> dict[str, str]:
    return {
        rule.id: rule.sentence + (NOT_JUDGED + sentence(unjudged[rule.id]) if rule.id in unjudged else "")
        for rule in RULES
    }
