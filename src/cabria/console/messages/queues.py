"""The work of quay cranes as it stands: the steps of each, those that are done too."""

from __future__ import annotations

from cabria.console.messages.parts import Message, Ms


class CraneQueue(Message):
    """A quay crane's steps in columns, in order; `done` of them are done, trucks go to the first `released`.

    `kind` is that of `domain.work.StepKind`. Seconds count from `started_ms`; they are planned, and stay as they were
    planned when the work is late. `boxes` has up to two container numbers (fore, aft), `slot` where each stands aboard.
    """

    crane: str
    call: str
    held: str
    """Why a person holds it, "" while it goes on."""
    started_ms: Ms
    done: int
    released: int
    kind: list[str]
    bay: list[int]
    start_s: list[int]
    end_s: list[int]
    boxes: list[list[str]]
    slot: list[list[int]]
    lid: list[str]


class LiveQueues(Message):
    """True after the stream's message `number`; two cranes keep `crane_apart` bay numbers apart."""

    number: int
    now_ms: Ms
    crane_apart: int
    queues: list[CraneQueue]
