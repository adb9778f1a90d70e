"""The OpenAPI document, made from the endpoints and the messages: it cannot say anything else than the server does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from cabria import __version__
from cabria.console.api.endpoint import PREFIX, Told
from cabria.console.api.endpoints import ENDPOINTS
from cabria.console.http.answers import JSON, MSGPACK
from cabria.console.http.problems import MEDIA_TYPE
from cabria.console.people.entrance import CSRF_HEADER
from cabria.console.people.roles import MAY, Action
from cabria.console.schemas import definitions

PLACE = "components/schemas"
COULD_BE = {
    "400": "The body cannot be read.",
    "401": "Nobody is logged in.",
    "403": "This person may not do that, or the act was forged.",
    "404": "There is no such thing.",
    "409": "Not now: another revision, or refused by the terminal.",
    "413": "Too long.",
    "415": "Another media type.",
    "422": "It cannot be used; the problem says where and what to do.",
    "429": "Too often, or too many.",
    "503": "Not at the moment.",
    "504": "It took too long.",
}


def document(outside: Iterable[Told] = ()) -> dict[str, Any]:
    """OpenAPI 3.1 of our endpoints and of those of other rooms."""
    outside = tuple(outside)
    paths: dict[str, Any] = {}
    for endpoint in (*ENDPOINTS, *outside):
        paths.setdefault(PREFIX + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cabria",
            "version": __version__,
            "summary": "The brain of a container terminal: plans, the terminal as it runs, people and audit.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions(PLACE, *(part for told in outside for part in (told.body, told.answer) if part)),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
                "session": {"type": "apiKey", "in": "cookie", "name": "cabria", "description": "After a login."},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }


def _operation(endpoint: Told) -> dict[str, Any]:
    roles = [role for role, may in MAY.items() if endpoint.action in may]
    said: dict[str, Any] = {
        "operationId": re.sub(r"[^a-z0-9]+", "_", f"{endpoint.method} {endpoint.path}".lower()).strip("_"),
        "summary": endpoint.summary,
        "tags": list(endpoint.tags),
        "description": "" if endpoint.action is Action.ENTER else f"Action `{endpoint.action}`: {', '.join(roles)}.",
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint), *_headers(endpoint)],
        "responses": {str(endpoint.status): _answer(endpoint), **_problems()},
    }
    if endpoint.body is not None:
        said["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(endpoint.body)}}}
    elif endpoint.takes:
        said["requestBody"] = {"required": True, "content": {endpoint.takes: {"schema": {"type": "string"}}}}
    if endpoint.action is Action.ENTER:
        said["security"] = []
    return said


def _path_parameters(endpoint: Told) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]


def _query_parameters(endpoint: Told) -> list[dict[str, Any]]:
    schema = msgspec.json.schema_components((endpoint.query,))[1][endpoint.query.__name__]
    needed = schema.get("required", [])
    form = {"type": "string", "enum": ["json", "msgpack"], "default": "json"}
    return [
        *(
            {"name": name, "in": "query", "required": name in needed, "schema": part}
            for name, part in schema.get("properties", {}).items()
        ),
        *([{"name": "format", "in": "query", "required": False, "schema": form}] if endpoint.has_msgpack else []),
    ]


def _headers(endpoint: Told) -> list[dict[str, Any]]:
    if endpoint.method == "GET" or endpoint.action is Action.ENTER:
        return []
    text = "As GET /session tells it; not with an API token."
    return [{"name": CSRF_HEADER, "in": "header", "required": False, "schema": {"type": "string"}, "description": text}]


def _answer(endpoint: Told) -> dict[str, Any]:
    if endpoint.gives:
        return {"description": endpoint.summary, "content": {endpoint.gives: {"schema": {"type": "string"}}}}
    if endpoint.answer is None:
        return {"description": endpoint.summary}
    schema = {"schema": _ref(endpoint.answer)}
    packed = {MSGPACK: schema} if endpoint.has_msgpack else {}
    return {"description": endpoint.summary, "content": {JSON: schema, **packed}}


def _problems() -> dict[str, Any]:
    schema = {MEDIA_TYPE: {"schema": {"$ref": f"#/{PLACE}/Problem"}}}
    return {status: {"description": text, "content": schema} for status, text in COULD_BE.items()}


def _ref(message: type) -> dict[str, str]:
    return {"$ref": f"#/{PLACE}/{message.__name__}"}
