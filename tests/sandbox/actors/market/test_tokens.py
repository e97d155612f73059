"""Tokens and their accounts."""

import pytest
from solders.pubkey import Pubkey
from spl.token.instructions import get_associated_token_address

from domain.activity.activity import SOL
from sandbox.actors.market.tokens import sol_leg
from tests.sandbox.actors.samples import ALL

OWNER = Pubkey(b"o" * 32)


@pytest.mark.parametrize("symbol", ["KRILL", "TITHE"])
def test_an_owners_account_is_where_everybody_looks_for_it(symbol: str) -> None:
    token = ALL[symbol]
    assert token.account_of(OWNER) == get_associated_token_address(OWNER, token.mint, token.program)


def test_what_arrives_is_what_was_sent_without_the_fee() -> None:
    assert ALL["KRILL"].arriving(1_000) == 1_000
    assert ALL["TITHE"].arriving(1_000) == 990
    assert ALL["TITHE"].arriving(10**18) == 10**18 - ALL["TITHE"].max_fee


def test_legs_name_the_mint_and_its_decimals() -> None:
    leg = ALL["KRILL"].leg(7)
    assert (leg.mint, leg.raw, leg.decimals) == (str(ALL["KRILL"].mint), 7, 5)
    assert (sol_leg(7).mint, sol_leg(7).decimals) == (SOL, 9)


def test_tokens_know_their_program() -> None:
    assert ALL["TITHE"].is_2022
    assert not ALL["KRILL"].is_2022
