"""Moves of a yard crane, replayed one by one: the slow judge of relocation, pre-marshalling and housekeeping.

A yard is a list of blocks, a block a list of bays under one crane, a bay a row of stacks. Each block's crane starts
over bay 1, stack 1 and works its own moves in the order given. Retrieved boxes are set down beside the bay, one stack
past the last, at truck height, where the hoist is not counted (Firmino, Silva and Times 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from cabria.domain.verdict import YES, Verdict, refuse
from cabria.domain.yard_bay import OUT, BayMove, YardBay

_GRAVITY_MM_PER_S2 = 9807
_MICROJOULE_PER_KWH = 3_600_000 * 1_000_000


@dataclass(frozen=True, slots=True)
class CraneTimes:
    """How long a yard crane takes, in milliseconds: a slot of trolley or gantry travel, a tier of hoisting.

    The defaults are those of Firmino et al. for trolley and hoist; they state no gantry: 3.5 s a bay of 20 ft is ours.
    The spreader travels above the highest tier: to reach tier k of T it goes down T + 1 - k tiers.
    """

    trolley_empty_ms: int = 1_200
    trolley_loaded_ms: int = 2_400
    hoist_empty_ms: int = 2_590
    hoist_loaded_ms: int = 5_180
    gantry_empty_ms: int = 3_500
    gantry_loaded_ms: int = 3_500


@dataclass(frozen=True, slots=True)
class CraneEnergy:
    """A simple energy model, our own: what is lifted, what is rolled, and what is always on.

    Hoisting costs mass x gravity x height / efficiency on the way up, and gives `regained_percent` of mass x gravity x
    height back on the way down. Travel costs mass x gravity x rolling resistance x distance / efficiency. Everything
    else (lights, drives, control) draws `idle_w` for the whole working time. Every box has the same mass.
    """

    box_kg: int = 15_000
    spreader_kg: int = 9_000
    trolley_kg: int = 15_000
    gantry_kg: int = 250_000
    tier_mm: int = 2_591
    stack_mm: int = 2_850
    bay_mm: int = 6_500
    rolling_per_mille: int = 8
    efficiency_percent: int = 80
    regained_percent: int = 0
    idle_w: int = 15_000


FIRMINO = CraneTimes()
USUAL_ENERGY = CraneEnergy()


class Goal(Enum):
    """What the bays must be like when the moves are done."""

    EMPTY = "every box is out"
    SORTED = "no box stands above one that leaves earlier"
    ANY = "anything"


class BlockMove(NamedTuple):
    """A move inside one block, its places counted from 1; `target` is `OUT` when the box leaves from its bay."""

    origin_bay: int
    origin: int
    target_bay: int
    target: int
    block: int = 1


@dataclass(frozen=True, slots=True)
class ReplayRules:
    """`inside_only`: no box may leave (pre-marshalling). `restricted`: only boxes above a target may be moved."""

    goal: Goal = Goal.EMPTY
    restricted: bool = False
    inside_only: bool = False


RETRIEVE = ReplayRules()
RETRIEVE_RESTRICTED = ReplayRules(restricted=True)
PREMARSHAL = ReplayRules(goal=Goal.SORTED, inside_only=True)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the moves did as far as they could be done. `broken_at` is the first move refused, from 1; 0 when none was.

    `verdict` is a no for a broken move and for a goal that was not reached. `retrieved` has the priorities in the order
    in which they left and `left_ms` when on their crane's clock; `bays` is what stands at the end, block by block.
    `crane_ms` is of all cranes together.
    """

    verdict: Verdict
    broken_at: int
    relocations: int
    retrieved: tuple[int, ...]
    left_ms: tuple[int, ...]
    crane_ms: int
    energy_uj: int
    bays: tuple[tuple[YardBay, ...], ...]

    @property
    def crane_s(self) -> float:
        return self.crane_ms / 1000

    @property
    def crane_hours(self) -> float:
        return self.crane_ms / 3_600_000

    @property
    def kwh(self) -> float:
        return self.energy_uj / _MICROJOULE_PER_KWH


def replay_bay(
    bay: YardBay,
    moves: Sequence[BayMove],
    rules: ReplayRules = RETRIEVE,
    times: CraneTimes = FIRMINO,
    energy: CraneEnergy = USUAL_ENERGY,
    *,
    crane_stack: int = 1,
) -> Replayed:
    """Moves in one bay, the crane standing over `crane_stack`. Any pair of whole numbers is judged, none is refused."""
    block_moves = [BlockMove(1, origin, 1, target) for origin, target in moves]
    return replay_yard([[bay]], block_moves, rules, times, energy, crane_stack=crane_stack)


