"""Wake-ups come at once, or after a moment for a name; a hanging server holds nobody up.
What tokens are called: asked of the chain once, remembered in PostgreSQL.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

import pytest

from domain.activity.activity import SOL
from domain.errors import NodeUnavailable
from domain.security.mints import TokenAge, TokenName
from runtime.clock import monotonic
from runtime.processes.lifecycle import Stop, nursery
from scanner.commit.announcer import ASK_AGAIN_SECONDS, FIRST_SIGHT_SECONDS, ChannelAnnouncer, TokenMetadata
from storage.market.tokens import tokens
from storage.postgres import Database
from tests.scanner.world import CHAIN

WHALES = frozenset({"Moby"})
MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
OTHER = "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN"


class Names:
    """Learns at once, never, or fails."""

    def __init__(self, *, slow: bool = False, fails: bool = False) -> None:
        self.known: set[str] = set()
        self._slow = slow
        self._fails = fails

    def knows(self, mint: str) -> bool:
        return mint in self.known

    async def learn(self, mints: frozenset[str]) -> None:
        if self._fails:
            raise ValueError("a hostile name")
        if self._slow:
            await asyncio.Event().wait()
        self.known |= mints


class Channel:
    """Counts wake-ups."""

    def __init__(self) -> None:
        self.count = 0
        self.forgotten: list[str] = []
        self._woken = asyncio.Event()

    async def forget(self, wallets: Collection[str]) -> None:
        self.forgotten.extend(wallets)

    async def publish(self) -> None:
        self.count += 1
        self._woken.set()

    async def woken(self) -> float:
        began = monotonic()
        async with asyncio.timeout(5):
            await self._woken.wait()
        self._woken.clear()
        return monotonic() - began


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a minute for a name: who is woken sooner did not wait for it."""
    monkeypatch.setattr("scanner.commit.announcer.FIRST_SIGHT_SECONDS", 60.0)


@asynccontextmanager
async def announcing(channel: Channel, names: Names) -> AsyncIterator[ChannelAnnouncer]:
    async with nursery(Stop()) as tasks:
        announcer = ChannelAnnouncer(channel.publish, channel.forget, names, tasks)
        tasks.start_forever("wake-ups", announcer.run)
        yield announcer


async def test_what_needs_no_name_is_announced_at_once(patient: None) -> None:
    channel = Channel()
    async with announcing(channel, Names(slow=True)) as announcer:
        announcer.announce(frozenset({SOL}), WHALES)
        await channel.woken()


async def test_a_new_mint_is_announced_as_soon_as_its_name_is_known(patient: None) -> None:
    channel, names = Channel(), Names()
    async with announcing(channel, names) as announcer:
        announcer.announce(frozenset({MINT, SOL}), WHALES)
        await channel.woken()
        assert names.known == {MINT}


async def test_a_name_that_does_not_come_holds_an_alert_up_for_a_moment_only() -> None:
    channel = Channel()
    async with announcing(channel, Names(slow=True)) as announcer:
        announcer.announce(frozenset({MINT}), WHALES)
        assert FIRST_SIGHT_SECONDS * 0.9 < await channel.woken() < FIRST_SIGHT_SECONDS + 1
        announcer.announce(frozenset({SOL}), WHALES)
        await channel.woken()
    assert channel.count == 2


async def test_a_name_that_cannot_be_learned_stops_nothing() -> None:
    channel = Channel()
    async with announcing(channel, Names(fails=True)) as announcer:
        announcer.announce(frozenset({MINT}), WHALES)
        await channel.woken()
        announcer.announce(frozenset({MINT}), WHALES)
        await channel.woken()


async def test_wake_ups_that_come_together_are_one() -> None:
    channel = Channel()
    async with announcing(channel, Names()) as announcer:
        for number in range(50):
            announcer.announce(frozenset(), frozenset({f"wallet {number}"}))
        await channel.woken()
    assert channel.count == 1
    assert len(channel.forgotten) == 50


async def test_what_caches_hold_of_a_wallet_that_acted_is_dropped() -> None:
    channel = Channel()
    async with announcing(channel, Names()) as announcer:
        announcer.announce(frozenset({SOL}), WHALES)
        await channel.woken()
    assert channel.forgotten == ["Moby"]


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


@pytest.mark.services
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


@pytest.mark.services
async def test_what_the_chain_does_not_say_is_asked_again_later(database: Database) -> None:
    reader, clock = Reader(), Clock()
    metadata = TokenMetadata(database, reader, chain=CHAIN, clock=clock)
    await metadata.learn(frozenset({OTHER}))
    assert metadata.knows(OTHER)
    clock.time += ASK_AGAIN_SECONDS
    assert not metadata.knows(OTHER)


@pytest.mark.services
async def test_a_node_that_is_away_costs_only_the_name(database: Database) -> None:
    reader = Reader(away=True)
    await TokenMetadata(database, reader, chain=CHAIN).learn(frozenset({MINT}))
    assert await tokens(database, chain=CHAIN, mints=[MINT]) == {}


@pytest.mark.services
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


@pytest.mark.services
async def test_an_age_that_is_only_a_bound_is_kept_as_one(database: Database) -> None:
    async def ages(mint: str) -> TokenAge | None:
        del mint
        return TokenAge(created_at=1_700_000_000, is_exact=False)

    await TokenMetadata(database, Reader(), chain=CHAIN, ages=ages).learn(frozenset({MINT}))
    assert await database.fetchval("SELECT created_at FROM tokens") is None
    assert await database.fetchval("SELECT extract(epoch FROM first_seen_at) FROM tokens") == 1_700_000_000
