"""What operations and machines alert to, by word and values: the journal keeps an alert as an English sentence."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cabria.domain.verdict import Values

PROBLEMS = {
    "end-of-unsent-order": "says {order_state} to an order that it was not sent",
    "order-failed": "could not: {why}",
    "order-cancelled-by-itself": "cancelled by itself: {why}",
    "order-ended-is-held": "has an order as {order_state} that has ended, or was never given",
    "order-forgotten": "does not know an order that was {order_state}",
    "order-never-given": "speaks of an order that was never given",
    "order-of-another": "speaks of an order of {machine}",
    "no-answer": "has not answered {times} times",
    "silent-with-order": "is silent with an order since {since_ms} ms",
    "order-refused": "refuses {order}: {why}",
    "crane-silent": "is silent: {why}",
    "job-nobody-gave": "has job {job}, which nobody here gave",
    "memory-lost": "has lost its memory; what it had not told yet is lost",
    "order-nobody-gave": "it executes order {order}, which nobody gave",
    "zone-unknown": "it asks for zone {zone}, which there is not",
    "box-elsewhere": "says that {box} is {place}; it was taken to be {was}",
    "call-changed": "{message} changed a call that is worked. {what}",
    "not-acknowledged": "does not acknowledge {job}",
    "stands-behind-head": "has stood on the lanes for more than {minutes} min behind {truck}: see why {head}, at the "
    "head of the queue, does not go on, or take it out of service",
    "stands-in-ring": "has stood on the lanes for more than {minutes} min behind {truck}: they wait for each other; "
    "take one of them out of service and have it moved by hand",
    "out-on-lanes": "has stood on the lanes out of service for more than {minutes} min ({why}): get it going, or drive "
    "it by hand along its way: it goes on from where it is given back",
    "order-undone": "took an order more than {minutes} min ago and has not done it: look what keeps it, or take it out "
    "of service so that others get its work",
    "tells-nothing": "has told nothing for more than {seconds} s: look at its link and its power",
}
"""In English, as operations/order_desk.py and its neighbours say it. One that is not here is told as it stands."""

NUMBERS = frozenset({"times", "since_ms", "minutes", "seconds"})


class Said(NamedTuple):
    code: str
    values: Values


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", sentence)
    named = (f"(?P<{part}>{'[0-9]+' if part in NUMBERS else '.*?'})" for part in parts[1::2])
    return re.compile(
        "".join(re.escape(text) + name for text, name in zip(parts[::2], [*named, ""], strict=True)), re.S
    )


_PATTERNS = {code: _pattern(sentence) for code, sentence in PROBLEMS.items()}


@lru_cache(maxsize=1_000)  # the same alerts are asked for with every frame
def said(problem: str) -> Said:
    """The word for what was told, with what it names; ("", {}) where it has none."""
    for code, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(problem):
            return Said(code, {k: int(v) if k in NUMBERS else v for k, v in found.groupdict().items()})
    return Said("", {})
