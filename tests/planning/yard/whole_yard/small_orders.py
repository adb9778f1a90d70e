"""Small random retrieval orders: a few stacks of both lengths, three classes, sometimes boxes to spare."""

from __future__ import annotations

from random import Random

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.retrieval_order import RetrievalOrder, Wanted
from cabria.domain.yard import YardBlock, YardBox, YardInventory

BLOCKS = (YardBlock("A", 5, 3, 4), YardBlock("B", 4, 2, 3))


def small_order(seed: int, *, stacks: int = 6, most: int = 12, tolerance: int = 0) -> RetrievalOrder:
    random = Random(seed)
    grounds = [(block, bay, row) for block in BLOCKS for bay in (2, 5) for row in range(1, block.rows + 1)]
    boxes: list[YardBox] = []
    for block, bay, row in random.sample(grounds, stacks):
        length_ft = 40 if bay % 2 == 0 else 20
        for tier in range(1, random.randint(1, block.tiers) + 1):
            at = YardPosition(block.id, bay, row, tier)
            boxes.append(YardBox(ContainerId(f"BOX{len(boxes):02}"), at, length_ft))
    class_of = {box.id: random.choice("XYZ") for box in boxes if random.random() < 0.8}
    mass_kg = {box.id: random.randrange(4, 30) * 1_000 for box in boxes}
    chosen = random.sample(sorted(class_of), random.randint(0, min(most, len(class_of))))
    due = 0
    wanted = []
    for box in chosen:
        due += random.random() < 0.8
        wanted.append(Wanted(class_of[ContainerId(box)], int(due), random.randrange(4, 30) * 1_000))
    return RetrievalOrder(f"small-{seed}", BLOCKS, YardInventory.of(boxes), class_of, mass_kg, tuple(wanted), tolerance)
