"""Every lift of a call in the yard, exactly: which boxes are dug away, where they go, when the wanted box is free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cabria.domain.containers import ContainerId
from cabria.domain.work import YardMove
from cabria.planning.yard.ground import Ground
from cabria.planning.yard.problem import YardProblem


def retrieve(problem: YardProblem, choice: Sequence[int]) -> tuple[YardMove, ...]:
    """Moves in the order of due times; boxes of one time in the order that digs least. Raises DataError if the yard
    is so full that a box has nowhere to go."""
    due_s = {problem.boxes[box].id: problem.slots[slot].due_s for slot, box in enumerate(choice)}
    plugged = {box.id for box in problem.boxes if box.needs_plug}
    ground = Ground.of(problem.blocks, problem.yard, due_s, plugged)
    moves: list[YardMove] = []
    wanted: list[ContainerId] = []
    for slot, box in enumerate(choice):
        wanted.append(problem.boxes[box].id)
        if slot + 1 == len(choice) or problem.slots[slot + 1].due_s != problem.slots[slot].due_s:
            moves.extend(_fetch(ground, wanted, problem.slots[slot].due_s))
            wanted = []
    return tuple(moves)


def _fetch(ground: Ground, wanted: list[ContainerId], due_s: int) -> Iterator[YardMove]:
    here = [container for container in wanted if container in ground.stack_of]
    while here:
        container = min(here, key=lambda c: (len(ground.above(c)), here.index(c)))
        here.remove(container)
        for in_the_way in ground.above(container)[::-1]:
            source = ground.position(in_the_way)
            yield YardMove(in_the_way, source, ground.put_aside(in_the_way), container, due_s)
        source = ground.position(container)
        ground.lift(container)
        yield YardMove(container, source, None, container, due_s)
