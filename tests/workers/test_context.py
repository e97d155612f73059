"""What jobs work with says clearly what is not there."""

import pytest

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Methods
from runtime.settings.settings import Settings
from storage.postgres import Database
from tests.workers.cached import facts_without_redis
from workers.context import Context


@pytest.mark.services
async def test_a_worker_without_nodes_or_queues_says_so(database: Database) -> None:
    context = Context(
        settings=Settings(),
        owner="a",
        database=database,
        telegram=Methods("1:a", "http://127.0.0.1:9"),
        cached=facts_without_redis(database),
        callbacks=Callbacks("1:a"),
    )
    context.wake_sender()
    with pytest.raises(RuntimeError, match="RPC_URLS"):
        _ = context.nodes
    with pytest.raises(RuntimeError, match="no jobs"):
        _ = context.queues
