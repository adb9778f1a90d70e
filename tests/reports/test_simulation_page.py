"""The page of a sweep: figures with confidence, pictures, and what failed, in one file."""

from __future__ import annotations

import re
from dataclasses import replace
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulated_by_hand import record

from cabria.referee.run_record import RunRecord, Variant, failed_run
from cabria.reports.simulation.intervals import interval_of, paired, values_of
from cabria.reports.simulation.page import Told, simulation_page
from cabria.reports.simulation.pictures import measure_picture
from cabria.reports.simulation.text import simulation_text

TOLD = Told("Call <b>one</b>", {"variation": 0.1, "dig_ahead": True}, "1.2.3")
VARIANTS = (Variant(1, {"trucks": 20}), Variant(2, {"trucks": 40}))


def sweep_of_six() -> list[RunRecord]:
    """Forty trucks are clearly better: on every seed, by about as much."""
    first = [record(1, seed, 20.0 + seed) for seed in range(3)]
    return first + [record(2, seed, 25.0 + seed + 0.1 * (seed % 2)) for seed in range(3)]


def test_an_interval_is_students() -> None:
    assert interval_of([]) is None
    single = interval_of([2.0])
    assert single is not None
    assert (single.mean, single.half, single.is_clear) == (2.0, None, False)
    three = interval_of([1.0, 2.0, 3.0])
    assert three is not None
    assert three.half == pytest.approx(4.302652729911275 / 3**0.5)  # 0.975 quantile with two degrees of freedom


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(-1e3, 1e3))
def test_what_both_owe_to_their_seeds_falls_out_of_a_paired_difference(noise: list[float], better: float) -> None:
    ours = {seed: value + better for seed, value in enumerate(noise)}
    theirs = dict(enumerate(noise))
    difference = paired(ours, theirs)
    assert difference is not None
    assert difference.mean == pytest.approx(mean([ours[seed] - theirs[seed] for seed in ours]), abs=1e-6)
    assert (difference.half or 0.0) < 1e-3


def test_a_seed_that_one_variant_has_not_is_left_out_of_the_difference() -> None:
    difference = paired({0: 5.0, 1: 9.0}, {0: 4.0})
    assert difference is not None
    assert (difference.mean, difference.count) == (1.0, 1)
    assert values_of([failed_run(1, 0, "lost")], "gmph") == {}


def test_the_page_stands_alone_and_tells_what_is_clearly_better() -> None:
    page = simulation_page(TOLD, VARIANTS, sweep_of_six())
    assert "No run broke a rule" in page
    assert "Call &lt;b&gt;one&lt;/b&gt;" in page
    assert "<b>one</b>" not in page
    assert "21.00 ± 2.48" in page
    assert re.search(r'<small class="better">\+5\.03 ± 0\.14</small>', page)
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]+"', page)
    assert "http" not in re.sub(r"http-equiv|http://www.w3.org/2000/svg", "", page)
    for words in ("trucks 20", "trucks 40", "no truck", "box still in the yard", "dig_ahead", "Cabria 1.2.3"):
        assert words in page


def test_runs_that_failed_stand_at_the_top_and_in_the_text() -> None:
    records = [*sweep_of_six(), record(2, 3, broken=4), failed_run(1, 3, "KeyError: 'T07'")]
    page, text = simulation_page(TOLD, VARIANTS, records), simulation_text(VARIANTS, records)
    assert page.index("2 of 8 runs failed") < page.index('id="figures"')
    for said in ("4 rules broken: RUN-LANE", "the run failed: KeyError"):
        assert said in text
        assert said in page


def test_one_run_has_no_confidence_and_says_so() -> None:
    page = simulation_page(TOLD, (Variant(1, {}),), [record()])
    assert "what chance does cannot be seen" in page
    assert "±" not in page.split("Definitions")[0]


def test_a_page_of_a_map_alone_has_no_figures() -> None:
    page = simulation_page(TOLD, (), (), "<section id='replay'></section>")
    assert "id='replay'" in page
    assert "Figures" not in page


@pytest.mark.parametrize("count", [1, 2, 13, 200])
def test_pictures_are_drawn_for_any_number_of_variants(count: int) -> None:
    variants = [Variant(n + 1, {"trucks": 20 + n, "truck_choice": "in time"}) for n in range(count)]
    records = [record(n + 1, 0, 20 + n % 7) for n in range(count)]
    page = simulation_page(TOLD, variants, records)
    assert page.count("<svg") >= 8
    assert "nan" not in page


def test_a_measure_that_no_run_has_is_not_drawn() -> None:
    assert measure_picture(VARIANTS, sweep_of_six(), "turn_min") == ""
    nothing = [replace(record(), truck_hours=(), yard_hours=(), waiting={})]
    assert "They never waited" in simulation_page(TOLD, (Variant(1, {}),), nothing)


def test_the_text_says_what_may_be_chance() -> None:
    wild = [record(1, seed, 20.0 + 5 * seed) for seed in range(3)] + [record(2, seed, 26.0 - seed) for seed in range(3)]
    assert "(may be chance)" in simulation_text(VARIANTS, wild)
    assert "(may be chance)" not in simulation_text(VARIANTS, sweep_of_six())
