"""What is known of tokens grows and is not forgotten."""

from dataclasses import replace

import pytest

from storage.market.tokens import LOOKED_AT, Token, mints_called, save_tokens, tokens
from storage.postgres import Database
from tests.storage.sample_data import (
    ALICE,
    BOB,
    CHAIN,
    MINT,
    fan_out_all,
    follow,
    happened,
    purchase,
)

pytestmark = pytest.mark.services


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
