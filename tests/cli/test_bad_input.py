"""Whatever is handed in: one clear sentence with file and place, an exit code, and nothing half written."""

from __future__ import annotations

import json
import lzma
import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from .conftest import Outcome, Run

Spoil = Callable[[Path], object]
FILES = ("call.toml", "arrival.edi", "loads.edi", "profile.json", "terminal.json", "yard.csv")


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def put(file: str, content: bytes | str) -> Spoil:
    return lambda call: (call / file).write_bytes(content.encode() if isinstance(content, str) else content)


def changed(file: str, old: str, new: str, times: int = -1) -> Spoil:
    def change(call: Path) -> None:
        text = (call / file).read_text()
        assert old in text
        (call / file).write_text(text.replace(old, new, times))

    return change


def both(*spoils: Spoil) -> Spoil:
    return lambda call: [spoil(call) for spoil in spoils]


def loads_from(file: str, content: bytes | str) -> Spoil:
    return both(put(file, content), changed("call.toml", '"loads.edi"', f'"{file}"'))


def huge(file: str) -> Spoil:
    return lambda call: os.truncate(call / file, 200 * 1024 * 1024)


def table(*rows: str) -> str:
    return "\n".join(("container,size_type,pod,gross_mass_kg,verified,set_point_c", *rows, ""))


def assert_refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    assert outcome.err.count("cabria: ") == 1
    assert outcome.err.splitlines()[-1] == outcome.complaint
    for word in words:
        assert word in outcome.complaint


def assert_plan_refused(cabria: Run, call: Path, *words: str) -> None:
    before = files_in(call.parent)
    assert_refused(cabria("plan", call, "--effort", "quick"), *words)
    assert files_in(call.parent) == before


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (bytes(range(256)) * 9, ""),
        (b"\0" * 2_000, ""),
        (b"%PDF-1.7 something else altogether", ""),
        (b"\xff\xfe" + "no known file".encode("utf-16-le"), ""),
    ],
    ids=["empty", "binary", "zeros", "pdf", "utf-16"],
)
def test_a_file_that_is_none_is_named(cabria: Run, tiny: Path, file: str, content: bytes, words: str) -> None:
    (tiny / file).write_bytes(content)
    assert_plan_refused(cabria, tiny, str(tiny / file), words)


