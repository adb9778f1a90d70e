"""What messages are made of, and the version of them all."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, field

VERSION = 1
"""The number in `/api/v1`. A field may be added within a version; none changes its sense or goes."""


class Message(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON or msgpack object; a key nobody knows is refused.

    Long lists are columns: the lists of one object are equally long, and an index into one is an index into all.
    """


Name = Annotated[str, Meta(min_length=1, max_length=100)]
Words = Annotated[str, Meta(min_length=1, max_length=300, description="A person's reason.")]
ContainerNumber = Annotated[str, Meta(min_length=1, max_length=40, description="Container number.")]
SlotText = Annotated[str, Meta(pattern=r"^[0-9]{6,7}$", description="Stow position BBBRRTT (ISO 9711).")]
Slot = Annotated[int, Meta(ge=0, le=9_999_999, description="Stow position BBBRRTT as a number; 0 is none.")]
Index = Annotated[int, Meta(ge=0, description="Of a row in the columns that it is about.")]
Mm = Annotated[int, Meta(description="Millimetres.")]
Kg = Annotated[int, Meta(description="Kilograms.")]
Ms = Annotated[int, Meta(description="Milliseconds since the run began.")]
Utc = Annotated[str, Meta(description="Time in UTC, ISO 8601.")]
Minutes = Annotated[float, Meta(description="Minutes a planner would pay.")]


class Problem(Message):
    """Why something was not done (RFC 9457). `detail` is a sentence, `remedy` what to do, `place` where it stands.

    `code` is the finest word for it that stays, and `values` what the sentence names, so that it can be said in another
    language: docs/reference/refusals.md.
    """

    type: str
    """`/problems/` and a word that stays, such as `forbidden` or `other-revision`."""
    title: str
    status: int
    detail: str
    place: str = ""
    remedy: str = ""
    findings: list[FindingRow] = field(default_factory=list)
    """Of the referee, where it forbids."""
    entry: int = 0
    """Of the journal, where a command got so far."""
    code: str = ""
    values: dict[str, str | int] = field(default_factory=dict)


class Said(Message):
    """A sentence in English, and what says it in other languages."""

    text: str
    code: str
    values: dict[str, str | int]


class FindingRow(Message):
    """A broken rule or oddity; `waived_by` is who answers for it, with the reason.

    `text` is English; `code` and `values` say it in another language, where it has a word: docs/reference/findings.md.
    """

    rule: str
    severity: str
    text: str
    place: str = ""
    container: str = ""
    cause: str = ""
    waived_by: str = ""
    code: str = ""
    values: dict[str, str | int] = field(default_factory=dict)
