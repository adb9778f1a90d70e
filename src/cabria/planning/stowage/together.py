"""Whether boxes may stand where somebody else put them: a carrier, a planner, an earlier plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import StackId
from cabria.planning.stowage.legal import forbidden
from cabria.planning.stowage.problem import StowageProblem
from cabria.planning.stowage.special import DangerousAboard, closes_stack, lost_places
from cabria.referee import dangerous_goods, out_of_gauge
from cabria.referee.condition import Condition
from cabria.referee.rule import Offence

NO_LEVEL = 99


def misplaced(
    problem: StowageProblem, put: Iterable[Stowed], firm: Collection[ContainerId] = ()
) -> dict[ContainerId, Offence]:
    """Boxes put somewhere that a stack, another box's cargo or dangerous goods forbid there, with what forbids it.

    Where two do not go together, one is named that is not `firm`, if there is one. Positions are in the profile.
    """
    call = problem.call
    entries = sorted(put, key=lambda entry: (entry.container.id not in firm, entry.position, entry.container.id))
    stacks = problem.staying_by_stack
    wrong = {offence.container: offence for offence in _too_dangerous(problem, entries) if offence.container}
    new: dict[StackId, list[Stowed]] = defaultdict(list)
    for entry in entries:
        new[_stack_of(call, entry)].append(entry)
    lost: dict[StackId, int] = {}
    for box, position in entries:
        for stack_id, level in _lost_to(call, box, position):
            if any(level_of(call, standing) >= level for standing in stacks.get(stack_id, ())):
                text = "Its cargo sticks out into a slot that is taken."
                wrong.setdefault(box.id, Offence(out_of_gauge.WIDTH, text, str(position), box.id))
            lost[stack_id] = min(lost.get(stack_id, level), level)
    for stack_id, boxes in new.items():
        for offence in forbidden(call, [*stacks.get(stack_id, ()), *boxes], {entry.container.id for entry in boxes}):
            blamed = _blamed(call, offence, boxes, firm)
            wrong.setdefault(blamed, offence)
        for container, position in boxes:
            if level_of(call, Stowed(container, position)) >= lost.get(stack_id, NO_LEVEL):
                text = "Cargo that is out of gauge stands beside or under it."
                wrong.setdefault(container.id, Offence(out_of_gauge.WIDTH, text, str(position), container.id))
    return wrong


def _too_dangerous(problem: StowageProblem, entries: Sequence[Stowed]) -> Iterator[Offence]:
    if not any(box.dangerous for box, _ in entries):
        return
    aboard = DangerousAboard.of(problem)
    accepted = [stowed for stowed in problem.staying if stowed.container.dangerous]
    for box, position in entries:
        place = problem.call.vessel.place(position)
        if not box.dangerous or place is None:
            continue
        if aboard.allows(box, place):
            aboard.add(box, place)
            accepted.append(Stowed(box, position))
        else:
            yield _in_the_referees_words(problem.call, accepted, Stowed(box, position))


def _in_the_referees_words(call: VesselCall, accepted: Sequence[Stowed], entry: Stowed) -> Offence:
    """Which rule about dangerous goods a box breaks among those accepted before it."""
    box, position = entry
    condition = Condition.of(call.vessel, [*accepted, entry], call.order_of, {box.id})
    for check in (dangerous_goods.deck_only_goods_on_deck, dangerous_goods.dangerous_goods_are_segregated):
        found = next((offence for offence in check(condition) if offence.container == box.id), None)
        if found is not None:
            return found
    return Offence(dangerous_goods.SEGREGATION, "Too near to other dangerous goods.", str(position), box.id)


def _blamed(call: VesselCall, offence: Offence, boxes: Sequence[Stowed], firm: Collection[ContainerId]) -> ContainerId:
    """Whom to take away: the box named, unless it is firm and another is not; else the highest."""
    by_id = {entry.container.id: entry for entry in boxes}
    if offence.container in by_id and offence.container not in firm:
        return offence.container
    loose = [entry for entry in boxes if entry.container.id not in firm]
    other = ContainerId(offence.other)
    if other in by_id and other not in firm:
        return other
    if offence.container in by_id and not loose:
        return offence.container
    highest = max(loose or boxes, key=lambda entry: (level_of(call, entry), entry.position))
    return highest.container.id


def _lost_to(call: VesselCall, box: Container, position: StowPosition) -> Iterator[tuple[StackId, int]]:
    """Stacks that may not be used from a level on because of cargo that is out of gauge."""
    place = call.vessel.place(position)
    assert place is not None
    yield from lost_places(call.vessel, box, place)
    if closes_stack(box):
        yield place.stack_id, place.level_index + 1


def level_of(call: VesselCall, stowed: Stowed) -> int:
    place = call.vessel.place(stowed.position)
    assert place is not None
    return place.level_index


def _stack_of(call: VesselCall, stowed: Stowed) -> StackId:
    place = call.vessel.place(stowed.position)
    assert place is not None
    return place.stack_id
