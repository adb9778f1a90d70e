"""Dangerous goods: segregation, on deck or under, and what only a person with the Dangerous Goods List can judge."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.findings import Severity
from cabria.domain.told import told
from cabria.domain.vessel import Level
from cabria.referee import imdg
from cabria.referee.condition import Aboard, Condition
from cabria.referee.rule import Offence, Rule

SEGREGATION = Rule(
    "DG-SEGREGATION",
    Severity.HARD,
    "Dangerous goods keep the distance that their classes ask for (IMDG 7.2.4, 7.4.3), subsidiary hazards included; "
    "limited quantities are exempt.",
)
DECK = Rule(
    "DG-DECK",
    Severity.HARD,
    "Goods that class or UN number forbids under deck stand on deck: 5.2, self-reactive substances, class 1 but 1.4.",
)
UNKNOWN = Rule(
    "DG-UNKNOWN",
    Severity.SAFETY,
    "Class and UN number of dangerous goods are known; where not, a person must judge stowage and segregation.",
)
OPEN = Rule(
    "DG-OPEN",
    Severity.SAFETY,
    "Dangerous goods are in closed containers; distances of open ones must be judged by a person.",
)
CATEGORY = Rule(
    "DG-CATEGORY",
    Severity.SAFETY,
    "Whether goods may go under deck is decided by their UN number's stowage category, which a person must look up.",
)


def dangerous_goods_are_segregated(condition: Condition) -> Iterator[Offence]:
    groups: dict[imdg.Hazards, dict[int, list[Aboard]]] = {}
    for box in condition.boxes():
        if hazards := imdg.hazards_of(box.container) if box.container.dangerous else ():
            groups.setdefault(hazards, {}).setdefault(box.place.bay.number, []).append(box)
    names = sorted(groups)
    for index, a in enumerate(names):
        for b in names[index:]:
            code = imdg.code_between(a, b)
            if code > imdg.AWAY_FROM:
                yield from _too_near(groups[a], groups[b], code, same=a is b)


def _too_near(
    group_a: dict[int, list[Aboard]], group_b: dict[int, list[Aboard]], code: int, *, same: bool
) -> Iterator[Offence]:
    for number, boxes_a in group_a.items():
        near = [box for other, boxes in group_b.items() if abs(other - number) <= imdg.REACH for box in boxes]
        for a in boxes_a:
            for b in near:
                if same and a.container.id >= b.container.id:
                    continue
                if imdg.segregation_conflict(a.place, b.place, code):
                    yield _pair(a, b, code)


def _pair(a: Aboard, b: Aboard, code: int) -> Offence:
    """Told of the container that the plan put there."""
    box, other = (b, a) if b.is_new and not a.is_new else (a, b)
    text = told(
        "{goods} must be {distance} {goods_there} of {other} in slot {slot} (code {segregation}).",
        "goods-too-near",
        goods=_goods(box),
        distance=imdg.CODE_NAMES[code],
        goods_there=_goods(other),
        other=other.container.id,
        slot=other.position,
        segregation=code,
    )
    return Offence(SEGREGATION, text, str(box.position), box.container.id, f"{other.container.id} {other.position}")


def _goods(box: Aboard) -> str:
    counted = [goods for goods in box.container.dangerous if not goods.is_limited_quantity]
    return " and ".join(dict.fromkeys(f"class {goods.imdg_class} (UN {goods.un_number:04})" for goods in counted))


def deck_only_goods_on_deck(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        if box.place.stack.level is Level.HOLD and any(
            imdg.must_be_on_deck(goods) for goods in box.container.dangerous
        ):
            text = told("{goods} must be carried on deck.", "goods-only-on-deck", goods=_goods(box))
            yield Offence(DECK, text, str(box.position), box.container.id)


def goods_are_known(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        unknown = [g for g in box.container.dangerous if not imdg.is_known(g)]
        if unknown:
            names = ", ".join(f"class {g.imdg_class or '?'} UN {g.un_number:04}" for g in unknown)
            text = told(
                "Not judged, a person must: the segregation table does not know {goods}.", "goods-unknown", goods=names
            )
            yield Offence(UNKNOWN, text, str(box.position), box.container.id)


def goods_are_in_closed_containers(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        if box.container.dangerous and imdg.hazards_of(box.container) and not imdg.is_closed(box.container):
            text = told(
                "Not judged, a person must: {goods} in an open container ({box_kind}).",
                "goods-in-open-container",
                goods=_goods(box),
                box_kind=box.container.size_type.kind,
            )
            yield Offence(OPEN, text, str(box.position), box.container.id)


def category_is_looked_up(condition: Condition) -> Iterator[Offence]:
    """One offence for all that the plan stows under deck, by UN number."""
    numbers: dict[int, int] = {}
    for box in condition.boxes():
        if box.is_new and box.place.stack.level is Level.HOLD:
            for goods in box.container.dangerous:
                if not goods.is_limited_quantity and not imdg.must_be_on_deck(goods):
                    numbers[goods.un_number] = numbers.get(goods.un_number, 0) + 1
    if numbers:
        listed = ", ".join(f"UN {number:04} ({count})" for number, count in sorted(numbers.items()))
        text = told(
            "Not judged, a person must: the stowage category of what is loaded under deck: {numbers}.",
            "goods-category-to-look-up",
            numbers=listed,
        )
        yield Offence(CATEGORY, text, "under deck", other=listed)
