"""Calls as they come over the wire: encodings, tokens, unknown methods, and every fault on demand."""

import asyncio
import io
from typing import Any

import aiohttp
import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from sandbox.telegram import Fault, FaultKind, FloodLimits, SandboxTelegram, TelegramConfig
from tests.sandbox.telegram.conftest import TOKEN, Stage

pytestmark = pytest.mark.enable_socket


async def call(
    http: aiohttp.ClientSession, stage: Stage, path: str, **request: Any
) -> tuple[int, dict[str, Any]]:
    async with http.post(f"{stage.telegram.url}/bot{path}", **request) as response:
        return response.status, await response.json()


async def test_all_four_encodings_are_read_alike(stage: Stage, http: aiohttp.ClientSession) -> None:
    values = {"chat_id": stage.alice.id, "text": "<b>é🐳</b>", "parse_mode": "HTML", "protect_content": True}
    strings = {name: str(value) for name, value in values.items()}
    form = aiohttp.FormData(strings, default_to_multipart=True)
    results = [
        await call(http, stage, f"{TOKEN}/sendMessage", json=values),
        await call(http, stage, f"{TOKEN}/SENDMESSAGE", data=strings),
        await call(http, stage, f"{TOKEN}/sendmessage", data=form),
        await call(http, stage, f"{TOKEN}/sendMessage", params=strings),
    ]
    for status, answer in results:
        assert (status, answer["ok"]) == (200, True)
        assert answer["result"]["text"] == "é🐳"
        assert answer["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
        assert answer["result"]["has_protected_content"] is True


async def test_broken_bodies_are_refused(stage: Stage, http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b"[1]", b'"x"', b"\xff"):
        status, answer = await call(http, stage, f"{TOKEN}/sendMessage", data=body, headers=headers)
        assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)


async def test_wrong_tokens_and_wrong_methods_have_different_errors(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    assert await call(http, stage, "nonsense/getMe") == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found"},
    )
    assert (await call(http, stage, "123456789:AAF-another-token/getMe"))[0] == 401
    status, answer = await call(http, stage, f"{TOKEN}/getMoon")
    assert (status, answer["description"]) == (404, "Not Found: method not found")


async def test_an_upload_beyond_the_limit_is_413(stage: Stage, http: aiohttp.ClientSession) -> None:
    status, answer = await call(http, stage, f"{TOKEN}/sendMessage", data=io.BytesIO(b"x" * (52 << 20)))
    assert (status, answer["description"]) == (413, "Request Entity Too Large")


async def test_any_well_formed_token_takes_over_the_waiting_bot() -> None:
    async with SandboxTelegram(TelegramConfig(limits=FloodLimits(enabled=False))) as telegram:
        alice = telegram.known_users()[0]
        telegram.people.send(alice.id, "/start before the bot is there")
        async with Bot("42:any-well-formed-token", base_url=f"{telegram.url}/bot") as bot:
            [update] = await bot.get_updates()
            assert update.message is not None
            assert update.message.text == "/start before the bot is there"
            assert bot.id == 42
        async with Bot("43:a-second-bot", base_url=f"{telegram.url}/bot") as second:
            assert await second.get_updates() == ()
            with pytest.raises(BadRequest, match="Chat not found"):
                await second.send_message(alice.id, "who are you?")


