"""Verified masses onto the boxes they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cabria.adapters.edi.boxes import DOUBT_KG, MAX_KG, MIN_KG
from cabria.domain.containers import Container
from cabria.domain.findings import Finding, Severity
from cabria.domain.messages import VerifiedMass
from cabria.domain.told import told

VGM_HOLD = "VGM"
"""The hold of a box that waits for its verified mass; it is lifted when the mass comes."""


def apply_verified_masses(
    containers: Iterable[Container], masses: Iterable[VerifiedMass]
) -> tuple[tuple[Container, ...], tuple[Finding, ...]]:
    """The containers with the verified masses of VERMAS, in their order, and what did not fit.

    The last mass of a box counts. An impossible one is not taken over. Found are also masses far from the declared
    one, masses of boxes that are not there, and full boxes that still have none.
    """
    findings: list[Finding] = []
    by_number = {mass.container: mass for mass in masses}
    result: list[Container] = []
    for box in containers:
        mass = by_number.pop(box.id, None)
        if mass is not None and not MIN_KG <= mass.gross_mass_kg <= MAX_KG:
            text = told(
                "No such box has a gross mass of {mass_kg:,} kg; not taken over.",
                "edi-mass-not-taken",
                mass_kg=mass.gross_mass_kg,
            )
            findings.append(Finding.of("EDI-MASS", Severity.SAFETY, text, f"segment {mass.segment}", box.id))
            mass = None
        if mass is None:
            if box.is_full and not box.mass_is_verified:
                text = told("The mass of this full box is not verified.", "mass-unverified")
                findings.append(Finding.of("EDI-VGM-MISSING", Severity.SAFETY, text, container=box.id))
            result.append(box)
            continue
        if box.gross_mass_kg and abs(box.gross_mass_kg - mass.gross_mass_kg) > DOUBT_KG:
            before = "verified before" if box.mass_is_verified else "declared"
            text = told(
                "The verified mass is {mass_kg:,} kg, {what} were {before_kg:,} kg.",
                "edi-verified-differs",
                mass_kg=mass.gross_mass_kg,
                what=before,
                before_kg=box.gross_mass_kg,
            )
            severity = Severity.SAFETY if box.mass_is_verified else Severity.NOTE
            findings.append(Finding.of("EDI-MASS-DIFFERS", severity, text, f"segment {mass.segment}", box.id))
        holds = tuple(hold for hold in box.holds if hold.upper() != VGM_HOLD)
        result.append(replace(box, gross_mass_kg=mass.gross_mass_kg, mass_is_verified=True, holds=holds))
    for mass in by_number.values():
        text = told(
            "A verified mass of {mass_kg:,} kg is for a box that is not in this list.",
            "edi-mass-for-nobody",
            mass_kg=mass.gross_mass_kg,
        )
        findings.append(Finding.of("EDI-VGM-UNKNOWN", Severity.NOTE, text, f"segment {mass.segment}", mass.container))
    return tuple(result), tuple(findings)
