"""Rate limits count for all processes together.
The state of a breaker in Redis is the one of domain/circuits.py, for all processes together.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from domain.circuits import Asker, Leave, Timing
from domain.rate_limits import RateLimit
from runtime.embedded.valkey import EmbeddedValkey
from storage import keys
from storage.coordination.limits import Limits, SharedCircuit
from storage.redis import RedisClient, open_redis

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
BOT = RateLimit(scope="bot", interval=60.0, burst=5)
CHAT = RateLimit(scope="chat:1", interval=60.0)
TIMING = Timing(first_wait=0.2, max_wait=0.4, probe=5.0, trial=5.0, repeat_patience=0.3)


@pytest.mark.services
async def test_a_burst_is_admitted_and_no_more(redis_client: Redis) -> None:
    waits = await asyncio.gather(*(Limits(redis_client).admit([BOT]) for _ in range(12)))
    assert sum(wait == 0 for wait in waits) == 5
    assert all(wait is not None and wait <= 60 for wait in waits)


@pytest.mark.services
async def test_all_limits_admit_or_none_is_charged(redis_client: Redis) -> None:
    limits = Limits(redis_client)
    assert await limits.admit([BOT, CHAT]) == 0
    for _ in range(10):
        assert await limits.admit([BOT, CHAT]) != 0
    admitted = [await limits.admit([BOT]) for _ in range(5)]
    assert admitted.count(0) == 4


@pytest.mark.services
async def test_a_pause_applies_to_every_process_and_only_grows(redis_client: Redis) -> None:
    limits = Limits(redis_client)
    await limits.pause("bot", 30)
    await limits.pause("bot", 1)
    wait = await limits.admit([BOT])
    assert wait is not None
    assert 25 < wait <= 30


@pytest.mark.services
async def test_what_is_forgotten_is_admitted_again_and_nothing_else_is(redis_client: Redis) -> None:
    limits, other = Limits(redis_client), RateLimit(scope="chat:2", interval=60.0)
    assert await limits.admit([CHAT]) == await limits.admit([other]) == 0
    await limits.forget(CHAT)
    assert await limits.admit([CHAT]) == 0
    assert await limits.admit([CHAT]) != 0
    assert await limits.admit([other]) != 0


@pytest.mark.services
async def test_many_requests_at_once_are_answered_in_their_order(redis_client: Redis) -> None:
    limits, limit = Limits(redis_client), RateLimit(scope="chat:5", interval=10.0, burst=2)
    waits = await limits.admit_all([[limit]] * 3)
    assert waits is not None
    assert waits[:2] == [0.0, 0.0]
    assert 9 < waits[2] <= 10
    await limits.pause(limit.scope, 60.0)
    paused = await limits.admit_all([[limit]])
    assert paused is not None
    assert 50 < paused[0] <= 60


async def test_an_absent_redis_gives_no_answer() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    assert await Limits(client).admit([BOT]) is None
    assert await Limits(client).admit_all([[BOT]]) is None
    await Limits(client).pause("bot", 1)
    await Limits(client).forget(BOT)
    await client.aclose()


@pytest.mark.services
@pytest.mark.parametrize("written", ["inf", "nan", "never", "99999999999", "-inf", "1e300"])
async def test_a_bucket_that_cannot_be_is_cut_to_what_is_possible_and_healed(
    redis_client: Redis, written: str
) -> None:
    limit = RateLimit(scope="bot", interval=0.1, burst=3)
    await redis_client.set(keys.limit("bot"), written)
    limits = Limits(redis_client)
    assert await limits.admit([limit]) == 0.0
    waits = [await limits.admit([limit]) for _ in range(5)]
    assert all(wait is not None and wait <= 0.2 for wait in waits)
    assert 0 < await redis_client.pttl(keys.limit("bot")) < 5_000


@pytest.mark.services
@pytest.mark.parametrize("written", ["inf", "nan inf", "99999999999 inf", "never", "99999999999"])
async def test_a_pause_that_cannot_be_is_none(redis_client: Redis, written: str) -> None:
    await redis_client.set(keys.pause("bot"), written)
    limits = Limits(redis_client)
    assert await limits.admit([BOT]) == 0.0
    await limits.pause("bot", 30)
    wait = await limits.admit([BOT])
    assert wait is not None
    assert 25 < wait <= 30


@pytest.mark.services
@pytest.mark.parametrize("written", ["1e300 1e300", "99999999999 99999999999"])
async def test_a_pause_of_a_time_that_never_ends_is_cut_to_an_hour(redis_client: Redis, written: str) -> None:
    await redis_client.set(keys.pause("bot"), written)
    wait = await Limits(redis_client).admit([BOT])
    assert wait is not None
    assert wait <= 3_600
    assert 0 < await redis_client.pttl(keys.pause("bot")) <= 3_601_000


@pytest.mark.services
async def test_a_pause_that_telegram_makes_endless_is_cut_to_an_hour(redis_client: Redis) -> None:
    await Limits(redis_client).pause("bot", 1e300)
    wait = await Limits(redis_client).admit([BOT])
    assert wait is not None
    assert wait <= 3_600


@pytest.mark.services
async def test_after_the_clock_was_set_back_a_pause_lasts_as_long_as_it_should(
    redis_client: Redis,
) -> None:
    seconds, _ = await redis_client.time()
    await redis_client.set(keys.pause("bot"), f"{seconds + 3_600}.0 2.0")
    limits = Limits(redis_client)
    wait = await limits.admit([BOT])
    assert wait is not None
    assert 1.5 < wait <= 2.0
    await limits.pause("bot", 1.0)
    again = await limits.admit([BOT])
    assert again is not None
    assert 1.0 < again <= 2.0


@pytest.mark.services
@pytest.mark.skipif(not FAKETIME.exists(), reason="Debian's package libfaketime is not installed")
async def test_a_server_whose_clock_is_set_back_by_a_day_holds_up_nothing_for_longer_than_it_should(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with clock_of_a_server(tmp_path, monkeypatch) as (client, set_clock):
        limits, circuit = Limits(client), SharedCircuit(client, "t")
        limit, paused = RateLimit(scope="bot", interval=0.2, burst=3), RateLimit(scope="chat:1", interval=0.1)
        assert [await limits.admit([limit]) for _ in range(3)] == [0.0] * 3
        await limits.pause("chat:1", 0.5)
        await circuit.failed(TIMING, 0.0)
        await circuit.probed(TIMING, 0.0, answered=False)
        before, _ = await client.time()
        set_clock("-1d")
        for _ in range(300):  # the library reads the file again within a second
            now, _ = await client.time()
            if now < before:
                break
            await asyncio.sleep(0.01)
        assert -86_402 < now - before < -86_390
        waits = [await limits.admit([one]) for one in (limit, paused)]
        assert all(wait is not None and wait <= 0.7 for wait in waits)
        await asyncio.sleep(0.7)
        assert [await limits.admit([one]) for one in (limit, paused)] == [0.0, 0.0]
        leave, wait = await circuit.ask(Asker.SENDER, TIMING) or (Leave.WAIT, 99.0)
        assert leave is not Leave.WAIT
        assert wait == 0.0
        set_clock("+0")  # and forward again
        assert await limits.admit([limit]) == 0.0


@asynccontextmanager
async def clock_of_a_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Redis, Callable[[str], object]]]:
    """A client of a server of its own, and what sets the clock of that server."""
    offset = folder / "offset"
    offset.write_text("+0")
    with monkeypatch.context() as environment:
        for name, value in (
            ("LD_PRELOAD", str(FAKETIME)),
            ("FAKETIME_TIMESTAMP_FILE", str(offset)),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ):
            environment.setenv(name, value)
        server = EmbeddedValkey(folder, durable=False)
        await server.start()
    client = open_redis(server.url)
    try:
        yield client, offset.write_text
    finally:
        await client.aclose()
        await server.stop()


@pytest.mark.services
async def test_lanes_that_run_ahead_by_different_bursts_count_in_one_bucket(redis_client: Redis) -> None:
    limits = Limits(redis_client)
    ahead, behind = (RateLimit(scope="bot", interval=10.0, burst=burst) for burst in (4, 2))
    assert [await limits.admit([ahead]) for _ in range(4)] == [0.0] * 4
    wait = await limits.admit([behind])
    assert wait is not None
    assert 29 < wait <= 30


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[RedisClient]:
    opened = open_redis(valkey_url)
    yield opened
    await opened.aclose()


@pytest.fixture
def circuits(client: RedisClient) -> tuple[SharedCircuit, SharedCircuit]:
    """As two processes see it."""
    return SharedCircuit(client, "t"), SharedCircuit(client, "t")


async def leave(circuit: SharedCircuit, asker: Asker = Asker.FIRST) -> Leave:
    answer = await circuit.ask(asker, TIMING)
    assert answer is not None
    return answer[0]


@pytest.mark.services
async def test_all_processes_stand_still_and_one_probes(
    circuits: tuple[SharedCircuit, SharedCircuit],
) -> None:
    one, other = circuits
    assert await leave(other) is Leave.GO
    await one.failed(TIMING, 1.0)
    assert await leave(other) is Leave.PROBE
    assert await leave(one) is Leave.WAIT


@pytest.mark.services
async def test_an_answered_probe_lets_one_message_go_and_its_answer_all(
    circuits: tuple[SharedCircuit, SharedCircuit],
) -> None:
    one, other = circuits
    await one.failed(TIMING, 1.0)
    await leave(other)
    await other.probed(TIMING, 1.0, answered=True)
    assert await leave(one, Asker.SENDER) is Leave.TRY
    assert await leave(one, Asker.REPEATED) is Leave.WAIT
    assert await leave(one) is Leave.TRY
    assert await leave(other) is Leave.WAIT
    await one.close()
    assert await leave(other, Asker.REPEATED) is Leave.GO


@pytest.mark.services
async def test_an_unanswered_probe_is_followed_by_a_growing_pause(
    circuits: tuple[SharedCircuit, SharedCircuit],
) -> None:
    one, _ = circuits
    await one.failed(TIMING, 1.0)
    waits = []
    for _ in range(3):
        assert await leave(one) is Leave.PROBE
        await one.probed(TIMING, 1.0, answered=False)
        answer = await one.ask(Asker.FIRST, TIMING)
        assert answer is not None
        waits.append(answer[1])
        await asyncio.sleep(answer[1] + 0.01)
    assert waits == pytest.approx([0.2, 0.4, 0.4], abs=0.05)


@pytest.mark.services
async def test_a_failed_trial_opens_it_again(circuits: tuple[SharedCircuit, SharedCircuit]) -> None:
    one, other = circuits
    await one.failed(TIMING, 1.0)
    await leave(one)
    await one.probed(TIMING, 1.0, answered=True)
    assert await leave(one) is Leave.TRY
    await one.failed(TIMING, 1.0)
    assert await leave(other) is Leave.WAIT
    await asyncio.sleep(0.25)
    assert await leave(other, Asker.SENDER) is Leave.PROBE


@pytest.mark.services
async def test_without_redis_there_is_no_answer() -> None:
    away = SharedCircuit(open_redis("redis://127.0.0.1:9/0"), "t")
    assert await away.ask(Asker.FIRST, TIMING) is None
    assert await away.failed(TIMING, 1.0) is None
    assert await away.probed(TIMING, 1.0, answered=True) is None
    assert await away.close() is None


@pytest.mark.services
@pytest.mark.parametrize("written", ["inf", "nan", "-1", "99999999999", "1e300", "never"])
@pytest.mark.parametrize("half_open_at", ["0", "99999999999", "nan"])
async def test_a_state_that_cannot_be_lets_somebody_try_at_once_and_is_healed(
    circuits: tuple[SharedCircuit, SharedCircuit], client: RedisClient, written: str, half_open_at: str
) -> None:
    for name, value in (("failures", written), ("next_at", written), ("half_open_at", half_open_at)):
        await client.hset(keys.circuit("t"), name, value)
    one, other = circuits
    assert await leave(one, Asker.REPEATED) in {Leave.TRY, Leave.PROBE}
    assert await client.pttl(keys.circuit("t")) > 0
    await other.close()
    assert await leave(one) is Leave.GO
