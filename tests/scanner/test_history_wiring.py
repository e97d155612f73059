"""What a whale did before somebody followed it is read from a chain, by whatever its nodes offer."""

import pytest

from runtime.observability.metrics import rpc_requests
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from storage.market.history import history_progress
from storage.postgres import Database
from tests.scanner.world import (
    CHAIN,
    Whale,
    follow_and_say_so,
    scanning,
    settings_for,
    until,
    until_cursor,
)

pytestmark = pytest.mark.services
HISTORY, SIGNATURES = "getTransactionsForAddress", "getSignaturesForAddress"


def _asked(method: str) -> float:
    samples = [sample for metric in rpc_requests.collect() for sample in metric.samples]
    return sum(one.value for one in samples if one.name.endswith("_total") and one.labels["method"] == method)


@pytest.mark.parametrize(
    ("is_offered", "omits", "method"),
    [(True, False, HISTORY), (False, False, SIGNATURES), (True, True, SIGNATURES)],
)
async def test_all_that_a_whale_did_before_is_read(
    database: Database,
    postgres_url: str,
    valkey_url: str,
    *,
    is_offered: bool,
    omits: bool,
    method: str,
) -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.05, address_history=is_offered)) as chain:
        if omits:
            chain.faults.add(Fault(fault="omit", times=None))
        whale = Whale(chain)
        whale.trade(6)
        settings = settings_for([chain.rpc_url], [], database=postgres_url, redis=valkey_url)
        before = _asked(method)
        async with scanning(settings):
            await until(lambda: database.fetchval("SELECT head_of($1)", CHAIN))
            await follow_and_say_so(database, whale.address, valkey_url)

            async def has_ended() -> bool:
                progress = await history_progress(database, chain=CHAIN, wallet=whale.address)
                return progress is not None and progress.has_ended

            await until(has_ended)
        progress = await history_progress(database, chain=CHAIN, wallet=whale.address)
        assert progress is not None
        assert progress.transactions == len(whale.landed) + 1, "and its funding"
        assert _asked(method) > before
        assert await database.fetchval("SELECT count(*) FROM history_transactions") == 0


async def test_nothing_is_read_where_the_operator_wants_none(
    database: Database, postgres_url: str, valkey_url: str
) -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.05)) as chain:
        whale = Whale(chain)
        settings = settings_for(
            [chain.rpc_url], [], database=postgres_url, redis=valkey_url, HISTORY_TRANSACTIONS="0"
        )
        async with scanning(settings):
            await until(lambda: database.fetchval("SELECT head_of($1)", CHAIN))
            await follow_and_say_so(database, whale.address, valkey_url)
            await until_cursor(database, chain.api.slot + 10)
        assert await history_progress(database, chain=CHAIN, wallet=whale.address) is None
