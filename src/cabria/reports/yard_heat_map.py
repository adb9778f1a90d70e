"""Blocks from above, a square for each twenty-foot ground slot: how high boxes stand, or how many are in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBlock, YardBox
from cabria.reports import svg
from cabria.reports.yard_section import blocking_boxes

LARGE, SMALL = 16, 6
LEFT, HEAD, FOOT, BESIDE = 34, 24, 22, 44
SHEET_WIDTH = 1300
TOP = 56
LEGEND_STEP = 34

Slot = tuple[str, int, int]


class Heat(StrEnum):
    """What a square's colour says."""

    HEIGHT = "height"
    IN_THE_WAY = "in-the-way"


SAID = {Heat.HEIGHT: "boxes high", Heat.IN_THE_WAY: "boxes above one that leaves sooner"}


def heat_of(
    stacks: Mapping[Slot, Sequence[YardBox]], heat: Heat, rank_of: Mapping[ContainerId, int]
) -> Mapping[Slot, int]:
    """By ground slot (an odd bay); a 40 ft stack counts on both of its own."""
    found: Counter[Slot] = Counter()
    for (block, bay, row), stack in stacks.items():
        value = len(stack) if heat is Heat.HEIGHT else sum(1 for _ in blocking_boxes(stack, rank_of))
        for odd in YardPosition(block, bay, row, 1).odd_bays:
            found[block, odd, row] = value
    return found


def heat_map(blocks: Sequence[YardBlock], heats: Mapping[Slot, int], heat: Heat, headline: str) -> str:
    """One block large and with figures, several small, as they lie on the ground when that is known."""
    square = LARGE if len(blocks) == 1 else SMALL
    most = max((block.tiers for block in blocks), default=1) if heat is Heat.HEIGHT else max(1, *heats.values(), 1)
    parts = [svg.text(LEFT, 22, headline, class_="headline"), *_legend(most, heat, square)]
    right, bottom = float(LEFT + 340), float(TOP)
    for block, x, y in _places(blocks, square):
        parts += _block(block, heats, most, square, x, y)
        right = max(right, x + block.bays * square)
        bottom = max(bottom, y + HEAD + block.rows * square + FOOT)
    width = max(right + LEFT, 60 + 9 * len(headline))
    return svg.picture(width, bottom + 6, parts, label="Yard from above", class_="yard-work", largest=1.5)


def _places(blocks: Sequence[YardBlock], square: int) -> Iterator[tuple[YardBlock, float, float]]:
    """Blocks in ranks by their distance from the quay and in columns along it; by name when that is not known."""
    y = float(TOP)
    for rank in _ranks(blocks, square):
        x = float(LEFT)
        for block in rank:
            yield block, x, y
            x += block.bays * square + BESIDE
        y += HEAD + max(block.rows for block in rank) * square + FOOT


def _ranks(blocks: Sequence[YardBlock], square: int) -> list[list[YardBlock]]:
    if len({(block.x_mm, block.y_mm) for block in blocks}) == len(blocks):
        by_distance: dict[int, list[YardBlock]] = {}
        for block in sorted(blocks, key=lambda block: (block.y_mm, block.x_mm, block.id)):
            by_distance.setdefault(block.y_mm, []).append(block)
        return list(by_distance.values())
    widest = max(block.bays for block in blocks) * square + BESIDE
    across = max(1, int(SHEET_WIDTH // widest))
    by_name = sorted(blocks, key=lambda block: block.id)
    return [by_name[n : n + across] for n in range(0, len(by_name), across)]


def _block(block: YardBlock, heats: Mapping[Slot, int], most: int, square: int, x: float, y: float) -> Iterator[str]:
    top = y + HEAD
    yield svg.text(x, y + HEAD - 6, f"Block {block.id}", class_="caption")
    empty, heaps = [], []
    for bay in range(1, 2 * block.bays, 2):
        for row in range(1, block.rows + 1):
            at_x, at_y = x + (bay - 1) / 2 * square, top + (row - 1) * square
            value = heats.get((block.id, bay, row), 0)
            empty.append(svg.box_path(at_x + 0.5, at_y + 0.5, square - 1, square - 1))
            if value:
                heaps.append(_square(block, bay, row, value, most, square, at_x, at_y))
    yield svg.element("path", d="".join(empty), class_="slot")
    yield from heaps
    step = 1 if square == LARGE else 5
    for number in range(0, block.bays, 2 * step):
        middle = x + (number + 0.5) * square
        yield svg.text(middle, top + block.rows * square + 12, f"{2 * number + 1:02}", class_="mid soft")
    for row in range(1, block.rows + 1, step if square == LARGE else max(1, block.rows - 1)):
        yield svg.text(x - 5, top + (row - 0.5) * square + 4, f"{row:02}", class_="end soft")


def _square(block: YardBlock, bay: int, row: int, value: int, most: int, square: int, x: float, y: float) -> str:
    drawn = svg.element(
        "rect",
        svg.title(f"{block.id}, bay {bay:02}, row {row:02}: {value}"),
        x=x + 0.5,
        y=y + 0.5,
        width=square - 1,
        height=square - 1,
        fill_opacity=_opacity(value, most, square),
        class_="heat",
    )
    return drawn + (svg.text(x + square / 2, y + square / 2 + 4, str(value), class_="mid") if square == LARGE else "")


def _opacity(value: int, most: int, square: int) -> float:
    """Figures must be readable on it where there are figures."""
    return round((0.08 if square == LARGE else 0.12) + (0.45 if square == LARGE else 0.85) * value / most, 3)


def _legend(most: int, heat: Heat, square: int) -> Iterator[str]:
    for value in range(most + 1):
        x = LEFT + LEGEND_STEP * value
        yield svg.element("rect", x=x, y=32, width=14, height=14, class_="slot")
        if value:
            opacity = _opacity(value, most, square)
            yield svg.element("rect", x=x, y=32, width=14, height=14, fill_opacity=opacity, class_="heat")
        yield svg.text(x + 18, 43, str(value))
    yield svg.text(LEFT + LEGEND_STEP * (most + 1) + 6, 43, SAID[heat], class_="soft")
