"""Symbols that look like well-known ones are told from the real ones, and from those that are merely near."""

from pathlib import Path

import pytest

from bench.forged_symbols import SEEDS, forgeries
from bench.fuzz_names import MAX_MISSED, missed_forgeries
from domain.tokens.look_alikes import imitated
from domain.tokens.well_known import PINNED

OTHER = "So11111111111111111111111111111111111111113"
SYMBOLS = Path(__file__).parents[3].parent / "shared" / "symbols.tsv"


@pytest.mark.parametrize(
    ("symbol", "real"),
    [
        ("USDC", "USDC"),
        ("usdc", "USDC"),
        ("US\u200bDC", "USDC"),
        ("USDС", "USDC"),  # the last letter is Cyrillic
        ("USDϹ", "USDC"),  # Greek
        ("USÐC", "USDC"),
        ("ＵＳＤＣ", "USDC"),
        ("U S D C", "USDC"),
        ("USDC.", "USDC"),
        ("USDC ✅", "USDC"),
        ("USDC ✅ verified", "USDC"),
        ("USD©", "USDC"),
        ("USDC©", "USDC"),
        ("$U$DC", "USDC"),
        ("🇺🇸 USDC", "USDC"),
        ("🇺🇸🇩🇨", "USDC"),
        ("🅤🅢🅓🅒", "USDC"),
        ("ᑌᔕᗪᑕ", "USDC"),
        ("USD₮", "USDT"),
        ("ВОΝК", "BONK"),
        ("8ONK", "BONK"),
        ("$W1F", "WIF"),
        ("vvif", "WIF"),
        ("S0L", "SOL"),
        ("ÜSDC", "USDC"),
        ("JITOSOL", "JitoSOL"),
        ("rnSOL", "mSOL"),
        ("PEИGU", "PENGU"),
        ("PEN6U", "PENGU"),
        ("\u200b" * 200 + "USDC", "USDC"),  # of which clients show the last four
        ("\u202eCDSU", "USDC"),  # which they show from its end
        ("USD Coin", "USDC"),
        ("usd соin", "USDC"),
        ("DogWifHat", "WIF"),
    ],
)
def test_a_symbol_that_looks_the_same_on_another_mint_is_an_imitation(symbol: str, real: str) -> None:
    assert imitated("solana", OTHER, symbol) == real


@pytest.mark.parametrize(
    "symbol",
    [
        "KRILL",
        "",
        "USD",
        "WIFE",
        "Wrapped SOL",
        "USDCet",
        "USD Coin (Portal from BSC)",
        "CDSU",
        "中",
        "bSOLX",
        "$",
        "✅",
    ],
)
def test_other_symbols_are_not(symbol: str) -> None:
    assert imitated("solana", OTHER, symbol) is None


def test_the_real_ones_do_not_imitate_themselves() -> None:
    assert all(imitated("solana", mint, pin.symbol) is None for mint, pin in PINNED.items())


def test_nothing_is_pinned_on_another_chain() -> None:
    assert imitated("x1", OTHER, "USDC") is None


@pytest.mark.parametrize("seed", SEEDS)
def test_of_two_thousand_forgeries_ninety_nine_in_a_hundred_are_found(seed: int) -> None:
    missed = missed_forgeries(2_000, seed)
    assert len(missed) <= MAX_MISSED * 2_000, missed


def test_the_same_seed_makes_the_same_forgeries() -> None:
    assert [*forgeries(("USDC", "WIF"), 50, 1)] == [*forgeries(("USDC", "WIF"), 50, 1)]


@pytest.mark.ledger
@pytest.mark.skipif(not SYMBOLS.exists(), reason="no list of real symbols in ../shared")
def test_real_tokens_are_not_called_fake_unless_they_bear_another_ones_very_symbol() -> None:
    rows = [line.split("\t") for line in SYMBOLS.read_text(encoding="utf-8").splitlines()[1:]]
    marked = [(symbol, imitated("solana", mint, symbol)) for mint, symbol, _ in rows]
    wrong = [
        (symbol, of) for symbol, of in marked if of and symbol.removeprefix("$").casefold() != of.casefold()
    ]
    assert len(wrong) < 0.005 * len(rows), wrong
