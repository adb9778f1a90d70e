"""The pages' types are those of the server's messages: made from its schema, and by nobody's hand."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from cabria.console.schemas import json_schema

REMEDY = "make it anew: cabria schema | (cd frontend && npm run types)"


@pytest.fixture
def types(repository: Path) -> str:
    return (repository / "frontend/src/wire/messages.ts").read_text(encoding="utf-8")


def told(types: str, word: str) -> str:
    found = re.search(rf"^// {word} ([0-9a-f]{{64}})$", types, re.MULTILINE)
    assert found is not None, REMEDY
    return found[1]


def test_the_types_were_made_from_the_schema_of_today(types: str) -> None:
    schema = json.dumps(json_schema(), indent=1, ensure_ascii=False)
    assert told(types, "schema") == hashlib.sha256(schema.encode()).hexdigest(), REMEDY


def test_nobody_changed_the_types_by_hand(types: str) -> None:
    body = types.split("\n\n", 1)[1]
    assert told(types, "types") == hashlib.sha256(body.encode()).hexdigest(), REMEDY
