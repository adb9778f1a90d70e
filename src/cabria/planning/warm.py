"""`python -m cabria.planning.warm [MODULE ...]`: compile every kernel once, so that no plan waits for it.

Kernels have fixed signatures and are cached, so importing their modules is all it takes. Those of planning are found;
modules elsewhere that hold kernels are named.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from graphlib import TopologicalSorter
from importlib.util import find_spec
from multiprocessing import get_context

import cabria.planning

HOLDS_KERNELS = re.compile(r"^(from|import) numba\b", re.MULTILINE)
IMPORTED = re.compile(r"^from (\S+) import", re.MULTILINE)


def warm(elsewhere: Iterable[str] = ()) -> None:
    """On all cores, each module once: after those whose kernels it calls, lest they are compiled in two processes.

    Of those that may begin the longest is first. Each is told as it is done.
    """
    texts = kernel_modules() | {name: _text(name) for name in elsewhere}
    order = TopologicalSorter(needs(texts))
    order.prepare()
    at_work: set[Future[str]] = set()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        while order.is_active():
            ready = sorted(order.get_ready(), key=lambda name: (-len(texts[name]), name))
            at_work |= {pool.submit(_compiled, name) for name in ready}
            done, at_work = wait(at_work, return_when=FIRST_COMPLETED)
            for each in done:
                print("compiled", each.result(), flush=True)
                order.done(each.result())


def kernel_modules() -> dict[str, str]:
    """The modules of planning that hold kernels, and their text."""
    names = (module.name for module in pkgutil.walk_packages(cabria.planning.__path__, "cabria.planning."))
    texts = ((name, _text(name)) for name in names)
    return {name: text for name, text in texts if HOLDS_KERNELS.search(text)}


def needs(texts: Mapping[str, str]) -> dict[str, set[str]]:
    """By module those of the others that it imports."""
    return {name: texts.keys() & set(IMPORTED.findall(text)) for name, text in texts.items()}


def _text(module: str) -> str:
    spec = find_spec(module)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"There is no module {module}.", name=module)
    return spec.loader.get_source(module) or ""  # type: ignore[attr-defined]


def _compiled(module: str) -> str:
    importlib.import_module(module)
    return module


if __name__ == "__main__":
    warm(sys.argv[1:])
