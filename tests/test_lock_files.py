"""Lock files name versions and hashes, never where a part was fetched from."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ADDRESS = re.compile(r"https?://|git\+|--(?:extra-)?index-url|--find-links|--trusted-host|file:", re.IGNORECASE)
ALWAYS_WITH_ADDRESSES = {"uv.lock", "pylock.toml"}
NOT_OURS = {"node_modules", "out", "build", "dist"}


def addresses_in_text(text: str) -> list[str]:
    return [line for line in text.splitlines() if ADDRESS.search(line)]


def addresses_in_npm_lock(text: str) -> list[str]:
    """As above, but a package may say who pays for it: npm writes its funding page into the lock file."""

    def walk(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key != "funding":
                    yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)
        elif isinstance(node, str) and ADDRESS.search(node):
            yield node

    return list(walk(json.loads(text)))


def lock_files(repository: Path) -> Iterator[Path]:
    for folder, subfolders, files in os.walk(repository):
        subfolders[:] = [name for name in subfolders if not name.startswith(".") and name not in NOT_OURS]
        for name in files:
            is_lock = name.endswith((".lock", "-lock.json", "-lock.yaml")) or name == "npm-shrinkwrap.json"
            if is_lock and name not in ALWAYS_WITH_ADDRESSES:
                yield Path(folder, name)


def canonical(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def test_no_lock_file_carries_an_address(repository: Path) -> None:
    found = {}
    for path in lock_files(repository):
        search = addresses_in_npm_lock if path.suffix == ".json" else addresses_in_text
        if addresses := search(path.read_text(encoding="utf-8")):
            found[str(path.relative_to(repository))] = addresses[:3]
    assert found == {}


def test_lock_files_that_always_carry_addresses_stay_out_of_the_repository(repository: Path) -> None:
    ignored = (repository / ".gitignore").read_text(encoding="utf-8").split()
    assert {"uv.lock", "pylock*.toml"} <= set(ignored)


def test_every_part_is_pinned_to_one_version_with_its_hashes(repository: Path) -> None:
    text = (repository / "requirements.lock").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert len(entries) > 10
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_everything_the_project_asks_for_is_pinned(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    lines = (repository / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pinned = {canonical(line) for line in lines if line and not line.startswith((" ", "#"))}
    assert {canonical(requirement) for requirement in asked} - pinned == set()


@pytest.mark.parametrize(
    "text",
    [
        '{"packages": {"a": {"resolved": "https://registry.example/a.tgz"}}}',
        '{"a": ["http://registry.example"]}',
    ],
)
def test_an_address_in_an_npm_lock_file_is_seen(text: str) -> None:
    assert len(addresses_in_npm_lock(text)) == 1


def test_a_funding_page_in_an_npm_lock_file_is_no_registry() -> None:
    assert addresses_in_npm_lock('{"packages": {"a": {"funding": {"url": "https://fund.example"}}}}') == []
