"""Two plans of one call side by side, as plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.findings import Cause
from cabria.domain.plan import LoadingPlan
from cabria.referee.judgement import Judgement
from cabria.reports.text import table

Judged = tuple[LoadingPlan, Judgement]
ASHORE = "ashore"
SHIP_FIGURES = ("displacement_kg", "gm_mm", "draught_mm", "trim_mm", "list_mdeg")


def comparison_text(call: VesselCall, one: Judged, other: Judged, *, names: tuple[str, str], limit: int = 20) -> str:
    """Figures with their difference, findings by rule, and at most `limit` boxes that stand elsewhere."""
    return "\n".join(_lines(call, one, other, names, limit))


def _lines(call: VesselCall, one: Judged, other: Judged, names: tuple[str, str], limit: int) -> Iterator[str]:
    yield f"A: {names[0]}"
    yield f"B: {names[1]}"
    yield ""
    rows = [["", "A", "B", "B less A"], *_figures(one[1], other[1]), *_findings(one[1], other[1])]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for name, *values in rows:
        columns = (value.rjust(width) for value, width in zip(values, widths[1:], strict=True))
        yield "  ".join([name.ljust(widths[0]), *columns]).rstrip()
    yield ""
    yield from _boxes(call, one[0], other[0], limit)


def _figures(one: Judgement, other: Judgement) -> Iterator[list[str]]:
    """Those that differ, and the ones a planner asks for first."""
    said = [{**asdict(j.figures), **{name: getattr(j.departure, name) for name in SHIP_FIGURES}} for j in (one, other)]
    for name, a in said[0].items():
        b = said[1][name]
        if a != b or name in ("loaded", "restows", "overstows", "lid_overstows", "digs", "crane_makespan_s"):
            less = "" if a is None or b is None else _number(b - a, sign="+")
            yield [name.replace("_", " "), _number(a), _number(b), less]


def _number(value: float | int | None, *, sign: str = "") -> str:
    if value is None:
        return "not known"
    return f"{value:{sign},.3f}" if isinstance(value, float) else f"{value:{sign},d}"


def _findings(one: Judgement, other: Judgement) -> Iterator[list[str]]:
    a, b = (Counter(f.rule for f in j.findings if f.cause is Cause.PLAN) for j in (one, other))
    for rule in sorted(a | b):
        if a[rule] != b[rule]:
            yield [f"findings {rule}", _number(a[rule]), _number(b[rule]), _number(b[rule] - a[rule], sign="+")]


def _boxes(call: VesselCall, one: LoadingPlan, other: LoadingPlan, limit: int) -> Iterator[str]:
    a, b = _places(call, one), _places(call, other)
    differ = sorted(box for box in a | b if a.get(box) != b.get(box))
    if not differ:
        yield "Every box stands in the same slot."
        return
    yield f"{len(differ):,} {'box stands' if len(differ) == 1 else 'boxes stand'} elsewhere:"
    yield from table([[box, a.get(box, "-"), f"-> {b.get(box, '-')}"] for box in differ[:limit]])
    if len(differ) > limit:
        yield f"... and {len(differ) - limit:,} more"


def _places(call: VesselCall, plan: LoadingPlan) -> dict[ContainerId, str]:
    """Where each load and each box that stays aboard is in the end."""
    staying = {box.id: str(plan.restows.get(box.id, slot)) for box, slot in call.remaining}
    return {**staying, **dict.fromkeys(plan.refused, ASHORE), **{box: str(slot) for box, slot in plan.loads.items()}}
