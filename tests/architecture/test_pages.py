"""What the pages of the repository point at exists."""

from __future__ import annotations

import re
from pathlib import Path

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
ELSEWHERE = ("http://", "https://", "mailto:")


def test_no_relative_link_of_a_page_is_dead(repository: Path) -> None:
    pages = [
        *repository.glob("*.md"),
        *(
            page
            for folder in ("docs", "src", "scenarios", "benchmarks")
            for page in (repository / folder).rglob("*.md")
        ),
    ]
    dead = [
        f"{page.relative_to(repository)} -> {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not target.startswith(ELSEWHERE) and not (page.parent / target).exists()
    ]
    assert dead == []


def test_decisions_are_numbered_without_gap_and_all_in_the_index(repository: Path) -> None:
    decisions = sorted((repository / "docs" / "decisions").glob("*.md"))
    index = (repository / "docs" / "README.md").read_text(encoding="utf-8")
    assert [int(page.name[:4]) for page in decisions] == list(range(1, len(decisions) + 1))
    assert [page.name for page in decisions if page.name not in index] == []
