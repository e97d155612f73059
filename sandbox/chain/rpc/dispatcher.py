"""Answers JSON-RPC requests, single or in a batch."""

import logging
from typing import Any

import msgspec

from sandbox.chain.config import ChainConfig
from sandbox.chain.errors import RpcError, invalid_request, method_not_found, parse_error
from sandbox.chain.faults import Faults
from sandbox.chain.node.chain import Chain
from sandbox.chain.rpc.methods.table import METHODS
from sandbox.chain.rpc.params import Params
from sandbox.chain.rpc.view import View

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode


class RpcDispatcher:
    """One node's RPC methods over one chain."""

    def __init__(self, chain: Chain, config: ChainConfig, faults: Faults) -> None:
        """Build it.

        Args:
            chain: is answered from.
            config: of the node: its provider, its limits.
            faults: may make it lag, lie or omit.
        """
        self._chain = chain
        self._config = config
        self._faults = faults

    def answer(self, request: Any) -> bytes | None:
        """The answer to a decoded request or batch; None: it held notifications only."""
        if isinstance(request, list):
            if not request:
                return failure(invalid_request(), None)
            answers = [answer for one in request if (answer := self._one(one)) is not None]
            return b"[" + b",".join(answers) + b"]" if answers else None
        return self._one(request)

    def _one(self, request: Any) -> bytes | None:
        if not _well_formed(request):
            return failure(invalid_request(), request.get("id") if isinstance(request, dict) else None)
        identity = request.get("id")
        try:
            result = self._call(request["method"], request.get("params"))
            answer = _encode({"jsonrpc": "2.0", "result": result, "id": identity})
        except RpcError as error:
            answer = failure(error, identity)
        except Exception:
            log.exception("%s failed", request["method"])
            answer = failure(RpcError(-32603, "Internal error"), identity)
        return answer if "id" in request else None

    def _call(self, method: str, params: Any) -> Any:
        call = METHODS.get(method)
        if call is None:
            raise method_not_found()
        lag = self._faults.take("lag", method=method)
        behind = lag.slots if lag else 0
        return call(View(self._chain, self._config, self._faults, behind), Params(params))


def decode(body: bytes) -> Any:
    """Decode a request or batch.

    Raises:
        RpcError: it is not JSON.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise parse_error() from error


def methods_of(request: Any) -> list[str]:
    """The methods of the well-formed requests in a request or batch."""
    every = request if isinstance(request, list) else [request]
    return [one["method"] for one in every if _well_formed(one)]


def _well_formed(request: Any) -> bool:
    if not isinstance(request, dict) or request.get("jsonrpc") != "2.0":
        return False
    identity = request.get("id")
    return isinstance(request.get("method"), str) and isinstance(identity, str | int | None)


def failure(error: RpcError, identity: Any) -> bytes:
    """An error answer, in the field order of nodes."""
    return _encode({"jsonrpc": "2.0", "error": error.answer(), "id": identity})
