"""From the segments of a message to its boxes: which facts belong together, and what of them makes a container.

A box begins with its cell (LOC+147) or with its equipment (EQD), whichever the message names first; what follows up to
the next one belongs to it. Facts are read in any order, because real messages have them in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cabria.adapters.edi.code_tables import CodeTables
from cabria.adapters.edi.facts import (
    ONWARD_QUALIFIERS,
    VERIFIED,
    Do,
    Equipment,
    Fact,
    Mass,
    Problem,
    container_number,
    interpret,
    join_text,
)
from cabria.adapters.edi.syntax import RawMessage
from cabria.domain.containers import (
    Container,
    ContainerId,
    DangerousGoods,
    Kind,
    OutOfGauge,
    Port,
    SizeType,
    is_container_number,
)
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding, Severity
from cabria.domain.messages import Breakbulk, EmptySlot, MessageEntry
from cabria.domain.positions import StowPosition
from cabria.domain.told import Told, told

MIN_KG, MAX_KG = 1_000, 60_000
"""No box is lighter than the tare of a small one, and no spreader lifts more."""
DOUBT_KG = 1_000
"""Verified and declared mass of one box may differ by this much before it is said."""
MAX_REPEATS = 999
"""How often a box may have segments of one kind; the guides allow 9 to 99."""
_NOT_BOXES = {"CR", "CH", "TE", "RF", "TP"}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a message of this kind must say of each box, so that its absence is found."""

    pol: bool = True
    pod: bool = True
    mass: bool = True
    verified: bool = True
    position: bool = False
    number: bool = False
    temperature: bool = True


@dataclass(slots=True)
class Goods:
    """A dangerous substance and the texts after it."""

    substance: DangerousGoods
    texts: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


class Draft:
    """A box, a breakbulk item or an empty cell while its segments are being read; what is not said is None or ().

    The values below are shared by all drafts until a segment sets its own, so a draft costs little to begin.
    """

    cell_text: str | None = None
    position: StowPosition | None = None
    equipment: Equipment | None = None
    pol: Port | None = None
    pod: Port | None = None
    pol_of_1_5: Port | None = None
    pod_of_1_5: Port | None = None
    original_port: Port | None = None
    operator: str | None = None
    responsible: str | None = None
    set_point: int | None = None
    range_from: int | None = None
    gross_dimensions: tuple[int | None, ...] | None = None
    why_empty: str | None = None
    quantity: int | None = None
    method: str | None = None
    is_breakbulk: bool | None = None
    masses: tuple[Mass, ...] = ()
    excess: tuple[tuple[str, int], ...] = ()
    description: tuple[tuple[str, ...], ...] = ()
    handling: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    seals: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    times: tuple[tuple[str, str], ...] = ()
    onward: tuple[tuple[str, Port], ...] = ()
    goods: tuple[Goods, ...] = ()
    problems: tuple[tuple[int, Problem], ...] = ()

    def __init__(self, segment: int, order: str) -> None:
        self.segment = segment
        self.order = order


@dataclass(slots=True)
class Collected:
    """A message taken apart: the segments before its first box, its drafts, its counts, odd segments."""

    head: list[str]
    drafts: list[Draft]
    counts: list[tuple[int, str, str]]
    findings: list[Finding]


