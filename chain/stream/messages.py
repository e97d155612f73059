"""One frame of a node's WebSocket in our words. Pure; foreign JSON ends here, but for transactions.

A notification is a hint: it may be lost, repeated, out of order or wrong. What it says of a transaction is
looked up or decoded before it is believed, and `blocks` finds what it left out.
"""

from dataclasses import dataclass

import msgspec

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedBlock:
    """A block as a stream brought it, whole and undecoded; others of its slot may be told as well."""

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


class _Refusal(msgspec.Struct):
    code: int
    message: str = ""


class _Params(msgspec.Struct):
    result: msgspec.Raw


class _Frame(msgspec.Struct):
    method: str | None = None
    params: _Params | None = None
    id: int | None = None
    result: msgspec.Raw = _ABSENT
    error: _Refusal | None = None


class _Slot(msgspec.Struct):
    slot: int


class _Logs(msgspec.Struct):
    signature: str
    err: msgspec.Raw = msgspec.Raw(b"null")


class _LogsResult(msgspec.Struct):
    context: _Slot
    value: _Logs


class _TransactionResult(msgspec.Struct):
    signature: str
    slot: int | None = None


class _Told(msgspec.Struct):
    slot: int
    block: msgspec.Raw = msgspec.Raw(b"null")
    err: msgspec.Raw = msgspec.Raw(b"null")


class _BlockResult(msgspec.Struct):
    value: _Told


class _BlockHead(msgspec.Struct, rename="camel"):
    parent_slot: int
    blockhash: str
    previous_blockhash: str


_frame = msgspec.json.Decoder(_Frame).decode
_slot = msgspec.json.Decoder(_Slot).decode
_logs = msgspec.json.Decoder(_LogsResult).decode
_transaction = msgspec.json.Decoder(_TransactionResult).decode
_block = msgspec.json.Decoder(_BlockResult).decode
_block_head = msgspec.json.Decoder(_BlockHead).decode


def read_frame(data: bytes | str) -> Frame | None:
    """What a frame says; None: nothing that we asked for, or no JSON of a known shape."""
    try:
        frame = _frame(data)
        if frame.method is not None and frame.params is not None:
            return _notification(frame.method, frame.params.result)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if frame.id is None:
        return None
    if frame.error is not None:
        return Reply(request_id=frame.id, result=_ABSENT, code=frame.error.code, message=frame.error.message)
    return Reply(request_id=frame.id, result=frame.result)


def _notification(method: str, result: msgspec.Raw) -> Frame | None:
    if method == "slotNotification":
        return PushedSlot(slot=_slot(result).slot)
    if method == "transactionNotification":
        seen = _transaction(result)
        return PushedTransaction(signature=seen.signature, slot=seen.slot, raw=result)
    if method == "logsNotification":
        return _from_logs(_logs(result))
    if method == "blockNotification":
        return _from_block(_block(result).value)
    return None


def _from_logs(seen: _LogsResult) -> PushedTransaction | None:
    """Nothing is asked for a transaction that failed; should the node be wrong there, `blocks` finds it."""
    if bytes(seen.value.err) != b"null" or seen.value.signature == _NO_SIGNATURE:
        return None
    return PushedTransaction(signature=seen.value.signature, slot=seen.context.slot, raw=None)


def _from_block(told: _Told) -> PushedBlock | None:
    """A block that the node could not write, as one with newer transactions, is to be asked for."""
    if bytes(memoryview(told.block)[:4]) == b"null" or bytes(told.err) != b"null":
        return None
    head = _block_head(told.block)
    return PushedBlock(
        slot=told.slot,
        parent_slot=head.parent_slot,
        blockhash=head.blockhash,
        previous_blockhash=head.previous_blockhash,
        raw=told.block,
    )
