"""Messages of VDA 5050: what is written can be read again, keeps to the published schemas, and nonsense is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.vda5050.drawn_messages import messages
from tests.adapters.vda5050.published import breaches

from cabria.adapters.timestamps import stamp, unstamp
from cabria.adapters.vda5050.order import Edge, Node, Order, faults_of
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.topics import Topic, TopicName
from cabria.adapters.vda5050.wire import MESSAGES, encode, parse, topic_of
from cabria.domain.errors import DataError

KINDS = sorted(MESSAGES)
IN_VERSION_2 = [name for name in KINDS if name not in (TopicName.ZONE_SET, TopicName.RESPONSES)]
TOPIC = Topic("vda5050", 3, "ACME", "0001", TopicName.STATE)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=5)
@given(data=st.data())
def test_what_is_written_is_read_again_and_keeps_to_the_published_schema(name: TopicName, data: st.DataObject) -> None:
    message = data.draw(messages(MESSAGES[name]))
    payload = encode(message)
    assert breaches(name, payload) == []
    assert parse(topic_of(message, "vda5050"), payload) == message


@pytest.mark.parametrize("name", IN_VERSION_2)
@settings(max_examples=4)
@given(data=st.data())
def test_brought_down_to_2_1_and_up_again_nothing_is_lost_that_2_1_can_say(
    name: TopicName, data: st.DataObject
) -> None:
    message = data.draw(messages(MESSAGES[name], version="2.1.0"))
    topic = topic_of(message, "uagv")
    once = parse(topic, encode(message))
    assert once.header_id == message.header_id
    assert encode(parse(topic, encode(once))) == encode(once)


@pytest.mark.parametrize("name", [TopicName.STATE, TopicName.CONNECTION, TopicName.INSTANT_ACTIONS])
@settings(max_examples=4)
@given(data=st.data())
def test_what_is_brought_down_keeps_to_the_schemas_of_2_1(name: TopicName, data: st.DataObject) -> None:
    assert breaches(name, encode(data.draw(messages(MESSAGES[name], version="2.1.0")))) == []


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=4)
@given(data=st.data())
def test_a_field_turned_into_anything_else_is_read_or_refused_by_topic(name: TopicName, data: st.DataObject) -> None:
    message = data.draw(messages(MESSAGES[name]))
    document = json.loads(encode(message))
    field = data.draw(st.sampled_from(sorted(document)))
    document[field] = data.draw(ANY_JSON)
    topic = topic_of(message, "vda5050")
    for at in (topic, topic._replace(major=2)):
        assert _refused_at(at, json.dumps(document).encode()) in ("", str(at))


def _refused_at(topic: Topic, payload: bytes) -> str:
    try:
        parse(topic, payload)
    except DataError as error:
        return error.file
    return ""


@given(payload=st.binary(max_size=60))
def test_bytes_that_are_no_message_are_refused(payload: bytes) -> None:
    for topic in (TOPIC, TOPIC._replace(major=2)):
        with pytest.raises(DataError):
            parse(topic, payload)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "no message"),
        (b'{"x": ' + b"[" * 100_000, "no message"),
        (b'{"headerId": 1e999}', "headerId"),
        (b'{"headerId": -1}', "headerId"),
        (b'{"headerId": 99999999999999999999999}', "headerId"),
        (b"\xff\xfe", "no message"),
        (b" " * 4_000_001, "bytes"),
        (b"{}", "missing required field"),
    ],
    ids=["empty", "deep", "endless", "negative", "huge number", "no utf-8", "huge", "nothing in it"],
)
def test_hostile_payloads_are_refused_with_their_topic(payload: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says) as caught:
        parse(TOPIC, payload)
    assert caught.value.file == "vda5050/v3/ACME/0001/state"


def test_a_wrong_value_is_refused_with_its_place() -> None:
    node: dict[str, Any] = {"nodeId": "n", "sequenceId": 0, "released": "yes", "actions": []}
    order = {"headerId": 1, "timestamp": "2026-01-01T00:00:00.000Z", "version": "3.0.0", "manufacturer": "ACME"}
    order |= {"serialNumber": "0001", "orderId": "o", "orderUpdateId": 0, "nodes": [node], "edges": []}
    with pytest.raises(DataError) as caught:
        parse(TOPIC.named(TopicName.ORDER), json.dumps(order).encode())
    assert caught.value.place == "nodes[0].released"


@pytest.mark.parametrize(
    ("field", "value"),
    [("serialNumber", "0002"), ("manufacturer", "EMCA"), ("version", "2.1.0"), ("timestamp", "yesterday")],
)
def test_a_header_that_does_not_fit_its_topic_is_refused(field: str, value: str) -> None:
    header = {"headerId": 1, "timestamp": "2026-01-01T00:00:00.000Z", "version": "3.0.0", "manufacturer": "ACME"}
    connection = header | {"serialNumber": "0001", "connectionState": "ONLINE"}
    topic = TOPIC.named(TopicName.CONNECTION)
    assert isinstance(parse(topic, json.dumps(connection).encode()), Message)
    with pytest.raises(DataError):
        parse(topic, json.dumps(connection | {field: value}).encode())


LEVEL = st.from_regex(r"[A-Za-z0-9_.:-]{1,12}", fullmatch=True)


@given(topic=st.builds(Topic, LEVEL, st.integers(1, 99), LEVEL, LEVEL, st.sampled_from(list(TopicName))))
def test_topics_are_read_as_they_are_written(topic: Topic) -> None:
    assert Topic.parse(str(topic)) == topic


@pytest.mark.parametrize(
    "text", ["", "a/v3/b/c", "a/3/b/c/state", "a/v3/b/c/tea", "a/v3/b+/c/state", "a/v3/b/c c/state", "a/v3//c/state"]
)
def test_topics_of_others_are_refused(text: str) -> None:
    with pytest.raises(DataError):
        Topic.parse(text)


@given(utc_ms=st.integers(0, 4_000_000_000_000))
def test_times_are_read_as_they_are_written(utc_ms: int) -> None:
    assert unstamp(stamp(utc_ms)) == utc_ms


def _order(flags: str, first: int = 0, version: str = "3.0.0") -> Order:
    """Nodes and edges in turn, R released and h horizon."""
    parts: list[Node | Edge] = []
    for number, flag in enumerate(flags):
        kind: Any = Edge if number % 2 else Node
        name = {"edge_id": f"e{number}"} if number % 2 else {"node_id": f"n{number}"}
        parts.append(kind(**name, sequence_id=first + number, released=flag == "R", actions=()))
    nodes = tuple(part for part in parts if isinstance(part, Node))
    edges = tuple(part for part in parts if isinstance(part, Edge))
    header: dict[str, Any] = {"header_id": 0, "timestamp": stamp(0), "manufacturer": "A", "serial_number": "1"}
    return Order(**header, version=version, order_id="o", order_update_id=0, nodes=nodes, edges=edges)


@pytest.mark.parametrize("flags", ["R", "RRR", "RRRhh", "Rhhhh"])
def test_a_base_with_a_horizon_behind_it_has_no_fault(flags: str) -> None:
    assert faults_of(_order(flags)) == []
    assert faults_of(_order(flags, first=8)) == []


def test_an_order_brought_down_to_2_1_names_the_nodes_of_its_edges() -> None:
    payload = encode(_order("RRRhh", version="2.1.0"))
    assert breaches(TopicName.ORDER, payload) == []
    first, second = json.loads(payload)["edges"]
    assert (first["startNodeId"], first["endNodeId"]) == ("n0", "n2")
    assert (second["startNodeId"], second["endNodeId"]) == ("n2", "n4")


@pytest.mark.parametrize("flags", ["", "h", "RhR", "RRh", "RRRhR", "RR", "hhR"])
def test_an_order_that_breaks_the_rules_of_base_and_horizon_has_a_fault(flags: str) -> None:
    assert faults_of(_order(flags)) != []


def test_numbers_out_of_turn_are_a_fault() -> None:
    assert faults_of(_order("RRR", first=1)) != []
