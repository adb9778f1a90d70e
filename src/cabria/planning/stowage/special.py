"""Cargo that wants more than a slot: out of gauge and platforms, and dangerous goods.

Out-of-gauge boxes are pinned before the search to the top of a stack where they cost the fewest places. Dangerous
goods are given a stack each during the search: conflicts depend on bay, row, end and level, never on the tier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import End, Level, Place, StackId, VesselBay, VesselProfile, VesselStack
from cabria.planning.stowage.problem import StowageProblem, has_plug, offers, takes
from cabria.planning.stowage.sight import height_limit_mm, least_draught_mm
from cabria.referee import imdg
from cabria.referee.out_of_gauge import is_loaded_platform

CELL_MIN = 6.0
"""What a lost place of 40 ft costs while choosing a place for out-of-gauge cargo, in minutes; one with a plug more."""
PLUG_CELL_MIN = 30.0


def closes_stack(box: Container) -> bool:
    """Nothing may stand on it."""
    return is_loaded_platform(box) or (box.out_of_gauge is not None and box.out_of_gauge.over_height_mm > 0)


def is_special(box: Container) -> bool:
    """Placed before the search."""
    return box.out_of_gauge is not None or is_loaded_platform(box)


def lost_places(profile: VesselProfile, box: Container, place: Place) -> Iterator[tuple[StackId, int]]:
    """Stacks beside, before and behind the box that may only be filled below a level, and that level."""
    gauge = box.out_of_gauge
    if gauge is None:
        return
    tier = place.cell.tier
    for side, over_mm in ((-1, gauge.port_mm), (1, gauge.starboard_mm)):
        if over_mm and (beside := _beside(place.bay, place.stack, side)):
            yield StackId(place.bay.number, beside.row, beside.level), _level_of(beside, tier)
    for towards, over_mm in ((End.FORE, gauge.front_mm), (End.AFT, gauge.back_mm)):
        if over_mm:
            yield from _along(profile, place, tier, towards)


def _beside(bay: VesselBay, stack: VesselStack, side: int) -> VesselStack | None:
    is_centred = imdg.has_row_00(bay, stack.level)
    wanted = imdg.athwart_of(stack.row, is_centred=is_centred) + 2 * side
    for other in bay.stacks:
        if other.level is stack.level and imdg.athwart_of(other.row, is_centred=is_centred) == wanted:
            return other
    return None


def _along(profile: VesselProfile, place: Place, tier: int, towards: End) -> Iterator[tuple[StackId, int]]:
    """The stack before or behind; for a 20 ft box at the other end of its cell its own stack from its own level up."""
    if place.end is not End.BOTH and place.end is not towards and place.bay.number % 2 == 0:
        yield place.stack_id, place.level_index
        return
    numbers = [number for number, _ in place.bay.ends()]
    wanted = min(numbers) - 2 if towards is End.FORE else max(numbers) + 2
    for bay in profile.bays:
        if wanted in (bay.fore, bay.aft):
            for stack in bay.stacks:
                if (stack.row, stack.level) == (place.stack.row, place.stack.level):
                    yield StackId(bay.number, stack.row, stack.level), _level_of(stack, tier)


def _level_of(stack: VesselStack, tier: int) -> int:
    """The lowest level at or above a tier."""
    return next((level for level, cell in enumerate(stack.cells) if cell.tier >= tier), len(stack.cells))


def usable_levels(problem: StowageProblem, *, keep_instructed_free: bool = True) -> Mapping[StackId, int]:
    """Where fewer than all tiers of a stack may be used: beside and under cargo that is out of gauge.

    Slots for which the carrier asks a class of container are kept free for it as well, with what is above them.
    What the planner forbade to all boxes at both ends of a stack is not used either.
    """
    usable = {stack_id: max(levels) for stack_id, levels in problem.closed_from.items()}
    profile = problem.call.vessel
    filled = {position for _, position in problem.staying}
    for instruction in problem.call.instructions if keep_instructed_free else ():
        place = profile.place(instruction.position)
        if place and instruction.position not in filled:
            usable[place.stack_id] = min(usable.get(place.stack_id, 99), place.level_index)
    for container, position in problem.staying:
        place = profile.place(position)
        if place is None or not is_special(container):
            continue
        for stack_id, level in lost_places(profile, container, place):
            usable[stack_id] = min(usable.get(stack_id, level), level)
        if closes_stack(container):
            usable[place.stack_id] = min(usable.get(place.stack_id, 99), place.level_index + 1)
    return usable


def pin_special(problem: StowageProblem) -> StowageProblem:
    """The problem with out-of-gauge cargo and platforms pinned; what finds no place is refused.

    A box lifted aboard is always pinned, to its own stack if need be.
    """
    loads = [load for load in problem.loads if is_special(load)]
    lifted = [stowed.container for stowed in problem.lifted if is_special(stowed.container)]
    if not loads and not lifted:
        return problem
    board = _Board.of(problem)
    pins: list[Stowed] = []
    refused: dict[ContainerId, str] = {}
    for box in (*lifted, *sorted(loads, key=lambda load: (-problem.call.order_of(load), -load.gross_mass_kg, load.id))):
        position = board.best_place(box)
        if position is None:
            refused[box.id] = "no top of a stack where its out-of-gauge cargo has room"
            continue
        board.put(box, position)
        pins.append(Stowed(box, position))
    return problem.pin(pins, refused)


@dataclass
class _Pile:
    """What stands in a stack, and what of it is at the fore and the aft end."""

    boxes: list[Container] = field(default_factory=list)
    top: dict[End, int] = field(default_factory=lambda: {End.FORE: 0, End.AFT: 0})
    height_mm: dict[End, int] = field(default_factory=lambda: {End.FORE: 0, End.AFT: 0})
    weight_kg: dict[End, float] = field(default_factory=lambda: {End.FORE: 0.0, End.AFT: 0.0})
    whole_weight_kg: float = 0.0
    """Against the limit of 40 ft boxes, for which a 20 ft box counts half."""
    has_long: bool = False

    def add(self, box: Container, place: Place) -> None:
        ends = place.end.halves
        self.boxes.append(box)
        for half in ends:
            self.top[half] = max(self.top[half], place.level_index + 1)
            self.height_mm[half] += box.height_mm
            self.weight_kg[half] += box.gross_mass_kg / len(ends)
        self.whole_weight_kg += box.gross_mass_kg / (1 if place.end is End.BOTH else 2)
        self.has_long = self.has_long or place.end is End.BOTH


@dataclass
class _Board:
    """The ship while special cargo is put on her."""

    problem: StowageProblem
    piles: dict[StackId, _Pile]
    usable: dict[StackId, int]
    dangerous: DangerousAboard
    draught_mm: int | None

    @classmethod
    def of(cls, problem: StowageProblem) -> _Board:
        piles: dict[StackId, _Pile] = defaultdict(_Pile)
        for container, position in problem.staying:
            if place := problem.call.vessel.place(position):
                piles[place.stack_id].add(container, place)
        boxes = [*problem.loads, *(stowed.container for stowed in problem.lifted)]
        draught_mm = least_draught_mm(problem, boxes)
        return cls(problem, piles, dict(usable_levels(problem)), DangerousAboard.of(problem), draught_mm)

    def put(self, box: Container, position: StowPosition) -> None:
        profile = self.problem.call.vessel
        place = profile.place(position)
        assert place is not None
        self.piles[place.stack_id].add(box, place)
        for stack_id, level in lost_places(profile, box, place):
            self.usable[stack_id] = min(self.usable.get(stack_id, level), level)
        if closes_stack(box):
            self.usable[place.stack_id] = place.level_index + 1
        self.dangerous.add(box, place)

    def best_place(self, box: Container) -> StowPosition | None:
        found = [
            (cost, position) for position, place in self._tops(box) if (cost := self._cost(box, place)) is not None
        ]
        return min(found, default=(0.0, None))[1]

    def _tops(self, box: Container) -> Iterator[tuple[StowPosition, Place]]:
        """The next free place of each stack that may be loaded, at each end."""
        profile = self.problem.call.vessel
        for bay in profile.bays:
            for stack in bay.stacks:
                stack_id = StackId(bay.number, stack.row, stack.level)
                if stack_id in self.problem.closed_stacks:
                    continue
                for number, end in bay.ends():
                    if box.is_20 is (end is End.BOTH):
                        continue
                    level = self._next_level(stack, stack_id, end)
                    if level is not None:
                        position = StowPosition(number, stack.row, stack.cells[level].tier)
                        place = profile.place(position)
                        assert place is not None
                        if not self.problem.permitted.why_not(box, position):
                            yield position, place

    def _next_level(self, stack: VesselStack, stack_id: StackId, end: End) -> int | None:
        """Where a box would stand next, None where ends are not level or nothing more goes on."""
        pile = self.piles[stack_id]
        level, *others = {_offered_above(stack, pile.top[half], half) for half in end.halves}
        if others or level >= min(len(stack.cells), self.usable.get(stack_id, 99)):
            return None
        if end is End.BOTH and abs(pile.height_mm[End.FORE] - pile.height_mm[End.AFT]) > 50:
            return None
        if end is not End.BOTH and pile.has_long:
            return None
        return level

    def _cost(self, box: Container, place: Place) -> float | None:
        """Minutes lost by standing here, None where it may not."""
        cell, stack, pile = place.cell, place.stack, self.piles[place.stack_id]
        if not takes(cell, place.end, box) or (box.needs_plug and not has_plug(cell, place.end)):
            return None
        over = box.out_of_gauge.over_height_mm if box.out_of_gauge else 0
        limit_mm = height_limit_mm(self.problem.call.vessel, place.stack_id, self.draught_mm)
        for half in place.end.halves:
            if limit_mm is not None and pile.height_mm[half] + box.height_mm + over > limit_mm:
                return None
            if stack.max_weight_20_kg and pile.weight_kg[half] + box.gross_mass_kg > stack.max_weight_20_kg:
                return None
        if stack.max_weight_40_kg and pile.whole_weight_kg + box.gross_mass_kg > stack.max_weight_40_kg:
            return None
        if not self.dangerous.allows(box, place):
            return None
        lost = list(lost_places(self.problem.call.vessel, box, place))
        if any(self._top(stack_id) > level for stack_id, level in lost):
            return None
        closed = [(place.stack_id, place.level_index + 1)] if closes_stack(box) else []
        cost = sum(self._lost_min(stack_id, level) for stack_id, level in (*lost, *closed))
        call = self.problem.call
        order = call.order_of(box)
        blocks = any(call.order_of(below) < order for below in pile.boxes)
        return cost + (call.settings.overstow_min if blocks else 0.0) + 0.01 * place.level_index

    def _top(self, stack_id: StackId) -> int:
        pile = self.piles[stack_id]
        return max(pile.top.values())

    def _lost_min(self, stack_id: StackId, level: int) -> float:
        """What is lost when only levels below this one may still be used."""
        stack = self.problem.call.vessel.stack_by_id[stack_id]
        if stack_id in self.problem.closed_stacks:
            return 0.0
        top = min(len(stack.cells), self.usable.get(stack_id, 99))
        cells = stack.cells[max(level, self._top(stack_id)) : top]
        return sum(PLUG_CELL_MIN if cell.plugs else CELL_MIN for cell in cells)


def _offered_above(stack: VesselStack, level: int, half: End) -> int:
    """The lowest level from this one up at which anything can stand at an end."""
    while level < len(stack.cells) and not offers(stack.cells[level], half):
        level += 1
    return level


@dataclass
class DangerousAboard:
    """Dangerous goods that have their place, by what they are."""

    places: dict[imdg.Hazards, list[Place]] = field(default_factory=lambda: defaultdict(list))
    _threats: dict[imdg.Hazards, dict[int, list[tuple[int, Place]]]] = field(default_factory=dict)
    """For goods that were asked about: by bay the places they must keep from, and how far, as a code."""

    @classmethod
    def of(cls, problem: StowageProblem) -> DangerousAboard:
        aboard = cls()
        for container, position in problem.staying:
            if container.dangerous and (place := problem.call.vessel.place(position)):
                aboard.add(container, place)
        return aboard

    def add(self, box: Container, place: Place) -> None:
        if hazards := imdg.hazards_of(box):
            self.places[hazards].append(place)
            self._threats.clear()

    def allows(self, box: Container, place: Place) -> bool:
        """Whether a box may stand here as far as dangerous goods that are placed so far are concerned."""
        return bool(self.allowed_stacks(box, [(0, [place])]))

    def _threats_to(self, hazards: imdg.Hazards) -> Mapping[int, list[tuple[int, Place]]]:
        if hazards not in self._threats:
            threats: dict[int, dict[tuple[int, StackId, End], Place]] = defaultdict(dict)
            for other, places in self.places.items():
                if (code := imdg.code_between(hazards, other)) > imdg.AWAY_FROM:
                    for place in places:
                        threats[place.bay.number][code, place.stack_id, place.end] = place
            self._threats[hazards] = {
                bay: [(code, place) for (code, _, _), place in found.items()] for bay, found in threats.items()
            }
        return self._threats[hazards]

    def allowed_stacks(self, box: Container, stacks: Iterable[tuple[int, Sequence[Place]]]) -> list[int]:
        """Numbers of the stacks in which the box may stand wherever it comes to stand in them."""
        if not box.dangerous:
            return [number for number, _ in stacks]
        deck_only = any(imdg.must_be_on_deck(goods) for goods in box.dangerous)
        hazards = imdg.hazards_of(box)
        threats = self._threats_to(hazards) if hazards else {}
        near: dict[int, list[tuple[int, Place]]] = {}

        def is_free(place: Place) -> bool:
            if deck_only and place.stack.level is Level.HOLD:
                return False
            here = place.bay.number
            if here not in near:
                near[here] = [one for bay, all_of in threats.items() if abs(bay - here) <= imdg.REACH for one in all_of]
            return not any(imdg.segregation_conflict(place, standing, code) for code, standing in near[here])

        return [number for number, places in stacks if all(is_free(place) for place in places)]


def places_of(profile: VesselProfile, stack_id: StackId, *, is_20: bool) -> Sequence[Place]:
    """A place for each end at which a box may come to stand in a stack, at its lowest level."""
    bay = next(bay for bay in profile.bays if bay.number == stack_id.bay)
    stack = profile.stack_by_id[stack_id]
    return [Place(bay, stack, 0, end) for _, end in bay.ends() if is_20 is (end is not End.BOTH)]