@pytest.mark.parametrize("file", FILES)
def test_half_a_file_is_named(cabria: Run, tiny: Path, file: str) -> None:
    content = (tiny / file).read_bytes()
    (tiny / file).write_bytes(content[: len(content) // 2])
    assert_plan_refused(cabria, tiny, str(tiny / file))


@pytest.mark.parametrize("file", FILES)
def test_200_megabytes_are_not_read(cabria: Run, tiny: Path, file: str) -> None:
    huge(file)(tiny)
    assert_plan_refused(cabria, tiny, str(tiny / file), "MB")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    "instead",
    [
        lambda path: None,
        lambda path: path.mkdir(),
        lambda path: path.symlink_to(path.name),
        lambda path: path.symlink_to("/dev/zero"),
    ],
    ids=["missing", "folder", "link to itself", "endless"],
)
def test_what_is_no_file_is_named(cabria: Run, tiny: Path, file: str, instead: Spoil) -> None:
    (tiny / file).unlink()
    instead(tiny / file)
    assert_plan_refused(cabria, tiny, str(tiny / "call.toml"), "" if file == "call.toml" else file)


PDF = b"%PDF-1.4\n" + b"no workbook" * 100
BOX = "TINU0000033,22G1,CNSHA,20000,yes,"
REEFERS = [f"LIVE{number:07},45R1,CNSHA,20000,yes,-18" for number in range(300)]


@pytest.mark.parametrize(
    ("spoil", "file", "words"),
    [
        (changed("arrival.edi", "TINU0000100", "TINU0000012"), "arrival.edi, segment 15", "TINU0000012"),
        (changed("arrival.edi", "0020102", "0020002"), "arrival.edi, segment 15", "both stand in slot 0020002"),
        (changed("arrival.edi", "0060082", "0990082"), "arrival.edi, segment 27", "slot 0990082, which CABRIA TINY"),
        (changed("loads.edi", "TINU0000049", "TINU0000033"), "loads.edi, segment 13", "twice, first in segment 8"),
        (changed("loads.edi", "TINU0000033", "TINU0000012"), "loads.edi, segment 8", "is aboard on arrival"),
        (changed("loads.edi", "CBTY:103::CABRIA TINY", "WXYZ:103::OTHER"), "loads.edi, segment 2", "is for OTHER"),
        (changed("loads.edi", "001W", "777E"), "loads.edi, segment 2", "is for voyage 777E"),
        (changed("loads.edi", "LOC+9+PECHY", "LOC+9+CLVAP"), "loads.edi, segment 2", "is for CLVAP"),
        (put("arrival.edi", "UNB+UNOA:2+A+B+260302:0600+1'UNZ+0+1'"), "arrival.edi", "There is no message in it"),
        (lambda call: shutil.copy(call / "loads.edi", call / "arrival.edi"), "arrival.edi, segment 2", "is COPRAR"),
        (lambda call: shutil.copy(call / "arrival.edi", call / "loads.edi"), "loads.edi, segment 2", "is BAPLIE"),
        (
            both(loads_from("loads.csv", table(*REEFERS)), changed("profile.json", " PA", "")),
            "loads.csv, line 2",
            "300 live reefers are to be loaded",
        ),
        (loads_from("loads.csv", table("=1+1|'cmd',22G1,CNSHA,1,yes,")), "loads.csv, line 2, column A", "=1+1|'cmd'"),
        (loads_from("loads.csv", table(BOX.replace("CNSHA", "CN\0"))), "loads.csv", "binary data"),
        (loads_from("loads.csv", table(BOX.replace("20000", "NaN"))), "loads.csv, line 2, column D", "not a number"),
        (loads_from("loads.csv", table(BOX, BOX)), "loads.csv, line 3, column A", "twice, first in line 2"),
        (loads_from("loads.csv", "colour,name\nred,pear\n"), "loads.csv, header", "no column container, size_type"),
        (loads_from("loads.xlsx", PDF), "loads.xlsx", "no Excel workbook"),
        (loads_from("loads.xls", b"\xd0\xcf\x11\xe0" * 99), "loads.xls", "Save it from Excel as .xlsx"),
        (changed("profile.json", '[[2,"20F', '[[4,"20F', 1), "profile.json, bay 02", "do not rise"),
        (changed("profile.json", "60000", "-1", 1), "profile.json, $.bays[0]", "should be at least 0"),
        (changed("profile.json", '"number": 6', '"number": 6, "number": 8'), "profile.json", "named twice"),
        (changed("terminal.json", "300000", "9" * 400), "terminal.json, $.quay_length_mm", "at most 100,000,000"),
        (changed("terminal.json", "300000", "NaN"), "terminal.json", "not JSON"),
        (changed("terminal.json", "PECHY", "CLVAP"), "terminal.json, port", "the call is at PECHY"),
        (changed("terminal.json", '"outreach_rows": 24', '"outreach_rows": 1'), "tiny", "No quay crane reaches"),
        (changed("yard.csv", "B01-06-01-2", "B01-06-01-1"), "yard.csv, line 9", "Another box stands at B01-06-01-1"),
        (changed("yard.csv", "B01-06-01-2", "B01-06-01-3"), "yard.csv, line 9", "has nothing under it"),
        (changed("call.toml", "voyage", "voyag"), "call.toml, top level", "Do you mean voyage?"),
        (changed("call.toml", '"001W"', "1"), "call.toml, voyage", "should be a text, not a whole number"),
        (changed("call.toml", '"001W"', ""), "call.toml", "not TOML"),
        (changed("call.toml", "100000", "9" * 5_000), "call.toml", "thousands of digits"),
        (
            changed("call.toml", '"profile.json"', '"/etc/passwd"'),
            "call.toml, files.profile",
            "outside the call folder",
        ),
    ],
)
def test_what_contradicts_itself_is_named(cabria: Run, tiny: Path, spoil: Spoil, file: str, words: str) -> None:
    spoil(tiny)
    assert_plan_refused(cabria, tiny, file, words)


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(cabria: Run, tiny: Path) -> None:
    with zipfile.ZipFile(tiny / "loads.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(80_000_000))
    changed("call.toml", '"loads.edi"', '"loads.xlsx"')(tiny)
    assert_plan_refused(cabria, tiny, "loads.xlsx", "Unpacked, the workbook has 80 MB")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "no such folder"),
        ("loop", "no such folder"),
        ("tiny/loads.edi", "this is a file"),
        (".", "call.toml"),
    ],
)
def test_what_is_no_call_is_refused(cabria: Run, tiny: Path, name: str, words: str) -> None:
    (tiny.parent / "loop").symlink_to("loop")
    assert_plan_refused(cabria, tiny.parent / name, words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tiny", "holds arrival.edi, which is not Cabria's to replace"),
        ("tiny/loads.edi", "is no folder"),
        ("tiny/loads.edi/plan", "cannot be written"),
        ("loop", "a link that leads to itself"),
        ("x" * 300, "cannot be written"),
        ("/proc/plan", "cannot be written"),
    ],
)
def test_a_place_that_is_taken_is_left_alone(cabria: Run, tiny: Path, name: str, words: str) -> None:
    (tiny.parent / "loop").symlink_to("loop")
    before = files_in(tiny.parent)
    assert_refused(cabria("plan", tiny, "--effort", "quick", "--out", tiny.parent / name), words)
    assert_refused(cabria("scenario", "make", "tiny", tiny.parent / name), words)
    assert files_in(tiny.parent) == before


