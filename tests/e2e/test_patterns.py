"""Patterns, what people hold and follow, by the real programs: from the chain to the chat and back."""

from fractions import Fraction
from pathlib import Path

import pytest
from solders.pubkey import Pubkey

from domain.activity.exchanges import EXCHANGES
from tests.e2e.programs import Servers
from tests.e2e.system import SOL, priced
from tests.e2e.waiting import until

BUSY_SECONDS = 30.0
"""For what is found after all trades were decided, and for an edit, which waits ten seconds for others."""
pytestmark = [pytest.mark.e2e, pytest.mark.services]

PROGRAMS = ("bot", "scanner", "dispatcher", "notifications")


async def test_owners_who_meet_are_counted_and_another_wallet_of_one_changes_the_message(
    servers: Servers, tmp_path: Path
) -> None:
    async with priced(servers, tmp_path, PROGRAMS, whales=6) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        alice = driver.add_person("Alice")
        *followed, payer = simulation.whales
        for number, whale in enumerate(followed):
            await driver.send(alice, f"/watch {whale.address} Whale-{number}", until=f"Whale-{number}")
        since = driver.last_seq
        for number in (0, 1, 4):
            simulation.send_sol(payer, followed[number].address, SOL)
            await driver.wait_for(alice, f"Whale-{number} received", since=since)
        token = simulation.token("KRILL")
        since = driver.last_seq
        for whale in followed[:3]:
            simulation.buy(whale, token, 2 * SOL)
        await driver.wait_for(alice, "Whale-2 bought", since=since)
        simulation.buy(followed[3], token, 2 * SOL)
        alert = await driver.wait_for(alice, "👥", since=since, seconds=BUSY_SECONDS)
        text = alert.text or ""
        assert "3 owners bought" in text
        assert "Whale-0, Whale-1" in text
        assert f"one owner: {payer.address[:4]}" in text
        since = driver.last_seq
        simulation.buy(followed[4], token, 2 * SOL)
        edit = await driver.wait_for(alice, "Whale-0, Whale-1, Whale-4", since=since, seconds=BUSY_SECONDS)
        assert (edit.kind, edit.message_id) == ("edit", alert.message_id), "who is known wakes nobody"
        assert "3 owners bought" in (edit.text or "")


async def test_who_moves_house_is_followed_there_at_the_press_of_a_button(
    servers: Servers, tmp_path: Path
) -> None:
    async with priced(servers, tmp_path, (*PROGRAMS, "balance-check"), whales=2) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        whale, home = simulation.whales
        alice = driver.add_person("Alice")
        await driver.send(alice, f"/watch {whale.address} Moby", until="Moby")
        simulation.buy(home, simulation.token("KRILL"), SOL)  # the new address acts by itself
        since = driver.last_seq
        lamports = system.sandbox.chain.api.balance(Pubkey.from_string(whale.address))
        simulation.send_sol(whale, home.address, lamports * 9 // 10)
        alert = await driver.wait_for(alice, "📦", since=since, seconds=60)
        text = alert.text or ""
        assert "Moby moved 90% of what it had" in text
        assert "1 transfer" in text
        assert "it has acted by itself since" in text
        assert "no exchange that is known, no hub" in text
        assert home.address in text
        since = driver.last_seq
        await driver.press(alice, alert, "Follow the new address")
        await driver.wait_for(alice, "Following", since=since)
        since = driver.last_seq
        simulation.buy(home, simulation.token("MITTEN"), 2 * SOL)
        await driver.wait_for(alice, f"{home.name} bought", since=since)


async def test_a_full_exit_of_what_one_holds_comes_through_a_pause(servers: Servers, tmp_path: Path) -> None:
    async with priced(servers, tmp_path, (*PROGRAMS, "balance-check"), whales=2) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        (whale, mine), token = simulation.whales, simulation.token("KRILL")
        alice = driver.add_person("Alice")
        for one in (whale, mine):
            simulation.buy(one, token, 2 * SOL)
        simulation.buy(whale, simulation.token("MITTEN"), 2 * SOL)
        await system.until_confirmed()
        await driver.send(alice, f"/watch {whale.address} Moby", until="Moby")
        await driver.send(alice, f"/mine {mine.address}", until=mine.address[:4])

        async def is_known() -> bool:
            return bool(await system.database.fetchval("SELECT EXISTS (SELECT FROM own_tokens)"))

        await until(is_known)
        await driver.send(alice, "/pause 1h", until="ause")
        since = driver.last_seq
        simulation.sell(whale, simulation.token("MITTEN"))
        simulation.sell(whale, token, Fraction(1, 2))
        simulation.sell(whale, token)
        await system.until_finished(3)
        (alert,) = [one.text for one in driver.messages(since)]
        assert "Moby sold" in alert
        assert "KRILL" in alert


async def test_a_purchase_names_what_was_sold_for_it_and_a_transfer_the_exchange(
    servers: Servers, tmp_path: Path
) -> None:
    async with priced(servers, tmp_path, PROGRAMS, whales=1) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        (whale,), alice = simulation.whales, driver.add_person("Alice")
        await driver.send(alice, f"/watch {whale.address} Moby", until="Moby")
        since = driver.last_seq
        simulation.buy(whale, simulation.token("MITTEN"), 3 * SOL)
        await driver.wait_for(alice, "Moby bought", since=since)
        simulation.sell(whale, simulation.token("MITTEN"))
        await driver.wait_for(alice, "Moby sold", since=since)
        simulation.buy(whale, simulation.token("KRILL"), 3 * SOL)
        await driver.wait_for(alice, "rotated out of MITTEN", since=since)
        address, name = next(iter(EXCHANGES.items()))
        simulation.send_sol(whale, address, SOL)
        await driver.wait_for(alice, f"to {name} ({address[:4]}", since=since)


@pytest.mark.parametrize("source", ["blocks", "signatures"])
async def test_a_strangers_trade_of_a_followed_token_is_announced(
    servers: Servers, tmp_path: Path, source: str
) -> None:
    settings = {"RECONCILE": source, "RECONCILE_SECONDS": "600"}  # no sampled block shows it
    async with priced(servers, tmp_path, PROGRAMS, whales=2, settings=settings) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        token, alice = simulation.token("MITTEN"), driver.add_person("Alice")
        await driver.send(alice, f"/watch {simulation.whales[1].address} Moby", until="Moby")
        await driver.send(alice, f"/trades {token.mint} 100", until="from $100 on")

        async def is_announced() -> bool:
            simulation.buy(simulation.whales[0], token, SOL)
            await system.until_confirmed()
            return any("🔎" in one.text for one in driver.messages(since))

        since = driver.last_seq
        await until(is_announced, seconds=45)
