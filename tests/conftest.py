"""What every test may ask for, and the word on the one extra that may be missing."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from benchmarks.pages import SWITCHES

ROOT = Path(__file__).resolve().parent.parent

# The same examples on every machine and no wall times; HYPOTHESIS_PROFILE=explore looks further.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def shared_data_folder() -> Path:
    return Path(os.environ.get("CABRIA_SHARED_DATA") or ROOT.parent / "shared" / "data")


def is_marked_extra(item: pytest.Item) -> bool:
    return item.get_closest_marker("shared_data") is not None


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets next to the repository; a test that asks for it is a marked extra."""
    return shared_data_folder()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's program. Its absence is a failure: the pages are not tested without it."""
    named = os.environ.get("CHROMIUM")
    for program in [named] if named else ["chromium", "chromium-browser", "google-chrome"]:
        if found := shutil.which(program):
            return found
    pytest.fail("No browser found: run `make browser`, or name its program in the variable CHROMIUM.")


@pytest.fixture(scope="session")
def chromium_switches() -> list[str]:
    """What a headless browser needs to start as root and to stay off the network."""
    return SWITCHES


@pytest.fixture(scope="session")
def browser(chromium_path: str, chromium_switches: list[str]) -> Iterator[Browser]:
    """The one browser of this process: a second playwright beside it would not start."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=chromium_switches)
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright leaves its event loop running in this thread, where asyncio.run would then refuse to start.
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))
    absent = not shared_data_folder().is_dir()
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared_data)
        if absent and is_marked_extra(item):
            item.add_marker(pytest.mark.skip(reason="shared data absent"))


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the garbage collector need not look through it after every few tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Only a marked extra may be skipped: elsewhere a skip is a test that quietly stopped testing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and not is_marked_extra(item):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped; only tests marked shared_data may be."
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    def count(outcome: str) -> int:
        reports = terminalreporter.stats.get(outcome, [])
        return sum("shared_data" in getattr(report, "keywords", ()) for report in reports)

    folder = shared_data_folder()
    if folder.is_dir():
        place = os.path.relpath(folder, ROOT)
        ran = count("passed") + count("failed")
        terminalreporter.write_line(f"shared data: present at {place}, {ran} extra tests ran")
    else:
        terminalreporter.write_line(f"shared data: absent, {count('skipped')} extra tests skipped")
