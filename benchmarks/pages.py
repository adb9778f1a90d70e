"""`pages`: what the control room's pages cost a client without graphics hardware.

A server of its own process tells of 60 trucks that drive all the time and of a full yard of 45,000 slots, and has a
call of a ship of 18,000 TEU, which has more than 9,000 slots for boxes of 40 feet. A headless chromium without a
graphics processor looks at it: `weight` is every page together, packed, without the 3D view; `first-PAGE` the time
from asking for the address, with nothing kept from before, until the page shows what it is for; `map` the pictures a
second of the moving terminal and the processor time of all of the browser's processes; `bay` the slowest of all the
ship's bays to be drawn, and the time from a key to the next bay on the screen.

`cost` is what is measured and `goal` what it is to be; the unit is said beside. Times are of this machine as busy as it
is: `cpu_s` is the browser's own.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.stream import EVERY_MS, BusyTerminal
from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.operations.running import Picture

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from playwright.sync_api import Browser, Page

ANCHORS = """
Goals without graphics hardware: all pages but the 3D view at most 300 kB packed; what a page is for on the screen in
2 s on localhost; 10 pictures a second of the map with at most one core of the client; a bay of the ship drawn in
100 ms.
"""
DEFAULT_SECONDS = 15.0
Row = dict[str, object]
TRUCKS = 60
FILL = 0.62
SHIP_TEU = 18_000
PLAN = "large-plan"
SEEN = {
    "overview": ("overview", f"document.querySelector('canvas[data-frames]')?.dataset.machines === '{TRUCKS}'"),
    "yard": ("yard/live", "Number(document.querySelector('canvas[data-drawn]')?.dataset.drawn.split(' ')[1]) > 1000"),
    "vessel": (f"vessel/{PLAN}", "document.querySelector('canvas[data-drawn]') !== null"),
    "queues": ("queues", "document.querySelector('.notice') !== null"),
    "fleet": ("fleet", f"document.querySelectorAll('tbody tr').length >= {TRUCKS}"),
}
"""Pages by name: where they are, and what is true once they show what they are for."""
MOST_BYTES, MOST_PAINT_MS, LEAST_HZ, MOST_CORES, MOST_DRAW_MS = 300_000, 2_000, 10.0, 1.0, 100.0
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 300_000
KEYS = 30


def default_paths() -> list[str]:
    return ["weight", *(f"first-{page}" for page in SEEN), "map", "bay"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row an instance; `seconds` is how long the map is looked at, `jobs` changes nothing."""
    from cabria.console.settings import STATIC

    asked = [str(path) for path in paths]
    unknown = [name for name in asked if name not in default_paths()]
    for name in unknown:
        yield {"instance": name, "error": f"{name}: there are {', '.join(default_paths())}."}
    if not (STATIC / "index.html").is_file():
        yield {"instance": "pages", "error": "pages: they are not built; run `make pages`."}
        return
    if "weight" in asked:
        yield _weight(STATIC)
    if not set(asked) - {"weight", *unknown}:
        return
    program = next(filter(None, map(shutil.which, _browsers())), None)
    if program is None:
        yield {"instance": "browser", "error": "browser: none found; run `make browser`, or name it in CHROMIUM."}
        return
    with _served(seed) as url, _browsing(program) as browser:
        for name in asked:
            if name.startswith("first-"):
                yield _first(browser, url, name.removeprefix("first-"))
            elif name == "map":
                yield _map(browser, url, seconds)
            elif name == "bay":
                yield _bay(browser, url)


def _browsers() -> list[str]:
    named = os.environ.get("CHROMIUM")
    return [named] if named else ["chromium", "chromium-browser", "google-chrome"]


def _weight(static: Path) -> Row:
    files = [path for path in static.rglob("*") if path.is_file() and not path.name.startswith("scene-")]
    return _row("weight", sum(len(gzip.compress(path.read_bytes())) for path in files), "bytes", MOST_BYTES)


def _first(browser: Browser, url: str, name: str) -> Row:
    """The second time the server is asked: its own first opening of a plan is not the page's."""
    where, is_there = SEEN[name]
    found = 0.0
    for _ in range(2):
        with _opened(browser, url) as page, _watched() as work:
            page.goto(f"{url}#{where}")
            found = page.wait_for_function(f"() => {is_there} && performance.now()", timeout=PATIENCE_MS).json_value()
    return _row(f"first-{name}", round(found), "ms", MOST_PAINT_MS, work)


def _map(browser: Browser, url: str, seconds: float) -> Row:
    where, is_there = SEEN["overview"]
    with _opened(browser, url) as page:
        page.goto(f"{url}#{where}")
        page.wait_for_function(f"() => {is_there}", timeout=PATIENCE_MS)
        before = _frames(page)
        with _watched() as work:
            page.wait_for_timeout(1_000 * seconds)
            drawn = _frames(page) - before
    hertz, cores = drawn / work.wall_s, work.cpu_s / work.wall_s
    row = _row("map", round(hertz, 1), "pictures/s", LEAST_HZ, work)
    return row | {"cores": round(cores, 2), "valid": hertz >= LEAST_HZ and cores <= MOST_CORES}


def _frames(page: Page) -> int:
    return int(page.locator("canvas[data-frames]").get_attribute("data-frames") or 0)


def _bay(browser: Browser, url: str) -> Row:
    """Through all the bays by keys, each drawn and on the screen before the next is asked for."""
    where, is_there = SEEN["vessel"]
    with _opened(browser, url) as page:
        page.goto(f"{url}#{where}")
        page.wait_for_function(f"() => {is_there}", timeout=PATIENCE_MS)
        with _watched() as work:
            times = page.evaluate(THROUGH_THE_BAYS, KEYS)
    drawn = [time["drawn"] for time in times]
    shown = statistics.median(time["shown"] for time in times)
    row = _row("bay", max(drawn), "ms", MOST_DRAW_MS, work)
    return row | {"bays": len({time["bay"] for time in times}), "key_to_screen_ms": round(shown, 1)}


