"""Edits by hand in words: what one would change, and who did what when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cabria.domain.call_changes import hours
from cabria.domain.edits import Edit, Exchange, PlanLog
from cabria.planning.loading.editing.alternatives import Alternative
from cabria.planning.loading.editing.blocks import BlockOfWork
from cabria.planning.loading.editing.desk import Price
from cabria.planning.loading.replanning.solve import Proposal

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


def blocks_text(blocks: Sequence[BlockOfWork]) -> str:
    """A line a block: crane, number, bays, times, what is done."""
    return "\n".join(_block(block) for block in blocks) or "No crane has work to come."


def _block(block: BlockOfWork) -> str:
    bays = ", ".join(f"{bay:02}" for bay in block.bays)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in block.kinds)
    return f"{block.crane} {block.number:>3}  bay {bays}  {hours(block.start_s)} to {hours(block.end_s)}  {kinds}"


def proposal_text(proposal: Proposal, limit: int = 40) -> str:
    """What another plan changes, to be looked at before it is signed: boxes, cranes, minutes and findings."""
    if proposal.is_empty:
        return "Nothing changes: the plan stays as it is."
    return "\n".join(_proposal(proposal, limit))


def _proposal(proposal: Proposal, limit: int) -> Iterator[str]:
    change, before = proposal.change, proposal.before.plan
    yield f"Proposed: {proposal.edit.title}"
    yield f"{len(change.boxes):,} boxes get another slot or stay ashore:"
    for box, now in sorted(change.boxes.items())[:limit]:
        was = before.loads.get(box) or before.restows.get(box) or "where it stood"
        yield f"  {box}  from {was} {f'to {now}' if now else f'stays ashore ({proposal.after.plan.refused.get(box)})'}"
    if len(change.boxes) > limit:
        yield f"  ... and {len(change.boxes) - limit:,} more"
    yield f"{len(change.moves):,} boxes are lifted by another crane."
    yield from (f"  {count:,} by {crane}" for crane, count in sorted(Counter(change.moves.values()).items()))
    yield from _price(proposal.edit, proposal.price)
    yield from (f"  must not be: {finding}" for finding in proposal.wrong[:MOST_FINDINGS])


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
