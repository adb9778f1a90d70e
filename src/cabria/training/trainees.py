"""Automated trainees: one follows the policy, one does nothing, one errs. They only do what a person could.

Each is asked once a tick and looks at the run between two inputs, as a person looks at the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Protocol

from cabria.operations.records import Command
from cabria.operations.running import Accepted
from cabria.training.run import TrainingRun
from cabria.training.scenario import MINUTE_MS
from cabria.training.script import Alarm, may_all_sail

NAME = "trainee"
REACTION_MS = MINUTE_MS
"""How long a good operator takes to read an alarm."""
GIVES_UP_MS = 20 * MINUTE_MS
"""How long what is refused is asked again."""


class TraineeKind(StrEnum):
    POLICY = "policy"
    IDLE = "idle"
    ERRING = "erring"


class Trainee(Protocol):
    def look(self, run: TrainingRun) -> None:
        """Do what is to be done now."""


@dataclass
class Policy:
    """Does what each alarm's advice says, in order, a minute after it came; lets ships leave as soon as they may."""

    _done: dict[int, int] = field(default_factory=dict)
    """By alert: how many steps of its advice are done."""

    def look(self, run: TrainingRun) -> None:
        for alarm in run.alarms:
            if run.now_ms >= alarm.at_ms + REACTION_MS:
                self._answer(run, alarm)
        for call in may_all_sail(run.control):
            run.do(Command("sail", (call,)), NAME)

    def _answer(self, run: TrainingRun, alarm: Alarm) -> None:
        for number in range(self._done.get(alarm.number, 0), len(alarm.advice)):
            reply = run.do(alarm.advice[number], NAME)
            if not isinstance(reply, Accepted) and run.now_ms < alarm.at_ms + GIVES_UP_MS:
                return
            self._done[alarm.number] = number + 1


@dataclass
class Idle:
    """Does nothing."""

    def look(self, run: TrainingRun) -> None: ...


@dataclass
class Erring:
    """Takes a healthy crane out and puts it back, holds a queue and lets it go, leaves a box behind without a reason,
    puts machines back before they are repaired, and sees no alarm."""

    _at: int = 0
    _hurried: set[str] = field(default_factory=set)

    def look(self, run: TrainingRun) -> None:
        minute = (run.now_ms - run.begins_ms) / MINUTE_MS
        while self._at < len(MISTAKES) and minute >= MISTAKES[self._at][0]:
            MISTAKES[self._at][1](run)
            self._at += 1
        for machine in run.script.under_repair:
            if machine not in self._hurried:
                self._hurried.add(machine)
                run.do(Command("put_back", (machine,)), NAME)


def _busiest(run: TrainingRun) -> str:
    cranes = run.control.desk.board.quay_cranes.values()
    return max(cranes, key=lambda crane: (len(crane.steps) - crane.next, crane.id)).id


def _takes_out(run: TrainingRun) -> None:
    run.do(Command("take_out", (_busiest(run), "looks tired")), NAME)


def _holds(run: TrainingRun) -> None:
    run.do(Command("hold_queue", (_busiest(run), "to think")), NAME)


def _takes_back(done: str, undo: str, run: TrainingRun) -> None:
    for act in run.acts:
        if act.verb == done and not act.refused:
            run.do(Command(undo, (act.arguments[0],)), NAME)


def _leaves_behind(run: TrainingRun) -> None:
    """The first box to come that operations let be left out."""
    for crane in run.control.desk.board.quay_cranes.values():
        for step in crane.steps[crane.next + 1 :]:
            for box in step.containers[:1]:
                if isinstance(run.do(Command("skip_step", (crane.id, box, "no time")), NAME), Accepted):
                    return


MISTAKES: tuple[tuple[float, Callable[[TrainingRun], None]], ...] = (
    (3.0, _takes_out),
    (12.0, _leaves_behind),
    (18.0, partial(_takes_back, "take_out", "put_back")),
    (20.0, _holds),
    (30.0, partial(_takes_back, "hold_queue", "release_queue")),
)

TRAINEES: Mapping[TraineeKind, Callable[[], Trainee]] = {
    TraineeKind.POLICY: Policy,
    TraineeKind.IDLE: Idle,
    TraineeKind.ERRING: Erring,
}
