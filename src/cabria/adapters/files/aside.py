"""Work in a second process while this one does something else: both are Python, so threads would only take turns."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from cabria.adapters.no_collector import without_collector

T = TypeVar("T")

WORTH_IT_BYTES = 500_000
"""A folder of fewer bytes is read before a second process has started."""
WORKER = (
    "import gc, pickle, sys; gc.disable(); work = pickle.load(sys.stdin.buffer); "
    "sys.stdout.buffer.write(pickle.dumps(work(), pickle.HIGHEST_PROTOCOL))"
)


def read_aside(read: partial[T], folder: Path, meanwhile: Callable[[], object]) -> T:
    """What `read` returns; `meanwhile` is done too, beside it where the folder is large and there are two cores."""
    if _is_large(folder):
        return done_aside(read, meanwhile)
    found = read()
    meanwhile()
    return found


def done_aside(work: partial[T], meanwhile: Callable[[], object]) -> T:
    """What `work` returns; `meanwhile` is done here at the same time where there are two cores.

    The second process is a convenience only: whatever goes wrong there, `work` is called here and its errors are the
    ones that are raised. `work` is a function of a module with arguments that can be pickled; so is what it returns.
    """
    worker = _begun(work)
    if worker is None:
        meanwhile()
        return work()
    try:
        meanwhile()
        sent, _ = worker.communicate()
    except BaseException:
        worker.kill()
        worker.communicate()
        raise
    if worker.returncode:
        return work()
    with without_collector():
        return cast(T, pickle.loads(sent))


def _begun(work: partial[T]) -> subprocess.Popen[bytes] | None:
    """The process at work, which has been told all it must know; nothing where none can be had."""
    if (os.cpu_count() or 1) < 2 or not sys.executable:
        return None
    try:
        worker = subprocess.Popen(
            [sys.executable, "-P", "-c", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        assert worker.stdin is not None
        with suppress(BrokenPipeError), worker.stdin:
            worker.stdin.write(pickle.dumps(work, pickle.HIGHEST_PROTOCOL))
        worker.stdin = None
    except BaseException:
        worker.kill()
        worker.communicate()
        raise
    return worker


def _is_large(folder: Path) -> bool:
    try:
        return sum(path.stat().st_size for path in folder.iterdir()) >= WORTH_IT_BYTES
    except OSError:
        return False
