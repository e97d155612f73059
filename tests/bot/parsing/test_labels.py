"""Names of wallets: checked, and looked up again.
Wallets in what people paste.
Example whales from a setting.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing.labels import (
    PastedWallet,
    leading_name,
    look_alike,
    matching_watches,
    parse_examples,
    parse_label,
    pasted_wallets,
    wallet_and_rest,
)
from domain.errors import BadInput
from domain.rules.rules import MAX_LABEL, Watch
from runtime import clock
from tests.bot.conftest import OTHER_WHALE, WHALE

LINK = f"https://solscan.io/account/{WHALE}"


def watch(number: int, wallet: str, label: str) -> Watch:
    return Watch(
        watch_id=number,
        chat_id=1,
        topic_id=0,
        chain="solana",
        wallet=wallet,
        label=label,
        created_at=clock.now(),
    )


MOBY, DICK = watch(1, WHALE, "Moby"), watch(2, OTHER_WHALE, "Moby Dick")
BOTH = [MOBY, DICK]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (WHALE, [MOBY]),
        ("So11…1112", [MOBY]),
        ("moby dick", [DICK]),
        (f"https://solscan.io/account/{WHALE}", [MOBY]),
        (f"`{WHALE}`", [MOBY]),
        ("So11\u200b…1112", [MOBY]),
        ("MOBY", [MOBY]),
        ("Ahab", []),
        ("", []),
    ],
)
def test_a_wallet_is_found_by_address_or_name(name: str, found: list[Watch]) -> None:
    assert matching_watches(BOTH, name) == found


def test_the_longest_name_that_fits_is_taken() -> None:
    assert leading_name(BOTH, "Moby Dick Ahab") == ([DICK], "Ahab")
    assert leading_name(BOTH, "Moby, Dick Ahab") == ([MOBY], "Dick Ahab")
    assert leading_name(BOTH, f"{WHALE} x y") == ([MOBY], "x y")
    assert leading_name(BOTH, f"https://solscan.io/account/{WHALE} x y") == ([MOBY], "x y")
    assert leading_name(BOTH, "Ahab x") == ([], "Ahab x")


def test_a_wallet_does_not_look_like_itself() -> None:
    assert look_alike(BOTH, WHALE) is None
    assert look_alike(BOTH, WHALE[:8] + "x" + WHALE[9:]) == MOBY


@given(st.text())
def test_a_label_fits_or_is_refused(text: str) -> None:
    try:
        label = parse_label(text)
    except BadInput:
        return
    assert len(label) <= MAX_LABEL
    assert label == parse_label(label)


def test_a_label_is_one_line_without_tricks() -> None:
    assert parse_label("  My \n whale\u202e ") == "My whale"
    with pytest.raises(BadInput):
        parse_label("x" * (MAX_LABEL + 1))


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


def test_labels_and_addresses_are_read() -> None:
    assert parse_examples(f" Moby={WHALE}, ={OTHER_WHALE}") == (("Moby", WHALE), ("", OTHER_WHALE))


def test_what_is_no_address_is_left_out_and_three_are_enough() -> None:
    assert parse_examples("") == ()
    assert parse_examples("Moby=0x12,x") == ()
    assert len(parse_examples(",".join([f"M={WHALE}"] * 5))) == 3
