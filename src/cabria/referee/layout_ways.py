"""Where one can drive to and come from on a layout, stands being no way through."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from cabria.domain.layout import Layout, NodeId, Segment
from cabria.domain.stands import StandKind

Steps = Mapping[NodeId, list[NodeId]]


class Ways:
    """Nodes of the largest round of lanes (`hub`), those that can be reached from it, and those from which it can."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lanes = [segment for segment in layout.segments if segment.stand is None]
        forth: dict[NodeId, list[NodeId]] = {node.id: [] for node in layout.nodes}
        back: dict[NodeId, list[NodeId]] = {node.id: [] for node in layout.nodes}
        for segment in self._lanes:
            forth[segment.start].append(segment.end)
            back[segment.end].append(segment.start)
        self.hub = _largest_round(forth, back)
        self._reached = _spread(self.hub, forth)
        self._left = _spread(self.hub, back)
        self._forth, self._back = forth, back

    def is_reached(self, node: NodeId) -> bool:
        """Whether there is a way from the hub to the node."""
        return node in self._reached

    def is_left(self, node: NodeId) -> bool:
        """Whether there is a way from the node to the hub."""
        return node in self._left

    def traps(self) -> list[list[Segment]]:
        """Lanes that can be driven into from the hub, and that lead neither back to it nor out of the gate.

        Each trap on its own, in the order in which one gets into it.
        """
        gates = {segment.start for segment in self._layout.stands_of(StandKind.GATE_OUT)}
        good = self._left | _spread(gates, self._back)
        bad = [s for s in self._lanes if s.start in self._reached and s.end not in good]
        traps: list[list[Segment]] = []
        inside: set[NodeId] = set()
        for segment in sorted(bad, key=lambda s: s.start not in good):  # its mouth first
            if segment.end not in inside:
                nodes = _spread([segment.end], self._forth)
                traps.append([segment, *(s for s in bad if s.start in nodes and s.start not in inside)])
                inside |= nodes
        return traps


def _spread(starts: Iterable[NodeId], steps: Steps) -> set[NodeId]:
    found = set(starts)
    waiting = deque(found)
    while waiting:
        for node in steps[waiting.popleft()]:
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def _largest_round(forth: Steps, back: Steps) -> set[NodeId]:
    """The largest set of nodes from each of which one can drive to each (Kosaraju 1978); of equals the first."""
    order: list[NodeId] = []
    seen: set[NodeId] = set()
    for root in forth:
        if root in seen:
            continue
        seen.add(root)
        path = [(root, iter(forth[root]))]
        while path:
            node, steps = path[-1]
            onward = next((step for step in steps if step not in seen), None)
            if onward is None:
                order.append(node)
                path.pop()
            else:
                seen.add(onward)
                path.append((onward, iter(forth[onward])))
    largest: set[NodeId] = set()
    taken: set[NodeId] = set()
    for root in reversed(order):
        if root in taken:
            continue
        one = {root}
        waiting = [root]
        while waiting:
            for node in back[waiting.pop()]:
                if node not in taken and node not in one:
                    one.add(node)
                    waiting.append(node)
        taken |= one
        if len(one) > max(1, len(largest)):
            largest = one
    return largest
