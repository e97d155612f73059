"""What a scanner stands on is opened at once; only PostgreSQL has to answer."""

import pytest

from domain.errors import DatabaseUnavailable
from scanner.servers import open_servers
from tests.scanner.world import settings_for

NOBODY = "redis://127.0.0.1:1/0"


@pytest.mark.services
async def test_redis_and_the_nodes_may_answer_later(postgres_url: str) -> None:
    settings = settings_for(["http://127.0.0.1:9"], [], database=postgres_url, redis=NOBODY)
    async with open_servers(settings) as servers:
        assert await servers.database.fetchval("SELECT 1") == 1
        assert servers.rpc.names == ("127.0.0.1:9",)


@pytest.mark.enable_socket
async def test_postgresql_has_to_answer() -> None:
    settings = settings_for(["http://127.0.0.1:9"], [], database="postgresql://127.0.0.1:1/x", redis=NOBODY)
    with pytest.raises(DatabaseUnavailable):
        async with open_servers(settings):
            pytest.fail("it opened")
