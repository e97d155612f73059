"""Ledger, faults, limits and people over HTTP."""

import asyncio
from typing import Any

import aiohttp
import pytest
from telegram.error import NetworkError, RetryAfter

from tests.sandbox.telegram.calls import post
from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


async def fetch(http: aiohttp.ClientSession, stage: Stage, path: str) -> dict[str, Any]:
    async with http.get(stage.telegram.url + path) as response:
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


async def test_only_the_pages_own_files_are_served(stage: Stage, http: aiohttp.ClientSession) -> None:
    async with http.get(stage.telegram.url) as response:
        assert response.content_type == "text/html"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    for path in ("/../server.py", "/%2e%2e/server.py", "/..%2fserver.py", "/nothing.js"):
        async with http.get(stage.telegram.url + path) as response:
            assert response.status == 404


async def test_pages_of_other_sites_change_nothing(stage: Stage, http: aiohttp.ClientSession) -> None:
    headers = {"Origin": "https://evil.example"}
    body = {"user_id": stage.alice.id, "text": "forged"}
    async with http.post(f"{stage.telegram.url}/sandbox/send", json=body, headers=headers) as response:
        assert response.status == 403
    assert stage.telegram.ledger.since(kind="user_message") == []
