"""Trades of a followed token are news once, for whom they are large enough."""

import asyncio
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import Activity, Kind, Leg
from domain.tokens.token_trades import MAX_FOLLOWED_TOKENS, FollowedToken
from storage.patterns.token_trades import (
    MAX_WATCHED,
    announce_trades,
    follow_token,
    followed_tokens,
    is_full_for,
    unfollow_token,
    watched_tokens,
)
from storage.postgres import Database
from tests.storage.patterns.samples import AHAB, trade
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow

pytestmark = pytest.mark.services
STRANGER = "Str1111111111111111111111111111111111111111"


async def wants(database: Database, chat_id: int, usd: int, mint: str = MINT) -> bool:
    token = FollowedToken(mint=mint, min_usd=Decimal(usd))
    return await follow_token(database, chat_id=chat_id, topic_id=0, chain=CHAIN, token=token)


async def worth(database: Database) -> None:
    """SOL costs 100 dollars: ten of it are $1,000."""
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at)"
        " VALUES ($1, 'SOL', 'one', 100, to_timestamp($2::float8))",
        CHAIN,
        float(bought().block_time or 0),
    )


def bought(wallet: str = STRANGER) -> Activity:
    return structs.replace(trade(AHAB, 0), wallet=wallet)


async def test_it_is_news_once_however_many_read_the_block(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    await follow(database, BOB, wallet=STRANGER)
    for chat_id, usd in ((ALICE, 1_000), (BOB, 1_000)):
        assert await wants(database, chat_id, usd)
    await worth(database)
    made = await asyncio.gather(*(announce_trades(database, [(MINT, bought())]) for _ in range(3)))
    assert sorted(made) == [0, 0, 1]
    await fan_out_all(database)
    rows = await database.fetch("SELECT chat_id, gate FROM deliveries")
    assert [tuple(row) for row in rows] == [(ALICE, "wanted")], "Bob follows the wallet itself"


async def test_what_is_too_small_or_of_unknown_worth_is_no_news(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    await wants(database, ALICE, 1_001)
    assert await announce_trades(database, [(MINT, bought())]) == 0
    await worth(database)
    assert await announce_trades(database, [(MINT, bought())]) == 0
    await wants(database, ALICE, 999)
    assert await announce_trades(database, [(MINT, bought())]) == 1


async def test_a_mint_of_a_stablecoin_is_worth_its_dollars(database: Database) -> None:
    usdc = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
    await follow(database, ALICE, wallet=AHAB)
    await wants(database, ALICE, 1_000_000, usdc)
    legs = (Leg(mint=usdc, raw=10**6 * 10**6, decimals=6),)
    made = structs.replace(bought(), chain=CHAIN, kind=Kind.MINT, paid=(), received=legs)
    smaller = structs.replace(made, signature="2", received=(structs.replace(legs[0], raw=5),))
    assert await announce_trades(database, [(usdc, smaller), (usdc, made)]) == 1
    await fan_out_all(database)
    assert await database.fetchval("SELECT gate FROM deliveries") == "wanted"


async def test_a_chat_follows_so_many_tokens_and_ends_them(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    made = [await wants(database, ALICE, 500, f"mint-{number}") for number in range(MAX_FOLLOWED_TOKENS + 1)]
    assert made == [True] * MAX_FOLLOWED_TOKENS + [False]
    assert await wants(database, ALICE, 700, "mint-0")
    assert len(await watched_tokens(database, chain=CHAIN)) == MAX_FOLLOWED_TOKENS
    assert await unfollow_token(database, chat_id=ALICE, topic_id=0, chain=CHAIN, mint="mint-0")
    found = await followed_tokens(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert len(found) == MAX_FOLLOWED_TOKENS - 1


async def test_nobody_is_evicted_by_a_token_beyond_those_that_all_may_follow(database: Database) -> None:
    chats = [ALICE, BOB, *range(1_003, 1_014)]
    for chat_id in chats:
        await follow(database, chat_id, wallet=AHAB)
    made = await asyncio.gather(
        *(
            wants(database, chats[number % len(chats)], 500, f"mint-{number:02}")
            for number in range(MAX_WATCHED + 4, 0, -1)
        )
    )
    assert sum(made) == MAX_WATCHED
    watched = await watched_tokens(database, chain=CHAIN)
    kept = await database.fetch("SELECT mint FROM followed_tokens")
    assert watched == {row["mint"] for row in kept}
    assert not await wants(database, ALICE, 500, "mint-00")
    assert await is_full_for(database, chain=CHAIN, mint="mint-00")
    (known,) = {row["mint"] for row in kept[:1]}
    assert not await is_full_for(database, chain=CHAIN, mint=known)
    await database.execute("DELETE FROM followed_tokens WHERE chat_id = $1 AND mint <> $2", BOB, known)
    assert await wants(database, BOB, 500, known)


async def test_a_closed_chat_takes_no_room_from_others(database: Database) -> None:
    chats = [ALICE, BOB, *range(1_003, 1_012)]
    for chat_id in chats:
        await follow(database, chat_id, wallet=AHAB)
    for number in range(MAX_WATCHED):
        assert await wants(database, chats[number // MAX_FOLLOWED_TOKENS], 500, f"mint-{number:02}")
    assert not await wants(database, 1_011, 500, "mint-99")
    await database.execute("UPDATE chats SET closed_at = now() WHERE chat_id = $1", ALICE)
    assert len(await watched_tokens(database, chain=CHAIN)) == MAX_WATCHED - MAX_FOLLOWED_TOKENS
    assert await wants(database, 1_011, 500, "mint-99")
    await database.execute("UPDATE chats SET closed_at = NULL")
    watched = await watched_tokens(database, chain=CHAIN)
    assert len(watched) == MAX_WATCHED - MAX_FOLLOWED_TOKENS + 1, "and opened again it evicts nobody"


MUTED_TAG = """
WITH tagged AS (UPDATE watches SET tags = '{fund}')
UPDATE chats
SET settings = jsonb_build_object('muted_tags', jsonb_build_object('fund', now() + interval '1 hour'))
"""
SILENT = (
    "UPDATE watches SET muted_until = now() + interval '1 hour'",
    "UPDATE watches SET over_limit = true",
    "UPDATE wallets SET banned_reason = 'spam'",
    """UPDATE watches SET rules = '{"min_usd":"5000"}'""",
    MUTED_TAG,
)


@pytest.mark.parametrize("change", SILENT)
async def test_who_follows_the_wallet_but_hears_nothing_of_it_gets_the_trade(
    database: Database, change: str
) -> None:
    await follow(database, ALICE, wallet=STRANGER)
    await wants(database, ALICE, 1_000)
    await worth(database)
    assert await announce_trades(database, [(MINT, bought())]) == 0
    await database.execute(change)
    assert await announce_trades(database, [(MINT, bought())]) == 1
