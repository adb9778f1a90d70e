"""The page of the quay's rules says exactly what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from cabria.referee.berthing import RULES

ROW = re.compile(r"^\| ([A-Z]+(?:-[A-Z0-9]+)+) \| ([A-Z]+) \| (.+) \|$", re.MULTILINE)


def test_the_page_lists_every_rule_of_the_quay_in_the_order_of_the_code(repository: Path) -> None:
    page = (repository / "docs" / "reference" / "berth-rules.md").read_text(encoding="utf-8")
    assert ROW.findall(page) == [(rule.id, rule.severity.upper(), rule.sentence) for rule in RULES]


def test_no_rule_of_the_quay_has_the_id_of_another() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
