"""The bot tells Telegram to post updates or to keep them."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.intake.webhook_setup import ALLOWED_UPDATES, subscribe, unsubscribe
from domain.errors import Unavailable
from messaging.telegram.client import make_bot
from runtime.settings.secret import Secret
from sandbox.telegram.faults import Fault, FaultKind
from tests.bot.conftest import TOKEN, TelegramChats

URL = "http://127.0.0.1:9/hook"


@pytest.fixture
async def client(chats: TelegramChats) -> AsyncIterator[Bot]:
    async with make_bot(TOKEN, chats.telegram.url) as opened:
        yield opened


async def test_a_webhook_is_set_once(client: Bot) -> None:
    assert await subscribe(client, url=URL, secret=Secret("s"))
    assert not await subscribe(client, url=URL, secret=Secret("s"))
    info = await client.get_webhook_info()
    assert info.url == URL
    assert set(info.allowed_updates) == set(ALLOWED_UPDATES)


async def test_what_waits_is_not_dropped_on_either_way(client: Bot, chats: TelegramChats) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    chats.telegram.people.send(alice, "hello")
    await subscribe(client, url=URL, secret=Secret("s"))
    await unsubscribe(client)
    info = await client.get_webhook_info()
    assert info.url == ""
    assert info.pending_update_count == 1


async def test_a_refused_token_is_waited_out(client: Bot, chats: TelegramChats) -> None:
    chats.telegram.faults.add(Fault(fault=FaultKind.REVOKE, method="getWebhookInfo"))
    with pytest.raises(Unavailable) as caught:
        await unsubscribe(client)
    assert caught.value.retry_after == 30.0
