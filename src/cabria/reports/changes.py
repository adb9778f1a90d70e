"""What became of the planner's wishes, as plain text: what was dropped, and every change against the earlier plan."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.plan import Change
from cabria.planning.loading.result import PlannedCall


def wishes_text(planned: PlannedCall) -> str:
    """Lines that end with a blank one, or nothing where the planner asked nothing."""
    lines = [*_dropped(planned), *_changes(planned)]
    return "\n".join(["", *lines, ""]) if lines else ""


def _dropped(planned: PlannedCall) -> Iterator[str]:
    if planned.dropped:
        yield "Planned without these wishes:"
        yield from (f"  {wish}" for wish in planned.dropped)


def _changes(planned: PlannedCall) -> Iterator[str]:
    budget = planned.call.wishes.budget
    if budget is None:
        return
    changes = planned.plan.changes
    yield f"Changes against the earlier plan: {len(changes):,} of {budget.at_most:,} allowed."
    yield from (f"  {change_in_words(change)}" for change in changes)


def change_in_words(change: Change) -> str:
    """Which box was where, where it is now, and why."""
    now = f"to {change.now}" if change.now else "stays ashore"
    return f"{change.container}  from {change.was} {now}: {change.why}"
