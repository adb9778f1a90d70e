"""Which faults emulated machines have, how often, and when one begins. The same seed, the same faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from math import isfinite
from random import Random
from typing import Generic, TypeVar

from cabria.domain.errors import DataError


class Fault(StrEnum):
    SILENCE = "silence"
    """Now and then it says nothing for a while, and is heard to be connected."""
    DUPLICATES = "duplicates"
    REORDERING = "reordering"
    WRONG_STATE = "wrong-state"
    """States that keep to the schema and cannot be true."""
    BATTERY = "battery"
    """Batteries that are nearly empty and soon are."""
    BREAKDOWN = "breakdown"
    DISCONNECT = "disconnect"
    """The connection breaks without a goodbye."""


USUAL: Mapping[Fault, float] = {
    Fault.SILENCE: 30,
    Fault.DUPLICATES: 0.1,
    Fault.REORDERING: 0.1,
    Fault.WRONG_STATE: 0.02,
    Fault.BATTERY: 0.1,
    Fault.BREAKDOWN: 30,
    Fault.DISCONNECT: 30,
}
"""Times an hour of each machine for what lasts; the share of messages for what befalls messages; of a battery, how full
it is at most at first."""
LASTING = (Fault.SILENCE, Fault.BREAKDOWN, Fault.DISCONNECT)
MOST_AN_HOUR = 200
LASTS_MS = 15_000
HOUR_MS = 3_600_000
Rates = Mapping[Fault, float]


def faults_of(text: str) -> dict[Fault, float]:
    """From `silence,breakdown:10`: each with its rate, or the usual one. Raises DataError."""
    found: dict[Fault, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, colon, rate = part.partition(":")
        if name not in set(Fault):
            raise DataError(f"There is no fault {name[:40]!r}.", remedy=f"Choose among {', '.join(Fault)}.")
        fault = Fault(name)
        found[fault] = _rate(fault, rate) if colon else USUAL[fault]
    return found


def _rate(fault: Fault, text: str) -> float:
    most = MOST_AN_HOUR if fault in LASTING else 1
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not (isfinite(rate) and 0 < rate <= most):
        unit = "times an hour" if fault in LASTING else "as a share"
        raise DataError(f"{fault}:{text[:20]} is no rate.", remedy=f"Write a number above 0 and up to {most}, {unit}.")
    return rate


class Mischance:
    """When the faults of one machine begin and end. `now_ms` never goes back."""

    def __init__(self, rates: Rates, seed: str) -> None:
        self.chance = Random(seed)
        self._rates = rates
        self._begins_ms: dict[Fault, int] = {}
        self._ends_ms: dict[Fault, int] = {}

    def befalls(self, fault: Fault) -> bool:
        """Whether it happens to this message; drawn anew at each call."""
        return fault in self._rates and self.chance.random() < self._rates[fault]

    def is_on(self, fault: Fault, now_ms: int) -> bool:
        """Of a fault that lasts, whether it does now."""
        if self.begins(fault, now_ms):
            self._ends_ms[fault] = now_ms + LASTS_MS
        return now_ms < self._ends_ms.get(fault, 0)

    def begins(self, fault: Fault, now_ms: int) -> bool:
        """Whether its time has come; the next is drawn then, and the first at the first question."""
        if fault not in self._rates:
            return False
        due_ms = self._begins_ms.get(fault)
        if due_ms is not None and now_ms < due_ms:
            return False
        between_ms = max(0.0, HOUR_MS / self._rates[fault] - LASTS_MS)
        self._begins_ms[fault] = now_ms + LASTS_MS + int(2 * self.chance.random() * between_ms)
        return due_ms is not None


Message = TypeVar("Message")


class UnreliableWire(Generic[Message]):
    """Lets a machine's messages through, or not, or twice, or one later."""

    def __init__(self, mischance: Mischance) -> None:
        self._mischance = mischance
        self._kept: Message | None = None
        self.is_silent = False

    def pass_on(self, message: Message, send: Callable[[Message], None], *, may_come_later: bool) -> None:
        if self.is_silent:
            return
        if may_come_later and self._kept is None and self._mischance.befalls(Fault.REORDERING):
            self._kept = message
            return
        kept, self._kept = self._kept, None
        for one in (message, kept):
            if one is not None:
                send(one)
                if self._mischance.befalls(Fault.DUPLICATES):
                    send(one)
