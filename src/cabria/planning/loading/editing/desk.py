"""A finished plan on a planner's desk: each edit priced at once, and judged as a whole when it is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from cabria.domain.calls import CallSettings, VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.edits import Edit, Exchange, LeaveAshore, MoveTo, Waive
from cabria.domain.errors import DataError
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.work import YardMove
from cabria.planning.loading.editing.apply import edited
from cabria.planning.loading.editing.part import PartOfShip, PartOfYard
from cabria.planning.loading.explain import reasons
from cabria.planning.loading.result import PlannedCall
from cabria.planning.loading.wishes import changes_of
from cabria.planning.yard.problem import YardProblem
from cabria.planning.yard.retrieval import retrieve
from cabria.referee import crane_travel, load_list, overstows, seaworthiness, stack_limits, visibility, wishes
from cabria.referee.condition import Case, sailing_of
from cabria.referee.judge import CaseCheck, judge
from cabria.referee.judgement import Figures, Judgement, Stability
from cabria.referee.rule import attribute
from cabria.referee.stability import stability

SHIP_CHECKS: tuple[CaseCheck, ...] = (*load_list.LOAD_LIST_CHECKS, *wishes.WISH_CHECKS)


class Forbidden(DataError):
    """An edit that would make the plan illegal; `findings` are the referee's."""

    def __init__(self, edit: Edit, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        first = findings[0]
        more = f" {len(findings) - 1:,} more rules forbid it." if len(findings) > 1 else ""
        super().__init__(f"The referee forbids to {edit}. {first.rule}: {first.text}{more}", place=first.place)


@dataclass(frozen=True)
class Price:
    """What an edit changes: minutes by what they are for (more is worse), and findings that come and go."""

    terms: Mapping[str, float]
    new: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()

    @property
    def minutes(self) -> float:
        return sum(self.terms.values())

    @property
    def forbidden(self) -> tuple[Finding, ...]:
        """HARD findings that the edit makes."""
        return tuple(f for f in self.new if f.severity is Severity.HARD and f.cause is Cause.PLAN)


@dataclass(frozen=True)
class Desk:
    """A call and its plan as it is now.

    The lifts in the yard follow from slots and queues (`yard.retrieval`), so those of a plan that came from elsewhere
    are made anew before the first edit. A plan without queues or yard moves stays so.
    """

    call: VesselCall
    plan: LoadingPlan

    @classmethod
    def of(cls, call: VesselCall, plan: LoadingPlan) -> Desk:
        return cls(call, replace(plan, yard_moves=_yard_moves(call, plan)))

    @cached_property
    def judgement(self) -> Judgement:
        return judge(self.call, self.plan)

    def price(self, edit: Edit) -> Price:
        """What the referee would say differently of the whole plan, found on the part of it that changes.

        Raises DataError for an edit that means nothing here.
        """
        if isinstance(edit, Waive):
            self._covered(edit)
            return Price({})
        after, boxes = edited(self.call, self.plan, edit), _boxes(edit)
        ship = PartOfShip.of(self.call, (self.plan, after), self._slots(edit, boxes), boxes)
        before_here, after_here = ship.case(self.plan), ship.case(after)
        was = Counter((*self._ship_findings, *self._travel_findings, *ship.findings(before_here, self.plan)))
        departure = self._case.departure.with_stacks(ship.stacks, after_here.departure)
        whole = replace(self._case, plan=after, departure=departure, sailing=sailing_of(self.call, after))
        now = Counter((*self._of_the_whole_ship(whole), *self._travel(whole, edit), *ship.findings(after_here, after)))
        digs = 0
        if self.plan.yard_moves:
            yard = PartOfYard.of(self.call, boxes)
            lifts_before, lifts_after = yard.of_plan(self.plan), yard.with_moves(yard.of_plan(after))
            was.update(yard.findings(lifts_before))
            now.update(yard.findings(lifts_after))
            digs = _digs(lifts_after) - _digs(lifts_before)
        new, gone = tuple((now - was).elements()), tuple((was - now).elements())
        return Price(_terms(self.call.settings, self.plan, after, new, gone, digs), new, gone)

    def take(self, edit: Edit) -> Desk:
        """The desk with the edit done and the whole plan judged.

        Raises Forbidden where the referee finds a HARD fault that was not there before, and DataError for an edit
        that means nothing here.
        """
        if isinstance(edit, Waive):
            self._covered(edit)
        desk = self.with_edits((edit,))
        worse = Counter(desk.judgement.hard_by_plan) - Counter(self.judgement.hard_by_plan)
        if worse:
            raise Forbidden(edit, tuple(worse.elements()))
        return desk

    def with_edits(self, edits: Iterable[Edit]) -> Desk:
        """The desk with edits that were taken before, as a log tells them: nothing is forbidden."""
        after = reduce(lambda plan, edit: edited(self.call, plan, edit), edits, self.plan)
        after = replace(after, yard_moves=_yard_moves(self.call, after))
        return Desk(self.call, replace(after, reasons=reasons(self.call, after), changes=changes_of(self.call, after)))

    def _covered(self, edit: Waive) -> None:
        waiver = edit.waiver
        if any(waiver.covers(finding) for finding in self.judgement.findings):
            return
        of_rule = [finding for finding in self.judgement.findings if finding.rule == waiver.rule]
        if any(finding.severity is Severity.HARD for finding in of_rule):
            raise DataError(f"{waiver.rule} is HARD: what is illegal or impossible nobody can answer for.")
        raise DataError(
            f"The plan has no finding of {waiver.rule} there.",
            remedy="`cabria check` tells its findings, with their rules and places.",
        )

    @cached_property
    def _case(self) -> Case:
        return Case.of(self.call, self.plan)

    @cached_property
    def _ship_findings(self) -> tuple[Finding, ...]:
        return tuple(self._of_the_whole_ship(self._case))

    @cached_property
    def _travel_findings(self) -> tuple[Finding, ...]:
        return tuple(crane_travel.cranes_keep_time_and_distance(self._case))

    @cached_property
    def _on_arrival(self) -> Stability:
        return stability(self.call.vessel, self.call.arrival, self.call.tank_contents_kg)

    def _of_the_whole_ship(self, case: Case) -> Iterator[Finding]:
        """What cannot be said of a part: the list, wishes, stability, and what is seen from the bridge."""
        call, tanks = self.call, case.plan.tank_contents_kg
        departure = stability(call.vessel, case.sailing, call.tank_contents_kg if tanks is None else tanks)
        for check in SHIP_CHECKS:
            yield from check(case)
        yield from seaworthiness.ship_within_limits(call.vessel, self._on_arrival, departure)
        yield from attribute(
            visibility.sea_is_seen(call.vessel, case.departure, departure),
            visibility.sea_is_seen(call.vessel, case.remaining, departure),
        )

    def _travel(self, case: Case, edit: Edit) -> Iterable[Finding]:
        """By an exchange it changes who is lifted, not when and where."""
        return self._travel_findings if isinstance(edit, Exchange) else crane_travel.cranes_keep_time_and_distance(case)

    def _slots(self, edit: Edit, boxes: Iterable[ContainerId]) -> Iterator[StowPosition]:
        yield from (self.plan.loads[box] for box in boxes if box in self.plan.loads)
        if isinstance(edit, MoveTo):
            yield edit.to


def edited_call(planned: PlannedCall, desk: Desk) -> PlannedCall:
    """A planned call with the plan as it is now on the desk. Bounds hold for every plan, so they stay."""
    was, now = (minutes_of(desk.call.settings, judged.figures) for judged in (planned.judgement, desk.judgement))
    figures = desk.judgement.figures
    reached = {"crane makespan": figures.crane_makespan_s / 60, "digs": float(figures.digs)}
    stowage = sum(now[name] - was[name] for name in ("refused", "restows", "overstows"))
    return replace(
        planned,
        plan=desk.plan,
        judgement=desk.judgement,
        costs_min={name: cost + now.get(name, 0.0) - was.get(name, 0.0) for name, cost in planned.costs_min.items()},
        bounds={
            name: replace(bound, reached=reached.get(name, bound.reached + stowage * (name == "stowage")))
            for name, bound in planned.bounds.items()
        },
        stopped="edited by hand",
    )


def minutes_of(settings: CallSettings, figures: Figures) -> Mapping[str, float]:
    """What the referee's figures cost in a planner's minutes."""
    return {
        "refused": settings.refused_min * figures.refused,
        "restows": settings.restow_min * figures.restows,
        "overstows": settings.overstow_min * (figures.overstows + figures.lid_overstows),
        "digs": settings.dig_min * figures.digs,
        "makespan": figures.crane_makespan_s / 60,
    }


def _yard_moves(call: VesselCall, plan: LoadingPlan) -> tuple[YardMove, ...]:
    if not plan.yard_moves or not plan.queues:
        return plan.yard_moves
    problem = YardProblem.of(call, plan.loads, plan.queues)
    return retrieve(problem, range(len(problem.slots)))


def _digs(plan: LoadingPlan) -> int:
    return sum(move.is_dig for move in plan.yard_moves)


def _boxes(edit: Exchange | MoveTo | LeaveAshore) -> tuple[ContainerId, ...]:
    return (edit.one, edit.other) if isinstance(edit, Exchange) else (edit.container,)


def _terms(
    settings: CallSettings,
    before: LoadingPlan,
    after: LoadingPlan,
    new: Iterable[Finding],
    gone: Iterable[Finding],
    digs: int,
) -> dict[str, float]:
    rules = Counter(f.rule for f in new if f.cause is Cause.PLAN)
    rules.subtract(f.rule for f in gone if f.cause is Cause.PLAN)
    terms = {
        "refused": settings.refused_min * (len(after.refused) - len(before.refused)),
        "overstows": settings.overstow_min * (rules[overstows.STACK.id] + rules[overstows.LID.id]),
        "inversions": settings.inversion_min * rules[stack_limits.INVERSION.id],
        "digs": settings.dig_min * digs,
        "makespan": (after.makespan_s - before.makespan_s) / 60,
    }
    return {name: round(minutes, 6) for name, minutes in terms.items() if minutes}
