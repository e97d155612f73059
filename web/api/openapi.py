"""The OpenAPI 3.1 document of the API, made of its table of endpoints. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from web.api.endpoint import Endpoint, NoBody
from web.callers import COOKIE, HOST_PREFIX
from web.problems import PROBLEM_TYPE, Problem

_NAMED = re.compile(r"\{(\w+)\}")
_REFERENCE = "#/components/schemas/{name}"
_PROBLEMS = {
    "401": "Nobody that is known asks",
    "403": "They may not do that",
    "404": "It is not there, or not theirs to see",
    "409": "A request of this Idempotency-Key is in work",
    "422": "What was sent cannot be used",
    "429": "Too many requests; Retry-After says when to come again",
    "503": "A server does not answer; Retry-After says when to come again",
}


def document(endpoints: Sequence[Endpoint], prefix: str) -> bytes:
    """The document as JSON."""
    types = [one.answer for one in endpoints if one.answer is not None]
    bodies = [one.body for one in endpoints if one.body is not NoBody]
    schemas, components = msgspec.json.schema_components([*types, *bodies, Problem], ref_template=_REFERENCE)
    answers = dict(zip([id(one) for one in types], schemas[: len(types)], strict=True))
    asked = dict(zip([id(one) for one in bodies], schemas[len(types) : -1], strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        operation = _operation(one, answers.get(id(one.answer)), asked.get(id(one.body)))
        paths.setdefault(prefix + one.path, {})[one.method.lower()] = operation
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Whale Watcher",
            "version": "1",
            "description": "Amounts are whole numbers in the smallest unit, as texts. /apikey makes keys.",
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key of /apikey: `ww_…`"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": HOST_PREFIX + COOKIE,
                    "description": f"Of the page; over plain http `{COOKIE}`",
                },
            },
            "responses": {
                status: {"description": words, "content": {PROBLEM_TYPE: {"schema": schemas[-1]}}}
                for status, words in _PROBLEMS.items()
            },
        },
    }
    return msgspec.json.encode(whole)


def _operation(
    one: Endpoint, answer: Mapping[str, Any] | None, asked: Mapping[str, Any] | None
) -> dict[str, Any]:
    status = "204" if answer is None else str(one.status.value)
    responses: dict[str, Any] = {status: {"description": "Done"}}
    if answer is not None:
        responses[status]["content"] = {"application/json": {"schema": answer}}
    responses |= {code: {"$ref": f"#/components/responses/{code}"} for code in _PROBLEMS}
    operation: dict[str, Any] = {
        "operationId": _operation_id(one),
        "summary": one.summary,
        "description": f"Needs the scope `{one.scope.value}`.",
        "parameters": _parameters(one),
        "responses": responses,
    }
    if asked is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": asked}}}
    return operation


def _operation_id(one: Endpoint) -> str:
    return "_".join([one.method.lower(), *re.findall(r"\w+", one.path)])


def _parameters(one: Endpoint) -> list[dict[str, Any]]:
    (reference,), components = msgspec.json.schema_components([one.parameters], ref_template=_REFERENCE)
    schema = components[reference["$ref"].rpartition("/")[2]]
    in_path = set(_NAMED.findall(one.path))
    known = [
        {
            "name": name,
            "in": "path" if name in in_path else "query",
            "required": name in in_path or name in schema.get("required", ()),
            "schema": field,
        }
        for name, field in schema["properties"].items()
    ]
    if one.changes:
        known.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key, the same request: it is carried out once.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
            }
        )
    return known
