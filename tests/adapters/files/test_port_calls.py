from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.port_calls import PortCallsDocument, read_port_calls, write_port_calls
from cabria.domain.errors import DataError
from cabria.domain.port_calls import (
    NEGOTIABLE,
    Classifier,
    Facility,
    FacilityCodeList,
    FacilityType,
    Location,
    Phase,
    PortCall,
    PortCallBook,
    PortCallService,
    PortCallVessel,
    ServiceEvent,
    ServiceType,
    TerminalCall,
    Timestamp,
    events_of,
)

IDS = [UUID(int=number, version=4) for number in range(1, 9)]


def words(most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=most)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=OFFSETS)  # noqa: DTZ001 - offsets added
LOCATIONS = st.builds(
    Location,
    st.from_regex(r"[A-Z]{2}[A-Z2-9]{3}", fullmatch=True),
    words(100),
    st.none() | st.builds(Facility, words(6).filter(bool), st.sampled_from(FacilityCodeList), words(100)),
)


@st.composite
def books(draw: st.DrawFn) -> PortCallBook:
    vessel = PortCallVessel(draw(st.sampled_from(("", "9811000"))), "278111222", draw(words(50)))
    ids = iter(draw(st.lists(st.uuids(), min_size=12, max_size=12, unique=True)))
    call = PortCall(next(ids), "PECHY", vessel, draw(words(50)), draw(st.booleans()))
    voyage = draw(words(50))
    terminal_call = TerminalCall(
        next(ids), call.id, "Pacífico Norte", "PN1", draw(words(100)), voyage, draw(words(50)),
        draw(st.none() | st.integers(1, 9)), draw(st.booleans()),
    )  # fmt: skip
    services, timestamps = [], []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from([kind for kind in ServiceType if kind is not ServiceType.MOVES]))
        event = draw(st.sampled_from(sorted(events_of(kind))))
        phase, place = draw(st.none() | st.sampled_from(Phase)), draw(st.none() | st.sampled_from(FacilityType))
        service = PortCallService(
            next(ids), terminal_call.id, kind, event, draw(LOCATIONS), phase, place, draw(st.booleans())
        )
        services.append(service)
        first = None
        for _ in range(draw(st.integers(0, 2))):
            classifier = draw(st.sampled_from(Classifier)) if kind in NEGOTIABLE else Classifier.ACTUAL
            asked = draw(st.none() | LOCATIONS) if classifier is Classifier.REQUESTED else None
            delay, remark = draw(st.sampled_from(("", "WEA"))), draw(words(40))
            told = Timestamp(next(ids), service.id, classifier, draw(INSTANTS), first, asked, delay, remark)
            timestamps.append(told)
            first = told.id
    return PortCallBook((call,), (terminal_call,), tuple(services), tuple(timestamps))


@given(books())
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, book: PortCallBook) -> None:
    path = tmp_path_factory.mktemp("port") / "calls.json"
    write_port_calls(book, path)
    again = read_port_calls(path)
    assert again == book
    assert [told.at.utcoffset() for told in again.timestamps] == [told.at.utcoffset() for told in book.timestamps]


def a_document() -> dict[str, list[dict[str, object]]]:
    """An arrival estimated by the carrier, with the standard's names written out by hand."""
    call, terminal_call, service, timestamp = (str(number) for number in IDS[:4])
    return {
        "portCalls": [
            {
                "portCallID": call,
                "UNLocationCode": "PECHY",
                "vessel": {
                    "vesselIMONumber": "9811000",
                    "name": "EVER GIVEN",
                    "lengthOverall": 399.94,
                    "dimensionUnit": "MTR",
                    "typeCode": "CONT",
                },
                "isFYI": False,
            }
        ],
        "terminalCalls": [
            {
                "terminalCallID": terminal_call,
                "portCallID": call,
                "carrierServiceName": "Great Lion Service",
                "carrierServiceCode": "FE1",
                "terminalCallReference": "W1-03",
                "universalExportVoyageReference": "2103N",
            }
        ],
        "portCallServices": [
            {
                "terminalCallID": terminal_call,
                "portCallServiceID": service,
                "portCallServiceTypeCode": "BERTH",
                "portCallServiceEventTypeCode": "ARRI",
                "portCallPhaseTypeCode": "INBD",
                "facilityTypeCode": "BRTH",
                "portCallServiceLocation": {"UNLocationCode": "PECHY"},
            }
        ],
        "timestamps": [
            {
                "timestampID": timestamp,
                "portCallServiceID": service,
                "classifierCode": "EST",
                "dateTime": "2026-11-24T08:10:00.000-05:00",
                "delayReasonCode": "WEA",
            }
        ],
    }


