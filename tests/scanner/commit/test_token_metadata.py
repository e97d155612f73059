"""What tokens are called: asked of the chain once, remembered in PostgreSQL."""

from collections.abc import Sequence

import pytest

from domain.errors import NodeUnavailable
from domain.security.mints import TokenAge, TokenName
from scanner.commit.token_metadata import ASK_AGAIN_SECONDS, TokenMetadata
from storage.market.tokens import tokens
from storage.postgres import Database
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services

MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
OTHER = "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN"


class Reader:
    """Knows one mint and writes down what it is asked."""

    def __init__(self, symbol: str | None = "BONK", *, away: bool = False) -> None:
        self.asked: list[Sequence[str]] = []
        self.away = away
        self._symbol = symbol

    async def __call__(self, mints: Sequence[str]) -> list[TokenName]:
        self.asked.append(list(mints))
        if self.away:
            raise NodeUnavailable("away")
        return [TokenName(mint=m, symbol=self._symbol, name="Bonk\0", decimals=5) for m in mints if m == MINT]


class Clock:
    time = 0.0

    def __call__(self) -> float:
        return self.time


async def test_a_mint_is_asked_for_once_and_remembered(database: Database) -> None:
    reader, clock = Reader(), Clock()
    metadata = TokenMetadata(database, reader, chain=CHAIN, clock=clock)
    assert not metadata.knows(MINT)
    await metadata.learn(frozenset({MINT}))
    clock.time += 10 * ASK_AGAIN_SECONDS
    assert metadata.knows(MINT)
    again = TokenMetadata(database, reader, chain=CHAIN)
    await again.learn(frozenset({MINT}))
    assert again.knows(MINT)
    assert reader.asked == [[MINT]]
    token = (await tokens(database, chain=CHAIN, mints=[MINT]))[MINT]
    assert (token.symbol, token.name, token.decimals) == ("BONK", "Bonk", 5)


async def test_what_the_chain_does_not_say_is_asked_again_later(database: Database) -> None:
    reader, clock = Reader(), Clock()
    metadata = TokenMetadata(database, reader, chain=CHAIN, clock=clock)
    await metadata.learn(frozenset({OTHER}))
    assert metadata.knows(OTHER)
    clock.time += ASK_AGAIN_SECONDS
    assert not metadata.knows(OTHER)


async def test_a_node_that_is_away_costs_only_the_name(database: Database) -> None:
    reader = Reader(away=True)
    await TokenMetadata(database, reader, chain=CHAIN).learn(frozenset({MINT}))
    assert await tokens(database, chain=CHAIN, mints=[MINT]) == {}


async def test_the_age_is_asked_for_once_where_that_is_wanted(database: Database) -> None:
    asked: list[str] = []

    async def ages(mint: str) -> TokenAge | None:
        asked.append(mint)
        return TokenAge(created_at=1_700_000_000, is_exact=True)

    metadata = TokenMetadata(database, Reader(), chain=CHAIN, ages=ages)
    await metadata.learn(frozenset({MINT, OTHER}))
    await metadata.learn(frozenset({MINT}))
    assert asked == [MINT]
    created = await database.fetchval(
        "SELECT (extract(epoch FROM created_at), extract(epoch FROM first_seen_at)) FROM tokens"
    )
    assert [int(time) for time in created] == [1_700_000_000] * 2


async def test_an_age_that_is_only_a_bound_is_kept_as_one(database: Database) -> None:
    async def ages(mint: str) -> TokenAge | None:
        del mint
        return TokenAge(created_at=1_700_000_000, is_exact=False)

    await TokenMetadata(database, Reader(), chain=CHAIN, ages=ages).learn(frozenset({MINT}))
    assert await database.fetchval("SELECT created_at FROM tokens") is None
    assert await database.fetchval("SELECT extract(epoch FROM first_seen_at) FROM tokens") == 1_700_000_000
