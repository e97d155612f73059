"""The JSON-RPC text of questions: numbers, and the transaction versions that are allowed."""

import json
from typing import Any

import pytest

from chain.rpc.request import MAX_TRY_SECONDS, RequestEncoder, RpcRequest
from runtime.clock import monotonic

VERSIONED = {"encoding": "json", "maxSupportedTransactionVersion": 1}


def request(*params: list[Any], seconds: float = 5.0) -> RpcRequest:
    return RpcRequest(method="getBlock", params=params, deadline=monotonic() + seconds)


def test_requests_are_numbered() -> None:
    encoder = RequestEncoder()
    first, second = (json.loads(encoder.single(request([5, {"a": 1}]))) for _ in range(2))
    assert first == {"jsonrpc": "2.0", "id": 1, "method": "getBlock", "params": [5, {"a": 1}]}
    assert second["id"] == 2


def test_a_batch_holds_all_and_says_their_numbers_in_order() -> None:
    body, numbers = RequestEncoder().batch(request([5], [6], [7]))
    assert [one["params"] for one in json.loads(body)] == [[5], [6], [7]]
    assert [one["id"] for one in json.loads(body)] == numbers == [1, 2, 3]


def test_a_newer_version_is_allowed_from_then_on_and_an_older_changes_nothing() -> None:
    encoder = RequestEncoder()
    assert json.loads(encoder.single(request([5, VERSIONED])))["params"][1] == VERSIONED
    encoder.allow(3)
    encoder.allow(2)
    assert encoder.version == 3
    assert json.loads(encoder.single(request([5, VERSIONED])))["params"][1] == VERSIONED | {
        "maxSupportedTransactionVersion": 3
    }
    assert json.loads(encoder.single(request([5])))["params"] == [5]


def test_one_try_takes_no_longer_than_the_question_and_never_too_long() -> None:
    assert 4 < request([5], seconds=5.0).try_seconds <= 5
    assert request([5], seconds=60.0).try_seconds == MAX_TRY_SECONDS


@pytest.mark.parametrize("method", ["getTransactionsForAddress", "getProgramAccounts", "getTokenAccounts"])
def test_a_list_of_whole_things_has_room_and_a_number_has_little(method: str) -> None:
    """Too large an answer lets the whole provider rest."""

    def room(name: str) -> int:
        return RpcRequest(method=name, params=[[]], deadline=0).max_bytes

    assert room(method) >= 30 * room("getSlot")