def replay_block(
    bays: Sequence[YardBay],
    moves: Sequence[BlockMove],
    rules: ReplayRules = RETRIEVE,
    times: CraneTimes = FIRMINO,
    energy: CraneEnergy = USUAL_ENERGY,
) -> Replayed:
    """Moves in one block, whose boxes leave in one order over all its bays."""
    return replay_yard([bays], moves, rules, times, energy)


def replay_yard(
    blocks: Sequence[Sequence[YardBay]],
    moves: Sequence[BlockMove],
    rules: ReplayRules = RETRIEVE,
    times: CraneTimes = FIRMINO,
    energy: CraneEnergy = USUAL_ENERGY,
    *,
    crane_stack: int = 1,
) -> Replayed:
    """Moves in a whole yard, whose boxes leave in one order over all its blocks; no box changes its block."""
    yard = _Yard(blocks, rules, times, energy, crane_stack)
    for number, move in enumerate(moves, 1):
        verdict = yard.may_do(move)
        if not verdict:
            return yard.result(refuse(f"Move {number}: {verdict.reason}."), number)
        yard.do(move)
    return yard.result(yard.reached_goal(), 0)


class _Yard:
    """What stands where and where each crane is, while moves are replayed."""

    def __init__(
        self,
        blocks: Sequence[Sequence[YardBay]],
        rules: ReplayRules,
        times: CraneTimes,
        energy: CraneEnergy,
        crane_stack: int,
    ) -> None:
        self.given = blocks
        self.rules = rules
        self.times = times
        self.energy = energy
        self.stacks = [[[list(stack) for stack in bay.stacks] for bay in block] for block in blocks]
        self.cranes = [_Crane(times, energy, crane_stack) for _ in blocks]
        self.relocations = 0
        self.retrieved: list[int] = []
        self.left_ms: list[int] = []

    def may_do(self, move: BlockMove) -> Verdict:
        verdict = self._is_place(move.block, move.origin_bay, move.origin)
        if verdict and (move.target != OUT or move.target_bay != move.origin_bay):
            verdict = self._is_place(move.block, move.target_bay, move.target)
        if not verdict:
            return verdict
        origin = self._stack(move.block, move.origin_bay, move.origin)
        if not origin:
            return refuse(f"{_spot(move.origin_bay, move.origin)} is empty")
        first = min(self._standing())
        if move.target == OUT:
            return self._may_leave(origin[-1], first)
        return self._may_change(move, origin, first)

    def _may_leave(self, priority: int, first: int) -> Verdict:
        if self.rules.inside_only:
            return refuse("a box leaves the bay, where boxes may only be sorted")
        if priority != first:
            return refuse(f"a box of priority {priority} leaves while one of priority {first} still stands")
        return YES

    def _may_change(self, move: BlockMove, origin: list[int], first: int) -> Verdict:
        target = self._stack(move.block, move.target_bay, move.target)
        highest = self.given[move.block - 1][move.target_bay - 1].max_tier
        if target is origin:
            return refuse(f"a box is set back where it stood, on {_spot(move.target_bay, move.target)}")
        if len(target) >= highest:
            return refuse(f"{_spot(move.target_bay, move.target)} has no room above tier {highest}")
        if self.rules.restricted and first not in origin[:-1]:
            return refuse(f"the box on {_spot(move.origin_bay, move.origin)} stands above none of priority {first}")
        return YES

    def do(self, move: BlockMove) -> None:
        bays = self.given[move.block - 1]
        crane = self.cranes[move.block - 1]
        origin = self._stack(move.block, move.origin_bay, move.origin)
        crane.lift(move.origin_bay, move.origin, bays[move.origin_bay - 1].max_tier + 1 - len(origin))
        box = origin.pop()
        if move.target == OUT:
            self.retrieved.append(box)
            crane.set_down(move.origin_bay, len(bays[move.origin_bay - 1].stacks) + 1, 0)
            self.left_ms.append(crane.worked_ms)
            return
        target = self._stack(move.block, move.target_bay, move.target)
        target.append(box)
        self.relocations += 1
        crane.set_down(move.target_bay, move.target, bays[move.target_bay - 1].max_tier + 1 - len(target))

    def reached_goal(self) -> Verdict:
        standing = self._standing()
        if self.rules.goal is Goal.EMPTY and standing:
            return refuse(f"{len(standing)} boxes still stand, the first of priority {min(standing)}.")
        if self.rules.goal is Goal.SORTED:
            for number, stack in enumerate((s for block in self.stacks for bay in block for s in bay), 1):
                if any(upper > lower for lower, upper in pairwise(stack)):
                    return refuse(f"In stack {number} a box still stands above one that leaves earlier.")
        return YES

    def result(self, verdict: Verdict, broken_at: int) -> Replayed:
        return Replayed(
            verdict,
            broken_at,
            self.relocations,
            tuple(self.retrieved),
            tuple(self.left_ms),
            sum(crane.worked_ms for crane in self.cranes),
            sum(crane.energy_uj() for crane in self.cranes),
            tuple(
                tuple(
                    YardBay(tuple(map(tuple, stacks)), bay.max_tier)
                    for stacks, bay in zip(standing, block, strict=True)
                )
                for standing, block in zip(self.stacks, self.given, strict=True)
            ),
        )

    def _is_place(self, block: int, bay: int, stack: int) -> Verdict:
        if not 1 <= block <= len(self.given):
            return refuse(f"there is no block {block}")
        if not 1 <= bay <= len(self.given[block - 1]):
            return refuse(f"there is no bay {bay}")
        if not 1 <= stack <= len(self.given[block - 1][bay - 1].stacks):
            return refuse(f"there is no stack {stack}")
        return YES

    def _stack(self, block: int, bay: int, stack: int) -> list[int]:
        return self.stacks[block - 1][bay - 1][stack - 1]

    def _standing(self) -> list[int]:
        return [box for block in self.stacks for bay in block for stack in bay for box in stack]