def collect(message: RawMessage) -> Collected:
    """Group the segments of a message by box."""
    segments = message.segments
    start = next((i for i, s in enumerate(segments) if s.startswith(("LOC+147", "EQD"))), len(segments) - 1)
    head_end = start
    result = Collected(segments[1:head_end], [], [], [])
    order = "LOA"
    for segment in result.head:
        if segment.startswith("HAN"):
            fact = interpret(segment)
            order = fact.attribute if fact.do is Do.ORDER else order
    leads_cell = start < len(segments) and segments[start].startswith("LOC")
    # In a plan each cell is news, even one without a box among boxes that are named first.
    is_plan = message.kind in ("BAPLIE", "MOVINS")
    known: dict[str, Fact] = {}
    strange: set[str] = set()
    draft = Draft(0, order)
    goods: Goods | None = None
    number = message.first + start - 1
    add = result.drafts.append
    for segment in segments[start:-1]:
        number += 1
        if segment in known:
            fact = known[segment]
        else:
            fact = known[segment] = interpret(segment)
        do, attribute, value, problem = fact
        if do == 1:  # Do.SET
            if getattr(draft, attribute) is None:
                setattr(draft, attribute, value)
        elif do == 2:  # Do.ADD
            setattr(draft, attribute, _more(getattr(draft, attribute), value, message, number))
        elif do == 3:  # Do.CELL
            if leads_cell or (draft.cell_text is not None and is_plan):
                draft = Draft(number, order)
                goods = None
                add(draft)
            if draft.cell_text is None:
                draft.cell_text = attribute
                draft.position = value  # type: ignore[assignment]
        elif do == 4:  # Do.EQUIPMENT
            if not leads_cell:
                draft = Draft(number, order)
                add(draft)
            elif draft.equipment is not None:
                same = draft
                draft = Draft(number, order)
                draft.cell_text, draft.position = same.cell_text, same.position
                add(draft)
            goods = None
            draft.equipment = value  # type: ignore[assignment]
        elif do == 10:  # Do.ONWARD
            draft.onward = _more(draft.onward, (attribute, value), message, number)
        elif do == 5:  # Do.GOODS
            goods = Goods(value)  # type: ignore[arg-type]
            draft.goods = _more(draft.goods, goods, message, number)
        elif do == 6:  # Do.GOODS_TEXT
            if goods is not None:
                goods.texts.append((attribute, value))  # type: ignore[arg-type]
        elif do == 7:  # Do.ORDER
            order = attribute
        elif do == 8:  # Do.COUNT
            result.counts.append((number, attribute, str(value)))
        elif do == 9 and attribute not in strange:  # Do.UNKNOWN
            strange.add(attribute)
            result.findings.append(
                Finding.of(
                    "EDI-SEGMENT",
                    Severity.NOTE,
                    told(
                        "Segment {segment} is not read in this message; there may be more of them.",
                        "edi-segment-not-read",
                        segment=repr(attribute[:3]),
                    ),
                    f"segment {number}",
                )
            )
        if problem is not None:
            draft.problems = _more(draft.problems, (number, problem), message, number)
    return result


def _more(values: tuple[Any, ...], value: object, message: RawMessage, number: int) -> tuple[Any, ...]:
    """One more value of a box. Raises DataError where there are more than any box can have."""
    if len(values) >= MAX_REPEATS:
        raise DataError(
            told("A box has more than {most} segments of one kind.", "edi-too-many-segments", most=MAX_REPEATS),
            file=message.file,
            place=f"segment {number}",
        )
    return (*values, value)


