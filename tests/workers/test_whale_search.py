"""Steps of a whale search on the sandbox's chain: what is found, what fails, how it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from chain.rpc.pool import open_rpc
from domain.backoff import Backoff
from domain.jobs import DeliverPayload, Queue, SearchStepPayload, read, write
from domain.whale_search import LAMPORTS, MAX_ERRORS_IN_ROW, WhaleSearch, WhaleSearchStatus
from messaging.telegram.methods import Message
from runtime.settings.loading import load_settings
from runtime.settings.secret import Secret
from sandbox.telegram.faults import Fault, FaultKind
from storage.coordination.queues import Queues
from storage.redis import open_blocking_redis
from storage.whales.addresses import top_whales
from storage.whales.searches import (
    NewWhaleSearch,
    latest_search,
    restart_search,
    set_card_message,
    start_search,
    stop_search,
)
from tests.chain.nodes import error, node
from tests.workers.questions.asking import Asking, asking
from workers import whale_search as module
from workers.process import Context
from workers.whale_search import do_step, step

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(module, "BACKOFF", Backoff(first_wait=0.001, max_wait=0.001))


@dataclass(frozen=True, kw_only=True)
class SearchRun:
    """A worker, and an operator who has started a whale search."""

    asking: Asking
    context: Context
    queues: Queues
    olga: int

    async def start(self, *, minimum: int = 5, seconds: float = 1800, update_id: int = 1) -> WhaleSearch:
        new = NewWhaleSearch(
            chain="sandbox",
            update_id=update_id,
            started_by=self.olga,
            chat_id=self.olga,
            min_lamports=minimum * LAMPORTS,
            slots_per_step=4,
            seconds=seconds,
        )
        return await start_search(self.context.database, new)

    async def stands(self) -> WhaleSearch:
        search = await latest_search(self.context.database, chain="sandbox")
        assert search is not None
        return search

    async def step(self, context: Context | None = None) -> WhaleSearch:
        """Do the step whose step_number it is."""
        search = await self.stands()
        payload = SearchStepPayload(search_id=search.search_id, step_number=search.step_number)
        await do_step(context or self.context, payload)
        return await self.stands()

    async def steps_until(self, slot: int) -> WhaleSearch:
        search = await self.stands()
        while (search.last_slot or 0) < slot:
            search = await self.step()
            assert search.status is WhaleSearchStatus.RUNNING
        return search

    def payloads(self) -> list[object]:
        return [read(job.args[0]) for job in self.queues._queues[Queue.WHALE_SEARCH].jobs]

    def announced(self, chat_id: int) -> list[str]:
        return [entry.text or "" for entry in self.asking.sandbox.telegram.ledger.messages(chat_id)]


@pytest.fixture
async def run(postgres_url: str, valkey_url: str) -> AsyncIterator[SearchRun]:
    async with asking(postgres_url) as run:
        olga = run.sandbox.telegram.people.add_user("Olga", started=True).id
        other = run.chat_id
        with open_blocking_redis(valkey_url) as client:
            queues = Queues(client)
            settings = load_settings({"CHAIN": "sandbox", "ADMIN_IDS": f"{olga},{other}"})
            context = replace(run.context, job_queues=queues, settings=settings)
            yield SearchRun(asking=run, context=context, queues=queues, olga=olga)


@asynccontextmanager
async def refusing(context: Context) -> AsyncIterator[Context]:
    """The same worker with a node that refuses everything."""
    async with (
        node(lambda _: error(-32601, "the plan has ended")) as url,
        open_rpc([Secret(f"{url}/?key=secret-key")]) as rpc,
    ):
        yield replace(context, rpc=rpc)


async def test_it_begins_at_the_head_and_asks_for_its_next_step(run: SearchRun) -> None:
    await run.start()
    search = await run.step()
    assert search.first_slot == search.last_slot
    assert search.slots_scanned == 0
    assert run.payloads() == [SearchStepPayload(search_id=search.search_id, step_number=search.step_number)]


async def test_it_finds_the_whales_that_move_enough(run: SearchRun) -> None:
    testbed = run.asking.sandbox.simulation
    await run.start(minimum=5)
    await run.step()
    big, small, sender = testbed.whales[:3]
    testbed.buy(big, testbed.token("MITTEN"), 9 * LAMPORTS)
    testbed.buy(small, testbed.token("MITTEN"), 4 * LAMPORTS)
    activity = testbed.send_sol(sender, big.address, 6 * LAMPORTS)
    search = await run.steps_until(activity.slot)
    whales = {
        whale.address: whale for whale in await top_whales(run.context.database, chain="sandbox", limit=50)
    }
    assert small.address not in whales
    assert whales[big.address].kinds == ("buy",)
    assert whales[big.address].volume >= 9 * LAMPORTS
    assert whales[sender.address].kinds == ("transfer_out",)
    assert whales[sender.address].volume == 6 * LAMPORTS
    assert (search.swaps, search.transfers) == (1, 1)
    assert search.volume == max(w.volume for w in whales.values()) + 6 * LAMPORTS
    assert search.addresses_found == len(whales)
    assert search.requests >= 3


async def test_its_card_shows_how_it_is_until_its_end(
    run: SearchRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CARD_SECONDS", 0.0)
    search = await run.start()
    telegram = run.asking.sandbox.telegram
    card = await run.context.telegram.send(Message(chat_id=run.olga, text="Started."))
    assert card.message_id is not None
    await set_card_message(
        run.context.database, search.search_id, chat_id=run.olga, message_id=card.message_id
    )
    since = telegram.ledger.last
    begun = await run.step()
    await stop_search(run.context.database, chain="sandbox")
    await restart_search(run.context.database, chain="sandbox", seconds=-1)
    assert (await run.step()).status is WhaleSearchStatus.EXPIRED
    texts = [entry.text or "" for entry in telegram.ledger.since(since, kind="edit")]
    assert f"the last one {begun.last_slot:,}" in texts[0]
    assert "🏁 expired" in texts[-1]
    assert begun.credits >= begun.requests > 0


async def test_a_payload_that_comes_twice_does_nothing_the_second_time(run: SearchRun) -> None:
    search = await run.start()
    payload = SearchStepPayload(search_id=search.search_id, step_number=search.step_number)
    await do_step(run.context, payload)
    await do_step(run.context, payload)
    assert len(run.payloads()) == 1


async def test_of_many_workers_with_the_same_payload_one_does_the_step(run: SearchRun) -> None:
    await run.start()
    begun = await run.step()
    payload = SearchStepPayload(search_id=begun.search_id, step_number=begun.step_number)
    await run.asking.sandbox.next_block()
    await asyncio.gather(*(do_step(run.context, payload) for _ in range(6)))
    search = await run.stands()
    assert search.step_number == begun.step_number + 2
    assert search.slots_scanned == (search.last_slot or 0) - (begun.last_slot or 0)
    assert len(run.payloads()) == 2


async def test_ten_errors_fail_it_and_operators_hear_the_last_one(run: SearchRun) -> None:
    await run.start()
    await run.step()
    async with refusing(run.context) as unreachable:
        for _ in range(MAX_ERRORS_IN_ROW - 1):
            assert (await run.step(unreachable)).status is WhaleSearchStatus.RUNNING
        assert run.announced(run.olga) == []
        assert (await run.step(unreachable)).status is WhaleSearchStatus.FAILED
    for operator in (run.olga, run.asking.chat_id):
        (text,) = run.announced(operator)
        assert "failed after 10 errors in a row" in text
        assert "the plan has ended (-32’601)" in text  # no client takes it for a telephone number
        assert "secret-key" not in text
    count = len(run.payloads())
    await run.step()
    assert len(run.payloads()) == count
    assert len(run.announced(run.olga)) == 1


async def test_an_error_passes_and_no_slot_is_lost_by_it(run: SearchRun) -> None:
    await run.start()
    begun = await run.step()
    async with refusing(run.context) as unreachable:
        failed = await run.step(unreachable)
    assert (failed.errors_in_row, failed.last_slot) == (1, begun.last_slot)
    for _ in range(3):
        await run.asking.sandbox.next_block()
    search = await run.steps_until((begun.last_slot or 0) + 2)
    assert (search.errors, search.errors_in_row) == (1, 0)
    assert search.slots_scanned == (search.last_slot or 0) - (begun.last_slot or 0)


async def test_an_end_that_telegram_refused_is_announced_later(run: SearchRun) -> None:
    await run.start(seconds=-1)
    run.asking.sandbox.telegram.faults.add(Fault(fault=FaultKind.SERVER_ERROR, code=500))
    assert (await run.step()).status is WhaleSearchStatus.EXPIRED
    assert run.announced(run.olga) == []
    await run.step()
    (text,) = run.announced(run.olga)
    assert "time of this whale search is over" in text
    await run.step()
    assert len(run.announced(run.olga)) == 1


async def test_a_stopped_one_takes_no_step_and_says_nothing(run: SearchRun) -> None:
    await run.start()
    await run.step()
    await stop_search(run.context.database, chain="sandbox")
    count = len(run.payloads())
    assert (await run.step()).status is WhaleSearchStatus.STOPPED
    assert len(run.payloads()) == count
    assert run.announced(run.olga) == []


async def test_without_redis_the_step_is_stored_and_waits_for_the_dispatcher(run: SearchRun) -> None:
    await run.start()
    with open_blocking_redis("redis://127.0.0.1:1/0") as client:
        search = await run.step(replace(run.context, job_queues=Queues(client)))
    assert search.last_slot is not None
    assert search.errors == 0


def test_a_payload_of_another_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="whale-search"):
        step(write(DeliverPayload()))
