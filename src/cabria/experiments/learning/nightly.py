"""Everything that is learned from a history, one after the other; a card of each is kept beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cabria.adapters.history.folder import HistoryFolder
from cabria.experiments.learning import berths, blocks, cards, departures, times
from cabria.experiments.learning.etas import ETAS
from cabria.experiments.learning.handling import QUAY_CRANES, TRUCKS, YARD_CRANES

SUBJECTS = (QUAY_CRANES, YARD_CRANES, TRUCKS, ETAS)
"""Whose times are learned."""


class Told(NamedTuple):
    """A card in words; `notes` say what was missing from the history."""

    title: str
    sentences: tuple[str, ...]
    notes: tuple[str, ...]


def learn_all(folder: HistoryFolder, today: date, *, days: int, judged: int, seed: int) -> Iterator[Told]:
    """Raises DataError for spans that are none."""
    card = departures.learn(folder, today, days=days, judged=judged, seed=seed)
    cards.keep(folder.root, departures.SUBJECT, card)
    title = f"Departures, model {card.version}, from {card.recipe.visits:,} stays, judged on {card.judged_visits:,}."
    drift = f"It has drifted: {card.gain_since:.2f} nats a box lately, {card.gain:.2f} as it was learned."
    yield Told(title, (card.reason, *([drift] if card.has_drifted else ())), card.notes)
    for subject in SUBJECTS:
        found = times.learn(subject, folder, today, days=days, judged=judged, seed=seed)
        cards.keep(folder.root, subject.name, found)
        yield _told(subject, found)


def _told(subject: times.Subject, card: times.TimesCard) -> Told:
    meaning = subject.meaning[:1].upper() + subject.meaning[1:]
    title = f"{meaning}, model {card.version}, from {card.recipe.visits:,}, judged on {card.judged:,}."
    drift = f"It has drifted: it errs by {card.gain_since_s:.1f} s less lately, {card.gain_s:.1f} s as it was learned."
    return Told(title, (card.reason, *([drift] if card.has_drifted else ())), card.notes)


AnyCard = departures.Card | times.TimesCard | blocks.BlocksCard | berths.BerthsCard


def all_cards(root: Path) -> list[tuple[str, AnyCard]]:
    """By day, with what each is of. Raises DataError for one that cannot be read."""
    found: list[tuple[str, AnyCard]] = [
        (departures.SUBJECT, card) for card in cards.read(root, departures.SUBJECT, departures.Card)
    ]
    for subject in SUBJECTS:
        found += [(subject.name, card) for card in cards.read(root, subject.name, times.TimesCard)]
    found += [(blocks.SUBJECT, card) for card in cards.read(root, blocks.SUBJECT, blocks.BlocksCard)]
    found += [(berths.SUBJECT, card) for card in cards.read(root, berths.SUBJECT, berths.BerthsCard)]
    return sorted(found, key=lambda pair: pair[1].day)