@pytest.mark.parametrize(
    ("fault", "error", "accepted"),
    [
        (Fault(fault=FaultKind.DROP_ANSWER), NetworkError, 1),
        (Fault(fault=FaultKind.REFUSE), NetworkError, 0),
        (Fault(fault=FaultKind.FLOOD, retry_after=7), RetryAfter, 0),
        (Fault(fault=FaultKind.SERVER_ERROR), NetworkError, 0),
        (Fault(fault=FaultKind.HTML), NetworkError, 0),
        (Fault(fault=FaultKind.HTML, accepted=True), NetworkError, 1),
        (Fault(fault=FaultKind.SERVER_ERROR, accepted=True, code=504), NetworkError, 1),
        (Fault(fault=FaultKind.CUT_JSON), TelegramError, 1),
        (Fault(fault=FaultKind.BLOCK), Forbidden, 0),
        (Fault(fault=FaultKind.CHAT_NOT_FOUND), BadRequest, 0),
        (
            Fault(fault=FaultKind.ERROR, code=400, description="Bad Request: can't parse entities"),
            BadRequest,
            0,
        ),
        (Fault(fault=FaultKind.REVOKE), InvalidToken, 0),
    ],
)
async def test_a_fault_hits_once_and_what_it_did_stands_in_the_ledger(
    stage: Stage, fault: Fault, error: type[TelegramError], accepted: int
) -> None:
    stage.telegram.faults.add(fault)
    with pytest.raises(error):
        await stage.bot.send_message(stage.alice.id, "spoiled")
    assert len(stage.telegram.ledger.messages()) == accepted
    assert not stage.telegram.faults


async def test_a_stalled_answer_was_accepted_at_once_a_stalled_call_later(stage: Stage) -> None:
    stage.telegram.faults.add(Fault(fault=FaultKind.STALL_ANSWER, seconds=0.3))
    with pytest.raises(TimedOut):
        await stage.bot.send_message(stage.alice.id, "accepted", read_timeout=0.1)
    assert len(stage.telegram.ledger.messages()) == 1
    stage.telegram.faults.add(Fault(fault=FaultKind.STALL, seconds=0.2))
    with pytest.raises(TimedOut):
        await stage.bot.send_message(stage.alice.id, "accepted later", read_timeout=0.1)
    assert len(stage.telegram.ledger.messages()) == 1
    entry = await stage.telegram.ledger.wait_for(lambda one: one.text == "accepted later", seconds=5)
    assert entry.at_ms - entry.received_ms >= 190


async def test_faults_keep_to_their_method_chat_and_number(stage: Stage) -> None:
    [other] = stage.telegram.people.add_users(1)
    stage.telegram.faults.add(
        Fault(fault=FaultKind.SERVER_ERROR, method="sendMessage", chat_id=stage.alice.id, times=2)
    )
    await stage.bot.get_chat(stage.alice.id)
    await stage.bot.send_message(other, "fine")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await stage.bot.send_message(stage.alice.id, "x")
    await stage.bot.send_message(stage.alice.id, "fine again")


async def test_a_group_migrates_under_the_bots_feet(stage: Stage) -> None:
    chat_id = stage.telegram.people.add_group("Club", {stage.alice.id: "creator"}, kind="group")
    stage.telegram.faults.add(Fault(fault=FaultKind.MIGRATE, chat_id=chat_id))
    with pytest.raises(ChatMigrated) as moved:
        await stage.bot.send_message(chat_id, "x")
    sent = await stage.bot.send_message(moved.value.new_chat_id, "x")
    assert sent.chat.type == "supergroup"


async def test_a_revoked_token_stays_worthless_and_another_of_the_bot_works() -> None:
    tokens = ("77:the-old-token", "77:the-new-token")
    async with SandboxTelegram(TelegramConfig(tokens=tokens)) as telegram:
        alice = telegram.people.add_user("Alice", started=True)
        old, new = (Bot(token, base_url=f"{telegram.url}/bot") for token in tokens)
        async with old:
            telegram.revoke(tokens[0])
            for _ in range(2):
                with pytest.raises(InvalidToken):
                    await old.send_message(alice.id, "x")
        async with new:
            await new.send_message(alice.id, "x")


async def test_stopping_answers_who_waits() -> None:
    telegram = SandboxTelegram(TelegramConfig(tokens=(TOKEN,)))
    await telegram.start()
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot, asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(timeout=20))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(3):
            await telegram.stop()
    assert poll.result() == ()
