"""Edits by hand in words: what one would change, and who did what when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cabria.domain.edits import Edit, Exchange, PlanLog
from cabria.planning.loading.editing.alternatives import Alternative
from cabria.planning.loading.editing.desk import Price

MOST_FINDINGS = 8


def price_text(edit: Edit, price: Price) -> str:
    """Minutes by what they are for, and findings that come and go."""
    return "\n".join(_price(edit, price))


def _price(edit: Edit, price: Price) -> Iterator[str]:
    costs = f"costs {price.minutes:,.1f} min" if price.minutes > 0 else f"saves {-price.minutes:,.1f} min"
    yield f"To {edit} {costs if price.minutes else 'costs nothing'}{', but is forbidden' if price.forbidden else ''}."
    yield from (f"  {minutes:+9.1f} min  {name}" for name, minutes in price.terms.items())
    for title, findings in (("New", price.new), ("Gone", price.gone)):
        if findings:
            yield f"{title} findings of the referee:"
            yield from (f"  {finding}" for finding in findings[:MOST_FINDINGS])
        if len(findings) > MOST_FINDINGS:
            yield f"  ... and {len(findings) - MOST_FINDINGS:,} more"


def alternatives_text(others: Sequence[Alternative]) -> list[str]:
    """A line each: the slot, what it costs more and for what, whom it displaces, or the rule that forbids it."""
    return ["The best other slots, as the referee would count them:", *map(_other, others)] if others else []


def _other(other: Alternative) -> str:
    told = f"  {other.to}  {other.price.minutes:+8.1f} min"
    if other.price.terms:
        told += f" ({', '.join(f'{name} {minutes:+.1f}' for name, minutes in other.price.terms.items())})"
    if isinstance(other.edit, Exchange):
        told += f", in exchange with {other.edit.other}"
    forbidden = other.price.forbidden
    return f"{told}; forbidden: {forbidden[0].rule}: {forbidden[0].text}" if forbidden else told


def history_text(log: PlanLog) -> str:
    """A line an entry, then what counts now."""
    if not len(log):
        return "Nothing was changed by hand."
    lines = []
    for number, entry in enumerate(log, 1):
        minutes = "" if entry.minutes is None else f"  {entry.minutes:+,.1f} min"
        lines.append(f"{number:>4}  {entry.at:%Y-%m-%d %H:%M} UTC  {entry.by}: {entry.what}{minutes}")
    lines.append(f"{len(log.edits):,} edits count, {len(log.undone):,} are undone.")
    return "\n".join(lines)
