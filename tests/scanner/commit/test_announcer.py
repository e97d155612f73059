"""Wake-ups come at once, or after a moment for a name; a hanging server holds nobody up."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from domain.activity.activity import SOL
from runtime.clock import monotonic
from runtime.processes.lifecycle import Stop, nursery
from scanner.commit.announcer import FIRST_SIGHT_SECONDS, ChannelAnnouncer

WHALES = frozenset({"Moby"})
MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"


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


@asynccontextmanager
async def announcing(channel: Channel, names: Names) -> AsyncIterator[ChannelAnnouncer]:
    async with nursery(Stop()) as tasks:
        announcer = ChannelAnnouncer(channel.publish, channel.forget, names, tasks)
        tasks.start_forever("wake-ups", announcer.run)
        yield announcer


async def test_what_needs_no_name_is_announced_at_once() -> None:
    channel = Channel()
    async with announcing(channel, Names(slow=True)) as announcer:
        announcer.announce(frozenset({SOL}), WHALES)
        assert await channel.woken() < FIRST_SIGHT_SECONDS


async def test_a_new_mint_is_announced_as_soon_as_its_name_is_known() -> None:
    channel, names = Channel(), Names()
    async with announcing(channel, names) as announcer:
        announcer.announce(frozenset({MINT, SOL}), WHALES)
        assert await channel.woken() < FIRST_SIGHT_SECONDS
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
