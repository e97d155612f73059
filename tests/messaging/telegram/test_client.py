"""python-telegram-bot on aiohttp, against the sandbox's Telegram."""

import asyncio
import logging

import aiohttp
import pytest
from telegram.error import InvalidToken, NetworkError, TelegramError

from domain.delivery.results import SendStatus
from messaging.telegram.answers import of_error
from messaging.telegram.client import make_bot
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.server import SandboxTelegram

pytestmark = pytest.mark.enable_socket


async def test_a_bot_speaks_html_without_previews(telegram: SandboxTelegram, alice: int) -> None:
    async with make_bot(telegram.token, telegram.url) as bot:
        message = await bot.send_message(alice, "<b>Toly</b> at https://x.example")
    assert message.text == "Toly at https://x.example"
    (entry,) = telegram.ledger.messages(alice)
    assert entry.message is not None
    assert entry.message.link_preview_options == {"is_disabled": True}


async def test_a_file_goes_up_and_comes_down(telegram: SandboxTelegram, alice: int) -> None:
    async with make_bot(telegram.token, telegram.url) as bot:
        message = await bot.send_document(alice, b"wallets", filename="wallets.txt", caption="<i>all</i>")
        assert message.document is not None
        assert message.document.file_name == "wallets.txt"
        file = await bot.get_file(message.document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"wallets"


async def test_updates_are_waited_for(telegram: SandboxTelegram, alice: int) -> None:
    async with make_bot(telegram.token, telegram.url) as bot, asyncio.TaskGroup() as group:
        before = await bot.get_updates()
        task = group.create_task(
            bot.get_updates(offset=before[-1].update_id + 1 if before else None, timeout=5)
        )
        await asyncio.sleep(0.05)
        telegram.people.send(alice, "/start")
        (update,) = await task
        assert update.message is not None
        assert update.message.text == "/start"


async def test_a_lost_answer_is_ambiguous(telegram: SandboxTelegram, alice: int) -> None:
    async with make_bot(telegram.token, telegram.url) as bot:
        telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, method="sendMessage"))
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(alice, "hi")
    assert isinstance(caught.value.__cause__, aiohttp.ServerDisconnectedError)
    assert of_error(caught.value).status is SendStatus.AMBIGUOUS


async def test_an_absent_server_is_certainty_and_the_token_is_not_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    bot = make_bot("7000000001:AAVerySecret", "http://127.0.0.1:9")
    with pytest.raises(NetworkError) as caught:
        await bot.initialize()
    await bot.shutdown()
    assert of_error(caught.value).status is SendStatus.REFUSED
    assert "AAVerySecret" not in str(caught.value) + repr(caught.value.__cause__)
    assert "AAVerySecret" not in "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("telegram")
    )


async def test_a_page_instead_of_an_answer_is_an_error_and_not_logged(
    telegram: SandboxTelegram, alice: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with make_bot(telegram.token, telegram.url) as bot:
        telegram.faults.add(Fault(fault=FaultKind.CUT_JSON, method="sendMessage"))
        with pytest.raises(TelegramError):
            await bot.send_message(alice, "a text of its own")
    assert "a text of its own" not in caplog.text


async def test_a_revoked_token_is_reported(telegram: SandboxTelegram, alice: int) -> None:
    async with make_bot(telegram.token, telegram.url) as bot:
        telegram.revoke(telegram.token)
        with pytest.raises(InvalidToken):
            await bot.send_message(alice, "hi")
