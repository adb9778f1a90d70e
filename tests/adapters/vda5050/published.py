"""The published schemas, as judges of what goes over the wire."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from cabria.adapters.vda5050.topics import TopicName

FOLDER = Path(__file__).parent / "schemas"


@cache
def _validator(release: str, name: TopicName) -> Draft202012Validator:
    schema = json.loads((FOLDER / release / f"{name}.schema").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def breaches(name: TopicName, payload: bytes) -> list[str]:
    """What the published schema of the message's own version finds."""
    document = json.loads(payload)
    release = "2.1.0" if document["version"].startswith("2.") else "3.0.0"
    found = _validator(release, name).iter_errors(document)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]
