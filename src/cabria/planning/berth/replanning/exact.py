"""Is there a cheaper plan? CP-SAT over what a cheaper plan could still choose."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ortools.sat.python import cp_model

from cabria.domain.berth_replanning import BerthWeek, BlockKind, QuayShip, Stay
from cabria.planning.berth.replanning.problem import Choice, WeekPlan, choices_of, last_hour

Domain = cp_model.Domain


@dataclass(frozen=True, slots=True)
class Answer:
    """`plan` costs less than was asked, None when no such plan was found; no plan at all costs less than `bound`."""

    plan: WeekPlan | None
    bound: int


def cheaper_plan(week: BerthWeek, than: int, work: float) -> Answer:
    """The cheapest plan that costs less than `than`. `work` limits the search in CP-SAT's own deterministic time."""
    model = _Model(week, than)
    if model.is_hopeless:
        return Answer(None, than)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = work
    return _answer(model, solver, than)


def cold_cp_sat(week: BerthWeek, seconds: float) -> Answer:
    """CP-SAT alone on the same model, told of no plan: what is to be measured beside ours. Of wall time."""
    dearest = sum(max(choice.cost for choice in choices_of(week, ship, last_hour(week))) for ship in week.ships)
    than = dearest + week.move_penalty * len(week.ships) + 1
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    return _answer(_Model(week, than), solver, than)


def _answer(model: _Model, solver: cp_model.CpSolver, than: int) -> Answer:
    status = solver.solve(model.cp)
    if status == cp_model.INFEASIBLE:
        return Answer(None, than)
    if status == cp_model.UNKNOWN:
        return Answer(None, min(than, max(model.floor, round(solver.best_objective_bound))))
    return Answer(model.plan(solver), min(than, round(solver.best_objective_bound)))


