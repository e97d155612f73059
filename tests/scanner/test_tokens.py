"""What tokens are called: asked of the chain once, remembered in PostgreSQL."""

from collections.abc import Sequence

import pytest

from domain.errors import NodeUnavailable
from domain.mints import TokenName
from scanner.tokens import ASK_AGAIN_SECONDS, Tokens
from storage.postgres import Database
from storage.tokens import tokens
from tests.scanner.scene import CHAIN

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
    book = Tokens(database, reader, chain=CHAIN, clock=clock)
    assert not book.knows(MINT)
    await book.learn(frozenset({MINT}))
    clock.time += 10 * ASK_AGAIN_SECONDS
    assert book.knows(MINT)
    again = Tokens(database, reader, chain=CHAIN)
    await again.learn(frozenset({MINT}))
    assert again.knows(MINT)
    assert reader.asked == [[MINT]]
    token = (await tokens(database, chain=CHAIN, mints=[MINT]))[MINT]
    assert (token.symbol, token.name, token.decimals) == ("BONK", "Bonk", 5)


async def test_what_the_chain_does_not_tell_is_asked_again_later(database: Database) -> None:
    reader, clock = Reader(), Clock()
    book = Tokens(database, reader, chain=CHAIN, clock=clock)
    await book.learn(frozenset({OTHER}))
    assert book.knows(OTHER)
    clock.time += ASK_AGAIN_SECONDS
    assert not book.knows(OTHER)


async def test_a_node_that_is_away_costs_only_the_name(database: Database) -> None:
    reader = Reader(away=True)
    await Tokens(database, reader, chain=CHAIN).learn(frozenset({MINT}))
    assert await tokens(database, chain=CHAIN, mints=[MINT]) == {}
