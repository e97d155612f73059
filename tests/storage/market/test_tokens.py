"""What is known of tokens grows and is not forgotten.
What followed wallets hold, and that it makes alerts urgent for the chats which it concerns.
"""

from dataclasses import replace

import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.rules.lanes import Lane
from storage.delivery.fan_out import fan_out_next
from storage.market.tokens import LOOKED_AT, Token, mints_called, save_tokens, tokens
from storage.postgres import Database
from tests.storage.sample_data import (
    ALICE,
    BOB,
    CHAIN,
    MINT,
    WHALE,
    fan_out_all,
    follow,
    happened,
    purchase,
    rules,
)

pytestmark = pytest.mark.services
HOLDER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"


async def test_a_known_symbol_is_not_replaced_by_an_unknown_one(database: Database) -> None:
    known = Token(chain=CHAIN, mint=MINT, symbol="BONK", name="Bonk", decimals=5)
    nameless = Token(chain=CHAIN, mint=MINT, symbol=None, name=None, decimals=5)
    for token in (known, nameless):
        await save_tokens(database, [token])
    assert await tokens(database, chain=CHAIN, mints=[MINT, "unknown"]) == {MINT: known}


async def test_the_supply_is_stored_and_renewed(database: Database) -> None:
    for supply in (10**18, None, 2 * 10**18):
        token = Token(chain=CHAIN, mint=MINT, symbol="BONK", name="Bonk", decimals=5, supply=supply)
        await save_tokens(database, [token])
    assert (await tokens(database, chain=CHAIN, mints=[MINT]))[MINT].supply == 2 * 10**18


async def test_who_has_power_over_a_mint_is_known_from_its_account_only(database: Database) -> None:
    minter = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
    named = Token(chain=CHAIN, mint=MINT, symbol="BONK", name="Bonk", decimals=5)
    read = replace(named, supply=5, uri="https://bonk.example/1.json", mint_authority=minter)
    for token in (named, read, named):
        await save_tokens(database, [token])
    (found,) = (await tokens(database, chain=CHAIN, mints=[MINT])).values()
    assert (found.uri, found.mint_authority, found.freeze_authority) == (read.uri, minter, None)
    assert found.facts_at is not None
    await save_tokens(database, [replace(read, mint_authority=None)])
    (found,) = (await tokens(database, chain=CHAIN, mints=[MINT])).values()
    assert found.mint_authority is None, "it was given up"


async def test_a_symbol_is_found_among_the_deliveries_of_the_chat(database: Database) -> None:
    await save_tokens(database, [Token(chain=CHAIN, mint=MINT, symbol="Bonk ", name=None, decimals=5)])
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    await database.execute(
        "INSERT INTO deliveries (kind, chat_id, channel, address)"
        " SELECT 'push_outage', $1, 'webhook', '7' FROM generate_series(1, $2::int)",
        ALICE,
        LOOKED_AT,
    )
    assert await mints_called(database, chain=CHAIN, chat_id=ALICE, symbol="bONK") == [MINT]
    assert await mints_called(database, chain=CHAIN, chat_id=BOB, symbol="bonk") == []


def sale(number: int, *, raw: int, wallet: str = HOLDER, kind: Kind = Kind.SELL) -> Activity:
    return Activity(
        chain="sandbox",
        signature=f"sale-{number}",
        slot=500 + number,
        block_time=1_700_000_500 + number,
        wallet=wallet,
        kind=kind,
        paid=(Leg(mint=MINT, raw=raw, decimals=5),),
        received=(Leg(mint=SOL, raw=1_000_000_000, decimals=9),),
    )


async def lanes(database: Database, chat_id: int) -> list[Lane]:
    rows = await database.fetch(
        "SELECT lane FROM deliveries WHERE chat_id = $1 ORDER BY delivery_id", chat_id
    )
    return [Lane(row["lane"]) for row in rows]


async def test_an_alert_of_a_token_that_the_chat_owns_is_urgent_only_for_it(database: Database) -> None:
    for chat_id in (ALICE, BOB):
        await follow(database, chat_id)
    await follow(database, ALICE, wallet=HOLDER)
    await happened(database, purchase(1, wallet=HOLDER))
    await fan_out_all(database)
    await happened(database, purchase(2))
    await fan_out_all(database)
    assert await lanes(database, ALICE) == [Lane.NORMAL, Lane.URGENT]
    assert await lanes(database, BOB) == [Lane.NORMAL]


async def test_liquidity_that_another_wallet_removes_is_urgent_where_the_token_is_owned(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=HOLDER)
    await happened(database, purchase(1, wallet=HOLDER))
    await happened(database, sale(2, raw=5, wallet=WHALE, kind=Kind.LIQUIDITY_REMOVE))
    await fan_out_all(database)
    assert await lanes(database, ALICE) == [Lane.NORMAL, Lane.URGENT]


async def test_a_wallet_that_has_left_a_token_makes_it_urgent_no_more(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=HOLDER)
    bought = purchase(1, wallet=HOLDER)
    await happened(database, bought, sale(2, raw=bought.received[0].raw))
    await fan_out_all(database)
    await happened(database, purchase(3))
    await fan_out_all(database)
    assert await lanes(database, ALICE) == [Lane.NORMAL, Lane.URGENT, Lane.NORMAL]
    assert await database.fetchval("SELECT raw FROM holdings JOIN wallets USING (wallet_id) LIMIT 1") == 0


async def test_a_wallet_that_buys_more_of_its_own_token_is_not_urgent(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await happened(database, purchase(2))
    await fan_out_all(database)
    assert await lanes(database, ALICE) == [Lane.NORMAL, Lane.NORMAL]


async def test_an_alert_decided_in_many_steps_is_added_once(database: Database) -> None:
    for chat_id in range(1, 6):
        await follow(database, chat_id)
    await happened(database, purchase(1))
    while await fan_out_next(database, rules, limit=2) is not None:
        continue
    assert await database.fetchval("SELECT raw FROM holdings") == purchase(1).received[0].raw


async def test_in_a_burst_exits_and_owned_tokens_are_not_coalesced(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=HOLDER)
    await happened(database, purchase(1, wallet=HOLDER))
    await fan_out_next(database, rules, coalesce_seconds=5.0)
    other = purchase(3)
    plain = Activity(**{name: getattr(other, name) for name in other.__struct_fields__} | {"received": ()})
    await happened(database, sale(2, raw=1, wallet=WHALE), plain, purchase(4))
    await fan_out_next(database, rules, coalesce_seconds=5.0)
    rows = await database.fetch(
        "SELECT lane, coalescing, due_at > now() AS waits FROM deliveries ORDER BY delivery_id OFFSET 1"
    )
    assert [tuple(row) for row in rows] == [(1, False, False), (2, True, True), (1, False, False)]
