"""One frame of a node's WebSocket in our words. Pure; foreign JSON ends here, but for transactions.

A notification may be lost, repeated, out of order or wrong. What it says of a transaction is looked up or
decoded before it is believed, and the reconciliation finds what it left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from chain.parsing.json_shapes import BAD_JSON, Count, ReadSignature, Signature, decode_mending

_ABSENT = msgspec.Raw(b"")
_NO_SIGNATURE = "1" * 64
"""What nodes were seen to send for a signature they do not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedTransaction:
    """A watched wallet may have done something in this transaction."""

    signature: str
    slot: int | None
    raw: msgspec.Raw | None
    """The transaction as the node wrote it, for `read_transaction`; None: it is to be asked for."""
    source: str = ""
    """The name of the node that pushed it; empty: no node is named."""
    agreed: msgspec.Raw | None = None
    """The same transaction as another node wrote it; None: only this node's word is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedBlock:
    """A block as a stream pushed it, whole and undecoded; other blocks of its slot may be pushed as well."""

    slot: int
    parent_slot: int
    blockhash: str
    previous_blockhash: str
    """Of the parent."""
    raw: msgspec.Raw
    """As getBlock gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedSlot:
    """The node works on this slot: the heartbeat of a connection."""

    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one of our requests."""

    request_id: int
    result: msgspec.Raw
    """Empty when it was refused."""
    code: int = 0
    message: str = ""
    """Of the refusal."""


Frame = PushedTransaction | PushedBlock | PushedSlot | Reply


class _Error(msgspec.Struct):
    """`{"code":-32601,"message":"Method not found"}`."""

    code: int
    message: str = ""


class _Params(msgspec.Struct):
    """`{"subscription":5,"result":{}}`."""

    result: msgspec.Raw


class _Frame(msgspec.Struct):
    """`{"jsonrpc":"2.0","method":"slotNotification","params":{"result":{}}}`, or `{"id":3,"result":5}`."""

    method: str | None = None
    params: _Params | None = None
    id: int | None = None
    result: msgspec.Raw = _ABSENT
    error: _Error | None = None


class _Slot(msgspec.Struct):
    """`{"slot":9,"parent":8,"root":1}`."""

    slot: Count


class _Logs(msgspec.Struct):
    """`{"signature":"26LC","err":null,"logs":["Program log: x"]}`."""

    signature: ReadSignature
    err: msgspec.Raw = msgspec.Raw(b"null")


class _LogsResult(msgspec.Struct):
    """`{"context":{"slot":9},"value":{"signature":"26LC","err":null}}`."""

    context: _Slot
    value: _Logs


class _TransactionResult(msgspec.Struct):
    """`{"transaction":{"transaction":{},"meta":{}},"signature":"26LC","slot":9}`."""

    signature: ReadSignature
    slot: Count | None = None


class _BlockValue(msgspec.Struct):
    """`{"slot":9,"block":{"parentSlot":8},"err":null}`."""

    slot: Count
    block: msgspec.Raw = msgspec.Raw(b"null")
    err: msgspec.Raw = msgspec.Raw(b"null")


class _BlockResult(msgspec.Struct):
    """`{"context":{"slot":9},"value":{"slot":9,"block":{},"err":null}}`."""

    value: _BlockValue


class _BlockHead(msgspec.Struct, rename="camel"):
    """`{"parentSlot":8,"blockhash":"b","previousBlockhash":"a","transactions":[]}`."""

    parent_slot: Count
    blockhash: Signature
    previous_blockhash: Signature


_frame = msgspec.json.Decoder(_Frame).decode
_slot = msgspec.json.Decoder(_Slot).decode
_logs = msgspec.json.Decoder(_LogsResult).decode
_transaction = msgspec.json.Decoder(_TransactionResult).decode
_block = msgspec.json.Decoder(_BlockResult).decode
_block_head = msgspec.json.Decoder(_BlockHead).decode


def read_frame(data: bytes | str) -> Frame | None:
    """Return what a frame says; None: nothing that we asked for, or no JSON of a known shape."""
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    try:
        return decode_mending(_read_frame, raw)
    except BAD_JSON:
        return None


def _read_frame(data: bytes | msgspec.Raw) -> Frame | None:
    frame = _frame(data)
    if frame.method is not None and frame.params is not None:
        read = _NOTIFICATIONS.get(frame.method)
        return None if read is None else read(frame.params.result)
    if frame.id is None:
        return None
    if frame.error is not None:
        return Reply(request_id=frame.id, result=_ABSENT, code=frame.error.code, message=frame.error.message)
    return Reply(request_id=frame.id, result=frame.result)


def _read_slot(result: msgspec.Raw) -> PushedSlot:
    return PushedSlot(slot=_slot(result).slot)


def _read_transaction(result: msgspec.Raw) -> PushedTransaction:
    named = _transaction(result)
    return PushedTransaction(signature=named.signature, slot=named.slot, raw=result)


def _read_logs(result: msgspec.Raw) -> PushedTransaction | None:
    """A failed transaction is not asked for; should the node be wrong there, the reconciliation finds it."""
    logs = _logs(result)
    if bytes(logs.value.err) != b"null" or logs.value.signature == _NO_SIGNATURE:
        return None
    return PushedTransaction(signature=logs.value.signature, slot=logs.context.slot, raw=None)


def _read_block(result: msgspec.Raw) -> PushedBlock | None:
    """A block that the node could not write, as one with newer transactions, is to be asked for."""
    pushed = _block(result).value
    if bytes(memoryview(pushed.block)[:4]) == b"null" or bytes(pushed.err) != b"null":
        return None
    head = _block_head(pushed.block)
    return PushedBlock(
        slot=pushed.slot,
        parent_slot=head.parent_slot,
        blockhash=head.blockhash,
        previous_blockhash=head.previous_blockhash,
        raw=pushed.block,
    )


_NOTIFICATIONS: dict[str, Callable[[msgspec.Raw], Frame | None]] = {
    "slotNotification": _read_slot,
    "transactionNotification": _read_transaction,
    "logsNotification": _read_logs,
    "blockNotification": _read_block,
}
"""How the result of each kind of notification is read."""
