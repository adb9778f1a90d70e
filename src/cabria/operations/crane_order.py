"""Which quay crane must wait for which other, so that they keep their order and distance as their plan has it.

A *visit* is a crane's steps over one bay without a break. Two visits that could not be at the same time, because the
cranes would be too near or out of order, happen one after the other as planned. The plan's times rise along these
waits and along each queue, so no circle of waits can be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.terminal import Terminal
from cabria.domain.work import WorkQueue
from cabria.operations.board import CallState


class Visit(NamedTuple):
    """Steps `first` to `last` of a crane at one place; `order` is the crane's place along the quay."""

    crane: str
    order: int
    first: int
    last: int
    x_mm: int
    start_s: int


Waits = Mapping[tuple[str, int], Sequence[tuple[str, int]]]
"""Crane and step, and the cranes with their steps that must be done before it begins."""


def gap_mm(terminal: Terminal) -> int:
    """How far apart two quay cranes stay, middle to middle."""
    return 4 * (terminal.crane_gap_bays + 1) * BAY_NUMBER_MM


def waits_of(terminal: Terminal, state: CallState) -> Waits:
    """For the first step of each visit what must be over before."""
    order = {crane.id: n for n, crane in enumerate(sorted(terminal.quay_cranes, key=lambda crane: crane.x_mm))}
    visits = [visit for queue in state.plan.queues for visit in _visits(queue, order[queue.crane], state)]
    waits: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for one, other in combinations(visits, 2):
        if one.crane != other.crane and _clash(one, other, gap_mm(terminal)):
            before, after = sorted((one, other), key=lambda visit: (visit.start_s, visit.order))
            waits[after.crane, after.first].append((before.crane, before.last))
    return waits


def _visits(queue: WorkQueue, order: int, state: CallState) -> list[Visit]:
    visits: list[Visit] = []
    for number, step in enumerate(queue.steps):
        x_mm = state.x_mm(step.bay)
        if visits and visits[-1].x_mm == x_mm:
            visits[-1] = visits[-1]._replace(last=number)
        else:
            visits.append(Visit(queue.crane, order, number, number, x_mm, step.start_s))
    return visits


def _clash(one: Visit, other: Visit, least_mm: int) -> bool:
    left, right = (one, other) if one.order < other.order else (other, one)
    return left.x_mm + (right.order - left.order) * least_mm > right.x_mm
