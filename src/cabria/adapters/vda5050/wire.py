"""Bytes of a topic to a message and back. What comes from outside is refused with its topic and field."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from cabria.adapters.timestamps import unstamp
from cabria.adapters.vda5050 import down_level
from cabria.adapters.vda5050.factsheet import Factsheet
from cabria.adapters.vda5050.order import InstantActions, Order
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.state import Connection, State, Visualization
from cabria.adapters.vda5050.topics import Topic, TopicName
from cabria.adapters.vda5050.zones import Responses, ZoneSetMessage
from cabria.domain.errors import DataError

MESSAGES: Mapping[TopicName, type[Message]] = {
    TopicName.ORDER: Order,
    TopicName.INSTANT_ACTIONS: InstantActions,
    TopicName.STATE: State,
    TopicName.VISUALIZATION: Visualization,
    TopicName.CONNECTION: Connection,
    TopicName.FACTSHEET: Factsheet,
    TopicName.ZONE_SET: ZoneSetMessage,
    TopicName.RESPONSES: Responses,
}
LARGEST_BYTES = 4_000_000
OLDEST_MAJOR, NEWEST_MAJOR = 2, 3
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in MESSAGES.items()}
_ENCODER = msgspec.json.Encoder()
_PLACE = re.compile(r" - at `(.*)`$")


def parse(topic: Topic, payload: bytes) -> Message:
    """The message of a topic, of version 2 raised to 3. Raises DataError with the topic and the field."""
    where = str(topic)
    if len(payload) > LARGEST_BYTES:
        raise DataError(f"The message has {len(payload):,} bytes.", file=where, remedy=f"At most {LARGEST_BYTES:,}.")
    if not OLDEST_MAJOR <= topic.major <= NEWEST_MAJOR:
        raise DataError(f"Version {topic.major} of VDA 5050 is not spoken here.", file=where)
    try:
        message = _decoded(topic, payload)
        unstamp(message.timestamp)
    except msgspec.ValidationError as error:
        raise _refusal(where, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise DataError(f"This is no message: {str(error)[:200]}.", file=where) from None
    if (message.manufacturer, message.serial_number) != topic.robot:
        sender = f"{message.manufacturer[:60]}/{message.serial_number[:60]}"
        raise DataError(f"The message says it is of {sender!r}.", file=where, place="manufacturer, serialNumber")
    if message.version.split(".")[0] != str(topic.major):
        raise DataError(f"The message is of version {message.version[:20]!r}.", file=where, place="version")
    return message


def encode(message: Message) -> bytes:
    """Strictly by the standard; a message of version 2 is brought down to it."""
    if message.version.startswith("2."):
        return _ENCODER.encode(down_level.lowered(_name_of(message), msgspec.to_builtins(message)))
    return _ENCODER.encode(message)


def topic_of(message: Message, interface: str) -> Topic:
    """Where a message belongs."""
    major = int(message.version.split(".")[0])
    return Topic(interface, major, message.manufacturer, message.serial_number, _name_of(message))


def _decoded(topic: Topic, payload: bytes) -> Message:
    if topic.major >= NEWEST_MAJOR:
        return _DECODERS[topic.name].decode(payload)
    return msgspec.convert(down_level.raised(topic, msgspec.json.decode(payload)), MESSAGES[topic.name])


def _name_of(message: Message) -> TopicName:
    return next(name for name, kind in MESSAGES.items() if type(message) is kind)


def _refusal(where: str, text: str) -> DataError:
    found = _PLACE.search(text)
    place = found.group(1).removeprefix("$.") if found else ""
    problem = text[: found.start()] if found else text
    return DataError(f"{problem[:300]}.", file=where, place=place)
