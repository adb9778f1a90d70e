"""The door: learn from a history, and give each box a distribution or say that nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.domain.errors import DataError
from cabria.planning.yard.forecast.features import DAY_S, WORD_COLUMNS, Features
from cabria.planning.yard.forecast.problem import ForecastProblem, YardVisit
from cabria.planning.yard.slots.departures import POINTS, Departure

Array = np.ndarray[Any, np.dtype[Any]]
_LEVELS = (np.arange(POINTS) + 0.5) / POINTS
_TEMPERATURES = (0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.8, 2.2, 3.0, 5.0, 10.0)
_LEAST_SPAN_S = 600.0


@dataclass(frozen=True, slots=True)
class Params:
    """`spans` are the classes of time a model tells apart; the last `held_out` of the history calibrates and judges."""

    spans: int = 20
    rounds: int = 40
    leaves: int = 15
    learning_rate: float = 0.1
    most_visits: int = 20_000
    held_out: float = 0.2
    fewest_visits: int = 200
    least_gain: float = 0.01
    """Nats a box by which it must beat the base rate on what was held out, two standard errors off; else it knows
    nothing."""


USUAL = Params()


@dataclass(frozen=True)
class _Model:
    """Classes of the time from `origin` (the plan, or the arrival) to leaving, and who foretells them."""

    edges_s: Array
    foretell: Callable[[Array], Array]
    temperature: float

    def shares(self, features: Array) -> Array:
        raw = np.log(np.clip(self.foretell(features), 1e-9, None)) / self.temperature
        shares = np.exp(raw - raw.max(axis=1, keepdims=True))
        shares = 0.98 * shares / shares.sum(axis=1, keepdims=True) + 0.02 / shares.shape[1]
        return np.asarray(shares)


@dataclass(frozen=True)
class Forecaster:
    """Distributions of departure, learned from one history. `gain` is nats a box over the base rate, held out."""

    features: Features
    base: _Model
    with_plan: _Model
    without_plan: _Model
    gain: float
    knows_nothing: bool

    def distributions(self, visits: Sequence[YardVisit]) -> list[Departure]:
        """When each box will leave, as it was known when it came; the base rate where nothing is known."""
        found: list[Departure | None] = [None] * len(visits)
        for model, numbers in self._by_model(visits):
            shares = model.shares(self.features.of([visits[n] for n in numbers]))
            for n, row in zip(numbers, shares, strict=True):
                reached = np.concatenate([[0.0], np.cumsum(row)])
                reached /= reached[-1]
                points_s = _origin_s(model is self.with_plan, visits[n]) + np.interp(_LEVELS, reached, model.edges_s)
                spread_s = float(points_s[-2] - points_s[1]) / 4
                found[n] = Departure(np.maximum(points_s, visits[n].arrived_s), max(_LEAST_SPAN_S, spread_s))
        return [departure for departure in found if departure is not None]

    def log_losses(self, visits: Sequence[YardVisit]) -> Array:
        """Minus the logarithm of the density, a day, at which each box left. Lower is better."""
        losses = np.zeros(len(visits))
        for model, numbers in self._by_model(visits):
            group = [visits[n] for n in numbers]
            target_s = _targets_s(model is self.with_plan, group)
            losses[numbers] = _log_losses(model, self.features.of(group), target_s)
        return losses

    def ranks(self, visits: Sequence[YardVisit]) -> Array:
        """The foretold chance that each box would have left by the time it did: even between 0 and 1 if calibrated."""
        ranks = np.zeros(len(visits))
        for model, numbers in self._by_model(visits):
            group = [visits[n] for n in numbers]
            shares = model.shares(self.features.of(group))
            for n, row, at_s in zip(numbers, shares, _targets_s(model is self.with_plan, group), strict=True):
                ranks[n] = np.interp(at_s, model.edges_s, np.concatenate([[0.0], np.cumsum(row)]))
        return ranks

    def _by_model(self, visits: Sequence[YardVisit]) -> list[tuple[_Model, list[int]]]:
        if self.knows_nothing:
            return [(self.base, list(range(len(visits))))] if visits else []
        planned = [n for n, visit in enumerate(visits) if visit.plan_s is not None]
        others = [n for n, visit in enumerate(visits) if visit.plan_s is None]
        return [(m, numbers) for m, numbers in ((self.with_plan, planned), (self.without_plan, others)) if numbers]


def solve(problem: ForecastProblem, *, seed: int = 0, params: Params = USUAL) -> Forecaster:
    """Learn. Raises DataError for a history of fewer than ten visits."""
    visits = problem.visits[-params.most_visits :]
    if len(visits) < 10:
        raise DataError(f"A history of {len(visits)} visits is too short to learn from.", remedy="Give ten or more.")
    held = max(1, int(params.held_out * len(visits)))
    learned, kept = visits[:-held], visits[-held:]
    features = Features(learned)
    base = _base_model(_targets_s(False, learned), params)
    with_plan, without_plan = (_fit(features, learned, kept, plan, base, seed, params) for plan in (True, False))
    forecaster = Forecaster(features, base, with_plan, without_plan, 0.0, False)
    by_base = _log_losses(base, features.of(kept), _targets_s(False, kept))
    gains = by_base - forecaster.log_losses(kept)
    gain = float(gains.mean())
    sure_gain = gain - 2 * float(gains.std()) / len(kept) ** 0.5
    is_blind = len(visits) < params.fewest_visits or sure_gain < params.least_gain
    return Forecaster(features, base, with_plan, without_plan, gain, is_blind)


def _origin_s(is_planned: bool, visit: YardVisit) -> int:
    return visit.plan_s if is_planned and visit.plan_s is not None else visit.arrived_s


def _targets_s(is_planned: bool, visits: Sequence[YardVisit]) -> Array:
    return np.array([visit.arrived_s + visit.stay_s - _origin_s(is_planned, visit) for visit in visits], float)


def _edges_s(targets_s: Array, spans: int) -> Array:
    """Bounds of about equally frequent classes, never nearer to each other than some minutes."""
    edges = np.quantile(targets_s, np.linspace(0, 1, spans + 1))
    edges[0] -= DAY_S / 4
    edges[-1] += 3 * DAY_S
    kept = [float(edges[0])]
    for edge in edges[1:]:
        if edge - kept[-1] >= _LEAST_SPAN_S:
            kept.append(float(edge))
    return np.array(kept)


def _classes(edges_s: Array, targets_s: Array) -> Array:
    return np.clip(np.searchsorted(edges_s, targets_s, "right") - 1, 0, len(edges_s) - 2)


def _log_losses(model: _Model, features: Array, targets_s: Array) -> Array:
    shares = model.shares(features)
    own = _classes(model.edges_s, targets_s)
    days = np.diff(model.edges_s)[own] / DAY_S
    return np.asarray(-np.log(shares[np.arange(len(own)), own] / days))


def _base_model(targets_s: Array, params: Params) -> _Model:
    """How often each class of stay was seen, whatever the box."""
    edges_s = _edges_s(targets_s, params.spans)
    counts = np.bincount(_classes(edges_s, targets_s), minlength=len(edges_s) - 1) + 0.5
    shares = counts / counts.sum()
    return _Model(edges_s, lambda features: np.tile(shares, (len(features), 1)), 1.0)


def _fit(
    features: Features,
    learned: Sequence[YardVisit],
    kept: Sequence[YardVisit],
    is_planned: bool,
    base: _Model,
    seed: int,
    params: Params,
) -> _Model:
    """Boosted trees for the boxes with a plan, or for those without; what is too little to learn from gets rates."""
    own, judged = ([v for v in visits if (v.plan_s is not None) is is_planned] for visits in (learned, kept))
    if len(own) < params.fewest_visits // 2:
        return _base_model(_targets_s(is_planned, own), params) if own else base
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

    targets_s = _targets_s(is_planned, own)
    edges_s = _edges_s(targets_s, params.spans)
    classes = _classes(edges_s, targets_s)
    trees = HistGradientBoostingClassifier(
        learning_rate=params.learning_rate,
        max_iter=params.rounds,
        max_leaf_nodes=params.leaves,
        categorical_features=list(WORD_COLUMNS),
        early_stopping=False,
        random_state=seed,
    )
    if len(set(classes.tolist())) < 2:
        return _base_model(targets_s, params)
    rows = features.of(own)
    is_never_known = np.isnan(rows).all(axis=0)
    with threadpool_limits(1):  # threads add in an order of their own, and a small model gains nothing by them
        trees.fit(np.where(is_never_known, 0.0, rows), classes)

    def foretell(rows: Array) -> Array:
        shares = np.zeros((len(rows), len(edges_s) - 1))
        with threadpool_limits(1):
            shares[:, trees.classes_] = trees.predict_proba(np.where(is_never_known, 0.0, rows))
        return shares

    if not judged:
        return _Model(edges_s, foretell, 1.0)
    judged_rows, judged_s = features.of(judged), _targets_s(is_planned, judged)
    told = foretell(judged_rows)
    trials = [_Model(edges_s, lambda _: told, temperature) for temperature in _TEMPERATURES]
    best = min(trials, key=lambda trial: float(_log_losses(trial, judged_rows, judged_s).mean()))
    return _Model(edges_s, foretell, best.temperature)
