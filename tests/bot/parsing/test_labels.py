"""Names of wallets: checked, and looked up again.
Example whales from a setting.
"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing import labels
from bot.parsing.labels import leading_name, leading_sol_name, matching_watches, parse_examples, parse_label
from domain.errors import BadInput
from domain.rules.rules import MAX_LABEL, Watch
from runtime import clock
from tests.bot.conftest import OTHER_WHALE, WHALE


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


def test_of_very_many_words_those_are_looked_at_that_a_name_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counting(watches: Sequence[Watch], name: str) -> list[Watch]:
        asked.append(name)
        return matching_watches(watches, name)

    monkeypatch.setattr(labels, "matching_watches", counting)
    assert leading_name(BOTH, "Moby Dick " + "x " * 2_000)[0] == [DICK]
    assert len(asked) <= MAX_LABEL


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


def test_labels_and_addresses_are_read() -> None:
    assert parse_examples(f" Moby={WHALE}, ={OTHER_WHALE}") == (("Moby", WHALE), ("", OTHER_WHALE))


def test_what_is_no_address_is_left_out_and_three_are_enough() -> None:
    assert parse_examples("") == ()
    assert parse_examples("Moby=0x12,x") == ()
    assert len(parse_examples(",".join([f"M={WHALE}"] * 5))) == 3


def test_a_sol_name_leads_unless_there_is_an_address_too() -> None:
    assert leading_sol_name("Toly.sol my friend") == ("toly.sol", "my friend")
    assert leading_sol_name(f"{WHALE} toly.sol") == ("", f"{WHALE} toly.sol")
    assert leading_sol_name(f"toly.sol {WHALE}")[0] == ""
    assert leading_sol_name("ansem.eth")[0] == ""
