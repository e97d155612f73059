"""Well-known symbols belong to their mints."""

import pytest

from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.addresses import is_address
from domain.rules.spam import WELL_KNOWN
from messaging.telegram.well_known_tokens import PINNED, imitated, pinned

OTHER = "So11111111111111111111111111111111111111113"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


@pytest.mark.parametrize(
    ("symbol", "real"),
    [
        ("USDC", "USDC"),
        ("usdc", "USDC"),
        ("US\u200bDC", "USDC"),
        ("USDС", "USDC"),  # the last letter is Cyrillic
        ("ＵＳＤＣ", "USDC"),
        ("U S D C", "USDC"),
        ("ВОΝК", "BONK"),
        ("$W1F", "WIF"),
        ("S0L", "SOL"),
        ("ÜSDC", "USDC"),
        ("JITOSOL", "JitoSOL"),
    ],
)
def test_a_symbol_that_looks_the_same_on_another_mint_is_an_imitation(symbol: str, real: str) -> None:
    assert imitated("solana", OTHER, symbol) == real


@pytest.mark.parametrize("symbol", ["KRILL", "", "USD", "WIFE", "Wrapped SOL"])
def test_other_symbols_are_not(symbol: str) -> None:
    assert imitated("solana", OTHER, symbol) is None


def test_the_real_ones_do_not_imitate_themselves() -> None:
    assert all(imitated("solana", mint, pin.symbol) is None for mint, pin in PINNED.items())


def test_another_chain_has_other_mints() -> None:
    assert imitated("x1", OTHER, "USDC") is None
    assert pinned("x1", USDC) is None
    coin = pinned("x1", SOL)
    assert coin is not None
    assert coin.symbol == "XNT"


def test_every_pin_is_an_address() -> None:
    assert all(is_address(mint) for mint in PINNED if mint != SOL)
    assert PINNED[WRAPPED_SOL] == PINNED[SOL]


def test_whatever_people_know_by_symbol_has_a_known_value() -> None:
    assert PINNED.keys() <= WELL_KNOWN
