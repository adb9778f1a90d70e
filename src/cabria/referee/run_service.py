"""Which machines are out of service, and whether one that is works all the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from cabria.domain.run_events import MachineResumed, MachineStopped, TruckTowed
from cabria.referee.run_rules import SERVICE, Notebook


@dataclass(slots=True)
class Service:
    """`machines` are all that there are; visitors' trucks come and go."""

    book: Notebook
    machines: set[str]
    stopped_ms: dict[str, int] = field(default_factory=dict)
    towed: set[str] = field(default_factory=set)

    def stopped(self, event: MachineStopped) -> None:
        if event.machine in self.stopped_ms:
            self.book.broken(SERVICE, "It is stopped while it is out of service.", event.machine)
        self.stopped_ms.setdefault(event.machine, event.at_ms)

    def takes_in_tow(self, event: TruckTowed) -> None:
        if event.truck not in self.stopped_ms:
            self.book.broken(SERVICE, "It is towed but was not out of service.", event.truck)
        self.towed.add(event.truck)

    def resumed(self, event: MachineResumed) -> None:
        self.towed.discard(event.machine)
        if self.stopped_ms.pop(event.machine, None) is None:
            self.book.broken(SERVICE, "It is back in service but was not out of it.", event.machine)

    def works(self, machine: str, what: str) -> None:
        """A machine does something now; a truck that is towed may drive."""
        if machine in self.stopped_ms and machine not in self.towed:
            self.book.broken(SERVICE, f"It {what} while it is out of service.", machine)
