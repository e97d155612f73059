"""Tokens and wallets are called by what is known of them.
Links lead to named sites only.
"""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Leg
from domain.rules.rules import DEFAULT_DISPLAY, Display
from messaging.telegram.names import CHARTS, EXPLORERS, MARKETS, TokenNames, links, wallet_name
from sandbox.telegram.formatting.html import parse_html

MINT = "So11111111111111111111111111111111111111113"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def names(**symbols: str | None) -> TokenNames:
    return TokenNames(chain="solana", symbols=symbols)


def leg(raw: int, decimals: int | None, mint: str = MINT) -> Leg:
    return Leg(mint=mint, raw=raw, decimals=decimals)


def test_a_known_symbol_is_used() -> None:
    assert names(**{MINT: "KRILL"}).of(MINT) == "KRILL"


def test_a_pinned_mint_needs_no_symbol() -> None:
    assert names().of(USDC) == "USDC"
    assert names().of(SOL) == "SOL"


def test_an_unknown_one_is_its_shortened_mint() -> None:
    assert names().of(MINT) == names(**{MINT: None}).of(MINT) == "So11…1113"


def test_an_imitation_says_so() -> None:
    assert names(**{MINT: "US\u200bDC"}).of(MINT) == "USDC ⚠️ fake"


@given(st.text(max_size=60))
def test_no_symbol_breaks_the_markup(symbol: str) -> None:
    visible, entities = parse_html(f"<b>{names(**{MINT: symbol}).of(MINT)}</b>")
    assert visible
    assert [entity.type for entity in entities] == ["bold"]


def test_amounts_are_short_or_exact() -> None:
    known = names(**{MINT: "KRILL"})
    assert known.compact(leg(38_410_250_000, 6)) == "38.4K KRILL"
    assert known.exact(leg(38_410_250_000, 6)) == "38,410.25 KRILL"


def test_unknown_decimals_are_said_and_not_guessed() -> None:
    assert names().compact(leg(1_000, None)) == "1,000 units (decimals unknown) of So11…1113"
    assert names().compact(leg(1_000, 255)) == "1,000 units (decimals unknown) of So11…1113"
    assert names().compact(leg(1_000_000, None, USDC)) == "1 USDC"


def test_the_price_is_what_was_paid_for_one() -> None:
    known = names(**{MINT: "KRILL"})
    assert known.price(leg(84_200_000_000, 9, SOL), leg(38_410_000_000, 6)) == "0.002192 SOL"
    assert known.price(leg(1_000_000, 6, USDC), leg(1, 9)) == "1,000,000,000 USDC".replace(
        "1,000,000,000", "1B"
    )


def test_no_price_without_decimals() -> None:
    assert names().price(leg(1, 9, SOL), leg(5, None)) is None
    assert names().price(leg(1, 9, SOL), leg(10**60, 0)) is None


def test_a_wallet_is_called_by_its_label() -> None:
    assert wallet_name("Toly <2>", MINT) == "Toly &lt;2&gt;"
    assert wallet_name("", MINT) == wallet_name("\u200b", MINT) == "So11…1113"


def test_a_scaled_amount_is_written_as_wallets_show_it_and_so_is_its_price() -> None:
    names = TokenNames(chain="solana", symbols={})
    got = Leg(mint="XsoCS1TfEyfFhfvj8EtZ528L3CaKBDBRqRapnBbDF2W", raw=10**8, decimals=8, scaled=10**9)
    spent = Leg(mint="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", raw=700 * 10**6, decimals=6)
    assert names.compact(got).startswith("10 ")
    assert names.exact(got).startswith("10 ")
    assert names.price(spent, got) == "70 USDC"


def test_a_known_chain_has_links_to_the_sites_that_the_chat_chose() -> None:
    assert links("solana", "5abc", MINT, DEFAULT_DISPLAY) == (
        '<a href="https://solscan.io/tx/5abc">Tx</a>',
        f'<a href="https://dexscreener.com/solana/{MINT}">Chart</a>',
        f'<a href="https://jup.ag/tokens/{MINT}">Trade</a>',
    )
    display = Display(explorer="solanafm", chart="birdeye", trade="")
    assert links("solana", "5abc", MINT, display) == (
        '<a href="https://solana.fm/tx/5abc">Tx</a>',
        f'<a href="https://birdeye.so/token/{MINT}?chain=solana">Chart</a>',
    )
    assert len(links("solana", "5abc", None, DEFAULT_DISPLAY)) == 1
    assert len(links("solana", None, MINT, DEFAULT_DISPLAY)) == 2


def test_the_sandbox_and_unknown_chains_have_none() -> None:
    assert links("sandbox", "5abc", MINT, DEFAULT_DISPLAY) == links("x1", "5abc", MINT, DEFAULT_DISPLAY) == ()


@pytest.mark.parametrize("sites", [EXPLORERS, CHARTS, MARKETS])
def test_every_site_has_one_place_for_what_it_shows(sites: Mapping[str, tuple[str, str]]) -> None:
    for name, address in sites.values():
        assert name
        assert address.startswith("https://")
        assert address.count("{}") == 1


def test_a_hostile_signature_stays_inside_its_link() -> None:
    (entity,) = parse_html(links("solana", '"><b>', None, DEFAULT_DISPLAY)[0])[1]
    assert entity.type == "text_link"


def test_the_chats_own_trading_bot_is_linked_with_the_token() -> None:
    display = Display(explorer="", chart="", trade="", bot="my_bot", bot_start="ref_")
    address = f"https://t.me/my_bot?start=ref_{MINT}"
    assert links("solana", None, MINT, display) == (f'<a href="{address}">Bot</a>',)
    assert links("solana", "5abc", None, display) == ()
