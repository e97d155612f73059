"""An open stream: what was missed, what appears, and its end when its reader may read no longer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
import pytest

from domain.access import Scope, Standing
from services.members import STANDINGS
from storage.coordination.wake_ups import wake
from storage.keys import DELIVERIES_CHANNEL
from storage.redis import open_redis
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase
from tests.web.conftest import GROUP, OPERATOR, Web
from web.feed import stream as stream_module

pytestmark = pytest.mark.services


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One event of a stream."""

    cursor: str
    alert: dict[str, Any]


@asynccontextmanager
async def opened(web: Web, key: str, after: str = "") -> AsyncIterator[AsyncIterator[Received]]:
    headers = {"Authorization": f"Bearer {key}"} | ({"Last-Event-ID": after} if after else {})
    async with asyncio.timeout(20), web.session.get(f"{web.url}/api/v1/feed", headers=headers) as response:
        assert response.status == 200
        assert response.headers["X-Accel-Buffering"] == "no"
        assert response.content_type == "text/event-stream"
        first = await response.content.readuntil(b"\n\n")
        assert b"id: " in first
        yield events(response)


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[Received]:
    while True:
        try:
            block = (await response.content.readuntil(b"\n\n")).decode()
        except (aiohttp.ClientPayloadError, asyncio.IncompleteReadError):
            return
        if not block.strip():
            return
        lines = dict(line.split(": ", 1) for line in block.strip().split("\n"))
        if "data" in lines:
            yield Received(cursor=lines["id"], alert=msgspec.json.decode(lines["data"]))


async def act(web: Web, *numbers: int) -> None:
    await happened(web.connections.database, *(purchase(number) for number in numbers))
    await fan_out_all(web.connections.database)
    client = open_redis(web.redis_url)
    await wake(client, DELIVERIES_CHANNEL)
    await client.aclose()


async def test_alerts_come_as_they_appear_each_to_its_own_chat(web: Web) -> None:
    await follow(web.connections.database, ALICE, label="Moby")
    async with opened(web, await web.key(ALICE)) as alices, opened(web, await web.key(BOB)) as bobs:
        await act(web, 1)
        received = await anext(alices)
        assert (received.alert["kind"], received.alert["label"]) == ("buy", "Moby")
        assert received.alert["activity"]["paid"][0] == {
            "mint": "SOL",
            "raw": "84200000000",
            "decimals": 9,
            "symbol": "SOL",
        }
        await follow(web.connections.database, BOB, label="Hers")
        await act(web, 2)
        assert (await anext(bobs)).alert["label"] == "Hers"


async def test_a_stream_goes_on_where_it_was_cut_with_nothing_lost_or_doubled(web: Web) -> None:
    await follow(web.connections.database, ALICE)
    key = await web.key()
    async with opened(web, key) as stream:
        await act(web, 1, 2, 3)
        seen = [await anext(stream) for _ in range(2)]
    await act(web, 4)
    async with opened(web, key, seen[-1].cursor) as stream:
        seen += [await anext(stream) for _ in range(2)]
        await act(web, 5)
        seen.append(await anext(stream))
    signatures = [one.alert["signature"] for one in seen]
    assert signatures == [f"signature-{number}" for number in (1, 2, 3, 4, 5)]


async def test_a_ban_ends_open_streams(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "CHECK_SECONDS", 0.05)
    async with opened(web, await web.key(BOB)) as stream:
        await web.services.people.ban(BOB, "spam", by=OPERATOR)
        assert [one async for one in stream] == []


async def test_deleting_everything_ends_sessions_keys_and_open_streams(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "CHECK_SECONDS", 0.05)
    key, cookie = await web.key(), await web.sign_in()
    async with opened(web, key) as stream:
        await web.services.people.forget(ALICE)
        assert [one async for one in stream] == []
    assert (await web.ask("GET", "/api/v1/rules", key=key)).status == 401
    assert (await web.ask("GET", "/api/v1/rules", Cookie=cookie)).status == 401


async def test_who_leaves_a_group_loses_its_stream_and_its_page(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "CHECK_SECONDS", 0.05)
    web.standings[GROUP, ALICE] = Standing.MEMBER
    key = await web.key(ALICE, Scope.READ, chat_id=GROUP)
    async with opened(web, key) as stream:
        web.standings[GROUP, ALICE] = Standing.NONE
        await web.services.access.members.cache.forget(f"{GROUP}:{ALICE}")  # as half a minute does
        assert [one async for one in stream] == []
    assert (await web.ask("GET", "/api/v1/rules", key=key)).status == 403


def test_what_is_looked_at_and_what_is_kept_end_a_stream_within_a_minute() -> None:
    kept = STANDINGS.seconds(Standing.MEMBER)
    assert stream_module.CHECK_SECONDS + kept <= 55


async def test_a_cursor_that_is_none_is_refused(web: Web) -> None:
    answer = await web.ask("GET", "/api/v1/feed?after=nonsense", key=await web.key())
    assert answer.status == 422


async def test_who_may_not_read_gets_no_stream(web: Web) -> None:
    assert (await web.ask("GET", "/api/v1/feed")).status == 401


async def test_a_cursor_of_another_server_begins_at_the_present(web: Web) -> None:
    await follow(web.connections.database, ALICE)
    async with opened(web, await web.key(), "9000000000000000000:9000000000000000000:") as stream:
        await act(web, 1)
        assert (await anext(stream)).alert["signature"] == "signature-1"


async def test_one_caller_opens_so_many_streams_and_no_more(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "MAX_STREAMS", 2)
    key = await web.key()
    async with opened(web, key), opened(web, key):
        answer = await web.ask("GET", "/api/v1/feed", key=key)
        assert answer.status == 429
        assert "RateLimit" in answer.headers
    async with opened(web, await web.key(BOB)):
        pass
