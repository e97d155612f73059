from __future__ import annotations

from pathlib import Path

import pytest
import redis

from runtime.embedded.valkey import EmbeddedValkey

pytestmark = pytest.mark.services


async def test_nothing_is_evicted_and_all_is_on_disk_within_a_second(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    await server.start()
    try:
        with redis.Redis.from_url(server.url) as client:
            policy, fsync = client.config_get("maxmemory-policy"), client.config_get("appendfsync")
            assert (policy, fsync) == ({"maxmemory-policy": "noeviction"}, {"appendfsync": "everysec"})
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert str(client.info("server")["valkey_version"]).startswith("9.")
    finally:
        await server.stop()


async def test_a_log_of_writes_cut_short_by_a_crash_is_no_obstacle(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    await server.start()
    with redis.Redis.from_url(server.url) as client:
        client.mset({"a": 1, "b": 2})
        client.set("c", 3)
    await server.stop()
    (log,) = (tmp_path / "valkey" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(log.read_bytes()[:-5])
    await server.start()
    try:
        with redis.Redis.from_url(server.url) as client:
            assert client.mget("a", "b", "c") == [b"1", b"2", None]
    finally:
        await server.stop()
