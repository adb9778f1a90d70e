"""Whether one plan may take another's place while work goes on: what is done stays, and no more changes than allowed.

Counted from the two plans and where work stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.findings import Finding, Severity
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.told import told
from cabria.domain.work import CraneStep, StepKind
from cabria.referee.rule import Rule
from cabria.referee.wishes import may_be_loaded

DONE = Rule(
    "CHANGE-DONE", Severity.HARD, "Steps that are begun, and lifts that are done in the yard, stay as they are."
)
UNDER_WAY = Rule(
    "CHANGE-UNDER-WAY", Severity.HARD, "Boxes on their way to the ship keep the slots they were planned for."
)
PAST = Rule("CHANGE-PAST", Severity.HARD, "Nothing is planned for a time that is over.")
BOXES = Rule("CHANGE-BOXES", Severity.COMMERCIAL, "No more boxes get another slot or stay ashore than may.")
MOVES = Rule("CHANGE-MOVES", Severity.COMMERCIAL, "No more boxes are lifted by another crane than may.")


@dataclass(frozen=True, slots=True)
class Budget:
    """How many boxes may get another slot or stay ashore, and how many another crane; None is any number."""

    boxes: int | None = None
    moves: int | None = None

    def less(self, boxes: int, moves: int) -> Budget:
        """What is left of it."""
        return Budget(
            None if self.boxes is None else max(0, self.boxes - boxes),
            None if self.moves is None else max(0, self.moves - moves),
        )

    def allows(self, boxes: int, moves: int) -> bool:
        return (self.boxes is None or boxes <= self.boxes) and (self.moves is None or moves <= self.moves)


@dataclass(frozen=True)
class ChangeJudgement:
    """What changes, and every rule that is broken.

    `boxes` are those with another slot, None for ashore; boxes that may not be loaded any more, that are gone from the
    list or new on it are none. `moves` are boxes lifted by another crane, and by which.
    """

    boxes: Mapping[ContainerId, StowPosition | None]
    moves: Mapping[tuple[StepKind, ContainerId], str]
    findings: tuple[Finding, ...]


def judge_change(
    call: VesselCall,
    before: LoadingPlan,
    after: LoadingPlan,
    *,
    now_s: int = 0,
    begun: Mapping[str, Iterable[CraneStep]] | None = None,
    fetched: Iterable[ContainerId] = (),
    budget: Budget = Budget(),
) -> ChangeJudgement:
    """Judge a change of plan. `call` is what is known after it, `begun` the steps of each crane as they were done.

    A crane may have brought a load forward out of its turn, so what it has done is a set and no head of its queue.
    """
    steps_done = {crane: tuple(steps) for crane, steps in (begun or {}).items()}
    fetched = frozenset(fetched)
    boxes, moves = changed_boxes(call, before, after), changed_moves(before, after)
    findings = (
        *_steps_done(after, steps_done),
        *_lifts_done(before, after, fetched),
        *_under_way(before, after, fetched),
        *_not_in_the_past(after, steps_done, now_s),
        *_within(BOXES, len(boxes), budget.boxes),
        *_within(MOVES, len(moves), budget.moves),
    )
    return ChangeJudgement(boxes, moves, findings)


def changed_boxes(call: VesselCall, before: LoadingPlan, after: LoadingPlan) -> dict[ContainerId, StowPosition | None]:
    """Boxes that the plan before loads or restows and the plan after puts elsewhere; and those that had to stay where
    they came aboard and are restowed now."""
    found: dict[ContainerId, StowPosition | None] = {}
    for box, was in before.loads.items():
        now, load = after.loads.get(box), call.load_by_id.get(box)
        if (now is not None and now != was) or (now is None and load is not None and may_be_loaded(call, load)):
            found[box] = now
    for box in {**before.restows, **after.restows}:
        if before.restows.get(box) != after.restows.get(box):
            found[box] = after.restows.get(box)
    return found


def changed_moves(before: LoadingPlan, after: LoadingPlan) -> dict[tuple[StepKind, ContainerId], str]:
    """Boxes that both plans lift, by different cranes."""
    was = {(step.kind, box): queue.crane for queue in before.queues for step in queue.steps for box in step.containers}
    return {
        (step.kind, box): queue.crane
        for queue in after.queues
        for step in queue.steps
        for box in step.containers
        if was.get((step.kind, box), queue.crane) != queue.crane
    }


def _steps_done(after: LoadingPlan, begun: Mapping[str, tuple[CraneStep, ...]]) -> Iterator[Finding]:
    steps = {queue.crane: frozenset(queue.steps) for queue in after.queues}
    for crane, done in begun.items():
        if not steps.get(crane, frozenset()).issuperset(done):
            yield DONE.finding(
                told("What it has begun is not what the plan says it did.", "begun-otherwise"), f"crane {crane}"
            )


def _lifts_done(before: LoadingPlan, after: LoadingPlan, fetched: frozenset[ContainerId]) -> Iterator[Finding]:
    was = [move for move in before.yard_moves if move.needed_for in fetched]
    now = [move for move in after.yard_moves if move.needed_for in fetched]
    if after.yard_moves and was != now:
        wrong = next((a for a, b in zip(was, now, strict=False) if a != b), (was or now)[-1])
        text = told("A lift in the yard that is done would be another.", "yard-lift-done-otherwise")
        yield DONE.finding(text, wrong.source, wrong.container)


def _under_way(before: LoadingPlan, after: LoadingPlan, fetched: frozenset[ContainerId]) -> Iterator[Finding]:
    for box in sorted(fetched):
        if before.loads.get(box) != after.loads.get(box):
            text = told("It is on its way to another slot.", "on-its-way-elsewhere")
            yield UNDER_WAY.finding(text, before.loads.get(box, ""), box)


def _not_in_the_past(after: LoadingPlan, begun: Mapping[str, tuple[CraneStep, ...]], now_s: int) -> Iterator[Finding]:
    for queue in after.queues:
        done = frozenset(begun.get(queue.crane, ()))
        for step in queue.steps:
            if step.start_s < now_s and step not in done:
                text = told(
                    "A step of {crane} begins at {at_s} s; it is {now_s} s.",
                    "step-in-the-past",
                    crane=queue.crane,
                    at_s=step.start_s,
                    now_s=now_s,
                )
                yield PAST.finding(text, f"crane {queue.crane}", step.containers[0] if step.containers else None)
                break


def _within(rule: Rule, count: int, at_most: int | None) -> Iterator[Finding]:
    if at_most is None or count <= at_most:
        return
    if rule is BOXES:
        text = told(
            "{count:,} boxes get another slot or stay ashore where {most:,} may.",
            "too-many-boxes-change",
            count=count,
            most=at_most,
        )
        yield rule.finding(text)
    else:
        text = told(
            "{count:,} boxes are lifted by another crane where {most:,} may.",
            "too-many-moves-change",
            count=count,
            most=at_most,
        )
        yield rule.finding(text)
