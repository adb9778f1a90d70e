"""The letter to the sender of a message: what was found, the worst first, how often, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import fill

from cabria.adapters.edi.check import SEVERITIES, summary
from cabria.adapters.edi.rules import RULES, Rule
from cabria.domain.findings import Finding, Severity
from cabria.domain.messages import Message

WIDTH = 100
_HEADINGS = {
    Severity.HARD: "CANNOT BE USED: please correct and send again",
    Severity.SAFETY: "SAFETY: mass or dangerous goods in doubt; please answer before we load",
    Severity.COMMERCIAL: "COSTS WORK: usable, but somebody must look at it",
    Severity.NOTE: "NOTES: read all the same",
}


def letter(message: Message, findings: Iterable[Finding], *, first: int = 5) -> str:
    """A plain-text letter about a message's findings, with the `first` few of each kind.

    What the message says is quoted without control characters: it was written by strangers.
    """
    found = list(findings)
    lines = [*_opening(message), ""]
    if not found:
        lines.append("We found nothing to complain of. Thank you.")
    for severity in SEVERITIES:
        of_severity = [finding for finding in found if finding.severity is severity]
        if of_severity:
            heading = f"{_HEADINGS[severity]} ({len(of_severity):,})"
            lines += [heading, "-" * len(heading), *_section(of_severity, first), ""]
    if found:
        lines.append(_closing(found))
    return "\n".join(map(_printable, lines)).rstrip() + "\n"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def _opening(message: Message) -> Iterator[str]:
    header = message.header
    facts = (
        ("To", header.sender or header.carrier),
        ("Ship", ", ".join(part for part in (header.vessel, header.voyage and f"voyage {header.voyage}") if part)),
        ("Port", header.port or ""),
        (
            "Message",
            " ".join(p for p in (header.kind, header.dialect, header.reference and f"no. {header.reference}") if p),
        ),
        ("Prepared", header.prepared_at),
        ("File", header.file),
        ("Content", summary(message).partition(": ")[2].partition(";")[0]),
    )
    yield from (f"{name + ':':<10}{value}" for name, value in facts if value)


def _section(findings: list[Finding], first: int) -> Iterator[str]:
    """One paragraph a rule, the most frequent first."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule_id, found in sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0])):
        rule = RULES.get(rule_id, Rule(rule_id, ""))
        yield f"{rule.title} [{rule_id}]: {len(found):,}"
        for finding in found[:first]:
            about = " ".join(
                part for part in (finding.container or "", f"({finding.place})" if finding.place else "") if part
            )
            yield fill(
                f"{about}: {finding.text}" if about else finding.text,
                WIDTH,
                initial_indent="  - ",
                subsequent_indent="    ",
            )
        if len(found) > first:
            yield f"  - and {len(found) - first:,} more"
        if rule.remedy:
            yield fill(rule.remedy, WIDTH, initial_indent="  > ", subsequent_indent="    ")


def _closing(findings: list[Finding]) -> str:
    if any(finding.severity is Severity.HARD for finding in findings):
        return "We cannot use this message as it is. Please correct it and send it again."
    if any(finding.severity is Severity.SAFETY for finding in findings):
        return "We go on with this message, but the boxes under SAFETY wait for your answer."
    return "We go on with this message; no answer is needed."
