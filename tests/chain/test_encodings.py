"""The same transaction decodes the same, in whichever encoding and envelope a node gives it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.decoders.activities import activities
from chain.parsing.calls import Call, calls_of
from chain.parsing.transaction import Transaction, read_transaction
from domain.activity.activity import Activity
from tests.chain import recorded, samples

ORDINARY = samples.swap()


def _said(call: Call) -> tuple[Any, ...]:
    return call.program, call.depth, call.accounts, call.prefix, call.parsed, call.data


def _everything_decoded(transaction: Transaction) -> tuple[Any, ...]:
    """All that is decoded, but the form in which instructions came."""
    done = activities(transaction, chain="solana", wallets=frozenset(transaction.keys))
    return (
        transaction.signature,
        transaction.keys,
        transaction.signers,
        transaction.failed,
        done,
        [_said(call) for call in calls_of(transaction)],
    )


@pytest.mark.parametrize("version", ["legacy", 0, 1])
def test_it_reads_base64_of_every_version(version: str | int) -> None:
    packed = read_transaction(samples.raw(samples.as_base64(ORDINARY, version)))
    assert _everything_decoded(packed) == _everything_decoded(read_transaction(samples.raw(ORDINARY)))
    assert packed.version == version


def test_it_reads_json_parsed() -> None:
    parsed = read_transaction(samples.raw(samples.as_parsed(ORDINARY)))
    assert _everything_decoded(parsed) == _everything_decoded(read_transaction(samples.raw(ORDINARY)))


@pytest.mark.parametrize(
    "wrap",
    [
        lambda sample: {"jsonrpc": "2.0", "id": 1, "result": sample},
        lambda sample: {
            "transaction": {"transaction": sample["transaction"], "meta": sample["meta"], "version": 0},
            "signature": sample["transaction"]["signatures"][0],
            "slot": 5,
            "transactionIndex": 9,
        },
        lambda sample: {
            "jsonrpc": "2.0",
            "method": "transactionNotification",
            "params": {
                "subscription": 1,
                "result": {
                    "transaction": {"transaction": sample["transaction"], "meta": sample["meta"]},
                    "slot": 5,
                },
            },
        },
    ],
    ids=["answer", "payload", "notification"],
)
def test_it_takes_the_transaction_out_of_any_wrapping(wrap: Any) -> None:
    wrapped = read_transaction(samples.raw(wrap(ORDINARY)))
    assert _amounts(wrapped) == _amounts(read_transaction(samples.raw(ORDINARY)))
    assert wrapped.slot == 5


def _amounts(transaction: Transaction) -> list[tuple[Any, ...]]:
    done: list[Activity] = activities(transaction, chain="solana", wallets=None)
    return [(one.wallet, one.kind, one.paid, one.received, one.route) for one in done]


class TestRecorded:
    pytestmark = recorded.requires_ledger

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def test_it_decodes_json_base64_and_json_parsed_alike(self, data: st.DataObject) -> None:
        plain = [one for one in recorded.transactions().values() if b'"header"' in one]
        sample = json.loads(data.draw(st.sampled_from(plain)))
        expected = _everything_decoded(read_transaction(samples.raw(sample)))
        assert _everything_decoded(read_transaction(samples.raw(samples.as_base64(sample)))) == expected
        assert _everything_decoded(read_transaction(samples.raw(samples.as_parsed(sample)))) == expected
