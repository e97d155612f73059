"""One question to a node, and its JSON-RPC text. Pure but for its clock."""

import itertools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from runtime.clock import monotonic

log = logging.getLogger(__name__)

MAX_TRY_SECONDS = 10.0
"""How long one provider may take before the next is asked."""
VERSION = "maxSupportedTransactionVersion"
_MIB = 1 << 20
MAX_BYTES = {
    "getBlock": 1 << 62,
    "getMultipleAccounts": 32 * _MIB,
    "getAccountInfo": 32 * _MIB,
    "getTokenAccountsByOwner": 32 * _MIB,
    "getTransactionsForAddress": 32 * _MIB,
    "getProgramAccounts": 32 * _MIB,
    "getTokenAccounts": 8 * _MIB,
    "getBlocks": 8 * _MIB,
    "getSignaturesForAddress": 8 * _MIB,
    "getTransaction": 8 * _MIB,
}
"""What the answer of a method may take, where that is more than `SMALL_BYTES`; RPC_ANSWER_MIB bounds all."""
SMALL_BYTES = _MIB // 4
"""Of an answer that is a number, a text or a short list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcRequest:
    """A method, and the parameters of each request: one, or all of a batch."""

    method: str
    params: Sequence[Sequence[Any]]
    deadline: float
    """When the answer is no longer wanted, by the monotonic clock."""

    @property
    def max_bytes(self) -> int:
        """What the answer may take, whatever the settings allow."""
        return MAX_BYTES.get(self.method, SMALL_BYTES) * len(self.params)

    @property
    def try_seconds(self) -> float:
        """How long one provider may take from now on."""
        return min(self.deadline - monotonic(), MAX_TRY_SECONDS)


class RequestEncoder:
    """Numbers requests, and lets them allow every transaction version that nodes were seen to name."""

    def __init__(self) -> None:
        self.version = 1
        """The highest transaction version that requests allow."""
        self._ids = itertools.count(1)

    def allow(self, version: int) -> None:
        """Ask for transactions of this version from now on."""
        if version > self.version:
            log.warning("Transactions of version %d have appeared; they are asked for from now on", version)
            self.version = version

    def single(self, request: RpcRequest) -> bytes:
        """The JSON of a request with one set of parameters."""
        return msgspec.json.encode(self._encoded(request.method, request.params[0]))

    def batch(self, request: RpcRequest) -> tuple[bytes, list[int]]:
        """The JSON of a batch, and the ids of its requests, in order."""
        requests = [self._encoded(request.method, params) for params in request.params]
        return msgspec.json.encode(requests), [one["id"] for one in requests]

    def _encoded(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        versioned = [self._versioned(param) for param in params]
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": versioned}

    def _versioned(self, param: Any) -> Any:
        if isinstance(param, dict) and VERSION in param:
            return {**param, VERSION: max(self.version, param[VERSION])}
        return param
