"""The same problem for CP-SAT: proves the search's plan the best, or finds a better one, among the options in play."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import numpy as np

from cabria.planning.berth.operators import Search
from cabria.planning.berth.options import CELL, CRANES, END, FIRST, LAST, START

Array = np.ndarray[Any, np.dtype[Any]]


LOOK_S = 0.02
"""How often it is asked whether CP-SAT should stop."""


def improve(search: Search, limit: float, is_over: Callable[[], bool]) -> None:
    """Look for a plan cheaper than the best one, for so many units of deterministic time and until it is over,
    on one worker.

    That there is none is a proof, as the model allows no less than the rules do. Only a crowded channel may want a ship
    to linger, which options do not know: then the proof is tried without the channel. A search that is `is_spent` has
    nothing left to look for among its options.
    """
    if not search.problem.has_all_ends:
        _ask(search, limit, is_over, with_channel=False)
    if not search.is_spent:
        _ask(search, limit, is_over, with_channel=True)


def _ask(search: Search, limit: float, is_over: Callable[[], bool], *, with_channel: bool) -> None:
    from ortools.sat.python import cp_model

    model = _Model(search, with_channel)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = limit
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.use_energetic_reasoning_in_no_overlap_2d = True
    solver.parameters.use_area_energetic_reasoning_in_no_overlap_2d = True
    solver.parameters.use_timetabling_in_no_overlap_2d = True
    status = _solved(solver, model.model, is_over)
    allows_all = search.problem.has_all_ends or not with_channel
    if status == cp_model.INFEASIBLE:
        search.is_spent = True
        search.is_proven = search.is_proven or allows_all
    elif status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = model.plan(solver)
        holds = bool((search.consistent(found) == found).all())
        if holds:
            search.offer(found)
        if holds and status == cp_model.OPTIMAL:
            search.is_spent = True
            search.is_proven = search.is_proven or allows_all
    if search.is_proven:
        search.lower = search.best_cost


def _solved(solver: Any, model: Any, is_over: Callable[[], bool]) -> Any:
    """CP-SAT's answer; somebody looks on meanwhile and stops it when it is over."""
    done = Event()

    def look_on() -> None:
        while not done.wait(LOOK_S):
            if is_over():
                solver.stop_search()

    watch = Thread(target=look_on, daemon=True)
    watch.start()
    try:
        return solver.solve(model)
    finally:
        done.set()
        watch.join()


