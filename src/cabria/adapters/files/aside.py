"""Reading in a second process while this one does something else: both are Python, so threads would only take turns."""

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
READER = (
    "import gc, pickle, sys; gc.disable(); work = pickle.load(sys.stdin.buffer); "
    "sys.stdout.buffer.write(pickle.dumps(work(), pickle.HIGHEST_PROTOCOL))"
)


def read_aside(read: partial[T], folder: Path, meanwhile: Callable[[], object]) -> T:
    """What `read` returns; `meanwhile` is done at the same time where the folder is large and there are two cores.

    The second process is a convenience only: whatever goes wrong there, `read` is called here and its errors are the
    ones that are raised. `read` is a function of a module with arguments that can be pickled; so is what it returns.
    """
    if not _is_worth_it(folder):
        return read()
    try:
        reader = subprocess.Popen(
            [sys.executable, "-P", "-c", READER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return read()
    try:
        assert reader.stdin is not None
        with suppress(BrokenPipeError), reader.stdin:
            reader.stdin.write(pickle.dumps(read))
        reader.stdin = None
        meanwhile()
        sent, _ = reader.communicate()
    except BaseException:
        reader.kill()
        reader.communicate()
        raise
    if reader.returncode:
        return read()
    with without_collector():
        return cast(T, pickle.loads(sent))


def _is_worth_it(folder: Path) -> bool:
    if (os.cpu_count() or 1) < 2 or not sys.executable:
        return False
    try:
        return sum(path.stat().st_size for path in folder.iterdir()) >= WORTH_IT_BYTES
    except OSError:
        return False
