"""One attempt at one provider: versions, and what it counts."""

from typing import Any

import pytest
from aiohttp import web

from chain.rpc.blocks import block
from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from tests.chain.nodes import error, node, result

pytestmark = pytest.mark.enable_socket


async def test_a_newer_transaction_version_is_asked_for_from_then_on() -> None:
    asked: list[int] = []

    def answer(request: dict[str, Any]) -> web.Response:
        asked.append(request["params"][1]["maxSupportedTransactionVersion"])
        if asked[-1] < 2:
            return error(-32015, 'Try again with "maxSupportedTransactionVersion": 2')
        return result({"parentSlot": 1})

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        await block(rpc, 5, commitment="confirmed")
        await block(rpc, 6, commitment="confirmed")
        assert rpc.transaction_version == 2
    assert asked == [1, 2, 2]
