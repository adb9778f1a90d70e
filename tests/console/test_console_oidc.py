"""Coming in by another's login, against a small OpenID Connect provider of our own on loopback."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from cabria.console.api.endpoint import PREFIX
from cabria.console.app import app
from cabria.console.people.roles import Role
from cabria.console.server import free_port
from cabria.console.settings import ConsoleSettings, OidcSettings

BACK = "http://testserver/api/v1/login/oidc/back"


@dataclass
class Provider:
    """Says of whoever comes what `claims` says; a code counts once, for its verifier."""

    issuer: str
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "42", "groups": ["planners"]})
    challenge: str = ""
    signs_with: ECKey | None = None
    """Another key than the one it publishes."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def discovery(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def token(self, request: Request) -> Response:
        said = parse_qs((await request.body()).decode())
        digest = hashlib.sha256(said["code_verifier"][0].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != self.challenge or said["code"] != ["the code"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "cabria", "iat": now, "exp": now + 60} | self.claims
        return JSONResponse(
            {
                "access_token": "x",
                "token_type": "Bearer",
                "id_token": jwt.encode({"alg": "ES256", "kid": "one"}, claims, self.signs_with or self.key),
            }
        )


@pytest.fixture
def provider() -> Iterator[Provider]:
    port = free_port("127.0.0.1", 0)
    made = Provider(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(made.app(), port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield made
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(provider: Provider, settings: ConsoleSettings, tmp_path: Path) -> Iterator[TestClient]:
    oidc = OidcSettings(
        issuer=provider.issuer,
        client_id="cabria",
        client_secret="secret",
        roles=(("chiefs", "supervisor"), ("planners", "planner")),
        redirect=BACK,
    )
    with TestClient(app(None, tmp_path, replace(settings, oidc=oidc)), follow_redirects=False) as client:
        yield client


def come_in(client: TestClient, provider: Provider, **changed: Any) -> Any:
    """There and back, as a browser does it; `changed` is what the provider says otherwise."""
    there = client.get(PREFIX + "/login/oidc")
    assert there.status_code == 303
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["location"]).query).items()}
    assert asked["redirect_uri"] == BACK
    assert asked["code_challenge_method"] == "S256"
    provider.challenge = asked["code_challenge"]
    provider.claims = {"sub": "42", "groups": ["planners"], "preferred_username": "ana", "nonce": asked["nonce"]}
    provider.claims |= changed
    return client.get(PREFIX + "/login/oidc/back", params={"code": "the code", "state": asked["state"]})


def test_who_has_a_role_there_comes_in_with_it(client: TestClient, provider: Provider) -> None:
    assert come_in(client, provider).status_code == 200
    session = client.get(PREFIX + "/session").json()
    assert (session["user"], session["role"]) == ("ana", Role.PLANNER)
    (row,) = client.app.state.office.store.traces()  # type: ignore[attr-defined]
    assert (row.user, row.way, row.outcome, row.deed.act) == ("ana", "oidc", "done", "logged-in")


def test_a_role_that_has_changed_there_counts_from_the_next_login(client: TestClient, provider: Provider) -> None:
    come_in(client, provider)
    come_in(client, provider, groups=["planners", "chiefs"])
    assert client.get(PREFIX + "/session").json()["role"] == Role.SUPERVISOR


@pytest.mark.parametrize(
    "changed",
    [
        {"groups": ["guests"]},
        {"groups": None},
        {"nonce": "of another login"},
        {"aud": "another client"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
    ],
)
def test_what_the_provider_may_not_say_lets_nobody_in(
    client: TestClient, provider: Provider, changed: dict[str, Any]
) -> None:
    assert come_in(client, provider, **changed).status_code == 403
    assert client.get(PREFIX + "/plans").status_code == 401


def test_a_word_signed_by_another_is_not_believed(client: TestClient, provider: Provider) -> None:
    provider.signs_with = ECKey.generate_key("P-256", {"kid": "one"})
    assert come_in(client, provider).status_code == 403


def test_a_login_that_was_not_begun_here_is_refused(client: TestClient) -> None:
    answer = client.get(PREFIX + "/login/oidc/back", params={"code": "the code", "state": "x"})
    assert answer.status_code == 403


def test_a_provider_that_does_not_answer_is_said_so(settings: ConsoleSettings, tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port('127.0.0.1', 0)}"
    oidc = OidcSettings(issuer=nobody, client_id="cabria", redirect=BACK)
    with TestClient(app(None, tmp_path, replace(settings, oidc=oidc))) as client:
        assert client.get(PREFIX + "/login/oidc").status_code == 503
