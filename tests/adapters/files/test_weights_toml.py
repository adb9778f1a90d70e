"""Weights by a name or from a file; what is neither is refused with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.weights_toml import read_weights, weights_of
from cabria.domain.calls import PRESETS, CallSettings
from cabria.domain.errors import DataError


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_its_weights(name: str) -> None:
    assert weights_of(name) == PRESETS[name]


def test_a_file_goes_on_from_a_preset(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('preset = "calm-yard"\ntruck_km_min = 0.3\noff_order_lifts = 0\n')
    assert weights_of(str(path)) == replace(PRESETS["calm-yard"], truck_km_min=0.3, off_order_lifts=0)
    path.write_text("# nothing is set\n")
    assert read_weights(path) == CallSettings()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("truck_km_mim = 1", "Do you mean truck_km_min"),
        ("truck_km_min = -1", "truck_km_min"),
        ('dig_min = "much"', "dig_min"),
        ("dig_min = nan", "dig_min"),
        ("dig_min = 1e300", "dig_min"),
        ("dig_min =", "ours.toml"),
        ('preset = "fastship"', "fast-ship"),
    ],
)
def test_what_is_no_weight_is_refused_with_its_place(tmp_path: Path, said: str, told: str) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(said)
    with pytest.raises(DataError) as refusal:
        weights_of(str(path))
    assert told in str(refusal.value)
    assert "ours.toml" in str(refusal.value)


@given(st.text(alphabet="xyz", max_size=12))
def test_a_name_that_is_none_is_told_the_names_there_are(name: str) -> None:
    with pytest.raises(DataError, match="least-energy"):
        weights_of(name)
