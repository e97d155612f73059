"""What a token costs, asked for in the chat: the card with its chart, and each of its buttons."""

from pathlib import Path

import pytest

from tests.e2e.programs import Servers
from tests.e2e.system import SOL, playing

pytestmark = [pytest.mark.services, pytest.mark.e2e]


async def test_each_button_of_a_tokens_card_does_what_it_says(servers: Servers, tmp_path: Path) -> None:
    programs = ["bot", "scanner", "dispatcher", "security-scan", "balance-check"]
    async with playing(servers, tmp_path, programs) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        token = simulation.token("MITTEN")
        simulation.buy(simulation.whales[0], token, 3 * SOL)
        await system.until_priced()
        alice = driver.add_person("Alice")
        since = driver.last_seq
        await driver.send(alice, f"/token {token.mint}", until="Reading the price")
        card = await driver.wait_for(alice, "MC $", since=since)
        for button in ("1h", "7d", "☀️ Light", "🌙 Dark"):
            since = driver.last_seq
            await driver.press(alice, card, button)
            card = await driver.wait_for(alice, "MC $", since=since)
            assert card.kind == "edit", button
            assert card.message is not None
            assert card.message.photo, button
        since = driver.last_seq
        await driver.press(alice, card, "🎯 10% move")
        assert "MITTEN" in ((await driver.wait_for(alice, "10%", since=since)).text or "")
        since = driver.last_seq
        await driver.press(alice, card, "🛡 Scan")
        await driver.wait_for(alice, "grade", since=since)
