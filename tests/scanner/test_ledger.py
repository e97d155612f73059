"""Recorded mainnet transactions, served by a local chain, come out of the scanner as what they were."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.chain.config import ChainConfig, ReplayConfig
from sandbox.chain.server import SandboxChain
from storage.postgres import Database
from tests.scanner.world import follow_all, scanning, settings_for, until_cursor

pytestmark = [pytest.mark.services, pytest.mark.ledger]


@pytest.fixture
def expected(ledger_dir: Path) -> list[dict[str, Any]]:
    """Return what was worked out of each transaction apart from any decoder, where somebody traded."""
    answers = [json.loads(path.read_bytes()) for path in sorted((ledger_dir / "expected").glob("*.json"))]
    return [answer for answer in answers if answer["trade"] is not None]


@pytest.mark.parametrize("source", ["auto", "blocks"])
async def test_each_recorded_trade_is_stored_once(
    source: str,
    ledger_dir: Path,
    expected: list[dict[str, Any]],
    database: Database,
    postgres_url: str,
    valkey_url: str,
) -> None:
    await follow_all(database, {answer["trader"] for answer in expected})
    replay = ReplayConfig(folder=ledger_dir, per_slot=30, own_blocks=False)
    async with SandboxChain(ChainConfig(slot_seconds=None, confirmed_lag=1, replay=replay)) as chain:
        settings = settings_for(
            [chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url, SCANNER_SOURCE=source
        )
        async with scanning(settings):
            await until_cursor(database, 1)
            for _ in range(32):
                await chain.step()
            await until_cursor(database, chain.api.slot - 3)
    rows = await database.fetch("SELECT signature, wallet, kind FROM activities")
    kinds = {(row["signature"], row["wallet"]): row["kind"] for row in rows}
    trades = [(answer["signature"], answer["trader"]) for answer in expected]
    assert [trade for trade in trades if trade not in kinds] == []
    assert {kinds[trade] for trade in trades} >= {"buy", "sell", "swap"}
    assert await database.fetchval("SELECT count(*) FROM quarantine") == 0
    assert len(rows) == len(kinds)
