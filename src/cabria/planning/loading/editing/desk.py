"""A finished plan on a planner's desk: each edit priced at once, and judged as a whole when it is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce

from cabria.domain.call_changes import changed_call
from cabria.domain.calls import CallSettings, VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.edits import (
    Ask,
    Edit,
    HandOver,
    MoveTo,
    Reorder,
    Replan,
    Several,
    SlotEdit,
    Waive,
    Withdraw,
    boxes_of,
)
from cabria.domain.errors import DataError
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.plan import LoadingPlan
from cabria.domain.plan_diff import NOTHING_DONE, WorkDone
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.wishes import Wishes
from cabria.planning.loading.editing import travel
from cabria.planning.loading.editing.apply import AtWork, Reworked
from cabria.planning.loading.editing.bay_work import BayWork, only
from cabria.planning.loading.editing.blocks import ToDivide
from cabria.planning.loading.editing.lifts import lifts_of
from cabria.planning.loading.editing.part import Ground, PartOfShip, PartOfYard, part_of_plan
from cabria.planning.loading.editing.wished import refuse_unknown
from cabria.planning.loading.explain import reasons
from cabria.planning.loading.result import PlannedCall
from cabria.planning.loading.wishes import changes_of
from cabria.referee import crane_work, load_list, overstows, seaworthiness, stack_limits, visibility, wishes, yard_work
from cabria.referee.condition import Case, sailing_of
from cabria.referee.judge import CaseCheck, judge
from cabria.referee.judgement import Figures, Judgement, Stability
from cabria.referee.rule import Rule, attribute
from cabria.referee.stability import Cargo, afloat, stability, weight_of

TIME_CHECKS: tuple[CaseCheck, ...] = (
    load_list.late_boxes_are_there,
    yard_work.yard_work_is_possible,
    *wishes.WISH_CHECKS,
)
"""What other times and cranes of the same steps may break, beside the rules of crane work and travel."""


def _rules(family: object) -> frozenset[str]:
    return frozenset(rule.id for rule in vars(family).values() if isinstance(rule, Rule))


CRANE_RULES, YARD_RULES, WISH_RULES = _rules(crane_work), _rules(yard_work), _rules(wishes)


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
    """A call and its plan as they are now, and what of it is done.

    The lifts in the yard follow from slots and queues (`lifts`), so those of a plan that came from elsewhere are made
    anew before the first edit. A plan without queues or yard moves stays so.
    """

    call: VesselCall
    plan: LoadingPlan
    done: WorkDone = NOTHING_DONE
    _known: Judgement | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, call: VesselCall, plan: LoadingPlan, done: WorkDone = NOTHING_DONE) -> Desk:
        return cls(call, replace(plan, yard_moves=lifts_of(call, plan, done)), done)

    @cached_property
    def judgement(self) -> Judgement:
        return self._known or judge(self.call, self.plan)

    def warm(self) -> Desk:
        """The same desk, with all that the first price would have to look up."""
        self._ship_findings, self._at_work, self._ground.in_stack, self._ground.in_block, self._cargo, self._work  # noqa: B018
        self._ground.special(dangerous=True)
        with suppress(DataError):  # Work that no crane reaches cannot be handed over; all else has its price.
            self.to_divide.times_s  # noqa: B018
        return self

    def price(self, edit: Edit) -> Price:
        """What the referee would say differently of the whole plan, found on the part of it that changes.

        Raises DataError for an edit that means nothing here.
        """
        match edit:
            case Waive():
                self._covered(edit)
                return Price({})
            case Ask() | Withdraw():
                return self._price_of_wish(edit)
            case HandOver() | Reorder():
                return self.difference_in_part(Desk.of(self.call, self._with_queues(edit), self.done))
            case Replan():
                return self.difference(self._applied(edit))
            case _:
                return self._price_of_slots(edit, self._at_work.after(edit))

    def difference(self, other: Desk) -> Price:
        """What the referee says differently of another state, both judged as a whole."""
        was, now = Counter(self.judgement.findings), Counter(other.judgement.findings)
        new, gone = tuple((now - was).elements()), tuple((was - now).elements())
        return Price(_terms(self, other.plan, other.plan.makespan_s, new, gone), new, gone)

    def difference_in_part(self, other: Desk) -> Price:
        """The same, found where the two differ: on the stacks of boxes with another slot, in the cranes' work, the yard
        and the wishes. Where the call has other boxes all is judged."""
        if other.call.loads != self.call.loads or other.call.arrival != self.call.arrival:
            return self.difference(other)
        boxes = _with_other_slots(self.plan, other.plan)
        work = None if boxes else self._other_work(other)
        rules = YARD_RULES | WISH_RULES | travel.RULES | {load_list.LATE.id} | (CRANE_RULES if work is None else set())
        was = Counter(finding for finding in self.judgement.findings if finding.rule in rules)
        case = replace(self._case, call=other.call, plan=other.plan)
        now: Counter[Finding] = Counter()
        if boxes:
            slots = [slot for desk in (self, other) for slot in desk._slots_of(boxes)]
            parts = [PartOfShip.of(desk._ground, slots, boxes) for desk in (self, other)]
            here = [part.case(replace(d.plan, queues=())) for part, d in zip(parts, (self, other), strict=True)]
            departure = self._case.departure.with_stacks(parts[0].stacks, here[1].departure)
            case = replace(case, departure=departure, sailing=sailing_of(other.call, other.plan))
            whole_ship = self._of_the_whole_ship(case, self._departing(other.plan, boxes))
            was.update((*self._ship_findings, *parts[0].findings_at_rest(here[0], self.plan)))
            now.update((*whole_ship, *parts[1].findings_at_rest(here[1], other.plan)))
        now.update(finding for check in TIME_CHECKS for finding in check(case))
        if work is None:
            now.update(crane_work.work_is_possible(case))
        elif work:
            was.update(crane_work.work_is_possible(work[0]))
            now.update(crane_work.work_is_possible(work[1]))
        now.update(self._travel_of(other))
        new, gone = tuple((now - was).elements()), tuple((was - now).elements())
        return Price(_terms(self, other.plan, other.plan.makespan_s, new, gone), new, gone)

    def _other_work(self, other: Desk) -> tuple[Case, ...] | None:
        """The bays in which other things are done, or in another order, before and after, where every box stands where
        it did; nothing where there are none, None where all bays are to be judged."""
        if any(finding.rule in CRANE_RULES for finding in self.judgement.findings):
            return None
        work = BayWork.of(other.plan.queues, other.call.terminal.quay_cranes)
        bays = work.tied(self._work.differs_in(work), self.call.vessel)
        if 2 * len(bays) > len(work.sequence):
            return None
        if not bays:
            return ()
        boxes = {box for stack, found in self._ground.in_stack.items() if stack.bay in bays for box in found}
        call = self._ground.call_of(boxes)
        before, after = (part_of_plan(only(desk.plan, bays), call) for desk in (self, other))
        case = Case.of(call, before)
        return case, case.of_another(after)

    @cached_property
    def _work(self) -> BayWork:
        return BayWork.of(self.plan.queues, self.call.terminal.quay_cranes)

    def _travel_of(self, other: Desk) -> Iterable[Finding]:
        if self._travel_findings or self.call.settings.may_dual_cycle:
            return travel.travel_findings(other.call, other.plan, other.plan.queues)
        return travel.of_other_times(other.call, self.plan.queues, other.plan, other.plan.queues)

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
        after = reduce(Desk._applied, edits, self)
        plan = replace(after.plan, yard_moves=lifts_of(after.call, after.plan, after.done))
        plan = replace(plan, reasons=reasons(after.call, plan), changes=changes_of(after.call, plan))
        return Desk(after.call, plan, after.done)

    @cached_property
    def to_divide(self) -> ToDivide:
        """The work of the quay cranes that is to come, in blocks; late boxes are waited for. Raises DataError where no
        crane reaches a bay."""
        return ToDivide.of(self.call, self.plan.queues, self.done, available_s=self.call.available_s)

    def _applied(self, edit: Edit) -> Desk:
        """With the edit, but the yard's lifts as they were; those of a change of what is done follow at once, as it
        says which of them are done."""
        match edit:
            case Waive(waiver):
                return replace(self, plan=replace(self.plan, waivers=(*self.plan.waivers, waiver)), _known=None)
            case Ask() | Withdraw():
                return replace(self, call=self._asked(edit), _known=None)
            case HandOver() | Reorder():
                return replace(self, plan=self._with_queues(edit), _known=None)
            case Replan(_, diff, changes, done):
                fresh = Desk.of(self.call, self.plan, self.done)
                plan = diff.applied_to(fresh.plan)
                return fresh.replanned(plan, changed_call(self.call, changes), done)
            case _:
                return replace(self, plan=self._at_work.after(edit).whole, _known=None)

    def replanned(self, plan: LoadingPlan, call: VesselCall, done: WorkDone, like: Desk | None = None) -> Desk:
        """Another plan of the call as it is now known, the yard's lifts after those that are done made anew; or those
        of `like`, a desk of the same work from the same plan on, where it asks for the same."""
        done = done or self.done
        if like and like.call is call and (like.plan.queues, like.plan.loads) == (plan.queues, plan.loads):
            return Desk(call, replace(plan, yard_moves=like.plan.yard_moves), done)
        plan = replace(plan, yard_moves=self.plan.yard_moves)
        return Desk(call, replace(plan, yard_moves=lifts_of(call, plan, done)), done)

    def _with_queues(self, edit: HandOver | Reorder) -> LoadingPlan:
        return replace(self.plan, queues=self.to_divide.after(edit))

    def _asked(self, edit: Ask | Withdraw) -> VesselCall:
        asked = self.call.wishes
        if isinstance(edit, Ask):
            refuse_unknown(self.call, edit.wish)
            if edit.wish in asked.standing:
                raise DataError(f"That is asked already: {edit.wish}.")
            return replace(self.call, wishes=asked.and_also(Wishes.of(edit.wish)))
        if edit.wish not in asked.standing:
            raise DataError(f"Nobody asked: {edit.wish}.", remedy="`cabria edit wishes` tells what is asked.")
        return replace(self.call, wishes=asked.without((edit.wish,)))

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

    def _price_of_wish(self, edit: Ask | Withdraw) -> Price:
        was, now = (
            Counter(finding for check in wishes.WISH_CHECKS for finding in check(case))
            for case in (self._case, replace(self._case, call=self._asked(edit)))
        )
        return Price({}, tuple((now - was).elements()), tuple((was - now).elements()))

    def _price_of_slots(self, edit: SlotEdit | Several, after: Reworked) -> Price:
        boxes = boxes_of(edit)
        ship = PartOfShip.of(self._ground, self._slots(edit), boxes)
        here = ship.queues(self._at_work.index)
        before_here = replace(self.plan, queues=here)
        plan_here = replace(after.plan, queues=after.rework.queues(here))
        case_before = ship.case(before_here)
        case_after = ship.case_of_another(case_before, plan_here)
        was = Counter((*self._ship_findings, *ship.findings(case_before, before_here)))
        departure = self._case.departure.with_stacks(ship.stacks, case_after.departure)
        sailing = sailing_of(self.call, after.plan) if self.call.wishes.budget else ()
        whole = replace(self._case, plan=after.plan, departure=departure, sailing=sailing)
        sails = self._departing(after.plan, boxes)
        now = Counter((*self._of_the_whole_ship(whole, sails), *ship.findings(case_after, plan_here)))
        was.update((*self._travel_findings, *wishes.changes_are_within_budget(self._case)))
        now.update((*self._travel_after(after), *wishes.changes_are_within_budget(whole)))
        if self._looks_at_all_steps:
            was.update(self._of_all_steps(self._case))
            now.update(self._of_all_steps(replace(whole, plan=after.whole)))
        moves = self.plan.yard_moves
        if moves:
            yard = PartOfYard.of(self._ground, boxes, self.done)
            steps = yard.queues(self._at_work.index)
            lifts_after = yard.with_moves(yard.of_plan(after.plan, after.rework.queues(steps)))
            if not self._is_well_in_yard:
                was.update(yard.findings(yard.of_plan(self.plan, steps)))
            now.update(yard.findings(lifts_after))
            digs = _digs(lifts_after) - sum(m.is_dig and m.source.block in yard.blocks for m in moves)
        else:
            digs = 0
        new, gone = tuple((now - was).elements()), tuple((was - now).elements())
        return Price(_terms(self, after.plan, after.makespan_s, new, gone, digs), new, gone)

    @cached_property
    def _case(self) -> Case:
        return Case.of(self.call, self.plan)

    @cached_property
    def _at_work(self) -> AtWork:
        return AtWork.of(self.call, self.plan, self.done)

    @cached_property
    def _ground(self) -> Ground:
        return Ground(self.call, self.plan)

    @cached_property
    def _ship_findings(self) -> tuple[Finding, ...]:
        return tuple(self._of_the_whole_ship(self._case, self._departing(self.plan, ())))

    @cached_property
    def _travel_findings(self) -> tuple[Finding, ...]:
        if self._known is None and "judgement" not in self.__dict__:
            return tuple(travel.travel_findings(self.call, self.plan, self.plan.queues))
        return tuple(finding for finding in self.judgement.findings if finding.rule in travel.RULES)

    @cached_property
    def _is_well_in_yard(self) -> bool:
        """Whether nothing is wrong with the yard's lifts, and none goes from block to block, so that a block alone has
        nothing wrong either."""
        found = any(finding.rule in YARD_RULES for finding in self.judgement.findings)
        return not found and all(m.target is None or m.target.block == m.source.block for m in self.plan.yard_moves)

    @cached_property
    def _on_arrival(self) -> Stability:
        return stability(self.call.vessel, self.call.arrival, self.call.tank_contents_kg)

    @cached_property
    def _cargo(self) -> Cargo:
        return Cargo.of(self.call.vessel, self._case.sailing)

    def _departing(self, after: LoadingPlan, boxes: Iterable[ContainerId]) -> Stability:
        """The ship as she sails after some boxes were moved."""
        call, cargo = self.call, self._cargo.copy()
        for times, plan in ((-1, self.plan), (1, after)):
            for stowed in _sailing(call, plan, boxes):
                cargo.add(weight_of(call.vessel, stowed), times)
        tanks = after.tank_contents_kg
        return afloat(call.vessel, cargo, call.tank_contents_kg if tanks is None else tanks)

    def _of_the_whole_ship(self, case: Case, departure: Stability) -> Iterator[Finding]:
        """What cannot be said of a part: stability, and what is seen from the bridge."""
        yield from seaworthiness.ship_within_limits(self.call.vessel, self._on_arrival, departure)
        yield from attribute(
            visibility.sea_is_seen(self.call.vessel, case.departure, departure),
            visibility.sea_is_seen(self.call.vessel, case.remaining, departure),
        )

    @property
    def _looks_at_all_steps(self) -> bool:
        asked = self.call.wishes
        return bool(self.call.available_s or asked.cranes or asked.orders)

    def _of_all_steps(self, case: Case) -> Iterator[Finding]:
        yield from load_list.late_boxes_are_there(case)
        yield from wishes.cranes_work_where_they_may(case)
        yield from wishes.work_is_in_order(case)

    def _travel_after(self, after: Reworked) -> Iterable[Finding]:
        """By an exchange it changes who is lifted, not when and where."""
        if not after.rework.is_of_other_times:
            return self._travel_findings
        if self._travel_findings or self.call.settings.may_dual_cycle:
            return travel.travel_findings(self.call, after.plan, after.whole.queues)
        return travel.around(self.call, self._at_work.index, after.plan, after.rework)

    def _slots(self, edit: SlotEdit | Several) -> Iterator[StowPosition]:
        """Where its boxes stand before and after."""
        yield from self._slots_of(boxes_of(edit))
        for each in edit.edits if isinstance(edit, Several) else (edit,):
            if isinstance(each, MoveTo):
                yield each.to

    def _slots_of(self, boxes: Iterable[ContainerId]) -> Iterator[StowPosition]:
        aboard = self.call.arrival.by_container
        for box in boxes:
            if box in self.plan.loads:
                yield self.plan.loads[box]
            if box in self.plan.restows:
                yield self.plan.restows[box]
            if box in aboard:
                yield aboard[box].position


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


def _sailing(call: VesselCall, plan: LoadingPlan, boxes: Iterable[ContainerId]) -> Iterator[Stowed]:
    """Those of some boxes that sail, where they do."""
    aboard = call.arrival.by_container
    for box in boxes:
        if box in plan.loads:
            yield Stowed(call.load_by_id[box], plan.loads[box])
        elif box in aboard and aboard[box].container.pod != call.port:
            yield Stowed(aboard[box].container, plan.restows.get(box, aboard[box].position))


def _with_other_slots(before: LoadingPlan, after: LoadingPlan) -> frozenset[ContainerId]:
    """Boxes that stand elsewhere, or stay ashore in one of the two."""
    pairs = ((before.loads, after.loads), (before.restows, after.restows))
    other = ((was, now) for was, now in pairs if was is not now)
    return frozenset(box for was, now in other for box in {**was, **now} if was.get(box) != now.get(box))


def _digs(plan: LoadingPlan) -> int:
    return sum(move.is_dig for move in plan.yard_moves)


def _terms(
    desk: Desk,
    after: LoadingPlan,
    makespan_s: int,
    new: Iterable[Finding],
    gone: Iterable[Finding],
    digs: int | None = None,
) -> dict[str, float]:
    """`digs` are those more where not all lifts of `after` are known."""
    settings: CallSettings = desk.call.settings
    before = desk.plan
    rules = Counter(f.rule for f in new if f.cause is Cause.PLAN)
    rules.subtract(f.rule for f in gone if f.cause is Cause.PLAN)
    terms = {
        "refused": settings.refused_min * (len(after.refused) - len(before.refused)),
        "restows": settings.restow_min * (len(after.restows) - len(before.restows)),
        "overstows": settings.overstow_min * (rules[overstows.STACK.id] + rules[overstows.LID.id]),
        "inversions": settings.inversion_min * rules[stack_limits.INVERSION.id],
        "digs": settings.dig_min * (_digs(after) - _digs(before) if digs is None else digs),
        "makespan": (makespan_s - before.makespan_s) / 60,
    }
    return {name: round(minutes, 6) for name, minutes in terms.items() if minutes}
