"""Road trucks for boxes that come or leave by road: their appointments, how punctual they are, who does both ways."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cabria.experiments.demand.profile import RoadHours
from cabria.experiments.demand.tables import NEVER_S, NONE, RoadVisits

HOUR_S = 3_600


class Errands(NamedTuple):
    """Boxes that road trucks bring, or fetch: their rows, when that is planned, and when it is at the latest, or at
    the earliest."""

    rows: np.ndarray
    planned_s: np.ndarray
    limit_s: np.ndarray


def road_visits(road: RoadHours, brought: Errands, fetched: Errands, chance: np.random.Generator) -> RoadVisits:
    """One truck a box, but for those that bring one and fetch another within the hour. By when they come."""
    brought_s, brought_booked_s = _arrivals(road, brought, chance)
    fetched_s, fetched_booked_s = _arrivals(road, fetched, chance)
    brought_s = np.minimum(brought_s, brought.limit_s)
    fetched_s = np.maximum(fetched_s, fetched.limit_s)
    one, other = _pairs(brought_s, fetched_s, road.both_ways)
    in_time = brought_s[one] >= fetched.limit_s[other]
    one, other = one[in_time], other[in_time]
    takes = np.full(len(brought_s), NONE)
    takes[one] = fetched.rows[other]
    alone = np.ones(len(fetched_s), bool)
    alone[other] = False
    arrives_s = np.concatenate((brought_s, fetched_s[alone]))
    order = np.argsort(arrives_s, kind="stable")
    return RoadVisits(
        arrives_s=arrives_s[order],
        appointment_s=np.concatenate((brought_booked_s, fetched_booked_s[alone]))[order],
        brings=np.concatenate((brought.rows, np.full(int(alone.sum()), NONE)))[order],
        takes=np.concatenate((takes, fetched.rows[alone]))[order],
    )


def _arrivals(road: RoadHours, errands: Errands, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """When trucks come and when their booked hours begin."""
    count = len(errands.rows)
    has_booked = chance.random(count) < road.by_appointment
    off_s = (chance.normal(0, 60 * road.off_min, count)).astype(np.int64) * has_booked
    return errands.planned_s + off_s, np.where(has_booked, errands.planned_s // HOUR_S * HOUR_S, NEVER_S)


def _pairs(one_s: np.ndarray, other_s: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Of both kinds, those that are the first of their hour, as many as a share of the rarer kind."""
    if not len(one_s) or not len(other_s):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    begin = min(int(one_s.min()), int(other_s.min())) // HOUR_S
    hours = [at_s // HOUR_S - begin for at_s in (one_s, other_s)]
    span = int(max(hour.max() for hour in hours)) + 1
    pairs = (share * np.minimum(*(np.bincount(hour, minlength=span) for hour in hours))).astype(np.int64)
    return _first(hours[0], pairs), _first(hours[1], pairs)


def _first(hour: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The first `wanted` rows of each hour, by hour."""
    order = np.argsort(hour, kind="stable")
    sorted_hour = hour[order]
    rank = np.arange(len(hour)) - np.searchsorted(sorted_hour, sorted_hour)
    first: np.ndarray = order[rank < wanted[sorted_hour]]
    return first
