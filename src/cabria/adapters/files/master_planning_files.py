"""Voyages of the master planning benchmark (DOI 10.11583/DTU.22293412): text, one at a time or a whole .tar.xz.

How the source's words are read, where its description leaves it open:

- `TEU capacity` is the room for all boxes, `FEU capacity` the most 40 ft; what is on board never exceeds either.
- Numbers in the files are tonnes and metres; here kg and mm.
- A location "under" another is the hold block below its lid: 0 and -1 mean none.
- Lines for legs may come in any order, each once.
"""

from __future__ import annotations

import io
import lzma
import re
import tarfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cabria.adapters.files.source_file import read_bytes, read_text
from cabria.domain.errors import DataError
from cabria.domain.master_planning import (
    MAX_BAYS,
    MAX_BLOCKS,
    MAX_PORTS,
    MAX_SORTS,
    BayHull,
    Block,
    CargoSort,
    Leg,
    MasterVoyage,
    Sailing,
)

MAX_BYTES, MAX_ARCHIVE_BYTES, MAX_UNPACKED_BYTES = 5_000_000, 50_000_000, 200_000_000
LARGEST_T, LARGEST_M, LARGEST_T_M, LARGEST_COUNT = 10.0**7, 1_000.0, 10.0**7, 100_000
KINDS = {"DC": (False, False), "HC": (False, True), "RC": (True, False), "HR": (True, True)}
"""Whether a box of a kind is a reefer, and whether it is high."""
_ARCHIVE = re.compile(r"(.+\.tar\.xz)(?::(.+))?", re.DOTALL)


def each_voyage(path: Path | str) -> Iterator[MasterVoyage | DataError]:
    """Every voyage of a file, of a folder or of a `.tar.xz` archive, or why it cannot be read.

    `archive.tar.xz:S_5_*` means the members whose names (without ending) match.
    """
    archive = _ARCHIVE.fullmatch(str(path))
    if archive and not Path(path).is_dir():
        yield from _in_archive(archive[1], archive[2] or "*")
        return
    here = Path(path)
    files = sorted(here.rglob("*.txt")) if here.is_dir() else [here]
    for file in files or [here]:
        try:
            yield read_voyage(file)
        except DataError as error:
            yield error


def read_voyage(path: Path | str) -> MasterVoyage:
    """The voyage in a file. Raises DataError with the line."""
    return parse_voyage(read_text(path, limit_bytes=MAX_BYTES), file=str(path))


def parse_voyage(text: str, *, file: str) -> MasterVoyage:
    """The voyage in a text. Raises DataError with the line."""
    try:
        return _voyage(_Lines(text), PurePosixPath(file).stem)
    except DataError as error:
        raise error.inside(file) from None


def _in_archive(path: str, pattern: str) -> Iterator[MasterVoyage | DataError]:
    try:
        texts = list(_members(path, pattern))
    except DataError as error:
        yield error.inside(path)
        return
    if not texts:
        yield DataError(f"The archive holds no .txt file named like {pattern}.", file=path)
    for name, text in texts:
        try:
            yield parse_voyage(text, file=name)
        except DataError as error:
            yield DataError(error.problem, file=f"{path}:{name}", place=error.place, remedy=error.remedy)


def _members(path: str, pattern: str) -> Iterator[tuple[str, str]]:
    """Names and texts, in order of name. Nothing is written anywhere, and only plain files are looked at."""
    unpacked = _unpacked(read_bytes(path, limit_bytes=MAX_ARCHIVE_BYTES))
    try:
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for member in sorted((m for m in archive if m.isfile()), key=lambda m: m.name):
                name = PurePosixPath(member.name)
                content = archive.extractfile(member)
                if name.suffix != ".txt" or not fnmatchcase(name.stem, pattern) or content is None:
                    continue
                if member.size > MAX_BYTES:
                    raise DataError(f"The member is larger than {MAX_BYTES / 1e6:.0f} MB.", place=member.name)
                yield member.name, content.read().decode("utf-8", "replace")
    except tarfile.TarError as error:
        raise DataError(f"The archive is damaged: {error}.", remedy="Fetch it again.") from None


