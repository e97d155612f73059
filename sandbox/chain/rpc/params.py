"""The parameters of one request, refused in the node's words."""

from typing import Any, TypeVar

import msgspec
from solders.pubkey import Pubkey
from solders.signature import Signature

from sandbox.chain.errors import RpcError, invalid_params
from sandbox.chain.node.blocks import Commitment
from sandbox.chain.transactions.landed import Encoding

C = TypeVar("C", bound=msgspec.Struct)

_BASE58 = frozenset("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
_MAX_KEY_CHARS = 44
_MAX_SIGNATURE_CHARS = 88


class Params:
    """Positional parameters."""

    def __init__(self, found: Any) -> None:
        """Take `params` of the request.

        Raises:
            RpcError: it is not a list.
        """
        if found is not None and not isinstance(found, list):
            raise invalid_params("Invalid params: invalid type: map, expected a sequence.")
        self._found: list[Any] = found or []

    def required(self, index: int) -> Any:
        """The parameter at `index`.

        Raises:
            RpcError: there is none.
        """
        if index >= len(self._found):
            raise invalid_params(f"`params` should have at least {index + 1} argument(s)")
        return self._found[index]

    def text(self, index: int) -> str:
        """A text.

        Raises:
            RpcError: there is none, or it is something else.
        """
        found = self.required(index)
        if not isinstance(found, str):
            raise invalid_params(f"Invalid params: invalid type: {_kind(found)}, expected a string.")
        return found

    def number(self, index: int) -> int:
        """A whole number that is not negative.

        Raises:
            RpcError: there is none, or it is something else.
        """
        found = self.required(index)
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise invalid_params(f"Invalid params: invalid type: {_kind(found)}, expected u64.")
        return found

    def key(self, index: int) -> Pubkey:
        """An address."""
        return read_key(self.text(index))

    def signature(self, index: int) -> str:
        """A signature."""
        return read_signature(self.text(index))

    def optional(self, index: int) -> Any:
        """The parameter at `index`, or None."""
        return self._found[index] if index < len(self._found) else None

    def config(self, index: int, kind: type[C]) -> C:
        """The object at `index`; if it is missing, all fields have their defaults.

        Raises:
            RpcError: a field has the wrong type.
        """
        found = self.optional(index)
        try:
            return msgspec.convert(found or {}, kind)
        except msgspec.ValidationError as error:
            raise invalid_params(f"Invalid params: {error}.") from error


def read_key(text: str) -> Pubkey:
    """Read an address in base58.

    Raises:
        RpcError: the text is not one, in the node's words.
    """
    try:
        return Pubkey.from_string(text)
    except ValueError as error:
        raise _not_readable(text, _MAX_KEY_CHARS) from error


def read_signature(text: str) -> str:
    """Read a signature in base58.

    Raises:
        RpcError: the text is not one, in the node's words.
    """
    try:
        return str(Signature.from_string(text))
    except ValueError as error:
        raise _not_readable(text, _MAX_SIGNATURE_CHARS) from error


def _not_readable(text: str, max_chars: int) -> RpcError:
    readable = len(text) > max_chars or set(text) <= _BASE58
    return invalid_params(f"Invalid param: {'WrongSize' if readable else 'Invalid'}")


def _kind(found: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "floating point", str: "string", list: "sequence"}
    return names.get(type(found), "null" if found is None else "map")


_COMMITMENTS = {
    "processed": Commitment.processed,
    "confirmed": Commitment.confirmed,
    "finalized": Commitment.finalized,
    "recent": Commitment.processed,
    "single": Commitment.confirmed,
    "singleGossip": Commitment.confirmed,
    "max": Commitment.finalized,
    "root": Commitment.finalized,
}


def read_commitment(text: str | None) -> Commitment:
    """A commitment by its name; "finalized" if none is given.

    Raises:
        RpcError: there is no such commitment.
    """
    found = _COMMITMENTS.get(text or "finalized")
    if found is None:
        raise invalid_params(
            f"Invalid params: unknown variant `{text}`, "
            "expected one of `processed`, `confirmed`, `finalized`."
        )
    return found


def read_encoding(text: str | None, default: Encoding = "json") -> Encoding:
    """An encoding of transactions by its name.

    Raises:
        RpcError: there is no such encoding.
    """
    match text or default:
        case "json":
            return "json"
        case "jsonParsed":
            return "jsonParsed"
        case "base64":
            return "base64"
        case "base58" | "binary":
            return "base58"
        case unknown:
            raise invalid_params(
                f"Invalid params: unknown variant `{unknown}`, expected one of "
                "`binary`, `base64`, `base58`, `json`, `jsonParsed`."
            )
