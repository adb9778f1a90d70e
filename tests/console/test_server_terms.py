"""The server's own words that pages show alone have words in the pages' other languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from cabria.operations.gateways import QuayCranes, Trucks, YardCranes
from cabria.operations.order_desk import OrderState
from cabria.planning.loading.certificates import BASELINES
from cabria.referee.judgement import Figures

ROOT = Path(__file__).resolve().parents[2]
CABRIA = ROOT / "src/cabria"
COSTS = {
    "planning/loading/certificates.py": ("_figures", "bounds", "estimates"),
    "planning/loading/editing/desk.py": ("_terms",),
    "planning/loading/joint/plans.py": ("_parts",),
    "planning/stowage/explain.py": ("_terms", "reason"),
    "planning/stowage/flat.py": ("costs",),
    "planning/stowage/price.py": ("costs",),
}
"""Functions whose dictionaries have the names of costs, bounds and figures as keys."""


def _tree(file: str) -> ast.Module:
    return ast.parse((CABRIA / file).read_text(encoding="utf-8"))


def _costs() -> Iterator[str]:
    for file, functions in COSTS.items():
        for function in ast.walk(_tree(file)):
            if isinstance(function, ast.FunctionDef) and function.name in functions:
                for table in ast.walk(function):
                    if isinstance(table, ast.Dict):
                        yield from (key.value for key in table.keys if isinstance(key, ast.Constant))


def _phases() -> Iterator[str]:
    rooms = [*(CABRIA / "planning/loading").rglob("*.py"), CABRIA / "planning/stowage/operators.py"]
    rooms += [CABRIA / "planning/cranes/solve.py", *(CABRIA / "console/desks").glob("*.py")]
    for file in rooms:
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("Progress", "hear"):
                yield from (one.value for one in call.args[:1] if isinstance(one, ast.Constant))


def _verbs() -> Iterator[str]:
    for gateway in (QuayCranes, YardCranes, Trucks):
        yield from (name for name in vars(gateway) if not name.startswith("_"))


@pytest.mark.parametrize("language", ["es", "zh"])
def test_the_pages_know_them(language: str) -> None:
    text = (ROOT / f"frontend/src/words/said_{language}.ts").read_text(encoding="utf-8")
    part = text[text.index("  terms: {") :].partition("\n  },")[0]
    known = {a or b or c for a, b, c in re.findall(r"""^    (?:'([^']+)'|"([^"]+)"|(\w+)):""", part, re.MULTILINE)}
    figures = {field.name.replace("_", " ") for field in fields(Figures)}
    for wanted in (set(_costs()), set(_phases()), set(_verbs()), set(OrderState), figures, set(BASELINES)):
        assert len(wanted) > 1
        assert wanted <= known


@pytest.mark.parametrize("language", ["es", "zh"])
def test_the_pages_say_why_a_box_stands_where_it_stands(language: str) -> None:
    told = [
        call.args[1].value
        for room in ("loading", "stowage")
        for call in ast.walk(_tree(f"planning/{room}/explain.py"))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "told"
        and isinstance(call.args[1], ast.Constant)
    ]
    text = (ROOT / f"frontend/src/words/said_{language}.ts").read_text(encoding="utf-8")
    part = text[text.index("  why: {") :].partition("\n  },")[0]
    assert len(told) > 10
    assert set(told) == {a or b for a, b in re.findall(r"""^    (?:'([\w-]+)'|(\w+)):""", part, re.MULTILINE)}
