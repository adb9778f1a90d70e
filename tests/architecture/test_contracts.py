"""The import contracts of pyproject.toml hold, and what an import cannot show is looked up in the source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# Rooms in which nothing asks the computer for the time, sleeps, or draws numbers nobody handed in.
TIMELESS_ROOMS = ("domain", "referee", "planning", "operations")
PLAIN_ROOMS = ("domain", "referee")

# Counting one's own effort (`time.process_time`) and a generator with its seed (`random.Random`) are allowed.
ASKING = re.compile(
    r"time\.(time|time_ns|monotonic|monotonic_ns|localtime|gmtime|sleep)"
    r"|(datetime\.)?(date|datetime)\.(now|utcnow|today)"
    r"|random\.(?!Random$)\w+"
)


def sources(repository: Path, rooms: tuple[str, ...]) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((repository / "src" / "cabria" / room).rglob("*.py"))


def imported_packages(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


def asked_of_the_computer(tree: ast.AST) -> set[str]:
    """Uses of the clock of the day, of sleep and of the process-wide random generator."""
    imported: set[str] = set()
    taken: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.update(alias.asname or alias.name for alias in node.names)
            taken.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            used.add(ast.unparse(node))
    taken |= {name for name in used if name.partition(".")[0] in imported}
    return {name for name in taken if ASKING.fullmatch(name)}


def test_every_import_contract_is_kept(repository: Path) -> None:
    check = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_domain_and_referee_need_nothing_but_the_standard_library(repository: Path) -> None:
    allowed = sys.stdlib_module_names | {"cabria"}
    foreign = {
        str(path.relative_to(repository)): outside
        for path in sources(repository, PLAIN_ROOMS)
        if (outside := imported_packages(ast.parse(path.read_text(encoding="utf-8"))) - allowed)
    }
    assert foreign == {}


def test_nothing_below_the_gateways_asks_the_computer_for_time_or_chance(repository: Path) -> None:
    asked = {
        str(path.relative_to(repository)): uses
        for path in sources(repository, TIMELESS_ROOMS)
        if (uses := asked_of_the_computer(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert asked == {}


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("import time\ntime.sleep(1)", {"time.sleep"}),
        ("from time import monotonic", {"time.monotonic"}),
        ("import random\nrandom.shuffle(x)", {"random.shuffle"}),
        ("from datetime import datetime\ndatetime.now()", {"datetime.now"}),
        ("import datetime\ndatetime.datetime.now()", {"datetime.datetime.now"}),
        ("import time\ntime.process_time()", set()),
        ("import random\nrandom.Random(7).shuffle(x)", set()),
        ("from random import Random\ndef mix(random: Random) -> None: random.shuffle(x)", set()),
        ("from datetime import datetime\ndatetime.fromisoformat(text)", set()),
        ("clock.now()", set()),
    ],
)
def test_a_question_to_the_computer_is_recognised(source: str, uses: set[str]) -> None:
    assert asked_of_the_computer(ast.parse(source)) == uses
