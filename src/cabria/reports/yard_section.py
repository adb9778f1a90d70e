"""A yard bay as it stands: rows from left to right, tiers upwards, stronger colour for what leaves sooner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cabria.domain.containers import ContainerId
from cabria.domain.yard import YardBlock, YardBox
from cabria.reports import svg

WIDTH, HEIGHT = 46, 24
SIDE, HEAD, FOOT = 26, 26, 24
FAINT, STRONG = 0.08, 0.5
"""Letters must stay readable on the strongest colour, on light and on dark screens."""

Stacks = Mapping[tuple[str, int, int], Sequence[YardBox]]


@dataclass(frozen=True)
class BoxWords:
    """What is written on boxes, and how soon each leaves: ranks from 0 (first) on; boxes without one are grey."""

    rank_of: Mapping[ContainerId, int] = field(default_factory=dict)
    label_of: Mapping[ContainerId, str] = field(default_factory=dict)

    def label(self, box: YardBox) -> str:
        return self.label_of.get(box.id, box.id[-5:])

    def strength(self, box: YardBox) -> float | None:
        rank = self.rank_of.get(box.id)
        if rank is None:
            return None
        return STRONG - (STRONG - FAINT) * rank / max(1, self._last)

    @cached_property
    def _last(self) -> int:
        return max(self.rank_of.values(), default=0)


@dataclass(frozen=True)
class SectionLayout:
    """Where rows and tiers of a bay lie in a picture, with the upper left corner at `x`, `y`."""

    block: YardBlock
    bay: int
    x: float = 0
    y: float = 0

    @property
    def width(self) -> int:
        return 2 * SIDE + WIDTH * self.block.rows

    @property
    def height(self) -> int:
        return HEAD + HEIGHT * self.block.tiers + FOOT

    def corner(self, row: int, tier: int) -> tuple[float, float]:
        return self.x + SIDE + WIDTH * (row - 1), self.y + HEAD + HEIGHT * (self.block.tiers - tier)

    def middle(self, row: int, tier: int) -> tuple[float, float]:
        x, y = self.corner(row, tier)
        return x + WIDTH / 2, y + HEIGHT / 2


def section_picture(block: YardBlock, bay: int, stacks: Stacks, words: BoxWords, headline: str) -> str:
    """One bay as a picture of its own."""
    layout = SectionLayout(block, bay, 0, 24)
    parts = [svg.text(SIDE, 20, headline, class_="headline"), *section(layout, stacks, words)]
    width = max(layout.width, 60 + 9 * len(headline))
    notes = "stronger colour: leaves sooner; dashed red: stands above one that leaves sooner"
    if words.rank_of:
        parts.append(svg.text(SIDE, layout.height + 34, notes, class_="soft"))
        width = max(width, SIDE + 7 * len(notes))
    label = f"Bay {bay:02} of block {block.id}"
    return svg.picture(width, layout.height + 42, parts, label=label, class_="yard-work", largest=2.0)


def section(layout: SectionLayout, stacks: Stacks, words: BoxWords) -> Iterator[str]:
    """Grid, boxes, names of rows and tiers. Ground that boxes of another bay stand on is crossed out."""
    block, bay = layout.block, layout.bay
    left, top = layout.corner(1, block.tiers)
    for row in range(1, block.rows + 1):
        for tier in range(1, block.tiers + 1):
            x, y = layout.corner(row, tier)
            yield svg.element("rect", x=x, y=y, width=WIDTH, height=HEIGHT, class_="slot")
        yield svg.text(layout.middle(row, 1)[0], layout.y + layout.height - 8, f"{row:02}", class_="mid soft")
        boxes = stacks.get((block.id, bay, row), ())
        if boxes:
            yield from _stack(layout, row, boxes, words)
        elif other := _other_bay(block.id, bay, row, stacks):
            x, y = layout.corner(row, 1)
            cross = f"M{svg.number(x + 4)} {svg.number(y + 4)}l{WIDTH - 8} {HEIGHT - 8}m0 {8 - HEIGHT}l{8 - WIDTH} "
            said = svg.title(f"boxes of bay {other:02} stand on this ground")
            yield svg.element("path", said, d=f"{cross}{HEIGHT - 8}", class_="taken")
    for tier in range(1, block.tiers + 1):
        yield svg.text(layout.x + SIDE - 6, layout.middle(1, tier)[1] + 4, str(tier), class_="end soft")
    bottom = top + HEIGHT * block.tiers
    across = f"M{svg.number(left - 4)} {svg.number(bottom)}h{WIDTH * block.rows + 8}"
    yield svg.element("path", d=across, class_="ground")


def _stack(layout: SectionLayout, row: int, boxes: Sequence[YardBox], words: BoxWords) -> Iterator[str]:
    blocking = set(blocking_boxes(boxes, words.rank_of))
    for tier, box in enumerate(boxes, 1):
        x, y = layout.corner(row, tier)
        strength = words.strength(box)
        told = f"{box.id}, {box.length_ft} ft, {box.gross_mass_kg / 1000:.1f} t, {box.position}"
        told += f", leaves: {box.outbound}" if box.outbound else ""
        yield svg.element(
            "rect",
            svg.title(told),
            x=x + 1.5,
            y=y + 1.5,
            width=WIDTH - 3,
            height=HEIGHT - 3,
            rx=2,
            fill_opacity=None if strength is None else round(strength, 3),
            class_="foreign" if strength is None else "box",
        )
        if box.id in blocking:
            yield svg.element("rect", x=x + 3.5, y=y + 3.5, width=WIDTH - 7, height=HEIGHT - 7, rx=1, class_="blocking")
        yield svg.text(x + WIDTH / 2, y + HEIGHT / 2 + 4, words.label(box), class_="mid")


def blocking_boxes(boxes: Iterable[YardBox], rank_of: Mapping[ContainerId, int]) -> Iterator[ContainerId]:
    """Boxes of a stack, bottom first, above one that leaves sooner; a box without a rank never leaves."""
    first = float("inf")
    for box in boxes:
        leaves = rank_of.get(box.id, float("inf"))
        if leaves > first:
            yield box.id
        first = min(first, leaves)


def _other_bay(block: str, bay: int, row: int, stacks: Stacks) -> int | None:
    near = (bay - 1, bay + 1) if bay % 2 else (bay - 2, bay - 1, bay + 1, bay + 2)
    return next((other for other in near if stacks.get((block, other, row))), None)
