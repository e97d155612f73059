"""Ledger, faults, limits and people over HTTP."""

import asyncio
from typing import Any

import aiohttp
import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import NetworkError, RetryAfter

from tests.sandbox.telegram.conftest import Stage

pytestmark = pytest.mark.enable_socket


async def fetch(http: aiohttp.ClientSession, stage: Stage, path: str) -> dict[str, Any]:
    async with http.get(stage.telegram.url + path) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def post(http: aiohttp.ClientSession, stage: Stage, path: str, **body: Any) -> dict[str, Any]:
    async with http.post(stage.telegram.url + path, json=body) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def test_the_ledger_is_read_and_waited_for(stage: Stage, http: aiohttp.ClientSession) -> None:
    begin = (await fetch(http, stage, "/ledger"))["next"]
    async with asyncio.TaskGroup() as tasks:
        path = f"/ledger/wait?since={begin}&timeout=5&chat_id={stage.alice.id}&kind=message"
        news = tasks.create_task(fetch(http, stage, path))
        await stage.bot.send_message(stage.alice.id, "one")
    [entry] = news.result()["entries"]
    assert (entry["text"], entry["kind"], entry["chat_id"]) == ("one", "message", stage.alice.id)
    assert entry["seq"] == begin + 1
    await stage.bot.send_message(stage.alice.id, "two")
    page = await fetch(http, stage, f"/ledger?since={begin}&limit=1")
    assert [one["text"] for one in page["entries"]] == ["one"]
    rest = await fetch(http, stage, f"/ledger?since={page['next']}")
    assert [one["text"] for one in rest["entries"]] == ["two"]
    assert (await fetch(http, stage, f"/ledger/wait?since={rest['next']}&timeout=0.01"))["entries"] == []


async def test_faults_and_limits_are_set(stage: Stage, http: aiohttp.ClientSession) -> None:
    added = await post(http, stage, "/faults", fault="server_error", method="sendMessage", times=None)
    with pytest.raises(NetworkError):
        await stage.bot.send_message(stage.alice.id, "x")
    [fault] = (await fetch(http, stage, "/faults"))["faults"]
    assert (fault["fault"], fault["fault_id"]) == ("server_error", added["fault_id"])
    async with http.delete(f"{stage.telegram.url}/faults?fault_id={added['fault_id']}") as response:
        assert (await response.json())["ok"]
    await post(http, stage, "/sandbox/limits", chat_burst=1)
    await stage.bot.send_message(stage.alice.id, "x")
    with pytest.raises(RetryAfter):
        await stage.bot.send_message(stage.alice.id, "x")


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


async def test_only_the_pages_own_files_are_served(stage: Stage, http: aiohttp.ClientSession) -> None:
    async with http.get(stage.telegram.url) as response:
        assert response.content_type == "text/html"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    for path in ("/../server.py", "/%2e%2e/server.py", "/..%2fserver.py", "/nothing.js"):
        async with http.get(stage.telegram.url + path) as response:
            assert response.status == 404


async def test_live_news_resume_where_they_broke_off(stage: Stage, http: aiohttp.ClientSession) -> None:
    await stage.bot.send_message(stage.alice.id, "missed")
    since = stage.telegram.ledger.last - 1
    async with http.get(f"{stage.telegram.url}/events", headers={"Last-Event-ID": str(since)}) as response:
        assert response.content_type == "text/event-stream"
        seen = b""
        while b"missed" not in seen:
            seen += await response.content.readany()
        await stage.bot.send_message(stage.alice.id, "events")
        while b"events" not in seen:
            seen += await response.content.readany()
        await stage.bot.send_chat_action(stage.alice.id, "typing")
        while b'"kind":"action"' not in seen:
            seen += await response.content.readany()


async def test_pages_of_other_sites_change_nothing(stage: Stage, http: aiohttp.ClientSession) -> None:
    headers = {"Origin": "https://evil.example"}
    body = {"user_id": stage.alice.id, "text": "forged"}
    async with http.post(f"{stage.telegram.url}/sandbox/send", json=body, headers=headers) as response:
        assert response.status == 403
    assert stage.telegram.ledger.since(kind="user_message") == []
