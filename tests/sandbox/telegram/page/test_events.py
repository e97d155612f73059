"""The event stream of the page."""

import aiohttp
import pytest

from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


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
