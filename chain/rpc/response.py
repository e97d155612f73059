"""Reads one answer of a node: its result, or the error that it means. Pure."""

from collections.abc import Sequence

import msgspec

from chain.rpc.errors import Broken, NodeFault, Rejected, Skipped, from_code, from_status

_ABSENT = msgspec.Raw(b"")
_OK = 200
_LONGEST_WAIT = 120.0
"""Seconds; a provider that asks for more is asked again all the same."""


class _Fault(msgspec.Struct):
    code: int
    message: str = ""


class _Answer(msgspec.Struct):
    result: msgspec.Raw = _ABSENT
    error: _Fault | None = None


class _Numbered(_Answer):
    id: int | None = None


_decode = msgspec.json.Decoder(_Answer).decode
_decode_batch = msgspec.json.Decoder(list[_Numbered]).decode


def read_answer(status: int, body: bytes, *, provider: str, retry_after: float | None = None) -> msgspec.Raw:
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
        answer = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if status != _OK:
            raise from_status(status, provider=provider, retry_after=retry_after) from None
        raise Broken(f"the answer is not JSON-RPC: {error}", provider=provider) from None
    if answer.error is not None:
        raise from_code(answer.error.code, answer.error.message, provider=provider)
    if status != _OK:
        raise from_status(status, provider=provider, retry_after=retry_after)
    if not memoryview(answer.result).nbytes:
        raise Broken("the answer has no result", provider=provider)
    return answer.result


def read_answers(
    status: int, body: bytes, numbers: Sequence[int], *, provider: str
) -> list[msgspec.Raw | Exception]:
    """The answers to a batch, in the order of its requests' `numbers`: each a `result`, or an error.

    Raises:
        Rejected: the provider takes no batches.
        NodeFault: it did not answer them.
    """
    try:
        answers = {answer.id: answer for answer in _decode_batch(body)}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        read_answer(status, body, provider=provider)  # says what it is, if it is an error
        raise Rejected("it takes no batches", provider=provider, code=0) from None
    if status != _OK:
        raise from_status(status, provider=provider, retry_after=None)
    return [_one_of(answers.get(number), provider) for number in numbers]


def _one_of(answer: _Answer | None, provider: str) -> msgspec.Raw | NodeFault | Skipped | Rejected:
    if answer is None:
        return Broken("a batch was answered in part", provider=provider)
    if answer.error is not None:
        return from_code(answer.error.code, answer.error.message, provider=provider)
    if not memoryview(answer.result).nbytes:
        return Broken("the answer has no result", provider=provider)
    return answer.result


def seconds_to_wait(header: str | None) -> float | None:
    """What a `Retry-After` header asks for, in seconds; None: nothing, or a date."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        return None
    return min(seconds, _LONGEST_WAIT) if seconds >= 0 else None
