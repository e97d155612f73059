"""`python -m scanner` as a process: killed in the middle of its work, and stopped in order."""

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from sandbox.chain.server import SandboxChain
from storage.coordination.instances import instances
from storage.postgres import Database
from tests.forking import ForkedProgram, forked
from tests.scanner.world import Whale, environment, follow, stored, until, until_cursor, until_stored

pytestmark = [pytest.mark.services, pytest.mark.e2e]


def scanner(variables: Mapping[str, str], folder: Path) -> AbstractAsyncContextManager[ForkedProgram]:
    """The program, away from any .env."""
    return forked(["scanner"], {"PATH": os.environ["PATH"], **variables}, folder)


@pytest.mark.parametrize("source", ["auto", "blocks"])
async def test_killed_in_the_middle_of_a_hundred_trades_it_loses_and_doubles_nothing(
    source: str, chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str, tmp_path: Path
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    variables = environment(
        [chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url, SCANNER_SOURCE=source
    )

    async def thirty_stored() -> bool:
        return len(await stored(database, whale)) >= 30

    async with scanner(variables, tmp_path) as first:
        await until_cursor(database, 1)
        async with asyncio.TaskGroup() as group:
            group.create_task(trade_slowly(whale))
            await until(thirty_stored)
            first.send_signal(signal.SIGKILL)
    async with scanner(variables, tmp_path):
        await until_stored(database, whale)
        await until_cursor(database, chain.api.slot)
    assert len(whale.done) == 100
    assert await stored(database, whale) == sorted(whale.done)


async def trade_slowly(whale: Whale) -> None:
    for _ in range(50):
        whale.trade(2)
        await asyncio.sleep(0.03)


async def test_it_ends_in_order_when_asked_and_tells_no_secret(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str, tmp_path: Path
) -> None:
    variables = environment(
        [
            f"{chain.rpc_url}/?api-key=PLANTEDSECRET1",
            "http://127.0.0.1:9/PLANTEDSECRET2aaaaaaaaaaaaaaaaaaaaa",
        ],
        [f"{chain.ws_url}/?api-key=PLANTEDSECRET1", "ws://127.0.0.1:9/PLANTEDSECRET2aaaaaaaaaaaaaaaaaaaaa"],
        database=postgres_url,
        redis=valkey_url,
        LOG_LEVEL="debug",
    )
    async with scanner(variables, tmp_path) as process:

        async def beats() -> bool:
            return bool(await instances(database))

        await until(beats)
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        said = await process.stdout.read()
        assert await process.ended() == 0, said.decode()
    assert b"PLANTEDSECRET" not in said
    assert await instances(database) == []
