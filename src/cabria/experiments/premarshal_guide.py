"""The weights of the pre-marshalling guide, made again from a seed: `python -m cabria.experiments.premarshal_guide`.

Made bays are solved, first by a search that believes the greedy completion (`Guide.unlearned`), then by one that
believes what was learned from the first. Every plan tells for the bays on its way how many moves were left; so do plans
that start a few random moves beside it. A network is fitted to what they need beyond one move a bad box. No public bay
is used. The lines printed are the text of `LEARNED` in `cabria.planning.yard.premarshal.guide`: same seed, same
numbers, up to the last digit that a library of matrix products leaves open.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import numpy as np

from cabria.domain.yard_bay import BayMove, YardBay
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.premarshal.guide import HIDDEN, Guide
from cabria.planning.yard.premarshal.kernels import VALUES
from cabria.planning.yard.premarshal.operators import FlatBay
from cabria.planning.yard.premarshal.problem import PremarshalProblem
from cabria.planning.yard.premarshal.solve import Params, solve

Array = np.ndarray[Any, np.dtype[Any]]

BESIDE = 2.5
"""So many starts beside each plan, on average."""
LOOKED_AT = 6
"""So many bays of each plan become examples."""


@dataclass(frozen=True, slots=True)
class Round:
    """So many bays, each plan with so many evaluations; how much an example weighs in the fit."""

    bays: int
    evaluations: int
    weight: float


ROUNDS = (Round(250, 1_500, 1.0), Round(550, 4_000, 2.0))


@dataclass(frozen=True, slots=True)
class Example:
    values: Array
    extra: float
    weight: float


def made_bay(draw: Random) -> YardBay:
    """Half of them even and nearly square with two tiers to spare, half wide and 50 to 80 % full."""
    if draw.random() < 0.5:
        height = draw.choice((3, 4, 5, 5, 5, 6))
        stacks, tiers = draw.randint(4, 11), height + 2
        boxes = list(range(1, stacks * height + 1))
        draw.shuffle(boxes)
        return YardBay(tuple(tuple(boxes[n * height : (n + 1) * height]) for n in range(stacks)), tiers)
    tiers, stacks = draw.choice((4, 5, 5, 8, 8, 8)), draw.choice((8, 10, 12, 16, 16, 20, 20))
    count = int(stacks * tiers * draw.choice((0.5, 0.6, 0.75, 0.8, 0.8)))
    groups = max(2, int(count * draw.choice((0.2, 0.4))))
    piles: list[list[int]] = [[] for _ in range(stacks)]
    for box in range(count):
        draw.choice([pile for pile in piles if len(pile) < tiers]).append(draw.randint(1, groups) if box else groups)
    return YardBay(tuple(map(tuple, piles)), tiers)


def examples(number: int, seed: int, stage: Round, guide: Guide) -> list[Example]:
    """What one made bay, and bays a few moves beside its plan, tell."""
    draw = Random(f"{seed}-{stage.bays}-{number}")
    bay = made_bay(draw)
    told: list[Example] = []
    moves = _plan(bay, stage, guide)
    told += _on_the_way(bay, moves, stage, draw)
    for at in range(len(moves)):
        if draw.random() < BESIDE / len(moves):
            beside = _wandered(_after(bay, moves[:at]), draw)
            told += _on_the_way(beside, _plan(beside, stage, guide), stage, draw)
    return told


def _plan(bay: YardBay, stage: Round, guide: Guide) -> Sequence[BayMove]:
    params = Params(broad_step_share=0.6, tail_share=0.2, guide=guide)
    plan = solve(PremarshalProblem(bay), MaxIterations(stage.evaluations), params=params).plan
    return plan.moves if plan else ()


def _on_the_way(bay: YardBay, moves: Sequence[BayMove], stage: Round, draw: Random) -> Iterator[Example]:
    if not moves:
        return
    for at in sorted({0, *(draw.randrange(len(moves)) for _ in range(LOOKED_AT - 1))}):
        flat = FlatBay.of(PremarshalProblem(_after(bay, moves[:at])))
        if flat.bad:
            yield Example(flat.values(), len(moves) - at - flat.bad, stage.weight)


def _after(bay: YardBay, moves: Sequence[BayMove]) -> YardBay:
    piles = [list(stack) for stack in bay.stacks]
    for move in moves:
        piles[move.target - 1].append(piles[move.origin - 1].pop())
    return YardBay(tuple(map(tuple, piles)), bay.max_tier)


def _wandered(bay: YardBay, draw: Random) -> YardBay:
    for _ in range(draw.choice((1, 1, 2, 3))):
        origins = [n for n, stack in enumerate(bay.stacks, 1) if stack]
        origin = draw.choice(origins)
        targets = [n for n, stack in enumerate(bay.stacks, 1) if n != origin and len(stack) < bay.max_tier]
        if targets:
            bay = _after(bay, [BayMove(origin, draw.choice(targets))])
    return bay


def fitted(told: Sequence[Example], seed: int, epochs: int = 60, batch: int = 256) -> tuple[Guide, float]:
    """A guide fitted by Adam to clipped squares, and its root mean square error on the twelfth that was kept back."""
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(told))
    values = np.array([told[n].values for n in order], np.float32)
    extra = np.array([told[n].extra for n in order], np.float32)
    weight = np.array([told[n].weight for n in order], np.float32)
    weight /= weight.mean()
    mean, spread = values.mean(0), values.std(0) + np.float32(1e-3)
    inputs, kept_back = (values - mean) / spread, len(told) // 12
    weights = [
        draw.normal(0, np.sqrt(2 / VALUES), (VALUES, HIDDEN)),
        np.zeros(HIDDEN),
        draw.normal(0, np.sqrt(1 / HIDDEN), HIDDEN),
        np.array([extra.mean()]),
    ]
    slopes, squares = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    updates = 0
    for epoch in range(epochs):
        rate = 1.5e-3 * (1 + np.cos(np.pi * epoch / epochs)) + 1e-5
        shuffled = draw.permutation(len(told) - kept_back) + kept_back
        for first in range(0, len(shuffled), batch):
            chosen = shuffled[first : first + batch]
            updates += 1
            for n, slope in enumerate(_slopes(weights, inputs[chosen], extra[chosen], weight[chosen])):
                slopes[n] = 0.9 * slopes[n] + 0.1 * slope
                squares[n] = 0.999 * squares[n] + 0.001 * slope**2
                step = slopes[n] / (1 - 0.9**updates) / (np.sqrt(squares[n] / (1 - 0.999**updates)) + 1e-8)
                weights[n] = weights[n] - rate * step
    misses = _outcome(weights, inputs[:kept_back])[1] - extra[:kept_back]
    inward = weights[0] / spread[:, None]
    guide = Guide(
        np.ascontiguousarray(inward, np.float32),
        (weights[1] - mean @ inward).astype(np.float32),
        weights[2].astype(np.float32),
        float(weights[3][0]),
    )
    return guide, float(np.sqrt((misses**2).mean()))


def _outcome(weights: Sequence[Array], inputs: Array) -> tuple[Array, Array]:
    hidden = np.maximum(inputs @ weights[0] + weights[1], 0)
    return hidden, hidden @ weights[2] + weights[3]


def _slopes(weights: Sequence[Array], inputs: Array, extra: Array, weight: Array) -> list[Array]:
    hidden, outcome = _outcome(weights, inputs)
    miss = np.clip(outcome - extra, -4, 4) * weight / len(extra)
    back = np.outer(miss, weights[2]) * (hidden > 0)
    return [inputs.T @ back + 1e-5 * weights[0], back.sum(0), hidden.T @ miss, miss.sum(keepdims=True)]


def learned(seed: int, jobs: int, rounds: Sequence[Round] = ROUNDS) -> Guide:
    """The guide after all rounds; each round's search believes the guide of the round before."""
    guide = Guide.unlearned()
    told: list[Example] = []
    for stage in rounds:
        with ProcessPoolExecutor(jobs) as pool:
            ask = partial(examples, seed=seed, stage=stage, guide=guide)
            told += [one for some in pool.map(ask, range(stage.bays), chunksize=4) for one in some]
        guide, error = fitted(told, seed)
        print(f"# {len(told):,} examples, missed by {error:.3f} moves", flush=True)
    return guide


def as_text(guide: Guide) -> str:
    numbers = [*guide.inward.ravel(), *guide.bias, *guide.outward, guide.offset]
    return "\n".join(textwrap.wrap(" ".join(f"{number:.4g}" for number in numbers), 116))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Learn the guide of the pre-marshalling search again.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    print(as_text(learned(asked.seed, asked.jobs)))
