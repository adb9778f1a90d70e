"""Another plan from where work stands: what has become known, what would change, and a person's word on it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from cabria.console.messages.parts import ContainerNumber, Message, Minutes, Name, SlotText, Utc
from cabria.console.messages.ship import Difference, Price, ShipPartText

MOST = 20_000
AtS = Annotated[int, Meta(ge=0, le=3_600_000, description="Seconds after the start of the call.")]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class LateBox(Message):
    """A load that is not there before."""

    box: ContainerNumber
    ready_s: AtS


class FoundBox(Message):
    """A box that stands elsewhere in the yard than was thought: block-bay-row-tier."""

    box: ContainerNumber
    place: Name


class CraneOut(Message):
    """A quay crane is out of service from now on; None is for the rest of the call."""

    crane: Name
    until_s: AtS | None = None


class RefusedSlot(Message):
    """The chief officer will not have a box there."""

    box: ContainerNumber
    slot: SlotText


class ChosenAnew(Message):
    """Loads for which one of these holds change places among their own slots; all else stays."""

    parts: Annotated[list[ShipPartText], Meta(max_length=500)] = field(default_factory=list)
    pods: Annotated[list[Name], Meta(max_length=500)] = field(default_factory=list)
    cranes: Annotated[list[Name], Meta(max_length=100)] = field(default_factory=list)
    boxes: Annotated[list[ContainerNumber], Meta(max_length=MOST)] = field(default_factory=list)


class AskReplan(Message):
    """Plan anew from `now_s`, when all up to then went as planned (None: as it stood the last time); little changes.
    With `from_work` it is from how work stands at the terminal, which can be given what comes of it.

    With `selection` boxes are chosen anew and nothing else may be asked. `changes` and `moves` are how many boxes may
    get another slot, and another crane. What comes of it is a proposal, to be taken or dropped.
    """

    now_s: AtS | None = None
    from_work: bool = False
    late: Annotated[list[LateBox], Meta(max_length=MOST)] = field(default_factory=list)
    shut_out: Annotated[list[ContainerNumber], Meta(max_length=MOST)] = field(default_factory=list)
    found: Annotated[list[FoundBox], Meta(max_length=MOST)] = field(default_factory=list)
    cranes_out: Annotated[list[CraneOut], Meta(max_length=100)] = field(default_factory=list)
    refused: Annotated[list[RefusedSlot], Meta(max_length=MOST)] = field(default_factory=list)
    selection: ChosenAnew | None = None
    changes: Count | None = None
    moves: Count | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0


class Proposal(Message):
    """A plan that could take this one's place, on its state `revision`: boxes with another slot, how many boxes each
    crane lifts that others were to, and the price."""

    plan: str
    revision: str
    title: str
    by: str
    at: Utc
    minutes: Minutes
    boxes: list[Difference]
    lifted_by: dict[str, int]
    price: Price


class TakeProposal(Message):
    """`revision` is that of the proposal."""

    revision: Annotated[str, Meta(max_length=100)] = ""
