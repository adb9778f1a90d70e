"""A wire that loses, doubles and reorders, and machines at its end that carry out each order once."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from cabria.operations.order_desk import OrderDesk, OrderState
from cabria.operations.records import Order


class FakeClock:
    """Alarms by hand."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._alarms: list[tuple[int, int, Callable[[Any], object], Any]] = []
        self._count = 0

    def after(self, delay_ms: int, handler: Callable[[Any], int | None], argument: Any = None) -> int:
        self._count += 1
        self._alarms.append((self.now_ms + delay_ms, self._count, handler, argument))
        return self._count

    def run(self, until_ms: int) -> None:
        while self._alarms and min(self._alarms)[0] <= until_ms:
            first = min(self._alarms, key=lambda alarm: alarm[:2])
            self._alarms.remove(first)
            self.now_ms, _, handler, argument = first
            handler(argument)
        self.now_ms = until_ms


class FakeWire:
    """Messages to machines and back; `carry` takes them all, some twice, some never, in any order."""

    def __init__(self, chance: Random, loss: float, doubling: float) -> None:
        self._chance, self._loss, self._doubling = chance, loss, doubling
        self._to: list[tuple[str, int, Order | None]] = []
        self._back: list[tuple[str, int, OrderState]] = []
        self.machines: dict[str, FakeMachine] = {}
        self.sent: list[int] = []

    def send(self, number: int, order: Order) -> None:
        self.sent.append(number)
        self._put(self._to, (order.machine, number, order))

    def cancel(self, number: int, machine: str) -> None:
        self._put(self._to, (machine, number, None))

    def answer(self, machine: str, number: int, state: OrderState) -> None:
        self._put(self._back, (machine, number, state))

    def carry(self, desk: OrderDesk) -> None:
        for way in (self._to, self._back):
            self._chance.shuffle(way)
        messages, self._to = self._to, []
        for machine, number, order in messages:
            self.machines.setdefault(machine, FakeMachine(machine, self)).told(number, order)
        answers, self._back = self._back, []
        for machine, number, state in answers:
            if state is OrderState.ACKNOWLEDGED:
                desk.acknowledged(number, machine)
            else:
                desk.ended(number, machine, state)

    def _put(self, way: list[Any], message: Any) -> None:
        if self._chance.random() >= self._loss:
            way.append(message)
        if self._chance.random() < self._doubling:
            way.append(message)


class FakeMachine:
    """Does what it is told once, one thing after the other; says again what it said when it is asked again."""

    def __init__(self, name: str, wire: FakeWire) -> None:
        self._name, self._wire = name, wire
        self.states: dict[int, OrderState] = {}
        self.done: list[int] = []

    def told(self, number: int, order: Order | None) -> None:
        if order is None:
            if self.states.get(number) in (None, OrderState.ACKNOWLEDGED):
                self.states[number] = OrderState.CANCELLED
        else:
            self.states.setdefault(number, OrderState.ACKNOWLEDGED)
        self._wire.answer(self._name, number, self.states[number])

    def work(self) -> None:
        """Carry out what was acknowledged, and say so."""
        for number, state in self.states.items():
            if state is OrderState.ACKNOWLEDGED:
                self.states[number] = OrderState.DONE
                self.done.append(number)
                self._wire.answer(self._name, number, OrderState.DONE)
