"""A call folder that comes as a zip: taken apart within limits, beside the others, and read before it gets its name."""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from cabria.domain.errors import DataError

MOST_FILES = 100
CHUNK = 1024 * 1024
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others may ask for as much memory as they like."""


@contextmanager
def unpacked(archive: Path, beside: Path, limit_bytes: int) -> Iterator[Path]:
    """The files of a zip in a folder that goes away; those in its one folder, if it has one, count as its own.

    Raises DataError for what is no zip, for names that lead elsewhere, and for more than the limits.
    """
    beside.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".cabria-", dir=beside))
    try:
        _unpack(archive, folder, limit_bytes)
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


UNPACKING_FAILURES = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, IndexError,
)  # fmt: skip
"""Of the library, for what is damaged; the last for a part that has no name."""


def _unpack(archive: Path, folder: Path, limit_bytes: int) -> None:
    try:
        with zipfile.ZipFile(archive) as source:
            _take(source, folder, limit_bytes)
    except UNPACKING_FAILURES as error:
        raise DataError(f"The body is no zip that can be read: {error}.", place="body", code="no-zip") from None


def _take(source: zipfile.ZipFile, folder: Path, limit_bytes: int) -> None:
    files = [entry for entry in source.infolist() if not entry.is_dir()]
    if not 0 < len(files) <= MOST_FILES:
        raise DataError(
            f"The zip has {len(files):,} files; a call has 1 to {MOST_FILES}.",
            place="body",
            code="zip-of-too-many",
            values={"files": len(files), "most": MOST_FILES},
        )
    if len({_name(entry) for entry in files}) < len(files):
        raise DataError("The zip has two files of one name.", place="body", code="zip-has-one-twice")
    if sum(entry.file_size for entry in files) > limit_bytes:
        raise _too_much(limit_bytes)
    left = limit_bytes
    for entry in files:
        if entry.compress_type not in PACKINGS:
            raise NotImplementedError(f"{_name(entry)} is packed otherwise than zips of these files are")
        with source.open(entry) as stream, (folder / _name(entry)).open("xb") as target:
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:  # the sizes that a zip tells of itself may be lies
                    raise _too_much(limit_bytes)
                target.write(chunk)


def _name(entry: zipfile.ZipInfo) -> str:
    path = PurePosixPath(entry.filename)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    name = path.name
    is_plain = name.isprintable() and name[:1] not in ("", ".") and "\\" not in name and len(name.encode()) <= 100
    if path.is_absolute() or ".." in path.parts or len(path.parts) > 2 or is_link or not is_plain:
        raise DataError(
            f"The zip holds {entry.filename[:60]!r}, which is no file of a call folder.",
            place="body",
            remedy="Put the files of the call folder into the zip, without folders in it.",
            code="zip-with-other-file",
            values={"file": entry.filename[:60]},
        )
    return name


def _too_much(limit_bytes: int) -> DataError:
    return DataError(
        f"Unpacked, the zip is larger than {limit_bytes:,} bytes.",
        place="body",
        code="zip-unpacks-too-large",
        values={"bytes": limit_bytes},
    )
