"""What our OpenAPI document says of the gate's and the port calls' requests. A test asks whether it is so."""

from __future__ import annotations

import msgspec

from cabria.adapters.gate.bodies import AppointmentBody, GateInBody, VisitAnswer, VisitsAnswer
from cabria.adapters.gate.port_call_routes import LISTS, MARKS
from cabria.adapters.gate.port_call_routes import PREFIX as PORT_CALL
from cabria.console.api.endpoint import Told
from cabria.console.http.answers import JSON
from cabria.console.people.roles import Action


class GateDone(msgspec.Struct):
    """It is entry `entry` of the journal, at this time."""

    id: str
    entry: int
    at: str


class PortCallObject(msgspec.Struct):
    """An object as DCSA Port Call (JIT) 2.0.0 has it, with its id."""


class PortCallReason(msgspec.Struct):
    """Why, as the standard has it; it is read and not kept."""


def _gate(method: str, path: str, action: Action, summary: str, body: type[msgspec.Struct] | None = None) -> Told:
    return Told(
        method=method,
        path=path,
        action=action,
        summary=summary,
        answer=GateDone,
        body=body,
        tags=("gate",),
        has_msgpack=False,
    )


GATE = (
    Told(
        method="GET",
        path="/gate/visits",
        action=Action.GATE_READ,
        summary="Road trucks that are expected, inside or have left.",
        answer=VisitsAnswer,
        tags=("gate",),
        has_msgpack=False,
    ),
    Told(
        method="GET",
        path="/gate/visits/{id}",
        action=Action.GATE_READ,
        summary="How far a visit is.",
        answer=VisitAnswer,
        tags=("gate",),
        has_msgpack=False,
    ),
    _gate("PUT", "/gate/appointments/{id}", Action.GATE_BOOK, "Book, or book another time.", AppointmentBody),
    _gate("DELETE", "/gate/appointments/{id}", Action.GATE_BOOK, "Cancel an appointment."),
    _gate("PUT", "/gate/visits/{id}/in", Action.GATE_PASS, "A road truck is at the gate.", GateInBody),
    _gate("PUT", "/gate/visits/{id}/stands", Action.GATE_PASS, "A road truck stands where it was sent."),
    _gate("PUT", "/gate/visits/{id}/out", Action.GATE_PASS, "A road truck wants to leave."),
)
PORT_CALLS = (
    *(
        Told(
            method="GET",
            path=f"{PORT_CALL}/{name}",
            action=Action.PORT_CALLS_READ,
            summary=f"{name}, asked for by the keys of their objects.",
            gives=JSON,
            tags=("port calls",),
            has_msgpack=False,
        )
        for name in LISTS
    ),
    *(
        Told(
            method="PUT",
            path=f"{PORT_CALL}/{name}/{{id}}",
            action=Action.PORT_CALLS_WRITE,
            summary=f"One of {name}, new or in place of what it was.",
            body=PortCallObject,
            status=204,
            tags=("port calls",),
            has_msgpack=False,
        )
        for name in LISTS
    ),
    *(
        Told(
            method="POST",
            path=f"{PORT_CALL}/{name}/{{id}}/{act}",
            action=Action.PORT_CALLS_WRITE,
            summary=f"{act} one of {name}.".capitalize(),
            body=PortCallReason,
            status=204,
            tags=("port calls",),
            has_msgpack=False,
        )
        for name, act in MARKS
    ),
)
