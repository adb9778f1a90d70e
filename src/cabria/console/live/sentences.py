"""Events of the run log as sentences of the trade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cabria.console.messages import parts as row
from cabria.domain import run_events as e
from cabria.domain.said import Reason, Said


class Sentence(NamedTuple):
    """`values` are what the sentence names, so that pages can say it in another language by the event's kind; `why` is
    the reason among them."""

    text: str
    machine: str
    values: Mapping[str, str | int]
    why: Reason | None = None


def sentence(event: e.RunEvent) -> Sentence | None:
    """None for what nobody wants to read one by one, such as energy and booked trips."""
    match event:
        case e.BoxesLifted():
            return _said("{crane} lifts {boxes} from {places}", event.crane, crane=event.crane, **_handled(event))
        case e.BoxesLanded():
            return _said("{crane} sets {boxes} down at {places}", event.crane, crane=event.crane, **_handled(event))
        case e.LidLifted():
            return _said("{crane} takes lid {lid} off {call}", event.crane, crane=event.crane, **_covered(event))
        case e.LidLanded():
            return _said("{crane} puts lid {lid} on {call}", event.crane, crane=event.crane, **_covered(event))
        case e.ShipBerthed():
            return _said("{call} is fast at {metres} m", call=event.call, metres=round(event.berth_x_mm / 1_000))
        case e.ShipSailed():
            return _said("{call} has sailed", call=event.call)
        case e.MachineStopped():
            machine = event.machine
            return _said("{machine} is out of service: {cause}", machine, machine=machine, cause=event.cause)
        case e.MachineResumed():
            return _said("{machine} is back in service", event.machine, machine=event.machine)
        case e.QueuesChanged():
            return _said("The queues of {call} were divided anew: {why}", call=event.call, why=event.reason)
        case e.PlanChanged():
            changes, call, why = len(event.slots), event.call, event.reason
            return _said("{call} has another plan, {boxes} boxes otherwise: {why}", call=call, boxes=changes, why=why)
        case e.RulesChanged():
            return _said("The rule about {rule} is another: {why}", rule=event.rule, why=event.reason)
        case e.StepSkipped():
            what = event.step.lid or ", ".join(event.step.containers)
            told = {"crane": event.crane, "kind": event.step.kind.value, "what": what}
            return _said("{crane} leaves out {kind} of {what}: {why}", event.crane, why=event.reason, **told)
        case e.MoveDropped():
            return _said("{move} is not carried out: {why}", move=event.move, why=event.reason)
        case e.TruckAssigned():
            truck = event.truck
            return _said("{truck} goes for {move}: {why}", truck, truck=truck, move=event.move, why=event.reason)
        case e.VisitorRefused():
            truck = event.truck
            return _said("{truck} was turned away at the gate: {why}", truck, truck=truck, why=event.reason)
        case e.TruckLeft():
            return _said("{truck} has left through the gate", event.truck, truck=event.truck)
        case e.TruckTowed():
            return _said("{truck} is towed: {why}", event.truck, truck=event.truck, why=event.reason)
        case e.WorkRefused():
            return _said("{truck} takes no work: {why}", event.truck, truck=event.truck, why=event.reason)
        case e.Waited():
            waited_s = (event.at_ms - event.since_ms) // 1_000
            crane, cause = event.crane, event.cause
            return _said("{crane} waited {seconds} s for {cause}", crane, crane=crane, seconds=waited_s, cause=cause)
        case e.JobTakenBack():
            return _said("{job} was taken back: {why}", event.job.partition("/")[0], job=event.job, why=event.reason)
        case _:
            return None


def reason_row(reason: Reason) -> row.Said:
    """With a word where it is operations' own."""
    if isinstance(reason, Said):
        return row.Said(str(reason), reason.code, dict(reason.values))
    return row.Said(reason, "", {})


def _said(text: str, machine: str = "", /, why: Reason | None = None, **values: str | int) -> Sentence:
    named = values if why is None else {**values, "why": str(why)}
    return Sentence(text.format_map(named), machine, named, why)


def _handled(event: e.BoxesLifted | e.BoxesLanded) -> dict[str, str]:
    return {"boxes": ", ".join(event.containers), "places": ", ".join(map(str, event.places))}


def _covered(event: e.LidLifted | e.LidLanded) -> dict[str, str]:
    return {"lid": event.lid, "call": event.call}
