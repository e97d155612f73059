"""What people do, over HTTP."""

import asyncio
from typing import Any

import aiohttp
import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.sandbox.telegram.calls import post
from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


async def test_people_are_driven(stage: Stage, http: aiohttp.ClientSession) -> None:
    bob = (await post(http, stage, "/sandbox/users", name="Bob"))["result"]["id"]
    await post(http, stage, "/sandbox/send", user_id=bob, text="/start")
    [update] = await stage.bot.get_updates()
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    sent = await stage.bot.send_message(bob, "hello", reply_markup=keys)
    async with asyncio.TaskGroup() as tasks:
        body = {"user_id": bob, "message_id": sent.message_id, "button": "Go"}
        pressed = tasks.create_task(post(http, stage, "/sandbox/press", **body))
        [query] = await stage.bot.get_updates(offset=update.update_id + 1, timeout=5)
        assert query.callback_query is not None
        await query.callback_query.answer("done")
    assert pressed.result() == {"ok": True, "result": {"answered": True, "text": "done"}}
    group = await post(
        http, stage, "/sandbox/groups", title="Club", members=[bob], admins=[stage.alice.id], forum=True
    )
    chat_id = group["result"]["chat_id"]
    topic = await post(http, stage, "/sandbox/topics", chat_id=chat_id, name="Alerts")
    thread_id = topic["result"]["thread_id"]
    target = {"chat_id": chat_id, "thread_id": thread_id}
    said = await post(http, stage, "/sandbox/send", user_id=bob, text="/status", **target)
    assert said["result"]["message_thread_id"] == thread_id
    for act in ("bot/promote", "bot/kick", "bot/add", "bot/restrict", "topics/remove"):
        assert (await post(http, stage, f"/sandbox/{act}", **target))["ok"]
    assert len((await post(http, stage, "/sandbox/users", count=50))["result"]) == 50


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("/sandbox/send", {"user_id": 1, "text": "x"}, "no user 1"),
        ("/sandbox/send", {"text": "x"}, "user_id is needed"),
        ("/sandbox/send", {"user": 1}, "unknown field"),
        ("/sandbox/fly", {}, "no act"),
        ("/faults", {"fault": "earthquake"}, "Invalid enum value"),
    ],
)
async def test_mistakes_in_a_request_are_reported(
    stage: Stage, http: aiohttp.ClientSession, path: str, body: dict[str, Any], complaint: str
) -> None:
    answer = await post(http, stage, path, **body)
    assert answer["ok"] is False
    assert complaint in answer["error"]
