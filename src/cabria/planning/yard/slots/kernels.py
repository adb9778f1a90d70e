"""The hot loops: how likely a box is to stand in the way, stack by stack, from distributions of departure.

A departure is told by K ascending points in time, each the middle of an equal share of probability, and a `tail_s`:
the scale of the exponential tails before the first and beyond the last point. Where all points are one, it is certain.
`points_s[stack, tier]` and `tails_s[stack, tier]` are those of the boxes that stand, bottom first; `earliest_s[stack]`
are points of the earliest departure of a stack. Times are seconds in floating point: they are guesses, not promises.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[Any]]

LEAST = 1e-300
_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
_F1, _F2, _F3, _I1 = "float64[::1]", "float64[:, ::1]", "float64[:, :, ::1]", "int64[::1]"


@njit(f"float64({_F1}, float64, float64)", **_QUICK)
def survival(points_s: Array, tail_s: float, at_s: float) -> Any:
    """The probability that a box is still there at a time."""
    count = points_s.shape[0]
    edge = 0.5 / count
    if at_s < points_s[0]:
        return 1.0 - edge * np.exp((at_s - points_s[0]) / tail_s)
    if at_s >= points_s[count - 1]:
        return max(LEAST, edge * np.exp((points_s[count - 1] - at_s) / tail_s))
    low, high = 0, count - 1
    while high - low > 1:
        middle = (low + high) // 2
        if points_s[middle] <= at_s:
            low = middle
        else:
            high = middle
    share = (at_s - points_s[low]) / (points_s[high] - points_s[low])
    return 1.0 - (low + 0.5 + share) / count


@njit(f"void({_F1}, float64, {_F1}, {_F1})", **_QUICK)
def survivals(points_s: Array, tail_s: float, at_s: Array, out: Array) -> None:
    """`survival` at ascending times."""
    count = points_s.shape[0]
    edge = 0.5 / count
    passed = 0
    for n in range(at_s.shape[0]):
        while passed < count and points_s[passed] <= at_s[n]:
            passed += 1
        if passed == 0:
            out[n] = 1.0 - edge * np.exp((at_s[n] - points_s[0]) / tail_s)
        elif passed == count:
            out[n] = max(LEAST, edge * np.exp((points_s[count - 1] - at_s[n]) / tail_s))
        else:
            share = (at_s[n] - points_s[passed - 1]) / (points_s[passed] - points_s[passed - 1])
            out[n] = 1.0 - (passed - 0.5 + share) / count


@njit(f"void({_F1}, float64, float64, {_F1})", **_QUICK)
def remaining(points_s: Array, tail_s: float, now_s: float, out: Array) -> None:
    """The points of a box of which is known that it is still there now."""
    count = points_s.shape[0]
    edge = 0.5 / count
    left = survival(points_s, tail_s, now_s)
    for n in range(out.shape[0]):
        level = left * (1.0 - (n + 0.5) / out.shape[0])
        if level <= edge:
            at_s = points_s[count - 1] + tail_s * np.log(edge / level)
        elif level >= 1.0 - edge:
            at_s = points_s[0]
        else:
            place = (1.0 - level) * count - 0.5
            low = min(int(place), count - 2)
            at_s = points_s[low] + (place - low) * (points_s[low + 1] - points_s[low])
        out[n] = max(at_s, now_s)


@njit(f"void(int64, float64, int64, {_F3}, {_F2}, {_F2}, {_F1}, {_F2}, {_I1})", **_QUICK)
def refresh(
    stack: int,
    now_s: float,
    height: int,
    points_s: Array,
    tails_s: Array,
    earliest_s: Array,
    earliest_tail_s: Array,
    scratch_s: Array,
    passed: Array,
) -> None:
    """Write anew when the first of the boxes of a stack will leave, all of them being there now."""
    count = points_s.shape[2]
    earliest_tail_s[stack] = np.inf
    for tier in range(height):
        remaining(points_s[stack, tier], tails_s[stack, tier], now_s, scratch_s[tier])
        earliest_tail_s[stack] = min(earliest_tail_s[stack], tails_s[stack, tier])
        passed[tier] = 0
    written = 0
    while written < count:
        first = -1
        for tier in range(height):
            if passed[tier] < count and (first < 0 or scratch_s[tier, passed[tier]] < scratch_s[first, passed[first]]):
                first = tier
        at_s = scratch_s[first, passed[first]]
        passed[first] += 1
        left = 1.0
        for tier in range(height):
            left *= 1.0 - passed[tier] / count
        while written < count and left <= 1.0 - (written + 0.5) / count:
            earliest_s[stack, written] = at_s
            written += 1


@njit(
    f"void({_F1}, {_F1}, {_F1}, {_I1}, {_I1}, {_I1}, {_F2}, {_F1}, float64, float64, float64, {_F1}, {_F1}, {_F1},"
    f" {_F1})",
    **_QUICK,
)
def price(
    own_s: Array,
    coming_s: Array,
    own_survival: Array,
    stacks: Array,
    height: Array,
    tiers: Array,
    earliest_s: Array,
    earliest_tail_s: Array,
    now_s: float,
    last_share: float,
    unsure: float,
    in_the_way: Array,
    room_lost: Array,
    at_own: Array,
    at_coming: Array,
) -> None:
    """For each of `stacks`, what a box would cost there, in rehandles.

    `in_the_way`: the probability that it leaves after one beneath it. `room_lost`: by how much less the stack suits a
    box that comes later, whose departure is one of `coming_s`: the probability that such a box would have left before
    all in the stack, but would not leave before this one. Where this one takes the last tier, `last_share` of the whole
    counts instead, as far as departures are guessed (`unsure`, up to 1). `own_s` are the points of the box,
    `own_survival` its survival at `coming_s`.
    """
    for n in range(stacks.shape[0]):
        stack = stacks[n]
        suits = suits_after = 0.0
        if height[stack] == 0:
            in_the_way[n] = 0.0
            suits = float(coming_s.shape[0])
            for k in range(coming_s.shape[0]):
                suits_after += own_survival[k]
            left = 1.0
        else:
            left = survival(earliest_s[stack], earliest_tail_s[stack], now_s)
            survivals(earliest_s[stack], earliest_tail_s[stack], own_s, at_own)
            first = 0.0
            for k in range(own_s.shape[0]):
                first += at_own[k]
            in_the_way[n] = max(0.0, 1.0 - first / (own_s.shape[0] * left))
            survivals(earliest_s[stack], earliest_tail_s[stack], coming_s, at_coming)
            for k in range(coming_s.shape[0]):
                suits += at_coming[k]
                suits_after += at_coming[k] * own_survival[k]
        share = suits - suits_after
        if height[stack] + 1 == tiers[stack]:
            share = (1.0 - unsure) * share + unsure * last_share * suits
        room_lost[n] = share / (coming_s.shape[0] * left)
