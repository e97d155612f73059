from __future__ import annotations

import aiohttp
import msgspec
import pytest

from tests.sandbox.chain.requests import post

pytestmark = pytest.mark.enable_socket


async def test_it_tells_broken_json_from_a_broken_request(http: aiohttp.ClientSession) -> None:
    broken = await post(http, b"{nope")
    assert broken["error"] == {"code": -32700, "message": "Parse error"}
    assert broken["id"] is None
    assert (await post(http, b"[]"))["error"]["code"] == -32600
    assert (await post(http, b'{"method":"getSlot","id":1}'))["error"]["code"] == -32600
    assert (await post(http, b"[1]"))[0]["error"]["code"] == -32600
    assert (await post(http, b"\xff"))["error"]["code"] == -32700


async def test_it_answers_batches_in_their_order(http: aiohttp.ClientSession) -> None:
    calls = [{"jsonrpc": "2.0", "id": name, "method": name} for name in ("getHealth", "getNonsense")]
    first, second = await post(http, msgspec.json.encode(calls))
    assert first == {"jsonrpc": "2.0", "result": "ok", "id": "getHealth"}
    assert second["error"] == {"code": -32601, "message": "Method not found"}
