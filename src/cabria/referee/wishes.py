"""The planner's wishes: pins, forbidden places and the change budget against an earlier plan."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.findings import Finding, Severity
from cabria.domain.positions import StowPosition
from cabria.referee.condition import Case
from cabria.referee.rule import Rule

PIN = Rule("WISH-PIN", Severity.COMMERCIAL, "A container that the planner pinned stands where he pinned it.")
FORBID = Rule("WISH-FORBID", Severity.COMMERCIAL, "The plan puts no container where the planner forbade it.")
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
            yield PIN.finding(f"{pin}, but it does not sail.", pin.to, pin.container)
        elif not pin.is_met(case.call.vessel, position):
            yield PIN.finding(f"{pin}, but it stands in {position}.", position, pin.container)


def forbidden_places_are_left(case: Case) -> Iterator[Finding]:
    profile = case.call.vessel
    for forbid in case.call.wishes.forbids:
        for box in case.departure.boxes():
            if box.container.id in case.departure.changed and forbid.is_broken(profile, box.container, box.place):
                yield FORBID.finding(f"{forbid}.", box.position, box.container.id)


def changes_are_within_budget(case: Case) -> Iterator[Finding]:
    budget = case.call.wishes.budget
    if budget is None:
        return
    changed = changes(case)
    if len(changed) > budget.at_most:
        named = "; ".join(f"{box} from {was} {to}" for box, was, to in changed[:NAMED])
        text = f"{len(changed):,} containers change where {budget.at_most:,} may: {named}"
        yield BUDGET.finding(f"{text}{' ...' if len(changed) > NAMED else ''}.")


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


def not_judged(case: Case) -> dict[str, str]:
    wishes = case.call.wishes
    asked = {PIN.id: wishes.pins, FORBID.id: wishes.forbids, BUDGET.id: wishes.budget}
    return {rule: "The planner asked for nothing of the kind." for rule, wish in asked.items() if not wish}


WISH_CHECKS = (pins_are_kept, forbidden_places_are_left, changes_are_within_budget)
