"""Tide and wind, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

from cabria.domain.berthing import BerthCase, ShipCall

Array = np.ndarray[Any, np.dtype[Any]]


class Water:
    """When a ship may come and go, and the lowest water between two steps."""

    def __init__(self, case: BerthCase) -> None:
        step = case.rules.step_min
        self.case = case
        self.times = range(0, case.rules.horizon_min + 1, step)
        self.height = np.array([case.tide.height_mm(at) for at in self.times], np.int64)
        self.gust = np.array([case.gust_kn(at, at + 1) for at in self.times], np.int64)
        self.is_tidal = bool(case.tide.times_min)
        if self.is_tidal:
            within = np.array([case.tide.lowest_mm(at, at + step) for at in self.times[:-1]], np.int64)
            steps = len(within)
            self.lowest = np.zeros((steps, steps + 1), np.int64)
            for start in range(steps):
                self.lowest[start, start + 1 :] = np.minimum.accumulate(within[start:])

    def may_cross(self, draught_mm: int) -> Array:
        """Whether the channel carries her, at each step's begin and the horizon."""
        depth = self.case.quay.channel_depth_mm
        if depth is None or not draught_mm:
            return np.ones(len(self.times), bool)
        return self.height + depth >= draught_mm + self.case.rules.under_keel_clearance_mm

    def is_calm(self, ship: ShipCall) -> Array:
        if ship.wind_limit_kn is None:
            return np.ones(len(self.times), bool)
        return self.gust <= ship.wind_limit_kn

    def lowest_mm(self, start: Array, end: Array) -> Array:
        """The lowest water from step to step; 0 without a tide table."""
        if not self.is_tidal:
            return np.zeros(np.broadcast(start, end).shape, np.int64)
        return self.lowest[start, end]
