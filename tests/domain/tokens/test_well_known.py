"""Well-known symbols belong to their mints."""

from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.addresses import is_address
from domain.rules.spam import WELL_KNOWN
from domain.tokens.well_known import PINNED, mint_of, pinned

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def test_another_chain_has_other_mints() -> None:
    assert mint_of("x1", "USDC") is None
    assert mint_of("solana", "usdc") == USDC
    assert pinned("x1", USDC) is None
    coin = pinned("x1", SOL)
    assert coin is not None
    assert coin.symbol == "XNT"


def test_every_pin_is_an_address() -> None:
    assert all(is_address(mint) for mint in PINNED if mint != SOL)
    assert PINNED[WRAPPED_SOL] == PINNED[SOL]


def test_whatever_people_know_by_symbol_has_a_known_value() -> None:
    assert PINNED.keys() <= WELL_KNOWN
