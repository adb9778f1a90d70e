"""What goes wrong on demand: on the wire, and in the vehicle. The same seed, the same faults."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from cabria.adapters.faults_on_demand import Fault, Mischance, Rates, UnreliableWire
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.state import ErrorLevel, State

DRAIN_WH_PER_S = 200.0


class Faults:
    """Between one vehicle and its wire."""

    def __init__(self, rates: Rates, seed: str, disconnect: Callable[[], None]) -> None:
        self._mischance, self._fullest, self._disconnect = Mischance(rates, seed), rates.get(Fault.BATTERY), disconnect
        self._wire = UnreliableWire[Message](self._mischance)

    def charge(self) -> float:
        """How full its battery is at first."""
        return 1.0 if self._fullest is None else self._fullest * self._mischance.chance.random()

    def pass_on(self, message: Message, send: Callable[[Message], None]) -> None:
        """Let a message through, or not, or twice, or later, or wrong."""
        mischance = self._mischance
        if not self._wire.is_silent and isinstance(message, State) and mischance.befalls(Fault.WRONG_STATE):
            message = _impossible(message, mischance.chance.random())
        self._wire.pass_on(message, send, may_come_later=isinstance(message, State))

    def advance(self, vehicle: Vehicle, now_ms: int, step_ms: int) -> None:
        """Begin and end what lasts."""
        mischance = self._mischance
        self._wire.is_silent = mischance.is_on(Fault.SILENCE, now_ms)
        if mischance.is_on(Fault.BREAKDOWN, now_ms):
            vehicle.raise_error("breakdown", "the drive does not answer", ErrorLevel.FATAL)
        else:
            vehicle.errors.pop("breakdown", None)
        if mischance.begins(Fault.DISCONNECT, now_ms):
            self._disconnect()
        if self._fullest is not None and not vehicle.is_charging:
            vehicle.charge_wh = max(0.0, vehicle.charge_wh - DRAIN_WH_PER_S * step_ms / 1_000)


def _impossible(state: State, chance: float) -> State:
    if chance < 1 / 3 and state.mobile_robot_position is not None:
        return replace(state, mobile_robot_position=replace(state.mobile_robot_position, x=9e9))
    if chance < 2 / 3:
        return replace(state, timestamp="1999-12-31T23:59:59.000Z")
    return replace(state, last_node_id="nowhere", last_node_sequence_id=99_998)
