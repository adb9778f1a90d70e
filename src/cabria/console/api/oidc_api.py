"""Coming in by another's login: OpenID Connect, authorization code with PKCE.

What must be remembered between going there and coming back is in a signed cookie of a few minutes. The person is known
by issuer and subject; the role is what the claim says each time.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from functools import partial
from typing import Any

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from cabria.console.api.endpoint import PREFIX
from cabria.console.http.problems import refusal
from cabria.console.office import Office
from cabria.console.people.acts import Deed
from cabria.console.people.roles import Role, role_named
from cabria.console.people.store import User
from cabria.console.settings import OidcSettings

THERE_AND_BACK_S = 600
COOKIE = "cabria-oidc"
WELL_KNOWN = "/.well-known/openid-configuration"
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
ANSWER_S = 10.0
HOME = '<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>Cabria</title><a href="/">On</a>'
"""A page of ours: after a redirect from elsewhere a browser would not send the session's strict cookie."""


def oidc_routes(office: Office) -> list[BaseRoute]:
    """None where the settings name no issuer."""
    oidc = office.settings.oidc
    if oidc is None:
        return []
    return [
        Route(PREFIX + "/login/oidc", partial(_go, office, oidc)),
        Route(PREFIX + "/login/oidc/back", partial(_back, office, oidc)),
    ]


async def _go(office: Office, oidc: OidcSettings, request: Request) -> Response:
    where = await _discovered(oidc)
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    async with _client(oidc) as client:
        url, _ = client.create_authorization_url(
            where["authorization_endpoint"], state=kept["state"], nonce=kept["nonce"], code_verifier=kept["verifier"]
        )
    response = RedirectResponse(url, 303)
    response.set_cookie(
        COOKIE,
        _signer(office).sign(json.dumps(kept)).decode(),
        max_age=THERE_AND_BACK_S,
        path=PREFIX + "/login/oidc",
        secure=office.settings.has_safe_cookies,
        httponly=True,
        samesite="lax",
    )
    return response


async def _back(office: Office, oidc: OidcSettings, request: Request) -> Response:
    kept = _kept(office, request)
    code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
    if not code or not secrets.compare_digest(state.encode(), kept["state"].encode()):
        raise refusal(403, "forged", "This login was not begun here.", remedy="Begin it again.", code="other-login")
    claims = await _claims(oidc, code, kept)
    role = _role(oidc, claims)
    user = await asyncio.to_thread(_user, office, oidc, claims, role)
    response = HTMLResponse(HOME)
    await asyncio.to_thread(office.entrance.let_in, response, user.name)
    address = request.client.host if request.client else ""
    row = user.name, role, "oidc", address, "login", "", "done", "", 0, Deed("logged-in")
    await asyncio.to_thread(office.store.trace, *row)
    response.delete_cookie(COOKIE, path=PREFIX + "/login/oidc")
    return response


def _signer(office: Office) -> TimestampSigner:
    return TimestampSigner(office.store.cookie_key, salt="cabria.oidc")


def _kept(office: Office, request: Request) -> dict[str, str]:
    try:
        content = _signer(office).unsign(request.cookies.get(COOKIE, ""), max_age=THERE_AND_BACK_S)
    except BadSignature:
        raise refusal(403, "forged", "This login was not begun here, or too long ago.", code="old-login") from None
    found: dict[str, str] = json.loads(content)
    return found


def _client(oidc: OidcSettings) -> Any:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    return AsyncOAuth2Client(
        oidc.client_id,
        oidc.client_secret or None,
        scope="openid profile email",
        redirect_uri=oidc.redirect,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if oidc.client_secret else "none",
        timeout=ANSWER_S,
    )


async def _discovered(oidc: OidcSettings) -> dict[str, Any]:
    found = await _fetched(oidc.issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer", "").rstrip("/") != oidc.issuer.rstrip("/"):
        raise refusal(503, "other-issuer", "The login service says that it is another.")
    return found


async def _fetched(url: str) -> dict[str, Any]:
    import httpx2

    try:
        async with httpx2.AsyncClient(timeout=ANSWER_S) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
    except (httpx2.HTTPError, ValueError):
        raise refusal(503, "no-login-service", "The login service does not answer.", remedy="Try again.") from None
    return found


async def _claims(oidc: OidcSettings, code: str, kept: dict[str, str]) -> dict[str, Any]:
    """What the service says of the person: signature, who says it, to whom, for which login and until when checked."""
    import httpx2
    from authlib.common.errors import AuthlibBaseError
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    where = await _discovered(oidc)
    keys = await _fetched(where["jwks_uri"])
    try:
        async with _client(oidc) as client:
            token = await client.fetch_token(where["token_endpoint"], code=code, code_verifier=kept["verifier"])
        claims = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
        jwt.JWTClaimsRegistry(
            leeway=60,
            iss={"essential": True, "value": where["issuer"]},
            aud={"essential": True, "value": oidc.client_id},
            nonce={"essential": True, "value": kept["nonce"]},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(claims)
    except (AuthlibBaseError, JoseError, httpx2.HTTPError, KeyError, ValueError) as error:
        raise refusal(403, "not-believed", f"The login service was not believed: {type(error).__name__}.") from None
    return claims


def _role(oidc: OidcSettings, claims: dict[str, Any]) -> Role:
    """The first of the settings' roles that the person has. Raises ProblemError for who has none."""
    said = claims.get(oidc.role_claim) or ()
    groups = {said} if isinstance(said, str) else set(map(str, said))
    for group, role in oidc.roles:
        if group in groups:
            return role_named(role)
    raise refusal(403, "no-role", "The login service gives you no role here.", remedy="Ask the administrator.")


def _user(office: Office, oidc: OidcSettings, claims: dict[str, Any], role: Role) -> User:
    subject = f"{oidc.issuer} {claims['sub']}"
    user = office.store.user_of_subject(subject)
    if user is None:
        name = str(claims.get("preferred_username") or claims["sub"])[:100]
        return office.store.add_user(name, role, subject=subject)
    if user.role is not role:
        office.store.set_role(user.name, role)
    return user
