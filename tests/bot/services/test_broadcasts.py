"""Broadcasts as operators steer them."""

import pytest

from bot.services.broadcasts import Broadcasts
from domain.delivery.broadcasts import BroadcastState
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, follow

pytestmark = pytest.mark.services


async def test_a_draft_goes_to_open_chats_once_it_is_started(database: Database) -> None:
    broadcasts = Broadcasts(database=database)
    for chat_id in (ALICE, BOB):
        await follow(database, chat_id)
    await database.execute("UPDATE chats SET closed_at = now() WHERE chat_id = $1", BOB)
    number, chats = await broadcasts.draft("News", by=ALICE)
    assert chats == 1
    assert await broadcasts.progress() is None
    assert await broadcasts.start(number)
    assert not await broadcasts.start(number)
    progress = await broadcasts.progress()
    assert progress is not None
    assert (progress.broadcast_id, progress.state, progress.total) == (number, BroadcastState.RUNNING, 1)


async def test_what_was_stopped_may_go_on(database: Database) -> None:
    broadcasts = Broadcasts(database=database)
    await follow(database, ALICE)
    number, _ = await broadcasts.draft("News", by=ALICE)
    assert not await broadcasts.stop(number)
    await broadcasts.start(number)
    assert await broadcasts.stop(number)
    progress = await broadcasts.progress(number)
    assert progress is not None
    assert progress.state is BroadcastState.STOPPED
    assert await broadcasts.start(number)
