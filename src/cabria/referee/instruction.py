"""The carrier's instruction (MOVINS): each slot holds the class of container that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.calls import SlotInstruction
from cabria.domain.containers import Container, Kind
from cabria.domain.findings import Finding, Severity
from cabria.domain.told import Told, told
from cabria.referee.condition import Case
from cabria.referee.rule import Rule

CLASS = Rule(
    "INSTRUCTION-CLASS",
    Severity.HARD,
    "A slot the carrier names is filled with what he asks for: length, height and kind, POD, operator, reefer, "
    "full or empty.",
)
MASS = Rule(
    "INSTRUCTION-MASS",
    Severity.COMMERCIAL,
    "A container in a slot the carrier names weighs what he asks for, within the tolerance of the settings.",
)
OUTSIDE = Rule(
    "INSTRUCTION-OUTSIDE",
    Severity.COMMERCIAL,
    "Where the carrier instructs, loads go to slots he names; others need his consent.",
)


def slots_hold_their_class(case: Case) -> Iterator[Finding]:
    by_slot = {instruction.position: instruction for instruction in case.call.instructions}
    if not by_slot:
        return
    tolerance = case.call.settings.instruction_mass_tolerance_kg
    for container, position in case.sailing:
        instruction = by_slot.get(position)
        if container.id not in case.departure.changed:
            continue
        if instruction is None:
            if container.id in case.plan.loads:
                text = told("The carrier's instruction does not name this slot.", "slot-not-instructed")
                yield OUTSIDE.finding(text, position, container.id)
            continue
        differences = list(differences_of(instruction, container))
        if differences:
            text = told("The carrier asks for {asked}.", "not-as-instructed", asked="; ".join(differences))
            yield CLASS.finding(text, position, container.id)
        asked = instruction.gross_mass_kg
        if asked is not None and abs(container.gross_mass_kg - asked) > tolerance:
            text = told(
                "It weighs {mass_kg:,} kg; the carrier asks for {asked_kg:,} kg ± {tolerance_kg:,}.",
                "mass-not-as-instructed",
                mass_kg=container.gross_mass_kg,
                asked_kg=asked,
                tolerance_kg=tolerance,
            )
            yield MASS.finding(text, position, container.id)


def differences_of(instruction: SlotInstruction, container: Container) -> Iterator[str]:
    """In what a container is not of the class asked for; mass is not part of it."""
    asked, given = instruction.size_type, container.size_type
    if asked and (asked.length_ft, asked.height_mm, asked.kind) != (given.length_ft, given.height_mm, given.kind):
        yield f"size-type {asked}, not {given}"
    if instruction.pod and instruction.pod != container.pod:
        yield f"POD {instruction.pod}, not {container.pod}"
    if instruction.operator and container.operator and instruction.operator != container.operator:
        yield f"operator {instruction.operator}, not {container.operator}"
    if instruction.is_reefer and not (container.needs_plug or given.kind is Kind.REEFER):
        yield "a reefer"
    if instruction.is_full is not None and instruction.is_full is not container.is_full:
        yield "a full container" if instruction.is_full else "an empty container"


def not_judged(case: Case) -> dict[str, tuple[Told, ...]]:
    if case.call.instructions:
        return {}
    why = told("The carrier gave no instruction.", "not-instructed")
    return dict.fromkeys((CLASS.id, MASS.id, OUTSIDE.id), (why,))
