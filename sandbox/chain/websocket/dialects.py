"""The order of fields in WebSocket frames, which differs between a plain node and Helius."""

from typing import Any, Protocol

import msgspec

from sandbox.chain.config import Provider
from sandbox.chain.errors import RpcError, invalid_params

_encode = msgspec.json.Encoder().encode


class Dialect(Protocol):
    """How one kind of node writes its frames."""

    def ack(self, identity: Any, result: Any) -> bytes:
        """The answer to a request."""

    def refusal(self, identity: Any, error: RpcError) -> bytes:
        """The answer that is an error."""

    def notification(self, name: str, subscription: int, result: bytes) -> bytes:
        """A notification around an encoded result."""

    def unknown_subscription(self, identity: Any) -> bytes:
        """The answer to an unsubscribe of what is not subscribed."""


class Agave:
    """A plain node."""

    def ack(self, identity: Any, result: Any) -> bytes:
        """Result before id."""
        return _encode({"jsonrpc": "2.0", "result": result, "id": identity})

    def refusal(self, identity: Any, error: RpcError) -> bytes:
        """Error before id."""
        return _encode({"jsonrpc": "2.0", "error": error.answer(), "id": identity})

    def notification(self, name: str, subscription: int, result: bytes) -> bytes:
        """Result before subscription."""
        head = f'{{"jsonrpc":"2.0","method":"{name}","params":{{"result":'.encode()
        return b"".join((head, result, f',"subscription":{subscription}}}}}'.encode()))

    def unknown_subscription(self, identity: Any) -> bytes:
        """An error."""
        return self.refusal(identity, invalid_params("Invalid subscription id."))


class Helius:
    """Helius' own gateway."""

    def ack(self, identity: Any, result: Any) -> bytes:
        """Id before result."""
        return _encode({"jsonrpc": "2.0", "id": identity, "result": result})

    def refusal(self, identity: Any, error: RpcError) -> bytes:
        """Id before error."""
        return _encode({"jsonrpc": "2.0", "id": identity, "error": error.answer()})

    def notification(self, name: str, subscription: int, result: bytes) -> bytes:
        """Subscription before result."""
        head = f'{{"jsonrpc":"2.0","method":"{name}","params":{{"subscription":{subscription},"result":'
        return b"".join((head.encode(), result, b"}}"))

    def unknown_subscription(self, identity: Any) -> bytes:
        """No error, but false."""
        return self.ack(identity, result=False)


DIALECTS: dict[Provider, Dialect] = {"agave": Agave(), "helius": Helius()}
