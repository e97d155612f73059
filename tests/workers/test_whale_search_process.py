"""The whale-search worker end to end: real processes killed in the middle, against the chain's record."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from chain.blocks.decoding import block_activities
from chain.rpc.blocks import block, blocks_between
from chain.rpc.pool import open_rpc
from domain.activity.activity import Activity
from domain.jobs import Queue, SearchStepPayload
from domain.whale_search import LAMPORTS, Findings, Whale, WhaleSearch, WhaleSearchStatus, findings
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from sandbox.local import LocalConfig, LocalSandbox
from sandbox.telegram.config import FloodLimits, TelegramConfig
from storage.coordination.queues import Queues
from storage.redis import open_queue_redis
from storage.whales.addresses import top_whales
from storage.whales.searches import NewWhaleSearch, latest_search, start_search, stop_search
from tests.workers.conftest import WorkerTestbed, follow

pytestmark = [pytest.mark.services, pytest.mark.e2e]
ALERT_SECONDS = 2.0
BUSY = LocalConfig(slot_seconds=0.1, telegram=TelegramConfig(limits=FloodLimits(enabled=False)))


@dataclass(frozen=True, kw_only=True)
class SearchRun:
    """A trading town, a worker's surroundings, and a whale search."""

    testbed: WorkerTestbed
    sandbox: LocalSandbox

    async def start(self) -> None:
        new = NewWhaleSearch(
            chain="sandbox",
            update_id=1,
            started_by=1,
            chat_id=1,
            min_lamports=LAMPORTS,
            slots_per_step=4,
            seconds=1800,
        )
        await start_search(self.testbed.database, new)
        await self.forget()

    async def forget(self) -> None:
        """As if thirty seconds had passed since the last sign of life."""
        await self.testbed.database.execute(
            "UPDATE whale_searches SET heartbeat_at = now() - interval '31 seconds'"
        )

    async def stands(self) -> WhaleSearch:
        search = await latest_search(self.testbed.database, chain="sandbox")
        assert search is not None
        return search

    async def until_scanned(self, slots: int) -> WhaleSearch:
        async with asyncio.timeout(20):
            while (search := await self.stands()).slots_scanned < slots:  # noqa: ASYNC110 - rows raise no events
                await asyncio.sleep(0.02)
        return search

    async def truth(self, search: WhaleSearch) -> Findings:
        """Return what the chain's own blocks hold of the slots that the whale search says it has counted."""
        activities: list[Activity] = []
        async with open_rpc([Secret(self.sandbox.chain.rpc_url)]) as rpc:
            first, last = (search.first_slot or 0) + 1, search.last_slot or 0
            for slot in await blocks_between(rpc, first, last, commitment="confirmed"):
                raw = await block(rpc, slot, commitment="confirmed")
                activities += block_activities(raw, slot=slot, chain="sandbox", watched=None).activities
        return findings(activities, min_lamports=search.min_lamports)


@pytest.fixture
async def run(testbed: WorkerTestbed) -> AsyncIterator[SearchRun]:
    async with LocalSandbox(BUSY) as sandbox:
        testbed.environment["RPC_URLS"] = sandbox.chain.rpc_url
        yield SearchRun(testbed=testbed, sandbox=sandbox)


async def test_c_3_killed_again_and_again_it_skips_no_slot_and_counts_none_twice(run: SearchRun) -> None:
    await run.start()
    _, worker = await run.testbed.started("dispatcher", "whale-search")
    for slots in (20, 45, 70):
        await run.until_scanned(slots)
        worker.send_signal(signal.SIGKILL)
        await asyncio.to_thread(worker.wait, 10)
        await run.forget()
        worker = run.testbed.start("whale-search")
    await run.until_scanned(90)
    search = await stop_search(run.testbed.database, chain="sandbox")
    assert search is not None
    assert search.status is WhaleSearchStatus.STOPPED
    expected = await run.truth(search)
    found = await top_whales(run.testbed.database, chain="sandbox", limit=10_000)
    assert search.slots_scanned == (search.last_slot or 0) - (search.first_slot or 0)
    assert (search.swaps, search.transfers) == (expected.swaps, expected.transfers)
    assert search.volume == expected.volume
    assert {whale.address: _sums(whale) for whale in found} == {
        one.address: (one.times_seen, one.volume, one.largest, one.slot) for one in expected.sightings
    }
    assert (
        len({one.address for one in run.sandbox.simulation.whales} & {whale.address for whale in found}) >= 3
    )


async def test_a_thousand_steps_that_wait_hold_up_no_alert(run: SearchRun) -> None:
    testbed = run.testbed
    wallets = [f"wallet-{number}" for number in range(20)]
    for chat_id, wallet in zip(await testbed.people(20), wallets, strict=True):
        await follow(testbed.database, chat_id, wallet=wallet)
    await run.start()
    search = await run.stands()
    with open_queue_redis(testbed.environment["REDIS_URL"]) as client:
        queues = Queues(client)
        for number in range(1_000):
            payload = SearchStepPayload(search_id=search.search_id, step_number=number)
            await queues.send(Queue.WHALE_SEARCH, payload)
        assert await queues.depth(Queue.WHALE_SEARCH) == 1_000
        await testbed.started("dispatcher", "notifications", "whale-search")
        seconds = []
        for number, wallet in enumerate(wallets):
            began = monotonic()
            await testbed.trades([wallet], 1, first=number)
            await testbed.until_messages(number + 1)
            seconds.append(monotonic() - began)
        assert max(seconds) < ALERT_SECONDS
    await run.until_scanned(4)


def _sums(whale: Whale) -> tuple[int, int, int, int]:
    return whale.times_seen, whale.volume, whale.largest, whale.last_slot
