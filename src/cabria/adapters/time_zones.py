"""Time zones by their names in the IANA list, as America/Lima."""

from __future__ import annotations

from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from cabria.domain.errors import DataError

NOT_PLACES = {"Factory", "localtime", "posixrules"}
"""Files among the zones that browsers do not know."""
EXAMPLE = "America/Lima"


def zone_named(name: str, *, place: str = "time_zone") -> ZoneInfo:
    """Raises DataError with the nearest name."""
    known = available_timezones() - NOT_PLACES
    if name in known:
        return ZoneInfo(name)
    raise DataError(f"There is no time zone {name[:60]!r}.", place=place, remedy=f"Write {_near(name[:60], known)}.")


def _near(name: str, known: set[str]) -> str:
    """A zone that is called so, or whose city is; else one that is spelt nearly so; else any."""
    wanted = name.strip().replace(" ", "_").casefold()
    by_plain = {zone.casefold(): zone for zone in sorted(known)}
    by_city = {zone.casefold().rpartition("/")[2]: zone for zone in sorted(known, reverse=True)}
    for plain, zones in ((wanted, by_plain), (wanted.rpartition("/")[2], by_city)):
        close = get_close_matches(plain, zones, n=1, cutoff=0.8)
        if close:
            return zones[close[0]]
    return f"a name of the IANA list, such as {EXAMPLE}"
