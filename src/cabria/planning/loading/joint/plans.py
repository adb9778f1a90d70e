"""From an arrangement to what the terminal carries out: slots, work queues, yard moves, their costs and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.work import CraneStep, StepKind, WorkQueue, YardMove
from cabria.planning.loading.joint import operators
from cabria.planning.loading.joint.feed import waiting_min
from cabria.planning.loading.joint.operators import POINTS_PER_MIN, Arrangement
from cabria.planning.loading.joint.problem import JointProblem, truck_kwh_per_km, yard_crane_kwh
from cabria.planning.yard.problem import YardProblem
from cabria.planning.yard.retrieval import retrieve


@dataclass(frozen=True, slots=True)
class Share:
    """What one part of the cost came to in minutes, and what it cannot be below; None where nothing is known."""

    reached: float
    bound: float | None


@dataclass(frozen=True)
class JointSolution:
    """Which box goes in which slot, the work queues naming these boxes in their turns, and every lift in the yard."""

    loads: Mapping[ContainerId, StowPosition]
    queues: tuple[WorkQueue, ...]
    yard_moves: tuple[YardMove, ...]
    digs: int
    digs_bound: int
    off_order: int
    """Lifts that have not their regular turn."""
    heavy_pairs: int
    """Pairs of 20 ft boxes lifted one by one because they are too heavy together."""
    truck_km: float
    """With a box and back."""
    gantry_km: float
    """Yard cranes' ways along their blocks, from load to load."""
    kwh: float
    """Of trucks' and yard cranes' work for the loads."""
    waiting_min: float
    """How long quay cranes will wait for boxes, as `feed` estimates."""
    parts: Mapping[str, Share]

    @property
    def costs_min(self) -> Mapping[str, float]:
        return {name: part.reached for name, part in self.parts.items()}


def solution_of(problem: JointProblem, arrangement: Arrangement) -> JointSolution:
    """The arrangement carried out exactly. Raises DataError when the yard is too full for its digs."""
    yard = problem.yard
    boxes = [yard.boxes[box] for box in arrangement.box_at]
    box_in = {slot.position: box.id for slot, box in zip(yard.slots, boxes, strict=True)}
    loads = {box: position for position, box in box_in.items()}
    turns = _turns(problem, arrangement)
    queues = tuple(_with_turns(queue, turns, box_in) for queue in yard.queues)
    worked = YardProblem.of(yard.call, loads, queues)
    return _solution(problem, arrangement, loads, queues, retrieve(worked, range(len(worked.slots))))


def as_worked(problem: JointProblem, yard_moves: tuple[YardMove, ...]) -> JointSolution:
    """The problem's own slots and queues with yard moves that are known, priced."""
    loads = {box.id: slot.position for box, slot in zip(problem.yard.boxes, problem.yard.slots, strict=True)}
    return _solution(problem, Arrangement.regular(problem), loads, problem.yard.queues, yard_moves)


def _solution(
    problem: JointProblem,
    arrangement: Arrangement,
    loads: Mapping[ContainerId, StowPosition],
    queues: tuple[WorkQueue, ...],
    yard_moves: tuple[YardMove, ...],
) -> JointSolution:
    boxes = [problem.yard.boxes[box] for box in arrangement.box_at]
    digs = sum(move.is_dig for move in yard_moves)
    ways_m = [operators.truck_m(problem, slot, box) for slot, box in enumerate(arrangement.box_at)]
    gantry_m = operators.gantry_m(problem, arrangement)
    kwh = sum(truck_kwh_per_km(box.gross_mass_kg) * way_m / 1_000 for box, way_m in zip(boxes, ways_m, strict=True))
    return JointSolution(
        loads=loads,
        queues=queues,
        yard_moves=yard_moves,
        digs=digs,
        digs_bound=operators.digs_bound(problem),
        off_order=operators.off_order(arrangement),
        heavy_pairs=operators.heavy_pairs(problem, arrangement),
        truck_km=2 * sum(ways_m) / 1_000,
        gantry_km=gantry_m / 1_000,
        kwh=kwh + yard_crane_kwh(len(yard_moves), gantry_m),
        waiting_min=waiting_min(problem, gantry_m, digs),
        parts=_parts(problem, arrangement, digs),
    )


def _parts(problem: JointProblem, arrangement: Arrangement, digs: int) -> Mapping[str, Share]:
    price, settings = operators.price(problem, arrangement), problem.settings
    gantry_m = operators.gantry_m(problem, arrangement)
    found = {
        "digs": Share(problem.dig_min * digs, problem.dig_min * operators.digs_bound(problem)),
        "yard inversions": Share(settings.inversion_min * operators.inversions(problem, arrangement), None),
        "lifts off their turn": Share(price.off_order / POINTS_PER_MIN, None),
    }
    if problem.freedom.feed:
        found |= {
            "block peaks": Share(operators.peaks_min(problem, arrangement), operators.peaks_bound_min(problem)),
            "late boxes": Share(
                settings.waiting_min * waiting_min(problem, gantry_m, digs),
                settings.waiting_min * waiting_min(problem, 0, operators.digs_bound(problem)),
            ),
            "yard cranes' ways": Share(problem.gantry_min_per_m * gantry_m, None),
            "truck ways": Share(price.trucks / POINTS_PER_MIN, operators.trucks_bound_min(problem)),
        }
    return found


def _turns(
    problem: JointProblem, arrangement: Arrangement
) -> Mapping[tuple[StowPosition, ...], tuple[StowPosition, ...]]:
    """Whose slots are filled where a lift had its regular turn."""
    slots = problem.yard.slots

    def of(lift: int) -> tuple[StowPosition, ...]:
        return tuple(slots[slot].position for slot in problem.lifts[lift].slots)

    return {of(turn): of(lift) for turn, lift in enumerate(arrangement.lift_at)}


def _with_turns(
    queue: WorkQueue,
    turns: Mapping[tuple[StowPosition, ...], tuple[StowPosition, ...]],
    box_in: Mapping[StowPosition, ContainerId],
) -> WorkQueue:
    def step_of(step: CraneStep) -> CraneStep:
        if step.kind is not StepKind.LOAD:
            return step
        positions = turns[step.positions]
        return replace(step, positions=positions, containers=tuple(box_in[position] for position in positions))

    return WorkQueue(queue.crane, tuple(map(step_of, queue.steps)))
