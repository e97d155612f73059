"""Markets that deceive: what people read of a manipulated pool, a dollar off its peg, a feed that stands."""

import re
from pathlib import Path

import pytest

from chain.market.price_feeds import MAX_AGE
from sandbox.actors.market.price_feeds import PricePublisher
from tests.e2e.programs import Servers, running
from tests.e2e.system import SOL, RunningSystem, opened

pytestmark = [pytest.mark.e2e, pytest.mark.services]

PROGRAMS = ("bot", "scanner", "dispatcher", "notifications", "balance-check")


def _publisher(system: RunningSystem) -> PricePublisher:
    publisher = system.sandbox.simulation.publisher
    assert publisher is not None
    return publisher


async def _asked(system: RunningSystem, words: str) -> str:
    """What the bot answers about a token's price, in place of its first message."""
    driver = system.driver
    alice = driver.add_person("Alice")
    since = driver.last_seq
    await driver.send(alice, words, until="Reading the price")
    return (await driver.wait_for(alice, "$", since=since)).text or ""


async def _alert_of_a_purchase(system: RunningSystem, symbol: str) -> str:
    driver, simulation = system.driver, system.sandbox.simulation
    (chats, whale), since = (await system.follow_all(), simulation.whales[0]), driver.last_seq
    simulation.buy(whale, simulation.token(symbol), 3 * SOL)
    await system.until_received(1, since=since)
    (alert,) = [one for one in driver.messages(since) if one.chat_id == chats[whale.address]]
    return alert.text


async def test_a_manipulated_pool_changes_no_price_that_people_read(servers: Servers, tmp_path: Path) -> None:
    async with opened(servers, tmp_path) as system:
        programs = system.programs
        async with running(programs, [programs.make(name) for name in PROGRAMS]):
            await system.until_priced()
            token = system.sandbox.simulation.token("MITTEN")
            honest = _first_dollars(await _asked(system, f"/price {token.mint}"))
            pools = system.sandbox.simulation.pools
            assert pools is not None
            pools.manipulate(token, times=50, lamports=40 * SOL)
            assert _first_dollars(await _asked(system, f"/price {token.mint}")) == honest
            assert "bought $6" in await _alert_of_a_purchase(system, "MITTEN")


async def test_a_dollar_off_its_peg_is_shown_at_what_it_is_worth(servers: Servers, tmp_path: Path) -> None:
    async with opened(servers, tmp_path) as system:
        _publisher(system).depeg(80)
        _publisher(system).publish()
        programs = system.programs
        async with running(programs, [programs.make(name) for name in PROGRAMS]):
            await system.until_priced()
            dollar = system.sandbox.simulation.token("USDC")
            assert "$0.8" in await _asked(system, f"/price {dollar.mint}")


async def test_with_a_feed_that_stands_amounts_are_shown_without_dollars(
    servers: Servers, tmp_path: Path
) -> None:
    async with opened(servers, tmp_path) as system:
        _publisher(system).lag(MAX_AGE + 60)
        _publisher(system).publish()
        programs = system.programs
        async with running(programs, [programs.make(name) for name in PROGRAMS]):
            alert = await _alert_of_a_purchase(system, "MITTEN")
            assert "MITTEN" in alert.splitlines()[0]
            assert "$" not in alert
            assert "3 SOL" in alert


def _first_dollars(text: str) -> str:
    found = re.search(r"\$[\d.,KMB]+", text)
    assert found, text
    return found[0]
