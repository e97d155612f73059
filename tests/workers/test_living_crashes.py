"""A sender that dies around an edit of a position's message: one message in the end, with every event."""

import asyncio
import signal

import pytest
from msgspec import structs

from storage.chats.rules import change_settings
from storage.coordination.wake_ups import wake
from storage.keys import DELIVERIES_CHANNEL
from tests.storage.sample_data import WHALE, follow
from tests.workers.conftest import WorkerTestbed

pytestmark = [pytest.mark.services, pytest.mark.e2e]


async def edits_due(testbed: WorkerTestbed) -> None:
    """As if the time between two edits had passed."""
    async with asyncio.timeout(10):
        while not await testbed.database.fetchval(  # noqa: ASYNC110 - rows raise no events
            "SELECT count(*) FROM deliveries WHERE kind = 'living_edit'"
        ):
            await asyncio.sleep(0.05)
    await testbed.database.execute("UPDATE deliveries SET due_at = now() WHERE kind = 'living_edit'")
    await wake(testbed.redis, DELIVERIES_CHANNEL)


@pytest.mark.parametrize("fault", ["marked:2", "accepted:2", "noting:2"])
async def test_an_edit_whose_sender_died_is_made_again_and_shows_all(
    testbed: WorkerTestbed, fault: str
) -> None:
    (chat_id,) = await testbed.people(1)
    await follow(testbed.database, chat_id, label="Toly")
    await change_settings(testbed.database, chat_id, lambda old: structs.replace(old, living=True))
    await testbed.started("dispatcher")
    doomed = testbed.start("notifications", WHALE_WATCHER_FAILPOINT=fault)
    await testbed.until_alive("notifications")
    await testbed.trades([WHALE], 1)
    await testbed.until_sent(1)
    await testbed.trades([WHALE], 1, first=1)
    await edits_due(testbed)
    assert await asyncio.to_thread(doomed.wait, 20) == -signal.SIGKILL
    await testbed.expire_leases()
    testbed.start("notifications")
    await testbed.until_sent(2)
    (message,) = testbed.telegram.ledger.messages(chat_id)
    messages = await testbed.database.fetch("SELECT message_id FROM deliveries")
    assert {row["message_id"] for row in messages} == {message.message_id}
    edited = [one for one in testbed.telegram.ledger.since(0) if one.kind == "edit"][-1]
    assert "slot 100" in str(edited.text)
    assert "slot 101" in str(edited.text)
    assert "Possible repeat" not in str(edited.text)
