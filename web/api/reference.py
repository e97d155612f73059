"""The reading page of the API, made of its own OpenAPI document: plain HTML without a script. Pure."""

import html
import json
from collections.abc import Mapping
from typing import Any

import msgspec

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Whale Watcher's API</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/app.css">
</head>
<body>
<header>
<a class="home" href="/"><img src="/static/icon.svg" alt="" width="24" height="24"> Whale Watcher</a>
</header>
<main>
<h1>The API</h1>
<p>Keys: send <code>/apikey new my script</code> to the bot, then
<code>Authorization: Bearer ww_…</code>. Amounts are whole numbers in the smallest unit, as texts; what is
not known is null. Refusals are <code>application/problem+json</code>. For programs:
<a href="/api/v1/openapi.json">openapi.json</a>. Alerts as they appear: <code>GET /api/v1/feed</code>,
server-sent events that go on from <code>Last-Event-ID</code>.</p>
"""
_TAIL = "</main>\n</body>\n</html>\n"


def reference(document: bytes) -> bytes:
    """The page for a document of `web/api/openapi.py`."""
    known: dict[str, Any] = msgspec.json.decode(document)
    parts = [_HEAD, _contents(known)]
    for path, operations in known["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(method, path, operation))
    parts.append('<h2 id="types">Types</h2>\n')
    parts += [_type(name, schema) for name, schema in sorted(known["components"]["schemas"].items())]
    return "".join([*parts, _TAIL]).encode()


def _contents(known: Mapping[str, Any]) -> str:
    lines = [
        f'<li><a href="#{operation["operationId"]}"><code>{method.upper()} {_e(path)}</code></a>'
        f" {_e(operation['summary'])}</li>"
        for path, operations in known["paths"].items()
        for method, operation in operations.items()
    ]
    return "<ul>\n" + "\n".join(lines) + "\n</ul>\n"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    answers = [
        f"<li>{_e(status)}: {_answer(answer)}</li>"
        for status, answer in operation["responses"].items()
        if "$ref" not in answer
    ]
    body = operation.get("requestBody")
    asked = "" if body is None else f"<p>Body: {_name(body['content']['application/json']['schema'])}</p>\n"
    return (
        f'<h2 id="{_e(operation["operationId"])}"><code>{method.upper()} {_e(path)}</code></h2>\n'
        f"<p>{_e(operation['summary'])}. {_words(operation['description'])}</p>\n"
        f"{_parameters(operation['parameters'])}{asked}<ul>{''.join(answers)}</ul>\n"
    )


def _parameters(parameters: list[Mapping[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = [_row(one) for one in parameters]
    head = '<tr><th scope="col">Parameter</th><th scope="col">Where</th><th scope="col">What</th></tr>'
    return f'<div class="scroll"><table><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table></div>\n'


def _row(one: Mapping[str, Any]) -> str:
    where = f"{one['in']}{', needed' if one['required'] else ''}"
    what = f"{_e(_limits(one['schema']))} {_words(one['schema'].get('description', ''))}"
    return f"<tr><td><code>{_e(one['name'])}</code></td><td>{_e(where)}</td><td>{what}</td></tr>"


def _answer(answer: Mapping[str, Any]) -> str:
    content = answer.get("content")
    return "nothing" if content is None else _name(content["application/json"]["schema"])


def _name(schema: Mapping[str, Any]) -> str:
    if "$ref" not in schema:
        return f"<code>{_e(_limits(schema))}</code>"
    name = schema["$ref"].rpartition("/")[2]
    return f'<a href="#type-{_e(name)}"><code>{_e(name)}</code></a>'


def _type(name: str, schema: Mapping[str, Any]) -> str:
    fields = {key: value for key, value in schema.items() if key not in {"title", "description"}}
    words = _words(schema.get("description", ""))
    return (
        f'<h3 id="type-{_e(name)}"><code>{_e(name)}</code></h3>\n<p>{words}</p>\n'
        f'<pre tabindex="0">{_e(json.dumps(fields, indent=1))}</pre>\n'
    )


def _limits(schema: Mapping[str, Any]) -> str:
    """A type in a few words: `integer, 1 to 100`."""
    words = [str(schema.get("type", "any"))]
    if "minimum" in schema or "maximum" in schema:
        words.append(f"{schema.get('minimum', '')} to {schema.get('maximum', '')}")
    if "maxLength" in schema:
        words.append(f"up to {schema['maxLength']} characters")
    if "default" in schema and schema["default"] not in {"", None}:
        words.append(f"{schema['default']} if it is missing")
    return ", ".join(words)


def _words(text: str) -> str:
    """Text with `code` in it."""
    parts = text.split("`")
    return "".join(f"<code>{_e(part)}</code>" if at % 2 else _e(part) for at, part in enumerate(parts))


def _e(text: str) -> str:
    return html.escape(text, quote=True)
