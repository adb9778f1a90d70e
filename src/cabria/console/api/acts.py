"""Which act each request is, for the audit trail. The words are those of `people/acts.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import msgspec
from starlette.routing import compile_path

from cabria.adapters.gate.port_call_routes import LISTS, MARKS
from cabria.adapters.gate.port_call_routes import PREFIX as PORT_CALL
from cabria.console.people.acts import names_of, value_of
from cabria.domain.verdict import Values

ACTS: Mapping[str, str] = {
    "POST /logout": "logged-out",
    "POST /password": "own-password-changed",
    "POST /tokens": "token-made",
    "DELETE /tokens/{token}": "token-ended",
    "POST /users": "user-added",
    "POST /users/{user}/role": "role-given",
    "POST /users/{user}/password": "password-given",
    "DELETE /users/{user}": "user-removed",
    "POST /plans/{plan}/edits": "plan-edited",
    "POST /plans/{plan}/undo": "plan-undone",
    "POST /plans/{plan}/redo": "plan-redone",
    "POST /plans/{plan}/plan": "plan-made",
    "POST /plans/{plan}/replan": "plan-made-again",
    "POST /plans/{plan}/proposal": "proposal-signed",
    "DELETE /plans/{plan}/proposal": "proposal-dropped",
    "DELETE /tasks/{task}": "task-ended",
    "POST /uploads": "call-loaded",
    "POST /live/commit": "plan-given",
    "POST /live/speed": "speed-set",
    "POST /live/take-out": "machine-taken-out",
    "POST /live/put-back": "machine-put-back",
    "POST /live/tow": "truck-towed",
    "POST /live/expect-back": "back-expected",
    "POST /live/hold-queue": "queue-held",
    "POST /live/release-queue": "queue-released",
    "POST /live/skip-step": "step-skipped",
    "POST /live/give-bay": "bay-given",
    "POST /live/hurry": "box-hurried",
    "POST /live/see-alert": "alert-seen",
    "POST /live/see-alerts": "alerts-seen",
    "POST /live/sail": "ship-let-sail",
    "POST /tries": "try-begun",
    "DELETE /tries/{try}": "try-dropped",
    "POST /tries/{try}/take-over": "try-taken-over",
    "POST /training/sessions": "training-begun",
    "DELETE /training/sessions/{id}": "training-closed",
    "POST /training/inject": "fault-injected",
    "POST /training/notes": "training-noted",
    "POST /training/snapshots": "snapshot-kept",
    "POST /training/branches": "training-branched",
    "POST /training/finish": "training-finished",
    "POST /berths": "week-made",
    "POST /berth-uploads": "berth-case-loaded",
    "POST /berths/{berth}/take": "berths-taken",
    "POST /berths/{berth}/undo": "berths-undone",
    "POST /berths/{berth}/redo": "berths-redone",
    "POST /berths/{berth}/plan": "berths-planned",
    "PUT /gate/appointments/{id}": "appointment-booked",
    "DELETE /gate/appointments/{id}": "appointment-cancelled",
    "PUT /gate/visits/{id}/in": "truck-let-in",
    "PUT /gate/visits/{id}/stands": "truck-at-stand",
    "PUT /gate/visits/{id}/out": "truck-let-out",
    **{f"PUT {PORT_CALL}/{name}/{{id}}": "port-call-written" for name in LISTS},
    **{f"POST {PORT_CALL}/{name}/{{id}}/{act}": "port-call-marked" for name, act in MARKS},
}


def act_of(method: str, path: str) -> str:
    """Of a route, its path with the names in it; "" for what is none."""
    return ACTS.get(f"{method} {path}", "")


def values_of(act: str, *givers: object) -> Values:
    """What the act names, of the first that has it: mappings, or messages with fields of that name."""
    given = [
        giver if isinstance(giver, Mapping) else {field: getattr(giver, field) for field in fields_of(giver)}
        for giver in givers
    ]
    first = {name: next((one[name] for one in given if name in one), None) for name in (names_of(act) if act else ())}
    said = {name: value_of(value) for name, value in first.items()}
    return {name: value for name, value in said.items() if value is not None}


def fields_of(giver: object) -> tuple[str, ...]:
    return giver.__struct_fields__ if isinstance(giver, msgspec.Struct) else ()


def act_asked(method: str, path: str) -> tuple[str, Mapping[str, str]]:
    """Of a request as it came: its act, and what its path names."""
    for one, pattern, act in _patterns():
        if one == method and (match := pattern.match(path)):
            return act, match.groupdict()
    return "", {}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    routes = [(*route.split(), act) for route, act in ACTS.items()]
    return tuple((method, compile_path(path)[0], act) for method, path, act in routes)
