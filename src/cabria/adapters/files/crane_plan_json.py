"""A crane split as cranes.json: queues, makespan, bound and why the longest crane is the longest.

Described in docs/how-to/split-cranes.md. Everything but `cpu_s` is the same for the same version, input and seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from cabria.adapters.files.plan_json import QueuePart, queue_part
from cabria.adapters.files.source_file import write_whole
from cabria.domain.calls import VesselCall
from cabria.planning.cranes.problem import CraneSolution
from cabria.planning.search.result import Result

FORMAT: Literal["cabria.cranes/1"] = "cabria.cranes/1"


class ShipPart(msgspec.Struct, kw_only=True):
    """The queues at one ship, in seconds from that call's start."""

    call: str
    vessel: str
    queues: list[QueuePart]


class CranesDocument(msgspec.Struct, kw_only=True):
    """A crane split; makespan and bound count from the first call's start."""

    format: Literal["cabria.cranes/1"]
    version: str
    seed: int
    stopped: str
    iterations: int
    cpu_s: float
    makespan_s: int
    bound_s: int
    bound_reason: str
    waiting_s: int
    why_longest: str
    costs_min: dict[str, float]
    ships: list[ShipPart]


def write_cranes(result: Result[CraneSolution], calls: Sequence[VesselCall], version: str, path: Path) -> None:
    """Write the split of one or several calls whole or not at all."""
    split = result.plan
    document = CranesDocument(
        format=FORMAT,
        version=version,
        seed=result.seed,
        stopped=result.stopped,
        iterations=result.iterations,
        cpu_s=round(result.cpu_s, 3),
        makespan_s=split.makespan_s,
        bound_s=split.bound_s,
        bound_reason=split.bound_reason.text,
        waiting_s=split.waiting_s,
        why_longest=split.why_longest,
        costs_min={name.removesuffix("_min"): round(cost, 6) for name, cost in result.costs.items()},
        ships=[
            ShipPart(call=call.id, vessel=call.vessel.name, queues=list(map(queue_part, queues)))
            for call, queues in zip(calls, split.by_ship, strict=True)
        ],
    )
    write_whole(path, msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")
