"""The moves of a plan as a sequence of pictures: the bay before each move, the box that goes, and where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBlock, YardBox
from cabria.reports import svg
from cabria.reports.yard_section import FOOT, HEAD, HEIGHT, WIDTH, BoxWords, SectionLayout, section

GAP = 22
CAPTION = 22
MOST_FRAMES = 48
MOST_SLOTS = 10_000
"""Of all pictures together: bays of sixty rows get fewer pictures."""
SHEET_WIDTH = 2200
TOP = 40


class Move(Protocol):
    """A box lifted from a place to another, or out of the yard."""

    @property
    def container(self) -> ContainerId: ...

    @property
    def source(self) -> YardPosition: ...

    @property
    def target(self) -> YardPosition | None: ...


def move_sequence(
    blocks: Mapping[str, YardBlock],
    stacks: Mapping[tuple[str, int, int], Sequence[YardBox]],
    moves: Sequence[Move],
    words: BoxWords,
    headline: str,
) -> str:
    """At most `MOST_FRAMES` pictures, fewer of wide bays; when there are more moves than that, the digs are shown."""
    shown = _shown(moves, blocks)
    widest = max((blocks[moves[n].source.block] for n in shown), key=lambda block: block.rows, default=None)
    highest = max((blocks[moves[n].source.block].tiers for n in shown), default=1)
    step_x = (SectionLayout(widest, 1).width if widest else 0) + GAP
    step_y = CAPTION + HEAD + HEIGHT * highest + FOOT + GAP
    across = max(1, min(len(shown), SHEET_WIDTH // max(1, step_x)))
    parts = [svg.text(GAP, 24, headline, class_="headline")]
    standing = {key: list(stack) for key, stack in stacks.items()}
    drawn = 0
    for number, move in enumerate(moves):
        if number in shown:
            x, y = GAP + step_x * (drawn % across), TOP + step_y * (drawn // across)
            layout = SectionLayout(blocks[move.source.block], move.source.bay, x, y + CAPTION)
            parts += _frame(layout, standing, move, words, number + 1)
            drawn += 1
        _carry_out(standing, move)
    rows = -(-drawn // across)
    height = TOP + step_y * rows + 10
    if drawn < len(moves):
        parts.append(svg.text(GAP, height + 4, f"{len(moves) - drawn:,} further moves are in the table only.",
                              class_="soft"))  # fmt: skip
    width = max(GAP + step_x * across, 60 + 9 * len(headline))
    return svg.picture(width, height + 16, parts, label="Moves of the plan, one picture each", class_="yard-work")


def _shown(moves: Sequence[Move], blocks: Mapping[str, YardBlock]) -> set[int]:
    slots = max((blocks[name].rows * blocks[name].tiers for name in {move.source.block for move in moves}), default=1)
    most = max(1, min(MOST_FRAMES, MOST_SLOTS // slots))
    if len(moves) <= most:
        return set(range(len(moves)))
    digs = [n for n, move in enumerate(moves) if move.target is not None]
    return set((digs or list(range(len(moves))))[:most])


def _frame(
    layout: SectionLayout,
    standing: Mapping[tuple[str, int, int], list[YardBox]],
    move: Move,
    words: BoxWords,
    number: int,
) -> Iterator[str]:
    source, target = move.source, move.target
    yield svg.text(layout.x, layout.y - CAPTION + 12, f"{number}. {move.container}", class_="caption")
    goes = "leaves the yard" if target is None else f"goes to {target}"
    yield svg.text(layout.x, layout.y - CAPTION + 26, f"{source} {goes}", class_="soft")
    yield from section(layout, standing, words)
    x, y = layout.corner(source.row, source.tier)
    yield svg.element("rect", x=x + 1, y=y + 1, width=WIDTH - 2, height=HEIGHT - 2, rx=2, class_="moved")
    is_here = target is not None and (target.block, target.bay) == (source.block, source.bay)
    if target is not None and is_here:
        to_x, to_y = layout.corner(target.row, target.tier)
        yield svg.element("rect", x=to_x + 2, y=to_y + 2, width=WIDTH - 4, height=HEIGHT - 4, rx=2, class_="target")
        rows = range(min(source.row, target.row), max(source.row, target.row) + 1)
        highest = max(len(standing.get((source.block, source.bay, row), ())) for row in rows)
        over = layout.corner(1, max(highest, target.tier))[1] - 7
        yield from _arrow(x + WIDTH / 2, y, to_x + WIDTH / 2, to_y, over)
    else:
        top = layout.y + 8
        yield svg.element("path", d=_line(x + WIDTH / 2, y, x + WIDTH / 2, top + 6), class_="arrow")
        yield _head(x + WIDTH / 2, top, up=True)


def _arrow(x: float, y: float, to_x: float, to_y: float, over: float) -> Iterator[str]:
    """Up, across above all boxes, and down."""
    n = svg.number
    yield svg.element("path", d=f"M{n(x)} {n(y)}V{n(over)}H{n(to_x)}V{n(to_y - 2)}", class_="arrow")
    yield _head(to_x, to_y + 4, up=False)


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f"M{svg.number(x)} {svg.number(y)}L{svg.number(to_x)} {svg.number(to_y)}"


def _head(x: float, y: float, *, up: bool) -> str:
    n = svg.number
    return svg.element("path", d=f"M{n(x)} {n(y)}l5 {8 if up else -8}h-10z", class_="head")


def _carry_out(standing: dict[tuple[str, int, int], list[YardBox]], move: Move) -> None:
    source, target = move.source, move.target
    box = standing[source.block, source.bay, source.row].pop()
    if target is not None:
        moved = YardBox(box.id, target, box.length_ft, box.height_mm, box.gross_mass_kg, box.outbound)
        standing.setdefault((target.block, target.bay, target.row), []).append(moved)
