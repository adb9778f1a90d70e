"""A made-up retrieval order: a full-size yard, and the classes that six quay cranes want one after the other.

Each crane works through sections of a ship, each for one port and one length, stack by stack, heavy boxes below light
ones; the cranes take turns. A class is everything a ship cares about: port, length, height, kind, plug, full or empty
and three tonnes of mass. Dangerous and out-of-gauge boxes are classes of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from random import Random

from cabria.domain.containers import Container, Port
from cabria.domain.retrieval_order import RetrievalOrder, Wanted
from cabria.experiments.calls import FRUIT_TO, LOADS_TO, PORT
from cabria.experiments.cargo import EXPORTS, container_numbers, make_cargo
from cabria.experiments.terminals import make_terminal
from cabria.experiments.yards import make_yard

MASS_CLASS_KG = 3_000
CRANES = 6
SECTION_STACKS = (6, 9, 12)
STACK_TIERS = (5, 6, 7)
CALL = "CALL"


def make_retrieval_order(
    *, boxes: int = 5_000, seed: int = 0, fill: float = 0.62, blocks: int = 15, spare: float = 0.0, tolerance: int = 0
) -> RetrievalOrder:
    """`boxes` wanted from a yard of `blocks` blocks of 3,000 slots, the same for the same arguments.

    `spare` is the share of boxes of the call's classes that stand in the yard beyond those wanted. Raises DataError
    when the yard is too small.
    """
    numbers = container_numbers(Random(f"{seed}/numbers"))
    random = Random(f"{seed}/order")
    cargo = make_cargo(
        EXPORTS, round(boxes * (1 + spare)), pol={PORT: 1.0}, pod=LOADS_TO, cold_pod=FRUIT_TO,
        numbers=numbers, random=Random(f"{seed}/loads"),
    )  # fmt: skip
    terminal = make_terminal(blocks=blocks)
    yard = make_yard(
        terminal, cargo, call_id=CALL, fill=fill, numbers=numbers, random=Random(f"{seed}/yard"), racks_only=False
    )
    stowed = list(_in_loading_order(random.sample(cargo, boxes), random))
    return RetrievalOrder(
        name=f"made-{boxes}-{seed}",
        blocks=terminal.blocks,
        yard=yard,
        class_of={box.id: class_name(box) for box in cargo},
        mass_kg={box.id: box.gross_mass_kg for box in cargo},
        wanted=tuple(Wanted(class_name(box), due, box.gross_mass_kg) for due, box in enumerate(stowed, 1)),
        tolerance=tolerance,
    )


def class_name(box: Container) -> str:
    """Boxes of one name may stand for each other in any slot of the ship."""
    if box.dangerous or box.out_of_gauge:
        return box.id
    size = box.size_type
    words = (
        box.pod, f"{size.length_ft}x{size.height_mm}", size.kind.value, "live" if box.needs_plug else "",
        "full" if box.is_full else "empty", f"{box.gross_mass_kg // MASS_CLASS_KG * MASS_CLASS_KG // 1000}t",
    )  # fmt: skip
    return " ".join(word for word in words if word)


def _in_loading_order(boxes: Sequence[Container], random: Random) -> Iterator[Container]:
    """Sections dealt out to the cranes, and the cranes' boxes in turn."""
    sections = list(_sections(boxes, random))
    random.shuffle(sections)
    queues: list[list[Container]] = [[] for _ in range(CRANES)]
    for section in sections:
        min(queues, key=len).extend(section)
    for turn in zip_longest(*queues):
        yield from (box for box in turn if box is not None)


def _sections(boxes: Iterable[Container], random: Random) -> Iterator[list[Container]]:
    by_cargo: dict[tuple[Port, int, bool], list[Container]] = {}
    for box in boxes:
        by_cargo.setdefault((box.pod, box.length_ft, box.needs_plug), []).append(box)
    for cargo in by_cargo.values():
        while cargo:
            stacks, tiers = random.choice(SECTION_STACKS), random.choice(STACK_TIERS)
            taken, cargo[:] = cargo[: stacks * tiers], cargo[stacks * tiers :]
            taken.sort(key=lambda box: (-box.gross_mass_kg, box.id))
            high = -(-len(taken) // tiers)
            yield [box for stack in range(high) for box in taken[stack::high]]
