"""Learn how long something takes, and say whether that is worth something: in waiting, on days not learned from.

Gradient-boosted trees for the mean and for both ends of an interval; the interval is made wider or narrower by what
the last of the days learned from show (conformalized quantile regression: Romano, Patterson and Candès 2019), and
whether nine of ten fall into it is checked on days that nothing was learned from.

The worth of a time is whose waiting it is for. Something is sent, or begun, so long before it is wanted as is foretold:
a truck to a crane, a gang to a ship. Foretold too long or too short a time, one side waits or the other. Both rules get
the same margin on top, such that trucks (or ships) wait as long with one as with the other; what is left is cranes'
waiting, and that is compared day by day.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
import numpy as np

from cabria.adapters.history.folder import HistoryFolder
from cabria.domain.errors import DataError
from cabria.experiments.learning.cards import Recipe, digest_of
from cabria.experiments.learning.worth import Interval

Array = np.ndarray[Any, np.dtype[Any]]
LEARNED, PLAIN = "learned", "plain"
COVERED, LEAST_COVERED = 0.9, 0.8
"""Of the intervals: what is promised, and what must be kept on the days judged."""
FEWEST_DAYS = 3
MOST_SEEN = 40_000
MOST_WORDS = 100
HELD_OUT = 0.2


class Seen(NamedTuple):
    """Something that took its time on a day. `words` (the first is its kind) and `numbers` are what was known before it
    began; `row` is who did it: what one does in a row is foretold together."""

    day: str
    row: str
    words: tuple[str, ...]
    numbers: tuple[float, ...]
    took_s: float


class Subject(NamedTuple):
    """What is learned. `steps` in a row are foretold at once. `late_waits` is whether cranes wait when it takes longer
    than was foretold, or when it takes less. The plain rule counts the mean of its kind, or `plain_s` where that is
    said. `told_by` is the word by which times are told, by its place, and `may_tell` whose time counts there. `fewest`
    are needed to learn from, and a quarter of them to judge on.
    """

    name: str
    meaning: str
    read: Callable[[HistoryFolder, date, date], tuple[list[Seen], tuple[str, ...]]]
    late_waits: bool
    steps: int = 1
    plain_s: float | None = None
    told_by: int = 1
    may_tell: Callable[[Seen], bool] = lambda seen: True
    fewest: int = 200


class Effort(NamedTuple):
    """Of learning."""

    rounds: int = 60
    leaves: int = 15
    learning_rate: float = 0.1


USUAL = Effort()


class TimesCard(msgspec.Struct, frozen=True):
    """One try. Seconds a handling on the judged days: `error_s` is the mean error by rule, `waits_s` the crane's
    waiting, `saved_s` its mean and 95 % interval over days, None where nothing was judged. `covered` is the share of
    times that fell into their 90 % interval, which is `width_s` wide in the mean. `times_s` are mean times by machine,
    block or service, for who may use them, `at_least_s` the means of their intervals' lower ends, which one in twenty
    falls short of; `lately_s` what they took on the judged days.
    """

    subject: str
    day: str
    version: str
    recipe: Recipe
    judged: int
    is_used: bool
    reason: str
    error_s: dict[str, float] = {}
    waits_s: dict[str, float] = {}
    saved_s: tuple[float, float, float] | None = None
    covered: float = 0.0
    width_s: float = 0.0
    gain_s: float = 0.0
    gain_since_s: float = 0.0
    has_drifted: bool = False
    times_s: dict[str, float] = {}
    at_least_s: dict[str, float] = {}
    lately_s: dict[str, float] = {}
    notes: tuple[str, ...] = ()


def learn(
    subject: Subject,
    folder: HistoryFolder,
    today: date,
    *,
    days: int = 150,
    judged: int = 30,
    seed: int = 0,
    effort: Effort = USUAL,
) -> TimesCard:
    """Learn from the `days` before the last `judged` ones, and judge on these. Raises DataError for spans that are
    none."""
    if days < 1 or judged < 1:
        raise DataError("Learn from one day or more, and judge on one or more.")
    cut = today - timedelta(judged)
    since = cut - timedelta(days)
    (seen, notes), (unseen, more) = subject.read(folder, since, cut), subject.read(folder, cut, today)
    seen, unseen = seen[-MOST_SEEN:], unseen[-MOST_SEEN:]
    recipe = Recipe(since.isoformat(), cut.isoformat(), len(seen), digest_of(seen), seed)
    all_notes = tuple(dict.fromkeys(notes + more))
    told = TimesCard(subject.name, today.isoformat(), recipe.version, recipe, len(unseen), False, "", notes=all_notes)
    judged_days = len(set(_in_a_row(subject.steps, unseen, _took(unseen))[1]))
    if len(seen) < subject.fewest or 4 * len(unseen) < subject.fewest or judged_days < FEWEST_DAYS:
        return msgspec.structs.replace(told, reason=_too_short(subject, len(seen), len(unseen), judged_days))
    return _judged(told, subject, fit(seen, subject, seed=seed, effort=effort), unseen)


def _too_short(subject: Subject, seen: int, unseen: int, days: int) -> str:
    return (
        f"There is too little history: {seen:,} to learn from ({subject.fewest} are needed) and {unseen:,} on {days} "
        f"days to judge on ({subject.fewest // 4} on {FEWEST_DAYS}). The plain rule is used."
    )


@dataclass(frozen=True)
class Times:
    """Mean times and their intervals. `gain_s` is by how much smaller the error was than the plain rule's, held out;
    where it was not surely smaller, it knows nothing and says what the plain rule says."""

    words: tuple[Mapping[str, int], ...]
    plain_s: Mapping[str, float]
    foretell: Callable[[Array], tuple[Array, Array, Array]]
    wider_s: float
    gain_s: float
    knows_nothing: bool

    def plain(self, seen: Sequence[Seen]) -> Array:
        usual = self.plain_s[""]
        return np.array([self.plain_s.get(each.words[0], usual) for each in seen])

    def mean_s(self, seen: Sequence[Seen]) -> Array:
        return self.plain(seen) if self.knows_nothing else self.foretell(_table(self.words, seen))[0]

    def intervals_s(self, seen: Sequence[Seen]) -> tuple[Array, Array]:
        """Nine of ten fall between these."""
        _, low, high = self.foretell(_table(self.words, seen))
        return low - self.wider_s, high + self.wider_s


def fit(seen: Sequence[Seen], subject: Subject, *, seed: int = 0, effort: Effort = USUAL) -> Times:
    """Learn from some two or more, in the order of their time; the last fifth calibrates and judges."""
    held = max(1, int(HELD_OUT * len(seen)))
    learned, kept = seen[:-held], seen[-held:]
    words = _numbered(learned)
    foretell = _trees(_table(words, learned), _took(learned), len(words), seed, effort)
    blind = Times(words, _means(learned, subject.plain_s), foretell, 0.0, 0.0, True)
    took = _took(kept)
    mean, low, high = foretell(_table(words, kept))
    gains = np.abs(took - blind.plain(kept)) - np.abs(took - mean)
    gain = float(gains.mean())
    beyond = np.sort(np.maximum(low - took, took - high))
    wider = float(beyond[min(len(beyond) - 1, math.ceil(COVERED * (len(beyond) + 1)) - 1)])
    is_blind = gain - 2 * float(gains.std()) / math.sqrt(len(kept)) <= 0
    return Times(words, blind.plain_s, foretell, wider, gain, is_blind)


def _numbered(seen: Sequence[Seen]) -> tuple[Mapping[str, int], ...]:
    """By place: a number for each word, in order of how often it was seen; rare and new ones share 0."""
    numbers = []
    for place in range(len(seen[0].words)):
        counts: dict[str, int] = defaultdict(int)
        for each in seen:
            counts[each.words[place]] += 1
        common = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
        numbers.append({word: number for number, word in enumerate(common, 1)})
    return tuple(numbers)


def _table(words: Sequence[Mapping[str, int]], seen: Sequence[Seen]) -> Array:
    rows = [
        [*(number.get(word, 0) for number, word in zip(words, each.words, strict=True)), *each.numbers] for each in seen
    ]
    return np.array(rows, float).reshape(len(seen), -1)


def _took(seen: Sequence[Seen]) -> Array:
    return np.array([each.took_s for each in seen])


def _means(seen: Sequence[Seen], plain_s: float | None) -> dict[str, float]:
    """By kind; "" is the mean of all."""
    if plain_s is not None:
        return {"": plain_s}
    by_kind: dict[str, list[float]] = defaultdict(list)
    for each in seen:
        by_kind[each.words[0]].append(each.took_s)
    return {"": float(_took(seen).mean())} | {kind: float(np.mean(took)) for kind, took in by_kind.items()}


def _trees(
    rows: Array, took: Array, words: int, seed: int, effort: Effort
) -> Callable[[Array], tuple[Array, Array, Array]]:
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

    def trees(**loss: Any) -> Any:
        model = HistGradientBoostingRegressor(
            learning_rate=effort.learning_rate,
            max_iter=effort.rounds,
            max_leaf_nodes=effort.leaves,
            categorical_features=list(range(words)),
            early_stopping=False,
            random_state=seed,
            **loss,
        )
        return model.fit(rows, took)

    with threadpool_limits(1):  # threads add in an order of their own
        models = (
            trees(),
            trees(loss="quantile", quantile=(1 - COVERED) / 2),
            trees(loss="quantile", quantile=(1 + COVERED) / 2),
        )

    def foretell(rows: Array) -> tuple[Array, Array, Array]:
        with threadpool_limits(1):
            mean, low, high = (np.asarray(model.predict(rows)) for model in models)
        return mean, np.minimum(low, mean), np.maximum(high, mean)

    return foretell


def _judged(told: TimesCard, subject: Subject, times: Times, unseen: Sequence[Seen]) -> TimesCard:
    took, plain, mean = _took(unseen), times.plain(unseen), times.mean_s(unseen)
    gains = np.abs(took - plain) - np.abs(took - mean)
    gain, gain_error = float(gains.mean()), float(gains.std() / math.sqrt(len(gains)))
    low, high = times.intervals_s(unseen)
    covered = float(((low <= took) & (took <= high)).mean())
    waits = crane_waits(subject, unseen, {LEARNED: mean, PLAIN: plain})
    saved = Interval.of([plain_s - learned_s for plain_s, learned_s in zip(*_by_day(waits), strict=True)])
    is_used = not times.knows_nothing and saved.low > 0 and covered >= LEAST_COVERED
    card = msgspec.structs.replace(
        told,
        is_used=is_used,
        error_s={LEARNED: float(np.abs(took - mean).mean()), PLAIN: float(np.abs(took - plain).mean())},
        waits_s={rule: float(np.mean([s for day in found.values() for s in day])) for rule, found in waits.items()},
        saved_s=(saved.mean, saved.low, saved.high),
        covered=covered,
        width_s=float((high - low).mean()),
        gain_s=times.gain_s,
        gain_since_s=gain,
        has_drifted=not times.knows_nothing and gain + 2 * gain_error < times.gain_s / 2,
        times_s=_told(subject, unseen, mean) if is_used else {},
        at_least_s=_told(subject, unseen, low) if is_used else {},
        lately_s=_told(subject, unseen, took),
    )
    return msgspec.structs.replace(card, reason=_reason(card, times))


def _by_day(waits: Mapping[str, Mapping[str, Sequence[float]]]) -> tuple[list[float], list[float]]:
    """Mean waiting of each day, of the plain rule and of what was learned."""
    plain, learned = waits[PLAIN], waits[LEARNED]
    return [float(np.mean(plain[day])) for day in plain], [float(np.mean(learned[day])) for day in plain]


def crane_waits(
    subject: Subject, seen: Sequence[Seen], foretold: Mapping[str, Array]
) -> dict[str, dict[str, list[float]]]:
    """Seconds that cranes wait for each handling, by rule and day, when by every rule the other side waits as long as
    by the plain one without a margin."""
    took, days = _in_a_row(subject.steps, seen, _took(seen))
    late = {rule: took - _in_a_row(subject.steps, seen, told)[0] for rule, told in foretold.items()}
    if not subject.late_waits:
        late = {rule: -value for rule, value in late.items()}
    others = float(np.maximum(0, -late[PLAIN]).mean())
    found: dict[str, dict[str, list[float]]] = {}
    for rule, value in late.items():
        by_day: dict[str, list[float]] = defaultdict(list)
        for day, seconds in zip(days, np.maximum(0, value - _margin(value, others)).tolist(), strict=True):
            by_day[day].append(seconds)
        found[rule] = dict(by_day)
    return found


def _margin(late: Array, others: float) -> float:
    """The largest with which the others wait no longer in the mean."""
    low, high = -float(np.abs(late).max()) - others - 1, float(np.abs(late).max()) + others + 1
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(np.maximum(0, middle - late).mean()) <= others else (low, middle)
    return (low + high) / 2


def _in_a_row(steps: int, seen: Sequence[Seen], values: Array) -> tuple[Array, list[str]]:
    """Sums of so many in a row of one machine and day, and the days of the first."""
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, each in enumerate(seen):
        rows[each.day, each.row].append(number)
    sums, days = [], []
    for (day, _), numbers in rows.items():
        for first in range(0, len(numbers) - steps + 1, steps):
            sums.append(float(values[numbers[first : first + steps]].sum()))
            days.append(day)
    return np.array(sums), days


def _told(subject: Subject, seen: Sequence[Seen], times_s: Array) -> dict[str, float]:
    """Means by the word they are told by."""
    by_word: dict[str, list[float]] = defaultdict(list)
    for each, seconds in zip(seen, times_s.tolist(), strict=True):
        if subject.may_tell(each):
            by_word[each.words[subject.told_by]].append(seconds)
    return {word: round(float(np.mean(seconds)), 1) for word, seconds in sorted(by_word.items())}


def _reason(card: TimesCard, times: Times) -> str:
    if times.knows_nothing:
        return "What is known beforehand tells no more of these times than the plain rule. The plain rule is used."
    assert card.saved_s is not None
    mean, low, high = card.saved_s
    figures = (
        f"On days that it had not seen cranes wait {mean:.1f} s less for each ({low:.1f} to {high:.1f}): "
        f"{card.waits_s[LEARNED]:.1f} s instead of {card.waits_s[PLAIN]:.1f}; error {card.error_s[LEARNED]:.0f} s "
        f"instead of {card.error_s[PLAIN]:.0f}; {card.covered:.0%} fell into the interval of {COVERED:.0%}."
    )
    if low <= 0:
        return f"{figures} That is not sure; the plain rule is used."
    if card.covered < LEAST_COVERED:
        return f"{figures} Its intervals do not hold; the plain rule is used."
    return f"{figures} It is used."
