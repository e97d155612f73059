"""Addresses as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.addresses import is_address, parse_address, short
from domain.errors import BadAddress

WHALE = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


def test_white_space_around_an_address_is_no_fault() -> None:
    assert parse_address(f"  {WHALE}\n") == WHALE


@pytest.mark.parametrize("text", ["", "hello", WHALE[:-3], WHALE + "1", "0" * 44, "z" * 44, "1" * 33])
def test_what_is_not_32_bytes_of_base58_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        parse_address(text)
    assert not is_address(text)


@given(st.text(max_size=10_000))
def test_no_text_raises_anything_but_bad_address_and_the_answer_stays_short(text: str) -> None:
    if is_address(text.strip()):
        assert parse_address(text) == text.strip()
        return
    with pytest.raises(BadAddress) as error:
        parse_address(text)
    assert len(str(error.value)) < 200


def test_the_system_program_is_an_address() -> None:
    assert is_address("1" * 32)


def test_an_address_is_shortened_to_both_its_ends() -> None:
    assert short(WHALE) == "7vfC…voxs"
    assert short("SOL") == "SOL"
