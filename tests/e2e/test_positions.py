"""What whales made, by the real programs: from the chain to the chat and back."""

from fractions import Fraction
from pathlib import Path

import aiohttp
import msgspec
import pytest
from solders.pubkey import Pubkey

from domain.positions.holdings import Holding
from sandbox.check.chat_driver import Person
from sandbox.telegram.chats.people import MessageTarget
from tests.e2e.programs import Servers
from tests.e2e.system import SOL, RunningSystem, priced
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.services]

PROGRAMS = ("bot", "scanner", "dispatcher", "notifications", "security-scan", "balance-check")
EDIT_SECONDS = 40.0
"""An edit waits ten seconds for others, and what comes late beside it."""


async def test_an_exit_says_what_was_made_and_the_cards_say_the_same(
    servers: Servers, tmp_path: Path
) -> None:
    async with priced(servers, tmp_path, PROGRAMS, whales=2) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        (whale, other), alice = simulation.whales, driver.add_person("Alice")
        for one, name in ((whale, "Moby"), (other, "Nemo")):
            await driver.send(alice, f"/watch {one.address} {name}", until=name)
        token = simulation.token("KRILL")
        since = driver.last_seq
        simulation.buy(other, token, SOL)
        await driver.wait_for(alice, "Nemo bought", since=since)
        simulation.buy(whale, token, 2 * SOL)
        first = await driver.wait_for(alice, "Moby bought", since=since)
        assert "new position" in (first.text or "")
        assert "1 other you follow holds it" in (first.text or "")
        await driver.wait_for(alice, "% of its book", since=since, seconds=EDIT_SECONDS)
        since = driver.last_seq
        simulation.buy(whale, token, SOL)
        await driver.wait_for(alice, "added · average now $", since=since)  # not the late edit of the first
        since = driver.last_seq
        simulation.sell(whale, token, Fraction(2, 5))
        assert "sold 40% of it" in ((await driver.wait_for(alice, "Moby sold", since=since)).text or "")
        since = driver.last_seq
        simulation.sell(whale, token)
        exit_ = (await driver.wait_for(alice, "Moby sold ALL", since=since)).text or ""
        assert "held " in exit_
        assert "%" in exit_.splitlines()[1]
        await the_cards_agree(system, alice)


async def the_cards_agree(system: RunningSystem, alice: Person) -> None:
    """What the ledger has made of it, in each command that says so."""
    driver = system.driver
    card = (await driver.send(alice, "/wallet Moby", until="📒")).text or ""
    assert card.splitlines()[1].startswith("−"), "fees and impact alone"
    assert "won 0 of 1, too few for a rate" in card
    assert "4 trades since" in card
    assert "All that it sold for SOL has a known cost." in card
    assert "Risks" in card
    assert "Latest, UTC" in card
    assert "2 sales" in ((await driver.send(alice, "/pnl Moby 7d", until="📒 Realised")).text or "")
    top = (await driver.send(alice, "/top", until="🏆")).text or ""
    assert top.index("Nemo") < top.index("Moby"), "who has sold nothing has lost its fees alone"
    assert "won 0 of 1" in top
    history = (await driver.send(alice, "/history Moby", until="Moby")).text or ""
    assert history.count("KRILL") >= 4
    assert "unrealised" in ((await driver.send(alice, "/portfolio", until="📒 Made")).text or "")
    picture = await driver.press(alice, await driver.send(alice, "/wallet Moby", until="📒"), "📈")
    assert picture == ""


async def test_one_message_tells_a_position_until_it_is_deleted_and_the_exit_answers_it(
    servers: Servers, tmp_path: Path
) -> None:
    async with priced(servers, tmp_path, PROGRAMS, whales=1) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        (whale,), alice = simulation.whales, driver.add_person("Alice")
        token = simulation.token("KRILL")
        await driver.send(alice, f"/watch {whale.address} Moby", until="Moby")
        await driver.send(alice, "/settings living on", until="")
        since = driver.last_seq
        simulation.buy(whale, token, 2 * SOL)
        first = await driver.wait_for(alice, "Moby bought", since=since)
        for _ in range(3):
            simulation.buy(whale, token, SOL)
        await driver.wait_for(alice, "Before:", since=since, seconds=EDIT_SECONDS)
        await system.until_finished(4, seconds=EDIT_SECONDS)
        (edited,) = {one.message_id for one in system.edits(since)}
        assert edited == first.message_id
        assert len(system.sandbox.telegram.ledger.since(since, kind="message")) == 1
        system.sandbox.telegram.people.send(alice.user_id, "/why", MessageTarget(reply_to=first.message_id))
        why = (await driver.wait_for(alice, "4 events in this message", since=since)).text or ""
        assert why.partition("\n\n")[0].count("🟢") == 4
        await delete(system, alice, first.message_id or 0)
        since = driver.last_seq
        simulation.sell(whale, token, Fraction(1, 2))
        again = await driver.wait_for(alice, "Moby sold", since=since, seconds=EDIT_SECONDS)
        assert (again.kind, again.message_id != first.message_id) == ("message", True)
        since = driver.last_seq
        simulation.sell(whale, token)
        exit_ = await driver.wait_for(alice, "Moby sold ALL", since=since)
        assert exit_.kind == "message"
        assert exit_.message is not None
        assert exit_.message.reply_to_message is not None
        assert exit_.message.reply_to_message.message_id == again.message_id


@pytest.mark.parametrize("reconcile", ["blocks", "signatures"])
async def test_each_trade_counts_once_whether_it_came_before_the_watch_or_after(
    reconcile: str, servers: Servers, tmp_path: Path
) -> None:
    """Those of the moment in which somebody follows are both in the history and in the feed."""
    settings = {"RECONCILE": reconcile, "RECONCILE_SECONDS": "3"}
    async with priced(servers, tmp_path, PROGRAMS, whales=1, settings=settings) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        (whale,), alice = simulation.whales, driver.add_person("Alice")
        token = simulation.token("KRILL")
        for _ in range(4):
            simulation.buy(whale, token, SOL)
            await system.sandbox.next_block()
        simulation.sell(whale, token, Fraction(1, 2))
        await driver.send(alice, f"/watch {whale.address} Moby", until="Moby")
        for _ in range(4):
            simulation.buy(whale, token, SOL)
            await system.sandbox.next_block()

        async def all_are_counted() -> bool:
            card = (await driver.send(alice, "/wallet Moby", until="📒")).text or ""
            return "9 trades since" in card and "is being read" not in card and "is read soon" not in card

        await until(all_are_counted, seconds=EDIT_SECONDS)
        await system.until_confirmed()
        state = await system.database.fetchval(
            "SELECT state FROM positions WHERE mint = $1 AND stale_at IS NULL", str(token.mint)
        )
        holding = msgspec.json.decode(state, type=Holding)
        account = system.sandbox.chain.chain.account(token.account_of(Pubkey.from_string(whale.address)))
        assert account is not None
        assert holding.quantity == int.from_bytes(bytes(account.data)[64:72], "little")
        assert (holding.purchases, holding.sales) == (8, 1)
        assert "1 sale" in ((await driver.send(alice, "/pnl Moby 7d", until="📒 Realised")).text or "")


async def delete(system: RunningSystem, person: Person, message_id: int) -> None:
    """As a person deletes a message of the bot for both."""
    telegram = system.sandbox.telegram
    url = f"{telegram.url}/bot{telegram.token}/deleteMessage"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={"chat_id": person.user_id, "message_id": message_id}) as answer,
    ):
        assert (await answer.json())["ok"]
