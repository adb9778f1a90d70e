"""Departures of boxes as tests want them."""

from __future__ import annotations

import numpy as np

from cabria.planning.yard.slots.departures import POINTS, Departure

LEAST_TAIL_S = 60.0


def certain(at_s: float) -> Departure:
    """At that second, and hardly later."""
    return Departure(np.full(POINTS, float(at_s)), LEAST_TAIL_S)
