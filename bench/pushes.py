"""Pushes to webhooks: how many a CPU second, and what one dead receiver in ten costs the others.

From a claimed row to a stored result, signed and over TLS, by the real worker in a process of its own. The
receivers are in this process, so that seconds of the clock say little: trust CPU seconds and ratios.
"""

import asyncio
import base64
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import psutil

from bench.delivery_testbed import CHAIN, DeliveryTestbed, open_testbed, trade
from bench.figures import Figures
from domain.webhooks import WebhookForm
from sandbox.receiver import HOST, Behaviour, Receiver, Tls, answers, hangs, make_tls
from storage.coordination.wake_ups import wake
from storage.ingest.activities import Batch, store
from storage.keys import DELIVERIES_CHANNEL
from storage.postgres import Connection
from storage.sealing import Sealer
from storage.webhooks.new_pushes import push_alerts
from storage.webhooks.webhooks import NewWebhook, WebhookTable

KEY = b"k" * 32
WEBHOOKS = 100
ALERTS = 120
"""Pushed to each of them."""
RECEIVERS = 10
RATE = 10
"""Alerts a second, each pushed to every receiver."""
SECONDS = 8
WARM_SECONDS = 3
PAIRS = 3
"""With all well and with one dead, by turns."""
FIRST_SLOT = 351_000_000


async def measure() -> Figures:
    """Both parts."""
    return await _measure_throughput() | await _measure_isolation()


async def _measure_throughput() -> Figures:
    count, done = WEBHOOKS * ALERTS, asyncio.Event()
    receiver = Receiver(on_push=lambda _: done.set() if len(receiver.received) >= count else None)
    async with _testbed(receiver.tls) as testbed, receiver:
        chats = await _make_webhooks(testbed, [receiver.url] * WEBHOOKS)
        for number in range(ALERTS):
            await _push(testbed, await _alert(testbed, number), chats)
        await testbed.database.execute("ANALYZE")
        async with _worker(testbed) as process:
            await testbed.database.execute("UPDATE webhooks SET rests_until = NULL")
            begun, spent = time.perf_counter(), _cpu(process)
            await wake(testbed.redis, DELIVERIES_CHANNEL)
            async with asyncio.timeout(180):
                await done.wait()
                while await _waiting(testbed):  # noqa: ASYNC110 - rows raise no events
                    await asyncio.sleep(0.02)
            seconds, core = time.perf_counter() - begun, _cpu(process) - spent
    missed = count - len({push.headers["webhook-id"] for push in receiver.received})
    print(f"pushes, signed, over TLS, to {WEBHOOKS} webhooks {count / seconds:>12,.0f} a second")
    print(f"  a CPU second of the worker {count / core:>28,.0f}   (missed {missed})")
    return {"pushes_per_core_second": count / core, "pushes_per_second": count / seconds, "missed": missed}


async def _measure_isolation() -> Figures:
    """The others' time from commit to receipt, with one receiver in ten that never answers and without."""
    tls = make_tls([HOST])
    with_dead: list[float] = []
    without: list[float] = []
    for _ in range(PAIRS):
        without.append(await _others_p99(tls, answers(204)))
        with_dead.append(await _others_p99(tls, hangs))
    ratio = statistics.median(with_dead) / statistics.median(without)
    print(f"others' p99 with one dead receiver in {RECEIVERS}: {ratio:.2f} times that without")
    return {
        "others_p99_ms": 1000 * statistics.median(without),
        "others_p99_ms_with_dead": 1000 * statistics.median(with_dead),
        "dead_receiver_p99_ratio": ratio,
    }


