"""The actions of a vehicle's order: waiting, started when their place is reached, over after a while (6.2.2, 6.6.9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cabria.adapters.vda5050.parts import Action, BlockingType
from cabria.adapters.vda5050.state import ActionState, ActionStatus

SECONDS = {"pick": 20.0, "drop": 20.0, "finePositioning": 3.0, "startCharging": 2.0, "stopCharging": 1.0}
"""How long an action takes; others are done at once."""
UNTIL_TRIGGERED = "waitForTrigger"


@dataclass(slots=True)
class _Tracked:
    action: Action
    status: ActionStatus = ActionStatus.WAITING
    left_s: float = 0.0


class ActionQueue:
    """All actions of the order in hand, and those whose place was reached in the order in which they go on."""

    def __init__(self) -> None:
        self._known: dict[str, _Tracked] = {}
        self._queue: list[_Tracked] = []

    def begin(self, actions: Iterable[Action]) -> None:
        """A new order: its actions wait, those of the one before are forgotten."""
        self._known = {}
        self._queue = []
        self.add(actions)

    def add(self, actions: Iterable[Action]) -> None:
        for action in actions:
            self._known.setdefault(action.action_id, _Tracked(action))

    def drop(self, actions: Iterable[Action]) -> None:
        """Of a horizon that is no longer driven."""
        for action in actions:
            known = self._known.get(action.action_id)
            if known is not None and known.status is ActionStatus.WAITING and known not in self._queue:
                del self._known[action.action_id]

    def reach(self, actions: Iterable[Action]) -> None:
        """Their node was passed, or their edge entered."""
        for action in actions:
            known = self._known[action.action_id]
            if known.status is ActionStatus.WAITING:
                known.left_s = SECONDS.get(action.action_type, 0.0)
                self._queue.append(known)

    def leave(self, actions: Iterable[Action]) -> None:
        """Their edge was left: what still runs is over."""
        ids = {action.action_id for action in actions}
        for known in self._queue:
            if known.action.action_id in ids:
                known.status = ActionStatus.FINISHED
        self._queue = [known for known in self._queue if known.action.action_id not in ids]

    def advance(self, seconds: float, *, is_paused: bool) -> list[Action]:
        """Start and go on with what may; the actions that are finished."""
        before = ActionStatus.RUNNING, ActionStatus.PAUSED
        for known in self._queue:
            if known.status in before:
                known.status = ActionStatus.PAUSED if is_paused else ActionStatus.RUNNING
        if is_paused:
            return []
        self._start()
        ended = []
        for known in self._queue:
            if known.status is ActionStatus.RUNNING and known.action.action_type != UNTIL_TRIGGERED:
                known.left_s -= seconds
                if known.left_s <= 0:
                    known.status = ActionStatus.FINISHED
                    ended.append(known.action)
        self._queue = [known for known in self._queue if not known.status.is_over]
        return ended

    def _start(self) -> None:
        """Figure 11: what allows others beside it goes on together, the rest alone."""
        for known in self._queue:
            running = [other for other in self._queue if other.status is ActionStatus.RUNNING]
            is_alone = known.action.blocking_type in (BlockingType.SINGLE, BlockingType.HARD)
            blocked = any(o.action.blocking_type in (BlockingType.SINGLE, BlockingType.HARD) for o in running)
            if known.status is ActionStatus.WAITING:
                if blocked or (is_alone and running):
                    return
                known.status = ActionStatus.RUNNING

    def trigger(self) -> None:
        """What waits for a trigger has it."""
        for known in self._queue:
            if known.action.action_type == UNTIL_TRIGGERED:
                known.status = ActionStatus.FINISHED
        self._queue = [known for known in self._queue if not known.status.is_over]

    def cancel(self) -> None:
        """All that is not over fails."""
        for known in self._known.values():
            if not known.status.is_over:
                known.status = ActionStatus.FAILED
        self._queue = []

    @property
    def lets_drive(self) -> bool:
        return all(known.action.blocking_type.lets_drive for known in self._queue)

    @property
    def states(self) -> tuple[ActionState, ...]:
        return tuple(
            ActionState(action_id=name, action_type=known.action.action_type, action_status=known.status)
            for name, known in self._known.items()
        )

    @property
    def are_over(self) -> bool:
        return all(known.status.is_over for known in self._known.values())
