"""What programs were given, in the order in which they ran, in every encoding.
The first bytes of base58 are those of the whole.
"""

from typing import Any

import base58
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chain.parsing.calls import calls_of, prefix
from chain.parsing.transaction import read_transaction
from tests.chain import recorded, samples
from tests.chain.samples import JUPITER, RAYDIUM_CLMM, TOKEN, WHIRLPOOL


@pytest.mark.parametrize("form", [dict, samples.as_base64, samples.as_parsed])
def test_calls_come_in_the_order_in_which_they_ran_with_their_depth(form: Any) -> None:
    calls = calls_of(read_transaction(samples.raw(form(samples.swap()))))
    assert [(call.program, call.depth) for call in calls] == [
        (JUPITER, 1),
        (RAYDIUM_CLMM, 2),
        (TOKEN, 3),
        (JUPITER, 2),
        (WHIRLPOOL, 2),
        (TOKEN, 3),
    ]


@pytest.mark.parametrize("form", [dict, samples.as_base64, samples.as_parsed])
def test_a_call_has_its_accounts_and_the_first_bytes_of_its_data(form: Any) -> None:
    first = calls_of(read_transaction(samples.raw(form(samples.swap()))))[0]
    assert first.accounts == (samples.address("trader"),)
    assert first.prefix == b"\x01" + bytes(7)
    assert first.parsed is None


def test_a_call_without_data_has_no_prefix() -> None:
    sample = samples.swap()
    sample["transaction"]["message"]["instructions"][0]["data"] = ""
    assert calls_of(read_transaction(samples.raw(sample)))[0].prefix == b""


def test_an_instruction_that_the_node_has_parsed_is_named_and_a_bare_text_is_not() -> None:
    sample = samples.as_parsed(samples.swap())
    instructions = sample["meta"]["innerInstructions"][0]["instructions"]
    instructions[0]["parsed"] = {"type": "transfer", "info": {}}
    instructions[1]["parsed"] = "a memo"
    calls = calls_of(read_transaction(samples.raw(sample)))
    assert [call.parsed for call in calls[:3]] == [None, "transfer", ""]


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_every_recorded_transaction_has_as_many_calls_as_it_says(self) -> None:
        for signature, raw in recorded.transactions().items():
            transaction = read_transaction(raw)
            inner = sum(len(group.instructions) for group in transaction.inner)
            assert len(calls_of(transaction)) == len(transaction.instructions) + inner, signature


@given(st.binary(max_size=400), st.integers(1, 8))
@example(b"\0" * 40, 8)
@example(b"\xff" * 200, 8)
@example(b"\x01" + b"\0" * 100, 8)
def test_it_gives_the_first_bytes_of_what_the_text_stands_for(data: bytes, count: int) -> None:
    assert prefix(base58.b58encode(data).decode(), count) == data[:count].ljust(count, b"\0")


@given(st.text(max_size=60))
def test_it_gives_as_many_bytes_whatever_the_text(text: str) -> None:
    assert len(prefix(text, 8)) == 8
