"""A plan folder, opened and kept warm: told as columns, its edits priced, taken, undone and redone.

As `cabria edit` does: each state is the plan as it was made plus the edits that count in its log, and every edit is
written down before it is told.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cabria.adapters.files.plan_json import read_planned
from cabria.adapters.files.plan_log import read_plan_log
from cabria.bootstrap import AS_MADE, LOG, MARK, read_call, write_edited
from cabria.console.desks import plan_picture as tell
from cabria.console.desks.asked_edits import box_named, edit_of, pin_row
from cabria.console.desks.vessel_picture import vessel_picture
from cabria.console.http.answers import mark_of
from cabria.console.http.problems import ProblemError, refusal
from cabria.console.messages import ship as m
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.edits import Edit, Exchange, MoveTo, PlanLog, PlanLogEntry, Redo, Undo
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.planning.loading.editing.alternatives import alternatives
from cabria.planning.loading.editing.desk import Desk, Forbidden, Price, edited_call
from cabria.planning.loading.explain import explain_text, why_there
from cabria.planning.loading.result import PlannedCall
from cabria.referee.judge import judge

NOT_PLANNED = "not planned yet"


def edit_message(edit: Exchange | MoveTo) -> m.Edit:
    if isinstance(edit, MoveTo):
        return m.MoveEdit(container=edit.container, to=str(edit.to))
    return m.ExchangeEdit(one=edit.one, other=edit.other)


@dataclass
class OpenPlan:
    """`made` is the plan as it was planned, `desk` as it is after the edits of `log`."""

    folder: Path
    planned: PlannedCall
    log: PlanLog
    desk: Desk
    made_mark: str
    cargo: tell.Cargo = field(init=False)
    vessel: m.Vessel = field(init=False)

    def __post_init__(self) -> None:
        self.cargo = tell.Cargo(self.desk.call)
        self.vessel = vessel_picture(self.planned.call.vessel)

    @classmethod
    def of(cls, call_folder: Path, folder: Path) -> OpenPlan:
        """Raises DataError with file and place. A call without a plan is open, with nothing planned."""
        call = read_call(call_folder)
        if not (folder / MARK).is_file():
            plan = LoadingPlan(call.id, {})
            planned = PlannedCall(call, plan, judge(call, plan), {}, {}, stopped=NOT_PLANNED)
            return cls(folder, planned, PlanLog(), Desk(call, plan), "")
        made = _made(folder)
        planned = read_planned(made, call)
        log = read_plan_log(folder / LOG, call_id=call.id) if (folder / LOG).exists() else PlanLog()
        desk = Desk.of(call, planned.plan)
        return cls(folder, planned, log, desk.with_edits(log.edits) if log.edits else desk, mark_of(made.read_bytes()))

    @property
    def has_plan(self) -> bool:
        return bool(self.made_mark)

    @property
    def revision(self) -> str:
        """Names this state of the plan, also after the server was started anew."""
        return f"{self.made_mark[:12]}-{len(self.log)}" if self.has_plan else "none"

    @property
    def now(self) -> PlannedCall:
        if not self.has_plan:
            return self.planned
        if not self.log.edits:
            return self.planned
        return replace(edited_call(self.planned, self.desk), call=self.desk.call)

    def refuse_unplanned(self) -> None:
        """Raises ProblemError 409 for a call without a plan."""
        if not self.has_plan:
            raise refusal(409, "no-plan", "This call has no plan yet.", remedy="Plan it first.")

    def refuse_other(self, revision: str) -> None:
        """Raises ProblemError 409 where somebody else has changed the plan since."""
        self.refuse_unplanned()
        if revision and revision != self.revision:
            by = self.log.entries[-1].by if self.log.entries else "somebody"
            raise refusal(
                409,
                "other-revision",
                f"The plan was changed by {by} since it was read ({revision} is {self.revision} now).",
                place="revision",
                remedy="Read the plan again.",
                code="plan-changed",
                values={"by": by},
            )

    def picture(self, plan_id: str) -> m.Plan:
        """All of it."""
        planned = self.now
        call, plan, judgement = planned.call, planned.plan, planned.judgement
        return m.Plan(
            id=plan_id,
            revision=self.revision,
            call=call.id,
            vessel=call.vessel.name,
            vessel_digest=self.vessel.digest,
            port=call.port,
            voyage=call.voyage,
            rotation=list(call.rotation),
            start=call.start,
            berth_x_mm=call.berth_x_mm,
            bow_towards_x=call.bow_towards_x,
            lids_off=list(call.lids_off),
            has_plan=self.has_plan,
            ports=tell.ports(call),
            boxes=self.cargo.columns(plan, call.wishes),
            arrival=self.cargo.arrival,
            departure=self.cargo.departure(plan),
            refused=self.cargo.refused(plan),
            queues=self.cargo.queues(plan.queues),
            crane_apart=tell.crane_apart(call.terminal),
            blocks=self.blocks() if self.has_plan else [],
            yard_moves=tell.yard_moves(plan.yard_moves),
            figures=tell.finite_values(asdict(judgement.figures)),
            costs_min=tell.finite_values(planned.costs_min),
            bounds=tell.bounds(planned.bounds),
            baselines={name: tell.finite_values(figures) for name, figures in planned.baselines.items()},
            arrival_curve=tell.curve(judgement.arrival),
            departure_curve=tell.curve(judgement.departure),
            findings=tell.finding_rows(judgement.findings, plan.waivers),
            rules=dict(judgement.rules),
            not_judged={rule: tell.all_said(why) for rule, why in judgement.not_judged.items()},
            pins=pins(self.desk),
            changes=self.cargo.changes(plan),
            log=tell.log_rows(self.log),
            can_undo=bool(self.log.edits),
            can_redo=bool(self.log.undone),
            seed=planned.seed,
            stopped=planned.stopped,
        )

    def blocks(self) -> list[m.BlockRow]:
        """The work of the cranes to come; none where a bay is out of their reach."""
        try:
            found = self.desk.to_divide.told()
        except DataError:
            return []
        return [
            m.BlockRow(
                crane=block.crane,
                block=block.number,
                bays=list(block.bays),
                start_s=block.start_s,
                end_s=block.end_s,
                what={str(kind): count for kind, count in block.kinds},
            )
            for block in found
        ]

    def price(self, asked: m.Edit, by: str) -> m.Price:
        """Raises DataError for an edit that means nothing here."""
        self.refuse_other("")
        return price_message(self.desk.price(edit_of(asked, self.desk, by)))

    def take(self, plan_id: str, asked: m.Edit, by: str, revision: str) -> m.PlanNews:
        """The edit is done and written down. Raises ProblemError with findings where the referee forbids it."""
        self.refuse_other(revision)
        return self.taken(plan_id, edit_of(asked, self.desk, by), by)

    def taken(self, plan_id: str, edit: Edit, by: str) -> m.PlanNews:
        """As `take`, for an edit of the domain."""
        price = self.desk.price(edit)
        try:
            desk = self.desk.take(edit)
        except Forbidden as error:
            raise forbidden(error) from None
        return self._moved_on(plan_id, desk, self.entry(edit, by, price.minutes), price)

    def step(self, plan_id: str, what: Undo | Redo, by: str, revision: str) -> m.PlanNews:
        """One edit back, or forth again. Raises DataError where there is none."""
        self.refuse_other(revision)
        entry = self.entry(what, by)
        log = self.log.and_then(entry)
        desk = Desk.of(self.planned.call, self.planned.plan).with_edits(log.edits)
        return self._moved_on(plan_id, desk, entry)

    def why(self, number: str) -> m.Why:
        """Raises DataError for a box of another ship."""
        box, call, plan = box_named(number), self.desk.call, self.desk.plan
        found = alternatives(self.desk, box) if box in plan.loads or box in plan.refused else ()
        text = explain_text(call, plan, box)
        terms = plan.reasons[box].terms if box in plan.reasons else {}
        return m.Why(
            box=box,
            slot=tell.slot_number(plan.loads.get(box) or plan.restows.get(box) or _aboard(call, box)),
            text=text,
            terms=tell.finite_values(terms),
            said=tell.all_said(why_there(call, plan, box)),
            alternatives=[
                m.Alternative(
                    slot=tell.slot_number(other.to),
                    minutes=other.price.minutes,
                    terms=dict(other.price.terms),
                    exchange_with=other.edit.other if isinstance(other.edit, Exchange) else "",
                    forbidden=tell.finding_rows(other.price.forbidden),
                    edit=edit_message(other.edit),
                )
                for other in found
            ],
        )

    def entry(self, what: Edit | Undo | Redo, by: str, minutes: float | None = None) -> PlanLogEntry:
        """A line of the log, of now."""
        return PlanLogEntry(what, by[:100], datetime.now(UTC).replace(microsecond=0), minutes)

    def _moved_on(self, plan_id: str, desk: Desk, entry: PlanLogEntry, price: Price | None = None) -> m.PlanNews:
        """Written down first, then told."""
        before, log = self.now, self.log.and_then(entry)
        write_edited(replace(edited_call(self.planned, desk), call=desk.call), log, self.folder)
        self.desk, self.log = desk, log
        if desk.call.loads != self.cargo.call.loads or desk.call.arrival is not self.cargo.call.arrival:
            self.cargo = tell.Cargo(desk.call)
            return self._other_list(plan_id, price)
        return self._news(plan_id, before, self.now, price)

    def _other_list(self, plan_id: str, price: Price | None) -> m.PlanNews:
        return m.PlanNews(
            id=plan_id,
            revision=self.revision,
            can_undo=bool(self.log.edits),
            can_redo=bool(self.log.undone),
            price=price_message(price) if price else None,
            is_new_list=True,
            log=tell.log_rows(self.log),
        )

    def _news(self, plan_id: str, before: PlannedCall, now: PlannedCall, price: Price | None) -> m.PlanNews:
        slots_before, slots = self.cargo.departure(before.plan), self.cargo.departure(now.plan)
        flags_before = self.cargo.flags(before.plan, before.call.wishes)
        flags = self.cargo.flags(now.plan, now.call.wishes)
        has_other_queues = now.plan.queues != before.plan.queues
        moved = [
            n
            for n, (slot, flag) in enumerate(zip(slots, flags, strict=True))
            if slot != slots_before[n] or flag != flags_before[n]
        ]
        return m.PlanNews(
            id=plan_id,
            revision=self.revision,
            can_undo=bool(self.log.edits),
            can_redo=bool(self.log.undone),
            price=price_message(price) if price else None,
            moved=moved,
            slots=[slots[n] for n in moved],
            box_flags=[flags[n] for n in moved],
            refused=self.cargo.refused(now.plan) if now.plan.refused != before.plan.refused else None,
            queues=self.cargo.queues(now.plan.queues) if has_other_queues else None,
            blocks=self.blocks() if has_other_queues else None,
            yard_moves=tell.yard_moves(now.plan.yard_moves) if now.plan.yard_moves != before.plan.yard_moves else None,
            figures=tell.finite_values(asdict(now.judgement.figures)),
            costs_min=tell.finite_values(now.costs_min),
            bounds=tell.bounds(now.bounds),
            departure_curve=tell.curve(now.judgement.departure),
            findings=tell.finding_rows(now.judgement.findings, now.plan.waivers),
            pins=pins(self.desk),
            changes=self.cargo.changes(now.plan),
            log=tell.log_rows(self.log),
        )


def compare(one: OpenPlan, other: OpenPlan, names: tuple[str, str]) -> m.Comparison:
    """Raises DataError for plans of two calls."""
    if one.planned.call.id != other.planned.call.id:
        raise DataError(
            f"{names[0]} and {names[1]} are of two calls.",
            remedy="Compare plans of one call.",
            code="plans-of-two-calls",
        )
    first, second = one.now, other.now
    slots = one.cargo.departure(first.plan), one.cargo.departure(second.plan)
    figures = asdict(first.judgement.figures), asdict(second.judgement.figures)
    terms = sorted({*first.costs_min, *second.costs_min})
    return m.Comparison(
        one=names[0],
        other=names[1],
        boxes=[
            m.Difference(box=box.id, one=a, other=b)
            for box, a, b in zip(one.cargo.boxes, *slots, strict=True)
            if a != b
        ],
        figures=[(name, float(value), float(figures[1][name])) for name, value in figures[0].items()],
        costs_min=[
            (name, tell.finite(first.costs_min.get(name, 0.0)), tell.finite(second.costs_min.get(name, 0.0)))
            for name in terms
        ],
    )


def forbidden(error: Forbidden) -> ProblemError:
    refused = refusal(422, "forbidden", error.problem, place=error.place)
    refused.problem.findings = tell.finding_rows(error.findings)
    return refused


def price_message(price: Price) -> m.Price:
    return m.Price(
        minutes=price.minutes,
        terms=dict(price.terms),
        new=tell.finding_rows(price.new),
        gone=tell.finding_rows(price.gone),
        forbidden=tell.finding_rows(price.forbidden),
    )


def pins(desk: Desk) -> list[m.Pin]:
    """What the planner asks of the plan, in order."""
    return [pin_row(n, wish) for n, wish in enumerate(desk.call.wishes.all)]


def _made(folder: Path) -> Path:
    """The plan as it was planned."""
    return folder / (AS_MADE if (folder / AS_MADE).exists() else MARK)


def _aboard(call: VesselCall, box: ContainerId) -> StowPosition | None:
    stowed = call.arrival.by_container.get(box)
    return stowed.position if stowed and stowed.container.pod != call.port else None
