"""What the run log adds up to while the terminal runs: figures of today, when calls began, what happened last.

By the definitions of `referee.run_figures`, which reckons the same from a whole log and is the judge of them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from cabria.console.live.sentences import reason_row, sentence
from cabria.console.messages.live import Event, LiveFigures
from cabria.domain.containers import teu_of
from cabria.domain.layout import Layout
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    EnergyUsed,
    JobDone,
    JobGiven,
    JobTakenBack,
    LidLanded,
    LidLifted,
    MoveDone,
    MoveKind,
    MoveReleased,
    QueuesChanged,
    RunEvent,
    ShipBerthed,
    TruckLeft,
    TruckStood,
    Waited,
)
from cabria.domain.said import Said
from cabria.domain.work import CraneStep
from cabria.operations.running import OF_THE_LOG, Picture, Told

HOUR_MS = 3_600_000
LAST_EVENTS = 500


class Division(NamedTuple):
    """How a call's work is divided among quay cranes: steps to come, in seconds from `at_ms`."""

    at_ms: int
    queues: dict[str, tuple[CraneStep, ...]]
    boxes: int
    """Of the whole call: handed over till then, or in a step to come; those at hand may be both."""


@dataclass
class Tally:
    """Hears every entry of the journal, in order and once."""

    quay: frozenset[str]
    """The quay cranes there are."""
    number: int = 0
    """Of the last entry."""
    began_ms: dict[str, int] = field(default_factory=dict)
    """By call: when she was fast."""
    divisions: dict[str, Division] = field(default_factory=dict)
    """By call: the last change of its queues, where there was one."""
    handed_over: Counter[str] = field(default_factory=Counter)
    """By call: boxes lifted off her or set down on her."""
    last_ms: dict[str, int] = field(default_factory=dict)
    """By call: when that was last done."""
    last: deque[Event] = field(default_factory=lambda: deque(maxlen=LAST_EVENTS))
    _moves_ms: deque[int] = field(default_factory=deque)
    _moves: int = 0
    _spans: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """By quay crane and call: its first and its last work."""
    _jobs: dict[str, str] = field(default_factory=dict)
    """Quay cranes' jobs under way, and whose they are."""
    _has_landed: set[tuple[str, str]] = field(default_factory=set)
    _call_of: dict[str, str] = field(default_factory=dict)
    """By quay crane: the call it works."""
    _waited: Counter[str] = field(default_factory=Counter)
    _waits: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """By quay crane and call: how long it waited in all, and when it last did."""
    _released: dict[str, MoveReleased] = field(default_factory=dict)
    _digs: int = 0
    _productive: int = 0
    _wh: int = 0
    _came_ms: dict[str, int] = field(default_factory=dict)
    _turns: int = 0
    _turn_ms: int = 0

    @classmethod
    def at(cls, layout: Layout) -> Tally:
        return cls(frozenset(crane.id for crane in layout.terminal.quay_cranes))

    def hear(self, entries: Iterable[Told]) -> list[RunEvent]:
        """The run events among entries that were not heard yet."""
        found = []
        for told in entries:
            if told.number <= self.number:
                continue
            self.number = told.number
            if told.record.kind in OF_THE_LOG:
                event = told.record.content
                found.append(event)
                self._hear(event)
                if (line := sentence(event)) is not None:
                    kind, values = type(event).__name__, dict(line.values)
                    why = reason_row(line.why) if isinstance(line.why, Said) else None
                    self.last.append(Event(told.number, event.at_ms, kind, line.text, line.machine, values, why))
        return found

    def _hear(self, event: RunEvent) -> None:
        match event:
            case BoxesLifted() | BoxesLanded():
                place = event.places[0]
                if isinstance(place, Aboard):
                    self.handed_over[place.call] += len(event.containers)
                    self.last_ms[place.call] = event.at_ms
                if event.crane in self.quay:
                    self._worked(event)
            case LidLifted() | LidLanded():
                self._call_of[event.crane] = event.call
                self._worked(event)
            case JobGiven() if event.machine in self.quay:
                self._jobs[event.job] = event.machine
            case JobDone() | JobTakenBack():
                self._job_ended(event.at_ms, self._jobs.pop(event.job, ""))
            case Waited():
                self._waited[event.cause] += event.at_ms - event.since_ms
                key = event.crane, self._call_of.get(event.crane, "")
                waited_ms, _ = self._waits.get(key, (0, 0))
                self._waits[key] = waited_ms + event.at_ms - event.since_ms, event.at_ms
            case MoveReleased():
                self._released[event.move] = event
                if event.queue and event.call:
                    self._call_of[event.queue] = event.call
            case MoveDone():
                self._move_done(self._released.pop(event.move, None))
            case EnergyUsed():
                self._wh += max(0, event.wh)
            case ShipBerthed():
                self.began_ms[event.call] = event.at_ms
            case QueuesChanged():
                to_come = sum(len(step.containers) for _, steps in event.queues for step in steps)
                boxes = self.handed_over[event.call] + to_come
                self.divisions[event.call] = Division(event.at_ms, dict(event.queues), boxes)
            case TruckStood() if event.is_visitor:
                self._came_ms[event.truck] = event.at_ms
            case TruckLeft():
                self._turns += 1
                self._turn_ms += event.at_ms - self._came_ms.pop(event.truck, event.at_ms)

    def _worked(self, event: BoxesLifted | BoxesLanded | LidLifted | LidLanded) -> None:
        key = self._works(event.crane, event.at_ms)
        if isinstance(event, BoxesLanded | LidLanded):
            self._has_landed.add(key)
        if isinstance(event, BoxesLanded):
            self._moves += len(event.containers)
            self._moves_ms.extend([event.at_ms] * len(event.containers))

    def _job_ended(self, at_ms: int, crane: str) -> None:
        key = crane, self._call_of.get(crane, "")
        if key in self._has_landed:
            self._has_landed.remove(self._works(crane, at_ms))

    def _works(self, crane: str, at_ms: int) -> tuple[str, str]:
        key = crane, self._call_of.get(crane, "")
        first_ms, _ = self._spans.get(key, (at_ms, 0))
        self._spans[key] = first_ms, at_ms
        return key

    def _move_done(self, move: MoveReleased | None) -> None:
        if move is None:
            return
        if move.kind is MoveKind.REHANDLE:
            self._digs += len(move.containers)
        elif move.kind is not MoveKind.HOUSEKEEPING:
            self._productive += len(move.containers)

    def figures(self, picture: Picture, yard_slots: int, planned_gmph: float | None) -> LiveFigures:
        while self._moves_ms and self._moves_ms[0] < picture.now_ms - HOUR_MS:
            self._moves_ms.popleft()
        crane_ms = sum(until - since for since, until in self._spans.values())
        yard_teu = sum(teu_of(picture.length_ft[box]) for stack in picture.stacks.values() for box in stack)
        return LiveFigures(
            moves=self._moves,
            moves_last_hour=len(self._moves_ms),
            gmph=round(self._moves * HOUR_MS / crane_ms, 2) if crane_ms else None,
            planned_gmph=planned_gmph,
            crane_waiting_share=self._waiting_share(),
            waiting_ms_by_cause=dict(self._waited),
            rehandles=self._digs,
            rehandle_ratio=round(self._digs / self._productive, 4) if self._productive else None,
            truck_turn_ms=self._turn_ms // self._turns if self._turns else None,
            kwh=round(self._wh / 1_000, 1),
            kwh_per_move=round(self._wh / 1_000 / self._moves, 2) if self._moves else None,
            yard_fill=round(yard_teu / yard_slots, 4) if yard_slots else 0.0,
            visitors_inside=len(self._came_ms),
            visitors_waiting=len(picture.at_gate),
        )

    def _waiting_share(self) -> float | None:
        """Of the time of all quay cranes from berthing to their last work, as the referee has it, or last wait."""
        waited_ms = present_ms = 0
        for key, (first_ms, last_ms) in self._spans.items():
            waits_ms, until_ms = self._waits.get(key, (0, 0))
            waited_ms += waits_ms
            present_ms += max(last_ms, until_ms) - self.began_ms.get(key[1], first_ms)
        return round(waited_ms / present_ms, 4) if present_ms else None
