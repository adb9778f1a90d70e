"""Whether the plan answers the load list: every box once, none invented, none that must stay ashore."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.told import Told, told
from cabria.domain.work import StepKind
from cabria.referee.condition import NO_QUEUES, Case
from cabria.referee.rule import Rule

CALL = Rule("LIST-CALL", Severity.HARD, "The plan is for this call.")
UNKNOWN = Rule(
    "LIST-UNKNOWN", Severity.HARD, "Only containers on the load list are loaded or refused; none is invented."
)
MISSING = Rule("LIST-MISSING", Severity.HARD, "Every container on the load list is loaded or refused; none is lost.")
TWICE = Rule("LIST-TWICE", Severity.HARD, "No container is both loaded and refused.")
REASON = Rule("LIST-REASON", Severity.COMMERCIAL, "A refusal says why.")
RESTOW = Rule("LIST-RESTOW", Severity.HARD, "Only containers that stay aboard are restowed.")
STOPPED = Rule("LIST-STOPPED", Severity.HARD, "A stopped container (customs, cut-off ...) is not loaded.")
VERIFIED = Rule("LIST-VGM", Severity.HARD, "No full container is loaded without a verified gross mass (SOLAS VI/2).")
PORT = Rule("LIST-PORT", Severity.HARD, "Every container aboard is bound for a port of the rotation.")
LATE = Rule("LIST-LATE", Severity.HARD, "A container that comes late is not set on board before it is there.")
MASS = Rule("LIST-MASS", Severity.SAFETY, "Every container has a mass; one of 0 kg makes ship and stack look light.")


def plan_is_for_this_call(case: Case) -> Iterator[Finding]:
    if case.plan.call_id != case.call.id:
        text = told(
            "The plan is for call {call}, not {wanted}.",
            "plan-of-another-call",
            call=case.plan.call_id,
            wanted=case.call.id,
        )
        yield CALL.finding(text)


def none_invented(case: Case) -> Iterator[Finding]:
    for container, position in case.plan.loads.items():
        if container not in case.call.load_by_id:
            yield UNKNOWN.finding(
                told("It is planned aboard but is not on the load list.", "load-not-listed"), position, container
            )
    for container in case.plan.refused:
        if container not in case.call.load_by_id:
            yield UNKNOWN.finding(
                told("It is refused but is not on the load list.", "refusal-not-listed"), "", container
            )


def none_lost(case: Case) -> Iterator[Finding]:
    for container in case.call.load_by_id:
        if container not in case.plan.loads and container not in case.plan.refused:
            yield MISSING.finding(
                told("It is on the load list but neither loaded nor refused.", "load-forgotten"), "", container
            )


def none_twice(case: Case) -> Iterator[Finding]:
    for container, position in case.plan.loads.items():
        if container in case.plan.refused:
            yield TWICE.finding(told("It is both loaded and refused.", "loaded-and-refused"), position, container)


def refusals_say_why(case: Case) -> Iterator[Finding]:
    for container, reason in case.plan.refused.items():
        if not reason.strip():
            yield REASON.finding(told("It is refused without a reason.", "refused-without-reason"), "", container)


def only_what_stays_is_restowed(case: Case) -> Iterator[Finding]:
    for container, position in case.plan.restows.items():
        stowed = case.call.arrival.by_container.get(container)
        if stowed is None:
            yield RESTOW.finding(
                told("It is to be restowed but is not aboard on arrival.", "restow-not-aboard"), position, container
            )
        elif stowed.container.pod == case.call.port:
            yield RESTOW.finding(
                told("It is to be restowed but is discharged here.", "restow-discharged-here"), position, container
            )


def stopped_boxes_stay(case: Case) -> Iterator[Finding]:
    for container, position in case.plan.loads.items():
        load = case.call.load_by_id.get(container)
        if load and load.holds:
            yield STOPPED.finding(
                told("It is stopped: {holds}.", "load-stopped", holds=", ".join(load.holds)), position, container
            )


def masses_are_verified(case: Case) -> Iterator[Finding]:
    for container, position in case.plan.loads.items():
        load = case.call.load_by_id.get(container)
        if load and load.is_full and not load.mass_is_verified:
            yield VERIFIED.finding(
                told("It is full and has no verified gross mass.", "mass-not-verified"), position, container
            )


def ports_are_in_rotation(case: Case) -> Iterator[Finding]:
    if not case.call.rotation:
        return
    for container, position in case.sailing:
        if container.pod not in case.call.port_order:
            text = told(
                "It is bound for {port}, where the ship does not call.",
                "port-not-called",
                port=container.pod or "no port",
            )
            yield PORT.finding(text, position, container.id, _cause(case, container.id))


def late_boxes_are_there(case: Case) -> Iterator[Finding]:
    late = case.call.available_s
    for queue in case.plan.queues if late else ():
        for step in queue.steps:
            for container, position in zip(step.containers, step.positions, strict=False):
                if step.kind is StepKind.LOAD and step.start_s < late.get(container, 0):
                    text = told(
                        "It is set at {at_s} s but is there at {there_s} s.",
                        "set-before-it-comes",
                        at_s=step.start_s,
                        there_s=late[container],
                    )
                    yield LATE.finding(text, position, container)


def masses_are_given(case: Case) -> Iterator[Finding]:
    for container, position in case.sailing:
        if container.gross_mass_kg == 0:
            yield MASS.finding(
                told("Its mass is given as 0 kg.", "mass-zero"), position, container.id, _cause(case, container.id)
            )


def _cause(case: Case, container: str) -> Cause:
    """A fact about the box itself came with whoever brought it."""
    return Cause.PLAN if container in case.call.load_by_id else Cause.ARRIVAL


def not_judged(case: Case) -> dict[str, tuple[Told, ...]]:
    unjudged: dict[str, tuple[Told, ...]] = {}
    if not case.call.rotation:
        unjudged[PORT.id] = (told("The call names no rotation.", "no-rotation"),)
    if not case.call.available_s:
        unjudged[LATE.id] = (told("No box is said to come late.", "nothing-late"),)
    elif not case.plan.queues:
        unjudged[LATE.id] = (NO_QUEUES,)
    return unjudged


LOAD_LIST_CHECKS = (
    plan_is_for_this_call,
    none_invented,
    none_lost,
    none_twice,
    refusals_say_why,
    only_what_stays_is_restowed,
    stopped_boxes_stay,
    masses_are_verified,
    ports_are_in_rotation,
    late_boxes_are_there,
    masses_are_given,
)
