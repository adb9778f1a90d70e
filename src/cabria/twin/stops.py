"""What puts off what a crane would do next: it is out of service, or its truck is not there yet."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol

from cabria.twin.agenda import Agenda, Handler


class Handovers(Protocol):
    """Says whether a truck is there to be set down on or taken up from."""

    def puts_off(self, truck: str, handler: Handler, argument: Any) -> bool:
        """Whether it is not; `handler(argument)` then happens when it is. A crane and its work begin the argument."""


class Stops:
    """Puts off what a machine out of service would do next until it is back."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._out: set[str] = set()
        self._put_off: dict[str, list[tuple[Handler, Any]]] = defaultdict(list)

    def stop(self, machine: str) -> None:
        self._out.add(machine)

    def resume(self, machine: str) -> None:
        self._out.discard(machine)
        for handler, argument in self._put_off.pop(machine, []):
            self._agenda.after(0, handler, argument)

    def puts_off(self, machine: str, handler: Handler, argument: Any) -> bool:
        """Whether the machine is out of service; `handler(argument)` then happens when it is back."""
        if machine not in self._out:
            return False
        self._put_off[machine].append((handler, argument))
        return True
