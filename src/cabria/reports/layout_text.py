"""The referee's word on a ground plan, for a screen."""

from __future__ import annotations

from collections.abc import Sequence

from cabria.domain.findings import Finding, Severity
from cabria.reports.findings_list import findings_by_rule


def verdict(name: str, findings: Sequence[Finding], *, limit: int = 5) -> str:
    """Whether one can drive on it, then every broken rule, the gravest first, with `limit` places of each."""
    hard = sum(finding.severity is Severity.HARD for finding in findings)
    lines = [f"{name}: {'NOT ' if hard else ''}a plan to drive on; {hard} hard findings."]
    for group in findings_by_rule(findings):
        lines.append(f"{group.severity.upper()} {group.rule}: {group.count}")
        lines += [f"  {finding.place or '-'}: {finding.text}" for finding in group.findings[:limit]]
        if group.count > limit:
            lines.append(f"  ... and {group.count - limit} more")
    return "\n".join(lines)
