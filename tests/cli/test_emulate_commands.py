"""`cabria emulate` and `cabria conformance` as their user meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cabria.adapters.mqtt.address import free_port

from .conftest import Run


def test_trucks_run_for_a_while_on_a_broker_of_their_own(cabria: Run) -> None:
    outcome = cabria("emulate", "--trucks", 2, "--seconds", 2, "--faults", "duplicates")
    assert outcome.code == 0
    assert "broker mqtt://127.0.0.1:" in outcome.out + outcome.err


def test_machines_of_every_kind_remember_in_a_folder(cabria: Run, tmp_path: Path) -> None:
    words = ("--trucks", 1, "--cranes", 1, "--yard-cranes", 1, "--seconds", 2, "--state", tmp_path)
    outcome = cabria("emulate", *words)
    assert outcome.code == 0
    assert "3 of 3 machines connected" in outcome.out + outcome.err
    assert {path.name for path in tmp_path.iterdir()} == {
        "executed-cranes.jsonl",
        "executed-trucks.jsonl",
        "poses-trucks.jsonl",
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--faults", "earthquake"), "earthquake"),
        (("--broker", "nowhere"), "mqtt://"),
        (("--trucks", 900), "stands"),
        (("--version", "1.0"), "3.0.0"),
        (("--manufacturer", "a/b"), "level of a topic"),
        (("--layout", "none.json"), "none.json"),
        (("--faults", "breakdown:often"), "times an hour"),
        (("--cranes", 99), "the layout has 6"),
        (("--trucks", 0), "no machine"),
        (("--cranes", 1, "--crane-interface", "a/b"), "level of a topic"),
    ],
    ids=["fault", "broker", "too many", "version", "topic", "layout", "rate", "cranes", "none", "crane topic"],
)
def test_what_cannot_be_emulated_is_refused(cabria: Run, words: tuple[object, ...], says: str) -> None:
    outcome = cabria("emulate", "--seconds", 1, *words)
    assert outcome.code == 1
    assert says in outcome.complaint
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(("option", "value"), [("--trucks", -1), ("--speed", 0), ("--hz", 1000), ("--seed", -1)])
def test_numbers_out_of_range_are_usage_errors(cabria: Run, option: str, value: object) -> None:
    assert cabria("emulate", option, value).code == 2


def test_no_broker_is_told_with_what_to_do(cabria: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabria.adapters.conformance_wire.CONNECTING_S", 0.2)
    words = ("--broker", f"mqtt://127.0.0.1:{free_port()}", "--manufacturer", "ACME", "--serial", "T01")
    outcome = cabria("conformance", "vda5050", *words)
    assert outcome.code == 1
    assert "There is no broker" in outcome.complaint


def test_a_serial_number_that_is_none_is_refused(cabria: Run) -> None:
    words = ("--broker", "mqtt://127.0.0.1:1", "--manufacturer", "ACME", "--serial", "a b")
    assert "serial number" in cabria("conformance", "vda5050", *words).complaint
