"""What is expected of the boxes in the yard: when they leave, what is in their way, and the work planned in a block."""

from __future__ import annotations

from cabria.console.messages.parts import Message, Ms


class YardOutlook(Message):
    """Of every box in the yard, in columns.

    `came_ms` is when it was set down here, -1 where that was before the run. `leaves_ms` is when it is expected to
    leave, -1 where nobody said. `by` indexes `carriers`: a call, "truck", or "" where nobody said; `dug_pm` is how
    likely it is, in thousandths, that a box beneath it is wanted first.
    """

    now_ms: Ms
    carriers: list[str]
    id: list[str]
    came_ms: list[int]
    leaves_ms: list[int]
    by: list[int]
    dug_pm: list[int]


class YardTask(Message):
    """A box to be moved in a block. `kind`: fetch, put, dig; `target` is "" where the box leaves the yard.

    `machine` is the quay crane that waits for it, "" for none. A dig is in the way of the box `needed_for`.
    """

    at_ms: Ms
    kind: str
    box: str
    source: str
    target: str
    machine: str
    call: str
    needed_for: str
    is_under_way: bool


class YardTasks(Message):
    """The next moves of one block, the earliest first; `more` are left out."""

    block: str
    now_ms: Ms
    tasks: list[YardTask]
    more: int