def _unpacked(content: bytes) -> bytes:
    unpacker = lzma.LZMADecompressor(memlimit=MAX_UNPACKED_BYTES)
    try:
        unpacked = unpacker.decompress(content, MAX_UNPACKED_BYTES + 1)
    except lzma.LZMAError:
        raise DataError("The archive is damaged or not packed with xz.", remedy="Fetch it again.") from None
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise DataError(f"Unpacked, the archive is larger than {MAX_UNPACKED_BYTES / 1e6:.0f} MB.")
    if not unpacker.eof:
        raise DataError("The archive was cut off.", remedy="Fetch it again.")
    return unpacked


class _Lines:
    """The text's lines, taken one after the other."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        while self._lines and not self._lines[-1].strip():
            self._lines.pop()
        self._taken = 0

    @property
    def place(self) -> str:
        return f"line {self._taken}"

    def words(self, what: str) -> list[str]:
        if self._taken >= len(self._lines):
            raise DataError(f"The file ends where {what} should be.", place=f"line {len(self._lines)}")
        self._taken += 1
        return self._lines[self._taken - 1].split()

    def integers(self, what: str, number: int | None, *, low: int = 0, high: int = LARGEST_COUNT) -> list[int]:
        words = self._counted(what, number)
        if not all(re.fullmatch(r"-?[0-9]{1,9}", word, re.ASCII) for word in words):
            raise DataError(f"{what} should be whole numbers.", place=self.place)
        values = [int(word) for word in words]
        if any(not low <= value <= high for value in values):
            raise DataError(f"{what} should lie between {low:,} and {high:,}.", place=self.place)
        return values

    def thousandths(self, what: str, number: int, largest: float) -> list[int]:
        """Decimal numbers no further from 0 than `largest`, in thousandths."""
        return [self.thousandth(word, what, largest) for word in self._counted(what, number)]

    def thousandth(self, word: str, what: str, largest: float) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{0,12})?", word, re.ASCII) or abs(float(word)) > largest:
            raise DataError(f"{what} should be decimal numbers of at most {largest:,.0f}.", place=self.place)
        return round(float(word) * 1_000)

    def end(self) -> None:
        if self._taken < len(self._lines):
            raise DataError("The file goes on after its last line is due.", place=f"line {self._taken + 1}")

    def _counted(self, what: str, number: int | None) -> list[str]:
        words = self.words(what)
        if number is not None and len(words) != number:
            raise DataError(f"{what}: {len(words)} values where {number} are due.", place=self.place)
        return words


class _Sizes(NamedTuple):
    ports: int
    bays: int
    blocks: int
    pairs: int
    sorts: int


def _voyage(lines: _Lines, name: str) -> MasterVoyage:
    sizes = _Sizes(*lines.integers("The numbers of ports, bays, blocks, pairs and sorts", 5))
    most = _Sizes(MAX_PORTS, MAX_BAYS, MAX_BLOCKS, MAX_BAYS * MAX_BAYS, MAX_SORTS)
    if any(size > limit for size, limit in zip(sizes, most, strict=True)) or sizes.ports < 2 or sizes.bays < 1:
        raise DataError(f"Sizes should be at least 2 ports and a bay and at most {tuple(most)}.", place=lines.place)
    blocks = _blocks(lines, sizes)
    buoyancy = [tuple(lines.thousandths("Buoyancy", sizes.bays, LARGEST_T)) for _ in range(sizes.ports - 1)]
    adjacent = tuple(_pair(lines, sizes) for _ in range(sizes.pairs))
    bays = _bays(lines, sizes)
    sailings = _sailings(lines, sizes, buoyancy)
    sorts = tuple(_sort(lines) for _ in range(sizes.sorts))
    demand, release = _demand(lines, sizes), _release(lines, sizes)
    lines.end()
    return MasterVoyage(name, sizes.ports, blocks, bays, adjacent, sailings, sorts, demand, release)


def _blocks(lines: _Lines, sizes: _Sizes) -> tuple[Block, ...]:
    number = sizes.blocks
    on_deck = set(lines.integers("Blocks on deck", None, low=1, high=number))
    under = lines.integers("Blocks under a lid", number, low=-1, high=number)
    if any(hold > 0 and block not in on_deck for block, hold in enumerate(under, 1)):
        raise DataError("A block that is not on deck has one under its lid.", place=lines.place)
    for _ in range(sizes.bays):
        lines.integers("A bay and its blocks on deck", None, low=0, high=number + sizes.bays)
    bay = lines.integers("Bays of blocks", number, low=1, high=sizes.bays)
    teu, feu = lines.integers("TEU capacity", number), lines.integers("FEU capacity", number)
    plugs = lines.integers("Reefer plugs", number)
    max_kg = lines.thousandths("Weight capacity", number, LARGEST_T)
    lcg, vcg, tcg = (lines.thousandths(f"{way} centre of blocks", number, LARGEST_M) for way in _WAYS)
    holds = [hold - 1 if hold > 0 else None for hold in under]
    return tuple(map(Block, [place - 1 for place in bay], holds, teu, feu, plugs, max_kg, lcg, vcg, tcg))


_WAYS = ("Longitudinal", "Vertical", "Transversal")


def _pair(lines: _Lines, sizes: _Sizes) -> tuple[int, int]:
    one, other = lines.integers("A pair of adjacent bays", 2, low=1, high=sizes.bays)
    return one - 1, other - 1


def _bays(lines: _Lines, sizes: _Sizes) -> tuple[BayHull, ...]:
    number = sizes.bays
    lightship = lines.thousandths("Lightship weight", number, LARGEST_T)
    lcg, vcg, tcg = (lines.thousandths(f"{way} centre of bays", number, LARGEST_M) for way in _WAYS)
    least, most = (lines.thousandths(f"{way} shear", number, LARGEST_T) for way in ("Minimum", "Maximum"))
    bending = [tm * 1_000 for tm in lines.thousandths("Maximum bending", number, LARGEST_T_M)]
    return tuple(map(BayHull, lightship, lcg, vcg, tcg, least, most, bending))


def _sailings(lines: _Lines, sizes: _Sizes, buoyancy: list[tuple[int, ...]]) -> tuple[Sailing, ...]:
    number = sizes.ports - 1
    displacement = lines.thousandths("Displacement", number, LARGEST_T)
    limits = ("Minimum longitudinal", "Maximum longitudinal", "Maximum vertical", "Minimum transversal",
              "Maximum transversal")  # fmt: skip
    centres = [lines.thousandths(f"{limit} centre", number, LARGEST_M) for limit in limits]
    return tuple(map(Sailing, displacement, *centres, buoyancy))


def _sort(lines: _Lines) -> CargoSort:
    words = lines.words("A sort of cargo")
    if len(words) != 3 or words[0] not in ("20", "40") or words[2] not in KINDS:
        raise DataError("A sort of cargo should be 20 or 40, tonnes, and DC, HC, RC or HR.", place=lines.place)
    mass_kg = lines.thousandth(words[1], "Tonnes of a box", 100.0)
    if mass_kg <= 0:
        raise DataError("A box should weigh something.", place=lines.place)
    is_reefer, is_high = KINDS[words[2]]
    return CargoSort(int(words[0]), mass_kg, is_reefer, is_high)


def _demand(lines: _Lines, sizes: _Sizes) -> dict[Leg, tuple[int, ...]]:
    demand: dict[Leg, tuple[int, ...]] = {}
    for _ in range(sizes.ports * (sizes.ports - 1) // 2):
        load, discharge, *boxes = lines.integers("A leg and its boxes", sizes.sorts + 2)
        if not 1 <= load < discharge <= sizes.ports or (load, discharge) in demand:
            raise DataError(f"The leg from {load} to {discharge} does not exist or came before.", place=lines.place)
        demand[load, discharge] = tuple(boxes)
    return demand


def _release(lines: _Lines, sizes: _Sizes) -> dict[tuple[int, int], tuple[int, ...]]:
    seen: set[tuple[int, int]] = set()
    release: dict[tuple[int, int], tuple[int, ...]] = {}
    for _ in range((sizes.ports - 1) * sizes.blocks):
        discharge, block, *boxes = lines.integers("Boxes on board", sizes.sorts + 2)
        known = 2 <= discharge <= sizes.ports and 1 <= block <= sizes.blocks
        if not known or (discharge, block) in seen:
            raise DataError(f"Block {block} for port {discharge} does not exist or came before.", place=lines.place)
        seen.add((discharge, block))
        if any(boxes):
            release[discharge, block - 1] = tuple(boxes)
    return release
