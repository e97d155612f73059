"""The quarantine, tried again: what can be decoded now becomes alerts, the rest says why not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest

from chain.rpc.pool import open_rpc
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from scanner.commit.committer import Decoder
from scanner.reconcile.quarantine_retry import QuarantineRetry, retry
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.ingest.quarantine import waiting
from storage.postgres import Database
from tests.scanner.world import CHAIN, Whale, follow, settings_for

pytestmark = pytest.mark.services


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A whale that traded in one slot, followed, and never scanned."""

    chain: SandboxChain
    whale: Whale
    slot: int
    retrying: QuarantineRetry
    database: Database

    async def block(self) -> bytes:
        config = {"encoding": "json", "maxSupportedTransactionVersion": 1, "commitment": "confirmed"}
        return bytes(await self.retrying.rpc.call("getBlock", [self.slot, config]))

    async def quarantine(self, raw: bytes, *, position: int = -1, last_slot: int | None = None) -> None:
        quarantined = QuarantinedTransaction(
            slot=self.slot,
            position=position,
            signature=None,
            reason="then",
            raw=raw,
            block_time=1_700_000_000,
            last_slot=last_slot,
        )
        await store(self.database, Batch(chain=CHAIN, quarantined=[quarantined]))

    async def signatures(self) -> list[str]:
        rows = await self.database.fetch("SELECT signature FROM activities ORDER BY signature")
        return [row["signature"] for row in rows]


@pytest.fixture
async def case(database: Database) -> AsyncIterator[Case]:
    async with SandboxChain(ChainConfig(slot_seconds=None, confirmed_lag=1)) as chain:
        whale = Whale(chain)
        await chain.step()
        await follow(database, whale.address)
        slot = chain.api.slot
        whale.trade()
        for _ in range(3):
            await chain.step()
        async with open_rpc([Secret(chain.rpc_url)]) as rpc:
            retrying = QuarantineRetry(
                database=database,
                rpc=rpc,
                decoder=Decoder(chain=CHAIN),
                commitment="confirmed",
                watched=frozenset({whale.address}),
            )
            yield Case(chain=chain, whale=whale, slot=slot, retrying=retrying, database=database)


async def test_a_transaction_that_is_understood_now_becomes_an_alert_of_its_time(case: Case) -> None:
    listed = msgspec.json.decode(await case.block(), type=dict[str, msgspec.Raw])["transactions"]
    (transaction,) = msgspec.json.decode(listed, type=list[msgspec.Raw])
    await case.quarantine(bytes(transaction), position=-2)
    assert await case.retrying.all(Stop()) == (1, 0)
    assert await case.signatures() == case.whale.done
    happened_at = await case.database.fetchval("SELECT block_time FROM alerts")
    assert happened_at.timestamp() == 1_700_000_000
    assert await waiting(case.database, chain=CHAIN) == []


async def test_a_whole_block_is_understood_now(case: Case) -> None:
    await case.quarantine(await case.block())
    assert await case.retrying.all(Stop()) == (1, 0)
    assert await case.signatures() == case.whale.done


async def test_slots_that_nobody_gave_are_asked_for_again(case: Case) -> None:
    await case.quarantine(b"", last_slot=case.slot + 1)
    assert await case.retrying.all(Stop()) == (1, 0)
    assert await case.signatures() == case.whale.done


async def test_what_is_still_not_understood_stays_with_todays_reason(case: Case) -> None:
    await case.quarantine(b'{"meta":', position=-2)
    await case.quarantine(await case.block(), position=-1)
    assert await case.retrying.all(Stop()) == (1, 1)
    (left,) = await waiting(case.database, chain=CHAIN)
    assert left.reason != "then"
    assert left.raw == b'{"meta":'


async def test_trying_twice_alerts_nothing_twice(case: Case) -> None:
    await case.quarantine(await case.block())
    await case.retrying.all(Stop())
    await case.database.execute("UPDATE quarantine SET decoded_at = NULL")
    await case.retrying.all(Stop())
    assert await case.database.fetchval("SELECT count(*) FROM alerts") == 1


async def test_the_command_prints_what_came_of_each_row(
    case: Case, postgres_url: str, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await case.quarantine(b"nonsense", position=-2)
    settings = settings_for([case.chain.rpc_url], [], database=postgres_url, redis=valkey_url)
    await retry(settings, Stop())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"slot {case.slot}: still cannot be decoded:")
    assert lines[-1] == "0 decoded, 1 still in quarantine"
