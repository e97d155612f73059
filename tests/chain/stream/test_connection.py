"""One socket: answers find their questions, refusals raise, silence ends it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect

from chain.rpc.errors import Rejected
from chain.stream.connection import RpcConnection
from chain.stream.source import StreamClosed
from sandbox.chain.server import SandboxChain
from tests.chain.streams import RecordingSink
from tests.sandbox.chain.wallets import by_hand

pytestmark = pytest.mark.enable_socket


@asynccontextmanager
async def connection() -> AsyncIterator[RpcConnection]:
    async with SandboxChain(by_hand()) as chain, connect(chain.ws_url, proxy=None) as socket:
        opened = RpcConnection("node", socket, RecordingSink())
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(opened.listen())
            try:
                yield opened
            finally:
                listening.cancel()


async def test_answers_find_their_questions() -> None:
    async with connection() as opened:
        answers = await asyncio.gather(*(opened.ask("slotSubscribe") for _ in range(20)))
        assert len({bytes(answer) for answer in answers}) == 20


async def test_a_refusal_is_raised_with_its_code() -> None:
    async with connection() as opened:
        with pytest.raises(Rejected) as caught:
            await opened.ask("nothingSubscribe")
        assert caught.value.code == -32601


async def test_silence_ends_it() -> None:
    async with connection() as opened:
        with pytest.raises(StreamClosed, match="silent for"):
            await opened.watch_silence(0.1)