class _Model:
    """One literal for each time, crane count and cost that a ship can have; the place is a number beside it."""

    def __init__(self, search: Search, with_channel: bool) -> None:
        from ortools.sat.python import cp_model

        self.search, self.domain = search, cp_model.Domain
        self.model = cp_model.CpModel()
        self.grain = search.problem.granularity
        self.objective: list[Any] = []
        self.choices: list[list[tuple[Any, dict[int, int]]]] = []
        self.cells: list[Any] = []
        self.lengths: list[Any] = []
        self.times: list[Any] = []
        self.load: dict[int, list[Any]] = defaultdict(list)
        self.coming: dict[int, list[Any]] = defaultdict(list)
        for i in range(len(search.problem.ships)):
            self._ship(i)
        self._together(with_channel)

    def _ship(self, i: int) -> None:
        search, model = self.search, self.model
        a, b = int(search.offsets[i]), int(search.offsets[i + 1])
        groups: dict[tuple[int, ...], dict[int, int]] = defaultdict(dict)
        for k in range(a, b):
            row = search.options[:, k]
            key = tuple(int(row[part]) for part in (START, END, FIRST, LAST, CRANES))
            groups[(*key, int(search.cost[k]))][int(row[CELL])] = k
        all_cells = sorted({int(cell) for cell in search.options[CELL, a:b]})
        cell = model.new_int_var_from_domain(self.domain.from_values(all_cells), "")
        left_out = model.new_bool_var("")
        base = int(search.cost[a])
        self.objective.append((int(search.problem.unserved[i]) - base) // self.grain * left_out)
        literals, alike, choices = [left_out], defaultdict(list), []
        for key, places in sorted(groups.items()):
            literal = model.new_bool_var("")
            literals.append(literal)
            choices.append((literal, places))
            alike[tuple(sorted(places))].append(literal)
            self.objective.append((key[5] - base) // self.grain * literal)
            for at in range(key[2], key[3]):
                if not search.problem.idle[i, at]:
                    self.load[at].append(key[4] * literal)
            self.coming[key[1]].append(literal)
            if not search.is_begun[i]:
                self.coming[key[0]].append(literal)
        if search.problem.unserved[i] - search.least[i] > search.slack:
            model.add(left_out == 0)
        model.add_exactly_one(literals)
        for cells, members in alike.items():
            if len(cells) < len(all_cells):
                self._only_at(cell, cells, members)
        by_key = [(literal, key) for (literal, _), key in zip(choices, sorted(groups), strict=True)]
        self._interval(i, cell, by_key, left_out)
        self.choices.append(choices)

    def _only_at(self, cell: Any, places: tuple[int, ...], members: list[Any]) -> None:
        one = members[0]
        if len(members) > 1:
            one = self.model.new_bool_var("")
            for literal in members:
                self.model.add_implication(literal, one)
        self.model.add_linear_expression_in_domain(cell, self.domain.from_values(list(places))).only_enforce_if(one)

    def _interval(self, i: int, cell: Any, chosen: list[tuple[Any, tuple[int, ...]]], left_out: Any) -> None:
        model = self.model
        starts, ends = sorted({key[0] for _, key in chosen}), sorted({key[1] for _, key in chosen})
        start = model.new_int_var_from_domain(self.domain.from_values([0, *starts]), "")
        end = model.new_int_var_from_domain(self.domain.from_values([0, *ends]), "")
        length = model.new_int_var(0, self.search.problem.steps, "")
        cranes = model.new_int_var(0, max(key[4] for _, key in chosen), "")
        model.add(start == sum(key[0] * literal for literal, key in chosen))
        model.add(end == sum(key[1] * literal for literal, key in chosen))
        model.add(length == sum((key[1] - key[0]) * literal for literal, key in chosen))
        model.add(cranes == sum(key[4] * literal for literal, key in chosen))
        present = left_out.negated()
        width = int(self.search.problem.width[i])
        self.times.append(model.new_optional_interval_var(start, length, end, present, ""))
        self.lengths.append(model.new_optional_fixed_size_interval_var(cell, width, present, ""))
        self.cells.append((cell, cranes))

    def _together(self, with_channel: bool) -> None:
        search, model = self.search, self.model
        model.add_no_overlap_2d(self.times, self.lengths)
        model.add_cumulative(self.times, [int(w) for w in search.problem.width], search.problem.cells)
        for at, terms in self.load.items():
            model.add(sum(terms) <= int(search.capacity[at]))
        if (search.capacity == search.capacity[0]).all() and not search.problem.idle.any() and self._is_work_all():
            model.add_cumulative(self.times, [cranes for _, cranes in self.cells], int(search.capacity[0]))
        if with_channel and not search.problem.has_all_ends:
            self._channel()
        base = sum(int(search.cost[int(a)]) for a in search.offsets[:-1])
        model.add(sum(self.objective) <= (search.best_cost - base) // self.grain - 1)
        model.minimize(sum(self.objective))

    def _is_work_all(self) -> bool:
        """Whether cranes work from berthing to leaving, so that a stay's interval is also her cranes'."""
        options = self.search.options
        return bool((options[START] == options[FIRST]).all() and (options[LAST] == options[END]).all())

    def _channel(self) -> None:
        problem = self.search.problem
        for at in sorted(self.coming):
            within = [x for t in range(at, at + problem.movement_steps) for x in self.coming.get(t, ())]
            before = sum(int(n) for n in self.search.moved_before[at : at + problem.movement_steps])
            self.model.add(sum(within) <= problem.movement_limit - before)

    def plan(self, solver: Any) -> Array:
        plan = np.full(len(self.choices), -1, np.int64)
        for i, choices in enumerate(self.choices):
            for literal, places in choices:
                if solver.value(literal):
                    plan[i] = places[solver.value(self.cells[i][0])]
        return plan
