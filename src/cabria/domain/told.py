"""A sentence in English, and beside it what says it in other languages."""

from __future__ import annotations

from typing import NamedTuple

from cabria.domain.verdict import Values


class Told(NamedTuple):
    """What is said of something found: in English, and by `code` and `values` for other languages.

    `code` is a word that stays: docs/reference/findings.md, docs/reference/call-errors.md.
    """

    text: str
    code: str
    values: Values


def told(text: str, code: str, **values: object) -> Told:
    """`text` names its values in braces, with a format where it needs one."""
    return Told(
        text.format(**values),
        code,
        {name: int(value) if isinstance(value, int) else str(value) for name, value in values.items()},
    )
