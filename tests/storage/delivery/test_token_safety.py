"""A token that became dangerous is told once, to those who heard of it, as an answer to what they heard."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from domain.activity.activity import SOL
from domain.alerts.kinds import read_event
from domain.delivery.deliveries import AlertContent
from domain.rules.lanes import Lane
from domain.rules.rules import ChatSettings, Quiet
from domain.security.safety import Danger, SafetyChanged, TokenState
from storage.chats.rules import change_settings
from storage.delivery.claims import claim
from storage.delivery.token_safety import compare, next_tokens, note_tokens
from storage.postgres import Database
from tests.storage.outbox import send_all
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MONEY = (SOL,)
STATE = TokenState(slot=1, supply=1_000, liquidity=Decimal(50_000))
DRAINED = msgspec.structs.replace(STATE, slot=2, liquidity=Decimal(5))


async def alerted(database: Database, *chats: int, message_id: int = 7) -> None:
    for chat in chats:
        await follow(database, chat)
    await happened(database, purchase())
    await fan_out_all(database)
    await send_all(database, message_id=message_id)
    await noted(database)


async def noted(database: Database) -> None:
    await database.execute("UPDATE alerts SET created_at = created_at - interval '1 minute'")
    await note_tokens(database, chain=CHAIN, money=MONEY)


async def read(database: Database, *states: TokenState) -> list[SafetyChanged]:
    return [
        changed
        for state in states
        for changed in await compare(database, chain=CHAIN, states={MINT: state}, read_at=NOW)
    ]


async def audience(database: Database) -> list[int]:
    rows = await database.fetch("SELECT chat_id FROM alert_chats ORDER BY chat_id")
    return [row["chat_id"] for row in rows]


async def test_those_who_were_alerted_hear_of_it_as_an_answer_to_that_message(database: Database) -> None:
    await alerted(database, ALICE, BOB, message_id=7)
    (changed,) = await read(database, STATE, DRAINED)
    assert changed.dangers == (Danger.LIQUIDITY,)
    assert await audience(database) == [ALICE, BOB]
    assert await fan_out_all(database) == 2
    found = await claim(database, owner="a", limit=9)
    for one in found:
        assert isinstance(one.content, AlertContent)
        assert (one.lane, one.content.answers) == (Lane.URGENT, 7)
        assert read_event("safety", msgspec.json.encode(one.content.event).decode()) == changed
    assert len(found) == 2


async def test_a_chat_that_was_never_alerted_hears_nothing(database: Database) -> None:
    await alerted(database, ALICE)
    await database.execute("DELETE FROM holdings")
    await follow(database, BOB)
    await read(database, STATE, DRAINED)
    assert await audience(database) == [ALICE]


async def test_who_follows_a_holder_hears_of_it_without_an_alert(database: Database) -> None:
    await follow(database, ALICE)
    wallet = await database.fetchval("SELECT wallet_id FROM wallets")
    await database.execute(
        "INSERT INTO holdings (chain, mint, wallet_id, raw) VALUES ($1, $2, $3, 5)", CHAIN, MINT, wallet
    )
    await read(database, STATE, DRAINED)
    await fan_out_all(database)
    (one,) = await claim(database, owner="a", limit=9)
    assert isinstance(one.content, AlertContent)
    assert one.content.answers is None


async def test_it_is_reported_once_however_many_read_it(database: Database) -> None:
    await alerted(database, ALICE)
    await read(database, STATE)
    found = await asyncio.gather(*(read(database, DRAINED) for _ in range(4)))
    assert sum(map(len, found)) == 1
    later = msgspec.structs.replace(DRAINED, slot=3)
    assert await read(database, later, DRAINED, STATE) == []
    assert await database.fetchval("SELECT count(*) FROM alerts WHERE kind = 'safety'") == 1


async def test_danger_wakes_in_quiet_hours(database: Database) -> None:
    await alerted(database, ALICE)
    day = ChatSettings(quiet=Quiet(begin=0, end=1_439))
    await change_settings(database, chat_id=ALICE, change=lambda _: day)
    await read(database, STATE, DRAINED)
    assert await fan_out_all(database) == 1


async def test_tokens_of_alerts_and_of_holdings_are_looked_at_the_busiest_first(database: Database) -> None:
    await alerted(database, ALICE)
    wallet = await database.fetchval("SELECT wallet_id FROM wallets")
    await database.execute(
        "INSERT INTO holdings (chain, mint, wallet_id, raw) VALUES ($1, 'held', $2, 5), ($1, $3, $2, 5)",
        CHAIN,
        wallet,
        SOL,
    )
    assert await next_tokens(database, chain=CHAIN, money=MONEY, limit=9) == [MINT, "held"]
    await read(database, STATE)
    assert await next_tokens(database, chain=CHAIN, money=MONEY, limit=9) == ["held", MINT]
    assert await next_tokens(database, chain=CHAIN, money=MONEY, limit=1) == ["held"]


async def test_an_alert_is_noted_once_and_forgotten_after_two_days(database: Database) -> None:
    await alerted(database, ALICE)
    await noted(database)
    assert await database.fetchval("SELECT count(*) FROM token_alerts") == 1
    await happened(database, purchase(1))
    await noted(database)
    assert await database.fetchval("SELECT count(*) FROM token_alerts") == 2
    await database.execute("UPDATE token_alerts SET created_at = now() - interval '49 hours'")
    await noted(database)
    assert await database.fetchval("SELECT count(*) FROM token_alerts") == 0
