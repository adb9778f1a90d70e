"""The verdict and the key figures as plain text, for the end of a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cabria.domain.findings import Cause, Severity
from cabria.domain.plan import Waiver
from cabria.planning.loading.result import PlannedCall
from cabria.referee.judgement import Judgement
from cabria.reports import figures
from cabria.reports.findings_list import FindingGroup, findings_by_rule


def summary(planned: PlannedCall) -> str:
    """Verdict, key figures beside the simple methods, refused boxes by reason, costs and where the time went."""
    return "\n".join(_summary(planned))


def _summary(planned: PlannedCall) -> Iterator[str]:
    said = figures.verdict(planned)
    yield f"{planned.call.vessel.name} {planned.call.voyage}, {planned.call.port}"
    yield f"{said.headline}."
    yield from (f"  {detail}" for detail in said.details)
    yield from (f"  not judged: {reason.text}" for reason in planned.judgement.departure.not_judged)
    yield ""
    rows = [
        [figure.name, figure.value, "; ".join([figure.note] * bool(figure.note) + _beside(figure))]
        for figure in figures.key_figures(planned)
    ]
    yield from table(rows)
    if planned.plan.refused:
        yield ""
        for whose, reasons in figures.refused_by_reason(planned).items():
            yield f"Refused, {whose}:"
            for reason, containers in reasons:
                yield f"  {len(containers):,} x {reason} ({containers[0]}{' ...' if len(containers) > 1 else ''})"
    for severity, most in ((Severity.HARD, 10), (Severity.SAFETY, 5)):
        own = [f for f in planned.judgement.findings if f.severity is severity and f.cause is Cause.PLAN]
        if own:
            yield ""
            yield from (str(finding) for finding in own[:most])
        if len(own) > most:
            yield f"... and {len(own) - most:,} more {severity} findings"
    if planned.phases:
        yield ""
        spent = ", ".join(f"{phase.name} {phase.wall_s:.1f}" for phase in planned.phases)
        yield f"Where the time went, s: {spent}"


def _beside(figure: figures.KeyFigure) -> list[str]:
    return [f"{method} {value}" for method, value in figure.baselines.items()]


def table(rows: list[list[str]]) -> Iterator[str]:
    """Columns side by side, the second one flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, value, *rest in rows:
        yield "  ".join([name.ljust(widths[0]), value.rjust(widths[1]), *rest]).rstrip()


def verdict_text(judgement: Judgement, *, limit: int = 5, waivers: Sequence[Waiver] = ()) -> str:
    """The referee's word alone: findings by rule, the gravest first, at most `limit` of each; what was not judged.

    Findings for which somebody answers say who and why.
    """
    hard = len(judgement.hard_by_plan)
    legal = "The plan is legal" if not hard else "The plan is NOT legal"
    lines = [f"{legal}: {figures.counted(hard, 'hard finding')} caused by the plan."]
    for group in findings_by_rule(judgement.findings):
        lines += _group_lines(group, limit, waivers)
    lines += [f"Not judged: {', '.join(rules)}: {reason}" for reason, rules in judgement.unjudged.items()]
    return "\n".join(lines)


def _group_lines(group: FindingGroup, limit: int, waivers: Sequence[Waiver]) -> Iterator[str]:
    yield f"{group.severity.upper()} {group.rule}: {group.count:,} {group.cause}"
    for finding in group.findings[: max(0, limit)]:
        about = " ".join(part for part in (finding.place, finding.container) if part)
        waived = next((f" Waived: {w.reason} ({w.by})." for w in waivers if w.covers(finding)), "")
        yield f"  {about}: {finding.text}{waived}" if about else f"  {finding.text}{waived}"
    if group.count > limit:
        yield f"  ... and {group.count - limit:,} more"
