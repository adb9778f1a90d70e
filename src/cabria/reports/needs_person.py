"""What waits for a person: the plan's own hard and safety findings and what could not be judged, with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.vessel import Level
from cabria.planning.loading.result import PlannedCall
from cabria.referee.dangerous_goods import CATEGORY
from cabria.referee.imdg import must_be_on_deck
from cabria.reports.aboard import BoxesAboard, Part
from cabria.reports.findings_list import findings_by_rule

AFLOAT = "Load the departure BAPLIE into the ship's loading computer and check stability and strength there."
TO_DO: Mapping[str, str] = {
    "DG-CATEGORY": "Look up each UN number's stowage category in the Dangerous Goods List (IMDG 3.2). Category C or D "
    "goes on deck only: move the box in plan.json and let `cabria check` judge it, or hold it and plan again.",
    "DG": "Have the dangerous goods desk decide before the box is lifted.",
    "STACK-LASHING": "Have the lashing calculated for this stack, or move weight down.",
    "LIST-MASS": "Ask the shipper for the mass.",
    "SHIP": AFLOAT,
}
"""By the longest start of a rule's id that fits."""
TO_DO_HARD = "Do not work to this plan: mend what is named here and plan again."


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to settle. `boxes` are those it is about, where the finding names none: words and bay of each."""

    severity: str
    rule: str
    findings: tuple[Finding, ...]
    to_do: str
    boxes: tuple[tuple[str, int], ...] = ()


def matters(planned: PlannedCall, boxes: BoxesAboard) -> Iterator[Matter]:
    """Hard findings of the plan first, then its safety findings, one matter a rule; last what was not judged."""
    for group in findings_by_rule(planned.judgement.findings):
        if group.cause is Cause.PLAN and group.severity in (Severity.HARD, Severity.SAFETY):
            about = tuple(goods_under_deck(boxes)) if group.rule == CATEGORY.id else ()
            yield Matter(group.severity, group.rule, group.findings, what_to_do(group.rule, group.severity), about)
    if unknown := planned.judgement.departure.not_judged:
        yield Matter("not judged", "", tuple(Finding.of("", Severity.NOTE, why) for why in unknown), AFLOAT)


def what_to_do(rule: str, severity: Severity) -> str:
    if severity is Severity.HARD:
        return TO_DO_HARD
    return next((TO_DO[start] for start in sorted(TO_DO, key=len, reverse=True) if rule.startswith(start)), "")


def goods_under_deck(boxes: BoxesAboard) -> Iterator[tuple[str, int]]:
    """The boxes a finding on stowage categories counts: put under deck by the plan, with goods that may be allowed."""
    for bay, inside in sorted(boxes.by_bay.items()):
        for box in inside:
            numbers = [
                f"UN {goods.un_number:04}"
                for goods in box.container.dangerous
                if not goods.is_limited_quantity and not must_be_on_deck(goods)
            ]
            if numbers and box.part in (Part.LOADED, Part.PUT_BACK) and box.place.stack.level is Level.HOLD:
                yield f"{', '.join(numbers)}: {box.container.id} {box.position}", bay
