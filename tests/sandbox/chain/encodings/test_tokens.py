from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.encodings.tokens import TOKEN, TOKEN_2022, decimal_text, holding_of, mint_of, ui_amount


@given(amount=st.integers(min_value=0, max_value=2**64 - 1), decimals=st.integers(min_value=0, max_value=20))
def test_the_text_of_an_amount_is_exact_and_short(amount: int, decimals: int) -> None:
    text = decimal_text(amount, decimals)
    assert Decimal(text).scaleb(decimals) == amount
    assert "." not in text or not text.endswith(("0", "."))


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [(0, 6, "0"), (1_500_000, 6, "1.5"), (1, 9, "0.000000001"), (100, 0, "100"), (10**18, 9, "1000000000")],
)
def test_amounts_are_written_as_nodes_write_them(amount: int, decimals: int, text: str) -> None:
    assert ui_amount(amount, decimals)["uiAmountString"] == text


@given(data=st.binary(max_size=400), owner=st.sampled_from([TOKEN, TOKEN_2022, Pubkey.default()]))
def test_foreign_bytes_are_neither_holding_nor_mint_or_well_formed(data: bytes, owner: Pubkey) -> None:
    account = Account(1, data, owner)
    holding, mint = holding_of(account), mint_of(account)
    assert holding is None or mint is None
    assert (holding is None and mint is None) or owner != Pubkey.default()
