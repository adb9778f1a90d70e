"""What the yard must give and when: moves per block and quarter of an hour, darker for more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cabria.domain.terminal import Terminal
from cabria.domain.work import YardMove
from cabria.reports import svg
from cabria.reports.chart import time_ticks
from cabria.reports.wording import Clock

WIDTH = 1200
LEFT, RIGHT, TOP, ROW = 60, 70, 26, 20
QUARTER_S = 900


@dataclass(frozen=True)
class YardLoad:
    """Counts by block and quarter of an hour of the box being needed; digs count in the block they happen in."""

    blocks: tuple[str, ...]
    moves: Mapping[tuple[str, int], int]
    digs: Mapping[str, int]
    retrievals: Mapping[str, int]

    @property
    def peak(self) -> int:
        return max(self.moves.values(), default=0)


def yard_load(moves: Iterable[YardMove], blocks: Sequence[str]) -> YardLoad:
    counted: Counter[tuple[str, int]] = Counter()
    digs: Counter[str] = Counter()
    retrievals: Counter[str] = Counter()
    for move in moves:
        counted[move.source.block, max(0, move.due_s) // QUARTER_S] += 1
        (digs if move.is_dig else retrievals)[move.source.block] += 1
    unknown = sorted({block for block, _ in counted}.difference(blocks))
    return YardLoad((*blocks, *unknown), counted, digs, retrievals)


def crane_capacity(terminal: Terminal) -> Mapping[str, int]:
    """Moves the yard cranes of each block can make in a quarter of an hour."""
    capacity: dict[str, int] = {}
    for crane in terminal.yard_cranes:
        capacity[crane.block] = capacity.get(crane.block, 0) + QUARTER_S // max(1, crane.move_s)
    return capacity


def yard_picture(load: YardLoad, capacity: Mapping[str, int], clock: Clock) -> str:
    quarters = 1 + max((quarter for _, quarter in load.moves), default=0)
    width = (WIDTH - LEFT - RIGHT) / quarters
    bottom = TOP + ROW * len(load.blocks)
    parts = [
        svg.text(LEFT + tick / QUARTER_S * width, TOP - 10, clock(tick), class_="mid")
        for tick in time_ticks(quarters * QUARTER_S)
    ]
    parts.append(svg.text(WIDTH - 4, TOP - 10, "out + digs", class_="end"))
    for index, block in enumerate(load.blocks):
        y = TOP + index * ROW
        parts.append(svg.text(LEFT - 6, y + 14, block, class_="end"))
        sums = f"{load.retrievals.get(block, 0)} + {load.digs.get(block, 0)}"
        parts.append(svg.text(WIDTH - 4, y + 14, sums, class_="end"))
    tops = {block: TOP + index * ROW for index, block in enumerate(load.blocks)}
    peak = load.peak
    parts += [
        _square(LEFT + quarter * width, tops[block], width, moves, peak, capacity.get(block), block)
        for (block, quarter), moves in load.moves.items()
    ]
    label = "Yard moves by block and quarter of an hour"
    return svg.picture(WIDTH, bottom + 8, parts, label=label, class_="chart heat")


def _square(x: float, y: float, width: float, moves: int, peak: int, capacity: int | None, block: str) -> str:
    is_over = capacity is not None and moves > capacity
    words = f"{block}: {moves} moves" + (f", its cranes manage {capacity}" if is_over else "")
    return svg.element(
        "rect",
        svg.title(words),
        x=x + 0.5,
        y=y + 1,
        width=max(1.0, width - 1),
        height=ROW - 2,
        fill_opacity=round(0.12 + 0.88 * moves / max(1, peak), 2),
        class_="over" if is_over else None,
    )
