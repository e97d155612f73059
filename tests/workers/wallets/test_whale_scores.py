"""A whale that a search found is scored by its latest transactions, by one worker at a time."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from domain.activity.activity import Activity
from domain.errors import NodeUnreadable
from storage.ingest.cursors import note_head
from tests.workers.questions.asking import Asking, asking
from workers.process import Context
from workers.wallets import whale_scores
from workers.wallets.whale_scores import score_next

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def test_the_latest_transactions_make_a_record(alice: Asking) -> None:
    database, whale = alice.context.database, alice.sandbox.simulation.whales[0]
    await database.execute(
        "INSERT INTO whale_addresses VALUES ('sandbox', $1, 1, 5, 5, '{}', '{}', now(), now(), 1)",
        whale.address,
    )
    assert await score_next(alice.context) is None, "nobody reads the chain"
    await note_head(database, chain="sandbox", slot=1)
    score = await score_next(alice.context)
    assert score is not None
    assert score.value is None
    assert await score_next(alice.context) is None, "once a week"
    assert await score_next(replace(alice.context, owner="another")) is None
    assert await database.fetchval("SELECT count(*) FROM whale_scores") == 1


async def test_a_whale_that_cannot_be_read_is_not_the_next_again(
    alice: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, whale = alice.context.database, alice.sandbox.simulation.whales[0]
    await database.execute(
        "INSERT INTO whale_addresses VALUES ('sandbox', $1, 1, 5, 5, '{}', '{}', now(), now(), 1)",
        whale.address,
    )
    await note_head(database, chain="sandbox", slot=1)

    async def score(_: Context, address: str, head: int) -> list[Activity]:
        raise NodeUnreadable(f"no JSON of {address} at {head}")

    monkeypatch.setattr(whale_scores, "_score", score)
    assert await score_next(alice.context) is None
    assert await database.fetchval("SELECT count(*) FROM whale_scores") == 1
