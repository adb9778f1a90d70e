"""Cranes out of service: what they have begun goes on when they are back."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from cabria.twin.agenda import Agenda, Handler


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
