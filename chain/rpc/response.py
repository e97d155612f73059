"""Reads one answer of a node: its result, or the error that it means. Pure."""

from collections.abc import Sequence

import msgspec

from chain.parsing.json_shapes import decode_mending
from chain.rpc.errors import (
    METHOD_NOT_FOUND,
    MethodRefused,
    NodeFault,
    Rejected,
    Skipped,
    UnusableAnswer,
    decides_alone,
    from_code,
    from_status,
)

_ABSENT = msgspec.Raw(b"")
Json = bytes | bytearray
_OK = 200
_MAX_WAIT = 120.0
"""Seconds; a provider that asks for more is asked again all the same."""


class _Error(msgspec.Struct):
    """`{"code":-32005,"message":"Node is unhealthy"}`."""

    code: int
    message: str = ""


class _Answer(msgspec.Struct):
    """`{"jsonrpc":"2.0","id":1,"result":62195691}`, or an `error` in place of the result."""

    result: msgspec.Raw = _ABSENT
    error: _Error | None = None


class _NumberedAnswer(_Answer):
    """One answer of a batch: `{"jsonrpc":"2.0","id":1,"result":62195691}`."""

    id: int | None = None


_decode = msgspec.json.Decoder(_Answer).decode
_decode_batch = msgspec.json.Decoder(list[_NumberedAnswer]).decode


def read_answer(status: int, body: Json, *, provider: str, retry_after: float | None = None) -> msgspec.Raw:
    """The `result` of an answer, undecoded.

    Args:
        status: of the HTTP answer.
        body: of the HTTP answer, whole.
        provider: who answered, for the error's text.
        retry_after: seconds that the answer asks to wait.

    Raises:
        NodeFault, Skipped, Rejected: what the answer says instead.
    """
    try:
        answer = decode_mending(_decode, body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if status != _OK:
            raise from_status(status, provider=provider, retry_after=retry_after) from None
        raise UnusableAnswer(f"the answer is not JSON-RPC: {error}", provider=provider) from None
    message = None if answer.error is None else answer.error.message
    if decides_alone(status):
        raise from_status(status, provider=provider, retry_after=retry_after, message=message)
    if answer.error is not None:
        raise _error_of(answer.error, provider, retry_after)
    if status != _OK:
        raise from_status(status, provider=provider, retry_after=retry_after)
    if not memoryview(answer.result).nbytes:
        raise UnusableAnswer("the answer has no result", provider=provider)
    return answer.result


def read_answers(
    status: int, body: Json, numbers: Sequence[int], *, provider: str, retry_after: float | None = None
) -> list[msgspec.Raw | Exception]:
    """The answers to a batch, in the order of its requests' `numbers`: each a `result`, or an error.

    Args:
        status: of the HTTP answer.
        body: of the HTTP answer, whole.
        numbers: the ids of the requests.
        provider: who answered, for the errors' texts.
        retry_after: seconds that the answer asks to wait.

    Raises:
        Rejected: the provider takes no batches.
        NodeFault: it did not answer them.
    """
    try:
        answers = {answer.id: answer for answer in decode_mending(_decode_batch, body)}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _refusal_of_batch(status, body, provider, retry_after) from None
    if status != _OK:
        raise from_status(status, provider=provider, retry_after=retry_after)
    return [_one_of(answers.get(number), provider, retry_after) for number in numbers]


def _refusal_of_batch(status: int, body: Json, provider: str, retry_after: float | None) -> Exception:
    """What one answer to many requests means; "method not found" is said of the batch, not of the method."""
    try:
        read_answer(status, body, provider=provider, retry_after=retry_after)
    except MethodRefused as refusal:
        if refusal.code != METHOD_NOT_FOUND:
            return refusal
    except (NodeFault, Skipped, Rejected) as error:
        return error
    return Rejected("it takes no batches", provider=provider, code=0)


def _one_of(
    answer: _Answer | None, provider: str, retry_after: float | None
) -> msgspec.Raw | NodeFault | Skipped | Rejected:
    if answer is None:
        return UnusableAnswer("a batch was answered in part", provider=provider)
    if answer.error is not None:
        return _error_of(answer.error, provider, retry_after)
    if not memoryview(answer.result).nbytes:
        return UnusableAnswer("the answer has no result", provider=provider)
    return answer.result


def _error_of(error: _Error, provider: str, retry_after: float | None) -> NodeFault | Skipped | Rejected:
    return from_code(error.code, error.message, provider=provider, retry_after=retry_after)


def seconds_to_wait(header: str | None) -> float | None:
    """Return what a `Retry-After` header asks for, in seconds; None: nothing, or a date."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        return None
    return min(seconds, _MAX_WAIT) if seconds >= 0 else None
