"""Calls as they come over the wire: encodings, tokens, unknown methods, and every fault on demand."""

import aiohttp
import pytest
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

from sandbox.telegram import Fault, FaultKind
from tests.sandbox.telegram.calls import call
from tests.sandbox.telegram.stage import TOKEN, Stage

pytestmark = pytest.mark.enable_socket


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
