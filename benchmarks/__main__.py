"""`python -m benchmarks NAME PATH... [--seconds S] [--seed N] [--jobs J] [--out results.csv] [--solutions DIR]`.

Each benchmark is a module with `run(paths, *, seconds, seed, jobs, solutions)` that yields one row a solved instance.
A row with a key `error` is told on stderr instead of written; the others go on and the exit code is 1.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from cabria import __version__

BENCHMARKS = ("edi", "call")
SAID_ONCE = ("benchmark", "seed", "version")
COLUMNS = ["benchmark", "instance", "seed", "cost", "bound", "proven", "cpu_s", "wall_s", "valid", "version"]


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    names = BENCHMARKS if options.name == "all" else (options.name,)
    rows, failures = [], 0
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        paths = options.paths or module.DEFAULT_PATHS
        for row in module.run(
            paths, seconds=options.seconds, seed=options.seed, jobs=options.jobs, solutions=options.solutions
        ):
            if "error" in row:
                failures += 1
                print(f"{row['instance']}: {row['error']}", file=sys.stderr, flush=True)
                continue
            rows.append({"benchmark": name, "seed": options.seed, "version": __version__} | row)
            print(_line(rows[-1]), flush=True)
    if options.out:
        _write_csv(rows, options.out)
    if options.name == "all":
        _write_page(rows, options.page)
    return 1 if failures else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure Cabria on instances in the public formats.",
        epilog="Examples: python -m benchmarks edi messages/ --out rows.csv; python -m benchmarks call made:reference",
    )
    parser.add_argument("name", choices=[*BENCHMARKS, "all"], help="which benchmark; all runs a short protocol")
    parser.add_argument("paths", nargs="*", help="instance files or folders; none means our own made instances")
    parser.add_argument("--seconds", type=float, default=60.0, help="budget an instance (default 60)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="instances at once (default 1)")
    parser.add_argument("--out", type=Path, help="write the rows to this CSV file")
    parser.add_argument("--solutions", type=Path, help="write one JSON file an instance into this folder")
    parser.add_argument("--page", type=Path, default=Path("docs/reference/benchmarks.md"), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _line(row: dict[str, object]) -> str:
    return "  ".join(f"{key}={_text(value)}" for key, value in row.items() if value not in ("", None))


def _text(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _columns(rows: list[dict[str, object]]) -> list[str]:
    own = dict.fromkeys(key for row in rows for key in row if key not in COLUMNS)
    return [*COLUMNS, *own]


def _write_csv(rows: list[dict[str, object]], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _columns(rows))
        writer.writeheader()
        writer.writerows(rows)


def _write_page(rows: list[dict[str, object]], path: Path) -> None:
    """The short protocol as a page for people: for each benchmark what is measured against what, and a table."""
    made = f"Made by `make bench` with Cabria {__version__} on {datetime.now(UTC):%Y-%m-%d}, on {os.cpu_count()} cores."
    parts = ["# Benchmarks", "", f"{made} Times are of that machine."]
    for name in BENCHMARKS:
        own = [row for row in rows if row["benchmark"] == name]
        columns = [
            column
            for column in _columns(own)
            if column not in SAID_ONCE and any(row.get(column) not in ("", None) for row in own)
        ]
        parts += ["", f"## {name}", "", *importlib.import_module(f"benchmarks.{name}").ANCHORS.strip().splitlines()]
        parts += ["", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        parts += ["| " + " | ".join(_text(row.get(c, "")) for c in columns) + " |" for row in own]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
