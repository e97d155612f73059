"""Reading a transaction: any year's fields, and nothing but our own error for whatever is no transaction."""

import contextlib
import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.blocks.decoding import block_activities
from chain.decoders.activities import activities
from chain.decoders.balances import deltas
from chain.parsing.calls import calls_of
from chain.parsing.transaction import read_transaction
from domain.errors import Undecodable
from tests.chain import recorded, samples

ODD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=50)
    | st.sampled_from(["base64", "1", samples.SYSTEM, 2**64, -1]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)


def _decode(raw: bytes) -> None:
    """All that a scanner does with a transaction and a block."""
    with contextlib.suppress(Undecodable):
        transaction = read_transaction(raw)
        activities(transaction, chain="solana", wallets=None)
        activities(transaction, chain="solana", wallets=frozenset(transaction.keys))
        calls_of(transaction)


def _indexes(sample: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = (
        sample.items() if isinstance(sample, dict) else enumerate(sample) if isinstance(sample, list) else ()
    )
    return [path, *(index for key, inner in steps for index in _indexes(inner, (*path, key)))]


def _replaced(sample: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    sample = copy.deepcopy(sample)
    inner = sample
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return sample


FORMS = (samples.swap(), samples.as_base64(samples.swap(), 0), samples.as_parsed(samples.swap()))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_a_mutated_transaction_raises_nothing_but_undecodable(sample: Any, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        sample = _replaced(sample, data.draw(st.sampled_from(_indexes(sample))), data.draw(ODD))
    try:
        raw = json.dumps(sample).encode()
    except ValueError:
        return
    _decode(raw)
    block = b'{"parentSlot":1,"blockhash":"x","previousBlockhash":"y","transactions":[' + raw + b"]}"
    with contextlib.suppress(Undecodable):
        block_activities(block, slot=2, chain="solana", watched={samples.address("trader")})


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_a_cut_or_damaged_text_raises_nothing_but_undecodable(sample: Any, data: st.DataObject) -> None:
    raw = bytearray(samples.raw(sample))
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    _decode(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_but_undecodable(raw: bytes) -> None:
    _decode(raw)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"null", "answered null"),
        (b'{"result":null}', "answered null"),
        (b'{"slot":1,', "cut off after 10 bytes"),
        (b"[1]", "got `array`"),
        (b"{]}", "byte 1"),
        (b'{"transaction":null}', "is it a block"),
        (b'{"transaction":["AA==","base64"],"meta":null}', "without meta"),
    ],
)
def test_it_says_what_is_wrong_and_where(raw: bytes, why: str) -> None:
    with pytest.raises(Undecodable, match=why):
        read_transaction(raw)


def test_it_reads_what_old_ledgers_lack() -> None:
    sample = samples.swap()
    for name in ("preTokenBalances", "postTokenBalances", "innerInstructions", "logMessages"):
        sample["meta"][name] = None
    del sample["meta"]["err"], sample["version"], sample["blockTime"]
    sample["meta"]["status"] = {"Err": {"InstructionError": [0, "Custom"]}}
    transaction = read_transaction(samples.raw(sample), slot=3)
    assert transaction.failed
    assert transaction.err == '{"InstructionError": [0, "Custom"]}'
    assert (transaction.slot, transaction.block_time) == (5, None)


def test_a_payer_that_the_node_calls_a_token_account_raises_nothing() -> None:
    sample = samples.swap()
    sample["meta"]["preTokenBalances"][0]["accountIndex"] = 0
    assert deltas(read_transaction(samples.raw(sample)))


def test_a_token_balance_beyond_the_accounts_is_undecodable() -> None:
    sample = samples.swap()
    sample["meta"]["postTokenBalances"][0]["accountIndex"] = 2**62
    transaction = read_transaction(samples.raw(sample))
    with pytest.raises(Undecodable):
        deltas(transaction)
    with pytest.raises(Undecodable):
        activities(transaction, chain="solana", wallets=None)


def test_a_parsed_instruction_that_is_no_utf8_is_borne() -> None:
    sample = samples.as_parsed(samples.swap())
    sample["transaction"]["message"]["instructions"][0]["parsed"] = {"type": "X"}
    calls = calls_of(read_transaction(samples.raw(sample).replace(b'"X"', b'"\xc4"')))
    assert calls[0].parsed == ""


def test_it_uses_slot_time_and_position_where_the_node_does_not_say_them() -> None:
    sample = samples.swap()
    del sample["slot"], sample["blockTime"]
    transaction = read_transaction(samples.raw(sample), slot=8, block_time=9, position=10)
    assert (transaction.slot, transaction.block_time, transaction.position) == (8, 9, 10)


def test_accounts_of_tables_that_the_node_does_not_name_get_their_index() -> None:
    sample = samples.swap()
    sample["transaction"]["message"]["accountKeys"].pop()
    transaction = read_transaction(samples.raw(sample))
    assert transaction.keys[-1] == f"?{len(transaction.keys) - 1}"


class TestRecorded:
    pytestmark = recorded.requires_ledger

    @settings(max_examples=100, deadline=None)
    @given(st.data())
    def test_a_mutated_recorded_transaction_raises_nothing_but_undecodable(self, data: st.DataObject) -> None:
        sample = json.loads(data.draw(st.sampled_from([*recorded.transactions().values()])))
        _decode(
            json.dumps(
                _replaced(sample, data.draw(st.sampled_from(_indexes(sample))), data.draw(ODD))
            ).encode()
        )

    def test_it_reads_every_transaction_of_blocks_of_every_year(self) -> None:
        for slot, raw in recorded.blocks().items():
            outcome = block_activities(raw, slot=int(slot), chain="solana", watched=_Everyone())
            assert outcome.undecodable == []
            assert outcome.activities


class _Everyone:
    def __contains__(self, address: object) -> bool:
        return True
