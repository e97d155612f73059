"""The state of a breaker in Redis is the one of domain/circuits.py, for all processes together."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from domain.circuits import Asker, Leave, Timing
from storage import keys
from storage.coordination.circuits import SharedCircuit
from storage.redis import RedisClient, open_redis

pytestmark = pytest.mark.services
TIMING = Timing(first_wait=0.2, max_wait=0.4, probe=5.0, trial=5.0, repeat_patience=0.3)


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


async def test_all_processes_stand_still_and_one_probes(
    circuits: tuple[SharedCircuit, SharedCircuit],
) -> None:
    one, other = circuits
    assert await leave(other) is Leave.GO
    await one.failed(TIMING, 1.0)
    assert await leave(other) is Leave.PROBE
    assert await leave(one) is Leave.WAIT


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


async def test_without_redis_there_is_no_answer() -> None:
    away = SharedCircuit(open_redis("redis://127.0.0.1:9/0"), "t")
    assert await away.ask(Asker.FIRST, TIMING) is None
    assert await away.failed(TIMING, 1.0) is None
    assert await away.probed(TIMING, 1.0, answered=True) is None
    assert await away.close() is None


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
