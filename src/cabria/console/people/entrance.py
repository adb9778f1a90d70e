"""Who is asking: by a session's cookie, by an API token, or anybody where no login is needed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from cabria.console.people.roles import MAY, Action, Role
from cabria.console.people.store import TOKEN_MARK, PeopleStore
from cabria.console.settings import ConsoleSettings

CSRF_HEADER = "X-Cabria-Csrf"
NOBODY_NEEDED = "anybody here"
"""The name of whoever asks where no login is needed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, what that person may do, and by which way: "session", "token NAME", "no login"."""

    name: str
    role: Role | None
    may: frozenset[Action]
    way: str
    csrf: str = ""
    """What acts must carry; "" where nothing but this program could send them, as with a token."""
    session: str = ""


STRANGER = Person("", None, frozenset({Action.ENTER}), "nobody")


class Entrance:
    """Reads who asks out of a request, and writes the cookie of a session."""

    def __init__(self, settings: ConsoleSettings, store: PeopleStore) -> None:
        self._settings, self._store = settings, store
        self._signer = Signer(store.cookie_key, salt="cabria.session")
        self.cookie = "__Host-cabria" if settings.has_safe_cookies else "cabria"
        self._csrf_of_all = secrets.token_urlsafe(24)

    def who(self, connection: HTTPConnection) -> Person:
        """STRANGER for whoever shows nothing that counts."""
        authorization = connection.headers.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer" and token.startswith(TOKEN_MARK + "_"):
            return self._by_token(token.strip())
        if authorization:
            return STRANGER
        if not self._settings.needs_login:
            role = Role.SUPERVISOR
            return Person(NOBODY_NEEDED, role, MAY[role] - {Action.SELF}, "no login", self._csrf_of_all)
        return self._by_cookie(connection.cookies.get(self.cookie, ""))

    def _by_token(self, text: str) -> Person:
        found = self._store.holder(text)
        if found is None:
            return STRANGER
        user, token = found
        may = MAY[user.role] - {Action.SELF, Action.USERS_CHANGE}
        if token.only:
            may &= {Action.ENTER, *map(Action, token.only)}
        return Person(user.name, user.role, may, f"token {token.name}")

    def _by_cookie(self, cookie: str) -> Person:
        try:
            secret = self._signer.unsign(cookie).decode()
        except BadSignature:
            return STRANGER
        session = self._store.session(secret)
        if session is None:
            return STRANGER
        user = session.user
        return Person(user.name, user.role, MAY[user.role], "session", session.csrf, secret)

    def let_in(self, response: Response, name: str) -> None:
        """Open a session and set its cookie."""
        secret, _ = self._store.open_session(name, self._settings.session_h)
        response.set_cookie(
            self.cookie,
            self._signer.sign(secret).decode(),
            max_age=3_600 * self._settings.session_h,
            path="/",
            secure=self._settings.has_safe_cookies,
            httponly=True,
            samesite="strict",
        )

    def see_out(self, response: Response, person: Person) -> None:
        if person.session:
            self._store.end_session(person.session)
        response.delete_cookie(
            self.cookie, path="/", secure=self._settings.has_safe_cookies, httponly=True, samesite="strict"
        )
