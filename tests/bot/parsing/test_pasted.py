"""Wallets in what people paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing.pasted import PastedWallet, pasted_wallets, wallet_and_rest
from tests.bot.conftest import OTHER_WHALE, WHALE

LINK = f"https://solscan.io/account/{WHALE}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (WHALE, ""),
        (f"{WHALE} My whale", "My whale"),
        (f"{WHALE}\tMy whale", "My whale"),
        (f"{WHALE}, My whale", "My whale"),
        (f"{WHALE}\u00a0My whale", "My whale"),
        (f"`{WHALE}` My whale", "My whale"),
        (f"{LINK} My whale", "My whale"),
        (f"1. {WHALE} My whale", "My whale"),
        (f"My whale: {WHALE}", "My whale"),
        (f"My whale - {WHALE}", "My whale"),
        (f"look at {WHALE} please", ""),
        (f"look at {WHALE}", ""),
    ],
)
def test_the_name_next_to_an_address_is_taken(text: str, name: str) -> None:
    assert pasted_wallets(text) == [PastedWallet(address=WHALE, name=name)]


def test_several_lines_are_several_wallets_each_with_its_name() -> None:
    text = f"my list\n{WHALE} Moby\n\n{OTHER_WHALE} Dick\r\n{WHALE} again"
    assert pasted_wallets(text) == [
        PastedWallet(address=WHALE, name="Moby"),
        PastedWallet(address=OTHER_WHALE, name="Dick"),
    ]


def test_several_addresses_on_one_line_have_no_names() -> None:
    assert pasted_wallets(f"{WHALE} {OTHER_WHALE}") == [
        PastedWallet(address=WHALE),
        PastedWallet(address=OTHER_WHALE),
    ]


def test_the_words_after_the_first_address_are_the_rest() -> None:
    assert wallet_and_rest(f"{LINK} 1h") == (WHALE, "1h")
    assert wallet_and_rest("Moby 1h") == ("", "Moby 1h")


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(wallet.name == wallet.name.strip() for wallet in pasted_wallets(text))
