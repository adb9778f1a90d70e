"""Calls made around real files: a ship's own profile and bay plan, or a carrier's instruction, and the rest invented.

What the files do not say (load list, yard, terminal, coming ports) is made from a seed, so that anyone can try their
own ship before there is a real call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from cabria.domain.calls import SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import Cell, Level, StackId, VesselBay, VesselProfile, VesselStack
from cabria.experiments.cargo import EXPORTS, container_numbers, make_cargo
from cabria.experiments.ships import make_ship
from cabria.experiments.terminals import make_terminal
from cabria.experiments.yards import make_yard

YARD_FILL = 0.6
START = "2026-03-02T06:00"
INSTRUCTED_SHIP_TEU = 2_500
REEFER_SET_POINT_TENTH_C = 130
"""Bananas; a carrier's instruction does not name a temperature."""


def call_around(
    vessel: VesselProfile,
    arrival: BayPlan,
    *,
    ports: Sequence[Port],
    loads: int,
    seed: int = 0,
    rotation: Sequence[Port] | None = None,
) -> VesselCall:
    """A call that discharges what is bound for `ports` and loads `loads` made boxes for the others.

    The call is at the first of the ports; boxes for the others are taken to have changed their destination to it.
    Without a rotation the coming ports are put in the order in which the fewest boxes stand in each other's way.
    Raises DataError when nothing is bound for one of the ports.
    """
    here = ports[0]
    bound_for = {stowed.container.pod for stowed in arrival}
    for port in ports:
        if port not in bound_for:
            raise DataError(
                f"Nothing aboard is bound for {port}.", remedy=f"The bay plan has {', '.join(sorted(bound_for))}."
            )
    arrival = BayPlan.of((_discharged_here(box, ports), position) for box, position in arrival)
    coming = tuple(rotation) if rotation else likely_rotation(vessel, arrival, here)
    if not coming:
        raise DataError("No port is left to load for.", remedy="Name fewer ports to discharge, or a rotation.")
    numbers = container_numbers(Random(f"{seed}/numbers"))
    cargo = make_cargo(
        EXPORTS,
        loads,
        pol={here: 1.0},
        pod=dict.fromkeys(coming, 1 / len(coming)),
        numbers=numbers,
        random=Random(f"{seed}/loads"),
    )
    return _call("AROUND", vessel, here, coming, arrival, cargo, numbers, seed)


def instructed_call(instructions: Sequence[SlotInstruction], *, port: Port, seed: int = 0) -> VesselCall:
    """A call of an empty made ship that has the instructed slots, with one made box of each class asked for."""
    vessel = with_slots(make_ship(INSTRUCTED_SHIP_TEU, seed=seed), instructions)
    random = Random(f"{seed}/loads")
    numbers = container_numbers(Random(f"{seed}/numbers"))
    cargo = []
    for slot in instructions:
        if slot.size_type is None or slot.pod is None:
            raise DataError(f"The instruction for slot {slot.position} names no size-type or no port.")
        planned_kg = slot.gross_mass_kg or 15_000
        is_live = slot.is_reefer and slot.is_full is not False
        cargo.append(
            Container(
                id=next(numbers),
                size_type=slot.size_type,
                gross_mass_kg=planned_kg + random.randrange(-1_500, 1_501, 10),
                pol=port,
                pod=slot.pod,
                mass_is_verified=True,
                is_full=slot.is_full is not False,
                operator=slot.operator,
                set_point_tenth_c=REEFER_SET_POINT_TENTH_C if is_live else None,
            )
        )
    random.shuffle(cargo)
    rotation = tuple(dict.fromkeys(slot.pod for slot in instructions if slot.pod))
    call = _call("INSTRUCTED", vessel, port, rotation, BayPlan(), cargo, numbers, seed)
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


def with_slots(vessel: VesselProfile, instructions: Sequence[SlotInstruction]) -> VesselProfile:
    """The ship, given the instructed slots that she lacks and plugs where a reefer is asked for.

    Raises DataError for a slot in a bay or row the ship does not have at all.
    """
    wanted: dict[StackId, dict[int, bool]] = {}
    for slot in instructions:
        stack_id = _stack_of(vessel, slot.position)
        wanted.setdefault(stack_id, {})[slot.position.tier] = slot.is_reefer
    return replace(vessel, bays=tuple(_bay_with(bay, wanted) for bay in vessel.bays))


def _stack_of(vessel: VesselProfile, position: StowPosition) -> StackId:
    level = Level.DECK if position.tier >= 70 else Level.HOLD
    for bay in vessel.bays:
        if position.bay in [number for number, _ in bay.ends()]:
            stack_id = StackId(bay.number, position.row, level)
            if stack_id in vessel.stack_by_id:
                return stack_id
    raise DataError(f"A made ship has no row {position.row:02} on that level of bay {position.bay:03}.")


def _bay_with(bay: VesselBay, wanted: dict[StackId, dict[int, bool]]) -> VesselBay:
    stacks = tuple(_stack_with(s, wanted.get(StackId(bay.number, s.row, s.level), {})) for s in bay.stacks)
    return replace(bay, stacks=stacks)


def _stack_with(stack: VesselStack, tiers: dict[int, bool]) -> VesselStack:
    have = {cell.tier: cell for cell in stack.cells}
    lowest = stack.cells[0]
    for tier, is_reefer in tiers.items():
        below_mm = (lowest.tier - tier) // 2 * 2591
        new = replace(lowest, tier=tier, vcg_mm=None if lowest.vcg_mm is None else lowest.vcg_mm - below_mm)
        cell: Cell = replace(have.get(tier, new), takes_40=True)
        have[tier] = replace(cell, has_plug_fore=True, has_plug_aft=True) if is_reefer else cell
    extra_mm = 2896 * (len(have) - len(stack.cells))
    limit_mm = None if stack.max_height_mm is None else stack.max_height_mm + extra_mm
    return replace(stack, cells=tuple(have[tier] for tier in sorted(have)), max_height_mm=limit_mm)


def _discharged_here(box: Container, ports: Sequence[Port]) -> Container:
    return replace(box, pod=ports[0]) if box.pod in ports[1:] else box


def _call(
    name: str,
    vessel: VesselProfile,
    port: Port,
    rotation: tuple[Port, ...],
    arrival: BayPlan,
    cargo: list[Container],
    numbers: Iterator[ContainerId],
    seed: int,
) -> VesselCall:
    moves = len(cargo) + sum(stowed.container.pod == port for stowed in arrival)
    call_id = f"{name}-{moves}-{seed}"
    terminal = make_terminal(
        blocks=min(15, max(2, moves // 400)), quay_cranes=min(6, max(2, moves // 600)), port=port, name=f"{port} made"
    )
    yard = make_yard(
        terminal,
        cargo,
        call_id=call_id,
        fill=YARD_FILL,
        numbers=numbers,
        random=Random(f"{seed}/yard"),
    )
    return VesselCall(
        id=call_id,
        vessel=vessel,
        voyage=f"{seed % 1000:03}",
        port=port,
        rotation=rotation,
        arrival=arrival,
        loads=tuple(cargo),
        terminal=terminal,
        yard=yard,
        start=START,
    )
