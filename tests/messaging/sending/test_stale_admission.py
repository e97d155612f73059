"""A slow commit lets no messages bunch: what goes later than it was admitted asks the limit again."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence

import pytest

from messaging.sending.rate_limiter import Limiter
from messaging.telegram.methods import Methods
from sandbox.telegram.config import FloodLimits
from sandbox.telegram.server import SandboxTelegram
from storage.coordination.limits import Limits
from storage.postgres import Database, open_database
from storage.redis import open_redis
from tests.messaging.senders import RecordedMethods, make_due, running, until, words_sender
from workers.delivery_store import StoredOutbox

pytestmark = pytest.mark.services
RATE = 27


class StallingOutbox(StoredOutbox):
    """Every now and then a commit takes as long as on a disk that is busy elsewhere."""

    def __init__(self, database: Database, *, owner: str) -> None:
        super().__init__(database, owner=owner)
        self._calls = itertools.count(1)

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        if next(self._calls) % 40 == 39:
            await asyncio.sleep(0.7)
        return await super().mark(delivery_ids)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


async def test_two_senders_with_slow_commits_never_get_429(
    telegram: SandboxTelegram, methods: Methods, database: Database, valkey_url: str
) -> None:
    telegram.limit(FloodLimits())
    people = telegram.people.add_users(150)
    for chat_id in people:
        telegram.people.send(chat_id, "/start")
    client = open_redis(valkey_url)
    limits = Limits(client)
    recorded = RecordedMethods(methods)
    senders = [
        words_sender(
            StallingOutbox(database, owner=owner), recorded, Limiter(limits, rate=RATE), group_messages=True
        )
        for owner in "ab"
    ]
    await make_due(database, people)

    async def all_went() -> bool:
        return len(telegram.ledger.messages()) == len(people)

    async with running(*senders):
        await until(all_went, 25)
    await client.aclose()
    assert [result for result in recorded.results if result.retry_after is not None] == []