def test_text_of_strangers_does_not_steer_the_screen(cabria: Run, tiny: Path) -> None:
    changed("loads.edi", "001W", "\x1b[2J\x07")(tiny)
    outcome = cabria("plan", tiny)
    assert_refused(outcome, "is for voyage")
    assert outcome.err.replace("\n", "").isprintable()


def plan_with(**parts: object) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **parts})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: "", "is empty"),
        (lambda text: text[:900], "not JSON"),
        (lambda text: "[1, 2]", "A plan begins with format 'cabria.plan/1'"),
        (plan_with(format="cabria.plan/2"), "this file says 'cabria.plan/2'"),
        (plan_with(call="OTHER"), "of call 'OTHER', not of TINY"),
        (plan_with(loads={"ABCU1234567": "0020082"}), "$.loads.ABCU1234567: Container ABCU1234567 is not on the load"),
        (plan_with(loads={"\x1b[2J\n": "0020082"}), "is not on the load list"),
        (plan_with(loads={"TINU0000033": "deck"}), "$.loads.TINU0000033: This should be a slot such as 0060284"),
        (plan_with(restows={"TINU0000012": "0020082"}), "leaves the ship here"),
        (plan_with(surprise=1), "There is no key 'surprise'"),
        (lambda text: text.replace('"end_s":120', '"end_s":NaN', 1), "not JSON"),
        (lambda text: text.replace('"bay":2', '"bay":' + "9" * 5_000, 1), "$.queues[0].steps[0].bay"),
        (lambda text: text.replace('"loads": {', '"loads": {"TINU0000033": "0020002",', 1), "named twice"),
        (lambda text: text[:-2] + ',"stability":' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_plan_that_cannot_be_judged_is_refused(
    cabria: Run, tiny: Path, tiny_plan: Path, spoil: Callable[[str], str], words: str
) -> None:
    file = tiny_plan / "plan.json"
    file.write_text(spoil(file.read_text()))
    assert_refused(cabria("check", tiny, tiny_plan), str(file), words)
    assert_refused(cabria("why", tiny, tiny_plan, "TINU0000033"), str(file), words)


def test_a_box_nobody_knows_has_no_reasons(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    for number in ("ABCU1234567", "", "\x1b[2J\n"):
        assert_refused(cabria("why", tiny, tiny_plan, number), "neither aboard on arrival nor on the load list")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\0" * 5_000, "binary data"),
        (b"%PDF-1.4", "does not begin as an EDIFACT message"),
        (b"UNB+UNOA:2+A+B+260302:0600+1'UNH+1+INVOIC:D:95B:UN'UNT+2+1'UNZ+1+1'", "'INVOIC' are not read here"),
        (b"UNB+UNOA:2+A+B+260302:0600+1'UNH+1+BAPLIE:D:95B:UN:SMDG22'BGM+", "breaks off"),
        (b"UNB+UNOA:2+A+B+260302:0600+1'" + b"A'" * 1_000_001, "more than 1,000,000 segments"),
    ],
)
def test_a_message_that_is_none_is_refused(cabria: Run, tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "message.edi"
    file.write_bytes(content)
    assert_refused(cabria("edi", "check", file), str(file), words)


def test_an_archive_that_unpacks_to_gigabytes_is_not_unpacked(cabria: Run, tmp_path: Path) -> None:
    (tmp_path / "message.edi.xz").write_bytes(lzma.compress(bytes(100_000_000), preset=0))
    assert_refused(cabria("edi", "check", tmp_path / "message.edi.xz"), "at most 67 MB")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n", "no vessel profile that Cabria knows"),
        (b'{"format": "cabria.terminal/1"}', "A vessel profile begins with format 'cabria.profile/1'"),
        (b"*SHIP\n" + b"\0" * 99, "binary data"),
        (b"*SHIP\n*SECTION\n", "cut short"),
        (b"# Ship: x\nnan inf\n", "line 2"),
    ],
)
def test_a_profile_that_is_none_is_refused(cabria: Run, tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "ship"
    file.write_bytes(content)
    assert_refused(cabria("profile", "show", file), str(file), words)
    assert_refused(cabria("profile", "import", file, tmp_path / "ship.json"), str(file), words)
    assert files_in(tmp_path) == ["ship"]


def test_a_profile_is_written_to_a_file_or_nowhere(cabria: Run, tiny: Path) -> None:
    before = files_in(tiny)
    for target in (tiny, tiny / "no" / "ship.json", "/dev/null", "/proc/ship.json"):
        assert_refused(cabria("profile", "import", tiny / "profile.json", target), str(target))
    assert files_in(tiny) == before
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("scenario make chancai new", "Do you mean chancay?"),
        ("run --scenario nothing --no-serve --folder new", "There is no scenario 'nothing'"),
        ("scenario make made new --moves 9000 --teu 1000", "A ship of 1,000 TEU cannot discharge"),
        ("scenario around tiny/profile.json tiny/loads.edi new --discharge PECHY", "This is COPRAR, a BAPLIE"),
        ("scenario around tiny/profile.json tiny/arrival.edi new --discharge ,", "No port is named"),
        ("scenario around tiny/profile.json tiny/arrival.edi new --discharge ??", "'??' is no port as UN/LOCODE"),
        (
            "scenario around tiny/profile.json tiny/arrival.edi new --discharge NLRTM",
            "Nothing aboard is bound for NLRTM",
        ),
        ("scenario instructed tiny/arrival.edi new", "This is BAPLIE, a MOVINS"),
        ("serve tiny", "There is no report here"),
        ("serve nothing", "There is no report here"),
        ("serve plan --host 203.0.113.1", "not an address of this machine"),
    ],
)
def test_a_wrong_word_is_told(
    cabria: Run, tiny: Path, tiny_plan: Path, monkeypatch: pytest.MonkeyPatch, words: str, told: str
) -> None:
    monkeypatch.chdir(tiny.parent)
    before = files_in(tiny.parent)
    assert_refused(cabria(*words.split()), told)
    assert files_in(tiny.parent) == before


