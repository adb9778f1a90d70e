"""Findings gathered for reading: gravest first, by cause and rule, each with the bay it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import VesselProfile

_POSITION = re.compile(r"(?<!\d)\d{6,7}(?!\d)")
_BAY = re.compile(r"\bbay (\d{1,3})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FindingGroup:
    severity: Severity
    cause: Cause
    rule: str
    findings: tuple[Finding, ...]

    @property
    def count(self) -> int:
        return len(self.findings)


def findings_by_rule(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Groups by severity, the plan's own before what came aboard so, then by rule."""
    severities, causes = list(Severity), list(Cause)
    gathered: dict[tuple[int, int, str], list[Finding]] = {}
    for finding in findings:
        key = (severities.index(finding.severity), causes.index(finding.cause), finding.rule)
        gathered.setdefault(key, []).append(finding)
    return [
        FindingGroup(severities[severity], causes[cause], rule, tuple(group))
        for (severity, cause, rule), group in sorted(gathered.items(), key=lambda item: item[0])
    ]


def bay_of(finding: Finding, profile: VesselProfile, aboard: Mapping[ContainerId, StowPosition]) -> int | None:
    """The vessel bay a finding is about: by the position or bay in its place, else by where its container stands."""
    for digits in _POSITION.findall(finding.place):
        try:
            place = profile.place(StowPosition.parse(digits))
        except DataError:
            continue
        if place is not None:
            return place.bay.number
    if named := _BAY.search(finding.place):
        number = int(named.group(1))
        return next((bay.number for bay in profile.bays if number in (bay.number, bay.fore, bay.aft)), None)
    position = aboard.get(finding.container) if finding.container else None
    place = profile.place(position) if position else None
    return place.bay.number if place else None


def positions(plan: BayPlan) -> Mapping[ContainerId, StowPosition]:
    return {stowed.container.id: stowed.position for stowed in plan}
