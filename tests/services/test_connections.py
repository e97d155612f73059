"""What services stand on is opened together, and works."""

import pytest

from runtime.settings.settings import Settings
from services.accounts import NoNode
from services.connections import open_connections

pytestmark = pytest.mark.services


async def test_all_are_open_and_without_a_node_nothing_is_asked_of_one(settings: Settings) -> None:
    async with open_connections(settings) as connections:
        assert await connections.database.fetchval("SELECT 1") == 1
        assert await connections.replica.read(lambda database: database.fetchval("SELECT 2")) == 2
        assert isinstance(connections.accounts, NoNode)
        listener = connections.deliveries_due()
        assert not await listener.wait(0.01)
        await listener.close()
        await connections.watches_changed()
