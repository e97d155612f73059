"""Each role of deploy/redis/users.acl may do what its programs do, and nothing else."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from redis.exceptions import NoPermissionError

from bench.compose_file import ROOT
from domain.jobs import DeliverPayload, Queue
from domain.rate_limits import RateLimit
from storage import keys
from storage.admin.figures import queue_figures, redis_figures
from storage.coordination.limits import Limits
from storage.coordination.queue_workers import make_worker
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps, wake
from storage.redis import check_queue_server, open_blocking_redis, open_redis

pytestmark = pytest.mark.services
USERS = {
    line.split()[1]: line.split()[2:]
    for line in (ROOT / "deploy" / "redis" / "users.acl").read_text("utf-8").splitlines()
}
PASSWORD = "a-password-of-a-test"
FORBIDDEN = (["FLUSHALL"], ["CONFIG", "SET", "maxmemory", "1"], ["KEYS", "*"], ["ACL", "LIST"], ["SHUTDOWN"])


@pytest.fixture
def url_of(valkey_url: str) -> Iterator[Callable[[str], str]]:
    """The address of the server for a role."""
    parts = urlsplit(valkey_url)
    with open_blocking_redis(valkey_url) as admin:
        for name, rules in USERS.items():
            if name != "default":  # which this test needs itself
                words = [f">{PASSWORD}" if rule.startswith(">") else rule for rule in rules]
                admin.execute_command("ACL", "SETUSER", name, "reset", *words)

        def made(role: str) -> str:
            return urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{parts.hostname}:{parts.port}"))

        yield made
        admin.execute_command("ACL", "DELUSER", *(set(USERS) - {"default"}))


async def test_a_worker_takes_jobs_of_the_dispatcher_and_keeps_the_limits(
    url_of: Callable[[str], str],
) -> None:
    with open_blocking_redis(url_of("dispatcher")) as enqueuing:
        queues = Queues(enqueuing)
        await queues.send(Queue.NOTIFICATIONS, DeliverPayload())
        assert await queues.depth(Queue.NOTIFICATIONS) == 1
        with open_blocking_redis(url_of("worker")) as client:
            make_worker(Queue.NOTIFICATIONS, client, name="one").work(burst=True, logging_level="ERROR")
        assert await queues.depth(Queue.NOTIFICATIONS) == 0
    async with open_redis(url_of("worker")) as client:
        await check_queue_server(client)
        limit = RateLimit(scope="bot", interval=1.0, burst=1)
        assert await Limits(client).admit([limit]) == 0.0
    async with open_redis(url_of("dispatcher")) as client:
        assert (await redis_figures(client)).keys > 0
        assert len(await queue_figures(client)) == len(Queue)


async def test_a_scanner_wakes_the_dispatcher_and_touches_neither_sessions_nor_jobs(
    url_of: Callable[[str], str],
) -> None:
    async with open_redis(url_of("scanner")) as scanner, open_redis(url_of("dispatcher")) as dispatcher:
        listening = WakeUps(dispatcher, keys.ALERTS_CHANNEL)
        await listening.wait(0.05)
        assert await wake(scanner, keys.ALERTS_CHANNEL) == 1
        await listening.close()
        await scanner.xadd(keys.batches("solana", 1), {"a": "b"})
        for key in (keys.session(1, 2), "rq:queue:notifications", keys.limit("bot")):
            with pytest.raises(NoPermissionError):
                await scanner.get(key)
        with pytest.raises(NoPermissionError):
            await scanner.publish(keys.DELIVERIES_CHANNEL, "")


async def test_a_bot_keeps_sessions_and_no_worker_reads_them(url_of: Callable[[str], str]) -> None:
    async with open_redis(url_of("bot")) as bot, open_redis(url_of("worker")) as worker:
        await bot.set(keys.session(1, 2), "waits", ex=60)
        assert await bot.get(keys.session(1, 2)) == "waits"
        with pytest.raises(NoPermissionError):
            await worker.get(keys.session(1, 2))


@pytest.mark.parametrize("role", sorted(set(USERS) - {"default"}))
async def test_nobody_may_empty_change_or_list_the_server(url_of: Callable[[str], str], role: str) -> None:
    async with open_redis(url_of(role)) as client:
        for words in FORBIDDEN:
            with pytest.raises(NoPermissionError):
                await client.execute_command(*words)  # type: ignore[no-untyped-call]


def test_every_channel_is_heard_by_somebody() -> None:
    channels = {value for name, value in vars(keys).items() if name.endswith("_CHANNEL")}
    allowed = {rule[1:] for rules in USERS.values() for rule in rules if rule.startswith("&")}
    assert channels <= allowed
    assert USERS["default"] == ["off"]
    assert all(re.fullmatch(r">set-me", rules[1]) for name, rules in USERS.items() if name != "default")
