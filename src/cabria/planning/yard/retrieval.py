"""Every lift of a call in the yard, exactly: which boxes are dug away, where they go, when the wanted box is free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.work import YardMove
from cabria.planning.yard.ground import Ground
from cabria.planning.yard.problem import YardProblem


def retrieve(problem: YardProblem, choice: Sequence[int], done: Iterable[YardMove] = ()) -> tuple[YardMove, ...]:
    """The moves for a choice of boxes, as `fetched` has them."""
    wanted = [(problem.slots[slot].due_s, problem.boxes[box]) for slot, box in enumerate(choice)]
    return fetched(problem.call, wanted, done)


def fetched(
    call: VesselCall, wanted: Sequence[tuple[int, Container]], done: Iterable[YardMove] = ()
) -> tuple[YardMove, ...]:
    """Moves after those that are done for boxes with when they are due, earliest first; boxes of one time in the order
    that digs least.

    Raises DataError if the yard is so full that a box has nowhere to go.
    """
    due_s = {box.id: at_s for at_s, box in wanted}
    plugged = {box.id for _, box in wanted if box.needs_plug}
    ground = Ground.of({block.id: block for block in call.terminal.blocks}, call.yard, due_s, plugged)
    for move in done:
        ground.do(move)
    moves: list[YardMove] = []
    for at_s, together in groupby(wanted, key=itemgetter(0)):
        moves.extend(_fetch(ground, [box.id for _, box in together], at_s))
    return tuple(moves)


def _fetch(ground: Ground, wanted: list[ContainerId], due_s: int) -> Iterator[YardMove]:
    here = [container for container in wanted if container in ground.stack_of]
    while here:
        container = here[0] if len(here) == 1 else min(here, key=lambda c: (len(ground.above(c)), here.index(c)))
        here.remove(container)
        for in_the_way in ground.above(container)[::-1]:
            source = ground.position(in_the_way)
            yield YardMove(in_the_way, source, ground.put_aside(in_the_way), container, due_s)
        yield YardMove(container, ground.fetch(container), None, container, due_s)
