"""The door: the least-cost assignment, from nothing or from what the tick before has left."""

from __future__ import annotations

from itertools import chain

import numpy as np

from cabria.planning.dispatch.assignment.kernels import FORBIDDEN, augment, bid, bound_of, repair
from cabria.planning.dispatch.assignment.problem import Array, Assignment, AssignmentProblem, Kept


def solve(problem: AssignmentProblem, *, kept: Kept | None = None) -> Assignment:
    """An assignment of least cost with its proof. `kept`, of any earlier problem, only makes it quicker."""
    are_scarce = len(problem.vehicles) <= len(problem.jobs)
    rows, columns = (problem.vehicles, problem.jobs) if are_scarce else (problem.jobs, problem.vehicles)
    table = _table(problem, are_scarce)
    row_price, column_price = np.zeros(len(rows), np.int64), np.zeros(len(columns), np.int64)
    column_of, row_of = np.full(len(rows), -1, np.int64), np.full(len(columns), -1, np.int64)
    if kept is not None and kept.vehicles_are_scarce == are_scarce:
        _recall(kept, rows, columns, column_price, column_of, row_of)
    state = (table, problem.leave_cost, row_price, column_price, column_of, row_of)
    repair(*state)
    bid(*state)
    paths = augment(*state)
    matched = np.flatnonzero(column_of >= 0)
    pairs = zip(matched.tolist(), column_of[matched].tolist(), strict=True)
    return Assignment(
        pairs=tuple(sorted(pair if are_scarce else pair[::-1] for pair in pairs)),
        cost=int(table[matched, column_of[matched]].sum()) + problem.leave_cost * (len(rows) - len(matched)),
        left=len(rows) - len(matched),
        bound=int(bound_of(table, problem.leave_cost, column_price)),
        paths=int(paths),
        kept=Kept(
            {rows[row]: columns[column_of[row]] for row in matched.tolist()},
            {columns[column]: int(column_price[column]) for column in np.flatnonzero(column_price).tolist()},
            are_scarce,
        ),
    )


def _table(problem: AssignmentProblem, are_scarce: bool) -> Array:
    costs = problem.costs.astype(np.int64)
    if problem.refused:
        vehicles, jobs = np.fromiter(chain.from_iterable(problem.refused), np.int64).reshape(-1, 2).T
        costs[vehicles, jobs] = FORBIDDEN
    return np.ascontiguousarray(costs if are_scarce else costs.T)


def _recall(
    kept: Kept, rows: tuple[str, ...], columns: tuple[str, ...], column_price: Array, column_of: Array, row_of: Array
) -> None:
    """Write into the arrays what the tick before says of those who are still here."""
    number = {name: place for place, name in enumerate(columns)}
    for row, name in enumerate(rows):
        column = number.get(kept.pairs.get(name, ""), -1)
        if column >= 0:
            column_of[row], row_of[column] = column, row
            column_price[column] = kept.prices.get(columns[column], 0)
