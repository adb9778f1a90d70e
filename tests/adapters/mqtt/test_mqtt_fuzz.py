"""The short form of `python -m benchmarks fuzz mqtt`: broken messages crash nothing and stop nobody honest."""

from __future__ import annotations

import pytest

from benchmarks.fuzz_mqtt import run_part
from cabria.adapters.crane_bus.crane_bus import CraneBus
from cabria.adapters.vda5050.control.fleet_control import FleetControl


def test_broken_messages_crash_nothing_and_honest_work_goes_on() -> None:
    row = run_part(0.1, seed=3)
    assert (row["cost"], row["stuck"]) == (0, 0)
    assert isinstance(row["messages"], int)
    assert row["messages"] >= 1_000


@pytest.mark.parametrize(
    ("kind", "method"), [(FleetControl, "_answer_zones"), (CraneBus, "_told_job")], ids=["trucks", "cranes"]
)
def test_a_crash_is_found(monkeypatch: pytest.MonkeyPatch, kind: type, method: str) -> None:
    before = getattr(kind, method)

    def breaks(self: object, machine: object, told: object) -> None:
        if "T01" in str(machine) or "YC01" in str(machine):
            raise KeyError("a planted fault")
        before(self, machine, told)

    monkeypatch.setattr(kind, method, breaks)
    assert int(str(run_part(0.1, seed=3)["cost"])) > 0
