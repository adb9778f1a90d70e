"""Honest JSON messages broken in every way: bytes, fields, types, numbers, nesting."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

NONSENSE: tuple[Any, ...] = (
    None, True, 0, -1, 1, 2**31, 2**32, 2**63, 10**30, 0.5, -1e308, 1e308, "", "x" * 5_000, "\u0000", "\ud7ff/\u202e",
    "../../etc", "9999-99-99T99:99:99Z", "2027-01-15T08:00:00.000Z", [], {}, [[[[[]]]]], {"a": {"b": {}}}, "NaN", "+",
)  # fmt: skip
IN_BYTES = 0.2
"""The share of messages of which bytes are broken; of the others it is what they say."""


def broken_bytes(payload: bytes, chance: Random) -> bytes:
    """Left out, doubled, or replaced in one to seven places."""
    text = bytearray(payload)
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(text) + 1)
        cut = text[at : at + chance.choice((0, 1, 1, 20, 400))]
        text[at : at + len(cut)] = chance.choice((b"", cut * 2, chance.randbytes(3), b"[" * 600))
    return bytes(text)


def broken_document(payload: bytes, chance: Random) -> Any:
    """What a JSON text says, with one to three things in it wrong."""
    document = json.loads(payload)
    for _ in range(chance.randrange(1, 4)):
        document = broken_part(document, chance.randrange(1, 6), chance)
    return document


def broken_part(part: Any, depth: int, chance: Random) -> Any:
    """Somewhere inside, at most so deep: another value, nothing, twice, or something of elsewhere."""
    if not depth or not isinstance(part, dict | list) or not part:
        return deepcopy(chance.choice(NONSENSE))
    keys: Any = list(part) if isinstance(part, dict) else range(len(part))
    key = chance.choice(keys)
    way = chance.random()
    if way < 0.15:
        return {k: v for k, v in part.items() if k != key} if isinstance(part, dict) else part[:key]
    if way < 0.25 and isinstance(part, list):
        return [deepcopy(one) for one in part * chance.choice((2, 50))]
    if way < 0.4 and isinstance(part[key], int | float) and not isinstance(part[key], bool):
        part[key] += chance.choice((-1, 1, 1_000, -(10**9)))
        return part
    part[key] = broken_part(part[key], depth - 1, chance)
    return part


def written(document: Any) -> bytes:
    return json.dumps(document).encode("utf-8", "surrogatepass")
