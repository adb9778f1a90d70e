"""A berth plan in words, for the end of a command: who lies where, what changed, what is broken and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cabria.domain.berthing import (
    BerthCase,
    BerthChange,
    BerthPlan,
    ChangeKind,
    ShipId,
    Stay,
    berth_changes,
)
from cabria.domain.findings import Cause, Finding, Severity
from cabria.reports.berth_frame import clock

COST_NAMES: Mapping[str, str] = {
    "speed_up": "speeding up",
    "waiting": "waiting",
    "late": "late departure",
    "overrun": "beyond the last finish",
    "window": "outside the window",
    "distance": "away from the wanted place",
    "held_berth": "berth held for a late ship",
    "crane_hours": "crane hours",
    "changes": "changes against the last plan",
    "unserved": "ships not served",
}

_BLAME = {Cause.PLAN: "caused by the plan", Cause.ARRIVAL: "so by the last plan"}


def plan_table(case: BerthCase, plan: BerthPlan) -> str:
    """A line for each ship in the order of their starts, then those that are not served and why."""
    rows = [("ship", "name", "from", "to", "ETA", "start", "end", "cranes")]
    for stay in sorted(plan.stays, key=lambda stay: (stay.start_min, stay.position_mm)):
        ship = case.ship_of.get(stay.ship)
        right = f"{(stay.position_mm + ship.length_mm) / 1000:g} m" if ship else "?"
        rows.append(
            (
                stay.ship,
                ship.name if ship else "not expected",
                f"{stay.position_mm / 1000:g} m",
                right,
                clock(case, ship.eta.planned_min) if ship else "?",
                clock(case, stay.start_min),
                clock(case, stay.end_min),
                cranes_in_words(stay),
            )
        )
    return "\n".join([*_aligned(rows), *_unserved(case, plan)])


def cranes_in_words(stay: Stay) -> str:
    """How many at a time: 3, or 2-4 when it changes."""
    counts = [part.cranes for part in stay.work if part.cranes]
    if not counts:
        return "none"
    return str(counts[0]) if min(counts) == max(counts) else f"{min(counts)}-{max(counts)}"


def _unserved(case: BerthCase, plan: BerthPlan) -> Iterator[str]:
    if plan.unserved:
        yield ""
        yield f"Not served: {len(plan.unserved)}"
        for left in plan.unserved:
            yield f"  {_named(case, left.ship)}: {left.rule}: {left.text}"


def _named(case: BerthCase, ship_id: ShipId) -> str:
    ship = case.ship_of.get(ship_id)
    return f"{ship_id} {ship.name}".strip() if ship else str(ship_id)


def changes_text(case: BerthCase, before: BerthPlan, after: BerthPlan) -> str:
    """How many ships change and how, the same ship by ship; what a planner would sign."""
    changes = berth_changes(before, after)
    if not changes:
        return "Nothing changes against the last plan."
    counts = [
        f"{number} {name}"
        for kind, name in (
            (ChangeKind.MOVED, "moved"),
            (ChangeKind.CRANES, "with other cranes or another end"),
            (ChangeKind.NEW, "new"),
            (ChangeKind.DROPPED, "dropped"),
        )
        if (number := sum(change.kind is kind for change in changes))
    ]
    same = sum(after.stay_of.get(stay.ship) == stay for stay in before.stays)
    head = f"Against the last plan: {', '.join(counts)}; {same} as they were."
    return "\n".join([head, *(f"  {_named(case, change.ship)}: {_change(case, change)}" for change in changes)])


def _change(case: BerthCase, change: BerthChange) -> str:
    if change.kind is ChangeKind.DROPPED or change.after is None:
        return "no longer served"
    if change.kind is ChangeKind.NEW or change.before is None:
        return f"now berths at {clock(case, change.after.start_min)}"
    said = []
    if change.start_shift_min:
        said.append(f"starts {_shift(change.start_shift_min)}, at {clock(case, change.after.start_min)}")
    if change.position_shift_mm:
        side = "right" if change.position_shift_mm > 0 else "left"
        said.append(f"lies {abs(change.position_shift_mm) / 1000:g} m further {side}")
    if change.end_shift_min:
        said.append(f"leaves {_shift(change.end_shift_min)}, at {clock(case, change.after.end_min)}")
    elif not said:
        said.append("other cranes")
    return "; ".join(said)


def _shift(minutes: int) -> str:
    return f"{abs(minutes) / 60:g} h {'later' if minutes > 0 else 'earlier'}"


def costs_text(
    costs: Mapping[str, float], hours: Mapping[str, float], bound: float | None, *, currency: str = ""
) -> str:
    """What the plan costs by component, in hours where a component is time, and how far the bound is.

    `currency` is what a unit of the prices is; "" where the case does not say.
    """
    rows = [("cost", currency or "cost units", "hours")]
    for name, money in costs.items():
        if money:
            spent = f"{hours[name]:,.1f} h" if name in hours else ""
            rows.append((COST_NAMES.get(name, name), f"{money:,.0f}", spent))
    total = sum(costs.values())
    rows.append(("together", f"{total:,.0f}", ""))
    lines = list(_aligned(rows, numbers=(1, 2)))
    if bound is not None and total > 0:
        gap = f", {100 * (total - bound) / total:.1f} % below" if total > bound else ": no plan is cheaper"
        lines.append(f"No plan can cost less than {bound:,.0f}{gap}.")
    return "\n".join(lines)


def verdict(findings: Sequence[Finding], *, limit: int = 5) -> str:
    """Whether the plan keeps all hard rules, then every broken rule, the gravest first, `limit` places of each."""
    hard = sum(f.severity is Severity.HARD and f.cause is Cause.PLAN for f in findings)
    lines = [f"The plan is {'legal' if not hard else 'NOT legal'}: {hard} hard findings caused by the plan."]
    order = list(Severity)
    by_rule: dict[tuple[int, str, Cause], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((order.index(finding.severity), finding.rule, finding.cause), []).append(finding)
    for (severity, rule, cause), group in sorted(by_rule.items()):
        lines.append(f"{order[severity].upper()} {rule}: {len(group)} {_BLAME[cause]}")
        lines += [f"  {finding.place}: {finding.text}" for finding in group[:limit]]
        if len(group) > limit:
            lines.append(f"  ... and {len(group) - limit} more")
    return "\n".join(lines)


def _aligned(rows: Sequence[tuple[str, ...]], numbers: Sequence[int] = ()) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if at in numbers else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
