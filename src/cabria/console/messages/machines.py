"""Who drives where and when, and what each machine was ordered to do."""

from __future__ import annotations

from cabria.console.messages.parts import Message, Ms, Said


class LaneUse(Message):
    """Segments booked by trucks, in columns: `segment` indexes the lanes of the ground.

    A truck has a segment to itself from `enter_ms` until its tail has left it at `leave_ms`; -1 is until its next trip.
    What `is_leased` was granted to it: nobody else gets it, nor the junction it lies in, before the truck has said that
    it is out. The rest is booked, and may be booked anew.
    """

    now_ms: Ms
    digest: str
    """Of the ground."""
    truck: list[str]
    segment: list[int]
    enter_ms: list[int]
    leave_ms: list[int]
    is_leased: list[bool]


class MachineOrder(Message):
    """An order on its way or in work; a leased one is given to nobody else until it has ended."""

    number: int
    verb: str
    job: str
    state: str
    attempts: int
    is_leased: bool


class BookedSegment(Message):
    """As in `LaneUse`."""

    segment: str
    kind: str
    enter_ms: Ms
    leave_ms: Ms
    is_leased: bool


class MachinePage(Message):
    """One machine: its orders, and for a truck the way that is booked for it, what lies behind left out."""

    id: str
    now_ms: Ms
    orders: list[MachineOrder]
    way: list[BookedSegment]
    reason: Said | None
    """Why it has this way, where it has one."""
