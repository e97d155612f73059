"""Scenario 33: the database is a migration ahead of programs that still run, or run again."""

import asyncio
import os
from pathlib import Path

import pytest

from storage.migrate import apply_migrations
from storage.postgres import Database
from tests.e2e.programs import CHAIN, Servers, environment
from tests.e2e.system import RunningSystem, config, each_alert_came_once, opened
from tests.scenarios.version_before import TODAY, NoHistoryError, Version, version_before

pytestmark = [pytest.mark.services, pytest.mark.e2e]

CHAIN_TO_CHAT = ("scanner", "dispatcher", "notifications")


@pytest.fixture
def before(tmp_path_factory: pytest.TempPathFactory) -> Version:
    try:
        return version_before(tmp_path_factory.mktemp("before"))
    except NoHistoryError as error:
        pytest.skip(str(error))


async def test_scenario_33_the_version_before_works_on_next_to_todays_and_again_without_it(
    before: Version, direct_url: str, valkey_url: str, tmp_path: Path
) -> None:
    servers = Servers(postgres_url=direct_url, valkey_url=valkey_url)
    async with opened(servers, tmp_path, setting=config(whales=5)) as system:
        settings = {"PATH": os.environ["PATH"], **environment(system.sandbox, servers, tmp_path)}
        await empty(system.database)
        await before.migrate(settings)
        chats, since = await follow_all(system), system.driver.last_seq
        async with before.running(CHAIN_TO_CHAT, settings, system.database, tmp_path):
            await system.trade(2)
            async with asyncio.TaskGroup() as group:
                group.create_task(system.trade(4))
                applied = await asyncio.to_thread(apply_migrations, direct_url)
            assert applied
            async with TODAY.running(CHAIN_TO_CHAT, settings, system.database, tmp_path):
                await system.trade(4)
            await system.trade(2)
            await system.until_finished(60)
        await each_alert_came_once(system, chats, since=since)


async def follow_all(system: RunningSystem) -> dict[str, int]:
    """As the first version of all wrote it down, since no other is known to fit."""
    chats: dict[str, int] = {}
    for whale in system.sandbox.simulation.whales:
        friend = system.sandbox.telegram.people.add_user(f"Friend of {whale.name}", started=True)
        await system.database.execute(
            "INSERT INTO chats (chat_id, title) VALUES ($1, $2)", friend.id, whale.name
        )
        wallet = await system.database.fetchval(
            "INSERT INTO wallets (chain, address) VALUES ($1, $2) RETURNING wallet_id", CHAIN, whale.address
        )
        await system.database.execute(
            "INSERT INTO watches (chat_id, wallet_id, label, created_by, created_at)"
            " VALUES ($1, $2, $3, $1, '2020-01-01')",
            friend.id,
            wallet,
            whale.name,
        )
        chats[whale.address] = friend.id
    return chats


async def empty(database: Database) -> None:
    await database.execute("DROP SCHEMA public CASCADE")
    await database.execute("CREATE SCHEMA public")
