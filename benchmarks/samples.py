"""Where instances come from, and how several are solved at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from cabria.adapters.files.yard_bays import YardBayInstance, each_yard_bay
from cabria.domain.errors import DataError

Item = TypeVar("Item")
Answer = TypeVar("Answer")

ROOT = Path(__file__).resolve().parent.parent
OWN = Path(__file__).resolve().parent / "samples"
"""Small instances that may lie in this repository."""


def shared(folder: str) -> Path | None:
    """A folder of the public data sets next to the repository; None in a clone that stands alone."""
    path = Path(os.environ.get("CABRIA_SHARED_DATA") or ROOT.parent / "shared" / "data") / folder
    return path if path.exists() else None


def files_in(path: Path, *endings: str) -> list[Path]:
    """The files below a folder with one of these endings, in order. A file stands for itself, and so does a folder
    without any, so that its reader refuses it by name.
    """
    found = sorted(file for file in path.rglob("*") if file.suffix in endings) if path.is_dir() else []
    return found or [path]


def made_name(path: str) -> str:
    """The name of a made instance's row and solution: its path with nothing in it that a file's name may not hold."""
    return path.replace(":", "-")


def spread(function: Callable[[Item], Answer], items: Iterable[Item], jobs: int) -> Iterator[Answer]:
    """`function` of every item, in order; with more than one job in processes of their own."""
    if jobs <= 1:
        yield from map(function, items)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(function, items)


def yard_bays(paths: Sequence[str | Path]) -> Iterator[YardBayInstance | DataError]:
    """Every bay of the files and folders named, and what is wrong where one cannot be read."""
    for given in map(Path, paths):
        files = sorted(given.glob("*.jsonl*")) if given.is_dir() else [given]
        if not files:
            yield DataError("The folder holds no .jsonl or .jsonl.gz file.", file=str(given))
        for file in files:
            try:
                yield from each_yard_bay(file)
            except DataError as error:
                yield error
