"""Calls around real files: what a terminal did not publish, its yard, its load list, is made.

`call_of_ship` works a real ship with her real bay plan; `call_of_instruction` carries out a real instruction, for
which boxes of the asked classes, a ship that has the slots, and boxes under them are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from cabria.domain.calls import SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId, Kind, Port, SizeType
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan, Stowed
from cabria.domain.vessel import Cell, HatchCover, Level, StackId, VesselBay, VesselProfile, VesselStack
from cabria.experiments.cargo import EXPORTS, container_numbers, make_cargo
from cabria.experiments.terminals import make_terminal
from cabria.experiments.yards import make_yard

DECK_FROM_TIER = 70
ANY_SIZE = SizeType.parse("42G1")
REEFER = SizeType.parse("45R1")
CHILLED_TENTH_C = 20
MASS_NOISE_KG = 1_000


def call_of_ship(
    vessel: VesselProfile,
    arrival: BayPlan,
    *,
    discharged: Sequence[Port],
    loads: int,
    seed: int,
    port: Port | None = None,
    rotation: Sequence[Port] | None = None,
    blocks: int | None = None,
    quay_cranes: int | None = None,
) -> VesselCall:
    """A call at which the cargo of some ports leaves a ship and `loads` made boxes come aboard.

    `port` is the first of `discharged` unless given; cargo for the others is discharged there too, as if it had
    changed its destination. Unless given, the rotation is the `likely_rotation` of the remaining ports; loads go to
    them in equal parts. Raises DataError when nothing is bound for one of the ports, or nothing for another.
    """
    here = port or discharged[0]
    aboard_for = {stowed.container.pod for stowed in arrival}
    for leaving_at in discharged:
        if leaving_at not in aboard_for:
            raise DataError(
                f"Nothing aboard is bound for {leaving_at}.",
                remedy=f"The bay plan has {', '.join(sorted(aboard_for))}.",
            )
    leaving = {here, *discharged}
    bound = [Stowed(replace(box, pod=here) if box.pod in leaving else box, at) for box, at in arrival]
    ports = tuple(rotation) if rotation else likely_rotation(vessel, BayPlan(tuple(bound)), here)
    if not ports:
        raise DataError("No port is left to load for.", remedy="Discharge at fewer ports, or name a rotation.")
    random = Random(f"{seed}/real")
    numbers = _new_numbers({box.id for box, _ in arrival}, Random(f"{seed}/numbers"))
    boxes = make_cargo(EXPORTS, loads, pol={here: 1.0}, pod=dict.fromkeys(ports, 1.0), numbers=numbers, random=random)
    return _call(vessel, BayPlan(tuple(bound)), boxes, numbers, here, ports, seed, blocks, quay_cranes)


def call_of_instruction(
    instructions: Sequence[SlotInstruction],
    *,
    port: Port,
    rotation: Sequence[Port] | None = None,
    seed: int,
    vessel: VesselProfile | None = None,
    blocks: int | None = None,
    quay_cranes: int | None = None,
) -> VesselCall:
    """A call with one made box for each slot of an instruction; without `vessel` a ship is built around the slots.

    Boxes bound for the last port stand under slots that would hang otherwise. Without a rotation the ports come in
    the order in which the instruction names them.
    """
    rotation = tuple(rotation or dict.fromkeys(slot.pod for slot in instructions if slot.pod))
    if not rotation:
        raise DataError("The instruction names no port of discharge.", remedy="Name the rotation.")
    ship = vessel or ship_around(instructions)
    random = Random(f"{seed}/instruction")
    numbers = container_numbers(Random(f"{seed}/numbers"))
    boxes = [_asked(slot, next(numbers), port, rotation[-1], random) for slot in instructions]
    arrival = BayPlan.of(_under(ship, instructions, numbers, port, rotation[-1]))
    call = _call(ship, arrival, boxes, numbers, port, rotation, seed, blocks, quay_cranes)
    return replace(call, instructions=tuple(instructions))


def likely_rotation(vessel: VesselProfile, arrival: BayPlan, here: Port) -> tuple[Port, ...]:
    """The coming ports in an order that leaves few boxes over others that leave earlier.

    Greedy: next comes the port over whose boxes the fewest boxes for other ports stand.
    """
    above: Counter[tuple[Port, Port]] = Counter()
    stacks: dict[StackId, list[tuple[int, Port]]] = {}
    for box, position in arrival:
        if place := vessel.place(position):
            stacks.setdefault(place.stack_id, []).append((place.level_index, box.pod))
    for stack in stacks.values():
        stack.sort()
        above.update((upper, lower) for i, (_, lower) in enumerate(stack) for _, upper in stack[i + 1 :])
    left = sorted({stowed.container.pod for stowed in arrival} - {here})
    order: list[Port] = []
    while left:
        free = min(left, key=lambda port: (sum(above[other, port] for other in left if other != port), port))
        left.remove(free)
        order.append(free)
    return tuple(order)


def ship_around(instructions: Sequence[SlotInstruction]) -> VesselProfile:
    """The smallest ship that has the slots: whole stacks from the lowest tier of each level, plugs where reefers go."""
    reefers = {slot.position for slot in instructions if slot.is_reefer}
    stacks: dict[tuple[int, int, Level], set[int]] = {}
    for slot in instructions:
        at = slot.position
        stacks.setdefault((_even_bay(at.bay), at.row, _level(at.tier)), set()).add(at.tier)
    lowest = {
        level: min((min(tiers) for (_, _, of), tiers in stacks.items() if of is level), default=2) for level in Level
    }
    built: dict[int, list[VesselStack]] = {}
    for (bay, row, level), tiers in sorted(stacks.items(), key=lambda item: (item[0][0], item[0][2], item[0][1])):
        cells = tuple(_cell(bay, row, tier, reefers) for tier in range(lowest[level], max(tiers) + 1, 2))
        built.setdefault(bay, []).append(VesselStack(row, level, cells))
    return VesselProfile(
        name="SHIP OF THE INSTRUCTION",
        bays=tuple(VesselBay(bay, bay - 1, bay + 1, tuple(stacks)) for bay, stacks in sorted(built.items())),
        hatch_covers=tuple(_lid(bay, stacks) for bay, stacks in sorted(built.items()) if _has_hold(stacks)),
        source="Made by Cabria around the slots of an instruction; no limits and no hydrostatics are known.",
    )


def _new_numbers(taken: set[ContainerId], random: Random) -> Iterator[ContainerId]:
    return (number for number in container_numbers(random) if number not in taken)


def _call(
    vessel: VesselProfile,
    arrival: BayPlan,
    loads: Sequence[Container],
    numbers: Iterator[ContainerId],
    port: Port,
    rotation: tuple[Port, ...],
    seed: int,
    blocks: int | None,
    quay_cranes: int | None,
) -> VesselCall:
    call_id = f"REAL-{seed}"
    moves = len(loads) + sum(stowed.container.pod == port for stowed in arrival)
    terminal = make_terminal(
        blocks=blocks or min(15, max(2, moves // 400)),
        quay_cranes=quay_cranes or min(6, max(2, moves // 600)),
        port=port,
        name="Made",
    )
    yard = make_yard(
        terminal, loads, call_id=call_id, fill=0.5, numbers=numbers, random=Random(f"{seed}/yard"), racks_only=False
    )
    return VesselCall(
        id=call_id,
        vessel=vessel,
        voyage="001",
        port=port,
        rotation=rotation,
        arrival=arrival,
        loads=tuple(loads),
        terminal=terminal,
        yard=yard,
        berth_x_mm=800_000,
        start="2026-03-02T06:00",
    )


def _asked(slot: SlotInstruction, number: ContainerId, port: Port, last: Port, random: Random) -> Container:
    """A box of the class that the slot asks for; what it leaves open is ordinary."""
    size_type = slot.size_type or (REEFER if slot.is_reefer else ANY_SIZE)
    mass_kg = slot.gross_mass_kg if slot.gross_mass_kg is not None else 15_000
    is_cold = slot.is_reefer and size_type.kind is Kind.REEFER
    return Container(
        id=number,
        size_type=size_type,
        gross_mass_kg=max(2_000, mass_kg + random.randrange(-MASS_NOISE_KG, MASS_NOISE_KG + 1, 10)),
        pol=port,
        pod=slot.pod or last,
        mass_is_verified=True,
        is_full=slot.is_full is not False,
        operator=slot.operator,
        set_point_tenth_c=CHILLED_TENTH_C if is_cold else None,
    )


def _under(
    ship: VesselProfile, instructions: Sequence[SlotInstruction], numbers: Iterator[ContainerId], port: Port, last: Port
) -> Iterator[tuple[Container, StowPosition]]:
    """40 ft boxes in the cells below instructed ones that nobody is asked to fill."""
    filled: Mapping[tuple[int, int, int], bool] = {
        (_even_bay(slot.position.bay), slot.position.row, slot.position.tier): True for slot in instructions
    }
    for bay in ship.bays:
        for stack in bay.stacks:
            asked = [cell.tier for cell in stack.cells if (bay.number, stack.row, cell.tier) in filled]
            for cell in stack.cells:
                if asked and cell.tier < max(asked) and cell.tier not in asked and cell.takes_40:
                    box = Container(next(numbers), ANY_SIZE, 26_000, port, last, mass_is_verified=True)
                    yield box, StowPosition(bay.number, stack.row, cell.tier)


def _even_bay(bay: int) -> int:
    """Bays are counted in fours from 01 02 03."""
    return bay if bay % 2 == 0 else bay + 1 if bay % 4 == 1 else bay - 1


def _level(tier: int) -> Level:
    return Level.DECK if tier >= DECK_FROM_TIER else Level.HOLD


def _cell(bay: int, row: int, tier: int, reefers: set[StowPosition]) -> Cell:
    return Cell(
        tier,
        takes_45=tier >= DECK_FROM_TIER,
        has_plug_fore=StowPosition(bay - 1, row, tier) in reefers,
        has_plug_aft=bool({StowPosition(bay, row, tier), StowPosition(bay + 1, row, tier)} & reefers),
    )


def _has_hold(stacks: Sequence[VesselStack]) -> bool:
    return any(stack.level is Level.HOLD for stack in stacks)


def _lid(bay: int, stacks: Sequence[VesselStack]) -> HatchCover:
    return HatchCover(
        f"{bay:02}",
        closes=tuple(StackId(bay, stack.row, stack.level) for stack in stacks if stack.level is Level.HOLD),
        carries=tuple(StackId(bay, stack.row, stack.level) for stack in stacks if stack.level is Level.DECK),
    )
