"""From a choice of boxes to what the terminal carries out: slots, work queues and yard moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.planning.yard.operators import digs_bound, inversions, peak
from cabria.planning.yard.problem import YardProblem, YardSolution
from cabria.planning.yard.retrieval import retrieve


def solution_of(problem: YardProblem, choice: Sequence[int]) -> YardSolution:
    """The choice carried out exactly. Raises DataError when the yard is too full for its digs."""
    box_in = {problem.slots[slot].position: problem.boxes[box].id for slot, box in enumerate(choice)}
    yard_moves = retrieve(problem, choice)
    return YardSolution(
        loads={container: position for position, container in box_in.items()},
        queues=queues_of(problem, choice),
        yard_moves=yard_moves,
        digs=sum(move.is_dig for move in yard_moves),
        inversions=inversions(problem, choice),
        peak_block_moves=peak(problem, choice),
        digs_bound=digs_bound(problem),
    )


def queues_of(problem: YardProblem, choice: Sequence[int]) -> tuple[WorkQueue, ...]:
    """The work queues naming the boxes of a choice."""
    box_in = {problem.slots[slot].position: problem.boxes[box].id for slot, box in enumerate(choice)}
    return tuple(_renamed(queue, box_in) for queue in problem.queues)


def _renamed(queue: WorkQueue, box_in: Mapping[StowPosition, ContainerId]) -> WorkQueue:
    """The same steps with the boxes chosen."""

    def step_of(step: CraneStep) -> CraneStep:
        if step.kind is not StepKind.LOAD:
            return step
        return replace(step, containers=tuple(box_in[position] for position in step.positions))

    return WorkQueue(queue.crane, tuple(step_of(step) for step in queue.steps))
