"""What is known of departures: a distribution for each box, and how good forecasts have been so far.

Nobody says how good a forecast is. Stays and errors of the boxes that have left make the distributions; a forecast
counts only while the distributions made with it have fitted what happened better than those made without any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.domain.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]

POINTS = 16
"""Points of a distribution, each the middle of an equal share."""
_LEVELS = (np.arange(POINTS) + 0.5) / POINTS
_REMEMBERED = 2_000
_FINE = 64
_FINE_LEVELS = (np.arange(_FINE) + 0.5) / _FINE
_LEARNED_EVERY = 50
_FEW = 50
"""So many departures must have been seen before a forecast counts."""
_FORGETTING = 0.995
_LEAST_SKILL = 0.02
_LEAST_TAIL_S = 60.0
_PRIOR_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Departure:
    """When a box leaves: `POINTS` ascending times, each the middle of an equal share, and the scale of the tails."""

    points_s: Array
    tail_s: float

    def __post_init__(self) -> None:
        if self.points_s.shape != (POINTS,) or not np.isfinite(self.points_s).all():
            raise DataError(f"A departure needs {POINTS} finite points in time.")
        if (np.diff(self.points_s) < 0).any() or not 0 < self.tail_s < np.inf:
            raise DataError("The points of a departure must ascend and its tail be longer than nothing.")


@dataclass(slots=True)
class _Standing:
    arrived_s: float
    forecast_s: float | None
    without: Departure
    with_it: Departure | None


class DepartureSkill:
    """Learns stays and the errors of forecasts from departures, and gives each arriving box its distribution.

    `usual_stay_s` is the mean stay to start from, before anything was seen. Memory is bounded: the last departures and
    one entry for each box that stands.
    """

    def __init__(self, usual_stay_s: float = 5 * 86_400.0) -> None:
        if not 0 < usual_stay_s < 1e9:
            raise DataError("The usual stay must be longer than nothing and shorter than thirty years.")
        self._stays_s = np.zeros(_REMEMBERED)
        self._errors_s = np.zeros(_REMEMBERED)
        self._left = self._errors = 0
        self._left_with_forecast = 0
        self._loss_with = self._loss_without = 0.0
        self._standing: dict[object, _Standing] = {}
        self._first_guess_s = -usual_stay_s * np.log(1 - _FINE_LEVELS)
        self._stay_points_s = self._first_guess_s
        self._error_points_s = np.zeros(_FINE)
        self._learn()

    @property
    def skill(self) -> float:
        """By how much forecasts have lowered the loss of the distributions (CRPS): 1 perfect, 0 worth nothing."""
        if self._left_with_forecast < _FEW or self._loss_without <= 0:
            return 0.0
        return max(0.0, 1 - self._loss_with / self._loss_without)

    @property
    def knows_nothing(self) -> bool:
        """Whether forecasts are left aside, because they have shown no skill or have not been tried enough."""
        return self.skill < _LEAST_SKILL

    @property
    def skill_used(self) -> float:
        """`skill` where forecasts count, 0 where they are left aside."""
        return 0.0 if self.knows_nothing else min(1.0, self.skill)

    @property
    def usual_stays_s(self) -> Array:
        """Points of the stay of a box that comes next."""
        return self._stay_points_s[1::2]

    def arrived(self, box: object, now_s: float, forecast: float | Departure | None = None) -> Departure:
        """The distribution of an arriving box. `forecast` is a point in time, a distribution, or None.

        A distribution is taken as it is, while such forecasts show skill; a point gets the errors seen so far.
        """
        without = Departure(now_s + self._base_points_s, self._base_tail_s)
        with_it = forecast if isinstance(forecast, Departure) or forecast is None else None
        forecast_s = None
        if forecast is not None and not isinstance(forecast, Departure):
            forecast_s = forecast
            with_it = self._with_forecast(now_s, forecast, without)
        self._standing[box] = _Standing(now_s, forecast_s, without, with_it)
        return without if with_it is None or self.knows_nothing else with_it

    def left(self, box: object, now_s: float) -> None:
        """Learn from a departure; one of a box never told about is passed over."""
        seen = self._standing.pop(box, None)
        if seen is None:
            return
        self._stays_s[self._left % _REMEMBERED] = now_s - seen.arrived_s
        self._left += 1
        if seen.forecast_s is not None:
            self._errors_s[self._errors % _REMEMBERED] = seen.forecast_s - now_s
            self._errors += 1
        if seen.with_it is not None:
            self._left_with_forecast += 1
            if self._left_with_forecast > _FEW // 2:
                self._loss_with = _FORGETTING * self._loss_with + _crps(seen.with_it.points_s, now_s)
                self._loss_without = _FORGETTING * self._loss_without + _crps(seen.without.points_s, now_s)
        if self._left % _LEARNED_EVERY == 0 or self._left in (10, 25):
            self._learn()

    def _learn(self) -> None:
        stays_s = self._stays_s[: min(self._left, _REMEMBERED)]
        known = np.concatenate([stays_s, np.resize(self._first_guess_s, max(_FINE, int(_PRIOR_WEIGHT * _REMEMBERED)))])
        if len(stays_s) >= _REMEMBERED:
            known = stays_s
        self._stay_points_s = np.quantile(known, _FINE_LEVELS)
        self._base_points_s = np.quantile(known, _LEVELS)
        self._base_tail_s = max(_LEAST_TAIL_S, float(known.mean()))
        logs = np.log(np.maximum(known, 60.0))
        shares, self._log_edges = np.histogram(logs, 24)
        widths_s = np.diff(np.exp(self._log_edges))
        smooth = np.convolve(shares + 0.2, (0.25, 0.5, 0.25), "same")
        self._density = smooth / widths_s
        if self._errors >= 10:
            errors_s = self._errors_s[: min(self._errors, _REMEMBERED)]
            self._error_points_s = np.quantile(errors_s, _FINE_LEVELS)[::-1]

    def _with_forecast(self, now_s: float, forecast_s: float, without: Departure) -> Departure:
        """Stay times the error seen so often: Bayes' rule on the points that the errors of the past suggest."""
        at_s = forecast_s - self._error_points_s
        stays_s = at_s - now_s
        place = np.searchsorted(self._log_edges, np.log(np.maximum(stays_s, 60.0)), "right") - 1
        weights = np.where(stays_s > 0, self._density[np.clip(place, 0, len(self._density) - 1)], 0.0)
        total = weights.sum()
        if total <= 0:
            return without
        reached = np.cumsum(weights) - weights / 2
        points_s = np.interp(_LEVELS, reached / total, at_s)
        spread_s = float(self._error_points_s[0] - self._error_points_s[-1]) / 4
        return Departure(points_s, max(_LEAST_TAIL_S, min(spread_s, self._base_tail_s)))


def _crps(points_s: Array, at_s: float) -> float:
    """Continuous ranked probability score of points of equal weight (Gneiting and Raftery 2007), in seconds."""
    ranks = 2 * np.arange(1, len(points_s) + 1) - len(points_s) - 1
    spread = float((ranks * points_s).sum()) / len(points_s) ** 2
    return float(np.abs(points_s - at_s).mean()) - spread
