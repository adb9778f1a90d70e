"""What strangers may put into a folder: half files, giants, bombs, odd names, links, other alphabets."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import resource
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.exchange import contents
from cabria.adapters.exchange.contents import looks_whole, opened
from cabria.adapters.exchange.mailboxes import FolderMailbox, MailboxLostError, Seen, is_plain, safe_name
from cabria.domain.errors import DataError

from .exchanges_by_hand import CALL, Place, box, load_list

LIMIT = 100_000
LIST = load_list([*CALL.loads, box("TINU000021")])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def zipped(*parts: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return target.getvalue()


def test_a_file_that_grows_is_waited_for(place: Place) -> None:
    exchange = place.exchange()
    path = place.put("list.edi", LIST[:900])
    for size in (950, 1_000, len(LIST)):
        assert exchange.look().taken == 0
        place.now_ms += 1_500
        path.write_bytes(LIST[:size])
        os.utime(path, ns=(place.now_ms * 1_000_000,) * 2)
    assert exchange.look().taken == 0
    place.now_ms += 3_000
    assert exchange.look().finished == 1
    assert [answer.state for answer in place.answers()] == ["done"]
    exchange.close()


def test_a_file_that_stops_in_the_middle_is_waited_for_and_then_set_aside(place: Place) -> None:
    exchange = place.exchange()
    place.put("list.edi", LIST[:900])
    assert place.settle(exchange, 300).taken == 0
    assert place.settle(exchange, 400).finished == 1
    [answer] = place.answers()
    assert answer.state == "aside"
    assert [name for name in place.files("aside") if name.endswith(".reason.txt")]
    exchange.close()


@pytest.mark.parametrize("name", [".list.edi", "list.edi.part", "list.edi.filepart", "list.tmp", "list~"])
def test_a_name_that_says_it_is_still_written_is_left_alone(place: Place, name: str) -> None:
    place.put(name, LIST)
    assert place.run(10_000).taken == 0
    assert place.files("in") == [name]


def test_a_file_without_an_end_is_never_read_into_memory(place: Place) -> None:
    (place.box / "in").mkdir(parents=True)
    with (place.box / "in" / "giant.edi").open("wb") as giant:
        giant.truncate(1 << 30)
    os.utime(place.box / "in" / "giant.edi", ns=(0, 0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert place.run().taken == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    assert place.files("in") == []
    [answer] = place.answers()
    assert "1,073 MB" in answer.what
    assert [name for name in place.files("aside") if name.endswith(".file")]


def bombs() -> dict[str, bytes]:
    much = bytes(LIMIT + 1)
    return {
        "bomb.gz": gzip.compress(much, 1),
        "bomb.xz": lzma.compress(much, preset=0),
        "bomb.zip": zipped(("a.edi", much)),
        "nested.zip": zipped(("a.zip", zipped(("a.edi", LIST)))),
        "two.zip": zipped(("a.edi", LIST), ("b.edi", LIST)),
        "none.zip": zipped(),
        "nameless.zip": zipped(("a.edi", LIST)).replace(b"a.edi", b"\0.edi"),
        "cut.gz": gzip.compress(LIST)[:-20],
        "behind.gz": gzip.compress(LIST) + b"something",
    }


def test_archives_that_are_bombs_or_not_one_message_are_set_aside(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MAX_BYTES", LIMIT)
    files = bombs()
    for name, content in files.items():
        place.put(name, content)
    assert place.run(700).finished == len(files)
    assert {answer.file: answer.state for answer in place.answers()} == dict.fromkeys(files, "aside")
    assert place.versions == ["v0001"]


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(LIST), lzma.compress(LIST), zipped(("../../etc/passwd", LIST)), LIST],
    ids=["gz", "xz", "zip", "plain"],
)
def test_one_message_in_an_archive_is_read(packed: bytes) -> None:
    assert opened(packed, file="x").kinds == "COPRAR"


@pytest.mark.parametrize(
    "content",
    [
        LIST.decode("latin-1").encode("utf-16"),
        LIST.decode("latin-1").encode("utf-32"),
        bytes(range(256)) * 100,
        b"\x00" * 10_000,
        b"\x89PNG\r\n\x1a\n" + b"x" * 5_000,
        b"{" * 100_000 + b"}",
        b'{"portCalls": [], "terminalCalls": []}',
        b'[{"eventClassifierCode": "ACT"}]',
        b"hello",
        "UNA:+.? 'UNH+1+BAPLIE:D:95B:UN:SMDG22'\u0416'UNT+2+1'".encode("utf-16-le"),
    ],
    ids=lambda content: repr(content[:8]),
)
def test_what_is_no_message_is_set_aside_with_a_reason(place: Place, content: bytes) -> None:
    place.put("thing.edi", content)
    assert place.run(700).finished == 1
    [answer] = place.answers()
    assert answer.state in ("aside", "refused")
    assert answer.what.endswith(".")
    assert place.versions == ["v0001"]


def test_digits_that_are_none_are_no_position(place: Place) -> None:
    """Found by fuzzing: superscripts are digits to Python, but no numbers."""
    for number, odd in enumerate(("0020\u00b282", "00\u00b90082", "002008\u0662")):
        cell = f"LOC+147+{odd}::5'EQD+CN+TINU0000031+42G1+++5'"
        message = f"UNH+1+BAPLIE:D:95B:UN:SMDG22'{cell}UNT+4+1'"
        text = f"UNB+UNOC:3+LINE+CABRIA+260301:1000+S{number}'{message}UNZ+1+S{number}'"
        place.put(f"{number}.edi", text.encode())
    assert place.run().finished == 3
    assert {answer.state for answer in place.answers()} == {"refused"}


def test_links_pipes_and_folders_are_not_files(place: Place, tmp_path: Path) -> None:
    secret = tmp_path / "secret.edi"
    secret.write_bytes(LIST)
    inbox = place.box / "in"
    (inbox / "folder.edi").mkdir(parents=True)
    (inbox / "link.edi").symlink_to(secret)
    os.mkfifo(inbox / "pipe.edi")
    assert place.run(10_000).taken == 0
    assert FolderMailbox(place.box).fetch(Seen("link.edi", len(LIST), secret.stat().st_mtime_ns)) is None
    assert secret.read_bytes() == LIST


@pytest.mark.parametrize(
    "name", ["a\nb.edi", "a\x1b[31m.edi", "naïve 船.edi", "; rm -rf x.edi", "%2e%2e%2fx.edi", "-rf"]
)
def test_odd_names_are_harmless(place: Place, name: str) -> None:
    place.put(name, LIST)
    look = place.run()
    if is_plain(name):
        assert look.finished == 1
        assert all(len(told) < 200 and told.isascii() for told in place.files("out"))
    else:
        assert look.taken == 0


@given(st.text(max_size=300), st.text("0123456789abcdef", min_size=8, max_size=64))
def test_names_of_ours_never_leave_their_folder(name: str, digest: str) -> None:
    ours = safe_name(name, digest, ".letter.txt")
    assert Path("/x", ours).resolve().parent == Path("/x")
    assert ours.isascii()
    assert not ours.startswith(".")
    assert len(ours) < 120


@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_refused_in_a_sentence(content: bytes) -> None:
    looks_whole(content)
    with suppress(DataError):
        opened(content, file="x")


@given(st.integers(0, len(LIST)))
def test_a_message_cut_anywhere_is_never_taken_for_a_whole_one(at: int) -> None:
    part = LIST[:at]
    if looks_whole(part) and at < len(LIST) - 12:
        with pytest.raises(DataError):
            opened(part, file="x")


def test_a_file_written_anew_while_it_is_taken_is_not_lost(place: Place) -> None:
    other = load_list(CALL.loads[1:], "REF2")

    def write_anew(step: str, name: str) -> None:
        if step == "taken" and name == "list.edi" and not (place.root / "once").exists():
            (place.root / "once").touch()
            (place.box / "in" / "list.edi").write_bytes(other)

    exchange = place.exchange(write_anew)
    place.put("list.edi", LIST)
    place.settle(exchange)
    place.settle(exchange)
    exchange.close()
    assert place.versions == ["v0001", "v0002", "v0003"]
    assert len(place.call.loads) == len(CALL.loads) - 1


def test_a_partner_that_is_out_of_reach_keeps_nobody_waiting(place: Place) -> None:
    class Lost(FolderMailbox):
        def look(self) -> tuple[Seen, ...]:
            raise MailboxLostError("line: the cable is cut.")

    lost = Place(place.root / "lost", mailbox=Lost(place.root / "gone"))
    look = lost.run()
    assert look.lost == ("line: the cable is cut.",)
