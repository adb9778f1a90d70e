"""What goes out is all that was promised and nothing else, so that a newer plan may take an older one's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from cabria.bootstrap import OUTPUT, plan_call, plans, read_call, refuse_output, write_output
from cabria.domain.errors import DataError
from cabria.experiments.calls import make_scenario
from cabria.planning.loading.problem import EFFORTS
from cabria.planning.loading.solve import never
from cabria.planning.search.result import silent


def test_all_of_the_output_is_written_and_may_be_written_again(tmp_path: Path) -> None:
    make_scenario("tiny", tmp_path / "tiny", moves=0, teu=0, seed=0)
    call = read_call(tmp_path / "tiny")
    planned = plan_call(call, seed=0, params=EFFORTS["quick"], listen=silent, stop=never)
    for _ in range(2):
        refuse_output(tmp_path / "plan")
        write_output(planned, tmp_path / "plan")
        assert sorted(path.name for path in (tmp_path / "plan").iterdir()) == sorted(OUTPUT)


def test_bay_sheets_drawn_in_a_second_process_are_the_same_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_scenario("tiny", tmp_path / "tiny", moves=0, teu=0, seed=0)
    planned = plan_call(read_call(tmp_path / "tiny"), seed=0, params=EFFORTS["quick"], listen=silent, stop=never)
    for name, worth_it in (("here", 10_000), ("beside", 0)):
        monkeypatch.setattr(plans, "BOXES_WORTH_IT", worth_it)
        write_output(planned, tmp_path / name)
    for name in OUTPUT:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "beside" / name).read_bytes(), name


def test_a_call_folder_is_no_output_even_with_a_plan_in_it(tmp_path: Path) -> None:
    make_scenario("tiny", tmp_path / "tiny", moves=0, teu=0, seed=0)
    (tmp_path / "tiny" / "plan.json").write_text("{}")
    with pytest.raises(DataError, match=r"holds arrival\.edi, .* left alone"):
        refuse_output(tmp_path / "tiny")
