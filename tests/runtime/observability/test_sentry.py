"""Errors reach Sentry, and no secret does."""

import asyncio
import json
import logging
from itertools import pairwise
from typing import Any

import sentry_sdk
from aiohttp import web

from runtime.observability.logs import Redactor
from runtime.observability.sentry import mask, report_errors

PLANTED = "hunter2-hunter2"


def fail() -> None:
    key = PLANTED
    raise ValueError(f"password={key} at redis://:{key}@host")


async def test_an_error_is_reported_with_its_stack_and_without_any_secret() -> None:
    taken: list[bytes] = []
    came = asyncio.Event()

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.read())
        came.set()
        return web.json_response({})

    application = web.Application()
    application.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    dsn = f"http://key@127.0.0.1:{port}/1"
    report_errors(dsn, program="bot", redact=Redactor([PLANTED]))
    try:
        try:
            fail()
        except ValueError:
            logging.getLogger("bot.routes").exception("Update %s failed", PLANTED)
        logging.getLogger("bot.routes").warning("no error")
        async with asyncio.timeout(10):
            await came.wait()
    finally:
        await asyncio.to_thread(sentry_sdk.get_client().close, 1)
        sentry_sdk.get_global_scope().set_client(None)
        await runner.cleanup()
    (event,) = [one for body in taken for one in events(body)]
    assert event["logentry"]["message"] == "Update %s failed"
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert event["tags"]["program"] == "bot"
    assert PLANTED.encode() not in b"".join(taken)


def events(body: bytes) -> list[dict[str, Any]]:
    """A body of Sentry's: a line for itself, then one before each item."""
    lines = [json.loads(line) for line in body.splitlines() if line]
    return [after for before, after in pairwise(lines[1:]) if before.get("type") == "event"]


def test_nothing_is_reported_without_an_address() -> None:
    report_errors("", program="bot", redact=Redactor())
    assert not sentry_sdk.get_client().is_active()


def test_texts_are_masked_however_deep_they_stand() -> None:
    value = {"a": [f"x {PLANTED}", {"b": (PLANTED, 1, None)}]}
    assert mask(value, Redactor([PLANTED])) == {"a": ["x ***", {"b": ["***", 1, None]}]}
