"""Who is there, what each may do, and what was done."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from cabria.console.messages.parts import Message, Name, Said, Utc

Password = Annotated[str, Meta(min_length=1, max_length=500)]
NewPasswordText = Annotated[str, Meta(min_length=10, max_length=500)]


class Session(Message):
    """Who asks. Without a login `user` is "", and `may` says what is open to everybody, which is nothing."""

    version: int
    """Of the messages."""
    program: str
    """Which Cabria answers."""
    user: str
    role: str
    may: list[str]
    """Names of actions, as in the table of roles."""
    is_login_needed: bool
    ways_in: list[str]
    """"password", "oidc"."""
    csrf: str
    """To be sent as header X-Cabria-Csrf with everything that is no GET."""
    mode: str
    """"live", "twin", "training", "shadow", or "none" where nothing runs."""
    has_past: bool = False
    """Whether there is a run to look back at, under way or over."""
    time_zone: str = ""
    """The terminal's, by its name in the IANA list; "" where times are told by the reader's clock."""


class Login(Message):
    name: Name
    password: Password


class NewPassword(Message):
    """One's own; all sessions but this one end."""

    old: Password
    new: NewPasswordText


class UserRow(Message):
    name: str
    role: str
    created: Utc
    last_login: Utc | None
    is_oidc: bool
    """Whether the person comes in through another's login, so that there is no password here."""


class NewUser(Message):
    """With a password, or by another's login as `subject`."""

    name: Name
    role: Name
    password: NewPasswordText | None = None
    subject: Name | None = None


class GivenRole(Message):
    role: Name


class GivenPassword(Message):
    """All sessions of the user end."""

    password: NewPasswordText


class Users(Message):
    users: list[UserRow]
    roles: dict[str, list[str]]
    """What each role may do."""


class TokenRow(Message):
    """An API token; what it says is told once, when it is made."""

    id: str
    name: str
    user: str
    created: Utc
    expires: Utc
    last_used: Utc | None
    only: list[str]
    """The actions it is for; empty is all of its user's."""


class Tokens(Message):
    tokens: list[TokenRow]


class NewToken(Message):
    name: Name
    days: Annotated[int, Meta(ge=1, le=730)] = 90
    only: Annotated[list[Name], Meta(max_length=50)] = field(default_factory=list)


class MadeToken(Message):
    """The only time it is told."""

    id: str
    token: str
    expires: Utc


class AuditRow(Message):
    """An act: who, from where, what, on what, and how it ended. `entry` is that of the journal, 0 for none.

    `did` says the act and `why` what refused it, in English and by a word and values for other languages
    (docs/reference/acts.md, refusals.md); None of what was written down before there were such words.
    """

    number: int
    at: Utc
    user: str
    role: str
    way: str
    """"session", "token NAME", "no login" or "command line"."""
    address: str
    action: str
    target: str
    outcome: str
    """"done", "refused" or "failed"."""
    reason: str
    entry: int
    did: Said | None = None
    why: Said | None = None


class AuditPage(Message):
    """Newest first; `next_before` continues, 0 when there is no more."""

    rows: list[AuditRow]
    next_before: int
    actions: list[str]
    users: list[str]


class Health(Message):
    """`parts` that are not well say why."""

    ok: bool
    parts: dict[str, str]


class Done(Message):
    """It was done. `entry` is the journal's number, 0 where none was written."""

    entry: int = 0
    text: str = ""
