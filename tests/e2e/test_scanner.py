"""An operator lets the scanner look for whales, the town trades, a follower follows what was found."""

from pathlib import Path

import pytest

from tests.e2e.programs import Servers, running
from tests.e2e.system import SOL, RunningSystem, opened
from tests.e2e.waiting import until

pytestmark = [pytest.mark.services, pytest.mark.e2e]
PROGRAMS = ("bot", "dispatcher", "whale-search")


async def _until(system: RunningSystem, condition: str) -> None:
    async def holds() -> bool:
        return bool(await system.database.fetchval(f"SELECT EXISTS (SELECT FROM {condition})"))

    await until(holds)


async def test_from_the_command_to_the_button_that_follows_a_found_whale(
    servers: Servers, tmp_path: Path
) -> None:
    async with opened(servers, tmp_path) as system:
        driver, simulation, programs = system.driver, system.sandbox.simulation, system.programs
        olga, alice = driver.add_person("Olga"), driver.add_person("Alice")
        children = [programs.make(name, ADMIN_IDS=str(olga.user_id)) for name in PROGRAMS]
        async with running(programs, children):
            await system.until_confirmed()  # what the whales were given at the beginning is no find
            started = await driver.send(olga, "/scanner start 5 10", until="Started.")
            await _until(system, "whale_searches WHERE last_slot IS NOT NULL")
            whale = simulation.whales[0]
            simulation.buy(whale, simulation.token("MITTEN"), 40 * SOL)
            simulation.send_sol(simulation.whales[1], whale.address, 6 * SOL)
            await _until(system, f"whale_addresses WHERE address = '{simulation.whales[1].address}'")
            since = driver.last_seq
            await driver.press(olga, started, "Refresh")
            refreshed = await driver.wait_for(olga, "Swaps 1 · transfers 1", since=since)
            assert (refreshed.kind, refreshed.message_id) == ("edit", started.message_id)
            listed = await driver.send(alice, "/whales", until=whale.address)
            since = driver.last_seq
            await driver.press(alice, listed, whale.address[:4])
            await driver.wait_for(alice, whale.address, since=since)
            await driver.send(alice, "/scanner stop", until="Operators only")
            since = driver.last_seq
            await system.database.execute("UPDATE whale_searches SET expires_at = now()")
            await driver.wait_for(olga, "time of this whale search is over", since=since)
            file = await driver.send(olga, "/scanner csv", until="by volume")
            assert file.message is not None
            assert file.message.document is not None
