"""What each command does when all is well, on the call that can be checked by hand."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydifact.segmentcollection import Interchange

from cabria.adapters.edi import read_bay_plan
from cabria.adapters.files.call_folder import read_call
from cabria.adapters.files.plan_json import read_plan
from cabria.adapters.files.profile_json import read_profile
from cabria.bootstrap import OUTPUT
from cabria.domain.plan import departure

from .conftest import Run

COMMANDS = (
    "run",
    "plan",
    "check",
    "why",
    "serve",
    "schema",
    "console",
    "audit",
    "users",
    "users add",
    "users list",
    "users role",
    "users password",
    "users remove",
    "users token",
    "papers",
    "compare",
    "replan",
    "edit",
    "edit exchange",
    "edit move",
    "edit ashore",
    "edit stay",
    "edit several",
    "edit pin",
    "edit keep",
    "edit forbid",
    "edit crane",
    "edit order",
    "edit wishes",
    "edit withdraw",
    "edit blocks",
    "edit hand-over",
    "edit reorder",
    "edit again",
    "edit accept",
    "edit drop",
    "edit waive",
    "edit undo",
    "edit redo",
    "edit history",
    "cranes",
    "simulate",
    "berth",
    "berth make",
    "berth plan",
    "berth replan",
    "berth check",
    "berth show",
    "yard",
    "yard map",
    "yard section",
    "yard retrieve",
    "yard premarshal",
    "yard tidy",
    "yard share",
    "yard put",
    "layout",
    "layout make",
    "layout around",
    "layout check",
    "layout draw",
    "edi",
    "edi check",
    "emulate",
    "conformance",
    "conformance vda5050",
    "conformance crane",
    "exchange",
    "paper-mode",
    "shadow",
    "journal",
    "journal verify",
    "journal backup",
    "journal restore",
    "journal replay",
    "journal show",
    "journal record",
    "profile",
    "profile import",
    "profile show",
    "profile make",
    "scenario",
    "scenario list",
    "scenario make",
    "scenario around",
    "scenario instructed",
    "morning",
    "history",
    "history add",
    "history ask",
    "history export",
    "history tables",
    "history check",
    "history tidy",
    "history learn",
    "history models",
    "history cranes",
    "history blocks",
    "train",
    "train list",
    "train check",
    "train play",
    "train run",
)


def plan_document(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "plan.json").read_text())
    return document


def test_plan_writes_all_that_goes_out(tiny_plan: Path) -> None:
    assert sorted(path.name for path in tiny_plan.iterdir()) == sorted(OUTPUT)
    for path in tiny_plan.glob("*.pdf"):
        assert path.read_bytes().startswith(b"%PDF-")


def test_plan_tells_the_verdict_and_where_the_plan_lies(cabria: Run, tiny: Path) -> None:
    outcome = cabria("plan", tiny, "--effort", "quick")
    assert outcome.code == 0
    assert "The plan is legal: 0 hard findings caused by the plan." in outcome.out
    assert f"Written to {tiny}-plan. Look at it with `cabria serve {tiny}-plan`." in outcome.out
    assert outcome.err.startswith("Reading the call\n")


@pytest.mark.parametrize("name", [".", "call.toml", "../tiny/"])
def test_a_plan_stands_beside_its_call_however_that_is_named(
    cabria: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tiny)
    assert cabria("plan", name, "--effort", "quick").code == 0
    assert (tiny.parent / "tiny-plan" / "plan.json").is_file()


def test_the_same_seed_makes_the_same_plan(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    assert cabria("plan", tiny, "--effort", "quick", "--seed", "0").code == 0
    for name in OUTPUT:
        one, other = (tiny_plan / name).read_bytes(), (tiny.parent / "tiny-plan" / name).read_bytes()
        if name == "plan.json":
            one, other = (content.partition(b'"timings"')[0] for content in (one, other))
            assert len(one) > 1_000
        elif name == "index.html":
            continue  # it tells the timings too
        assert one == other, name


@pytest.mark.parametrize("name", ["departure-baplie31.edi", "departure-baplie22.edi"])
def test_the_departure_reads_back_as_the_plan_says(tiny: Path, tiny_plan: Path, name: str) -> None:
    call = read_call(tiny)
    sails = departure(call, read_plan(tiny_plan / "plan.json", call))
    data = (tiny_plan / name).read_bytes()
    back = read_bay_plan(data, file=name)
    assert back.findings == ()
    assert {box.id: position for box, position in back.bay_plan()} == {box.id: position for box, position in sails}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydifact speaks of its own future
        boxes = [
            segment
            for message in Interchange.from_str(data.decode("latin-1")).get_messages()
            for segment in message.segments
            if segment.tag == "EQD"
        ]
    assert len(boxes) == len(sails)


def test_check_agrees_with_the_plan_it_came_with(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    for plan in (tiny_plan, tiny_plan / "plan.json"):
        outcome = cabria("check", tiny, plan)
        assert outcome.code == 0
        assert outcome.out.startswith("The plan is legal: 0 hard findings caused by the plan.\n")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda plan: plan["loads"].update(TINU0000075="0060182"), "POS-CLASH"),
        (lambda plan: plan["loads"].update(TINU0000075="0990182"), "POS-SLOT"),
        (lambda plan: plan["loads"].pop("TINU0000075"), "LIST-MISSING"),
        (lambda plan: plan["queues"][0].update(crane="QC9"), "CRANE-KNOWN"),
        (lambda plan: plan["yard_moves"].reverse(), "YARD-TOP"),
    ],
)
def test_check_ends_with_2_for_a_broken_plan(
    cabria: Run, tiny: Path, tiny_plan: Path, change: Callable[[dict[str, Any]], object], rule: str
) -> None:
    document = plan_document(tiny_plan)
    change(document)
    (tiny_plan / "plan.json").write_text(json.dumps(document))
    outcome = cabria("check", tiny, tiny_plan)
    assert outcome.code == 2
    assert "The plan is NOT legal" in outcome.out
    assert f"HARD {rule}" in outcome.out


def test_why_tells_slot_crane_cost_and_other_slots(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    slot = plan_document(tiny_plan)["loads"]["TINU0000033"]
    outcome = cabria("why", tiny, tiny_plan, "tinu0000033")
    assert outcome.code == 0
    assert f"TINU0000033 (22G1, 20.0 t, to CNSHA) is loaded to slot {slot} by QC1" in outcome.out
    assert "The best other slots, as the referee would count them:" in outcome.out
    assert "in exchange with TINU0000049" in outcome.out


def test_why_speaks_of_boxes_that_are_not_loaded(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    assert "is discharged from slot 0020002" in cabria("why", tiny, tiny_plan, "TINU0000012").out
    assert "stays aboard in slot 0020102" in cabria("why", tiny, tiny_plan, "TINU0000100").out


def test_edi_check_writes_a_letter(cabria: Run, tiny: Path) -> None:
    outcome = cabria("edi", "check", tiny / "arrival.edi", "--profile", tiny / "profile.json")
    assert outcome.code == 0
    assert outcome.out.startswith("To:       CARRIER\n")
    assert outcome.out.rstrip().endswith("We found nothing to complain of. Thank you.")


def test_edi_check_ends_with_2_for_a_message_that_cannot_be_used(cabria: Run, tiny: Path) -> None:
    (tiny / "arrival.edi").write_text((tiny / "arrival.edi").read_text().replace("0060082", "0990082"))
    outcome = cabria("edi", "check", tiny / "arrival.edi", "--profile", tiny / "profile.json")
    assert outcome.code == 2
    assert "CABRIA TINY has no slot 0990082" in outcome.out


def test_a_profile_is_made_shown_and_imported(cabria: Run, tmp_path: Path) -> None:
    made, imported = tmp_path / "made.json", tmp_path / "imported.json"
    assert cabria("profile", "make", 1_000, made, "--seed", 3).code == 0
    assert "1,000 TEU" in cabria("profile", "show", made).out
    assert cabria("profile", "import", made, imported).code == 0
    assert read_profile(imported) == read_profile(made)


@pytest.mark.shared_data
def test_a_profile_in_staf_is_imported(cabria: Run, shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "stowage/vessel_profiles/OOL.OBEI.OOCL_BEIJING_STAF.txt"
    outcome = cabria("profile", "import", source, tmp_path / "beijing.json")
    assert outcome.code == 0
    assert f"{read_profile(tmp_path / 'beijing.json').capacity_teu:,} TEU" in outcome.out


def test_scenarios_are_listed_and_made(cabria: Run, tmp_path: Path) -> None:
    listed = [line.split()[0] for line in cabria("scenario", "list").out.splitlines()]
    assert {"tiny", "chancay", "made"} <= set(listed)
    assert cabria("scenario", "make", "made", tmp_path / "call", "--moves", 800, "--teu", 2_000).code == 0
    assert read_call(tmp_path / "call").loads


def test_a_call_is_made_around_a_ship_and_planned(cabria: Run, tiny: Path) -> None:
    folder = tiny.parent / "around"
    words = ("scenario", "around", tiny / "profile.json", tiny / "arrival.edi", folder)
    assert cabria(*words, "--discharge", "pechy", "--loads", 5).code == 0
    assert len(read_call(folder).loads) == 5
    assert cabria("plan", folder, "--effort", "quick").code == 0


def test_run_makes_the_call_once_and_plans_it(cabria: Run, tmp_path: Path) -> None:
    words = ("run", "--report", "--scenario", "tiny", "--folder", tmp_path, "--effort", "quick", "--no-serve")
    assert "Making the call tiny" in cabria(*words).out
    again = cabria(*words)
    assert again.code == 0
    assert "Making the call" not in again.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny", "tiny-plan"]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_a_narrow_screen_and_shows_an_example(
    cabria: Run, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    outcome = cabria(*command.split(), "--help")
    assert outcome.code == 0
    assert "..." not in outcome.out.partition("\n")[2], "a sentence is cut off"
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert f"Example: cabria {command}" in outcome.out or not command
    assert "`cabria scenario make tiny my-call`" in outcome.out or command


def test_help_waits_for_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "sys.argv = ['cabria', '--help']\n"
        "from cabria.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'scipy', 'rich', 'starlette', 'uvicorn', 'openpyxl', 'reportlab', 'msgspec'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.startswith("Usage: cabria")
    assert said.endswith("loaded: []\n")


def test_version_is_told(cabria: Run) -> None:
    assert cabria("--version").out.startswith("cabria 0.")


def test_signals_are_given_back(cabria: Run, tiny: Path) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    assert cabria("plan", tiny, "--effort", "quick").code == 0
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