class _Model:
    """Rectangles of time and sections; one optional interval for each number of cranes a ship may have.

    What a ship may choose is bounded first: it may cost at most its own least cost plus what all least costs together
    leave until `than`. That is what makes the proof quick.
    """

    def __init__(self, week: BerthWeek, than: int) -> None:
        self.cp = cp_model.CpModel()
        self._week = week
        least = [_least_cost(week, ship) for ship in week.ships]
        self.floor = sum(least)
        spare = than - 1 - self.floor
        self.is_hopeless = spare < 0
        if self.is_hopeless:
            return
        self._terms: list[cp_model.LinearExprT] = []
        self._times: list[cp_model.IntervalVar] = []
        self._sections: list[cp_model.IntervalVar] = []
        self._work: list[tuple[cp_model.IntervalVar, int]] = []
        self._movements: list[cp_model.IntervalVar] = []
        self._decided: list[tuple[cp_model.IntVar, cp_model.IntVar, dict[int, cp_model.IntVar]]] = []
        horizon = last_hour(week)
        for ship, own in zip(week.ships, least, strict=True):
            self._add_ship(ship, choices_of(week, ship, horizon, own + spare))
        self._add_blocks()
        self._add_limits()
        cost = sum(self._terms)
        self.cp.add(cost < than)
        self.cp.minimize(cost)

    def plan(self, solver: cp_model.CpSolver) -> WeekPlan:
        return tuple(
            Stay(
                ship.id,
                self._week.first_section + solver.value(place),
                solver.value(start),
                next(number for number, chosen in cranes.items() if solver.value(chosen)),
            )
            for ship, (start, place, cranes) in zip(self._week.ships, self._decided, strict=True)
        )

    def _add_ship(self, ship: QuayShip, choices: list[Choice]) -> None:
        cp, week = self.cp, self._week
        start = cp.new_int_var_from_domain(Domain.from_values([c.start for c in choices]), f"start {ship.id}")
        end = cp.new_int_var_from_domain(Domain.from_values([c.end for c in choices]), f"end {ship.id}")
        last_place = week.last_section - week.first_section + 1 - ship.sections
        place = cp.new_int_var(0, last_place, f"place {ship.id}")
        cranes = self._add_cranes(ship, choices, start, end)
        stays = [c.end - c.start for c in choices]
        self._times.append(cp.new_interval_var(start, cp.new_int_var(min(stays), max(stays), ""), end, ""))
        self._sections.append(cp.new_fixed_size_interval_var(place, ship.sections, ""))
        self._movements += [cp.new_fixed_size_interval_var(hour, 1, "") for hour in (start, end)]
        self._decided.append((start, place, cranes))
        self._add_hours(end, ship.due, max(c.end for c in choices), ship.sections * ship.weight)
        if ship.berth_deadline is not None:
            self._add_hours(start, ship.berth_deadline, max(c.start for c in choices), ship.deadline_penalty)
        if ship.planned_section is not None:
            moved = cp.new_bool_var("")
            planned = ship.planned_section - week.first_section
            cp.add(place == planned).only_enforce_if(moved.negated())
            self._terms.append(week.move_penalty * moved)

    def _add_cranes(
        self, ship: QuayShip, choices: list[Choice], start: cp_model.IntVar, end: cp_model.IntVar
    ) -> dict[int, cp_model.IntVar]:
        """One literal for each number of cranes; the start and the end that go with it."""
        cp, cranes = self.cp, {}
        for number in sorted({choice.cranes for choice in choices}):
            chosen = cranes[number] = cp.new_bool_var(f"{number} cranes {ship.id}")
            these = [choice for choice in choices if choice.cranes == number]
            work = these[0].worked - these[0].start
            self._work.append((cp.new_optional_fixed_size_interval_var(start, work, chosen, ""), number))
            # The end is the end of work, or the end of a spell without movements for all starts that end in it.
            groups: defaultdict[int | None, list[int]] = defaultdict(list)
            for choice in these:
                groups[None if choice.end == choice.worked else choice.end].append(choice.start)
            literals = [chosen] if len(groups) == 1 else [cp.new_bool_var("") for _ in groups]
            if len(groups) > 1:
                cp.add_exactly_one([*literals, chosen.negated()])
            for (waits, starts), literal in zip(groups.items(), literals, strict=True):
                cp.add_linear_expression_in_domain(start, Domain.from_values(starts)).only_enforce_if(literal)
                cp.add(end == (start + work if waits is None else waits)).only_enforce_if(literal)
        cp.add_exactly_one(cranes.values())
        return cranes

    def _add_hours(self, hour: cp_model.IntVar, after: int, most: int, price: int) -> None:
        if most > after and price > 0:
            late = self.cp.new_int_var(0, most - after, "")
            self.cp.add(late >= hour - after)
            self._terms.append(price * late)

    def _add_blocks(self) -> None:
        cp, week = self.cp, self._week
        for block in week.blocks:
            time = cp.new_fixed_size_interval_var(block.start, block.end - block.start, "")
            low, high = max(block.first, week.first_section), min(block.last, week.last_section)
            if low <= high:
                self._times.append(time)
                self._sections.append(cp.new_fixed_size_interval_var(low - week.first_section, high - low + 1, ""))
            if block.kind is BlockKind.ALONGSIDE:
                self._work.append((time, block.cranes))
                self._movements.append(cp.new_fixed_size_interval_var(block.end, 1, ""))

    def _add_limits(self) -> None:
        cp, week = self.cp, self._week
        out = [(cp.new_fixed_size_interval_var(o.start, o.end - o.start, ""), o.cranes) for o in week.crane_outages]
        intervals, demands = zip(*self._work, *out, strict=True)
        cp.add_no_overlap_2d(self._times, self._sections)
        cp.add_cumulative(intervals, demands, week.crane_pool)
        cp.add_cumulative(self._movements, [1] * len(self._movements), week.max_moves_per_hour)


def _least_cost(week: BerthWeek, ship: QuayShip) -> int:
    """What a ship costs on her own: with no later start is she cheaper than once all spells without moves are over."""
    spells_end = max((window.end for window in week.no_moves), default=0)
    return min(choice.cost for choice in choices_of(week, ship, max(ship.arrival, spells_end)))
