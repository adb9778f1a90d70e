"""Power for reefers."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.findings import Severity
from cabria.domain.told import told
from cabria.domain.vessel import Cell, End
from cabria.referee.condition import Condition
from cabria.referee.rule import Offence, Rule

PLUG = Rule(
    "REEFER-PLUG",
    Severity.HARD,
    "A reefer with a set point stands at a plug: a 20 ft one at its own end of the cell, a 40 ft one at either end.",
)


def has_plug(cell: Cell, end: End) -> bool:
    if end is End.FORE:
        return cell.has_plug_fore
    if end is End.AFT:
        return cell.has_plug_aft
    return cell.has_plug_fore or cell.has_plug_aft


def reefers_have_power(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        set_point = box.container.set_point_tenth_c
        if set_point is not None and not has_plug(box.place.cell, box.place.end):
            text = told(
                "A reefer at {degrees} °C has no plug here.", "reefer-without-plug", degrees=f"{set_point / 10:+.1f}"
            )
            yield Offence(PLUG, text, str(box.position), box.container.id)
