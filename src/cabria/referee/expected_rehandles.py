"""What tomorrow costs in rehandles when only chances of departure are known: the exact count of boxes in the way, and
a day drawn by chance and replayed lift by lift.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cabria.domain.verdict import Verdict, refuse
from cabria.domain.yard_bay import YardBay
from cabria.domain.yard_forecast import BlockForecast, Departure
from cabria.referee.yard_replay import FIRMINO, BlockMove, CraneTimes, Goal, ReplayRules, replay_block

TIDYING = ReplayRules(goal=Goal.ANY, inside_only=True)
"""Boxes may be put anywhere in their block, and none may leave."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class TidyingJudgement:
    """What a list of moves costs tonight and is worth tomorrow, recomputed from the block and the moves alone."""

    verdict: Verdict
    crane_ms: int
    before: float
    after: float


def judge_tidying(
    block: BlockForecast, moves: Sequence[BlockMove], budget_ms: int, times: CraneTimes = FIRMINO
) -> TidyingJudgement:
    """A no for a move that cannot be done, for more crane time than allowed and for a block made worse."""
    replayed = replay_block(block.bays, moves, TIDYING, times)
    before = expected_rehandles(block.bays, block.departures)
    after = expected_rehandles(replayed.bays[0], block.departures)
    verdict = replayed.verdict
    if verdict and replayed.crane_ms > budget_ms:
        verdict = refuse(f"the moves take {replayed.crane_ms / 1000:g} s of the {budget_ms / 1000:g} s allowed")
    if verdict and after > before + _ROUNDING:
        verdict = refuse(f"expected rehandles rise from {before:.3f} to {after:.3f}")
    return TidyingJudgement(verdict, replayed.crane_ms, before, after)


def expected_rehandles(bays: Sequence[YardBay], departures: Mapping[int, Departure]) -> float:
    """How many boxes are expected to stand above one that leaves tomorrow before them, exactly.

    Each must be lifted aside at least once; where it is put then is not looked at (`drawn_rehandles` does).
    """
    return sum(_dug(stack, tier, departures) for bay in bays for stack in bay.stacks for tier in range(1, len(stack)))


def _dug(stack: Sequence[int], tier: int, departures: Mapping[int, Departure]) -> float:
    """The chance that a box under this one leaves before it.

    Inside a period each leaves at a time of its own, evenly spread: with v of the period still to come, a box below
    is still there with the chance `later + chance * v`. The product is a polynomial in v and is integrated as one.
    """
    below = [departures[box] for box in stack[:tier]]
    own = departures[stack[tier]]
    undisturbed = own.stays
    for other in below:
        undisturbed *= other.stays
    for period, chance in enumerate(own.chances):
        polynomial = [1.0]
        for other in below:
            leaves = other.chances[period]
            later = max(0.0, 1.0 - sum(other.chances[: period + 1]))
            polynomial = [
                later * (polynomial[power] if power < len(polynomial) else 0.0)
                + leaves * (polynomial[power - 1] if power else 0.0)
                for power in range(len(polynomial) + 1)
            ]
        undisturbed += chance * sum(factor / (power + 1) for power, factor in enumerate(polynomial))
    return max(0.0, 1.0 - undisturbed)


def drawn_rehandles(bays: Sequence[YardBay], departures: Mapping[int, Departure], days: int, seed: int = 0) -> float:
    """The mean number of rehandles over days drawn by chance, each replayed.

    A box in the way goes to the lowest stack of its bay with room, of equals the nearest, then the first; when its bay
    is full it goes to the nearest bay with room, and when there is none it waits beside and is put back.
    """
    chance = random.Random(seed)
    return sum(_one_day(bays, _drawn_order(bays, departures, chance)) for _ in range(days)) / days


def _drawn_order(bays: Sequence[YardBay], departures: Mapping[int, Departure], chance: random.Random) -> list[int]:
    leaving: list[tuple[int, float, int]] = []
    for box in sorted(box for bay in bays for stack in bay.stacks for box in stack):
        drawn, inside = chance.random(), chance.random()
        for period, share in enumerate(departures[box].chances):
            drawn -= share
            if drawn < 0:
                leaving.append((period, inside, box))
                break
    return [box for _, _, box in sorted(leaving)]


def _one_day(bays: Sequence[YardBay], order: Sequence[int]) -> int:
    stacks = [[list(stack) for stack in bay.stacks] for bay in bays]
    rehandles = 0
    for wanted in order:
        bay, row = next((b, r) for b, piles in enumerate(stacks) for r, pile in enumerate(piles) if wanted in pile)
        origin = stacks[bay][row]
        beside: list[int] = []
        while origin[-1] != wanted:
            rehandles += 1
            box = origin.pop()
            target = _lowest_near(bays, stacks, bay, row)
            (beside if target is None else target).append(box)
        origin.pop()
        origin.extend(reversed(beside))
    return rehandles


def _lowest_near(
    bays: Sequence[YardBay], stacks: Sequence[Sequence[list[int]]], bay: int, row: int
) -> list[int] | None:
    for place in sorted(range(len(bays)), key=lambda other: (abs(other - bay), other)):
        room = [
            (len(pile), abs(number - row), number)
            for number, pile in enumerate(stacks[place])
            if (place, number) != (bay, row) and len(pile) < bays[place].max_tier
        ]
        if room:
            return stacks[place][min(room)[2]]
    return None
