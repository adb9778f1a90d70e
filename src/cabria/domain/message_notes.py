"""What a terminal keeps in mind of messages that came in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageNote:
    """One message: `id` is the digest of its file and its number in it, `call` the call it is for ("" for none),
    `folder` the call folder that was made of it ("" when it said nothing new), `what` a sentence."""

    id: str
    kind: str
    call: str
    folder: str
    what: str
