"""Pictures of every page to be looked at, with what a machine can see wrong in them: `make album`, or
`pytest tests/console/album.py`. It is no part of the tests: it takes minutes, and somebody has to look.

Pictures go to CABRIA_PICTURES, or test-results. CABRIA_ROOM is the address of a room that already runs, to be looked at
beside those made here, with the pages of CABRIA_PAGES where that is set; CABRIA_USER and CABRIA_PASSWORD say who looks,
where it asks. `-k hd-es` and the like choose.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from tests.berths_by_hand import case, ship

from cabria.adapters.files.berth_json import write_case, write_plan
from cabria.bootstrap.berth_folders import CASE, PLAN
from cabria.bootstrap.twin import twin_running
from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.experiments.layouts import small_layout
from cabria.planning.berth.problem import EFFORTS, BerthProblem
from cabria.planning.berth.solve import solve
from cabria.planning.search.stopping import MaxIterations
from cabria.twin.twin import Fleet

from .conftest import PASSWORD, TINY, WAIT_MS, Office, Pictures, office_in

SIZES = {"hd": (1366, 768), "4k": (3840, 2160)}
LANGUAGES = {"es": "es-PE", "en": "en-GB", "zh": "zh-CN"}
ROOM = os.environ.get("CABRIA_ROOM", "")
WORKED_MS = 500_000
DRAWN_MS = 500
REST_MS = 10_000
PLACES = {
    "overview": "overview",
    "planning": "planning",
    "vessel": f"vessel/{TINY}",
    "queues": "queues",
    "yard": "yard/live",
    "quay": "quay/week-plan",
    "fleet": "fleet",
    "numbers": "numbers",
    "replay": "replay",
    "morning": "morning",
    "training": "training",
    "try": "try",
    "solid": "solid/live",
    "people": "people",
}
BARE = PLACES | {"vessel": "vessel", "quay": "quay"}
SEES_WRONG = """() => {
  const wrong = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth + 1) wrong.push(`the page is ${root.scrollWidth - innerWidth} px too wide`);
  const spots = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const holder = node.parentElement;
    if (!text || !holder.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (holder.closest('svg, .unseen, .skip, select, option, script, style')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      let [left, top, right, bottom] = [rect.left, rect.top, rect.right, rect.bottom];
      for (let box = holder; box && box !== document.body; box = box.parentElement) {
        const style = getComputedStyle(box);
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const seen = box.getBoundingClientRect();
        if (style.overflowX === 'hidden' && left < seen.right && right > seen.right + 2)
          wrong.push(`"${text.slice(0, 50)}" is cut off`);
        [left, right] = [Math.max(left, seen.left), Math.min(right, seen.right)];
        [top, bottom] = [Math.max(top, seen.top), Math.min(bottom, seen.bottom)];
      }
      if (right - left < 2 || bottom - top < 2) continue;
      if (right > innerWidth + 1 || left < -1) wrong.push(`"${text.slice(0, 50)}" is beyond the edge`);
      spots.push({ text, holder, left, top, right, bottom });
    }
  }
  const front = ({ holder, left, top, right, bottom }) => {
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return there && (holder.contains(there) || there.contains(holder));
  };
  const seen = spots.filter(front);
  seen.forEach((one, at) => {
    for (const other of seen.slice(at + 1)) {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 3 && down > 5 && one.holder !== other.holder)
        wrong.push(`"${one.text.slice(0, 30)}" lies over "${other.text.slice(0, 30)}"`);
    }
  });
  const nav = document.querySelector('nav');
  if (nav && nav.scrollWidth > nav.clientWidth + 1)
    wrong.push(`the bar is ${nav.scrollWidth - nav.clientWidth} px too long`);
  for (const button of document.querySelectorAll('button, a, summary, select')) {
    if (!button.checkVisibility()) continue;
    if (button.tagName !== 'SELECT' && button.scrollWidth > button.clientWidth + 2 && button.clientWidth)
      wrong.push(`the words of "${button.textContent.trim().slice(0, 40)}" do not fit it`);
  }
  return [...new Set(wrong)];
}"""


@dataclass(frozen=True)
class Look:
    """One way to look at the pages."""

    language: str
    scheme: str
    size: str

    def __str__(self) -> str:
        return f"{self.size}-{self.language}-{self.scheme}"


LOOKS = [Look(language, scheme, size) for size in SIZES for scheme in ("light", "dark") for language in LANGUAGES]
looks = pytest.mark.parametrize("look", LOOKS, ids=str)


@pytest.fixture(scope="module")
def small(
    tmp_path_factory: pytest.TempPathFactory, made_plans: Path, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> Iterator[Office]:
    """The tiny call half way, standing still; a truck is out of service, and a week of ships is planned."""
    folder = tmp_path_factory.mktemp("small")
    plans = Path(shutil.copytree(made_plans, folder / "plans"))
    week = case(ship("A"), ship("B", wanted_position_mm=120_000), ship("C", eta_h=30, wanted_position_mm=120_000))
    (plans / "week-plan").mkdir()
    write_case(week, plans / "week-plan" / CASE)
    planned = solve(BerthProblem.of(week), MaxIterations(10**9), params=EFFORTS["quick"]).plan
    write_plan(planned, plans / "week-plan" / PLAN)
    terminal = twin_running(small_layout(), [tiny_at_small], fleet=Fleet(trucks=2), speed=5_000.0)
    has_worked = Event()
    end = terminal.subscribe(lambda batch: has_worked.set() if batch.now_ms >= WORKED_MS else None)
    assert has_worked.wait(WAIT_MS / 1_000)
    end()
    terminal.go_at(0.0)
    office = office_in(folder, terminal, plans)
    office.open()
    yield office
    office.server.stop()
    terminal.end()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """No ship, no box, no plan; trucks and cranes stand ready."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "plans").mkdir()
    terminal = twin_running(small_layout(), fleet=Fleet(trucks=2), speed=0.0)
    office = office_in(folder, terminal, folder / "plans")
    office.open()
    yield office
    office.server.stop()
    terminal.end()


