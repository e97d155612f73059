"""The JSON-RPC errors of a Solana node: one function each, so that code and text agree."""

from typing import Any


class RpcError(Exception):
    """A JSON-RPC error; `data` is what the node adds to code and text."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        """Keep what the answer says.

        Args:
            code: of JSON-RPC, or of Solana's own.
            message: as a node words it.
            data: what the node adds; None: nothing.
        """
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def answer(self) -> dict[str, Any]:
        """The `error` member of the answer."""
        found: dict[str, Any] = {"code": self.code, "message": self.message}
        return found if self.data is None else found | {"data": self.data}


def parse_error() -> RpcError:
    """The request is not JSON."""
    return RpcError(-32700, "Parse error")


def invalid_request() -> RpcError:
    """The request is JSON, but not JSON-RPC 2.0."""
    return RpcError(-32600, "Invalid request")


def method_not_found() -> RpcError:
    """This node has no such method."""
    return RpcError(-32601, "Method not found")


def invalid_params(text: str) -> RpcError:
    """The parameters cannot be used; `text` says why."""
    return RpcError(-32602, text)


def block_cleaned_up(slot: int, first: int) -> RpcError:
    """The block is no longer kept."""
    return RpcError(
        -32001, f"Block {slot} cleaned up, does not exist on node. First available block: {first}"
    )


def preflight_failure(text: str, data: Any) -> RpcError:
    """Preflight failed; `data` holds the logs."""
    return RpcError(-32002, f"Transaction simulation failed: {text}", data)


def signature_failure() -> RpcError:
    """A signature is wrong."""
    return RpcError(-32003, "Transaction signature verification failure")


def block_not_available(slot: int) -> RpcError:
    """The block does not exist yet, or has not reached the commitment."""
    return RpcError(-32004, f"Block not available for slot {slot}")


def node_behind(slots: int) -> RpcError:
    """The node lags."""
    return RpcError(-32005, f"Node is behind by {slots} slots", {"numSlotsBehind": slots})


def slot_skipped(slot: int) -> RpcError:
    """The slot was skipped, or the node never had its block."""
    return RpcError(-32007, f"Slot {slot} was skipped, or missing due to ledger jump to recent snapshot")


def long_term_slot_skipped(slot: int) -> RpcError:
    """The slot is older than the chain of this node."""
    return RpcError(-32009, f"Slot {slot} was skipped, or missing in long-term storage")


def block_status_not_available_yet(slot: int) -> RpcError:
    """The block is known, but its transactions are not stored yet."""
    return RpcError(-32014, f"Block status not yet available for slot {slot}")


def unsupported_version(version: object) -> RpcError:
    """The transaction has a higher version than the request allows."""
    return RpcError(
        -32015,
        f"Transaction version ({version}) is not supported by the requesting client. Please try the request "
        f'again with the following configuration parameter: "maxSupportedTransactionVersion": {version}',
    )


def min_context_slot(slot: int) -> RpcError:
    """The node has not reached `minContextSlot`."""
    return RpcError(-32016, "Minimum context slot has not been reached", {"contextSlot": slot})


def too_many_subscriptions() -> RpcError:
    """The node has reached its limit of subscriptions."""
    return RpcError(-32603, "Internal Error: Subscription refused. Node subscription limit reached")