THROUGH_THE_BAYS = """async (keys) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const canvas = document.querySelector('canvas[data-drawn]');
  const found = [];
  for (const key of [...Array(keys).fill('.'), ...Array(keys).fill(',')]) {
    const begun = performance.now();
    const before = canvas.dataset.drawn;
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await frame();
    if (canvas.dataset.drawn === before) continue;
    const bay = canvas.dataset.drawn.split(' ')[0];
    found.push({ bay, drawn: Number(canvas.dataset.drawnMs), shown: performance.now() - begun });
  }
  return found;
}"""


@dataclass
class _Work:
    """What the browser took meanwhile."""

    cpu_s: float = 0.0
    wall_s: float = 0.0


@contextmanager
def _watched() -> Iterator[_Work]:
    work, began_s, before = _Work(), time.perf_counter(), _browser_cpu_s()
    yield work
    after = _browser_cpu_s()
    work.wall_s = time.perf_counter() - began_s
    work.cpu_s = sum(cpu_s - before.get(pid, 0.0) for pid, cpu_s in after.items())


def _browser_cpu_s() -> dict[int, float]:
    """Of each of the browser's processes: those that descend from this one and were begun by its program."""
    parent_of, cpu_s, is_browser = {}, {}, set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        pid = int(folder.name)
        parent_of[pid] = int(fields[1])
        cpu_s[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        if b"--disable-gpu" in command or b"--type=" in command:
            is_browser.add(pid)

    def is_ours(pid: int) -> bool:
        while pid > 1:
            if pid == os.getpid():
                return True
            pid = parent_of.get(pid, 0)
        return False

    return {pid: cpu_s[pid] for pid in is_browser if is_ours(pid)}


def _row(name: str, cost: float, unit: str, goal: float, work: _Work | None = None) -> Row:
    work = work or _Work()
    return {
        "instance": name,
        "cost": cost,
        "bound": "",
        "proven": False,
        "cpu_s": round(work.cpu_s, 3),
        "wall_s": round(work.wall_s, 3),
        "goal": goal,
        "unit": unit,
        "valid": cost <= goal,
    }


@contextmanager
def _browsing(program: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def _opened(browser: Browser, url: str) -> Iterator[Page]:
    """A page that keeps nothing from before."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


@contextmanager
def _served(seed: int) -> Iterator[str]:
    """The address of a room in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory(prefix="pages-") as folder:
        context = multiprocessing.get_context("spawn")
        server = context.Process(target=_serve, args=(theirs, Path(folder), seed))
        server.start()
        try:
            yield ours.recv()
        finally:
            server.terminate()
            server.join()


def _serve(told: Connection, folder: Path, seed: int) -> None:
    """A room over a busy terminal and a large ship, until it is ended; what it logs is nobody's here."""
    from cabria.console.app import app
    from cabria.console.serving import serve_beside
    from cabria.console.settings import ConsoleSettings
    from cabria.experiments.layouts import chancay_layout

    _plan_a_large_ship(folder / "plans", seed)
    settings = ConsoleSettings(port=0, store=folder / "console.sqlite", needs_login=False, stream_ms=EVERY_MS)
    terminal = FullTerminal(chancay_layout(), TRUCKS)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        beside = serve_beside(lambda chosen: app(terminal, folder / "plans", chosen), settings)
        told.send(beside.url)
        time.sleep(3_600)


def _plan_a_large_ship(folder: Path, seed: int) -> None:
    """Few moves of a ship that is full of boxes that stay."""
    from cabria.adapters.files.call_folder import write_call
    from cabria.adapters.files.plan_json import write_plan
    from cabria.experiments.calls import make_call
    from cabria.planning.loading.problem import LoadingProblem, Params
    from cabria.planning.loading.solve import solve

    call = make_call(moves=400, teu=SHIP_TEU, seed=seed, aboard=0.6)
    params = Params(stowage_iterations_a_load=50, crane_iterations=500, yard_iterations_a_load=10, with_baselines=False)
    planned = solve(LoadingProblem(call), params=params, wall=lambda: 0.0, cpu=lambda: 0.0)
    write_call(call, folder / PLAN.removesuffix("-plan"))
    (folder / PLAN).mkdir()
    write_plan(planned, folder / PLAN / "plan.json")


class FullTerminal(BusyTerminal):
    """Trucks that drive all the time, and a yard of boxes which stand."""

    @cached_property
    def _boxes(self) -> dict[str, Any]:
        """What a picture says of the yard: boxes of 20 feet in its stacks, as many as fill that share of it."""
        draw, stacks, places = Random(0), {}, {}
        for block in self.layout.terminal.blocks:
            for bay in range(1, 2 * block.bays, 2):
                for row in range(1, block.rows + 1):
                    height = sum(draw.random() < FILL for _ in range(block.tiers))
                    stack = tuple(ContainerId(f"PAGU{len(places) + tier:07}") for tier in range(height))
                    if stack:
                        stacks[str(block.id), bay, row] = stack
                    places |= {box: YardPosition(block.id, bay, row, tier) for tier, box in enumerate(stack, 1)}
        return {
            "stacks": stacks,
            "boxes": places,
            "length_ft": dict.fromkeys(places, 20),
            "mass_kg": dict.fromkeys(places, 12_000),
        }

    def _draw(self, second: int) -> Picture:
        return super()._draw(second)._replace(**self._boxes)
