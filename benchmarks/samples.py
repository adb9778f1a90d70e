"""Where instances come from, and how several are solved at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

ROOT = Path(__file__).resolve().parent.parent
OWN = Path(__file__).resolve().parent / "samples"
"""Small instances that may lie in this repository."""


def shared(folder: str) -> Path | None:
    """A folder of the public data sets next to the repository; None in a clone that stands alone."""
    path = Path(os.environ.get("CABRIA_SHARED_DATA") or ROOT.parent / "shared" / "data") / folder
    return path if path.exists() else None


def spread(function: Callable[[Item], Answer], items: Iterable[Item], jobs: int) -> Iterator[Answer]:
    """`function` of every item, in order; with more than one job in processes of their own."""
    if jobs <= 1:
        yield from map(function, items)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(function, items)
