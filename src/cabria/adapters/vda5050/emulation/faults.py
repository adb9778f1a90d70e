"""What goes wrong on demand: on the wire, and in the vehicle. The same seed, the same faults."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from random import Random

from msgspec.structs import replace

from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.state import ErrorLevel, State
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

    @classmethod
    def list_of(cls, text: str) -> tuple[Fault, ...]:
        """From `silence,duplicates`. Raises DataError."""
        names = [name.strip() for name in text.split(",") if name.strip()]
        unknown = [name for name in names if name not in set(cls)]
        if unknown:
            raise DataError(f"There is no fault {unknown[0][:40]!r}.", remedy=f"Choose among {', '.join(cls)}.")
        return tuple(cls(name) for name in names)


EVERY_MS = 120_000
"""Between two silences, breakdowns or disconnections of one vehicle, on average."""
LASTS_MS = 15_000
OFTEN = 0.1
SELDOM = 0.02
DRAIN_WH_PER_S = 200.0


class Faults:
    """Between one vehicle and its wire."""

    def __init__(self, kinds: Collection[Fault], seed: str, disconnect: Callable[[], None]) -> None:
        self._kinds, self._chance, self._disconnect = frozenset(kinds), Random(seed), disconnect
        self._kept: Message | None = None
        self._begins_ms: dict[Fault, int] = {}
        self._ends_ms: dict[Fault, int] = {}
        self._is_silent = False

    def charge(self) -> float:
        """How full its battery is at first."""
        return 0.1 * self._chance.random() if Fault.BATTERY in self._kinds else 1.0

    def pass_on(self, message: Message, send: Callable[[Message], None]) -> None:
        """Let a message through, or not, or twice, or later, or wrong."""
        if self._is_silent:
            return
        if Fault.WRONG_STATE in self._kinds and isinstance(message, State) and self._chance.random() < SELDOM:
            message = _impossible(message, self._chance.random())
        if Fault.REORDERING in self._kinds and isinstance(message, State):
            if self._kept is None and self._chance.random() < OFTEN:
                self._kept = message
                return
            kept, self._kept = self._kept, None
            send(message)
            if kept is not None:
                send(kept)
            return
        send(message)
        if Fault.DUPLICATES in self._kinds and self._chance.random() < OFTEN:
            send(message)

    def advance(self, vehicle: Vehicle, now_ms: int, step_ms: int) -> None:
        """Begin and end what lasts."""
        if Fault.SILENCE in self._kinds:
            self._is_silent = self._is_on(Fault.SILENCE, now_ms)
        if Fault.BREAKDOWN in self._kinds:
            if self._is_on(Fault.BREAKDOWN, now_ms):
                vehicle.raise_error("breakdown", "the drive does not answer", ErrorLevel.FATAL)
            else:
                vehicle.errors.pop("breakdown", None)
        if Fault.DISCONNECT in self._kinds and self._begins(Fault.DISCONNECT, now_ms):
            self._disconnect()
        if Fault.BATTERY in self._kinds and not vehicle.is_charging:
            vehicle.charge_wh = max(0.0, vehicle.charge_wh - DRAIN_WH_PER_S * step_ms / 1_000)

    def _is_on(self, fault: Fault, now_ms: int) -> bool:
        if self._begins(fault, now_ms):
            self._ends_ms[fault] = now_ms + LASTS_MS
        return now_ms < self._ends_ms.get(fault, 0)

    def _begins(self, fault: Fault, now_ms: int) -> bool:
        """Whether its time has come; the next is drawn then, and the first at the first question."""
        due_ms = self._begins_ms.get(fault)
        if due_ms is not None and now_ms < due_ms:
            return False
        self._begins_ms[fault] = now_ms + LASTS_MS + int(2 * self._chance.random() * EVERY_MS)
        return due_ms is not None


def _impossible(state: State, chance: float) -> State:
    if chance < 1 / 3 and state.mobile_robot_position is not None:
        return replace(state, mobile_robot_position=replace(state.mobile_robot_position, x=9e9))
    if chance < 2 / 3:
        return replace(state, timestamp="1999-12-31T23:59:59.000Z")
    return replace(state, last_node_id="nowhere", last_node_sequence_id=99_998)
