"""A plan as tables for whoever works with a spreadsheet: crane queues, yard retrieval, refusals."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.domain.work import WorkQueue
from cabria.planning.loading.result import PlannedCall

QUEUE_COLUMNS = ("crane", "step", "kind", "bay", "start_s", "end_s", "containers", "positions", "lid")
RETRIEVAL_COLUMNS = ("step", "container", "from", "to", "dig", "needed_for", "due_s")
REFUSAL_COLUMNS = ("container", "reason")


def write_tables(planned: PlannedCall, folder: Path) -> None:
    """Write work-queues.csv, yard-retrieval.csv and refused.csv into the folder."""
    write_queues(planned.plan.queues, folder / "work-queues.csv")
    _write(folder / "yard-retrieval.csv", RETRIEVAL_COLUMNS, _retrieval_rows(planned.plan))
    _write(folder / "refused.csv", REFUSAL_COLUMNS, _refusal_rows(planned.call, planned.plan))


def write_queues(queues: Iterable[WorkQueue], path: Path) -> None:
    """Write the steps of all cranes as one table."""
    _write(path, QUEUE_COLUMNS, _queue_rows(queues))


def _queue_rows(queues: Iterable[WorkQueue]) -> Iterable[tuple[object, ...]]:
    for queue in queues:
        for number, step in enumerate(queue.steps, 1):
            containers, positions = " ".join(step.containers), " ".join(map(str, step.positions))
            yield queue.crane, number, step.kind, step.bay, step.start_s, step.end_s, containers, positions, step.lid


def _retrieval_rows(plan: LoadingPlan) -> Iterable[tuple[object, ...]]:
    for number, move in enumerate(plan.yard_moves, 1):
        target = move.target or "quay"
        yield number, move.container, move.source, target, "dig" if move.is_dig else "", move.needed_for, move.due_s


def _refusal_rows(call: VesselCall, plan: LoadingPlan) -> Iterable[tuple[object, ...]]:
    return ((container.id, plan.refused[container.id]) for container in call.loads if container.id in plan.refused)


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_plain(value) for value in row] for row in rows)


def _plain(value: object) -> str:
    """A spreadsheet must not take text from a message for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
