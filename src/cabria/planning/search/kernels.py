"""Random numbers for kernels: a generator of their own, so that a seed gives one plan on every machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[Any]]


def generator(seed: int) -> Array:
    """State of the generator, one uint64: never 0, well mixed for small seeds."""
    mixed = ((seed + 1) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    return np.array([mixed or 1], np.uint64)


_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
"""Without Numba's reference counting, as nothing is allocated here; kernels without it may then call these too."""


@njit("uint64(uint64[::1])", **_QUICK)
def _draw(state: Array) -> Any:
    """The next of 2^64 numbers (xorshift64*, Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return x * np.uint64(2685821657736338717)


@njit("int64(uint64[::1], int64)", **_QUICK)
def random_below(state: Array, limit: int) -> Any:
    """A whole number from 0 to before `limit`."""
    return np.int64((_draw(state) >> np.uint64(33)) % np.uint64(limit))


@njit("float64(uint64[::1])", **_QUICK)
def random_share(state: Array) -> Any:
    """A number from 0 to before 1."""
    return (_draw(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
