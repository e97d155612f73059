"""What one HTTP answer means."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.rpc.errors import MethodRefused, NodeFault, RateLimited, Refused, Rejected, Skipped, UnusableAnswer
from chain.rpc.response import read_answer, read_answers, seconds_to_wait


def test_the_result_comes_back_as_it_was_written() -> None:
    raw = read_answer(200, b'{"jsonrpc":"2.0","id":1,"result":{"a" : [1]}}', provider="node")
    assert bytes(raw) == b'{"a" : [1]}'


def test_null_is_a_result() -> None:
    assert bytes(read_answer(200, b'{"result":null,"id":1}', provider="node")) == b"null"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"result":{"a":', b"[]", b"{}", b'{"result":1}x', b"\xff"]
)
def test_anything_else_is_broken(body: bytes) -> None:
    with pytest.raises(UnusableAnswer):
        read_answer(200, body, provider="node")


def test_a_status_tells_where_the_body_does_not() -> None:
    with pytest.raises(RateLimited) as limited:
        read_answer(429, b"slow down", provider="node", retry_after=3.0)
    assert limited.value.retry_after == 3.0
    for status in (401, 402, 403):
        with pytest.raises(Refused):
            read_answer(status, b"", provider="node")
    with pytest.raises(UnusableAnswer):
        read_answer(502, b"<html>", provider="node")


def test_a_body_with_an_error_tells_more_than_the_status() -> None:
    body = b'{"error":{"code":-32602,"message":"Invalid params"},"id":1}'
    with pytest.raises(Rejected, match="Invalid params"):
        read_answer(500, body, provider="node")


LIMITED = b'{"jsonrpc":"2.0","error":{"code":-32005,"message":"Too many requests"},"id":1}'


def test_a_429_keeps_its_retry_after_though_its_body_is_a_json_rpc_error() -> None:
    with pytest.raises(RateLimited, match="Too many requests") as limited:
        read_answer(429, LIMITED, provider="node", retry_after=3.0)
    assert limited.value.retry_after == 3.0


@pytest.mark.parametrize("body", [LIMITED, b"[" + LIMITED + b"]", b"slow down"])
def test_a_429_to_a_batch_keeps_its_retry_after(body: bytes) -> None:
    with pytest.raises(RateLimited) as limited:
        read_answers(429, body, [1], provider="node", retry_after=3.0)
    assert limited.value.retry_after == 3.0


def test_an_error_within_a_batch_keeps_the_retry_after_of_the_batch() -> None:
    body = b'[{"id":1,"error":{"code":-32429,"message":"slow down"}},{"id":2,"result":5}]'
    limited, answer = read_answers(200, body, [1, 2], provider="node", retry_after=3.0)
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 3.0
    assert not isinstance(answer, Exception)


def test_a_method_that_is_gone_or_not_found_is_refused() -> None:
    with pytest.raises(MethodRefused):
        read_answer(410, LIMITED, provider="node")
    with pytest.raises(MethodRefused):
        read_answer(200, b'{"error":{"code":-32601,"message":"Method not found"},"id":1}', provider="node")


def test_method_not_found_in_answer_to_a_batch_refuses_the_batch_and_not_the_method() -> None:
    body = b'{"error":{"code":-32601,"message":"Method not found"},"id":null}'
    with pytest.raises(Rejected, match="takes no batches"):
        read_answers(200, body, [1, 2], provider="node")


@given(status=st.integers(100, 599), body=st.binary(max_size=200))
def test_it_raises_nothing_but_our_own(status: int, body: bytes) -> None:
    with contextlib.suppress(NodeFault, Skipped, Rejected):
        read_answer(status, body, provider="node")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("3", 3.0),
        ("0.5", 0.5),
        ("86400", 120.0),
        ("-1", None),
        ("Wed, 21 Oct 2026", None),
        ("nan", None),
    ],
)
def test_retry_after_is_bounded(header: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(header) == seconds
