"""An order that a vehicle has: the whole path, how much of it is released, and what was sent last (6.1.1, 6.1.2).

One update is under way at a time: the next begins at the end of the base that the vehicle has confirmed, because an
update that was lost would leave it without the node that the next one begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from msgspec.structs import replace

from cabria.adapters.vda5050.factsheet import Factsheet
from cabria.adapters.vda5050.headers import Header
from cabria.adapters.vda5050.order import Edge, Node, Order
from cabria.adapters.vda5050.state import State

OPTIONAL_OF_EDGES = (
    ("order.edges.trajectory", "trajectory"),
    ("order.edges.length", "length"),
    ("order.edges.maximumSpeed", "maximum_speed"),
    ("order.edges.corridor", "corridor"),
)


HORIZON = 16
"""Nodes behind the base that a vehicle is told, so that an update of a long trip stays short."""


@dataclass
class OrderInHand:
    """`base` and `wanted` count nodes from the start: told to the vehicle, and to be told as soon as it can be."""

    order_id: str
    nodes: list[Node]
    edges: list[Edge]
    wanted: int
    base: int = 0
    update_id: int = -1
    last: Order | None = None
    is_acknowledged: bool = True
    is_changed: bool = False
    """Whether the horizon is another than the vehicle knows."""
    first_sent_ms: int = 0
    sent_ms: int = 0
    times: int = 0
    passed: int = 0
    """The number of the last node passed."""
    refusal: str = ""
    is_cancelled: bool = False

    @classmethod
    def taken_up(cls, state: State, nodes: Sequence[Node], edges: Sequence[Edge]) -> Self:
        """An order that a vehicle was given before this program was started anew, as its state shows it; `nodes` are
        those of the whole path."""
        passed = state.last_node_sequence_id // 2
        base = passed + 1 + sum(node.released for node in state.node_states)
        return cls(
            state.order_id,
            list(nodes),
            list(edges),
            base,
            base,
            state.order_update_id,
            passed=passed,
        )

    @property
    def has_news(self) -> bool:
        return self.wanted > self.base or self.is_changed

    def release(self, wanted: int) -> None:
        """So many nodes are the base from now on. What was released stays so."""
        self.wanted = min(len(self.nodes), max(self.wanted, wanted))

    def reroute(self, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        """Another way behind the end of the base; the first of `nodes` follows on it. Raises ValueError."""
        if len(nodes) != len(edges):
            raise ValueError(f"{len(edges)} edges lead to {len(nodes)} nodes.")
        told = max(self.base, self.wanted)
        self.nodes[told:], self.edges[told - 1 :] = nodes, edges
        self.is_changed = True

    def next_message(self, header: Header, sheet: Factsheet | None, now_ms: int) -> Order:
        """The order or its next update, with as much of base and horizon as the vehicle can hold."""
        stitch = max(0, self.base - 1)
        until = min(len(self.nodes), max(self.wanted, 1) + HORIZON)
        most = sheet.protocol_limits.most("order.nodes") if sheet else None
        if most is not None:
            until = min(until, stitch + max(2, most))
        base = min(self.wanted, until)
        self.update_id += 1
        self.last = Order(
            **header,
            order_id=self.order_id,
            order_update_id=self.update_id,
            nodes=tuple(
                replace(node, sequence_id=2 * (stitch + n), released=stitch + n < base)
                for n, node in enumerate(self.nodes[stitch:until])
            ),
            edges=tuple(
                replace(fitted(edge, sheet), sequence_id=2 * (stitch + n) + 1, released=stitch + n + 1 < base)
                for n, edge in enumerate(self.edges[stitch : until - 1])
            ),
        )
        self.base, self.is_changed, self.is_acknowledged = base, False, False
        self.first_sent_ms = self.sent_ms = now_ms
        self.times = 1
        return self.last

    def once_more(self, header: Header, now_ms: int) -> Order:
        """The same again, as no state has shown it (6.1.4.5)."""
        assert self.last is not None
        self.sent_ms = now_ms
        self.times += 1
        return replace(self.last, **header)


def fitted(edge: Edge, sheet: Factsheet | None) -> Edge:
    """Without optional fields that the vehicle does not say it understands (7.1.1)."""
    unknown = [field for name, field in OPTIONAL_OF_EDGES if sheet is None or not sheet.understands(name)]
    return replace(edge, **dict.fromkeys(unknown)) if unknown else edge
