"""What goes wrong on demand: on the wire, and in the crane."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from cabria.adapters.crane_bus.emulation.crane import EmulatedCrane
from cabria.adapters.crane_bus.messages import Reports, State
from cabria.adapters.crane_bus.parts import Message
from cabria.adapters.faults_on_demand import Fault, Mischance, Rates, UnreliableWire


class CraneFaults:
    """Between one crane and its wire."""

    def __init__(self, rates: Rates, seed: str, disconnect: Callable[[], None]) -> None:
        self._mischance, self._disconnect = Mischance(rates, seed), disconnect
        self._wire = UnreliableWire[Message](self._mischance)

    def pass_on(self, message: Message, send: Callable[[Message], None]) -> None:
        """Let a message through, or not, or twice, or later, or wrong."""
        mischance = self._mischance
        if not self._wire.is_silent and isinstance(message, State) and mischance.befalls(Fault.WRONG_STATE):
            message = _impossible(message, mischance.chance.random())
        self._wire.pass_on(message, send, may_come_later=isinstance(message, State | Reports))

    def advance(self, crane: EmulatedCrane, now_ms: int) -> None:
        """Begin and end what lasts."""
        mischance = self._mischance
        self._wire.is_silent = mischance.is_on(Fault.SILENCE, now_ms)
        if mischance.is_on(Fault.BREAKDOWN, now_ms):
            crane.stop("the drive does not answer")
        else:
            crane.resume()
        if mischance.begins(Fault.DISCONNECT, now_ms):
            self._disconnect()


def _impossible(state: State, chance: float) -> State:
    if chance < 1 / 3:
        return replace(state, gantry_mm=19_999_999)
    if chance < 2 / 3:
        return replace(state, timestamp="1999-12-31T23:59:59.000Z")
    return replace(state, acknowledged=state.last_report + 1)