# ISO 6346 weighs the characters with 1, 2, 4 ... 512: the sum of the owner code is looked up, and so is that of
# three digits, the second three weighing eight times the first.
_DIGITS_SUM = {f"{n:03}": 16 * (n // 100) + 32 * (n // 10 % 10) + 64 * (n % 10) for n in range(1000)}


@lru_cache(maxsize=4096)
def _owner_sum(owner: str) -> int | None:
    """Weighed sum of an owner code, None if it is no four letters."""
    if not re.fullmatch("[A-Z]{4}", owner):
        return None
    letters = [ord(char) - ord("A") for char in owner]
    # Letters count from 10 and skip 11, 22 and 33.
    return sum((10 + i + (i > 0) + (i > 10) + (i > 20)) << place for place, i in enumerate(letters))


def has_right_check_digit(number: str) -> bool:
    """True for four letters and seven digits, the last of which is right (ISO 6346); `domain.containers`, but quick."""
    owner, low, high = _owner_sum(number[:4]), _DIGITS_SUM.get(number[4:7]), _DIGITS_SUM.get(number[7:10])
    if owner is None or low is None or high is None:
        return False
    return number[10:] == str((owner + low + 8 * high) % 11 % 10)


class Builder:
    """Makes containers from drafts and says what was missing or contradictory."""

    def __init__(self, tables: CodeTables, demand: Demand, *, pol: Port | None = None, pod: Port | None = None) -> None:
        self.tables = tables
        self.demand = demand
        self.pol, self.pod = pol, pod
        self.findings: list[Finding] = []
        self.unnamed = 0
        self.seen: dict[str, int] = {}

    def find(
        self, draft: Draft, rule: str, severity: Severity, text: Told, container: ContainerId | None = None
    ) -> None:
        self.findings.append(Finding.of(rule, severity, text, _place(draft, draft.segment), container))

    def entry(self, draft: Draft) -> MessageEntry:
        """The box of a draft that has equipment."""
        equipment = draft.equipment
        assert equipment is not None
        number = self._number(draft, equipment.number)
        size = self._size_type(draft, equipment.size_code, number)
        mass, is_verified = self._mass(draft, number, equipment.status != "4")
        set_point = draft.set_point if draft.set_point is not None else draft.range_from
        is_full = equipment.status != "4"
        if draft.problems or draft.position is None:
            self._tell_problems(draft, number)
        if size.kind is Kind.REEFER and is_full and set_point is None and self.demand.temperature:
            self.find(
                draft,
                "EDI-REEFER",
                Severity.NOTE,
                told("A full reefer has no temperature; it travels unplugged.", "edi-reefer-without-temperature"),
                number,
            )
        elif set_point is not None and size.kind not in (Kind.REEFER, Kind.INSULATED, Kind.TANK) and size.code:
            text = told(
                "A temperature is given for a box of type {size_type} that is not built for it.",
                "temperature-not-built-for",
                size_type=size.code,
            )
            self.find(draft, "EDI-REEFER", Severity.COMMERCIAL, text, number)
        demand = self.demand
        pol = draft.pol or draft.pol_of_1_5 or self.pol
        pod = draft.pod or draft.pod_of_1_5 or self.pod
        if pol is None and demand.pol:
            self.find(
                draft,
                "EDI-POL-MISSING",
                Severity.COMMERCIAL,
                told("The port of loading is missing.", "edi-no-pol"),
                number,
            )
        if pod is None and demand.pod:
            self.find(
                draft, "EDI-POD-MISSING", Severity.HARD, told("The port of discharge is missing.", "edi-no-pod"), number
            )
        container = Container(
            number,
            size,
            mass,
            pol or Port(""),
            pod or Port(""),
            is_verified,
            is_full,
            _onward(draft.onward) if draft.onward else None,
            draft.operator or "",
            set_point,
            tuple(map(_substance, draft.goods)) if draft.goods else (),
            _out_of_gauge(draft.excess) if draft.excess else None,
            (),
            _booking(draft.references) if draft.references else "",
            draft.handling,
            join_text(list(draft.description)) if draft.description else "",
        )
        if not draft.references and not draft.times and not draft.seals and not draft.attached:
            return MessageEntry(container, draft.position, draft.segment, original_port=draft.original_port)
        return MessageEntry(
            container,
            draft.position,
            draft.segment,
            draft.times[0][1] if draft.times else "",
            draft.seals,
            draft.references,
            draft.original_port,
            tuple(ContainerId(other) for other in draft.attached if other != number),
        )

    def _number(self, draft: Draft, written: str) -> ContainerId:
        number = ContainerId(container_number(written))
        if not number:
            self.unnamed += 1
            number = ContainerId(f"?{self.unnamed:04}")
            if self.demand.number:
                self.find(
                    draft,
                    "EDI-NUMBER",
                    Severity.COMMERCIAL,
                    told("The container number is missing.", "number-missing"),
                    number,
                )
            return number
        if number != written:
            text = told(
                "Container number {given} is read as {box}.", "edi-number-read-as", given=repr(written[:20]), box=number
            )
            self.find(draft, "EDI-NUMBER", Severity.NOTE, text, number)
        if not has_right_check_digit(number):
            self._doubt_number(draft, number)
        before = self.seen.setdefault(number, draft.segment)
        if before != draft.segment:
            text = told(
                "Container {box} is there twice; first in segment {first}.", "edi-box-twice", box=number, first=before
            )
            self.find(draft, "EDI-DUPLICATE", Severity.HARD, text, number)
        return number

    def _doubt_number(self, draft: Draft, number: ContainerId) -> None:
        if is_container_number(number):
            self.find(
                draft,
                "EDI-CHECK-DIGIT",
                Severity.COMMERCIAL,
                told("The check digit of {box} is wrong.", "check-digit-wrong", box=number),
                number,
            )
        else:
            text = told(
                "Container number {given} is not four letters and seven digits.",
                "number-malformed",
                given=repr(number[:20]),
            )
            self.find(draft, "EDI-NUMBER", Severity.COMMERCIAL, text, number)

    def _size_type(self, draft: Draft, code: str, number: ContainerId) -> SizeType:
        size = self.tables.size_types.get(code) or parsed_size_type(code)
        if size is None:
            size = assumed_size_type(code, draft.position)
            length_ft, height_mm = size.length_ft, size.height_mm
            text = told(
                "The size-type code is missing; taken for {length_ft} ft, {height_mm} mm high.",
                "edi-size-type-missing",
                length_ft=length_ft,
                height_mm=height_mm,
            )
            if code:
                text = told(
                    "Size-type code {given} is not known; taken for {length_ft} ft, {height_mm} mm high.",
                    "edi-size-type-unknown",
                    given=repr(code[:10]),
                    length_ft=length_ft,
                    height_mm=height_mm,
                )
            self.find(draft, "EDI-SIZE-TYPE", Severity.SAFETY, text, number)
        if draft.position is not None and draft.position.is_40 is (size.length_ft <= 20):
            bay = draft.position.bay
            text = told(
                "A {length_ft} ft box stands in the odd bay {bay:03}.",
                "edi-long-in-odd",
                length_ft=size.length_ft,
                bay=bay,
            )
            if size.length_ft <= 20:
                text = told("A 20 ft box stands in the even bay {bay:03}.", "edi-short-in-even", bay=bay)
            self.find(draft, "EDI-BAY-LENGTH", Severity.HARD, text, number)
        return size

    def _mass(self, draft: Draft, number: ContainerId, is_full: bool) -> tuple[int, bool]:
        verified = declared = None
        for kind, kg in draft.masses:
            if kind == VERIFIED:
                verified = kg
            elif declared is None:
                declared = kg
        mass = verified if verified is not None else declared
        if mass is None:
            if self.demand.mass:
                self.find(
                    draft, "EDI-MASS-MISSING", Severity.SAFETY, told("The mass is missing.", "edi-mass-missing"), number
                )
            return 0, False
        if self.demand.mass and not MIN_KG <= mass <= MAX_KG:
            self.find(
                draft,
                "EDI-MASS",
                Severity.SAFETY,
                told("No such box has a gross mass of {mass_kg:,} kg.", "edi-mass-impossible", mass_kg=mass),
                number,
            )
        if verified is not None and declared is not None and abs(verified - declared) > DOUBT_KG:
            text = told(
                "The verified mass is {mass_kg:,} kg, the declared one {declared_kg:,} kg.",
                "edi-masses-differ",
                mass_kg=verified,
                declared_kg=declared,
            )
            self.find(draft, "EDI-MASS-DIFFERS", Severity.NOTE, text, number)
        if verified is None and is_full and self.demand.verified:
            self.find(
                draft,
                "EDI-VGM-MISSING",
                Severity.SAFETY,
                told("The mass of this full box is not verified.", "mass-unverified"),
                number,
            )
        return mass, verified is not None

    def _tell_problems(self, draft: Draft, number: ContainerId | None) -> None:
        for segment, (rule, severity, text) in draft.problems:
            self.findings.append(Finding.of(rule, severity, text, _place(draft, segment), number))
        if (
            draft.position is None
            and self.demand.position
            and not any(p.rule == "EDI-POSITION" for _, p in draft.problems)
        ):
            self.find(
                draft,
                "EDI-POSITION",
                Severity.HARD,
                told("The box has no position.", "edi-box-without-position"),
                number,
            )

    def breakbulk(self, draft: Draft) -> Breakbulk:
        """The cargo of a draft that is in no container."""
        item = draft.equipment
        self._tell_problems(draft, None)
        named = [StowPosition.parse(text) for q, text in draft.references if q == "AWN" and _is_position(text)]
        places = dict.fromkeys([draft.position, *named] if draft.position else named)
        length, width, height = (*(draft.gross_dimensions or ()), None, None, None)[:3]
        masses = [kg for _, kg in draft.masses]
        return Breakbulk(
            tuple(places),
            item.number if item else "",
            join_text(list(draft.description)),
            masses[0] if masses else 0,
            draft.pol or draft.pol_of_1_5,
            draft.pod or draft.pod_of_1_5,
            draft.operator or "",
            length,
            width,
            height,
            tuple(map(_substance, draft.goods)),
            draft.segment,
        )

    def empty_slot(self, draft: Draft) -> Iterator[EmptySlot]:
        self._tell_problems(draft, None)
        if draft.position is not None:
            because = next((value for qualifier, value in draft.references if qualifier == "EQ"), "")
            yield EmptySlot(draft.position, draft.why_empty or "", because, draft.segment)


def is_box(draft: Draft) -> bool:
    return draft.equipment is not None and draft.equipment.kind != "BB" and draft.equipment.kind not in _NOT_BOXES


def is_breakbulk(draft: Draft) -> bool:
    return bool(draft.is_breakbulk) or draft.equipment is not None or bool(draft.masses)


def shared_slots(entries: Iterable[MessageEntry], severity: Severity = Severity.HARD) -> Iterator[Finding]:
    """Two boxes in one slot, or a 40 ft box where a 20 ft box stands."""
    taken: dict[int, MessageEntry] = {}
    for entry in entries:
        position = entry.position
        if position is None:
            continue
        bay = position.bay
        place = 10_000 * bay + 100 * position.row + position.tier
        for half in (place,) if bay % 2 else (place - 10_000, place + 10_000):
            other = taken.setdefault(half, entry)
            if other is not entry:
                text = told(
                    "Slot {slot} is taken by container {other}, in slot {other_slot}.",
                    "edi-slot-taken",
                    slot=position,
                    other=other.container.id,
                    other_slot=other.position,
                )
                yield Finding.of("EDI-SLOT-TWICE", severity, text, entry.place, entry.container.id)
                break


def counted(collected: Collected, boxes: int) -> Iterator[Finding]:
    """CNT+16 counts the containers of a list, or the lines of one where a line asks for several."""
    lines = sum(map(is_box, collected.drafts))
    for number, qualifier, value in collected.counts:
        if qualifier == "16" and (value.lstrip("0") or "0") not in (str(boxes), str(lines)):
            text = told(
                "CNT says {given} containers, the message has {count}.",
                "edi-count-differs",
                given=repr(value[:20]),
                count=boxes,
            )
            yield Finding.of("EDI-CNT-COUNT", Severity.COMMERCIAL, text, f"segment {number}")


@lru_cache(maxsize=1024)
def parsed_size_type(code: str) -> SizeType | None:
    try:
        return SizeType.parse(code)
    except DataError:
        return None


def assumed_size_type(code: str, position: StowPosition | None) -> SizeType:
    """What to plan with when the code is not known: the length its first character or its bay shows, high, dry."""
    length = {"2": 20, "4": 40, "L": 45, "9": 45}.get(code[:1])
    if length is None:
        length = 20 if position is not None and not position.is_40 else 40
    kind = Kind.REEFER if "R" in code[2:] else Kind.DRY
    return SizeType(code[:10], length, 2896, kind)


def _place(draft: Draft, segment: int) -> str:
    return f"segment {segment}, slot {draft.position}" if draft.position is not None else f"segment {segment}"


def _is_position(text: str) -> bool:
    return len(text) in (6, 7) and text.isascii() and text.isdigit()


def _onward(ports: tuple[tuple[str, Port], ...]) -> Port:
    return min(ports, key=lambda said: ONWARD_QUALIFIERS.index(said[0]))[1]


def _booking(references: tuple[tuple[str, str], ...]) -> str:
    """The booking number (BN), else the bill of lading (BM)."""
    by_qualifier = dict(reversed(references))
    return by_qualifier.get("BN") or by_qualifier.get("BM") or ""


def _out_of_gauge(excess: tuple[tuple[str, int], ...]) -> OutOfGauge | None:
    return OutOfGauge(**dict(excess)) if any(mm for _, mm in excess) else None


def _substance(goods: Goods) -> DangerousGoods:
    substance = goods.substance
    if not goods.texts:
        return substance
    said = join_text([pieces for qualifier, pieces in goods.texts if qualifier == "AAC"]).upper()
    name = join_text([pieces for qualifier, pieces in goods.texts if qualifier == "TNM"]) or join_text(
        [pieces for qualifier, pieces in goods.texts if qualifier == "AAD"]
    )
    return DangerousGoods(
        substance.imdg_class,
        substance.un_number,
        substance.packing_group,
        substance.subsidiary_classes,
        substance.flash_point_tenth_c,
        "LIMITED QUANT" in said or "LTD QTY" in said,
        "MARINE POLLUTANT" in said,
        name,
    )
