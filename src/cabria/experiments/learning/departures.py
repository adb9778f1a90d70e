"""Learn from a terminal's history when boxes leave, and say whether that may be used: a card for every try.

A model is its recipe: which days of the history, which seed, which program. Learned again from these it is the same,
bit for bit, so what is kept is the card, which anybody can read, and no file that a program would have to trust.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import numpy as np

from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.stays import MONDAY, read_visits
from cabria.domain.errors import DataError
from cabria.experiments.learning.cards import Recipe, digest_of
from cabria.experiments.learning.worth import INCUMBENT, LEARNED, LEVELLING, OURS_ALONE, Worth, worth_of
from cabria.planning.yard.forecast.problem import ForecastProblem, YardVisit
from cabria.planning.yard.forecast.solve import USUAL, Forecaster, Params, solve

MOST_BLOCKS, VISITS_A_BLOCK = 15, 250
"""Slot choice must see a block's boxes leave for a while before it minds what it is told."""
FEWEST_LEARNED, FEWEST_JUDGED = 200, 3 * VISITS_A_BLOCK
SUBJECT = "departures"


class Card(msgspec.Struct, frozen=True):
    """One try. `rehandles` are means a retrieval by rule on the judged days, `saved` the mean and 95 % interval of what
    the model saved there against slot choice that learns by itself, None where nothing was judged; `saved_against` is
    the same against simple rules. Nats are of a
    density a day, over the base rate: `gain` as it was learned, `gain_since` and its standard error on the judged days.
    """

    day: str
    version: str
    recipe: Recipe
    judged_visits: int
    is_used: bool
    reason: str
    gain: float = 0.0
    gain_since: float = 0.0
    gain_since_error: float = 0.0
    rehandles: dict[str, float] = {}
    saved: tuple[float, float, float] | None = None
    saved_against: dict[str, tuple[float, float, float]] = {}
    has_drifted: bool = False
    notes: tuple[str, ...] = ()


def learn(
    folder: HistoryFolder,
    today: date,
    *,
    days: int = 150,
    judged: int = 30,
    seed: int = 0,
    params: Params = USUAL,
) -> Card:
    """Learn from the `days` before the last `judged` ones, and judge on these, which were not learned from.

    Raises DataError for spans that are none.
    """
    if days < 1 or judged < 1:
        raise DataError("Learn from one day or more, and judge on one or more.")
    cut = today - timedelta(judged)
    since = cut - timedelta(days)
    learned, notes = read_visits(folder, since, cut)
    recent, more = read_visits(folder, cut, today)
    begin_s = _first_second(cut)
    unseen = [visit for visit in recent if visit.arrived_s >= begin_s]
    recipe = Recipe(since.isoformat(), cut.isoformat(), len(learned), _digest(learned), seed)
    all_notes = tuple(dict.fromkeys(notes + more))
    told = Card(today.isoformat(), recipe.version, recipe, len(unseen), False, "", notes=all_notes)
    if len(learned) < FEWEST_LEARNED or len(unseen) < FEWEST_JUDGED:
        return msgspec.structs.replace(told, reason=_too_short(len(learned), len(unseen)))
    forecaster = solve(ForecastProblem.of(learned), seed=seed, params=params)
    return _judged(told, forecaster, unseen)


def again(folder: HistoryFolder, card: Card, params: Params = USUAL) -> Forecaster:
    """The model of a card, learned once more. Raises DataError where the history is no longer what that was from."""
    recipe = card.recipe
    learned, _ = read_visits(folder, date.fromisoformat(recipe.since), date.fromisoformat(recipe.until))
    if _digest(learned) != recipe.digest:
        raise DataError(
            f"Model {card.version} cannot be made again: the history from {recipe.since} to {recipe.until} is not what "
            "it was.",
            file=str(folder.root),
            remedy="Learn anew: `cabria history learn`.",
        )
    return solve(ForecastProblem.of(learned), seed=recipe.seed, params=params)


def _digest(visits: Sequence[YardVisit]) -> str:
    return digest_of([repr(visit) for visit in visits])


def _too_short(learned: int, unseen: int) -> str:
    return (
        f"There is too little history: {learned:,} stays to learn from ({FEWEST_LEARNED} are needed) and {unseen:,} to "
        f"judge on ({FEWEST_JUDGED}). The plain rules are used."
    )


def _judged(told: Card, forecaster: Forecaster, unseen: Sequence[YardVisit]) -> Card:
    gains = _gains(forecaster, unseen)
    mean, error = float(gains.mean()), float(gains.std() / math.sqrt(len(gains)))
    worth = worth_of(forecaster, unseen, blocks=min(MOST_BLOCKS, len(unseen) // VISITS_A_BLOCK))
    saved = worth.saved(OURS_ALONE)
    is_used = not forecaster.knows_nothing and mean - 2 * error > 0 and saved.low > 0
    return msgspec.structs.replace(
        told,
        is_used=is_used,
        reason=_reason(forecaster, worth, mean, error),
        gain=forecaster.gain,
        gain_since=mean,
        gain_since_error=error,
        rehandles={rule: interval.mean for rule, interval in worth.rehandles.items()},
        saved=(saved.mean, saved.low, saved.high),
        saved_against={
            rule: (against.mean, against.low, against.high)
            for rule in (LEVELLING, INCUMBENT)
            for against in (worth.saved(rule),)
        },
        has_drifted=not forecaster.knows_nothing and mean + 2 * error < forecaster.gain / 2,
    )


def _gains(forecaster: Forecaster, unseen: Sequence[YardVisit]) -> np.ndarray:
    """Nats over the base rate, box by box."""
    blind = Forecaster(forecaster.features, forecaster.base, forecaster.with_plan, forecaster.without_plan, 0.0, True)
    gains: np.ndarray = blind.log_losses(unseen) - forecaster.log_losses(unseen)
    return gains


def _reason(forecaster: Forecaster, worth: Worth, gain: float, error: float) -> str:
    saved, means = worth.saved(OURS_ALONE), worth.rehandles
    if forecaster.knows_nothing:
        return "What is known of boxes as they come does not tell when they leave. The plain rules are used."
    figures = (
        f"On days that it had not seen it saves {saved.mean:.3f} rehandles a retrieval ({saved.low:.3f} to "
        f"{saved.high:.3f}) against slot choice that learns by itself: {means[LEARNED].mean:.3f} instead of "
        f"{means[OURS_ALONE].mean:.3f}; {worth.saved(LEVELLING)} against levelling, {worth.saved(INCUMBENT)} against "
        "the incumbent's rule."
    )
    if gain - 2 * error <= 0:
        return f"Its forecasts were no better than the base rate lately. {figures} The plain rules are used."
    return f"{figures} {'It is used.' if saved.low > 0 else 'That is not sure; the plain rules are used.'}"


def _first_second(day: date) -> int:
    return (day - MONDAY.date()) // timedelta(seconds=1)
