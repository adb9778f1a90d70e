"""What has gone on for too long on the wire: a truck that waits, a job that is not done, a machine that tells nothing.

Nothing of it is mended here: a person is told, with what to do. Each is told once for as long as it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from cabria.domain.said import Said, said
from cabria.operations.order_desk import OpenOrder, OrderState
from cabria.operations.records import MachineKind

Tell = Callable[[str, int, Said], None]
"""Machine, order (0 for none), problem."""
Waits = Mapping[str, tuple[int, tuple[str, ...]]]
"""Of each truck that waits for a lane since when, and for which trucks."""
Out = Mapping[str, tuple[int, str]]
"""Of each truck that is out of service on the lanes since when, and why."""
CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long it may take before somebody is told, by the terminal's time."""

    waits_ms: int = 300_000
    truck_ms: int = 1_800_000
    out_ms: int = 900_000
    crane_ms: int = 2_700_000
    """A crane may have begun for a truck that is still on its way, in a queue of others."""
    silent_ms: int = 60_000

    def at(self, speed: float) -> Self:
        """Where the terminal's time goes by so many times as fast as that of the wire: signs of life come by the
        wire's, and so does a part of all waiting."""
        return replace(
            self, silent_ms=round(self.silent_ms * speed), waits_ms=round(self.waits_ms * max(1.0, speed / 10))
        )


class Watch:
    """`look` is told now and then how things are; `tell` is called for what has gone on for too long."""

    def __init__(self, tell: Tell, patience: Patience | None = None) -> None:
        self._tell, self._patience = tell, patience or Patience()
        self._told: set[tuple[str, str, int]] = set()

    def look(
        self, now_ms: int, *, waits: Waits, orders: Mapping[int, OpenOrder], seen_ms: Mapping[str, int], out: Out
    ) -> None:
        """`seen_ms` is when each machine gave its last sign of life; those that never did yet are not in it."""
        found = {
            (machine, kind, order): problem
            for machine, kind, order, problem in (
                *self._standing(now_ms, waits),
                *self._undone(now_ms, orders),
                *self._silent(now_ms, seen_ms),
                *self._out(now_ms, out),
            )
        }
        for key, problem in found.items():
            if key not in self._told:
                self._tell(key[0], key[2], problem)
        self._told = set(found)

    def _standing(self, now_ms: int, waits: Waits) -> Iterable[tuple[str, str, int, Said]]:
        minutes = self._patience.waits_ms // 60_000
        for truck, (since_ms, before) in waits.items():
            if now_ms - since_ms < self._patience.waits_ms:
                continue
            head = head_of(truck, waits)
            ring = said("stands-in-ring", minutes=minutes, truck=before[0])
            queue = said("stands-behind-head", minutes=minutes, truck=before[0], head=head)
            yield truck, "waits", 0, queue if head else ring

    def _out(self, now_ms: int, out: Out) -> Iterable[tuple[str, str, int, Said]]:
        minutes = self._patience.out_ms // 60_000
        for truck, (since_ms, cause) in out.items():
            if now_ms - since_ms >= self._patience.out_ms:
                yield truck, "out", 0, said("out-on-lanes", minutes=minutes, why=cause[:100])

    def _undone(self, now_ms: int, orders: Mapping[int, OpenOrder]) -> Iterable[tuple[str, str, int, Said]]:
        for number, one in orders.items():
            order = one.order
            most_ms = self._patience.truck_ms if order.to is MachineKind.TRUCK else self._patience.crane_ms
            is_late = one.state is OrderState.ACKNOWLEDGED and now_ms - one.since_ms >= most_ms
            if is_late and order.job and order.verb != CHARGE:
                yield order.machine, "undone", number, said("order-undone", minutes=most_ms // 60_000)

    def _silent(self, now_ms: int, seen_ms: Mapping[str, int]) -> Iterable[tuple[str, str, int, Said]]:
        seconds = self._patience.silent_ms // 1_000
        for machine, at_ms in seen_ms.items():
            if now_ms - at_ms >= self._patience.silent_ms:
                yield machine, "silent", 0, said("tells-nothing", seconds=seconds)


def head_of(truck: str, waits: Waits) -> str:
    """The truck for which, in the end, a truck waits; "" where that is a ring."""
    seen, here = {truck}, waits[truck][1][0]
    while here in waits:
        if here in seen:
            return ""
        seen.add(here)
        here = waits[here][1][0]
    return here
