"""A folder of output appears under its name when it is complete, and not at all when something goes wrong."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cabria.adapters.files.source_file import resolved
from cabria.domain.errors import DataError

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""Of the system call renameat2: names as they stand, and both change places."""


@contextmanager
def whole_folder(folder: Path, *, mark: str = "", parts: Collection[str] = ()) -> Iterator[Path]:
    """A draft beside the folder to be filled, which takes the folder's name in the end.

    An empty folder of that name gives way, and so does an older output: one that has the file `mark` and nothing but
    `parts`. Raises DataError when the name is taken by anything else, or when nothing can be written there.
    """
    with _told_of(folder):
        target = _free_name(folder, mark, parts)
        missing = [parent for parent in target.parents if not parent.exists()]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".cabria-", dir=target.parent))
            try:
                draft.chmod(0o755)
                with _named_as(folder, draft):
                    yield draft
                _exchange(draft, target)
            finally:
                _remove(draft)
        except BaseException:
            for parent in missing:
                with suppress(OSError):
                    parent.rmdir()
            raise


def refuse_taken(folder: Path, *, mark: str = "", parts: Collection[str] = ()) -> None:
    """Raise DataError now for what `whole_folder` would refuse after the work is done."""
    with _told_of(folder):
        target = _free_name(folder, mark, parts)
        standing = next(parent for parent in target.parents if parent.exists())
        with tempfile.TemporaryDirectory(prefix=".cabria-", dir=standing):
            pass  # only trying it shows whether a folder can be made there


def _free_name(folder: Path, mark: str, parts: Collection[str]) -> Path:
    """Where the folder will stand, through links. Raises DataError when that is taken."""
    target = resolved(folder)
    taken = ""
    if target.exists() and not target.is_dir():
        taken = "This exists and is no folder"
    elif target.is_dir():
        found = sorted(path.name for path in target.iterdir())
        foreign = [name for name in found if name not in parts] or (found if mark not in found else [])
        if foreign:
            taken = f"This folder holds {foreign[0]}, which is not Cabria's to replace"
        elif target == Path.cwd():
            taken = "This is the folder you stand in"
    if taken:
        raise DataError(f"{taken}, so it is left alone.", file=str(folder), remedy="Name another folder.")
    return target


def _exchange(draft: Path, target: Path) -> None:
    """Put the draft in the place of what may be there; if that fails, what was there stays.

    Where the system can, both change names in one step: whoever looks, or ends the program, finds the one or the other.
    """
    if not target.exists():
        draft.rename(target)
        return
    if _swapped(draft, target):
        return
    aside = Path(tempfile.mkdtemp(prefix=".cabria-", dir=target.parent))
    older = aside / target.name
    try:
        target.rename(older)
        draft.rename(target)
    except BaseException:
        if older.exists() and not target.exists():
            older.rename(target)
        raise
    finally:
        _remove(aside)


def _remove(folder: Path) -> None:
    """The folder and all in it, also when the program is told to end meanwhile."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _swapped(one: Path, other: Path) -> bool:
    """Exchange two names at once (Linux, renameat2); False where that cannot be done."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)


@contextmanager
def _told_of(folder: Path) -> Iterator[None]:
    """What the operating system refuses, as a sentence about the folder."""
    try:
        yield
    except OSError as error:
        raise DataError(f"This folder cannot be written: {error.strerror or error}.", file=str(folder)) from None


@contextmanager
def _named_as(folder: Path, draft: Path) -> Iterator[None]:
    """Errors about files of the draft name them as they were to be called."""
    try:
        yield
    except DataError as error:
        error.file = error.file.replace(str(draft), str(folder), 1)
        raise
