"""Container numbers by the million, with their check digits (ISO 6346)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cabria.domain.errors import DataError

SERIALS = 1_000_000
STRIDE = 618_033
"""No factor in common with a million, so that every serial comes once."""
# Letters count from 10 and skip the multiples of 11.
LETTER_VALUES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True))


def container_numbers(owners: Sequence[str], count: int, chance: np.random.Generator) -> np.ndarray:
    """`count` numbers, each once, as eleven bytes. Raises DataError when the owners have not so many."""
    if count > SERIALS * len(owners):
        raise DataError(f"{len(owners)} owners have {SERIALS * len(owners):,} container numbers, not {count:,}.")
    row = np.arange(count)
    serial = (int(chance.integers(SERIALS)) + (row // len(owners) + 1) * STRIDE) % SERIALS
    owner = row % len(owners)
    base = np.array([sum(LETTER_VALUES[char] << place for place, char in enumerate(name)) for name in owners])
    text = np.empty((count, 11), np.uint8)
    text[:, :4] = np.array([list(name.encode()) for name in owners], np.uint8)[owner]
    total = base[owner]
    for place in range(6):
        digit = serial // 10 ** (5 - place) % 10
        total = total + (digit << (place + 4))
        text[:, 4 + place] = digit + ord("0")
    text[:, 10] = total % 11 % 10 + ord("0")
    return text.view("S11").ravel()
