"""Passwords: hashed by argon2id with the library's present advice, and checked no oftener than the throttle allows."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cabria.console.people.store import PeopleStore, User
from cabria.domain.errors import DataError

LEAST_LENGTH, MOST_LENGTH = 10, 500
FREE_TRIES = 5
"""Wrong passwords for a name, or from an address, before the next must wait."""
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
MOST_REMEMBERED = 10_000
_ONE_AT_A_TIME = threading.Semaphore(2)
"""A check takes 64 MiB and a core for a while; more at once would be a way to stop us."""


def hashed(password: str, hasher: PasswordHasher | None = None) -> str:
    """Raises DataError for a password that is too short or too long."""
    hasher = hasher or PasswordHasher()
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH:
        raise DataError(
            f"A password has {LEAST_LENGTH} to {MOST_LENGTH} characters.",
            place="password",
            remedy="Several words in a row are easy to remember.",
            code="password-length",
            values={"least": LEAST_LENGTH, "most": MOST_LENGTH},
        )
    with _ONE_AT_A_TIME:
        return hasher.hash(password)


def check_password(store: PeopleStore, name: str, password: str, hasher: PasswordHasher | None = None) -> User | None:
    """The user, or None. It takes as long for a name that nobody has."""
    hasher = hasher or PasswordHasher()
    user, kept = store.user(name), store.password_hash(name)
    with _ONE_AT_A_TIME:
        try:
            hasher.verify(kept or _nobodys(hasher), password)
        except (VerificationError, InvalidHashError):
            return None
    if user is None or kept is None:
        return None
    if hasher.check_needs_rehash(kept):
        store.renew_hash(name, hasher.hash(password))
    return user


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(32))


class Allowance:
    """So many acts at once, and one more after each so many seconds, for each key."""

    def __init__(self, at_once: int, each_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._each_s, self._clock = at_once, each_s, clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> float:
        """0 where it was granted, else how long until one will be."""
        now = self._clock()
        full_at = max(now, self._full_at.get(key, now))
        wait_s = full_at - now - (self._at_once - 1) * self._each_s
        if wait_s > 0:
            return wait_s
        self._full_at[key] = full_at + self._each_s
        self._full_at.move_to_end(key)
        if len(self._full_at) > MOST_REMEMBERED:
            self._full_at.popitem(last=False)
        return 0.0


class Throttle:
    """Wrong passwords are counted by name and by address; each one beyond the free tries doubles the wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, *keys: str) -> float:
        """How long until one of these may try again; 0 is now."""
        now = self._clock()
        return max(0.0, *(self._until(key) - now for key in keys))

    def _until(self, key: str) -> float:
        count, at = self._failures.get(key, (0, float("-inf")))
        over = count - FREE_TRIES
        return at + min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(over, 20)) if over >= 0 else float("-inf")

    def failed(self, *keys: str) -> None:
        for key in keys:
            count, _ = self._failures.pop(key, (0, 0.0))
            self._failures[key] = (count + 1, self._clock())
            if len(self._failures) > MOST_REMEMBERED:
                self._failures.popitem(last=False)

    def came_in(self, *keys: str) -> None:
        for key in keys:
            self._failures.pop(key, None)
