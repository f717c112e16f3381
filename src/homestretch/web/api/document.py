"""The OpenAPI document, made from the questions and the shapes of their answers."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

import msgspec

from homestretch import __version__
from homestretch.boards import Text
from homestretch.readers.json_door import KINDS_OF_ROLE, MOST_ITEMS
from homestretch.web.api import shapes
from homestretch.web.api.operations import OPERATIONS, ROOT, NoChoices, Operation

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
_REF: Final = "#/components/schemas/{name}"
_SHAPES: Final = (
    shapes.Health,
    shapes.Events,
    shapes.Kept,
    shapes.Problem,
    *dict.fromkeys(operation.answer for operation in OPERATIONS),
)
_ERRORS: Final = {
    400: "A value in the address or the body was not understood.",
    403: "The key is missing, has expired, or is for another role.",
    404: "There is no such event, race, point, table or runner, or this viewer may not see them.",
    503: "The race is being read in, or too many ask at once: try again in a moment.",
}
INTRODUCTION: Final = (
    "Everything that the pages of a race day show, for programs. Without a key it answers as the public pages do;"
    " with `Authorization: Bearer KEY` as that key's role may see. Answers carry an ETag: send it back as"
    " If-None-Match and an answer that has not changed costs nothing. Errors are problem+json (RFC 9457) with a"
    " hint. Others' pages may read it (CORS, GET only)."
)


@cache
def make_document() -> bytes:
    """The document, OpenAPI 3.1 as JSON."""
    _, schemas = msgspec.json.schema_components(_SHAPES, ref_template=_REF)
    paths: dict[str, Any] = {
        f"{ROOT}/health": {"get": _get("health", "That the server answers.", shapes.Health)},
        f"{ROOT}/events": {"get": _get("events", "The events of this server.", shapes.Events)},
    }
    for operation in OPERATIONS:
        paths[ROOT + operation.path] = {"get": _question(operation)}
    paths[f"{ROOT}/events/{{event}}/facts"] = {"post": _facts()}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Homestretch", "version": __version__, "description": INTRODUCTION},
            "paths": paths,
            "components": {
                "schemas": schemas,
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            },
            "security": [{}, {"key": []}],
        }
    )


def _question(operation: Operation) -> dict[str, Any]:
    path = [
        {"name": name, "in": "path", "required": True, "schema": _schema(str if name != "bib" else Text)}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]  # fmt: skip
    query = [] if operation.choices is NoChoices else _query(operation.choices)
    found = _get(operation.id, operation.summary, operation.answer, (400, 403, 404, 503))
    return {**found, "parameters": [*path, *query]}


def _get(
    name: str, summary: str, answer: type[msgspec.Struct], errors: tuple[int, ...] = (503,)
) -> dict[str, Any]:
    content = {JSON: {"schema": {"$ref": _REF.format(name=answer.__name__)}}}
    headers = {"ETag": {"schema": {"type": "string"}}}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": content, "headers": headers},
            "304": {"description": "What If-None-Match named has not changed."},
            **{str(status): _problem(_ERRORS[status]) for status in errors},
        },
    }


def _facts() -> dict[str, Any]:
    kinds = sorted(set().union(*KINDS_OF_ROLE.values()))
    item = {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "seq": {"type": "integer", "description": "The device's own number of the record."},
            "kind": {"type": "string", "enum": kinds},
            "seen_at": {"description": "ISO 8601 with an offset, or ms since 1970."},
            "chip": {"type": "string"},
            "bib": {"type": "string"},
            "place": {"type": "string"},
            "text": {"type": "string", "description": "Free text that can be erased."},
        },
        "description": "The other fields of each kind are those of docs/readers.md.",
    }
    body = {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "maxItems": MOST_ITEMS, "items": item}},
    }
    kept = {JSON: {"schema": {"$ref": _REF.format(name=shapes.Kept.__name__)}}}
    return {
        "operationId": "facts",
        "summary": "Reads and other facts of a device, answered once they are durable.",
        "parameters": [
            {"name": "event", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": body}}},
        "security": [{"key": []}],
        "responses": {
            "200": {"description": "What was kept, and what was refused and why.", "content": kept},
            **{str(status): _problem(words) for status, words in _ERRORS.items()},
        },
    }


def _query(choices: type[msgspec.Struct]) -> list[dict[str, Any]]:
    _, found = msgspec.json.schema_components((choices,), ref_template=_REF)
    properties: dict[str, Any] = found[choices.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in properties.items()
    ]


def _schema(kind: Any) -> dict[str, Any]:
    return msgspec.json.schema(kind)


def _problem(words: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=shapes.Problem.__name__)}
    return {"description": words, "content": {PROBLEM: {"schema": schema}}}
