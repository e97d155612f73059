"""The order of fields in WebSocket frames, which differs between plain nodes and Helius."""

from typing import Any, Protocol

import msgspec

from sandbox.chain.config import Provider
from sandbox.chain.errors import RpcError, invalid_params

_encode = msgspec.json.Encoder().encode


class Dialect(Protocol):
    """Writes the frames of one kind of node."""

    def ack(self, identity: Any, result: Any) -> bytes:
        """The answer to a request."""

    def refusal(self, identity: Any, error: RpcError) -> bytes:
        """An error answer."""

    def notification(self, name: str, subscription: int, result: bytes) -> bytes:
        """A notification.

        Args:
            name: of the method, such as `logsNotification`.
            subscription: its id, unique on this node.
            result: JSON, encoded already.
        """

    def unknown_subscription(self, identity: Any) -> bytes:
        """The answer to an unsubscribe request with an unknown id."""


class Agave:
    """A plain node."""

    def ack(self, identity: Any, result: Any) -> bytes:
        """Result before id."""
        return _encode({"jsonrpc": "2.0", "result": result, "id": identity})

    def refusal(self, identity: Any, error: RpcError) -> bytes:
        """Error before id."""
        return _encode({"jsonrpc": "2.0", "error": error.answer(), "id": identity})

    def notification(self, name: str, subscription: int, result: bytes) -> bytes:
        """Result before subscription.

        Args:
            name: of the method, such as `logsNotification`.
            subscription: its id, unique on this node.
            result: JSON, encoded already.
        """
        head = f'{{"jsonrpc":"2.0","method":"{name}","params":{{"result":'.encode()
        return b"".join((head, result, f',"subscription":{subscription}}}}}'.encode()))

    def unknown_subscription(self, identity: Any) -> bytes:
        """An error."""
        return self.refusal(identity, invalid_params("Invalid subscription id."))


class Helius:
    """The gateway of Helius."""

    def ack(self, identity: Any, result: Any) -> bytes:
        """Id before result."""
        return _encode({"jsonrpc": "2.0", "id": identity, "result": result})

    def refusal(self, identity: Any, error: RpcError) -> bytes:
        """Id before error."""
        return _encode({"jsonrpc": "2.0", "id": identity, "error": error.answer()})

    def notification(self, name: str, subscription: int, result: bytes) -> bytes:
        """Subscription before result.

        Args:
            name: of the method, such as `logsNotification`.
            subscription: its id, unique on this node.
            result: JSON, encoded already.
        """
        head = f'{{"jsonrpc":"2.0","method":"{name}","params":{{"subscription":{subscription},"result":'
        return b"".join((head.encode(), result, b"}}"))

    def unknown_subscription(self, identity: Any) -> bytes:
        """False, but no error."""
        return self.ack(identity, result=False)


DIALECTS: dict[Provider, Dialect] = {"agave": Agave(), "helius": Helius()}
