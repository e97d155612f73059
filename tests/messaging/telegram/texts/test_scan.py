"""The scan's card says what was found, what was not looked at, and nothing hostile."""

from datetime import UTC, datetime, timedelta

import msgspec

from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.security.scan import ISSUER_CONTROLLED, scan_mint
from messaging.telegram.escaping import plain
from messaging.telegram.texts.scan import not_a_mint, scan_card, scan_failed

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
MINT = "9Jt3ZxeoLnDEYmFgad9J5vFcPzyHwfMsNDXmKL2GKy6D"
FACTS = MintFacts(
    address=MINT,
    program=TOKEN_PROGRAM,
    decimals=6,
    supply=10**15,
    mint_authority=None,
    freeze_authority=None,
    symbol="MITTEN",
    name="cat in mittens",
    slot=341_220_118,
)


def test_a_reading_of_today_has_a_time_and_one_of_before_its_date() -> None:
    scan = scan_mint(FACTS)
    today = scan_card(scan, chain="solana", read_at=NOW, now=NOW + timedelta(hours=3))
    assert "Slot 341,220,118 · 02:30 UTC" in plain(today)
    later = scan_card(scan, chain="solana", read_at=NOW, now=NOW + timedelta(days=1))
    assert "Slot 341,220,118 · 2026-11-22 02:30 UTC" in plain(later)


def card(**changes: object) -> str:
    scan = scan_mint(msgspec.structs.replace(FACTS, **changes))
    return scan_card(scan, chain="solana", read_at=NOW, now=NOW)


def test_the_first_line_carries_token_and_grade() -> None:
    assert card().splitlines()[0] == "🛡 <b>MITTEN</b> · grade <b>C</b>"


def test_coverage_slot_time_and_mint_are_shown() -> None:
    text = card()
    assert "12 of 17 checks done. Unknown ≠ safe." in text
    assert "✅ Control · ❔ Identity · ❔ Holders · ❔ Liquidity · ❔ Trading · ❔ Creator" in text
    assert "Slot 341,220,118" in text
    assert 'unix="1795314600"' in text
    assert text.endswith(f"<code>{MINT}</code>")


def test_failures_come_before_what_is_unknown_with_who_has_the_power() -> None:
    text = card(mint_authority="Boss1111", unknown_extensions=(99,))
    assert text.index("🔴 mint authority: Boss1111 can make more tokens at will.") < text.index(
        "⚪ extensions"
    )


def test_a_hostile_name_stays_text() -> None:
    text = card(symbol="<b>\u202eEVIL", name="<a href='https://x.example'>free</a>")
    assert "\u202e" not in text
    assert "<a " not in text
    assert "x.example" not in text


def test_an_imitated_symbol_is_called_fake() -> None:
    assert "fake" in card(symbol="USDC").splitlines()[0]


def test_an_issuers_powers_are_shown_with_their_grade() -> None:
    issued = min(ISSUER_CONTROLLED)
    text = card(address=issued, freeze_authority="Issuer11")
    assert "grade <b>IC</b>" in text
    assert "Issuer11 can freeze" in text


def test_other_answers_escape_what_was_asked() -> None:
    assert "<b>" not in not_a_mint("<b>", "no token")
    assert "says nothing about the token" in scan_failed(MINT)
