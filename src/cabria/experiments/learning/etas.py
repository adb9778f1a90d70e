"""How late ships come after the ETA that was told first, out of a history."""

from __future__ import annotations

from datetime import date, timedelta

from cabria.adapters.history.asking import ask
from cabria.adapters.history.folder import HistoryFolder
from cabria.experiments.learning.times import Seen, Subject

MEMORY_DAYS = 60
"""So long before the span earlier calls are looked at for how late a service came last."""
UNKNOWN_H = -100.0


def delays(folder: HistoryFolder, since: date, until: date) -> tuple[list[Seen], tuple[str, ...]]:
    """Of ships by when they came. What is known beforehand: service, ship, the ETA, and how late the last ship of the
    service, and the ship herself, came the last time before the ETA."""
    answer = ask(
        folder,
        "SELECT at_utc, vessel, service, eta_utc FROM arrivals "
        f"WHERE day >= DATE '{since - timedelta(MEMORY_DAYS)}' AND day < DATE '{until}' ORDER BY at_utc, call",
    )
    found: list[Seen] = []
    last_h: dict[str, float] = {}
    for came, vessel, service, eta in answer.rows:
        late_s = (came - eta).total_seconds()
        if came.date() >= since:
            before = (last_h.get(f"service {service}", UNKNOWN_H), last_h.get(f"ship {vessel}", UNKNOWN_H))
            numbers = (eta.hour, eta.weekday(), *before)
            found.append(Seen(came.date().isoformat(), vessel, (service, vessel), numbers, late_s))
        last_h[f"service {service}"] = last_h[f"ship {vessel}"] = late_s / 3_600
    return found, answer.notes


ETAS = Subject(
    "etas", "a ship's delay after her first ETA", delays, late_waits=True, plain_s=0.0, told_by=0, fewest=100
)
