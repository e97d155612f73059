"""Scenario 64: while Telegram's edge is away nothing is lost, however long; afterwards each alert has come.

Pauses are scaled with the outage, so that six hours of it pass in seconds.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from domain.circuits import Timing
from domain.delivery import results
from messaging.sending.circuit_breaker import CircuitBreaker
from messaging.sending.rate_limiter import Limiter
from messaging.sending.sender import Sender
from messaging.telegram.methods import Methods
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.server import SandboxTelegram
from storage.chats.watches import add_watch
from storage.coordination.limits import SharedCircuit
from storage.delivery.deliveries import recover
from storage.delivery.system_messages import name_unconfirmed
from storage.postgres import Database
from tests.messaging.senders import Alone, RecordedMethods, running, until, words_sender
from tests.storage.sample_data import WHALE, fan_out_all, follow, happened, purchase, watch_for
from tests.workers.conftest import WorkerTestbed
from workers.delivery_store import StoredOutbox

pytestmark = pytest.mark.services
WHALES = tuple(f"{name}{'w' * 39}" for name in ("Ahab", "Bela", "Coop"))
TELLS = {"sent", "ambiguous"}


@dataclass(kw_only=True)
class Servers:
    """What stands around the senders."""

    database: Database
    telegram: SandboxTelegram
    redis: Redis


@pytest.fixture
def servers(database: Database, telegram: SandboxTelegram, redis_client: Redis) -> Servers:
    return Servers(database=database, telegram=telegram, redis=redis_client)


@dataclass(kw_only=True)
class Outage(Servers):
    """Three wallets trade, two senders send, and Telegram is away for a while."""

    chats: list[int]
    scale: float
    senders: list[Sender] = field(default_factory=list)
    made: int = 0
    recorded: list[RecordedMethods] = field(default_factory=list)

    def sender(self, owner: str, methods: Methods, *, group_messages: bool) -> Sender:
        scale = self.scale
        timing = Timing(
            first_wait=1 / scale,
            max_wait=30 / scale,
            trial=max(5 / scale, 0.2),
            repeat_patience=max(2 / scale, 0.02),
        )
        breaker = CircuitBreaker(SharedCircuit(self.redis, "telegram"), methods.probe, timing=timing)
        limiter = Limiter(Alone(slower=0.001), rate=1000, breaker=breaker)
        self.recorded.append(RecordedMethods(methods))
        outbox = StoredOutbox(self.database, owner=owner, group_messages=group_messages)
        return words_sender(outbox, self.recorded[-1], limiter, group_messages=group_messages)

    async def trade(self) -> None:
        """Each wallet buys once; each of the chats follows it."""
        numbers = range(self.made, self.made + len(WHALES))
        await happened(self.database, *(purchase(n, wallet=WHALES[n % len(WHALES)]) for n in numbers))
        self.made += len(WHALES)
        await fan_out_all(self.database)
        self.wake()

    def wake(self) -> None:
        for sender in self.senders:
            sender.wake()

    async def dispatch(self) -> None:
        """What dispatchers do meanwhile."""
        await recover(self.database)
        await name_unconfirmed(self.database)
        self.wake()

    async def lasts(self, seconds: float) -> None:
        async with asyncio.timeout(seconds + 5):
            for _ in range(5):
                await self.trade()
                await self.dispatch()
                await asyncio.sleep(seconds / 5)

    async def is_over(self) -> bool:
        await self.dispatch()
        rows = await self.database.fetch("SELECT state FROM deliveries")
        return len(rows) >= self.made * len(self.chats) and {row["state"] for row in rows} <= TELLS

    def copies(self, chat_id: int) -> Counter[str]:
        """How often each alert came."""
        texts = [str(entry.text) for entry in self.telegram.ledger.messages(chat_id)]
        return Counter(word for text in texts for word in text.split() if word.startswith("signature"))

    @property
    def unanswered(self) -> int:
        return sum(result.is_outage for one in self.recorded for result in one.results)


@asynccontextmanager
async def trading(
    servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
    *,
    scale: float,
    group_messages: bool = False,
) -> AsyncIterator[Outage]:
    database, telegram = servers.database, servers.telegram
    for name in ("FIRST_WAIT", "MAX_WAIT", "NAMED_AFTER"):
        monkeypatch.setattr(results, name, getattr(results, name) / scale)
    chats = [telegram.people.add_user(f"P{n}", started=True).id for n in range(2)]
    for chat_id in chats:
        await follow(database, chat_id)
        for whale in WHALES:
            await add_watch(database, watch_for(chat_id, wallet=whale), created_by=chat_id)
    outage = Outage(database=database, telegram=telegram, redis=servers.redis, chats=chats, scale=scale)
    clients = [Methods(telegram.token, telegram.url) for _ in range(2)]
    for client in clients:
        await client.open()
    outage.senders += [
        outage.sender(f"sender {n}", client, group_messages=group_messages)
        for n, client in enumerate(clients)
    ]
    async with running(*outage.senders):
        yield outage
    for client in clients:
        await client.close()


OUTAGES = [
    pytest.param(1.0, 1.0, id="a second"),
    pytest.param(3.0, 20.0, id="a minute"),
    pytest.param(3.0, 1200.0, id="an hour"),
    pytest.param(3.0, 7200.0, id="six hours"),
]
AWAY = [
    pytest.param(Fault(fault=FaultKind.HTML, times=None), id="pages of HTML"),
    pytest.param(Fault(fault=FaultKind.HTML, method="sendMessage", times=None), id="HTML for messages only"),
    pytest.param(Fault(fault=FaultKind.REFUSE, times=None), id="connections closed unread"),
]


@pytest.mark.parametrize(("seconds", "scale"), OUTAGES)
@pytest.mark.parametrize("fault", AWAY)
async def test_scenario_64_however_long_telegrams_edge_is_away_each_alert_comes_once(
    servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    seconds: float,
    scale: float,
) -> None:
    async with trading(servers, monkeypatch, scale=scale) as outage:
        await outage.trade()
        await until(outage.is_over)
        fault_id = servers.telegram.faults.add(fault)
        await outage.lasts(seconds)
        servers.telegram.faults.remove(fault_id)
        await outage.trade()
        await until(outage.is_over, seconds=60)
    rows = await servers.database.fetch("SELECT state, count(*) AS number FROM deliveries GROUP BY state")
    assert {row["state"]: row["number"] for row in rows} == {"sent": outage.made * len(outage.chats)}
    for chat_id in outage.chats:
        assert outage.copies(chat_id) == Counter({f"signature-{n}": 1 for n in range(outage.made)})
    assert 0 < outage.unanswered <= 2 * len(outage.chats)


@pytest.mark.parametrize("group_messages", [False, True], ids=["one by one", "in groups"])
async def test_scenario_64_what_did_arrive_comes_a_second_time_at_most_and_marked(
    servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
    group_messages: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    async with trading(servers, monkeypatch, scale=12.0, group_messages=group_messages) as outage:
        fault_id = servers.telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, times=None))
        await outage.lasts(4.0)
        servers.telegram.faults.remove(fault_id)
        await until(outage.is_over, seconds=60)
    repeated = 0
    for chat_id in outage.chats:
        copies = outage.copies(chat_id)
        assert set(copies) == {f"signature-{n}" for n in range(outage.made)}
        assert max(copies.values()) <= 2
        repeated += sum(number - 1 for number in copies.values())
    marked = await servers.database.fetchval("SELECT count(*) FROM deliveries WHERE ambiguous_sends > 0")
    assert repeated <= marked < outage.made * len(outage.chats)


async def test_scenario_64_closed_connections_right_after_a_pause_that_telegram_asked_for_lose_nothing(
    servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with trading(servers, monkeypatch, scale=12.0, group_messages=True) as outage:
        for chat_id in outage.chats:
            servers.telegram.faults.add(Fault(fault=FaultKind.FLOOD, retry_after=3, chat_id=chat_id))
        for _ in range(9):
            await outage.trade()
        await asyncio.sleep(2.8)
        fault_id = servers.telegram.faults.add(Fault(fault=FaultKind.REFUSE, times=None))
        await outage.lasts(4.0)
        servers.telegram.faults.remove(fault_id)
        await until(outage.is_over, seconds=60)
    for chat_id in outage.chats:
        assert outage.copies(chat_id) == Counter({f"signature-{n}": 1 for n in range(outage.made)})


PARTS = [
    pytest.param(FaultKind.HTML, 0.5, id="half of the edge"),
    pytest.param(FaultKind.HTML, 0.8, id="most of the edge"),
    pytest.param(FaultKind.CUT_JSON, 0.5, id="every other answer cut off"),
]


@pytest.mark.parametrize(("kind", "chance"), PARTS)
async def test_scenario_64_where_a_part_of_telegrams_edge_is_away_no_alert_stays_unconfirmed(
    servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
    kind: FaultKind,
    chance: float,
) -> None:
    async with trading(servers, monkeypatch, scale=12.0) as outage:
        fault = Fault(fault=kind, chance=chance, times=None)
        fault_id = servers.telegram.faults.add(fault)
        for _ in range(3):
            await outage.lasts(2.0)
        servers.telegram.faults.remove(fault_id)
        await outage.trade()
        await until(outage.is_over, seconds=60)
    rows = await servers.database.fetch("SELECT state, count(*) AS number FROM deliveries GROUP BY state")
    assert {row["state"]: row["number"] for row in rows} == {"sent": outage.made * len(outage.chats)}
    for chat_id in outage.chats:
        copies = outage.copies(chat_id)
        assert set(copies) == {f"signature-{n}" for n in range(outage.made)}
        assert max(copies.values()) <= 2


@pytest.mark.e2e
async def test_scenario_64_worker_processes_stand_still_together_and_lose_nothing(
    testbed: WorkerTestbed,
) -> None:
    chats = await testbed.people(8)
    for chat_id in chats:
        await follow(testbed.database, chat_id)
    await testbed.started("dispatcher", "notifications")
    testbed.start("notifications", INSTANCE_ID="another")
    await testbed.trades([WHALE], 1)
    await testbed.until_sent(8)
    fault_id = testbed.telegram.faults.add(Fault(fault=FaultKind.HTML, times=None))
    for number in range(1, 4):
        await testbed.trades([WHALE], 1, first=number)
        await asyncio.sleep(1)
    testbed.telegram.faults.remove(fault_id)
    await testbed.until_sent(32)
    assert Counter(entry.chat_id for entry in testbed.telegram.ledger.messages()) == dict.fromkeys(chats, 4)
    ambiguous = await testbed.database.fetchval("SELECT sum(ambiguous_sends) FROM deliveries")
    assert 0 < ambiguous < 24
