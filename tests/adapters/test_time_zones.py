"""A time zone is known by its name in the IANA list, and by no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cabria.adapters.time_zones import zone_named
from cabria.domain.errors import DataError


def test_a_zone_is_what_its_clocks_show() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert f"{noon.astimezone(zone_named('America/Lima')):%H:%M}" == "07:00"


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("america/lima", "America/Lima"),
        ("America/Limaa", "America/Lima"),
        ("Lima", "America/Lima"),
        ("Peru/Lima", "America/Lima"),
        ("New York", "America/New_York"),
        ("Asia/Shangai", "Asia/Shanghai"),
        ("UTC-5", "such as America/Lima"),
        ("", "such as America/Lima"),
        ("../../etc/passwd", "such as America/Lima"),
        ("localtime", "such as America/Lima"),
    ],
)
def test_another_name_is_refused_with_a_near_one(wrong: str, near: str) -> None:
    with pytest.raises(DataError) as refused:
        zone_named(wrong)
    assert refused.value.place == "time_zone"
    assert refused.value.remedy.endswith(f"{near}."), refused.value.remedy
