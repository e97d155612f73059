"""Both flows from end to end: chain to chat with its buttons, chat to reply, the webhook of two bots."""

import asyncio
from pathlib import Path

import pytest

from runtime.embedded.ports import free_port
from runtime.processes.programs import WHOLE_SYSTEM
from sandbox.check.chat_driver import ChatDriver, Person
from sandbox.check.judge import Expected
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.ledger import Entry
from tests.e2e.programs import Servers
from tests.e2e.system import SOL, RunningSystem, opened, playing

pytestmark = [pytest.mark.e2e, pytest.mark.services]

EVERYBODY = tuple(program.name for program in WHOLE_SYSTEM.programs)


async def test_a_trade_on_the_chain_comes_into_the_chat_with_buttons_that_work(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, EVERYBODY) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        whale, token = simulation.whales[0], simulation.token("LEVIATHAN")
        alice = driver.add_person("Alice")
        await driver.send(alice, f"/watch {whale.address} Moby", until="Moby")

        since = driver.last_seq
        operation = simulation.buy(whale, token, 2 * SOL)
        alert = await driver.wait_for(alice, "Moby bought", since=since)
        sent = Expected(
            chat_id=alice.user_id,
            signature=operation.signature,
            slot=operation.slot,
            legs=(*operation.paid, *operation.received),
        )
        assert sent.is_in(alert.text or "")
        assert _copied(alert) == str(token.mint)

        await _scans(driver, alice, alert, str(token.mint))
        await _mutes(system, alice, alert)


async def _scans(driver: ChatDriver, person: Person, alert: Entry, mint: str) -> None:
    since = driver.last_seq
    await driver.press(person, alert, "Scan")
    placeholder = await driver.wait_for(person, "Scanning", since=since)
    card = await driver.wait_for(person, "grade", since=since)
    assert (card.kind, card.message_id) == ("edit", placeholder.message_id)
    assert mint in (card.text or "")
    assert "delegate" in (card.text or "").lower()


async def _mutes(system: RunningSystem, person: Person, alert: Entry) -> None:
    driver, simulation = system.driver, system.sandbox.simulation
    assert "muted until" in await driver.press(person, alert, "Mute")
    since = driver.last_seq
    simulation.buy(simulation.whales[0], simulation.token("KRILL"), SOL)
    await system.until_finished(2)
    assert driver.messages(since) == []
    gates = await system.database.fetch(
        "SELECT state FROM deliveries JOIN alerts USING (alert_id)"
        " WHERE deliveries.kind = 'alert' AND alerts.kind = 'activity' ORDER BY delivery_id"
    )
    assert [row["state"] for row in gates] == ["sent", "suppressed"]


def _copied(alert: Entry) -> str:
    """Return what the button for copying copies."""
    assert alert.message is not None
    assert alert.message.reply_markup is not None
    keys = [key for row in alert.message.reply_markup.inline_keyboard for key in row]
    texts = [key.copy_text.text for key in keys if key.copy_text is not None]
    assert len(texts) == 1
    return texts[0]


async def test_answers_to_slow_questions_replace_their_placeholders(servers: Servers, tmp_path: Path) -> None:
    async with playing(servers, tmp_path, ["bot", "dispatcher", "security-scan", "balance-check"]) as system:
        driver, simulation = system.driver, system.sandbox.simulation
        whale, token = simulation.whales[0], simulation.token("MITTEN")
        bought = simulation.buy(whale, token, 3 * SOL)
        await system.until_confirmed()
        alice = driver.add_person("Alice")
        for command, waiting, done in (
            (f"/balance {whale.address}", "Reading", "holds"),
            (f"/scan {token.mint}", "Scanning", "grade"),
        ):
            since = driver.last_seq
            placeholder = await driver.send(alice, command, until=waiting)
            answer = await driver.wait_for(alice, done, since=since)
            assert (answer.kind, answer.message_id) == ("edit", placeholder.message_id)
            if command.startswith("/balance"):
                assert f"{bought.received[0].raw / 10**token.decimals:,.6f}".rstrip("0") in (
                    answer.text or ""
                )


async def test_what_a_killed_bot_had_stored_is_answered_by_another_behind_the_same_webhook(
    servers: Servers, tmp_path: Path
) -> None:
    port, other = free_port(), free_port()
    webhook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_SECRET": "a-secret-of-this-test"}
    async with opened(servers, tmp_path, settings=webhook) as system:
        programs, driver = system.programs, system.driver
        async with asyncio.TaskGroup() as group:
            first = programs.make("bot", PORT=str(port))
            second = programs.make("second", of="bot", PORT=str(other))
            ending = [group.create_task(bot.run_once()) for bot in (first, second)]
            await programs.ready("bot", "second")
            alice = driver.add_person("Alice")
            await driver.send(alice, "/hello", until="/hello")
            await system.until_handled(1)

            pause = Fault(fault=FaultKind.FLOOD, method="sendMessage", chat_id=alice.user_id, retry_after=3)
            system.sandbox.telegram.faults.add(pause)
            since = driver.last_seq
            system.sandbox.telegram.people.send(alice.user_id, "/again")
            await system.until_working(1)
            await programs.kill("bot")
            assert await ending[0] == -9
            await driver.wait_for(alice, "/again", since=since)
            await system.until_handled(2)
            assert len(driver.messages(since)) == 1
            await programs.stop()
            assert await ending[1] == 0
