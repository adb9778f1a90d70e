"""Small random calls with a full yard, and a replay of yard moves that believes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from cabria.domain.calls import CallSettings, SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge, Port, SizeType
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.terminal import QuayCrane, Terminal
from cabria.domain.vessel import (
    Cell,
    HydrostaticPoint,
    Level,
    Station,
    VesselBay,
    VesselLimits,
    VesselProfile,
    VesselStack,
)
from cabria.domain.work import CraneStep, StepKind, WorkQueue, YardMove
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.planning.yard.problem import YardProblem

HERE, PODS = Port("PECHY"), (Port("MXZLO"), Port("CNSHA"))
BLOCKS = (YardBlock("A", 7, 3, 4, plug_bays=(1, 3)), YardBlock("B", 5, 2, 3))
DRY_20, DRY_40, COLD_40 = SizeType.parse("22G1"), SizeType.parse("42G1"), SizeType.parse("42R1")
TIERS = (82, 84, 86, 88)


def ship(
    max_weight_kg: int | None = None, *, max_lashing_kg_m: int | None = None, afloat: bool = False
) -> VesselProfile:
    """Bays 02 and 06, rows 00 to 04, four tiers on deck; a light one where she floats."""
    bays = []
    for number in (2, 6):
        stacks = tuple(
            VesselStack(
                row,
                Level.DECK,
                tuple(Cell(tier, vcg_mm=20_000 + 2_600 * n) for n, tier in enumerate(TIERS)),
                max_weight_20_kg=max_weight_kg,
                max_weight_40_kg=max_weight_kg,
                tcg_mm=2_500 * row,
                lcg_fore_mm=-6_000 * number + 3_000,
                lcg_mm=-6_000 * number,
                lcg_aft_mm=-6_000 * number - 3_000,
            )
            for row in range(5)
        )
        bays.append(VesselBay(number, number - 1, number + 1, stacks))
    return VesselProfile(
        "HANDY",
        tuple(bays),
        hydrostatics=(HydrostaticPoint(1_000_000),) if afloat else (),
        stations=(Station(0, 500_000, 0),) if afloat else (),
        limits=VesselLimits(max_lashing_kg_m=max_lashing_kg_m),
    )


def made(
    seed: int,
    *,
    max_weight_kg: int | None = None,
    max_lashing_kg_m: int | None = None,
    settings: CallSettings | None = None,
    afloat: bool = False,
) -> YardProblem:
    """A random call: up to forty loads from a yard in which half of the boxes belong to others."""
    random = Random(seed)
    loads, position_of, steps = _stow(random)
    instructions = tuple(
        SlotInstruction(
            position_of[box.id], gross_mass_kg=box.gross_mass_kg, operator=random.choice(("", box.operator))
        )
        for box in loads
        if random.random() < 0.2
    )
    cranes = (QuayCrane("QC1", 0), QuayCrane("QC2", 100_000, twin_max_kg=45_000))
    call = VesselCall(
        "YARD1", ship(max_weight_kg, max_lashing_kg_m=max_lashing_kg_m, afloat=afloat), "1", HERE, PODS, BayPlan(),
        tuple(loads),
        Terminal("Hand", HERE, 400_000, BLOCKS, cranes),
        YardInventory.of(_yard(random, [box for box in loads if random.random() < 0.9])),
        instructions=instructions, settings=settings or CallSettings(),
    )  # fmt: skip
    return YardProblem.of(call, position_of, _queues(random, steps, position_of))


def _box(number: int, size_type: SizeType, random: Random) -> Container:
    return Container(
        ContainerId(f"HAND{number:07}"), size_type, random.randrange(18_000, 24_000), HERE, random.choice(PODS),
        operator=random.choice(("AAA", "BBB")),
        set_point_tenth_c=-180 if size_type is COLD_40 else None,
        dangerous=(DangerousGoods("3", 1263),) if random.random() < 0.05 else (),
        out_of_gauge=OutOfGauge(over_height_mm=100) if random.random() < 0.05 else None,
    )  # fmt: skip


def _stow(random: Random) -> tuple[list[Container], dict[ContainerId, StowPosition], list[tuple[ContainerId, ...]]]:
    """Loads, their slots and the lifts in a possible order."""
    loads: list[Container] = []
    position_of: dict[ContainerId, StowPosition] = {}
    lifts: list[tuple[ContainerId, ...]] = []
    for number in (2, 6):
        for row in range(5):
            size = random.choice((DRY_20, DRY_40, DRY_40, COLD_40))
            for tier in TIERS[: random.randint(0, 4)]:
                size = DRY_40 if size is DRY_20 and random.random() < 0.3 else size
                bays = (number - 1, number + 1) if size is DRY_20 else (number,)
                boxes = [_box(len(loads) + k, size, random) for k in range(len(bays))]
                loads += boxes
                position_of.update({b.id: StowPosition(bay, row, tier) for b, bay in zip(boxes, bays, strict=True)})
                is_twin = sum(box.gross_mass_kg for box in boxes) <= 45_000
                lifts += [tuple(b.id for b in boxes)] if is_twin else [(b.id,) for b in boxes]
    return loads, position_of, lifts


def _queues(
    random: Random, lifts: Sequence[tuple[ContainerId, ...]], position_of: dict[ContainerId, StowPosition]
) -> tuple[WorkQueue, ...]:
    queues: dict[str, list[CraneStep]] = {"QC1": [], "QC2": []}
    for n, lift in enumerate(lifts):
        start_s = 120 * (n // 2)
        crane = random.choice(("QC1", "QC2"))
        queues[crane].append(
            CraneStep(StepKind.LOAD, 2, start_s, start_s + 120, lift, tuple(position_of[c] for c in lift))
        )
    return tuple(WorkQueue(crane, tuple(steps)) for crane, steps in queues.items())


def _yard(random: Random, boxes: list[Container]) -> list[YardBox]:
    """Loads in random stacks with boxes of others between them."""
    left = random.sample(boxes, len(boxes))
    standing: list[YardBox] = []
    for block in BLOCKS:
        for row in range(1, block.rows + 1):
            for pair in range(1, 2 * block.bays - 2, 4):
                length = random.choice((20, 40))
                for bay in (pair, pair + 2) if length == 20 else (pair + 1,):
                    for tier in range(1, random.randint(1, block.tiers)):
                        mine = next((box for box in left if box.length_ft == length), None)
                        if mine is not None and random.random() < 0.7:
                            left.remove(mine)
                        else:
                            mine = None
                        name = mine.id if mine else ContainerId(f"ELSE{len(standing):07}")
                        standing.append(YardBox(name, YardPosition(block.id, bay, row, tier), length))
    return standing


class Impossible(AssertionError):
    """What the replay will not do."""


def replay(problem: YardProblem, moves: Sequence[YardMove], due_s: dict[ContainerId, int]) -> None:
    """Carry out the moves one by one. Raises Impossible for anything that cannot be done."""
    blocks = {block.id: block for block in problem.call.terminal.blocks}
    standing = {box.position: box for box in problem.call.yard}
    gone: list[ContainerId] = []
    for move in moves:
        box = standing.pop(move.source, None)
        _need(box is not None and box.id == move.container, f"{move.container} is not at {move.source}")
        _need(_up(move.source) not in standing, f"a box stands on {move.container}")
        _need(move.due_s == due_s[move.needed_for], "it is due at another time")
        if move.target is None:
            _need(move.container == move.needed_for, "a box goes to the ship for itself")
            gone.append(move.container)
            continue
        _need(move.needed_for not in gone, "the box it was moved for has gone")
        _need(blocks[move.target.block].has(move.target), f"{move.target} is not in the yard")
        _need(move.target not in standing, f"{move.target} is taken")
        _need((move.target.bay % 2 == 0) == (box.length_ft > 20), "the bay is of another length")
        beneath = standing.get(_down(move.target))
        _need(move.target.tier == 1 or beneath is not None, f"{move.target} hangs")
        _need(beneath is None or beneath.length_ft == box.length_ft, "lengths are mixed")
        near = [p for p in standing if (p.block, p.row) == (move.target.block, move.target.row)]
        shared = [p for p in near if set(p.odd_bays) & set(move.target.odd_bays) and p.bay != move.target.bay]
        _need(not shared, f"{move.target} stands over {shared}")
        standing[move.target] = box
    wanted = [c for c in due_s if c in problem.call.yard.by_container]
    _need(sorted(gone) == sorted(wanted), "not every box went to the ship")
    _need([due_s[c] for c in gone] == sorted(due_s[c] for c in gone), "boxes go in another order than they are due")


def _need(holds: bool, why: str) -> None:
    if not holds:
        raise Impossible(why)


def _up(position: YardPosition) -> YardPosition:
    return YardPosition(position.block, position.bay, position.row, position.tier + 1)


def _down(position: YardPosition) -> YardPosition:
    return YardPosition(position.block, position.bay, position.row, position.tier - 1)
