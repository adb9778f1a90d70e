"""`python -m cabria.planning.warm`: compile every kernel once, so that no plan waits for it.

Kernels have fixed signatures and are cached, so importing their modules is all it takes.
"""

from __future__ import annotations

import importlib
import pkgutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import cabria.planning

SHARED = "cabria.planning.search.kernels"
"""What the other kernels call: compiled first, lest each compiles it again."""


def warm() -> None:
    """On all cores, telling each room as it is done."""
    print("compiling the kernels of", SHARED.rpartition(".")[0], flush=True)
    importlib.import_module(SHARED)
    rooms = [
        module.name for module in pkgutil.walk_packages(cabria.planning.__path__, "cabria.planning.") if module.ispkg
    ]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for room in pool.map(_compiled, rooms):
            print("compiled", room, flush=True)


def _compiled(room: str) -> str:
    """Import all modules of a room, those of its sub-rooms left to themselves."""
    for module in pkgutil.iter_modules(importlib.import_module(room).__path__, f"{room}."):
        if not module.ispkg:
            importlib.import_module(module.name)
    return room


if __name__ == "__main__":
    warm()
