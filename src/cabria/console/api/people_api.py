"""Logging in and out, users, tokens, and the audit trail."""

from __future__ import annotations

import asyncio
import math
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta
from starlette.responses import Response

from cabria import __version__
from cabria.console.api.endpoint import Asked, tagged
from cabria.console.http.answers import respond
from cabria.console.http.problems import refusal
from cabria.console.messages import people as m
from cabria.console.messages.parts import VERSION, Message, Said
from cabria.console.people.acts import Deed, in_english
from cabria.console.people.passwords import check_password, hashed
from cabria.console.people.roles import MAY, Action, actions_named, role_named
from cabria.console.people.store import Trace
from cabria.domain.errors import DataError

Row = TypeVar("Row", bound=Message)


class AuditQuery(Message):
    """`before` continues a page; `user` and `action` keep to theirs."""

    before: Annotated[int, Meta(ge=0, le=2**62)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    user: Annotated[str, Meta(max_length=100)] = ""
    action: Annotated[str, Meta(max_length=100)] = ""


class TokenQuery(Message):
    """Whose; "" is one's own."""

    user: Annotated[str, Meta(max_length=100)] = ""


def session_of(asked: Asked) -> m.Session:
    office, person = asked.office, asked.person
    ways = ["password", *(["oidc"] if office.settings.oidc else [])]
    return m.Session(
        version=VERSION,
        program=__version__,
        user=person.name,
        role=person.role or "",
        may=sorted(person.may),
        is_login_needed=office.settings.needs_login,
        ways_in=ways if office.settings.needs_login else [],
        csrf=person.csrf,
        mode=office.terminal.mode if office.terminal is not None else "none",
        has_past=office.past.is_there,
        time_zone=office.settings.time_zone,
    )


async def session(asked: Asked) -> m.Session:
    return session_of(asked)


async def login(asked: Asked) -> Response:
    office, said = asked.office, asked.of(m.Login)
    address = asked.request.client.host if asked.request.client else ""
    of_name, of_address = f"name {said.name}", f"address {address}"
    refuse_wait("wrong passwords", office.throttle.wait_s(of_name, of_address))
    office.throttle.failed(of_name)  # before it is looked at: of a hundred guesses at once each counts
    user = await asyncio.to_thread(check_password, office.store, said.name, said.password, office.hasher)
    outcome = "done" if user else "refused"
    reason = "" if user else "wrong name or password"
    role = user.role if user else ""
    deed = Deed("logged-in") if user else Deed("logged-in", code="wrong-password")
    row = said.name, role, "password", address, "login", "", outcome, reason, 0, deed
    await asyncio.to_thread(lambda: office.store.trace(*row))
    if user is None:
        office.throttle.failed(of_address)
        office.metrics.logins_failed.inc()
        raise refusal(401, "wrong-password", "Name or password is wrong.")
    office.throttle.came_in(of_name, of_address)
    response = await respond(asked.request, m.Done(text=f"Welcome, {user.name}."))
    await asyncio.to_thread(office.entrance.let_in, response, user.name)
    return response


async def logout(asked: Asked) -> Response:
    response = await respond(asked.request, m.Done(text="Good bye."))
    await asyncio.to_thread(asked.office.entrance.see_out, response, asked.person)
    return response


async def change_password(asked: Asked) -> m.Done:
    office, said, name = asked.office, asked.of(m.NewPassword), asked.person.name
    key = f"own password of {name}"
    refuse_wait("wrong passwords", office.throttle.wait_s(key))
    office.throttle.failed(key)  # as in `login`
    if await asyncio.to_thread(check_password, office.store, name, said.old, office.hasher) is None:
        raise refusal(403, "wrong-password", "The old password is wrong.", place="body.old", code="old-password-wrong")
    office.throttle.came_in(key)
    new = await asyncio.to_thread(hashed, said.new, office.hasher)
    await asyncio.to_thread(office.store.set_password, name, new, asked.person.session)
    return m.Done(text="The password is changed; other sessions have ended.")


async def tokens(asked: Asked) -> m.Tokens:
    name = _whose(asked, asked.query.user)
    return m.Tokens(tokens=[_row(token, m.TokenRow) for token in asked.office.store.tokens(name)])


async def make_token(asked: Asked) -> m.MadeToken:
    said = asked.of(m.NewToken)
    only = actions_named(said.only)
    _count_a_change(asked)
    token, text = await asyncio.to_thread(asked.office.store.make_token, asked.person.name, said.name, said.days, only)
    return m.MadeToken(id=token.id, token=text, expires=token.expires)


async def end_token(asked: Asked) -> m.Done:
    whose = None if Action.USERS_CHANGE in asked.person.may else asked.person.name
    await asyncio.to_thread(asked.office.store.end_token, asked.path["token"], whose)
    return m.Done(text="The token has ended.")


async def users(asked: Asked) -> m.Users:
    return m.Users(
        users=[_row(user, m.UserRow) for user in asked.office.store.users()],
        roles={role: sorted(actions) for role, actions in MAY.items()},
    )


async def add_user(asked: Asked) -> m.UserRow:
    office, said = asked.office, asked.of(m.NewUser)
    role = role_named(said.role)
    if (said.password is None) == (said.subject is None):
        raise DataError(
            "A user comes in by a password or by another's login, one of them.",
            place="body.password",
            code="one-way-in",
        )
    _count_a_change(asked)
    new = None if said.password is None else await asyncio.to_thread(hashed, said.password, office.hasher)
    user = await asyncio.to_thread(office.store.add_user, said.name, role, new, said.subject)
    return _row(user, m.UserRow)


async def give_role(asked: Asked) -> m.Done:
    name, role = asked.path["user"], role_named(asked.of(m.GivenRole).role)
    _count_a_change(asked)
    await asyncio.to_thread(asked.office.store.set_role, name, role)
    return m.Done(text=f"{name} is {role} now.")


async def give_password(asked: Asked) -> m.Done:
    office, name = asked.office, asked.path["user"]
    user = office.store.user(name)
    if user is None or user.is_oidc:
        raise DataError(
            f"There is no user {name[:60]} with a password here.",
            place="user",
            code="no-password-here",
            values={"user": name[:60]},
        )
    _count_a_change(asked)
    new = await asyncio.to_thread(hashed, asked.of(m.GivenPassword).password, office.hasher)
    await asyncio.to_thread(office.store.set_password, name, new)
    return m.Done(text=f"{name} has a new password; all sessions have ended.")


async def remove_user(asked: Asked) -> m.Done:
    name = asked.path["user"]
    _count_a_change(asked)
    await asyncio.to_thread(asked.office.store.remove_user, name)
    return m.Done(text=f"{name} comes in no more.")


def _count_a_change(asked: Asked) -> None:
    refuse_wait("changes of users and tokens", asked.office.changes_of_users.take(asked.person.name))


def refuse_wait(what: str, wait_s: float) -> None:
    """Raises ProblemError 429 as long as somebody must wait."""
    if wait_s > 0:
        after_s = math.ceil(wait_s)
        raise refusal(
            429,
            "too-many",
            f"Too many {what}; try again in {after_s} s.",
            code="too-soon",
            values={"what": what, "seconds": after_s},
            headers={"Retry-After": str(after_s)},
        )


async def audit(asked: Asked) -> m.AuditPage:
    query = asked.query
    rows = await asyncio.to_thread(
        lambda: asked.office.store.traces(before=query.before, limit=query.limit, user=query.user, action=query.action)
    )
    actions, names = await asyncio.to_thread(asked.office.store.audited)
    return m.AuditPage(
        rows=[_audit_row(row) for row in rows],
        next_before=rows[-1].number if len(rows) == query.limit else 0,
        actions=list(actions),
        users=list(names),
    )


def _whose(asked: Asked, name: str) -> str:
    """One's own name, or another's for who may see users. Raises ProblemError."""
    if name in ("", asked.person.name):
        return asked.person.name
    if Action.USERS_READ not in asked.person.may:
        raise refusal(
            403, "not-allowed", "Only an administrator sees others' tokens.", place="query.user", code="others-tokens"
        )
    if asked.office.store.user(name) is None:
        raise DataError(
            f"There is no user {name[:60]}.", place="query.user", code="no-such-user", values={"user": name[:60]}
        )
    return name


def _audit_row(kept: Trace) -> m.AuditRow:
    deed = kept.deed
    row = _row(kept, m.AuditRow)
    row.did = Said(in_english(deed.act, deed.values), deed.act, deed.values) if deed.act else None
    row.why = Said(kept.reason, deed.code, deed.why) if deed.code else None
    return row


def _row(kept: Any, kind: type[Row]) -> Row:
    """What the store tells, as a message with the same fields."""
    return msgspec.convert(kept, kind, from_attributes=True)


_one = tagged("people")
ENDPOINTS = (
    _one(
        "GET",
        "/session",
        Action.ENTER,
        "Who asks, what that person may do, and what acts must carry.",
        session,
        answer=m.Session,
    ),
    _one(
        "POST",
        "/login",
        Action.ENTER,
        "Log in by password; the answer sets a cookie.",
        login,
        body=m.Login,
        answer=m.Done,
        is_act=False,
    ),
    _one("POST", "/logout", Action.SELF, "End this session.", logout, answer=m.Done),
    _one(
        "POST",
        "/password",
        Action.SELF,
        "Change one's own password.",
        change_password,
        body=m.NewPassword,
        answer=m.Done,
    ),
    _one(
        "GET", "/tokens", Action.SELF, "API tokens, without what they say.", tokens, query=TokenQuery, answer=m.Tokens
    ),
    _one(
        "POST",
        "/tokens",
        Action.SELF,
        "Make an API token of one's own; it is told once.",
        make_token,
        body=m.NewToken,
        answer=m.MadeToken,
    ),
    _one("DELETE", "/tokens/{token}", Action.SELF, "End an API token.", end_token, answer=m.Done),
    _one("GET", "/users", Action.USERS_READ, "Users and what each role may do.", users, answer=m.Users),
    _one(
        "POST",
        "/users",
        Action.USERS_CHANGE,
        "Let somebody in.",
        add_user,
        body=m.NewUser,
        answer=m.UserRow,
        status=201,
    ),
    _one(
        "POST",
        "/users/{user}/role",
        Action.USERS_CHANGE,
        "Give somebody another role; it counts at once.",
        give_role,
        body=m.GivenRole,
        answer=m.Done,
    ),
    _one(
        "POST",
        "/users/{user}/password",
        Action.USERS_CHANGE,
        "Give somebody a new password; all sessions of that person end.",
        give_password,
        body=m.GivenPassword,
        answer=m.Done,
    ),
    _one(
        "DELETE",
        "/users/{user}",
        Action.USERS_CHANGE,
        "Let somebody in no more; sessions and tokens end at once.",
        remove_user,
        answer=m.Done,
    ),
    _one(
        "GET",
        "/audit",
        Action.AUDIT_READ,
        "The audit trail, newest first.",
        audit,
        query=AuditQuery,
        answer=m.AuditPage,
    ),
)
