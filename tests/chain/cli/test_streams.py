"""What the commands have in common."""

import argparse

import pytest

from chain.cli.streams import wallet_argument
from tests.chain import samples


def test_an_address_is_itself() -> None:
    assert wallet_argument(samples.address("trader")) == samples.address("trader")


@pytest.mark.parametrize("text", ["", "nonsense", "0" * 44])
def test_what_is_no_address_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a Solana address"):
        wallet_argument(text)
