"""When boxes are expected to leave, by what a terminal knows: its ships' timetable, and how long imports stay."""

from __future__ import annotations

from math import exp

import numpy as np

from cabria.domain.containers import ContainerId
from cabria.experiments.demand.profile import Stay, Stream
from cabria.experiments.demand.tables import NONE, Demand


def expected_ms(demand: Demand, rows: np.ndarray, begins_s: int) -> dict[ContainerId, int]:
    """For boxes by row: the ETA of the ship that takes one, or a mean stay after it comes. Milliseconds of the run."""
    boxes, ships = demand.boxes, demand.ships
    profile = demand.profile
    mean_s = np.array([_mean_s(profile.empty_stays[Stream.IMPORT]), _mean_s(profile.stays[Stream.IMPORT])])
    by_road_s = boxes.arrives_s[rows] + mean_s[demand.of_variants("is_full")[rows].astype(np.int64)]
    outbound = boxes.outbound[rows]
    leaves_s = np.where(outbound == NONE, by_road_s, ships.eta_s[outbound])
    names = boxes.number[rows].tolist()
    return {
        ContainerId(name.decode()): 1_000 * at_s
        for name, at_s in zip(names, (leaves_s - begins_s).tolist(), strict=True)
    }


def _mean_s(stay: Stay) -> int:
    return round(3_600 * (stay.least_h + stay.median_h * exp(stay.sigma**2 / 2)))