async def _others_p99(tls: Tls, first: Behaviour) -> float:
    receivers = [Receiver(tls=tls, usual=first), *(Receiver(tls=tls) for _ in range(RECEIVERS - 1))]
    async with AsyncExitStack() as stack:
        testbed = await stack.enter_async_context(_testbed(tls))
        for receiver in receivers:
            await stack.enter_async_context(receiver)
        chats = await _make_webhooks(testbed, [receiver.url for receiver in receivers])
        alerts = [await _alert(testbed, number) for number in range(RATE * (WARM_SECONDS + SECONDS))]
        await stack.enter_async_context(_worker(testbed))
        committed: dict[str, float] = {}
        begun = time.monotonic()
        for number, alert_id in enumerate(alerts):
            await asyncio.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            await _push(testbed, alert_id, chats)
            committed[str(alert_id)] = time.monotonic()
            await wake(testbed.redis, DELIVERIES_CHANNEL)
        others = receivers[1:]
        async with asyncio.timeout(60):
            while any(len(receiver.received) < len(alerts) for receiver in others):  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.02)
        warm = set(map(str, alerts[: RATE * WARM_SECONDS]))
        late = [
            push.at - committed[alert_id]
            for receiver in others
            for push in receiver.received
            if (alert_id := json.loads(push.body)["data"]["alert_id"]) not in warm
        ]
    return statistics.quantiles(late, n=100)[98]


@asynccontextmanager
async def _testbed(tls: Tls) -> AsyncIterator[DeliveryTestbed]:
    """Servers, and what a worker needs to believe the receivers."""
    with tempfile.NamedTemporaryFile(suffix=".pem") as certificate:
        certificate.write(tls.certificate)
        certificate.flush()
        async with open_testbed(
            SECRETS_KEY=base64.b64encode(KEY).decode(),
            WEBHOOK_ALLOW_NETWORKS=f"{HOST}/32",
            SSL_CERT_FILE=certificate.name,
        ) as testbed:
            yield testbed


async def _make_webhooks(testbed: DeliveryTestbed, urls: Sequence[str]) -> list[int]:
    """A chat with a webhook for each address."""
    chats = list(range(1, len(urls) + 1))
    await testbed.database.execute("INSERT INTO chats (chat_id) SELECT unnest($1::bigint[])", chats)
    table = WebhookTable(database=testbed.database, sealer=Sealer([KEY]))
    for chat, url in zip(chats, urls, strict=True):
        new = NewWebhook(
            chat_id=chat, owner_id=chat, form=WebhookForm.STANDARD, host=HOST, url=url, secret=b"s" * 32
        )
        await table.add(new, limit=1)
    return chats


async def _alert(testbed: DeliveryTestbed, number: int) -> int:
    """One alert that nobody's chat gets."""
    await testbed.database.execute(
        "INSERT INTO wallets (chain, address) VALUES ($1, 'wallet-0') ON CONFLICT DO NOTHING", CHAIN
    )
    (alert_id,) = await store(
        testbed.database, Batch(chain=CHAIN, activities=[trade(FIRST_SLOT + number, "wallet-0")])
    )
    return alert_id


async def _push(testbed: DeliveryTestbed, alert_id: int, chats: Sequence[int]) -> None:
    """Commit pushes of an alert for each of the chats, as the fan-out does."""

    async def work(connection: Connection) -> None:
        await push_alerts(connection, [(alert_id, chat, None) for chat in chats])

    await testbed.database.transaction(work)


async def _waiting(testbed: DeliveryTestbed) -> int:
    number: int = await testbed.database.fetchval(
        "SELECT count(*) FROM deliveries WHERE channel = 'webhook' AND state <> 'sent'"
    )
    return number


@asynccontextmanager
async def _worker(testbed: DeliveryTestbed) -> AsyncIterator[psutil.Process]:
    """The worker of the notifications queue, ready when the block begins; nothing is claimed before."""
    await testbed.database.execute("DELETE FROM instances")
    await testbed.database.execute("UPDATE webhooks SET rests_until = now() + interval '1 hour'")
    process = await testbed.start("notifications", name="notifications-0", settings={})
    try:
        await testbed.until_ready(1)
        await testbed.database.execute("UPDATE webhooks SET rests_until = NULL")
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
