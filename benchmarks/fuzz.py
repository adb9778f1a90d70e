"""What comes from outside is broken in every way: nothing may crash, everything honest beside it goes on.

Each part is a module `fuzz_PART` (`-` as `_`) with `run_part(seconds, seed) -> Row`;
`python -m benchmarks fuzz mqtt --seconds 600`.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path

ANCHORS = """
Goal: ten minutes of broken messages to each inbox (MQTT, HTTP, message files, port calls): no crash (`cost`), what is
honest beside them goes on, and the memory (`mb_half`, `mb_end`) is stable in the second half.
"""
DEFAULT_SECONDS = 10.0
PARTS = ("mqtt", "http", "edi", "port-calls")
Row = dict[str, object]


def default_paths() -> list[str]:
    return [part for part in PARTS if importlib.util.find_spec(_module(part))]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row a part; `seconds` is the wall time of each, `jobs` changes nothing."""
    for part in map(str, paths):
        if part not in default_paths():
            yield {"instance": part, "error": f"{part}: there is no such part. Choose among {', '.join(PARTS)}."}
            continue
        yield {"instance": part} | importlib.import_module(_module(part)).run_part(seconds, seed)


def memory_mb() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4_096 / 1e6


def _module(part: str) -> str:
    return f"benchmarks.fuzz_{part.replace('-', '_')}"
