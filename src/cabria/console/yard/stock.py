"""What stands in a yard, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cabria.console.messages import ground as m
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.yard import YardBlock

NEEDS_PLUG, WANTED, FOR_A_SHIP, OFF_A_SHIP, DANGEROUS = 1, 2, 4, 8, 16


class Standing(NamedTuple):
    """A box and where it stands."""

    box: ContainerId
    block: str
    bay: int
    row: int
    tier: int
    length_ft: int
    mass_kg: int


def yard_message(
    given: Sequence[YardBlock], standing: Sequence[Standing], facts: BoxFacts, *, number: int, now_ms: int
) -> m.Yard:
    """Boxes as columns, with what is known of them."""
    block_of = {block.id: n for n, block in enumerate(given)}
    return m.Yard(
        number=number,
        now_ms=now_ms,
        blocks=blocks(given),
        ports=facts.ports,
        calls=facts.calls,
        id=[one.box for one in standing],
        block=[block_of[one.block] for one in standing],
        bay=[one.bay for one in standing],
        row=[one.row for one in standing],
        tier=[one.tier for one in standing],
        length_ft=[one.length_ft for one in standing],
        mass_kg=[one.mass_kg for one in standing],
        pod=[facts.pod.get(one.box, 0) for one in standing],
        call=[facts.call.get(one.box, 0) for one in standing],
        flags=[facts.flags.get(one.box, 0) for one in standing],
    )


class BoxFacts:
    """What calls say of boxes: columns of a message."""

    def __init__(self, calls: Iterable[VesselCall]) -> None:
        self.calls = [""]
        self.pod: dict[ContainerId, int] = {}
        self.call: dict[ContainerId, int] = {}
        self.flags: dict[ContainerId, int] = {}
        self._ports: dict[str, int] = {"": 0}
        for call in calls:
            self.calls.append(call.id)
            for container in call.loads:
                self._take(container, FOR_A_SHIP)
            for stowed in call.discharges:
                self._take(stowed.container, OFF_A_SHIP)

    @property
    def ports(self) -> list[str]:
        return list(self._ports)

    def take_plugs(self, boxes: Iterable[ContainerId]) -> None:
        self._flag(boxes, NEEDS_PLUG)

    def take_wanted(self, boxes: Iterable[ContainerId]) -> None:
        self._flag(boxes, WANTED)

    def _flag(self, boxes: Iterable[ContainerId], flag: int) -> None:
        for box in boxes:
            self.flags[box] = self.flags.get(box, 0) | flag

    def _take(self, container: Container, flag: int) -> None:
        box = container.id
        self.pod[box] = self._ports.setdefault(container.pod, len(self._ports))
        self.call[box] = len(self.calls) - 1
        self.flags[box] = flag | (NEEDS_PLUG if container.needs_plug else 0) | (DANGEROUS if container.dangerous else 0)


def blocks(given: Iterable[YardBlock]) -> list[m.Block]:
    return [
        m.Block(
            id=block.id,
            bays=block.bays,
            rows=block.rows,
            tiers=block.tiers,
            x_mm=block.x_mm,
            y_mm=block.y_mm,
            bay_pitch_mm=block.bay_pitch_mm,
            row_pitch_mm=block.row_pitch_mm,
            bays_along_quay=block.bays_along_quay,
            plug_bays=list(block.plug_bays),
        )
        for block in given
    ]
