"""Small ships, boxes and calls for the stowage planner's tests, by hand and from a random generator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from cabria.domain.calls import CallSettings, SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge, Port, SizeType
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan, Stowed
from cabria.domain.terminal import QuayCrane, Terminal
from cabria.domain.vessel import Cell, HatchCover, Level, StackId, VesselBay, VesselProfile, VesselStack
from cabria.domain.yard import YardInventory
from cabria.planning.stowage.problem import StowageSolution
from cabria.referee.judge import judge
from cabria.referee.judgement import Judgement

HERE, NEXT, THEN, LAST = Port("PECHY"), Port("ECPSJ"), Port("KRPUS"), Port("CNSHA")
ROTATION = (NEXT, THEN, LAST)
ROWS = (4, 2, 0, 1, 3)
HOLD_TIERS, DECK_TIERS = (2, 4, 6), (82, 84, 86, 88)
TERMINAL = Terminal("T", HERE, 400_000, (), (QuayCrane("Q1", 0), QuayCrane("Q2", 90_000)))


def ship(bays: Sequence[int] = (2, 6, 10), **stack: int) -> VesselProfile:
    """Two lids a bay; row 00 on deck rests on both. Plugs aft on the lowest tier of each deck stack; bay 13 is single.

    `stack` are limits of every stack.
    """
    limits = {"max_weight_20_kg": 90_000, "max_weight_40_kg": 120_000, "max_height_mm": 10_500, **stack}
    made = []
    for number in bays:
        stacks = [_stack(row, level, limits) for level in Level for row in ROWS]
        pair = (number, None) if number % 2 else (number - 1, number + 1)
        made.append(VesselBay(number, *pair, tuple(stacks)))
    lids = [
        HatchCover(
            f"{number:02}{name}",
            tuple(StackId(number, row, Level.HOLD) for row in closes),
            tuple(StackId(number, row, Level.DECK) for row in carries),
        )
        for number in bays
        for name, closes, carries in (("P", (4, 2, 0), (4, 2, 0)), ("S", (1, 3), (0, 1, 3)))
    ]
    return VesselProfile("HANDY", tuple(made), tuple(lids))


def _stack(row: int, level: Level, limits: dict[str, int]) -> VesselStack:
    tiers = HOLD_TIERS if level is Level.HOLD else DECK_TIERS
    cells = tuple(Cell(tier, takes_45=tier >= 86, has_plug_aft=tier == 82, vcg_mm=tier * 1_300) for tier in tiers)
    return VesselStack(row, level, cells, tcg_mm=2_500 * (row if row % 2 else -row), **limits)


def box(
    number: int,
    code: str = "42G1",
    mass_kg: int = 20_000,
    pod: Port = LAST,
    *,
    pol: Port = HERE,
    set_point_tenth_c: int | None = None,
    dangerous: tuple[DangerousGoods, ...] = (),
    out_of_gauge: OutOfGauge | None = None,
) -> Container:
    return Container(
        ContainerId(f"TEST{number:07}"),
        SizeType.parse(code),
        mass_kg,
        pol,
        pod,
        mass_is_verified=True,
        set_point_tenth_c=set_point_tenth_c,
        dangerous=dangerous,
        out_of_gauge=out_of_gauge,
    )


def call(
    loads: Iterable[Container],
    arrival: Iterable[tuple[Container, str]] = (),
    *,
    vessel: VesselProfile | None = None,
    instructions: Iterable[SlotInstruction] = (),
    settings: CallSettings | None = None,
) -> VesselCall:
    return VesselCall(
        id="CALL",
        vessel=vessel or ship(),
        voyage="001",
        port=HERE,
        rotation=ROTATION,
        arrival=BayPlan.of((container, StowPosition.parse(slot)) for container, slot in arrival),
        loads=tuple(loads),
        terminal=TERMINAL,
        yard=YardInventory.of([]),
        instructions=tuple(instructions),
        settings=settings or CallSettings(),
    )


def judged(given: VesselCall, solution: StowageSolution) -> Judgement:
    plan = LoadingPlan(given.id, solution.loads, solution.refused, solution.restows)
    return judge(given, replace(plan, tank_contents_kg=solution.tank_contents_kg))


GOODS = (DangerousGoods("2.1", 1950), DangerousGoods("3", 1263), DangerousGoods("5.2", 3105), DangerousGoods("9", 3077))


def random_box(number: int, random: Random, pods: Sequence[Port], pol: Port) -> Container:
    code = random.choice(["22G1", "22G1", "42G1", "42G1", "45G1", "45R1", "22R1", "L5G1", "25G1"])
    return box(
        number,
        code,
        random.randrange(2_300, 30_000),
        random.choice(pods),
        pol=pol,
        set_point_tenth_c=-180 if code[2] == "R" and random.random() < 0.8 else None,
        dangerous=(random.choice(GOODS),) if random.random() < 0.1 else (),
        out_of_gauge=OutOfGauge(over_height_mm=400, port_mm=random.choice([0, 200]))
        if code == "42G1" and random.random() < 0.1
        else None,
    )


def random_call(seed: int, loads: int = 40, aboard: int = 45) -> VesselCall:
    """A ship half full of boxes for all ports in any order, so that much must be restowed, and some loads.

    Boxes aboard stand as gravity allows, and nothing else is promised of them.
    """
    random = Random(seed)
    vessel = ship((2, 6, 10, 13))
    stacks = [(bay, stack) for bay in vessel.bays for stack in bay.stacks]
    arrival: list[Stowed] = []
    for bay, stack in random.sample(stacks, len(stacks)):
        for cell in stack.cells[: random.randrange(len(stack.cells) + 1)]:
            if len(arrival) >= aboard:
                break
            ends = [number for number, _ in bay.ends() if number % 2]
            is_long = bay.number % 2 == 0 and (
                (bool(arrival) and random.random() < 0.7) or _has_long(arrival, bay, stack)
            )
            slots = [bay.number] if is_long else ends
            for slot in slots:
                code = "42G1" if is_long else "22G1"
                pod = random.choice([HERE, HERE, *ROTATION])
                container = box(5_000 + len(arrival), code, random.randrange(3_000, 24_000), pod, pol=Port("CLSAI"))
                arrival.append(Stowed(container, StowPosition(slot, stack.row, cell.tier)))
    given = [random_box(number, random, ROTATION, HERE) for number in range(loads)]
    return replace(call(given, vessel=vessel), arrival=BayPlan(tuple(arrival)))


def _has_long(arrival: Sequence[Stowed], bay: VesselBay, stack: VesselStack) -> bool:
    """Whether a 40 ft box stands in the stack already, on which no 20 ft may stand."""
    tiers = {cell.tier for cell in stack.cells}
    return any(at.bay == bay.number and at.row == stack.row and at.tier in tiers for _, at in arrival)
