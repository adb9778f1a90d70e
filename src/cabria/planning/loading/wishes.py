"""The planner's wishes around the searches: what is dropped before, what is fixed between, what is told afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import Change, LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.wishes import ImpossibleWish, ImpossibleWishes, Wish
from cabria.planning.stowage.impossible import impossible, unmet
from cabria.planning.stowage.problem import StowageProblem
from cabria.planning.stowage.wished import changed, decide
from cabria.referee.judgement import Judgement

MADE_ROOM = "moved to make room for boxes that are new on the list"


def without_impossible(call: VesselCall, *, drop: bool) -> tuple[VesselCall, tuple[ImpossibleWish, ...]]:
    """The call with the wishes that can be met, and the others. Raises ImpossibleWishes when none may be dropped."""
    dropped: tuple[ImpossibleWish, ...] = ()
    if call.wishes.keeps:
        call = replace(call, wishes=call.wishes.spelled_out(call.vessel))
    while found := impossible(call):
        if not drop:
            raise ImpossibleWishes(found)
        dropped += found
        call = replace(call, wishes=call.wishes.without(tuple(one.wish for one in found)))
    return call, dropped


def fixed_by_wishes(call: VesselCall, loads: Mapping[ContainerId, StowPosition]) -> frozenset[ContainerId]:
    """Loads that may not change places in the yard with others of their class: the planner wants them where they are.

    What a wish says of ports, lengths and reefers holds for all of a class; operators, numbers and goods do not.
    """
    wishes = call.wishes
    fixed = {pin.container for pin in wishes.pins}
    fixed |= {wish.work.container for wish in wishes.cranes if wish.work.container}
    fixed |= {work.container for wish in wishes.orders for work in (wish.first, wish.then) if work.container}
    if wishes.budget:
        fixed |= {box for box, slot in loads.items() if wishes.budget.earlier.get(box) == slot}
    particular = [forbid.cargo for forbid in wishes.forbids if forbid.cargo.container or forbid.cargo.operator]
    fixed |= {box for box in loads if any(cargo.includes(call.load_by_id[box]) for cargo in particular)}
    return frozenset(fixed)


def unmet_wishes(call: VesselCall, plan: LoadingPlan, judgement: Judgement) -> tuple[ImpossibleWish, ...]:
    """Wishes that a plan breaks by the referee's word: a search did not find how to meet them."""
    found: dict[Wish, ImpossibleWish] = {}
    for finding in judgement.broken_wishes:
        for wish in call.wishes.all:
            is_it = finding.text.startswith(str(wish)) or (wish is call.wishes.budget and finding.rule == "WISH-BUDGET")
            if is_it and wish not in found:
                why = plan.refused.get(finding.container, "") if finding.container else ""
                text = f"The search found no such plan. {finding.text}{f' The box stays ashore: {why}.' if why else ''}"
                found[wish] = unmet(wish, finding.rule, text, finding.place)
    return tuple(found.values())


def changes_of(call: VesselCall, plan: LoadingPlan) -> tuple[Change, ...]:
    """What a plan changes against the earlier plan of the change budget, and why."""
    budget = call.wishes.budget
    if budget is None:
        return ()
    let_go = decide(StowageProblem.of(call)).let_go
    moved = changed(call, {**plan.loads, **plan.restows}, plan.refused)
    return tuple(
        Change(box, budget.earlier[box], now, let_go.get(box) or plan.refused.get(box) or MADE_ROOM)
        for box, now in sorted(moved.items())
    )