class _Crane:
    """Where one crane stands, how long it has worked and what it has lifted and rolled."""

    def __init__(self, times: CraneTimes, energy: CraneEnergy, stack: int) -> None:
        self.times = times
        self.energy = energy
        self.bay = 1
        self.stack = stack
        self.worked_ms = 0
        self.work_uj = 0

    def lift(self, bay: int, stack: int, tiers: int) -> None:
        """Drive empty over a stack, go down to its top box and lift it."""
        self._travel(bay, stack, self.times.trolley_empty_ms, self.times.gantry_empty_ms, 0)
        self._hoist(tiers, down_kg=self.energy.spreader_kg, up_kg=self.energy.spreader_kg + self.energy.box_kg)

    def set_down(self, bay: int, stack: int, tiers: int) -> None:
        """Drive over a stack with a box, put it down and come up empty."""
        self._travel(bay, stack, self.times.trolley_loaded_ms, self.times.gantry_loaded_ms, self.energy.box_kg)
        self._hoist(tiers, down_kg=self.energy.spreader_kg + self.energy.box_kg, up_kg=self.energy.spreader_kg)

    def energy_uj(self) -> int:
        return self.work_uj + self.energy.idle_w * self.worked_ms * 1000

    def _travel(self, bay: int, stack: int, trolley_ms: int, gantry_ms: int, box_kg: int) -> None:
        bays, stacks = abs(bay - self.bay), abs(stack - self.stack)
        self.worked_ms += bays * gantry_ms + stacks * trolley_ms
        model = self.energy
        hanging_kg = model.trolley_kg + model.spreader_kg + box_kg
        rolled = hanging_kg * stacks * model.stack_mm + (hanging_kg + model.gantry_kg) * bays * model.bay_mm
        self.work_uj += rolled * _GRAVITY_MM_PER_S2 * model.rolling_per_mille // (10 * model.efficiency_percent)
        self.bay, self.stack = bay, stack

    def _hoist(self, tiers: int, *, down_kg: int, up_kg: int) -> None:
        self.worked_ms += tiers * (self.times.hoist_empty_ms + self.times.hoist_loaded_ms)
        model = self.energy
        lift_uj_per_kg = tiers * model.tier_mm * _GRAVITY_MM_PER_S2
        self.work_uj += lift_uj_per_kg * up_kg * 100 // model.efficiency_percent
        self.work_uj -= lift_uj_per_kg * down_kg * model.regained_percent // 100


def _spot(bay: int, stack: int) -> str:
    return f"stack {stack}" if bay == 1 else f"bay {bay}, stack {stack}"
