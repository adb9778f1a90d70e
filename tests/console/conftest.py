"""A server over the tiny call: its folder of plans made once, and applications with and without a running terminal;
and for journeys one browser, one server with pages, and pictures of what was seen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from cabria.adapters.exchange.port_call_file import PortCallFile
from cabria.adapters.files.call_folder import write_call
from cabria.bootstrap import plan_call, write_output
from cabria.bootstrap.twin import twin_running
from cabria.console.api.outside import port_calls
from cabria.console.app import app
from cabria.console.people.roles import Role
from cabria.console.people.store import PeopleStore
from cabria.console.serving import Beside, serve_beside
from cabria.console.settings import STATIC, ConsoleSettings
from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.experiments.layouts import small_layout
from cabria.experiments.tiny import tiny_call
from cabria.operations.running import RunningTerminal
from cabria.planning.loading.problem import EFFORTS
from cabria.planning.loading.result import PlannedCall
from cabria.planning.search.stopping import Interrupted
from cabria.twin.twin import Fleet

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashing that takes no time; what is tested is who comes in, not how long it takes."""
PASSWORD = "correct horse battery staple"
TINY = "tiny-plan"
WAIT_MS = 60_000
"""How long a page may take on a machine that does much else; most take a thousandth of it."""


@pytest.fixture(scope="session")
def planned_tiny() -> PlannedCall:
    """The tiny call at the small layout, planned."""
    call = replace(tiny_call(), terminal=small_layout().terminal, berth_x_mm=90_000)
    return plan_call(
        call, seed=0, params=EFFORTS["quick"], listen=lambda progress: None, stop=Interrupted(lambda: False)
    )


@pytest.fixture(scope="session")
def tiny_at_small(planned_tiny: PlannedCall) -> tuple[VesselCall, LoadingPlan]:
    return planned_tiny.call, planned_tiny.plan


@pytest.fixture(scope="session")
def made_plans(planned_tiny: PlannedCall, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans")
    write_call(planned_tiny.call, folder / "tiny")
    write_output(planned_tiny, folder / TINY)
    return folder


@pytest.fixture
def plans(made_plans: Path, tmp_path: Path) -> Path:
    """A folder with the call `tiny` and its plan, which a test may change."""
    return Path(shutil.copytree(made_plans, tmp_path / "plans"))


@pytest.fixture
def settings(tmp_path: Path) -> ConsoleSettings:
    return ConsoleSettings(
        store=tmp_path / "console.sqlite", has_desk_ready=False, names=("testserver",), static=tmp_path / "static"
    )


@pytest.fixture
def people(settings: ConsoleSettings) -> Iterator[PeopleStore]:
    """The server's store, with one user of each role, called by it."""
    store = PeopleStore(settings.store)
    for role in Role:
        store.add_user(role, role, CHEAP.hash(PASSWORD))
    yield store
    store.close()


@pytest.fixture
def terminal(tiny_at_small: tuple[VesselCall, LoadingPlan]) -> Iterator[RunningTerminal]:
    """The tiny call under way in a twin that stands still until a test lets it go on."""
    running = twin_running(small_layout(), [tiny_at_small], fleet=Fleet(trucks=2), speed=0.0)
    yield running
    running.end()


ClientOf = Callable[[str], TestClient]


@pytest.fixture
def served(settings: ConsoleSettings, people: PeopleStore, plans: Path) -> Iterator[TestClient]:
    """Without a terminal and without a login."""
    with TestClient(app(None, plans, replace(settings, needs_login=False))) as client:
        client.headers["X-Cabria-Csrf"] = client.get("/api/v1/session").json()["csrf"]
        yield client


@pytest.fixture
def running(
    settings: ConsoleSettings, people: PeopleStore, plans: Path, terminal: RunningTerminal
) -> Iterator[TestClient]:
    """With a terminal, port calls and a login; nobody has logged in."""
    made = app(terminal, plans, settings, [port_calls(PortCallFile(plans.parent / "port-calls.json"))])
    made.state.office.hasher = CHEAP
    with TestClient(made) as client:
        yield client


def log_in(client: TestClient, name: str) -> TestClient:
    """Be that user from now on."""
    client.cookies.clear()
    client.headers.pop("X-Cabria-Csrf", None)
    answer = client.post("/api/v1/login", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-Cabria-Csrf"] = client.get("/api/v1/session").json()["csrf"]
    return client


@dataclass
class Office:
    """A server with the pages; it can be switched off and on again on the same port."""

    terminal: RunningTerminal
    plans: Path
    settings: ConsoleSettings
    server: Beside = field(init=False)

    def open(self) -> str:
        self.server = serve_beside(lambda settings: app(self.terminal, self.plans, settings), self.settings)
        self.settings = replace(self.settings, port=self.server.settings.port)
        return self.server.url


def office_in(folder: Path, terminal: RunningTerminal, plans: Path) -> Office:
    """With one user of each role, called by it; it is not open yet."""
    assert (STATIC / "index.html").is_file(), "The pages are not built: run `make pages`."
    static = Path(os.environ.get("CABRIA_PAGES") or STATIC)
    settings = ConsoleSettings(store=folder / "console.sqlite", port=0, static=static)
    store = PeopleStore(settings.store)
    for role in Role:
        store.add_user(role, role, CHEAP.hash(PASSWORD))
    store.close()
    return Office(terminal, plans, settings)


@pytest.fixture(scope="session")
def office(
    tmp_path_factory: pytest.TempPathFactory, made_plans: Path, tiny_at_small: tuple[VesselCall, LoadingPlan]
) -> Iterator[Office]:
    """The tiny call under way in a twin that stands still. Who changes a plan here takes it back."""
    folder = tmp_path_factory.mktemp("room")
    terminal = twin_running(small_layout(), [tiny_at_small], fleet=Fleet(trucks=2), speed=0.0)
    made = office_in(folder, terminal, Path(shutil.copytree(made_plans, folder / "plans")))
    made.open()
    yield made
    made.server.stop()
    terminal.end()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def enter(page: Page, office: Office, name: str, where: str = "") -> None:
    """Logged in as that user, at that place; the form of the login has a test of its own."""
    said = page.request.post(f"{office.server.url}api/v1/login", data={"name": name, "password": PASSWORD})
    assert said.status == 200, said.text()
    page.goto("about:blank")  # a page that is open already keeps whom it knows
    page.goto(f"{office.server.url}{where}")
    expect(page.get_by_role("navigation")).to_be_visible(timeout=WAIT_MS)


@dataclass(frozen=True)
class Pictures:
    """Where journeys leave what they saw: the folder that CABRIA_PICTURES names, else test-results."""

    folder: Path

    def take(self, page: Page, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.folder / f"{name}.png")


@pytest.fixture(scope="session")
def pictures(repository: Path) -> Pictures:
    return Pictures(Path(os.environ.get("CABRIA_PICTURES") or repository / "test-results"))


def barriers(page: Page, repository: Path) -> list[tuple[str, list[str]]]:
    """What an automated audit (axe, WCAG 2.1 A and AA) finds on the page as it is."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate((repository / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]]
