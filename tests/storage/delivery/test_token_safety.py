"""A token that became dangerous is told once, to those who heard of it, as an answer to what they heard."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from domain.activity.activity import SOL, Activity, Kind
from domain.alerts.kinds import read_event
from domain.delivery.deliveries import AlertContent
from domain.positions.holdings import Holding
from domain.rules.lanes import Lane
from domain.rules.rules import ChatSettings, Quiet
from domain.security.safety import Danger, SafetyChanged, TokenState
from storage.chats.rules import change_settings
from storage.delivery import token_safety
from storage.delivery.claims import claim
from storage.delivery.token_safety import compare, next_tokens, note_tokens, note_unreadable
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


async def holds(database: Database, *, purchases: int, mint: str = MINT) -> None:
    wallet = await database.fetchval("SELECT wallet_id FROM wallets")
    await database.execute(
        "INSERT INTO holdings (chain, mint, wallet_id, raw) VALUES ($1, $2, $3, 5)", CHAIN, mint, wallet
    )
    state = msgspec.json.encode(Holding(unknown=5, purchases=purchases)).decode()
    await database.execute(
        "INSERT INTO positions (chain, mint, wallet_id, state, slot, alert_id) VALUES ($1, $2, $3, $4, 1, 1)",
        CHAIN,
        mint,
        wallet,
        state,
    )


async def test_who_follows_a_wallet_that_bought_it_hears_of_it_without_an_alert(database: Database) -> None:
    await follow(database, ALICE)
    await holds(database, purchases=1)
    await read(database, STATE, DRAINED)
    await fan_out_all(database)
    (one,) = await claim(database, owner="a", limit=9)
    assert isinstance(one.content, AlertContent)
    assert one.content.answers is None


async def test_what_a_stranger_sent_to_a_wallet_wakes_nobody(database: Database) -> None:
    await follow(database, ALICE)
    await holds(database, purchases=0)
    await happened(database, airdrop())
    await fan_out_all(database)
    await noted(database)
    await read(database, STATE, DRAINED)
    assert await audience(database) == []
    assert await next_tokens(database, chain=CHAIN, limit=9) == []


def airdrop() -> Activity:
    sent = purchase(5, kind=Kind.TRANSFER_IN)
    return msgspec.structs.replace(sent, paid=(), is_signer=False, recipients=99, counterparty=str(BOB))


async def test_who_muted_the_wallet_hears_nothing_of_its_tokens(database: Database) -> None:
    await alerted(database, ALICE, BOB)
    await holds_again(database)
    await database.execute("UPDATE watches SET muted_until = 'infinity' WHERE chat_id = $1", ALICE)
    await read(database, STATE, DRAINED)
    assert await audience(database) == [BOB]


async def holds_again(database: Database) -> None:
    await database.execute("DELETE FROM holdings")
    await database.execute("DELETE FROM positions")
    await holds(database, purchases=1)


async def test_the_same_danger_is_announced_once_a_day_and_what_came_meanwhile_after_it(
    database: Database,
) -> None:
    await alerted(database, ALICE)
    fees = [msgspec.structs.replace(STATE, slot=slot, fee=100 * slot) for slot in range(1, 6)]
    found = await read(database, *fees)
    assert [(one.before.fee, one.after.fee) for one in found] == [(100, 200)]
    (other,) = await read(database, msgspec.structs.replace(fees[-1], slot=6, is_frozen=True))
    assert other.dangers == (Danger.FROZEN,)

    a_day_ago = "UPDATE token_watches SET announced = jsonb_build_object('fee', now() - interval '25 hours')"
    await database.execute(a_day_ago)
    (later,) = await read(database, msgspec.structs.replace(fees[-1], slot=7, is_frozen=True))
    assert (later.dangers, later.before.fee, later.after.fee) == ((Danger.FEE,), 200, 500)
    assert await database.fetchval("SELECT count(*) FROM alerts WHERE kind = 'safety'") == 3


async def test_a_danger_that_nobody_heard_of_is_announced_to_who_buys_then(database: Database) -> None:
    await follow(database, ALICE)
    fees = [msgspec.structs.replace(STATE, slot=slot, fee=100 * slot) for slot in range(1, 4)]
    await read(database, *fees[:2])
    await holds(database, purchases=1)
    await read(database, fees[2])
    assert await audience(database) == [ALICE]


async def test_of_a_hot_token_those_hear_who_got_its_latest_alerts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_safety, "LATEST", 1)
    await alerted(database, ALICE)
    await database.execute("DELETE FROM watches")
    await follow(database, BOB)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await send_all(database, message_id=8)
    await noted(database)
    await read(database, STATE, DRAINED)
    assert await audience(database) == [BOB]


async def test_each_token_is_stored_by_itself(database: Database) -> None:
    """One that cannot be stored keeps no other from being stored."""
    states = {"a": STATE, "b\0": STATE}
    with pytest.raises(asyncpg.DataError):
        await compare(database, chain=CHAIN, states=states, read_at=NOW)
    assert await database.fetchval("SELECT array_agg(mint) FROM token_watches") == ["a"]


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


async def wanted(database: Database, **weights: int) -> None:
    for mint, weight in weights.items():
        await database.execute(
            "INSERT INTO token_alerts (chain, mint, alert_id, created_at)"
            " SELECT $1, $2, number, now() FROM generate_series(1, $3) AS number",
            CHAIN,
            mint,
            weight,
        )


async def seen(database: Database, **minutes: int) -> None:
    for mint, ago in minutes.items():
        await compare(database, chain=CHAIN, states={mint: STATE}, read_at=NOW)
        await database.execute(
            "UPDATE token_watches SET read_at = now() - make_interval(mins => $2) WHERE mint = $1", mint, ago
        )


async def test_tokens_are_looked_at_the_busiest_first_and_half_a_round_is_for_those_known(
    database: Database,
) -> None:
    await wanted(database, new=1, newer=2, newest=3, busy=9, idle=1, rare=1)
    assert await next_tokens(database, chain=CHAIN, limit=2) == ["busy", "newest"]
    await seen(database, busy=1, idle=2, rare=30)
    assert await next_tokens(database, chain=CHAIN, limit=4) == ["newest", "rare", "newer", "busy"]
    assert len(await next_tokens(database, chain=CHAIN, limit=9)) == 6


async def test_what_could_not_be_read_waits_for_its_next_turn(database: Database) -> None:
    await wanted(database, gone=9, other=1)
    await note_unreadable(database, chain=CHAIN, mints=["gone"])
    assert await next_tokens(database, chain=CHAIN, limit=1) == ["other"]
    await compare(database, chain=CHAIN, states={"gone": STATE}, read_at=NOW)
    await note_unreadable(database, chain=CHAIN, mints=["gone"])
    kept = await database.fetchval("SELECT state FROM token_watches WHERE mint = 'gone'")
    assert msgspec.json.decode(kept, type=TokenState) == STATE


async def test_alerts_are_noted_from_two_days_ago_on_and_all_that_are_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_safety, "AT_ONCE", 2)
    await follow(database, ALICE)
    ids = sorted(await happened(database, *(purchase(number) for number in range(8))))
    await database.execute(
        "UPDATE alerts SET created_at = now() - interval '3 days' WHERE alert_id <= $1", ids[2]
    )
    await database.execute(token_safety.BEGIN, CHAIN, token_safety.HOURS)
    assert await database.fetchval("SELECT alert_id FROM token_alerts_noted") == ids[2]
    await noted(database)
    rows = await database.fetch("SELECT alert_id FROM token_alerts ORDER BY alert_id")
    assert [row["alert_id"] for row in rows] == ids[3:]


async def test_a_token_stays_watched_while_a_wallet_has_what_it_bought(database: Database) -> None:
    await alerted(database, ALICE)
    await holds_again(database)
    two_days_ago = "created_at = created_at - interval '49 hours'"
    await database.execute(f"UPDATE alerts SET {two_days_ago}")
    await database.execute(f"UPDATE token_alerts SET {two_days_ago}")
    await noted(database)
    assert await next_tokens(database, chain=CHAIN, limit=9) == [MINT]
    await read(database, STATE, DRAINED)
    assert await database.fetchval("SELECT count(*) FROM alert_chats WHERE answers_alert_id IS NULL") == 1
    await database.execute("UPDATE holdings SET raw = 0")
    await database.execute(f"UPDATE token_alerts SET {two_days_ago}")
    await noted(database)
    assert await next_tokens(database, chain=CHAIN, limit=9) == []


async def test_an_alert_is_noted_once_and_forgotten_after_two_days(database: Database) -> None:
    await alerted(database, ALICE)
    await noted(database)
    assert await database.fetchval("SELECT count(*) FROM token_alerts") == 1
    await happened(database, purchase(1))
    await noted(database)
    assert await database.fetchval("SELECT count(*) FROM token_alerts") == 2
    await database.execute("DELETE FROM holdings")
    await database.execute("UPDATE token_alerts SET created_at = now() - interval '49 hours'")
    await noted(database)
    assert await database.fetchval("SELECT count(*) FROM token_alerts") == 0
