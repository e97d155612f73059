"""Heartbeats of processes."""

import pytest

from storage.instances import beat, instances, leave
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_a_process_is_known_with_its_last_sign_until_it_leaves(database: Database) -> None:
    for wallets in (1, 2):
        await beat(database, instance_id="scanner-1", program="scanner", detail={"wallets": wallets})
    (instance,) = await instances(database)
    assert (instance.program, instance.detail) == ("scanner", {"wallets": 2})
    assert 0 <= instance.silent_seconds < 30
    await leave(database, "scanner-1")
    assert await instances(database) == []
