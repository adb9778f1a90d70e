"""Bytes of a topic to a message and back. What comes from outside is refused with its topic and field."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

import msgspec

from cabria.adapters.crane_bus import messages as m
from cabria.adapters.crane_bus.parts import VERSION, Message
from cabria.adapters.crane_bus.topics import Topic, TopicName
from cabria.adapters.timestamps import stamp, unstamp
from cabria.domain.errors import DataError

MESSAGES: Mapping[TopicName, type[Message]] = {
    TopicName.JOB: m.CraneJob,
    TopicName.CANCEL: m.CancelJob,
    TopicName.HANDOVER: m.HandoverPermit,
    TopicName.ACKNOWLEDGE: m.Acknowledge,
    TopicName.QUERY: m.Query,
    TopicName.CONNECTION: m.Connection,
    TopicName.FACTSHEET: m.Factsheet,
    TopicName.STATE: m.State,
    TopicName.REPORTS: m.Reports,
    TopicName.TELEMETRY: m.Telemetry,
}
LARGEST_BYTES = 1_000_000
_NAMES = {kind: name for name, kind in MESSAGES.items()}
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in MESSAGES.items()}
_ENCODER = msgspec.json.Encoder()
_PLACE = re.compile(r" - at `(.*)`$")


class Header(TypedDict):
    """The fields every message begins with."""

    header_id: int
    timestamp: str
    version: str
    che_id: str


class Headers:
    """Counts the messages of one crane's topics, from 0."""

    def __init__(self, crane: str) -> None:
        self.crane = crane
        self._next = dict.fromkeys(TopicName, 0)

    def next(self, name: TopicName, utc_ms: int) -> Header:
        number = self._next[name]
        self._next[name] = (number + 1) % 2**32
        return Header(header_id=number, timestamp=stamp(utc_ms), version=VERSION, che_id=self.crane)


def parse(topic: Topic, payload: bytes) -> Message:
    """The message of a topic. Raises DataError with the topic and the field."""
    where = str(topic)
    if len(payload) > LARGEST_BYTES:
        raise DataError(f"The message has {len(payload):,} bytes.", file=where, remedy=f"At most {LARGEST_BYTES:,}.")
    try:
        message = _DECODERS[topic.name].decode(payload)
        for moment in _moments(message):
            unstamp(moment)
    except msgspec.ValidationError as error:
        raise _refusal(where, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as error:
        raise DataError(f"This is no message: {str(error)[:200]}.", file=where) from None
    if message.che_id != topic.crane:
        raise DataError(f"The message says it is of {message.che_id[:60]!r}.", file=where, place="cheId")
    return message


def encode(message: Message) -> bytes:
    return _ENCODER.encode(message)


def topic_of(message: Message, interface: str) -> Topic:
    """Where a message belongs."""
    return Topic(interface, message.che_id, _NAMES[type(message)])


def message_schemas() -> dict[str, Any]:
    """The JSON schema (2020-12) of every message, as kept in docs/reference/crane-bus.schema.json."""
    kinds, definitions = msgspec.json.schema_components(MESSAGES.values(), ref_template="#/$defs/{name}")
    schemas = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cabria crane bus, version 1.0",
        "description": "The message of each topic, by the last level of the topic.",
        "topics": {str(name): kind for name, kind in zip(MESSAGES, kinds, strict=True)},
        "$defs": dict(sorted(definitions.items())),
    }
    plain: dict[str, Any] = json.loads(json.dumps(schemas))
    return plain


def _moments(message: Message) -> Iterator[str]:
    yield message.timestamp
    if isinstance(message, m.Reports):
        for report in message.reports:
            yield report.timestamp
            if isinstance(report.happening, m.Travelling):
                yield report.happening.until
            elif isinstance(report.happening, m.Waited):
                yield report.happening.since


def _refusal(where: str, text: str) -> DataError:
    found = _PLACE.search(text)
    place = found.group(1).removeprefix("$.") if found else ""
    problem = text[: found.start()] if found else text
    return DataError(f"{problem[:300]}.", file=where, place=place)


if __name__ == "__main__":
    json.dump(message_schemas(), sys.stdout, indent=1)
    print()
