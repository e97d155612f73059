"""Nothing foreign gets into a message with its teeth."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messaging.telegram.escaping import clean, escape, own_name, plain
from sandbox.telegram.formatting.html import parse_html
from sandbox.telegram.formatting.links import checked_link


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
        ("$WIF", "$WIF"),
        ("  two \t\n words ", "two words"),
        ("US\u200bDC", "USDC"),
        ("a\u202eBCD\u2066x", "aBCDx"),
        ("claim at https://evil.example/x now", "claim at now"),
        ("claim-usdc.com", "claim-usdc․com"),
        ("t.me/scam", "t․me/scam"),
        ("PEPE.AI", "PEPE․AI"),
        ("toly.sol", "toly․sol"),
        ("@durov", "durov"),
        ("/start", "start"),
        ("\u3164\u2800\u00ad", ""),
        ("U.S.", "U.S."),
        ("e\u0301", "é"),
        ("Z" + "\u0335" * 40, "Z\u0335\u0335"),
        ("x" * 40, "x" * 15 + "…"),
        ("\ud800broken", "broken"),
    ],
)
def test_chain_text_loses_what_misleads(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless


@given(st.text(max_size=200))
@example("a.a.co.co")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=200))
def test_clean_text_is_short_and_visible(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= 16
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in cleaned)


@given(st.text(max_size=60), st.sampled_from(["com", "ai", "fun", "sol"]))
def test_telegram_makes_no_link_of_clean_text(text: str, ending: str) -> None:
    for hostile in (text, f"{text}.{ending}", f"a.{ending}/{text}"):
        assert all(checked_link(word) is None for word in clean(hostile, limit=100).split())


def test_our_own_names_stand() -> None:
    assert own_name("Pump.fun") == "Pump.fun"
    assert own_name("a \n b") == "a b"


def test_ten_thousand_characters_are_cut_at_once() -> None:
    assert len(clean("a." * 50_000)) <= 16


def test_plain_text_is_what_a_reader_sees() -> None:
    assert plain('<b>A &lt; B</b> <a href="https://x.example">link</a>') == "A < B link"
