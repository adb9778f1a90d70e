"""How everything stood after an entry: the last snapshot before it, and the entries from there on done again."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.adapters.journal import closed_form
from cabria.adapters.journal.entries import OTHER_VERSION, VERSION, Head, checked, first_hash, record_of, unpacked
from cabria.adapters.journal.opening import latest_snapshot
from cabria.adapters.journal.stores import Store
from cabria.domain.errors import DataError
from cabria.operations.replay import Numbered, Replayed, replay
from cabria.operations.standing import Standing

MAKES_NO_SENSE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
"""What operations may raise over a terminal, or a state, that somebody made up."""


def replayed(store: Store, until: int | None = None, *, from_snapshot: bool = True) -> Replayed:
    """The run up to entry `until` (all of it when None), each entry checked on the way.

    Raises BrokenChainError, DataError, and ReplayDivergedError when doing it again gives something else.
    """
    last = store.head().number if until is None else min(until, store.head().number)
    found = latest_snapshot(store, last) if from_snapshot else None
    standing, after = (None, Head(0, first_hash(store.journal)))
    if found is not None:
        snapshot, after = found
        standing = standing_in(snapshot.body, snapshot.version, store.where)
    try:
        return replay(numbered(store, after, last), standing, after.number)
    except MAKES_NO_SENSE as error:
        raise DataError(
            f"The journal fits together, but operations cannot stand so ({type(error).__name__}: {error}).",
            file=store.where,
            remedy="Somebody made it by hand, or another program did.",
        ) from error


def numbered(store: Store, after: Head, until: int) -> Iterator[Numbered]:
    """Entries as a replay reads them, each checked."""
    for entry in checked(store.entries(after.number, until), after):
        yield Numbered(entry.number, record_of(entry, store.where))


def whole_run(store: Store) -> Iterator[Numbered]:
    """Every entry from the first on, each checked."""
    return numbered(store, Head(0, first_hash(store.journal)), store.head().number)


def standing_in(body: bytes, version: int, file: str = "") -> Standing:
    """That of a snapshot in a journal's file. Raises DataError."""
    if version != VERSION:
        problem = f"The snapshot is of version {version}; this program reads version {VERSION}."
        raise DataError(problem, file=file, remedy=OTHER_VERSION)
    try:
        standing = closed_form.decode(unpacked(body))
    except DataError as error:
        problem = f"The snapshot cannot be read: {error.problem}"
        raise DataError(problem, file=file, remedy=OTHER_VERSION) from None
    if not isinstance(standing, Standing):
        raise DataError("The snapshot does not say how operations stood.", file=file)
    return standing
