"""`python -m cabria.planning.warm`: compile every kernel once, so that no plan waits for it.

Kernels have fixed signatures and are cached, so importing their modules is all it takes.
"""

from __future__ import annotations

import importlib
import pkgutil

import cabria.planning


def warm() -> None:
    for module in pkgutil.walk_packages(cabria.planning.__path__, "cabria.planning."):
        if module.name.endswith("kernels"):
            print(f"compiling {module.name}", flush=True)
            importlib.import_module(module.name)


if __name__ == "__main__":
    warm()
