"""Judges a plan for a tidal quay from scratch: every rule, and the sum of completion minus arrival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from cabria.domain.tidal_quay import QuayStay, TidalQuay
from cabria.referee.discrete_berths import BerthJudgement


def judge_tidal_quay(given: TidalQuay, plan: Sequence[QuayStay]) -> BerthJudgement:
    """Ships are told by their number from 1."""
    known = [stay for stay in plan if stay.ship in given.ships]
    problems = [f"ship {stay.ship + 1} does not exist" for stay in plan if stay not in known]
    berthed = [stay.ship for stay in known]
    problems += [f"ship {s + 1} berths {berthed.count(s)} times" for s in given.ships if berthed.count(s) != 1]
    problems += [problem for stay in known for problem in _problems_of_one(given, stay)]
    problems += [problem for one, other in combinations(known, 2) for problem in _clash(given, one, other)]
    cost = sum(stay.start + given.times[stay.ship] - given.arrivals[stay.ship] for stay in known)
    return BerthJudgement(cost, tuple(problems))


def _problems_of_one(given: TidalQuay, stay: QuayStay) -> Iterator[str]:
    name = f"ship {stay.ship + 1}"
    if stay.start < given.arrivals[stay.ship]:
        yield f"{name} starts at {stay.start} and arrives at {given.arrivals[stay.ship]}"
    done = stay.start + given.times[stay.ship]
    if not any(tide.begin <= done <= tide.end for tide in given.tides):
        yield f"{name} is done at {done}, in no tide"
    if not 0 <= stay.position <= given.length - given.lengths[stay.ship]:
        yield f"{name} lies at {stay.position}, beyond the quay"


def _clash(given: TidalQuay, one: QuayStay, other: QuayStay) -> Iterator[str]:
    apart_in_time = (
        one.start + given.times[one.ship] <= other.start or other.start + given.times[other.ship] <= one.start
    )
    apart_on_quay = (
        one.position + given.lengths[one.ship] <= other.position
        or other.position + given.lengths[other.ship] <= one.position
    )
    if not apart_in_time and not apart_on_quay:
        yield f"ships {one.ship + 1} and {other.ship + 1} lie over each other"
