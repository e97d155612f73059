"""The WebSocket port: takes subscriptions, and sends each block to its subscribers."""

import asyncio
import itertools
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from runtime.processes.known_hosts import comes_from_elsewhere, is_known_host
from sandbox.chain.config import ChainConfig
from sandbox.chain.errors import (
    RpcError,
    invalid_request,
    method_not_found,
    too_many_subscriptions,
)
from sandbox.chain.faults import Faults
from sandbox.chain.node.blocks import Block, Commitment
from sandbox.chain.node.chain import Advance, Chain
from sandbox.chain.rpc.dispatcher import decode
from sandbox.chain.rpc.params import Params
from sandbox.chain.rpc.view import View
from sandbox.chain.websocket.client import Client
from sandbox.chain.websocket.dialects import DIALECTS
from sandbox.chain.websocket.subscriptions import UNSUBSCRIBES, SubscribeRequest, read_subscription

MAX_MESSAGE_BYTES = 4_096
"""The bytes of one message that plain nodes accept."""
MAX_TRANSACTION_SUBSCRIBE_BYTES = 16 << 20
"""The bytes of one message that Helius accepts, for its lists of addresses."""

_FIRST_ID = 62_195_000
_TOO_BIG = 1009
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, eq=False)
class _Subscription:
    identity: int
    client: Client
    method: str
    wanted: SubscribeRequest


class WebSocketEndpoint:
    """All clients and their subscriptions."""

    def __init__(self, chain: Chain, config: ChainConfig, faults: Faults) -> None:
        """Build it, without clients.

        Args:
            chain: what happens on it is sent.
            config: of the node: its dialect, how many frames may wait.
            faults: may hit handshakes and notifications.
        """
        self._chain = chain
        self._config = config
        self._faults = faults
        self._dialect = DIALECTS[config.provider]
        self._ids = itertools.count(_FIRST_ID)
        self._subscriptions: dict[int, _Subscription] = {}

    @property
    def max_message_bytes(self) -> int:
        """The bytes of one message beyond which the connection is closed."""
        return MAX_TRANSACTION_SUBSCRIBE_BYTES if self._config.provider == "helius" else MAX_MESSAGE_BYTES

    def check_handshake(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse the handshake if a page of another site asks for it, or a fault says so; else None."""
        is_ours = is_known_host(request.headers.get("Host"), self._config.host)
        if not is_ours or comes_from_elsewhere(request.headers):
            return connection.respond(HTTPStatus.FORBIDDEN, "asked by a page of another site\n")
        fault = self._faults.take_handshake_fault()
        if fault is None:
            return None
        statuses = {
            "rate_limit": HTTPStatus.TOO_MANY_REQUESTS,
            "unauthorized": HTTPStatus.UNAUTHORIZED,
            "forbidden": HTTPStatus.FORBIDDEN,
        }
        return connection.respond(statuses.get(fault.fault, HTTPStatus.SERVICE_UNAVAILABLE), "refused\n")

    async def serve(self, connection: ServerConnection) -> None:
        """Serve one client until it disconnects."""
        client = Client(connection, self._faults, self._config.client_queue)
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(_write_until_closed(client))
                with suppress(ConnectionClosed):
                    await self._read(connection, client)
                writing.cancel()
        finally:
            for found in [one for one in self._subscriptions.values() if one.client is client]:
                del self._subscriptions[found.identity]

    def publish(self, advance: Advance) -> None:
        """Send the notifications of one step, in the order in which a node learns of the blocks."""
        self._publish_slot(advance.produced)
        self._publish_block(advance.produced, Commitment.processed)
        for block in advance.confirmed:
            self._publish_block(block, Commitment.confirmed)
        for block in advance.finalized:
            self._publish_block(block, Commitment.finalized)

    def _publish_slot(self, block: Block) -> None:
        root = self._chain.history.tip(Commitment.finalized).slot
        result = _encode({"slot": block.slot, "parent": block.parent, "root": root})
        for one in [one for one in self._subscriptions.values() if one.wanted.block_filter is None]:
            self._send(one, "slotNotification", result)

    def _publish_block(self, block: Block, commitment: Commitment) -> None:
        for one in list(self._subscriptions.values()):
            block_filter, wanted = one.wanted
            if block_filter is not None and wanted is commitment:
                for result in block_filter.results(block):
                    self._send(one, block_filter.notification, result)

    def _send(self, one: _Subscription, name: str, result: bytes) -> None:
        one.client.notify(one.method, self._dialect.notification(name, one.identity, result))

    async def _read(self, connection: ServerConnection, client: Client) -> None:
        async for message in connection:
            raw = message if isinstance(message, bytes) else message.encode()
            try:
                request = decode(raw)
            except RpcError as error:
                client.answer(self._dialect.refusal(None, error))
                continue
            if len(raw) > MAX_MESSAGE_BYTES and not _may_exceed_limit(request):
                await connection.close(_TOO_BIG)
                return
            client.answer(self._answer(client, request))

    def _answer(self, client: Client, request: Any) -> bytes:
        if not isinstance(request, dict) or not isinstance(request.get("method"), str):
            return self._dialect.refusal(None, invalid_request())
        method, identity = request["method"], request.get("id")
        try:
            params = Params(request.get("params"))
            if method in UNSUBSCRIBES:
                return self._unsubscribe(client, UNSUBSCRIBES[method], params, identity)
            return self._dialect.ack(identity, self._subscribe(client, method, params))
        except RpcError as error:
            return self._dialect.refusal(identity, error)

    def _subscribe(self, client: Client, method: str, params: Params) -> int:
        view = View(self._chain, self._config, self._faults)
        wanted = read_subscription(method, params, view)
        if len(self._subscriptions) >= self._config.subscriptions:
            raise too_many_subscriptions()
        identity = next(self._ids)
        self._subscriptions[identity] = _Subscription(identity, client, method, wanted)
        return identity

    def _unsubscribe(self, client: Client, method: str, params: Params, identity: Any) -> bytes:
        if method == "transactionSubscribe" and self._config.provider != "helius":
            raise method_not_found()
        found = self._subscriptions.get(params.number(0))
        if found is None or found.client is not client or found.method != method:
            return self._dialect.unknown_subscription(identity)
        del self._subscriptions[found.identity]
        return self._dialect.ack(identity, result=True)


async def _write_until_closed(client: Client) -> None:
    with suppress(ConnectionClosed):
        await client.write()


def _may_exceed_limit(request: Any) -> bool:
    return isinstance(request, dict) and request.get("method") == "transactionSubscribe"
