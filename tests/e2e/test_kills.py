"""kill -9 of each program in the middle of a hundred: nothing is lost, and nothing is told twice unmarked."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sandbox.check.chat_driver import Person
from sandbox.telegram.ledger import Entry
from tests.e2e.programs import Servers
from tests.e2e.system import RunningSystem, config, each_alert_came_once, enter, playing

pytestmark = [pytest.mark.e2e, pytest.mark.services]

CHAIN_TO_CHAT = ("scanner", "dispatcher", "notifications")
PEOPLE, EACH = 25, 4
HUNDRED = PEOPLE * EACH
EARLY = 25


@pytest.mark.parametrize("name", CHAIN_TO_CHAT)
async def test_a_kill_amid_a_hundred_alerts_loses_and_doubles_nothing(
    servers: Servers, tmp_path: Path, name: str
) -> None:
    async with playing(servers, tmp_path, CHAIN_TO_CHAT, setting=config(whales=PEOPLE)) as system:
        chats = await system.follow_all()
        since = system.driver.last_seq
        async with asyncio.TaskGroup() as group:
            group.create_task(system.trade(EACH - 1))
            await system.until_received(EARLY, since=since)
            dead = await system.programs.kill(name)
        await system.trade(1)
        assert len(system.driver.messages(since)) < HUNDRED
        await system.programs.again(name, dead)
        await system.until_finished(HUNDRED)
        await each_alert_came_once(system, chats, since=since)


async def test_a_bot_killed_amid_a_hundred_commands_answers_each_in_order(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, ["bot"]) as system:
        whale = system.sandbox.simulation.whales[0].address
        since, people = system.driver.last_seq, enter(system.driver, PEOPLE)
        *commands, last = (f"/watch {whale} Moby", "/second", "/third", "/fourth")
        _send_each(system, people, commands)
        await system.until_received(EARLY, since=since)
        dead = await system.programs.kill("bot")
        _send_each(system, people, [last])
        assert len(system.driver.messages(since)) < HUNDRED
        await system.programs.again("bot", dead)
        await system.until_handled(HUNDRED)

        again = await _tried_again(system)
        for person in people:
            answers = [sent.text for sent in system.driver.messages(since) if sent.chat_id == person.user_id]
            assert list(dict.fromkeys(map(_answered, answers))) == ["Moby", "/second", "/third", "/fourth"]
            assert len(answers) <= EACH + again[person.user_id]
        assert await system.database.fetchval("SELECT count(*) FROM watches") == PEOPLE


@pytest.mark.parametrize(
    ("name", "command"), [("security-scan", "/scan"), ("balance-check", "/balance")], ids=["scan", "balance"]
)
async def test_a_worker_killed_amid_a_hundred_questions_leaves_none_unanswered(
    servers: Servers, tmp_path: Path, name: str, command: str
) -> None:
    async with playing(servers, tmp_path, ["bot", "dispatcher", name]) as system:
        since, people = system.driver.last_seq, enter(system.driver, PEOPLE)
        subjects = _subjects(system)[command]
        *questions, last = (f"{command} {subject}" for subject in subjects)
        _send_each(system, people, questions)
        await system.until_edited(EARLY, since=since)
        dead = await system.programs.kill(name)
        _send_each(system, people, [last])
        assert len(system.edits(since)) < HUNDRED
        await system.programs.again(name, dead)
        await system.until_answered(HUNDRED)

        answers = Counter((entry.chat_id, entry.message_id) for entry in system.edits(since))
        placeholders = system.sandbox.telegram.ledger.since(since, kind="message")
        assert len(placeholders) == HUNDRED
        assert answers.keys() == {(entry.chat_id, entry.message_id) for entry in placeholders}
        assert answers.total() <= HUNDRED + await system.database.fetchval(
            "SELECT count(*) FROM questions WHERE attempts > 1"
        )
        assert all(_is_about(subjects)(entry) for entry in system.edits(since))


def _send_each(system: RunningSystem, people: Sequence[Person], texts: Sequence[str]) -> None:
    for text in texts:
        for person in people:
            system.sandbox.telegram.people.send(person.user_id, text)


async def _tried_again(system: RunningSystem) -> Counter[int]:
    """Return how many updates of each chat were in the hands of the bot that was killed."""
    rows = await system.database.fetch("SELECT chat_id FROM updates WHERE attempts > 1")
    return Counter(row["chat_id"] for row in rows)


def _answered(text: str) -> str:
    """Return which of the commands a text answers."""
    return next(word for word in ("Moby", "/second", "/third", "/fourth") if word in text)


def _subjects(system: RunningSystem) -> dict[str, list[str]]:
    simulation = system.sandbox.simulation
    return {
        "/scan": [str(token.mint) for token in simulation.tokens[:EACH]],
        "/balance": [whale.address for whale in simulation.whales[:EACH]],
    }


def _is_about(subjects: list[str]) -> Callable[[Entry], bool]:
    """Return whether an answer is a card about one of these, and no apology."""
    return lambda entry: (
        any(subject in (entry.text or "") for subject in subjects) and ("slot" in (entry.text or "").lower())
    )
