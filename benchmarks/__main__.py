"""`python -m benchmarks NAME PATH... [--seconds S] [--seed N] [--jobs J] [--out results.csv] [--solutions DIR]`.

Each benchmark is a module with `run(paths, *, seconds, seed, jobs, solutions)` that yields one row a solved instance,
`DEFAULT_SECONDS`, `default_paths()` for the short protocol, `ANCHORS` as words for the page and, where it has switches
of its own, `FLAGS`, or folders it must be told, `FOLDERS`: name and help, or `CHOICES`: name and values, the first
of them when none is said; `run` takes them as further keywords. A row
with a key `error` is told on stderr instead of written; the others go on and the exit code is 1.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from cabria import __version__

BENCHMARKS = (
    "whole-ship",
    "whole-ship-bounds",
    "master-planning",
    "slot-planning",
    "cranes",
    "berth-discrete",
    "berth",
    "berth-replan",
    "relocation",
    "stochastic",
    "premarshal",
    "slot-choice",
    "yard-retrieval",
    "rail",
    "stowage",
    "call",
    "replan",
    "dispatch",
    "wsc2025",
    "terminal",
    "events",
    "edi",
    "journal",
    "bus",
    "fuzz",
    "stream",
    "pages",
    "kills",
    "history",
    "learning",
)
OUTSIDE = ("wsc2025",)
"""Measured in somebody else's program, which the reader fetches: not part of `all`."""
SAID_ONCE = ("benchmark", "seed", "version")
COLUMNS = ["benchmark", "instance", "seed", "cost", "bound", "proven", "cpu_s", "wall_s", "valid", "version"]
Row = dict[str, object]


def main(arguments: list[str] | None = None) -> int:
    options, flags = _options(arguments)
    rows, failures = [], 0
    for name in _short_protocol() if options.name == "all" else (options.name,):
        for row in _rows(name, options, flags):
            if "error" in row:
                failures += 1
                print(_told(row), file=sys.stderr, flush=True)
                continue
            rows.append({"benchmark": name, "seed": options.seed, "version": __version__} | row)
            print(_line(rows[-1]), flush=True)
    if options.out:
        _write_csv(rows, options.out)
    if options.name == "all":
        _write_page(rows, options.page)
    return 1 if failures else 0


def _rows(name: str, options: argparse.Namespace, flags: dict[str, object]) -> Iterator[Row]:
    module = _module(name)
    yield from module.run(
        options.paths or module.default_paths(),
        seconds=options.seconds or module.DEFAULT_SECONDS,
        seed=options.seed,
        jobs=options.jobs,
        solutions=options.solutions,
        **flags,
    )


def _short_protocol() -> tuple[str, ...]:
    return tuple(name for name in BENCHMARKS if name not in OUTSIDE)


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name.replace('-', '_')}")


def _options(arguments: list[str] | None) -> tuple[argparse.Namespace, dict[str, object]]:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure Cabria on instances in the public formats.",
        epilog="Examples: python -m benchmarks edi messages/ --out rows.csv; python -m benchmarks call made:reference; "
        "python -m benchmarks relocation --help says what else that benchmark can be told.",
        add_help=False,
    )
    parser.add_argument("name", choices=[*BENCHMARKS, "all"], help="which benchmark; all runs a short protocol")
    parser.add_argument("paths", nargs="*", help="instance files or folders; none means the short protocol")
    parser.add_argument("--seconds", type=_positive, help="budget an instance; each benchmark has its own default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="instances at once (default 1)")
    parser.add_argument("--out", type=Path, help="write the rows to this CSV file")
    parser.add_argument("--solutions", type=Path, help="write one JSON file an instance into this folder")
    parser.add_argument("--page", type=Path, default=Path("docs/reference/benchmarks.md"), help=argparse.SUPPRESS)
    named = next((word for word in (sys.argv[1:] if arguments is None else arguments) if word in BENCHMARKS), None)
    flags: dict[str, str] = getattr(_module(named), "FLAGS", {}) if named else {}
    for flag, text in flags.items():
        parser.add_argument(f"--{flag}", action="store_true", help=text)
    choices: dict[str, tuple[str, ...]] = getattr(_module(named), "CHOICES", {}) if named else {}
    for choice, values in choices.items():
        parser.add_argument(f"--{choice}", choices=values, default=values[0], help=f"default {values[0]}")
    paths: dict[str, str] = getattr(_module(named), "FOLDERS", {}) if named else {}
    for folder, text in paths.items():
        parser.add_argument(f"--{folder}", type=Path, metavar="DIR", help=text)
    parser.add_argument("-h", "--help", action="help", help="show this and end")
    options = parser.parse_intermixed_args(arguments)
    names = [name.replace("-", "_") for name in (*flags, *choices, *paths)]
    return options, {name: getattr(options, name) for name in names}


def _positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no budget; give seconds above 0")
    return seconds


def _line(row: Row) -> str:
    return "  ".join(f"{key}={_text(value)}" for key, value in row.items() if value not in ("", None))


def _told(row: Row) -> str:
    """An error, behind the instance's name unless it begins with that already."""
    instance, error = str(row["instance"]), str(row["error"])
    return error if error.startswith(instance) else f"{instance}: {error}"


def _text(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _columns(rows: list[Row]) -> list[str]:
    own = dict.fromkeys(key for row in rows for key in row if key not in COLUMNS)
    return [*COLUMNS, *own]


def _write_csv(rows: list[Row], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _columns(rows))
        writer.writeheader()
        writer.writerows(rows)


def _write_page(rows: list[Row], path: Path) -> None:
    """The short protocol as a page for people: for each benchmark what is measured against what, and a table."""
    made = f"Made by `make bench` with Cabria {__version__} on {datetime.now(UTC):%Y-%m-%d}, on {os.cpu_count()} cores."
    parts = ["# Benchmarks", "", f"{made} Times are of that machine."]
    for name in _short_protocol():
        own = [row for row in rows if row["benchmark"] == name]
        columns = [
            column
            for column in _columns(own)
            if column not in SAID_ONCE and any(row.get(column) not in ("", None) for row in own)
        ]
        parts += ["", f"## {name}", "", *_module(name).ANCHORS.strip().splitlines()]
        parts += ["", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        parts += ["| " + " | ".join(_text(row.get(c, "")) for c in columns) + " |" for row in own]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
