"""What fleet control knows of one vehicle."""

from __future__ import annotations

from dataclasses import dataclass, field

from cabria.adapters.vda5050.control.order_in_hand import OrderInHand
from cabria.adapters.vda5050.factsheet import Factsheet
from cabria.adapters.vda5050.headers import Headers
from cabria.adapters.vda5050.parts import Action
from cabria.adapters.vda5050.state import ConnectionState, EmergencyStop, State
from cabria.adapters.vda5050.topics import Topic

NONSENSE_STOPS = 3
"""So many senseless states in a row, and a vehicle is not relied on."""


@dataclass(slots=True)
class PendingAction:
    """An instant action whose end no state has shown yet."""

    action: Action
    sent_ms: int
    is_seen: bool = False


@dataclass
class Robot:
    """`topic` is any of its topics; `headers` counts what is sent to it."""

    topic: Topic
    headers: Headers
    connection: ConnectionState | None = None
    sheet: Factsheet | None = None
    state: State | None = None
    order: OrderInHand | None = None
    pending: dict[str, PendingAction] = field(default_factory=dict)
    ordered_ms: int = -1_000_000
    """When an order was last sent."""
    asked_ms: int = -1_000_000
    """When it was last asked for what it should have told."""
    nonsense: str = ""
    """What was wrong with the first state that made none; "" when the last one made sense."""
    nonsense_times: int = 0
    stop: str = "it has told no state yet"
    """Why it does not go on by itself; "" when it does."""
    is_counting_anew: bool = True
    """Whether the next state's number is taken as it comes: after a start, numbers begin anew."""

    def why_stopped(self) -> str:
        """As its last messages say; "" when it goes on."""
        state = self.state
        if self.connection is not ConnectionState.ONLINE:
            return f"connection {(self.connection or 'unknown').lower()}"
        if state is None:
            return "it has told no state yet"
        if self.nonsense_times >= NONSENSE_STOPS:
            return self.nonsense
        if not state.operating_mode.drives:
            return f"operating mode {state.operating_mode}"
        if state.safety_state.active_emergency_stop is not EmergencyStop.NONE:
            return f"emergency stop {state.safety_state.active_emergency_stop}"
        if state.paused:
            return "paused"
        stops = [error.error_type for error in state.errors if error.error_level.stops]
        return f"error {stops[0]}" if stops else ""
