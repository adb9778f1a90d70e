"""The page of rules says exactly what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from cabria.referee.judge import RULES

ROW = re.compile(r"^\| ([A-Z]+(?:-[A-Z0-9]+)+) \| ([A-Z]+) \| (.+) \|$", re.MULTILINE)


def test_the_page_lists_every_rule_with_its_severity_and_sentence_in_the_order_of_the_code(repository: Path) -> None:
    page = (repository / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    assert ROW.findall(page) == [(rule.id, rule.severity.upper(), rule.sentence) for rule in RULES]


def test_rule_ids_are_unique_and_named_by_family() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Z]+(-[A-Z0-9]+)+", rule) for rule in ids)
