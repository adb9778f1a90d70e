"""The file of users, sessions, API tokens and the audit trail: SQLite, readable by its owner only.

What lets somebody in is kept as a hash: passwords by argon2, sessions and tokens, which are long and random, by
SHA-256.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from cabria.console.people.acts import Deed
from cabria.console.people.roles import Action, Role, actions_named, role_named
from cabria.domain.errors import DataError, TerminalError

FORMAT = 2
"""Form 1 had no `told` in the audit trail; such a file gets it when it is opened."""
TABLES = """
CREATE TABLE users (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT, subject TEXT UNIQUE,
    created TEXT NOT NULL, last_login TEXT
) STRICT;
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, csrf TEXT NOT NULL,
    expires TEXT NOT NULL
) STRICT;
CREATE TABLE tokens (
    id TEXT PRIMARY KEY, secret TEXT NOT NULL, name TEXT NOT NULL,
    user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, actions TEXT NOT NULL,
    created TEXT NOT NULL, expires TEXT NOT NULL, last_used TEXT
) STRICT;
CREATE TABLE keys (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL,
    way TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL,
    reason TEXT NOT NULL, entry INTEGER NOT NULL, chain TEXT NOT NULL, told TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail stays'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail stays'); END;
"""
TOKEN_MARK = "cabria"
"""A token is this, its id and its secret with `_` between: whoever finds one lying about knows what it is."""
MOST_SESSIONS = 20
"""Of one user at a time; the oldest ends."""


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: Role
    created: str
    last_login: str | None
    is_oidc: bool


@dataclass(frozen=True, slots=True)
class Token:
    id: str
    name: str
    user: str
    only: tuple[str, ...]
    created: str
    expires: str
    last_used: str | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    user: User
    csrf: str


@dataclass(frozen=True, slots=True)
class Trace:
    """One row of the audit trail. Of a row from before there was a `deed`, that is empty."""

    number: int
    at: str
    user: str
    role: str
    way: str
    address: str
    action: str
    target: str
    outcome: str
    reason: str
    entry: int
    deed: Deed


def clock_of_the_day() -> datetime:
    return datetime.now(UTC)


class PeopleStore:
    """May be used from any thread. Raises TerminalError for a file that is not ours or cannot be written."""

    def __init__(self, path: Path, now: Callable[[], datetime] = clock_of_the_day) -> None:
        self.path, self._now = path, now
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._prepare()
        except OSError as error:
            raise TerminalError(f"{path}: {error.strerror or error}.") from None
        except sqlite3.Error as error:
            raise TerminalError(f"{path} cannot be used for users and audit: {error}.") from None

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _prepare(self) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
            self._file.execute(f"PRAGMA {pragma}")
        with self._writing():
            (found,) = self._file.execute("PRAGMA user_version").fetchone()
            if found == 0:
                if self._file.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
                    raise DataError("This is somebody else's file.", file=str(self.path))
                for statement in _statements(TABLES):
                    self._file.execute(statement)
                self._file.execute("INSERT INTO keys VALUES ('cookies', ?)", [secrets.token_urlsafe(48)])
                self._file.execute(f"PRAGMA user_version = {FORMAT}")
            elif found == 1:
                self._file.execute("ALTER TABLE audit ADD COLUMN told TEXT NOT NULL DEFAULT ''")
                self._file.execute(f"PRAGMA user_version = {FORMAT}")
            elif found != FORMAT:
                raise DataError(
                    f"The file is of form {found}; this Cabria knows form {FORMAT}.",
                    file=str(self.path),
                    remedy="Use the Cabria that made it.",
                )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            return self._file.execute(query, values).fetchall()

    def _at(self, delay: timedelta = timedelta()) -> str:
        return (self._now() + delay).astimezone(UTC).isoformat(timespec="milliseconds")

    @property
    def cookie_key(self) -> str:
        """With which cookies are signed; made with the file."""
        ((value,),) = self._rows("SELECT value FROM keys WHERE name = 'cookies'")
        return str(value)

    def users(self) -> tuple[User, ...]:
        return tuple(map(_user, self._rows(f"SELECT {_USER} FROM users ORDER BY name")))

    def user(self, name: str) -> User | None:
        found = self._rows(f"SELECT {_USER} FROM users WHERE name = ?", [name])
        return _user(found[0]) if found else None

    def add_user(self, name: str, role: Role, password_hash: str | None = None, subject: str | None = None) -> User:
        """Raises DataError for a name or a subject that is taken, and for a name that is none."""
        if not (0 < len(name) <= 100) or not name.isprintable() or name != name.strip() or "/" in name:
            raise DataError(
                "A user's name has 1 to 100 printable characters and no slash.", place="name", code="no-user-name"
            )
        with self._writing():
            if self.user(name) is not None:
                raise DataError(
                    f"There is a user {name} already.", place="name", code="user-taken", values={"user": name}
                )
            if subject is not None and (other := self.user_of_subject(subject)) is not None:
                raise DataError(
                    f"{other.name} comes in as that subject already.",
                    place="subject",
                    code="subject-taken",
                    values={"user": other.name},
                )
            self._file.execute(
                "INSERT INTO users VALUES (?, ?, ?, ?, ?, NULL)", [name, role, password_hash, subject, self._at()]
            )
        return User(name, role, self._at(), None, subject is not None)

    def remove_user(self, name: str) -> None:
        """With sessions and tokens. Raises DataError for nobody, and for the last administrator."""
        with self._writing():
            self._known(name)
            self._keep_an_administrator(name)
            self._file.execute("DELETE FROM users WHERE name = ?", [name])

    def set_role(self, name: str, role: Role) -> None:
        """Raises DataError for nobody, and for the last administrator."""
        with self._writing():
            self._known(name)
            if role is not Role.ADMINISTRATOR:
                self._keep_an_administrator(name)
            self._file.execute("UPDATE users SET role = ? WHERE name = ?", [role, name])

    def set_password(self, name: str, password_hash: str, keep_session: str = "") -> None:
        """All sessions of the user end but one."""
        self._known(name)
        with self._writing():
            self._file.execute("UPDATE users SET password = ? WHERE name = ?", [password_hash, name])
            self._file.execute("DELETE FROM sessions WHERE user = ? AND id != ?", [name, _digest(keep_session)])

    def renew_hash(self, name: str, password_hash: str) -> None:
        """The same password by the hasher's present advice."""
        with self._writing():
            self._file.execute("UPDATE users SET password = ? WHERE name = ?", [password_hash, name])

    def password_hash(self, name: str) -> str | None:
        """None for nobody, and for whoever comes in by another's login."""
        found = self._rows("SELECT password FROM users WHERE name = ?", [name])
        return found[0][0] if found else None

    def user_of_subject(self, subject: str) -> User | None:
        """Who another's login says it is."""
        found = self._rows(f"SELECT {_USER} FROM users WHERE subject = ?", [subject])
        return _user(found[0]) if found else None

    def _known(self, name: str) -> User:
        user = self.user(name)
        if user is None:
            raise DataError(
                f"There is no user {name[:60]}.", place="name", code="no-such-user", values={"user": name[:60]}
            )
        return user

    def _keep_an_administrator(self, name: str) -> None:
        administrators = {user.name for user in self.users() if user.role is Role.ADMINISTRATOR}
        if administrators == {name}:
            raise DataError(
                f"{name} is the last administrator.",
                remedy="Make another one first.",
                code="last-administrator",
                values={"user": name},
            )

    def open_session(self, name: str, hours: float) -> tuple[str, str]:
        """The session's secret, for the cookie, and what its acts must carry against forgery."""
        session, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        with self._writing():
            self._file.execute("DELETE FROM sessions WHERE expires < ?", [self._at()])
            self._file.execute(
                "DELETE FROM sessions WHERE id IN "
                "(SELECT id FROM sessions WHERE user = ? ORDER BY expires DESC LIMIT -1 OFFSET ?)",
                [name, MOST_SESSIONS - 1],
            )
            self._file.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)",
                [_digest(session), name, csrf, self._at(timedelta(hours=hours))],
            )
            self._file.execute("UPDATE users SET last_login = ? WHERE name = ?", [self._at(), name])
        return session, csrf

    def session(self, secret: str) -> OpenSession | None:
        """None for one that has ended."""
        found = self._rows(
            f"SELECT {_USER}, csrf FROM sessions JOIN users ON users.name = sessions.user "
            "WHERE sessions.id = ? AND expires > ?",
            [_digest(secret), self._at()],
        )
        return OpenSession(_user(found[0][:5]), found[0][5]) if found else None

    def end_session(self, secret: str) -> None:
        with self._writing():
            self._file.execute("DELETE FROM sessions WHERE id = ?", [_digest(secret)])

    def make_token(self, user: str, name: str, days: float, only: frozenset[Action] = frozenset()) -> tuple[Token, str]:
        """The token and what it says, which is kept nowhere. Raises DataError for nobody, and for a name in use."""
        self._known(user)
        if any(token.name == name for token in self.tokens(user)):
            raise DataError(
                f"{user} has a token {name[:60]} already.",
                place="name",
                code="token-taken",
                values={"token": name[:60]},
            )
        token_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        token = Token(token_id, name, user, tuple(sorted(only)), self._at(), self._at(timedelta(days=days)), None)
        with self._writing():
            self._file.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                [token_id, _digest(secret), name, user, " ".join(token.only), token.created, token.expires],
            )
        return token, f"{TOKEN_MARK}_{token_id}_{secret}"

    def tokens(self, user: str | None = None) -> tuple[Token, ...]:
        """Those that have run out included."""
        rows = self._rows(f"SELECT {_TOKEN} FROM tokens WHERE ? IS NULL OR user = ? ORDER BY created", [user, user])
        return tuple(map(_token, rows))

    def end_token(self, token_id: str, user: str | None = None) -> None:
        """Raises DataError where the user (None: anybody) has no such token."""
        with self._writing():
            done = self._file.execute(
                "DELETE FROM tokens WHERE id = ? AND (? IS NULL OR user = ?)", [token_id, user, user]
            )
            if not done.rowcount:
                raise DataError(f"There is no token {token_id[:20]}.", place="id", code="no-such-token")

    def holder(self, text: str) -> tuple[User, Token] | None:
        """Whose token this is; None for one that never was, has been ended or has run out."""
        mark, _, rest = text.partition("_")
        token_id, _, secret = rest.partition("_")
        if mark != TOKEN_MARK or not secret:
            return None
        found = self._rows(f"SELECT {_TOKEN}, secret FROM tokens WHERE id = ? AND expires > ?", [token_id, self._at()])
        if not found or not secrets.compare_digest(found[0][7], _digest(secret)):
            return None
        token = _token(found[0][:7])
        user = self.user(token.user)
        if user is None:
            return None
        if token.last_used is None or token.last_used < self._at(timedelta(minutes=-1)):
            with self._writing():
                self._file.execute("UPDATE tokens SET last_used = ? WHERE id = ?", [self._at(), token_id])
        return user, token

    def trace(
        self,
        user: str,
        role: str,
        way: str,
        address: str,
        action: str,
        target: str,
        outcome: str,
        reason: str = "",
        entry: int = 0,
        deed: Deed | None = None,
    ) -> int:
        """Append to the audit trail; each row is chained to the one before it. Returns its number."""
        told = msgspec.json.encode(deed, order="sorted").decode() if deed else ""
        values = [self._at(), user, role, way, address, action, target[:300], outcome, reason[:300], entry]
        with self._writing():
            last = self._file.execute("SELECT chain FROM audit ORDER BY number DESC LIMIT 1").fetchone()
            chain = _chained(last[0] if last else "", values, told)
            done = self._file.execute(
                "INSERT INTO audit (at, user, role, way, address, action, target, outcome, reason, entry, told, chain) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [*values, told, chain],
            )
            return int(done.lastrowid or 0)

    def traces(self, *, before: int = 0, limit: int = 100, user: str = "", action: str = "") -> tuple[Trace, ...]:
        """Newest first, those before a number (0: all)."""
        rows = self._rows(
            f"SELECT {_TRACE} FROM audit WHERE (? = 0 OR number < ?) AND (? = '' OR user = ?) "
            "AND (? = '' OR action = ?) ORDER BY number DESC LIMIT ?",
            [before, before, user, user, action, action, limit],
        )
        return tuple(Trace(*(*row[:-1], _deed(row[-1]))) for row in rows)

    def audited(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Actions and users that the trail names."""
        actions = self._rows("SELECT DISTINCT action FROM audit ORDER BY action")
        users = self._rows("SELECT DISTINCT user FROM audit ORDER BY user")
        return tuple(row[0] for row in actions), tuple(row[0] for row in users)

    def verify_trail(self) -> int:
        """How many rows there are. Raises DataError at the first one that was changed or is missing."""
        chain, expected = "", 0
        for row in self._rows(f"SELECT {_TRACE}, chain FROM audit ORDER BY number"):
            expected += 1
            chain = _chained(chain, row[1:11], row[11])
            if row[0] != expected or row[12] != chain:
                raise DataError(
                    f"Row {expected} of the audit trail is not as it was written.",
                    file=str(self.path),
                    place=f"row {expected}",
                )
        return expected


_USER = "users.name, users.role, users.created, users.last_login, users.subject IS NOT NULL"
_TOKEN = "id, name, user, actions, created, expires, last_used"
_TRACE = "number, at, user, role, way, address, action, target, outcome, reason, entry, told"


def _user(row: Sequence[Any]) -> User:
    return User(row[0], role_named(row[1]), row[2], row[3], bool(row[4]))


def _token(row: Sequence[Any]) -> Token:
    return Token(row[0], row[1], row[2], tuple(sorted(actions_named(row[3].split()))), row[4], row[5], row[6])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _deed(told: str) -> Deed:
    try:
        return msgspec.json.decode(told, type=Deed) if told else Deed()
    except msgspec.MsgspecError:
        return Deed()  # somebody else wrote it: the chain tells


def _chained(before: str, values: Sequence[Any], told: str) -> str:
    """A row without `told` is chained as it was before there was one."""
    parts = [before, *map(str, values), *([told] if told else [])]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
