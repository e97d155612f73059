"""What a followed wallet has altogether, as far as it is known without asking a node."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.activity.activity import SOL
from domain.activity.prices import DOLLAR_MINTS, ReadPrice
from storage.market.books import books_of
from storage.market.dollars import note_published
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, follow

pytestmark = pytest.mark.services

USDC = min(DOLLAR_MINTS)


async def price_of_sol(database: Database, usd: int) -> None:
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at) VALUES ($1, $2, 's', $3, now())",
        CHAIN,
        SOL,
        usd,
    )


async def fill(database: Database) -> None:
    """Two SOL, three dollars, four tokens of five dollars each, and one token without a price."""
    await follow(database, ALICE)
    wallet_id = await database.fetchval("SELECT wallet_id FROM wallets")
    await database.execute("INSERT INTO sol_readings VALUES ($1, 2000000000, 7)", wallet_id)
    await database.execute(
        "INSERT INTO holdings (chain, mint, wallet_id, raw) VALUES ($1, $2, $3, 3000000)",
        CHAIN,
        USDC,
        wallet_id,
    )
    for mint in (MINT, "other"):
        await save_tokens(database, [Token(chain=CHAIN, mint=mint, symbol=None, name=None, decimals=5)])
        await database.execute(
            "INSERT INTO positions (chain, wallet_id, mint, state, slot, alert_id)"
            """ VALUES ($1, $2, $3, '{"known": 300000, "unknown": 100000}', 1, 1)""",
            CHAIN,
            wallet_id,
            mint,
        )
    await database.execute(
        "INSERT INTO candles (chain, mint, seconds, begins, open, high, low, close, open_at, close_at)"
        " VALUES ($1, $2, 3600, date_trunc('hour', now()), 5, 5, 5, 5, $3, $3)",
        CHAIN,
        MINT,
        datetime.now(UTC),
    )


async def test_it_is_sol_dollars_and_tokens_of_known_price(database: Database) -> None:
    await fill(database)
    await price_of_sol(database, 100)
    assert await books_of(database, chain=CHAIN, wallets=[WHALE, "nobody"]) == {WHALE: Decimal(223)}


async def test_while_nobody_knows_what_sol_costs_nothing_is_said(database: Database) -> None:
    await fill(database)
    assert await books_of(database, chain=CHAIN, wallets=[WHALE]) == {}


async def test_of_a_wallet_of_which_nothing_is_known_nothing_is_said(database: Database) -> None:
    await follow(database, ALICE)
    await price_of_sol(database, 100)
    assert await books_of(database, chain=CHAIN, wallets=[WHALE]) == {}


async def test_a_price_of_sol_that_nobody_can_be_sure_of_counts_for_nothing(database: Database) -> None:
    await fill(database)
    at = int(datetime.now(UTC).timestamp())
    certain = ReadPrice(mint=SOL, usd=Decimal(100), published_at=at - 90, is_certain=True)
    torn = ReadPrice(mint=SOL, usd=Decimal(9_000), published_at=at - 30, is_certain=False)
    await note_published(database, chain=CHAIN, prices=[certain, torn])
    assert await books_of(database, chain=CHAIN, wallets=[WHALE]) == {WHALE: Decimal(223)}