def written(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "calls.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_standard_s_own_names_are_read(tmp_path: Path) -> None:
    book = read_port_calls(written(tmp_path, a_document()))
    assert book.vessel_of(book.terminal_calls[0]) == PortCallVessel("9811000", "", "EVER GIVEN")
    (told,) = book.timestamps
    assert (told.classifier, told.at) == (Classifier.ESTIMATED, datetime(2026, 11, 24, 13, 10, tzinfo=UTC))
    assert book.service_of[told.service].event is ServiceEvent.ARRIVED


@pytest.mark.parametrize(
    ("part", "key", "value", "says"),
    [
        ("portCallServices", "portCallServiceEventTypeCode", "STRT", "BERTH has no event STRT, only ARRI and DEPA"),
        ("portCallServices", "portCallServiceEventTypeCode", "LAND", "'LAND' is none of the words"),
        ("portCallServices", "portCallServiceTypeCode", "PARKING", "none of the words"),
        ("portCallServices", "terminalCallID", str(IDS[7]), "no terminal call"),
        ("portCallServices", "portCallServiceLocation", {}, "'UNLocationCode' is missing"),
        ("timestamps", "portCallServiceID", str(IDS[7]), "no port call service"),
        ("timestamps", "replyToTimestampID", str(IDS[7]), "no timestamp"),
        ("timestamps", "timestampID", "17", "should be a UUID"),
        ("timestamps", "dateTime", "tomorrow", "should be a time such as"),
        ("timestamps", "dateTime", "2026-11-24T08:10:00", "offset"),
        ("timestamps", "dateTime", 5, "should be a time, not a whole number"),
        ("timestamps", "classifierCode", "PLA", "none of the words"),
        ("timestamps", "datetime", "2026-11-24T08:10:00Z", "no key 'datetime'"),
        ("timestamps", "portCallServiceLocation", {"UNLocationCode": "PECHY"}, "Only a requested timestamp"),
        ("portCalls", "vessel", {"name": "EVER GIVEN"}, "neither an IMO nor an MMSI"),
        ("portCalls", "vessel", {"vesselIMONumber": 9811000}, "should be a text"),
        ("portCalls", "UNLocationCode", "CHANCAY", "UN/LOCODE"),
        ("portCalls", "portCallID", str(IDS[6]), "no port call"),
        ("terminalCalls", "carrierServiceCode", " ", "blank at either end"),
    ],
)
def test_what_departs_from_the_standard_is_refused_with_its_place(
    tmp_path: Path, part: str, key: str, value: object, says: str
) -> None:
    document = a_document()
    document[part][0][key] = value
    with pytest.raises(DataError, match=says) as refused:
        read_port_calls(written(tmp_path, document))
    assert refused.value.file.endswith("calls.json")
    assert refused.value.place


def test_a_planned_time_of_a_service_without_negotiation_is_refused(tmp_path: Path) -> None:
    document = a_document()
    document["portCallServices"][0] |= {
        "portCallServiceTypeCode": "LASHING",
        "portCallServiceEventTypeCode": "CMPL",
    }
    with pytest.raises(DataError, match="LASHING has actual times only"):
        read_port_calls(written(tmp_path, document))


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    document = a_document()
    document["timestamps"] *= 2
    with pytest.raises(DataError, match="stands twice") as refused:
        read_port_calls(written(tmp_path, document))
    assert refused.value.place == "timestamps[1]"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"portCalls": [', "not JSON"),
        ("[]", "needs? four"),
        ("{}", "'portCalls' is missing"),
        ('{"portCalls": [], "portCalls": []}', "missing|twice"),
        ('{"eventClassifierCode": "EST", "eventDateTime": "2022-09-15T08:10:00Z"}', r"JIT 1\.x"),
        ("[" * 100_000, "not a list"),
        ("\0\0\0", "not JSON"),
        ("", "empty"),
    ],
    ids=["cut off", "one list", "nothing in it", "twice", "version 1", "too deep", "binary", "empty"],
)
def test_what_is_no_file_of_port_calls_is_refused(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "calls.json"
    path.write_text(content)
    with pytest.raises(DataError, match=says):
        read_port_calls(path)


def test_a_text_that_the_standard_has_no_room_for_is_not_written(tmp_path: Path) -> None:
    call = PortCall(uuid4(), "PECHY", PortCallVessel("9811000", name="N" * 51))
    with pytest.raises(DataError, match="50 characters"):
        write_port_calls(PortCallBook((call,)), tmp_path / "calls.json")
    assert not list(tmp_path.iterdir())


def test_every_service_of_the_standard_has_an_event_and_moves_are_not_negotiated() -> None:
    assert all(events_of(kind) for kind in ServiceType)
    assert ServiceType.SLUDGE in NEGOTIABLE
    assert ServiceType.SEA_PASSAGE not in NEGOTIABLE
    assert len(NEGOTIABLE) == 9


def test_the_lists_are_named_as_in_the_standard() -> None:
    assert set(a_document()) == set(PortCallsDocument.__struct_encode_fields__)
