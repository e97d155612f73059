"""Frames of nodes, recorded and malformed, in our words."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.parsing.transaction import read_transaction
from chain.stream.messages import PushedBlock, PushedSlot, PushedTransaction, Reply, read_frame


def logs(signature: str, err: object = None) -> bytes:
    value = {"signature": signature, "err": err, "logs": ["Program log: x"]}
    result = {"context": {"slot": 7}, "value": value}
    return json.dumps({"jsonrpc": "2.0", "method": "logsNotification", "params": {"result": result}}).encode()


def test_a_slot_is_the_heartbeat() -> None:
    frame = (
        b'{"jsonrpc":"2.0","method":"slotNotification","params":{"result":{"slot":9,"parent":8,"root":1}}}'
    )
    assert read_frame(frame) == PushedSlot(slot=9)


def test_logs_name_the_transaction_to_ask_for() -> None:
    assert read_frame(logs("abc")) == PushedTransaction(signature="abc", slot=7, raw=None)


def test_a_failed_transaction_is_not_asked_for() -> None:
    assert read_frame(logs("abc", {"InstructionError": [0, "x"]})) is None


def test_the_signature_of_ones_is_nobodys() -> None:
    assert read_frame(logs("1" * 64)) is None


def block(value: object) -> bytes:
    result = {"context": {"slot": 9}, "value": value}
    params = {"result": result, "subscription": 1}
    return json.dumps({"jsonrpc": "2.0", "method": "blockNotification", "params": params}).encode()


def test_a_block_comes_whole_with_what_links_it_to_its_parent() -> None:
    whole = {"parentSlot": 7, "blockhash": "b", "previousBlockhash": "a", "transactions": []}
    pushed = read_frame(block({"slot": 9, "block": whole, "err": None}))
    assert isinstance(pushed, PushedBlock)
    assert (pushed.slot, pushed.parent_slot, pushed.blockhash, pushed.previous_blockhash) == (9, 7, "b", "a")
    assert json.loads(bytes(pushed.raw)) == whole


@pytest.mark.parametrize(
    "value",
    [
        {"slot": 9, "block": None, "err": {"UnsupportedTransactionVersion": 2}},
        {"slot": 9, "block": {"parentSlot": 8, "blockhash": "b", "previousBlockhash": "a"}, "err": "x"},
        {"slot": 9, "block": {"blockhash": "b"}, "err": None},
        {"slot": 9},
    ],
)
def test_a_block_that_the_node_could_not_write_is_none(value: object) -> None:
    assert read_frame(block(value)) is None


def test_an_answer_differs_from_a_refusal() -> None:
    answer = read_frame(b'{"jsonrpc":"2.0","id":3,"result":62195691}')
    assert isinstance(answer, Reply)
    assert (answer.request_id, bytes(answer.result), answer.code) == (3, b"62195691", 0)
    refusal = read_frame(b'{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":2}')
    assert isinstance(refusal, Reply)
    assert (refusal.request_id, refusal.code, refusal.message) == (2, -32601, "Method not found")


@pytest.mark.parametrize("frame", [b"", b"{", b"[]", b"{}", b'{"method":"x","params":{"result":1}}', b"\xff"])
def test_what_we_did_not_ask_for_is_nothing(frame: bytes) -> None:
    assert read_frame(frame) is None


@given(st.binary(max_size=300))
def test_no_frame_raises(frame: bytes) -> None:
    read_frame(frame)


@pytest.mark.ledger
def test_recorded_frames_are_read(ledger_dir: Path) -> None:
    folder = ledger_dir / "notifications"
    for path in sorted(folder.glob("*.json")):
        frame = read_frame(path.read_bytes())
        if "slotNotification" in path.name:
            assert isinstance(frame, PushedSlot), path.name
        if "ack" in path.name or "error" in path.name:
            assert isinstance(frame, Reply), path.name
        if "logsNotification" in path.name:
            assert isinstance(frame, PushedTransaction), path.name


@pytest.mark.ledger
def test_a_recorded_transaction_in_a_notification_is_the_one_it_names(ledger_dir: Path) -> None:
    paths = sorted((ledger_dir / "notifications" / "wrapped").glob("transactionNotification_*.json"))
    assert paths
    for path in paths:
        frame = read_frame(path.read_bytes())
        assert isinstance(frame, PushedTransaction), path.name
        assert frame.raw is not None
        assert read_transaction(frame.raw, slot=frame.slot).signature == frame.signature
