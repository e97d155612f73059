"""Example whales from a setting."""

from bot.parsing.examples import parse_examples
from tests.bot.conftest import OTHER_WHALE, WHALE


def test_labels_and_addresses_are_read() -> None:
    assert parse_examples(f" Moby={WHALE}, ={OTHER_WHALE}") == (("Moby", WHALE), ("", OTHER_WHALE))


def test_what_is_no_address_is_left_out_and_three_are_enough() -> None:
    assert parse_examples("") == ()
    assert parse_examples("Moby=0x12,x") == ()
    assert len(parse_examples(",".join([f"M={WHALE}"] * 5))) == 3