def test_a_ship_of_another_bay_plan_makes_no_call(cabria: Run, tiny: Path) -> None:
    changed("arrival.edi", "0060082", "0990082")(tiny)
    outcome = cabria(
        "scenario", "around", tiny / "profile.json", tiny / "arrival.edi", tiny / "new", "--discharge", "PECHY"
    )
    assert_refused(outcome, "arrival.edi, segment 27", "slot 0990082")
    assert not (tiny / "new").exists()


def test_ten_taken_ports_are_enough(cabria: Run, tiny_plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(socket.socket, "bind", taken)
    assert_refused(cabria("serve", tiny_plan, "--port", "9000"), "Ports 9000 to 9009 are all taken")


@pytest.mark.parametrize(
    "words", ["plan", "plan x --effrt quick", "plan x --seconds nan", "plan x --seed -1", "nothing"]
)
def test_a_wrong_use_is_told_with_the_right_one(cabria: Run, words: str) -> None:
    outcome = cabria(*words.split())
    assert outcome.code == 2
    assert "Traceback" not in outcome.err
    assert "Usage: cabria" in outcome.err


PROGRAM = [sys.executable, "-m", "cabria"]


def started(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen([*PROGRAM, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait_for(stream: IO[str] | None, words: str) -> None:
    assert stream is not None
    assert any(words in line for line in stream), f"{words!r} was never said"


def rest_of(program: subprocess.Popen[str]) -> str:
    return program.communicate(timeout=120)[1]


def test_the_first_ctrl_c_keeps_the_best_plan(tiny: Path) -> None:
    with started("plan", tiny, "--effort", "thorough") as program:
        wait_for(program.stderr, "Reading the call")
        program.send_signal(signal.SIGINT)
        assert "Ending with the best plan so far" in rest_of(program)
    assert program.returncode == 0
    plan = json.loads((tiny.parent / "tiny-plan" / "plan.json").read_text())
    assert plan["stopped"] == "interrupted; the best plan so far was kept"
    assert len(plan["loads"]) + len(plan["refused"]) == 7


def test_the_second_ctrl_c_leaves_nothing(tiny: Path) -> None:
    before = files_in(tiny.parent)
    with started("plan", tiny, "--effort", "thorough") as program:
        wait_for(program.stderr, "Reading the call")
        program.send_signal(signal.SIGINT)
        wait_for(program.stderr, "Ending with the best plan so far")
        program.send_signal(signal.SIGINT)
        assert rest_of(program).endswith("cabria: stopped; nothing was left half written.\n")
    assert program.returncode == 130
    assert files_in(tiny.parent) == before


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_an_end_while_writing_leaves_no_half_plan(tiny: Path, end: signal.Signals) -> None:
    """Either everything stands there, or the last plan told on the way, which is whole."""
    with started("plan", tiny, "--effort", "quick") as program:
        wait_for(program.stderr, "Writing plan and report")
        program.send_signal(end)
        rest_of(program)
    beside = [path for path in tiny.parent.iterdir() if path != tiny]
    if end is signal.SIGTERM:
        assert [path.name for path in beside] in ([], ["tiny-plan"])
    for path in beside:
        if not path.name.startswith(".cabria-"):
            assert json.loads((path / "plan.json").read_text(encoding="utf-8"))["loads"]
            assert (path / "load-sequence.pdf").is_file() or files_in(path) == ["plan.json"]


def test_a_reader_who_leaves_early_sees_no_traceback(tiny: Path) -> None:
    program = subprocess.Popen(
        [*PROGRAM, "profile", "show", tiny / "profile.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    program.stdout.close()
    assert program.stderr is not None
    assert program.stderr.read() == ""
    program.stderr.close()
    assert program.wait() == 1


def test_a_full_disk_under_the_output_is_told(tiny: Path) -> None:
    with Path("/dev/full").open("w") as full:
        program = subprocess.run(
            [*PROGRAM, "profile", "show", tiny / "profile.json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (program.returncode, program.stderr) == (1, "cabria: The output: No space left on device.\n")
