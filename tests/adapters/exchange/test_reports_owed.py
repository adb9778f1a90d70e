"""What a running terminal owes its partners is made from its journal, and sent once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import its_layout, planned

from cabria.adapters.edi import read_any
from cabria.adapters.exchange.exchange import Exchange, Partner
from cabria.adapters.exchange.intake import CallFolderIntake
from cabria.adapters.exchange.ledger import Ledger, Parcel
from cabria.adapters.exchange.mailboxes import FolderMailbox
from cabria.adapters.exchange.reports_owed import ReportsOwed
from cabria.adapters.exchange.settings import REPORTS, exchange_settings
from cabria.adapters.files.port_calls import port_calls_of
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.port_calls import (
    Location,
    PortCall,
    PortCallBook,
    PortCallService,
    PortCallVessel,
    ServiceEvent,
    ServiceType,
    TerminalCall,
)
from cabria.domain.road_visits import Brought
from cabria.operations.journaling import JournaledControl
from cabria.operations.running import Told
from cabria.operations.settings import Settings
from cabria.twin.twin import Fleet, Twin

ZERO_UTC_MS = 1_772_431_200_000


@cache
def entries() -> tuple[Told, ...]:
    """A call worked to its end with a road truck, and sailed."""
    call, plan = planned()
    journal = JournalInMemory()
    twin = Twin(its_layout(), Settings(), Fleet(trucks=8), 3, journal=journal)
    control = twin.control
    assert isinstance(control, JournaledControl)
    control.take_stock(call.yard)
    control.berth(call, plan)
    control.gate_in("R1", Brought(ContainerId("CBRU7000007"), 40, 21_000))
    while not twin.is_idle:
        twin.run(twin.now_ms + 3_600_000)
    twin.run(twin.now_ms + 3_600_000)
    control.sail(call.id)
    return tuple(Told(number, record) for number, record in journal.numbered())


def owed(*reports: str) -> ReportsOwed:
    return ReportsOwed(ZERO_UTC_MS, {"line": reports or REPORTS, "other": ()}, "CABRIA")


def book() -> PortCallBook:
    call, _ = planned()
    ids = [UUID(int=number, version=4) for number in range(1, 9)]
    place = Location(str(call.port))
    hers = (
        (ServiceType.BERTH, ServiceEvent.ARRIVED),
        (ServiceType.BERTH, ServiceEvent.DEPARTED),
        (ServiceType.CARGO_OPERATIONS, ServiceEvent.COMPLETED),
    )
    return PortCallBook(
        (PortCall(ids[0], str(call.port), PortCallVessel(mmsi_number="123456789", name="A SHIP")),),
        (TerminalCall(ids[1], ids[0], "Service", "S1", reference=call.id),),
        tuple(PortCallService(ids[2 + n], ids[1], kind, event, place) for n, (kind, event) in enumerate(hers)),
    )


def test_a_ship_that_has_sailed_is_reported_once_and_readably() -> None:
    call, plan = planned()
    parcels = owed().hear(entries(), book())
    assert {parcel.partner for parcel in parcels} == {"line"}
    kinds = sorted(parcel.name.partition("-")[0] for parcel in parcels)
    assert kinds == ["BAPLIE", "BAPLIE", "COARRI", "COARRI", "CODECO", "port"]
    for parcel in parcels:
        if parcel.name.endswith(".edi"):
            [message] = read_any(parcel.content, file=parcel.name)
            assert not [finding for finding in message.findings if finding.severity.value == "hard"]
            assert message.header.prepared_at.endswith("Z")
    [loaded] = [parcel for parcel in parcels if "load" in parcel.name]
    assert len(read_any(loaded.content, file="")[0].entries) == len(plan.loads)
    assert call.id in loaded.name


def test_actual_times_are_told_to_port_calls_that_ask_for_them() -> None:
    [parcel] = owed("port calls").hear(entries(), book())
    told = port_calls_of(parcel.content, file="")
    assert len(told.timestamps) == 3
    assert {timestamp.classifier.value for timestamp in told.timestamps} == {"ACT"}
    assert min(timestamp.at for timestamp in told.timestamps) == datetime.fromtimestamp(ZERO_UTC_MS / 1_000, UTC)
    assert owed("port calls").hear(entries(), told)[0].content == parcel.content
    assert owed("port calls").hear(entries()) == []


@settings(max_examples=6)
@given(st.data())
def test_heard_in_any_parts_or_again_from_the_first_it_is_the_same(data: st.DataObject) -> None:
    whole = owed().hear(entries(), book())
    cut = data.draw(st.integers(0, len(entries())))
    following = owed()
    assert [*following.hear(entries()[:cut], book()), *following.hear(entries()[cut:], book())] == whole
    assert following.heard == len(entries())


def test_after_a_restart_nothing_is_sent_again(tmp_path: Path) -> None:
    for _ in range(2):
        ledger = Ledger(tmp_path / "ledger.sqlite")
        nobody: CallFolderIntake = CallFolderIntake(None, None)  # type: ignore[arg-type]
        exchange = Exchange([Partner("line", FolderMailbox(tmp_path / "line"))], ledger, nobody)
        exchange.put(owed().hear(entries(), book()))
        exchange.look()
        sent = list((tmp_path / "line" / "out").iterdir())
        for path in sent:
            path.unlink()
        exchange.close()
        if _ == 0:
            assert len(sent) == 6
    assert sent == []


def test_settings_name_partners_with_folders_or_sftp(tmp_path: Path) -> None:
    table = {
        "partners": [
            {"name": "ONE", "folder": "one", "senders": ["ONEY"]},
            {"name": "MSC", "sftp": "sftp://me@host/x", "key": "id", "known_hosts": "hosts", "reports": ["CODECO"]},
        ]
    }
    chosen = exchange_settings(table, tmp_path, file="terminal.toml")
    assert chosen.partners[0].folder == tmp_path / "one"
    assert str(chosen.partners[1].address) == "sftp://me@host:22/x"
    assert chosen.folder == tmp_path / "exchange"


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ({"every": 3}, "exchange"),
        ({"every_s": "soon"}, "exchange.every_s"),
        ({"partners": [{"name": "A"}]}, "partners[0]"),
        ({"partners": [{"name": "A", "folder": "a", "sftp": "sftp://me@host"}]}, "partners[0]"),
        ({"partners": [{"name": "A", "sftp": "sftp://me@host"}]}, "partners[0]"),
        ({"partners": [{"name": "A", "sftp": "ftp://x", "key": "k", "known_hosts": "h"}]}, "partners[0].sftp"),
        ({"partners": [{"name": "../A", "folder": "a"}]}, "partners[0].name"),
        ({"partners": [{"name": "A", "folder": "a", "reports": ["INVOIC"]}]}, "partners[0].reports"),
        ({"partners": [{"name": "A", "folder": "a"}] * 2}, "partners"),
        (7, "exchange"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_the_place(table: object, place: str) -> None:
    with pytest.raises(DataError) as refused:
        exchange_settings(table, Path(), file="terminal.toml")
    assert place in str(refused.value)


def test_parcels_hold_json_that_is_read_elsewhere() -> None:
    [parcel] = owed("port calls").hear(entries(), book())
    assert isinstance(parcel, Parcel)
    assert set(json.loads(parcel.content)) == {"portCalls", "terminalCalls", "portCallServices", "timestamps"}
