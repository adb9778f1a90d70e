"""What a message can carry of a container: the law of writing and reading back.

A dialect has no place for some facts (the reasons why a box may not be loaded, a verified mass in BAPLIE 1.5) and room
for only so much text. `carried` says what is left, so that `read(write(x)) == carried(x)` holds and a caller can
show what was lost before sending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

from cabria.adapters.edi.facts import IMDG_CLASS, TEXT_CHARS
from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge
from cabria.domain.findings import Finding, Severity

REMARK_CHARS = 5 * TEXT_CHARS
"""Five components of 70 characters in one segment of free text."""
_CODE_CHARS, _REFERENCE_CHARS, _NAME_CHARS = 17, 35, 256
_MAX_REPEATS = 9
_MAX_GOODS = 999
"""Real bay plans name twenty substances in one box; none may get lost."""
_MAX_LABELS = 4


class Dialect(StrEnum):
    """The dialects in which bay plans are written."""

    SMDG15 = "D.911 SMDG15"
    SMDG22 = "D.95B SMDG22"
    SMDG31 = "D.13B SMDG31"


def plain_text(text: str, limit: int) -> str:
    """Text as a segment can hold it: printable, of the one-byte set, one blank between words, cut at the limit."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    single = re.sub(r"\s+", " ", printable.encode("latin-1", "replace").decode("latin-1"))
    return single.strip()[:limit].strip()


def carried(container: Container, dialect: Dialect) -> Container:
    """The container as it will be read back from a bay plan of this dialect.

    Lost are holds and text beyond the limits; out-of-gauge lengths become whole centimetres, rounded up; a mass is no
    longer verified in 1.5; a box without number is numbered anew by whoever reads.
    """
    gauge = container.out_of_gauge
    return replace(
        container,
        mass_is_verified=container.mass_is_verified and dialect is not Dialect.SMDG15,
        operator=plain_text(container.operator, _CODE_CHARS),
        dangerous=tuple(map(_carried_goods, container.dangerous[:_MAX_GOODS])),
        out_of_gauge=_carried_gauge(gauge) if gauge else None,
        holds=(),
        booking=plain_text(container.booking, _REFERENCE_CHARS),
        handling=tuple(_texts(container.handling)),
        remark=plain_text(container.remark, REMARK_CHARS),
    )


def losses(containers: Iterable[Container], dialect: Dialect) -> tuple[Finding, ...]:
    """What writing these containers in this dialect would leave out."""
    found: list[Finding] = []
    for container in containers:
        after = carried(container, dialect)
        if after != container:
            names = ", ".join(
                name.replace("_", " ")
                for name in Container.__dataclass_fields__
                if getattr(after, name) != getattr(container, name)
            )
            found.append(_loss(container.id, f"{dialect} does not carry all of: {names}."))
    return tuple(found)


def _loss(container: ContainerId, text: str) -> Finding:
    return Finding("EDI-LOSS", Severity.NOTE, text, container=container)


def _texts(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts[:_MAX_REPEATS]:
        if kept := plain_text(text, REMARK_CHARS):
            yield kept


def _carried_goods(goods: DangerousGoods) -> DangerousGoods:
    return replace(
        goods,
        packing_group=goods.packing_group if goods.packing_group in ("I", "II", "III") else "",
        subsidiary_classes=tuple(
            label
            for label in goods.subsidiary_classes[:_MAX_LABELS]
            if label != goods.imdg_class and IMDG_CLASS.fullmatch(label)
        ),
        technical_name=plain_text(goods.technical_name, _NAME_CHARS),
    )


def _carried_gauge(gauge: OutOfGauge) -> OutOfGauge | None:
    sides = {name: -(-getattr(gauge, name) // 10) * 10 for name in OutOfGauge.__dataclass_fields__}
    return OutOfGauge(**sides) if any(sides.values()) else None
