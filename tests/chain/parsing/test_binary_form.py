"""Transactions in the chain's own binary form: the same keys, found in two ways."""

import base64
from typing import Any

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.parsing.binary_form import MAX_CHARACTERS, addresses, read_binary, static_keys
from domain.errors import Undecodable
from tests.chain import recorded, samples

VERSIONS = ["legacy", 0, 1]


def _encoded(version: str | int) -> tuple[str, str]:
    text, encoding = samples.as_base64(samples.swap(), version)["transaction"]
    return text, encoding


@pytest.mark.parametrize("version", VERSIONS)
def test_the_static_keys_are_found_without_reading_the_rest(version: str | int) -> None:
    keys = static_keys(_encoded(version))
    assert keys is not None
    assert tuple(addresses(keys)) == read_binary(_encoded(version)).message.keys


@pytest.mark.parametrize("version", VERSIONS)
def test_base58_is_read_like_base64_with_or_without_its_name(version: str | int) -> None:
    text, _ = _encoded(version)
    in_base58 = base58.b58encode(base64.b64decode(text)).decode()
    assert read_binary(in_base58) == read_binary((in_base58, "base58")) == read_binary((text, "base64"))
    assert static_keys(in_base58) == static_keys((text, "base64"))


def test_every_instruction_has_the_indexes_of_its_accounts_and_its_data() -> None:
    assert read_binary(_encoded(0)).calls == ((b"\0", b"\x01"),)


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        (("AQID", "base64"), "not valid base64"),
        (("AQID", "base32"), "unknown encoding"),
        (("AQID",), "not a pair"),
        (("0OIl", "base58"), "not valid base58"),
        (("A" * (MAX_CHARACTERS + 4), "base64"), "larger than any real one"),
    ],
)
def test_what_is_no_transaction_is_undecodable(encoded: Any, why: str) -> None:
    with pytest.raises(Undecodable, match=why):
        read_binary(encoded)


@given(st.binary(max_size=200))
def test_looking_for_keys_never_raises(data: bytes) -> None:
    keys = static_keys((base64.b64encode(data).decode(), "base64"))
    assert keys is None or len(keys) % 32 == 0


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_recorded_transactions_have_the_same_keys_in_both_ways(self) -> None:
        from_block = recorded.binary_transactions()
        assert from_block
        for encoded in from_block:
            keys = static_keys(encoded)
            assert keys is not None
            assert tuple(addresses(keys)) == read_binary(encoded).message.keys
