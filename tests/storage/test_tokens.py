"""What is known of tokens grows and is not forgotten."""

import pytest

from storage.postgres import Database
from storage.tokens import Token, save_tokens, tokens
from tests.storage.scenes import CHAIN, MINT

pytestmark = pytest.mark.services


async def test_a_known_symbol_is_not_replaced_by_an_unknown_one(database: Database) -> None:
    known = Token(chain=CHAIN, mint=MINT, symbol="BONK", name="Bonk", decimals=5)
    nameless = Token(chain=CHAIN, mint=MINT, symbol=None, name=None, decimals=5)
    for token in (known, nameless):
        await save_tokens(database, [token])
    assert await tokens(database, chain=CHAIN, mints=[MINT, "unknown"]) == {MINT: known}
