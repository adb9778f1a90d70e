"""The planner's wishes: pins, places kept or forbidden, who works where in what order, and the change budget against
an earlier plan."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.findings import Finding, Severity
from cabria.domain.positions import StowPosition
from cabria.domain.told import Told, told
from cabria.domain.wishes import Keep
from cabria.referee.condition import Case
from cabria.referee.rule import Rule

PIN = Rule("WISH-PIN", Severity.COMMERCIAL, "A container that the planner pinned stands where he pinned it.")
FORBID = Rule("WISH-FORBID", Severity.COMMERCIAL, "The plan puts no container where the planner forbade it.")
KEEP = Rule(
    "WISH-KEEP", Severity.COMMERCIAL, "A part of the ship that the planner kept is stowed as it was, slot by slot."
)
CRANE = Rule("WISH-CRANE", Severity.COMMERCIAL, "Work is done by the cranes to which the planner gave it.")
ORDER = Rule("WISH-ORDER", Severity.COMMERCIAL, "Work that the planner wants first is over before the other begins.")
BUDGET = Rule(
    "WISH-BUDGET",
    Severity.COMMERCIAL,
    "Of the containers an earlier plan placed, no more than the planner's budget get another slot or stay ashore.",
)

NAMED = 3
"""How many changes over the budget are told by name."""


def pins_are_kept(case: Case) -> Iterator[Finding]:
    standing = {container.id: position for container, position in case.sailing}
    for pin in case.call.wishes.pins:
        position = standing.get(pin.container)
        if position is None:
            yield PIN.finding(told("{wish}, but it does not sail.", "pinned-stays", wish=pin), pin.to, pin.container)
        elif not pin.is_met(case.call.vessel, position):
            text = told("{wish}, but it stands in {slot}.", "pinned-elsewhere", wish=pin, slot=position)
            yield PIN.finding(text, position, pin.container)


def forbidden_places_are_left(case: Case) -> Iterator[Finding]:
    profile = case.call.vessel
    for forbid in case.call.wishes.forbids:
        for box in case.departure.boxes():
            if box.container.id in case.departure.changed and forbid.is_broken(profile, box.container, box.place):
                yield FORBID.finding(
                    told("{wish}.", "put-where-forbidden", wish=forbid), box.position, box.container.id
                )


def kept_places_are_as_they_were(case: Case) -> Iterator[Finding]:
    for keep in case.call.wishes.keeps:
        yield from _unlike(case, keep)


def _unlike(case: Case, keep: Keep) -> Iterator[Finding]:
    profile, standing = case.call.vessel, {container.id: position for container, position in case.sailing}
    kept = dict(keep.stowed)
    for container, was in kept.items():
        now = standing.get(container)
        if now is None:
            text = told("{wish}, but the box of slot {slot} does not sail.", "kept-stays", wish=keep, slot=was)
            yield KEEP.finding(text, was, container)
        elif now != was:
            text = told(
                "{wish}, but the box of slot {slot} stands in {now}.", "kept-elsewhere", wish=keep, slot=was, now=now
            )
            yield KEEP.finding(text, was, container)
    for box in case.departure.boxes():
        container = box.container.id
        if container in case.departure.changed and container not in kept and keep.part.touches(profile, box.place):
            yield KEEP.finding(
                told("{wish}, but another box is put there.", "kept-place-filled", wish=keep), box.position, container
            )


def cranes_work_where_they_may(case: Case) -> Iterator[Finding]:
    for wish in case.call.wishes.cranes:
        for queue in case.plan.queues:
            if (queue.crane == wish.crane) is wish.is_only:
                continue
            wrong = [step for step in queue.steps if wish.work.includes(case.call.vessel, step)]
            if wrong:
                text = told(
                    "{wish}, but {crane} does {steps:,} {noun} of it.",
                    "crane-not-as-wished",
                    wish=wish,
                    crane=queue.crane,
                    steps=len(wrong),
                    noun="step" if len(wrong) == 1 else "steps",
                )
                yield CRANE.finding(text, f"crane {queue.crane}")


def work_is_in_order(case: Case) -> Iterator[Finding]:
    profile = case.call.vessel
    for wish in case.call.wishes.orders:
        steps = [step for queue in case.plan.queues for step in queue.steps]
        over_s = max((step.end_s for step in steps if wish.first.includes(profile, step)), default=None)
        begins_s = min((step.start_s for step in steps if wish.then.includes(profile, step)), default=None)
        if over_s is not None and begins_s is not None and begins_s < over_s:
            yield ORDER.finding(
                told(
                    "{wish}, but that begins at {begins_s} s and this is over at {over_s} s.",
                    "order-not-as-wished",
                    wish=wish,
                    begins_s=begins_s,
                    over_s=over_s,
                )
            )


def changes_are_within_budget(case: Case) -> Iterator[Finding]:
    budget = case.call.wishes.budget
    if budget is None:
        return
    changed = changes(case)
    if len(changed) > budget.at_most:
        named = "; ".join(f"{box} from {was} {to}" for box, was, to in changed[:NAMED])
        yield BUDGET.finding(
            told(
                "{count:,} containers change where {most:,} may: {changes}.",
                "more-changes-than-wished",
                count=len(changed),
                most=budget.at_most,
                changes=f"{named}{' ...' if len(changed) > NAMED else ''}",
            )
        )


def changes(case: Case) -> list[tuple[ContainerId, StowPosition, str]]:
    """Containers that do not stand where the earlier plan had them: where that was, and where they are now."""
    budget = case.call.wishes.budget
    standing = {container.id: position for container, position in case.sailing}
    found = []
    for container, was in sorted(budget.earlier.items()) if budget else ():
        now = standing.get(container)
        load = case.call.load_by_id.get(container)
        if now is not None and now != was:
            found.append((container, was, f"to {now}"))
        elif now is None and load is not None and may_be_loaded(case.call, load):
            found.append((container, was, "to the quay"))
    return found


def may_be_loaded(call: VesselCall, load: Container) -> bool:
    """Whether nothing about the box itself keeps it ashore: no hold, no missing mass, no port out of the rotation."""
    if load.holds or (load.is_full and not load.mass_is_verified) or load.pod == call.port:
        return False
    return not call.rotation or load.pod in call.port_order


def not_judged(case: Case) -> dict[str, tuple[Told, ...]]:
    wishes = case.call.wishes
    asked = {
        PIN.id: wishes.pins,
        FORBID.id: wishes.forbids,
        KEEP.id: wishes.keeps,
        CRANE.id: wishes.cranes,
        ORDER.id: wishes.orders,
        BUDGET.id: wishes.budget,
    }
    why = told("The planner asked for nothing of the kind.", "not-wished")
    return {rule: (why,) for rule, wish in asked.items() if not wish}


WISH_CHECKS = (
    pins_are_kept,
    forbidden_places_are_left,
    kept_places_are_as_they_were,
    cranes_work_where_they_may,
    work_is_in_order,
    changes_are_within_budget,
)
