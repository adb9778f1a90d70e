"""Learning the pre-marshalling guide again: same seed, same text; a law that can be learned is learned."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.experiments.premarshal_guide import Example, Round, as_text, examples, fitted, made_bay
from cabria.planning.yard.premarshal.guide import Guide
from cabria.planning.yard.premarshal.kernels import VALUES, guess
from cabria.planning.yard.premarshal.problem import PremarshalProblem

SMALL = Round(2, 60, 1.0)


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_every_made_bay_is_a_problem(seed: int) -> None:
    bay = PremarshalProblem(made_bay(Random(seed))).bay

    assert bay == made_bay(Random(seed))
    assert bay.boxes < bay.slots


def test_the_same_seed_tells_the_same_examples() -> None:
    told = [examples(0, 3, SMALL, Guide.unlearned()) for _ in range(2)]

    assert told[0]
    assert [(one.values.tolist(), one.extra) for one in told[0]] == [
        (one.values.tolist(), one.extra) for one in told[1]
    ]


def test_a_law_that_can_be_learned_is_learned_and_survives_its_text() -> None:
    draw = np.random.default_rng(5)
    told = [Example(values, 2.0 * values[3] + 1.0, 1.0) for values in draw.random((600, VALUES), np.float32)]

    guide, error = fitted(told, seed=1, epochs=200, batch=64)

    assert error < 0.3
    again = Guide.read(as_text(guide))
    told_by = [
        guess(told[0].values, g.inward, g.bias, g.outward, g.offset, np.zeros(len(g.bias), np.float32))
        for g in (guide, again)
    ]
    assert told_by[0] == pytest.approx(told_by[1], abs=0.01)
