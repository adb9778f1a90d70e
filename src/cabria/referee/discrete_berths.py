"""Judges a plan for discrete berths from scratch: every rule, and the sum of the times ships spend in port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cabria.domain.discrete_berths import Berthing, DiscreteBerths


@dataclass(frozen=True, slots=True)
class BerthJudgement:
    """`cost` is the sum of completion minus arrival over the berthings that name a ship and a berth."""

    cost: int
    problems: tuple[str, ...]

    @property
    def valid(self) -> bool:
        return not self.problems


def judge_berths(given: DiscreteBerths, plan: Sequence[Berthing]) -> BerthJudgement:
    """Ships and berths are told by their number from 1."""
    known = [each for each in plan if each.ship in given.ships and each.berth in given.berths]
    problems = [f"ship {e.ship + 1} or berth {e.berth + 1} does not exist" for e in plan if e not in known]
    problems += _problems_of_presence(given, known)
    problems += [problem for each in known for problem in _problems_of_one(given, each)]
    problems += _overlaps(given, known)
    cost = sum(each.start + given.times[each.ship][each.berth] - given.arrivals[each.ship] for each in known)
    return BerthJudgement(cost, tuple(problems))


def _problems_of_presence(given: DiscreteBerths, plan: Iterable[Berthing]) -> Iterator[str]:
    berthed = [each.ship for each in plan]
    for ship in given.ships:
        if (times := berthed.count(ship)) != 1:
            yield f"ship {ship + 1} berths {times} times"


def _problems_of_one(given: DiscreteBerths, each: Berthing) -> Iterator[str]:
    name = f"ship {each.ship + 1}"
    time = given.times[each.ship][each.berth]
    if time == 0:
        yield f"{name} may not lie at berth {each.berth + 1}"
    if each.start < given.arrivals[each.ship]:
        yield f"{name} starts at {each.start} and arrives at {given.arrivals[each.ship]}"
    if each.start < given.openings[each.berth]:
        yield f"{name} starts at {each.start}, berth {each.berth + 1} opens at {given.openings[each.berth]}"
    done = each.start + time
    if done > given.closings[each.berth]:
        yield f"{name} is done at {done}, berth {each.berth + 1} closes at {given.closings[each.berth]}"
    latest = given.latest_departures[each.ship]
    if latest is not None and done > latest:
        yield f"{name} is done at {done} and must leave by {latest}"


def _overlaps(given: DiscreteBerths, plan: Iterable[Berthing]) -> Iterator[str]:
    for berth in given.berths:
        stays = sorted((e.start, e.start + given.times[e.ship][berth], e.ship) for e in plan if e.berth == berth)
        for (_, done, first), (start, _, second) in pairwise(stays):
            if start < done:
                yield f"ships {first + 1} and {second + 1} lie at berth {berth + 1} at once"
