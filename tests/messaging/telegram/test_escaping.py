"""Nothing foreign gets into a message with its teeth."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.fuzz_names import BITS, shows_something
from bench.telegram_links import links
from messaging.telegram.escaping import clean, escape, own_name, plain
from sandbox.telegram.formatting.entities import find_entities
from sandbox.telegram.formatting.html import parse_html
from sandbox.telegram.formatting.links import checked_link

TELEGRAM = Path(__file__).parents[3] / "messaging" / "telegram"
FOREIGN = st.lists(st.sampled_from(BITS) | st.text(max_size=8), max_size=10).map("".join)


@given(st.text())
@example("<a href='x'>&amp;")
def test_escaped_text_is_shown_by_telegram_as_it_was(text: str) -> None:
    if "\r" in text or "\0" in text:
        return
    visible, entities = parse_html(f"<b>{escape(text)}</b>")
    assert visible == text
    assert len(entities) <= 1


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("WIF", "WIF"),
        ("$WIF", "＄WIF"),
        ("  two \t\n words ", "two words"),
        ("US\u200bDC", "USDC"),
        ("a\u202eBCD\u2066x", "aBCDx"),
        ("go to https://t.me/x", "go to https:∕∕t…"),
        ("airdrop-sol.com9z", "airdrop-sol․com…"),
        ("tg://resolve", "tg:∕∕resolve"),
        ("x@evil.zip", "x＠evil․zip"),
        ("claim-usdc.com", "claim-usdc․com"),
        ("t.me/scam", "t․me∕scam"),
        ("PEPE.AI", "PEPE․AI"),
        ("toly.sol", "toly․sol"),
        ("@durov", "＠durov"),
        ("/start", "∕start"),
        ("#tag", "＃tag"),
        ("D/ACC", "D∕ACC"),
        ("C++ 2", "C++ 2"),
        ("+49 30 12", "＋49 30 12"),
        ("55 · ۱111", "55’۱111"),
        ("(12) 345", "(12’345"),
        ("555-010-12", "555’010’12"),
        ("1000000", "1’000’000"),
        ("Moby So11…1112", "Moby So11…1112"),
        ("4111 1111 1111 1", "4111’1111’1111’1"),
        ("2024", "2024"),
        ("at 12:34", "at 12∶34"),
        ("🟢 Toly", "Toly"),
        ("✅ verified", "verified"),
        ("A · grade A", "A - grade A"),
        ("84 SOL → 900", "84 SOL 900"),
        ("🟢", "large green cir…"),
        ("🫨 new", "🫨 new"),
        ("l·l", "l·l"),
        ("\u3164\u2800\u00ad", ""),
        ("U.S.", "U․S."),
        ("e\u0301", "é"),
        ("Z" + "\u0335" * 40, "Z\u0335\u0335"),
        ("x" * 40, "x" * 15 + "…"),
        ("\ud800broken", "broken"),
    ],
)
def test_scenario_82_chain_text_loses_what_misleads(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless


@given(FOREIGN, st.integers(2, 64))
@example("a.a.co.co", 16)
@example("airdrop-sol.com9z", 16)
@example(" \u0300 \u0300A", 16)
def test_cleaning_twice_changes_nothing(text: str, limit: int) -> None:
    assert clean(clean(text, limit=limit), limit=limit) == clean(text, limit=limit)


@given(FOREIGN, st.integers(2, 64))
def test_clean_text_is_short_and_visible(text: str, limit: int) -> None:
    cleaned = clean(text, limit=limit)
    assert len(cleaned) <= limit
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in cleaned)


@given(FOREIGN, st.integers(2, 64))
def test_what_shows_anything_is_never_emptied(text: str, limit: int) -> None:
    assert clean(text, limit=limit) or not shows_something(text[:limit])


@given(FOREIGN, st.integers(2, 64), st.sampled_from(["com", "zip", "рф", "xn--p1ai", "sol"]))
def test_no_client_makes_a_link_of_clean_text_wherever_it_is_cut(text: str, limit: int, ending: str) -> None:
    for hostile in (text, f"{text}.{ending}", f"a.{ending}/{text}", f"{text}@a.{ending}"):
        cleaned = clean(hostile, limit=limit)
        assert links(cleaned) == []
        assert find_entities(cleaned) == []
        assert links(f"84 {cleaned} for 1,000 SOL") == []
        assert all(checked_link(word) is None for word in cleaned.split())


def test_a_name_cannot_speak_in_our_voice() -> None:
    """Each sign of our messages is taken out of names; a new one belongs to `_OUR_SIGNS`."""
    sources = [path for folder in ("texts", "keyboards") for path in (TELEGRAM / folder).glob("*.py")]
    signs = {one for path in sources for one in path.read_text() if unicodedata.category(one) in {"So", "Sm"}}
    kept = {one for one in signs if one.isprintable() and not one.isascii() and clean(f"x{one}") != "x"}
    assert kept <= set("−×＝＋")  # nobody takes these for a verdict


def test_our_own_names_stand() -> None:
    assert own_name("Pump.fun") == "Pump.fun"
    assert own_name("a \n b") == "a b"


def test_ten_thousand_characters_are_cut_at_once() -> None:
    assert len(clean("a." * 50_000)) <= 16


def test_plain_text_is_what_a_reader_sees() -> None:
    assert plain('<b>A &lt; B</b> <a href="https://x.example">link</a>') == "A < B link"