@pytest.fixture
def looked(browser: Browser, look: Look) -> Iterator[Page]:
    with seen(browser, look) as page:
        yield page


@contextmanager
def seen(browser: Browser, look: Look) -> Iterator[Page]:
    width, height = SIZES[look.size]
    context = browser.new_context(
        locale=LANGUAGES[look.language],
        viewport={"width": width, "height": height},
        color_scheme="dark" if look.scheme == "dark" else "light",
    )
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def enter(page: Page, office: Office) -> str:
    """The address of the room, logged in as who sees every page."""
    url = office.server.url
    assert page.request.post(f"{url}api/v1/login", data={"name": "administrator", "password": PASSWORD}).ok
    return url


def opened(page: Page, url: str) -> None:
    """The page is there, and has drawn what it was told."""
    page.goto("about:blank")  # only the part behind the # would change else, and nothing be waited for
    page.goto(url)
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=WAIT_MS)
    rest(page)
    expect(page.locator("p.wait")).to_have_count(0, timeout=5 * WAIT_MS)
    rest(page)
    page.wait_for_timeout(DRAWN_MS)


def rest(page: Page) -> None:
    """Until nothing is fetched any more, or for a while where something always is."""
    with suppress(PlaywrightTimeoutError):
        page.wait_for_load_state("networkidle", timeout=REST_MS)


def leaf(page: Page, pictures: Pictures, name: str) -> list[str]:
    """A picture of the page as it is, and what is wrong in it."""
    pictures.take(page, name)
    return [f"{name}: {one}" for one in page.evaluate(SEES_WRONG)]


def album(page: Page, pictures: Pictures, url: str, name: Callable[[str], str], places: dict[str, str]) -> list[str]:
    """What is wrong in pictures of these places, all of them taken."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for place, where in places.items():
        opened(page, f"{url}#{where}")
        wrong += leaf(page, pictures, name(place))
    return wrong


@looks
def test_a_small_call_at_work(looked: Page, look: Look, small: Office, pictures: Pictures) -> None:
    url = enter(looked, small)
    assert album(looked, pictures, url, lambda place: f"small-{place}-{look}", PLACES) == []


@looks
def test_an_empty_terminal(looked: Page, look: Look, empty: Office, pictures: Pictures) -> None:
    url = enter(looked, empty)
    assert album(looked, pictures, url, lambda place: f"empty-{place}-{look}", BARE) == []


@looks
def test_the_login(looked: Page, look: Look, empty: Office, pictures: Pictures) -> None:
    looked.goto(empty.server.url)
    expect(looked.get_by_role("button").first).to_be_visible()
    assert leaf(looked, pictures, f"login-{look}") == []


@looks
def test_a_lost_connection(looked: Page, look: Look, small: Office, pictures: Pictures) -> None:
    """Each page is opened while the server is there, and looked at when it has gone; some it never opened before."""
    url = enter(looked, small)
    wrong: list[str] = []
    pages = []
    for where in PLACES.values():
        page = looked.context.new_page()
        opened(page, f"{url}#{where}")
        pages.append(page)
    small.server.stop()
    try:
        for page, place in zip(pages, PLACES, strict=True):
            page.bring_to_front()
            expect(page.locator("p.lost")).to_be_visible(timeout=WAIT_MS)
            wrong += leaf(page, pictures, f"lost-{place}-{look}")
    finally:
        small.open()
    assert wrong == []


if ROOM:

    @pytest.fixture
    def before_it(browser: Browser, look: Look, chromium_path: str, chromium_switches: list[str]) -> Iterator[Page]:
        """A page that may show this checkout's files in front of a server that runs elsewhere."""
        switches = [*chromium_switches, "--disable-features=LocalNetworkAccessChecks"]
        other = browser.browser_type.launch(executable_path=chromium_path, args=switches)
        with seen(other, look) as page:
            yield page
        other.close()

    @looks
    def test_a_room_that_runs(before_it: Page, look: Look, pictures: Pictures) -> None:
        url, page = ROOM.rstrip("/") + "/", before_it
        if pages := os.environ.get("CABRIA_PAGES"):
            built = Path(pages)
            page.route(f"{url}assets/*", lambda way: way.fulfill(path=built / "assets" / Path(way.request.url).name))
            page.route(url, lambda way: way.fulfill(path=built / "index.html"))
        if "CABRIA_USER" in os.environ:
            who = {"name": os.environ["CABRIA_USER"], "password": os.environ["CABRIA_PASSWORD"]}
            assert page.request.post(f"{url}api/v1/login", data=who).ok
        assert album(page, pictures, url, lambda place: f"room-{place}-{look}", BARE) == []
