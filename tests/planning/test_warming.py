"""What is compiled ahead: every kernel there is, each in one process only."""

from __future__ import annotations

from pathlib import Path

import grimp

from cabria.planning.warm import kernel_modules, needs


def test_every_module_with_a_kernel_is_compiled(repository: Path) -> None:
    source = repository / "src"
    decorated = {
        ".".join(file.relative_to(source).with_suffix("").parts)
        for file in (source / "cabria/planning").rglob("*.py")
        if "@njit" in file.read_text(encoding="utf-8")
    }
    assert decorated
    assert decorated <= kernel_modules().keys()


def test_a_module_waits_for_all_whose_kernels_it_loads() -> None:
    needed = needs(kernel_modules())

    def waited_for(name: str) -> set[str]:
        return needed[name].union(*map(waited_for, needed[name]))

    graph = grimp.build_graph("cabria", cache_dir=None)
    for name in needed:
        assert waited_for(name) == graph.find_upstream_modules(name) & needed.keys()
    assert any(needed.values())
