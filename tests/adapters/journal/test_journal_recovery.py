"""What a journal that fits together may still say: nothing that ends in a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.adapters.journal.journals_by_hand import report
from tests.twin.test_twin import its_layout

from cabria.adapters.journal.opening import open_journal, open_store
from cabria.adapters.journal.recovery import replayed
from cabria.domain.errors import DataError, TerminalError
from cabria.domain.machines import TruckModel
from cabria.operations.gateways import EntryKind, Record
from cabria.operations.records import AlarmRang, Command, OpenTerminal
from cabria.operations.settings import Settings


def replayed_from(place: Path, *contents: Any) -> None:
    with open_journal(str(place)) as journal:
        for content in contents:
            kind = EntryKind.ALARM if isinstance(content, AlarmRang) else EntryKind.COMMAND
            journal.append(Record(kind, 0, "", content))
    store = open_store(str(place))
    try:
        replayed(store)
    finally:
        store.close()


@pytest.mark.parametrize(
    "terminal",
    [
        OpenTerminal(None, TruckModel(), Settings()),  # type: ignore[arg-type]
        OpenTerminal((1, 2), TruckModel(), Settings()),  # type: ignore[arg-type]
        OpenTerminal("layout", "truck", "settings"),  # type: ignore[arg-type]
    ],
    ids=["none", "numbers", "words"],
)
def test_a_terminal_that_makes_no_sense_is_refused(tmp_path: Path, terminal: OpenTerminal) -> None:
    with pytest.raises(DataError, match="cannot stand so"):
        replayed_from(tmp_path / "made-up.journal", terminal)


@pytest.mark.parametrize(
    "content",
    [
        AlarmRang(7),
        AlarmRang("seven"),  # type: ignore[arg-type]
        Command("berth", ()),
        Command("berth", (1, 2)),
        Command("take_stock", ("yard",)),
        Command("add_truck", ("T01", "nowhere")),
        Command("announce", (None,)),
        Command("machine_says", ("T01", 7)),
        Command("hear", ()),
        (1, 2, 3),
        None,
    ],
    ids=str,
)
def test_an_input_that_makes_no_sense_is_refused_or_fails_as_it_did(tmp_path: Path, content: Any) -> None:
    opened = OpenTerminal(its_layout(), TruckModel(), Settings())
    with pytest.raises(TerminalError):
        replayed_from(tmp_path / "made-up.journal", opened, content, AlarmRang(99))


def test_a_snapshot_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    place = str(tmp_path / "made-up.journal")
    with open_journal(place) as journal:
        journal.append(report(1))
        journal.keep(1, ("so", "it", "stood"))
    store = open_store(place)
    with pytest.raises(DataError, match="does not say how operations stood"):
        replayed(store)
    store.close()
