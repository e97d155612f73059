"""Asks nodes over HTTP: several providers, one after the other until one answers.

`RpcPool.call` is the only way to a node's JSON-RPC; `chain/rpc_reads.py` and others name the questions.
"""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from chain.providers import Provider, providers
from chain.rpc_answer import read_answer, seconds_to_wait
from chain.rpc_errors import Broken, NodeFault, Rejected, Skipped, UnsupportedVersion
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from runtime.metrics import rpc_request_seconds, rpc_requests
from runtime.secret import Secret

log = logging.getLogger(__name__)

CALL_SECONDS = 20.0
"""How long a call may take, all tries together."""
TRY_SECONDS = 10.0
"""How long one provider may take before the next is asked."""
CONNECT_SECONDS = 5.0
CONNECTIONS = 32
"""Connections kept to one provider at most."""
PASSES = 3
"""How often all providers are gone through."""
VERSION = "maxSupportedTransactionVersion"


class RpcPool:
    """Several providers as one. Made by `open_rpc`."""

    def __init__(self, session: aiohttp.ClientSession, known: Sequence[Provider]) -> None:
        self._session = session
        self._providers = tuple(known)
        self._ids = itertools.count(1)
        self._version = 1

    @property
    def names(self) -> tuple[str, ...]:
        """The providers' names, best first."""
        return tuple(provider.name for provider in self._providers)

    @property
    def transaction_version(self) -> int:
        """The highest transaction version that is asked for; grows when a node names a higher one."""
        return self._version

    async def call(
        self,
        method: str,
        params: Sequence[Any] = (),
        *,
        seconds: float = CALL_SECONDS,
        avoid: Collection[str] = (),
    ) -> msgspec.Raw:
        """Ask until a provider answers; the `result`, undecoded and checked to be whole JSON.

        Args:
            method: of JSON-RPC.
            params: of the method; a `maxSupportedTransactionVersion` in them is raised to what is known.
            seconds: how long, all tries together.
            avoid: names of providers that are not asked.

        Raises:
            Skipped: a provider says that the slot has no block.
            Rejected: the question is wrong.
            NodeUnavailable: nobody answered; of the kind that the last asked provider gave.
        """
        deadline = monotonic() + seconds
        fault: NodeUnavailable = NodeUnavailable("no RPC provider is left to ask")
        for _ in range(PASSES):
            for provider in self._rested(avoid):
                try:
                    return await self._ask(provider, method, params, deadline)
                except NodeFault as error:
                    fault = error
            if isinstance(fault, NodeFault) and not fault.passes:
                raise fault
            pause = min((p.rest for p in self._providers if p.name not in avoid), default=seconds)
            if monotonic() + pause >= deadline:
                raise _resting(fault, pause)
            await asyncio.sleep(pause)
        raise fault

    def _rested(self, avoid: Collection[str]) -> Iterator[Provider]:
        """Those to ask, best first; a provider that rests is left out until its time has come."""
        return (p for p in self._providers if p.name not in avoid and p.rest <= 0)

    async def _ask(
        self, provider: Provider, method: str, params: Sequence[Any], deadline: float
    ) -> msgspec.Raw:
        """One provider's answer; its health and the metrics are kept here."""
        provider.tried()
        try:
            result = await self._answer(provider, method, params, deadline)
        except UnsupportedVersion as fault:
            self._allow(fault)
            result = await self._answer(provider, method, params, deadline)
        except NodeFault as fault:
            provider.failed(fault)
            raise
        provider.answered()
        return result

    async def _answer(
        self, provider: Provider, method: str, params: Sequence[Any], deadline: float
    ) -> msgspec.Raw:
        code = "ok"
        began = monotonic()
        try:
            return await self._post(provider, method, params, min(deadline - began, TRY_SECONDS))
        except (NodeFault, Skipped, Rejected) as error:
            code = type(error).__name__
            raise
        finally:
            rpc_requests.labels(provider.name, method, code).inc()
            rpc_request_seconds.labels(method).observe(monotonic() - began)

    async def _post(
        self, provider: Provider, method: str, params: Sequence[Any], seconds: float
    ) -> msgspec.Raw:
        request = {
            "jsonrpc": "2.0",
            "id": next(self._ids),
            "method": method,
            "params": [self._versioned(param) for param in params],
        }
        limit = aiohttp.ClientTimeout(total=max(seconds, 0.01), sock_connect=CONNECT_SECONDS)
        try:
            async with self._session.post(
                provider.url.reveal(), data=msgspec.json.encode(request), timeout=limit, allow_redirects=False
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            # The text of these errors may hold the address, and with it the key.
            raise Broken(f"no answer: {type(error).__name__}", provider=provider.name) from None
        wait = seconds_to_wait(response.headers.get("Retry-After"))
        return read_answer(response.status, body, provider=provider.name, retry_after=wait)

    def _versioned(self, param: Any) -> Any:
        if isinstance(param, dict) and VERSION in param:
            return {**param, VERSION: max(self._version, param[VERSION])}
        return param

    def _allow(self, fault: UnsupportedVersion) -> None:
        if fault.version > self._version:
            log.warning(
                "Transactions of version %d have appeared; they are asked for from now on", fault.version
            )
            self._version = fault.version


def _resting(fault: NodeUnavailable, pause: float) -> NodeUnavailable:
    """What to raise when the time is up before any provider may be asked again."""
    if fault.retry_after is None:
        fault.retry_after = pause
    return fault


@asynccontextmanager
async def open_rpc(urls: Sequence[Secret]) -> AsyncIterator[RpcPool]:
    """A pool over these addresses, best first, with connections that are kept."""
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS, keepalive_timeout=60)
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(
        connector=connector, headers=headers, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield RpcPool(session, providers(urls))
