"""How far years of demand lie apart."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.experiments.demand.comparison import (
    FILES,
    distances,
    figures_of,
    kolmogorov_smirnov,
    read_conflowgen,
    report,
    total_variation,
)
from cabria.experiments.demand.generate import make_demand
from cabria.experiments.demand.profile import chancay_demand, conflowgen_like

ROWS = st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any)
SAMPLES = st.lists(st.integers(0, 9), min_size=1, max_size=30)


@given(ROWS, ROWS)
def test_total_variation_is_nought_for_the_same_and_at_most_one(one: list[int], other: list[int]) -> None:
    mine, theirs = np.array(one, float), np.array(other, float)
    assert total_variation(mine, 3 * mine) == pytest.approx(0)
    assert 0 <= total_variation(mine, theirs) == total_variation(theirs, mine) <= 1 + 1e-12


@given(SAMPLES, SAMPLES)
def test_kolmogorov_smirnov_is_the_greatest_difference_at_any_value(one: list[int], other: list[int]) -> None:
    slow = max(abs(sum(x <= at for x in one) / len(one) - sum(x <= at for x in other) / len(other)) for at in range(10))
    assert kolmogorov_smirnov(np.array(one, float), np.array(other, float)) == pytest.approx(slow)


def test_another_seed_of_the_same_profile_lies_near_and_another_profile_far() -> None:
    first, again = (figures_of(make_demand(chancay_demand(200_000), seed)) for seed in (1, 2))
    other = figures_of(make_demand(conflowgen_like(200_000), 1))
    near, far = ({each.name: each.distance for each in distances(first, them)} for them in (again, other))
    assert max(near.values()) < 0.1
    assert far["length"] > 0.05
    assert far["weekday"] > 0.1
    assert "| stay of full export boxes | Kolmogorov-Smirnov |" in report(first, again)


def test_the_profile_made_after_the_public_sample_lies_near_it(shared_data: Path) -> None:
    sample = read_conflowgen(shared_data / "terminal" / "conflowgen-chancay-35d")
    found = {each.name: each.distance for each in distances(figures_of(make_demand(conflowgen_like(), 1)), sample)}
    assert max(found[name] for name in ("length", "special", "modes", "hour")) < 0.02
    assert max(found.values()) < 0.2


def test_files_that_are_none_of_the_four_tables_are_refused_with_their_names(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="containers"):
        read_conflowgen(tmp_path)
    for name in FILES:
        (tmp_path / name).write_bytes(gzip.compress(b"id,length\n1,x\n"))
    (tmp_path / FILES[1]).write_bytes(gzip.compress(b"name\nno number\n"))
    with pytest.raises(DataError, match=r"containers.csv.gz, line 2"):
        read_conflowgen(tmp_path)
    (tmp_path / FILES[0]).write_bytes(gzip.compress(b"id,length\n1,20\n")[:-12])
    with pytest.raises(DataError, match="containers"):
        read_conflowgen(tmp_path)
