"""The five roles and what each may do. One table: the server asks it, the pages show it, a test tries it all."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cabria.domain.errors import DataError


class Role(StrEnum):
    VIEWER = "viewer"
    PLANNER = "planner"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """Something the server may be asked."""

    ENTER = "enter"
    """Open to everybody: to log in, and to ask whether one is."""
    SELF = "self"
    """One's own password, tokens and session."""
    SEE = "see"
    """Plans, the yard, machines, the stream."""
    PLAN_UPLOAD = "plan.upload"
    PLAN_MAKE = "plan.make"
    PLAN_EDIT = "plan.edit"
    PLAN_COMMIT = "plan.commit"
    """Give a plan to the terminal to be worked."""
    LIVE_QUEUE = "live.queue"
    """Hold and release queues, skip and reassign."""
    LIVE_MACHINE = "live.machine"
    """Take machines out of service and back."""
    LIVE_MOVE = "live.move"
    LIVE_ALERT = "live.alert"
    LIVE_SPEED = "live.speed"
    LIVE_SAIL = "live.sail"
    TRY = "try"
    """Let a copy of the terminal go its own way."""
    TRY_TAKE_OVER = "try.take-over"
    """Order of the terminal what was tried."""
    GATE_READ = "gate.read"
    GATE_BOOK = "gate.book"
    GATE_PASS = "gate.pass"
    PORT_CALLS_READ = "port-calls.read"
    PORT_CALLS_WRITE = "port-calls.write"
    TRAIN = "train"
    """Begin, play and end training sessions."""
    TRAIN_INSTRUCT = "train.instruct"
    """Inject into training sessions and annotate them."""
    AUDIT_READ = "audit.read"
    USERS_READ = "users.read"
    USERS_CHANGE = "users.change"


_SEEING = frozenset({Action.ENTER, Action.SELF, Action.SEE, Action.PORT_CALLS_READ})
_PLANNING = frozenset(
    {Action.PLAN_UPLOAD, Action.PLAN_MAKE, Action.PLAN_EDIT, Action.PLAN_COMMIT, Action.TRY, Action.TRAIN}
)
_DISPATCHING = frozenset(
    {
        Action.LIVE_QUEUE,
        Action.LIVE_MACHINE,
        Action.LIVE_MOVE,
        Action.LIVE_ALERT,
        Action.GATE_READ,
        Action.GATE_BOOK,
        Action.GATE_PASS,
        Action.TRAIN,
    }
)
_SUPERVISING = frozenset(
    {
        Action.LIVE_SPEED,
        Action.LIVE_SAIL,
        Action.TRY_TAKE_OVER,
        Action.TRAIN_INSTRUCT,
        Action.PORT_CALLS_WRITE,
        Action.AUDIT_READ,
    }
)
_RUNNING_THE_SERVER = frozenset({Action.USERS_READ, Action.USERS_CHANGE})

MAY: Mapping[Role, frozenset[Action]] = {
    Role.VIEWER: _SEEING,
    Role.PLANNER: _SEEING | _PLANNING,
    Role.DISPATCHER: _SEEING | _DISPATCHING,
    Role.SUPERVISOR: _SEEING | _PLANNING | _DISPATCHING | _SUPERVISING,
    Role.ADMINISTRATOR: _SEEING | _PLANNING | _DISPATCHING | _SUPERVISING | _RUNNING_THE_SERVER,
}


def role_named(text: str) -> Role:
    """Raises DataError for a word that is no role."""
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise DataError(
            f"There is no role {text[:40]!r}.",
            remedy=f"There are {', '.join(Role)}.",
            code="no-such-role",
            values={"role": text[:40]},
        ) from None


def actions_named(texts: list[str]) -> frozenset[Action]:
    """Raises DataError for a word that is no action."""
    unknown = set(texts) - set(Action)
    if unknown:
        raise DataError(
            f"There is no action {min(unknown)[:40]!r}.",
            remedy=f"There are {', '.join(sorted(Action))}.",
            code="no-such-action",
            values={"action": min(unknown)[:40]},
        )
    return frozenset(map(Action, texts))
