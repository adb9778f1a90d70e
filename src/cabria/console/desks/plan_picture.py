"""A call and its plan as columns: boxes, slots on arrival and departure, queues, findings, curves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar

from cabria.console.messages import ship as m
from cabria.console.messages.parts import FindingRow, Said
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId, DangerousGoods
from cabria.domain.edits import PlanLog
from cabria.domain.findings import Finding
from cabria.domain.plan import LoadingPlan, Waiver
from cabria.domain.positions import StowPosition
from cabria.domain.terminal import Terminal
from cabria.domain.told import Told
from cabria.domain.wishes import Wishes
from cabria.domain.work import WorkQueue, YardMove
from cabria.planning.loading.result import Bound
from cabria.referee.judgement import Stability
from cabria.reports.palette import port_marks

(
    LOADED,
    DISCHARGED,
    RESTOWED,
    NEEDS_PLUG,
    DANGEROUS,
    OUT_OF_GAUGE,
    EMPTY,
    UNVERIFIED,
    HIGH_CUBE,
    HELD,
    PINNED,
    ASHORE,
) = (1 << bit for bit in range(12))
ONE_SECOND_MIN = 1 / 60
NUMBERS_OF_A_BAY = 4
"""A 40 ft bay is four bay numbers long."""
Key = TypeVar("Key")


def slot_number(position: StowPosition | None) -> int:
    """BBBRRTT as a number, 0 for none."""
    return 0 if position is None else position.bay * 10_000 + position.row * 100 + position.tier


def crane_apart(terminal: Terminal) -> int:
    """Bay numbers that two quay cranes keep between their middles."""
    return NUMBERS_OF_A_BAY * (terminal.crane_gap_bays + 1)


class Cargo:
    """The boxes of a call in one order: those aboard on arrival, then those to be loaded. Made once a call."""

    def __init__(self, call: VesselCall) -> None:
        self.call = call
        self.boxes: tuple[Container, ...] = (*(stowed.container for stowed in call.arrival), *call.loads)
        self.index: Mapping[ContainerId, int] = {box.id: n for n, box in enumerate(self.boxes)}
        self.arrival = [*(slot_number(s.position) for s in call.arrival), *([0] * len(call.loads))]
        self._fixed_flags = [_fixed_flags(call, box) for box in self.boxes]

    def flags(self, plan: LoadingPlan, wishes: Wishes) -> list[int]:
        """As in `messages.ship.Boxes`."""
        flags = list(self._fixed_flags)
        for boxes, flag in ((plan.restows, RESTOWED), (plan.refused, ASHORE)):
            for box in boxes:
                flags[self.index[box]] |= flag
        for pin in wishes.pins:
            if pin.container in self.index:
                flags[self.index[pin.container]] |= PINNED
        return flags

    def departure(self, plan: LoadingPlan) -> list[int]:
        """Slots as the ship sails."""
        slots = [
            0 if flags & (DISCHARGED | LOADED) else at
            for at, flags in zip(self.arrival, self._fixed_flags, strict=True)
        ]
        for box, position in (*plan.restows.items(), *plan.loads.items()):
            slots[self.index[box]] = slot_number(position)
        return slots

    def columns(self, plan: LoadingPlan, wishes: Wishes) -> m.Boxes:
        call, boxes = self.call, self.boxes
        kinds, kind_of = _numbered(box.size_type for box in boxes)
        ports, port_of = _numbered(port for box in boxes for port in (box.pol, box.pod))
        operators, operator_of = _numbered(box.operator for box in boxes)
        yard = call.yard.by_container
        return m.Boxes(
            id=[box.id for box in boxes],
            kind=[kind_of[box.size_type] for box in boxes],
            pol=[port_of[box.pol] for box in boxes],
            pod=[port_of[box.pod] for box in boxes],
            operator=[operator_of[box.operator] for box in boxes],
            mass_kg=[box.gross_mass_kg for box in boxes],
            flags=self.flags(plan, wishes),
            yard=[str(yard[box.id].position) if box.id in yard else "" for box in boxes],
            kinds=[
                m.BoxKind(size_type=k.code, length_ft=k.length_ft, height_mm=k.height_mm, kind=k.kind) for k in kinds
            ],
            ports=list(ports),
            operators=list(operators),
            reefers=[
                m.ReeferBox(box=n, set_point_tenth_c=box.set_point_tenth_c)
                for n, box in enumerate(boxes)
                if box.set_point_tenth_c is not None
            ],
            dangerous=[
                m.DangerousBox(box=n, goods=[goods_text(goods) for goods in box.dangerous])
                for n, box in enumerate(boxes)
                if box.dangerous
            ],
            out_of_gauge=[
                m.GaugeBox(box=n, **asdict(box.out_of_gauge)) for n, box in enumerate(boxes) if box.out_of_gauge
            ],
            held=[m.HeldBox(box=n, holds=list(box.holds)) for n, box in enumerate(boxes) if box.holds],
        )

    def queues(self, queues: Iterable[WorkQueue]) -> list[m.Queue]:
        return [
            m.Queue(
                crane=queue.crane,
                kind=[step.kind for step in queue.steps],
                bay=[step.bay for step in queue.steps],
                start_s=[step.start_s for step in queue.steps],
                end_s=[step.end_s for step in queue.steps],
                box=[[self.index[box] for box in step.containers] for step in queue.steps],
                slot=[list(map(slot_number, step.positions)) for step in queue.steps],
                lid=[step.lid for step in queue.steps],
            )
            for queue in queues
        ]

    def refused(self, plan: LoadingPlan) -> list[m.RefusedBox]:
        return [m.RefusedBox(box=self.index[box], reason=why) for box, why in plan.refused.items()]

    def changes(self, plan: LoadingPlan) -> list[m.ChangeRow]:
        return [
            m.ChangeRow(
                box=self.index[change.container],
                was=slot_number(change.was),
                now=slot_number(change.now),
                why=change.why,
            )
            for change in plan.changes
            if change.container in self.index
        ]


def goods_text(goods: DangerousGoods) -> str:
    return f"{goods.imdg_class} UN{goods.un_number:04} {goods.packing_group}".rstrip()


def yard_moves(moves: Sequence[YardMove]) -> m.YardMoves:
    return m.YardMoves(
        box=[move.container for move in moves],
        source=[str(move.source) for move in moves],
        target=["" if move.target is None else str(move.target) for move in moves],
        needed_for=[move.needed_for for move in moves],
        due_s=[move.due_s for move in moves],
    )


def finding_rows(findings: Iterable[Finding], waivers: Sequence[Waiver] = ()) -> list[FindingRow]:
    return [
        FindingRow(
            rule=finding.rule,
            severity=finding.severity,
            text=finding.text,
            place=finding.place,
            container=finding.container or "",
            cause=finding.cause,
            waived_by=next((f"{w.by}: {w.reason}" for w in waivers if w.covers(finding)), ""),
            code=finding.code,
            values=dict(finding.values),
        )
        for finding in findings
    ]


def curve(stability: Stability) -> m.Curve:
    said = asdict(stability)
    for name in ("shear_kg", "bending_kg_m"):
        said[name] = list(said[name])
    said["not_judged"] = all_said(stability.not_judged)
    return m.Curve(**said)


def bounds(known: Mapping[str, Bound]) -> list[m.Bound]:
    return [
        m.Bound(name=name, reached=finite(b.reached), bound=b.bound, unit=b.unit, note=said)
        for (name, b), said in zip(known.items(), all_said(b.note for b in known.values()), strict=True)
    ]


def all_said(sentences: Iterable[Told]) -> list[Said]:
    return [Said(text=one.text, code=one.code, values=dict(one.values)) for one in sentences]


def finite(value: float) -> float:
    """What has no limit is told as the largest number there is: JSON knows no infinity."""
    return value if math.isfinite(value) else math.copysign(1e308, value)


def finite_values(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: finite(value) for name, value in figures.items()}


def ports(call: VesselCall) -> list[m.PortMark]:
    return [
        m.PortMark(port=mark.port, letter=mark.letter, colour=mark.colour, ink=mark.ink)
        for mark in port_marks(call).values()
    ]


def log_rows(log: PlanLog) -> list[m.LogRow]:
    return [
        m.LogRow(
            what=str(entry.what),
            by=entry.by,
            at=entry.at.isoformat(),
            minutes=None if entry.minutes is None else finite(entry.minutes),
        )
        for entry in log
    ]


def _fixed_flags(call: VesselCall, box: Container) -> int:
    is_load = box.id in call.load_by_id
    return sum(
        flag
        for flag, is_so in (
            (LOADED, is_load),
            (DISCHARGED, not is_load and box.pod == call.port),
            (NEEDS_PLUG, box.needs_plug),
            (DANGEROUS, bool(box.dangerous)),
            (OUT_OF_GAUGE, box.out_of_gauge is not None),
            (EMPTY, not box.is_full),
            (UNVERIFIED, not box.mass_is_verified),
            (HIGH_CUBE, box.size_type.is_high_cube),
            (HELD, bool(box.holds)),
        )
        if is_so
    )


def _numbered(things: Iterable[Key]) -> tuple[tuple[Key, ...], dict[Key, int]]:
    """Each once, in the order of its first, and its number."""
    number: dict[Key, int] = {}
    for thing in things:
        number.setdefault(thing, len(number))
    return tuple(number), number
