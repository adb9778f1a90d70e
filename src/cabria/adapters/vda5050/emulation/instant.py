"""Instant actions of an emulated truck (6.2.1, 6.2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Protocol

from cabria.adapters.vda5050.emulation.actions import ActionQueue
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.order_taking import Held
from cabria.adapters.vda5050.emulation.zone_keeping import ZoneKeeper
from cabria.adapters.vda5050.factsheet import ActionScope, Factsheet
from cabria.adapters.vda5050.parts import Action
from cabria.adapters.vda5050.state import (
    ActionState,
    ActionStatus,
    ConnectionState,
    ErrorLevel,
    OperatingMode,
    Reference,
    VehicleError,
)


class Truck(Protocol):
    """What instant actions are carried out on."""

    sheet: Factsheet
    mode: OperatingMode
    map_id: str
    errors: dict[str, VehicleError]
    zones: ZoneKeeper
    actions: ActionQueue
    held: Held | None
    is_paused: bool
    is_charging: bool
    is_hibernating: bool
    is_cancelling: bool

    @property
    def is_idle(self) -> bool: ...

    def clear_order(self) -> None: ...

    def stand_at(self, pose: Pose, node: str) -> None: ...

    def tell_state(self) -> None: ...

    def tell_factsheet(self) -> None: ...

    def tell_connection(self, state: ConnectionState) -> None: ...


CANCEL = "cancelOrder"


class InstantActionDesk:
    """Carries instant actions out and keeps their states until it is told to clear them."""

    def __init__(self, vehicle: Truck) -> None:
        self._vehicle = vehicle
        self._states: dict[str, ActionState] = {}
        self._told: tuple[ActionState, ...] = ()
        self._cancels: list[Action] = []

    @property
    def states(self) -> tuple[ActionState, ...]:
        return self._told

    def hear(self, actions: Iterable[Action]) -> None:
        """One that was heard before is not done again."""
        vehicle = self._vehicle
        for action in actions:
            if vehicle.is_hibernating and action.action_type != "stopHibernation":
                continue
            if action.action_id in self._states:
                continue
            if not vehicle.sheet.can(action.action_type, ActionScope.INSTANT) or not vehicle.mode.takes_orders:
                self._refuse(action, "INVALID_INSTANT_ACTION", f"no instant action {action.action_type} here and now")
                continue
            vehicle.errors.pop("INVALID_INSTANT_ACTION", None)
            self._set(action, _DO[action.action_type](self, action))
        self._told = tuple(self._states.values())

    def cancelled(self) -> None:
        """The truck stands and its order is gone."""
        for action in self._cancels:
            self._set(action, ActionStatus.FINISHED)
        self._cancels = []
        self._told = tuple(self._states.values())

    def _set(self, action: Action, status: ActionStatus | None) -> None:
        if status is not None:
            self._states[action.action_id] = ActionState(
                action_id=action.action_id, action_type=action.action_type, action_status=status
            )

    def _refuse(self, action: Action, error_type: str, description: str) -> None:
        self._vehicle.errors[error_type] = VehicleError(
            error_type=error_type,
            error_references=(Reference(reference_key="actionId", reference_value=action.action_id),),
            error_description=description,
            error_level=ErrorLevel.WARNING,
        )
        self._set(action, ActionStatus.FAILED)

    def _pause(self, action: Action) -> ActionStatus:
        self._vehicle.is_paused = action.action_type == "startPause"
        return ActionStatus.FINISHED

    def _hibernate(self, action: Action) -> ActionStatus:
        vehicle = self._vehicle
        vehicle.clear_order()
        self._set(action, ActionStatus.FINISHED)
        self._told = tuple(self._states.values())
        vehicle.tell_state()
        vehicle.is_hibernating = True
        vehicle.tell_connection(ConnectionState.HIBERNATING)
        return ActionStatus.FINISHED

    def _wake(self, action: Action) -> ActionStatus:
        self._vehicle.is_hibernating = False
        self._vehicle.tell_connection(ConnectionState.ONLINE)
        return ActionStatus.FINISHED

    def _charge(self, action: Action) -> ActionStatus:
        self._vehicle.is_charging = action.action_type == "startCharging"
        return ActionStatus.FINISHED

    def _place(self, action: Action) -> ActionStatus:
        numbers = [action.parameter(key) for key in ("x", "y", "theta")]
        known = [float(n) for n in numbers if isinstance(n, int | float) and not isinstance(n, bool) and isfinite(n)]
        if len(known) < 3 or not self._vehicle.is_idle or action.parameter("mapId") != self._vehicle.map_id:
            return ActionStatus.FAILED
        self._vehicle.stand_at(Pose(*known), str(action.parameter("lastNodeId") or ""))
        return ActionStatus.FINISHED

    def _zone_set(self, action: Action) -> ActionStatus:
        zones, name = self._vehicle.zones, str(action.parameter("zoneSetId") or "")
        done = zones.enable(name) if action.action_type == "enableZoneSet" else zones.delete(name)
        return ActionStatus.FINISHED if done else ActionStatus.FAILED

    def _clear(self, action: Action) -> ActionStatus | None:
        self._states = {name: state for name, state in self._states.items() if not state.action_status.is_over}
        return ActionStatus.FINISHED

    def _nothing(self, action: Action) -> ActionStatus:
        """A state is told after every instant action anyway."""
        return ActionStatus.FINISHED

    def _trigger(self, action: Action) -> ActionStatus:
        self._vehicle.actions.trigger()
        return ActionStatus.FINISHED

    def _cancel(self, action: Action) -> ActionStatus | None:
        vehicle = self._vehicle
        wanted = action.parameter("orderId")
        current = vehicle.held.last.order_id if vehicle.held else ""
        if vehicle.is_idle or (wanted is not None and wanted != current):
            self._refuse(action, "NO_ORDER_TO_CANCEL", "no such order is under way")
            return None
        vehicle.is_cancelling = True
        vehicle.actions.cancel()
        self._cancels.append(action)
        return ActionStatus.RUNNING

    def _factsheet(self, action: Action) -> ActionStatus:
        self._vehicle.tell_factsheet()
        return ActionStatus.FINISHED


_DO: dict[str, Callable[[InstantActionDesk, Action], ActionStatus | None]] = {
    "startPause": InstantActionDesk._pause,
    "stopPause": InstantActionDesk._pause,
    "startHibernation": InstantActionDesk._hibernate,
    "stopHibernation": InstantActionDesk._wake,
    "startCharging": InstantActionDesk._charge,
    "stopCharging": InstantActionDesk._charge,
    "initializePosition": InstantActionDesk._place,
    "enableZoneSet": InstantActionDesk._zone_set,
    "deleteZoneSet": InstantActionDesk._zone_set,
    "clearInstantActions": InstantActionDesk._clear,
    "stateRequest": InstantActionDesk._nothing,
    "logReport": InstantActionDesk._nothing,
    "trigger": InstantActionDesk._trigger,
    CANCEL: InstantActionDesk._cancel,
    "factsheetRequest": InstantActionDesk._factsheet,
}
