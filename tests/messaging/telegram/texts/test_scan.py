"""The scan's card says what was found, what was not checked, and nothing hostile."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from domain.security.checks import Verdict
from domain.security.facts import Creation, EarlierScans, Liquidity
from domain.security.issuers import LISTED
from domain.security.market import Market, Trade
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.security.scan import scan_mint
from domain.sentences import Figure, sentence
from messaging.languages.choice import locale_of
from messaging.telegram.escaping import plain
from messaging.telegram.texts.scan import CardTimes, not_a_mint, scan_card, scan_failed
from tests.domain.security.tokens import CLEAN, PAIR, SOURCE, scanned

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
    today = scan_card(scan, chain="solana", times=CardTimes(read_at=NOW, now=NOW + timedelta(hours=3)))
    assert "Slot 341,220,118 · 02:30 UTC" in plain(today)
    later = scan_card(scan, chain="solana", times=CardTimes(read_at=NOW, now=NOW + timedelta(days=1)))
    assert "Slot 341,220,118 · 2026-11-22 02:30 UTC" in plain(later)


def card(**changes: object) -> str:
    scan = scan_mint(msgspec.structs.replace(FACTS, **changes))
    return scan_card(scan, chain="solana", times=CardTimes(read_at=NOW, now=NOW))


def test_the_first_line_carries_token_and_grade() -> None:
    assert card().splitlines()[0] == "🛡 <b>MITTEN</b> · grade <b>C</b>"


def test_coverage_slot_time_and_mint_are_shown() -> None:
    text = card()
    assert "18 of 38 checks decided. Unknown ≠ safe." in text
    assert "✅ Control · ❔ Identity · ❔ Holders · ❔ Liquidity · ❔ Trading · ❔ Creator" in text
    assert "Slot 341,220,118" in text
    assert 'unix="1795314600"' in text
    assert text.endswith(f"<code>{MINT}</code>")


def test_news_since_an_earlier_scan_and_reading_on_are_shown() -> None:
    times = CardTimes(read_at=NOW, now=NOW, earlier_at=NOW - timedelta(days=8))
    text = scan_card(
        scan_mint(FACTS),
        chain="solana",
        times=times,
        news=(
            sentence("freeze authority given up"),
            sentence("top 10 {old} → {new}", old=31, new=Figure("44 %")),
        ),
        is_partial=True,
    )
    assert "Since a week ago: freeze authority given up, top 10 31 → 44%." in text
    assert "Reading on…" in text


def test_what_was_done_stands_before_what_could_be() -> None:
    scan = scan_mint(msgspec.structs.replace(FACTS, freeze_authority="Boss1111"))
    frozen = next(check for check in scan.checks if check.name == "freeze abuse")
    found = msgspec.structs.replace(
        frozen, verdict=Verdict.FAIL, said=sentence("The tokens of one holder are frozen.")
    )
    checks = tuple(found if check is frozen else check for check in scan.checks)
    text = scan_card(
        msgspec.structs.replace(scan, checks=checks),
        chain="solana",
        times=CardTimes(read_at=NOW, now=NOW),
    )
    assert text.index("What was done") < text.index("freeze abuse") < text.index("What could happen")
    assert text.index("What could happen") < text.index("Boss1111 can freeze") < text.index("Not known")


def test_failures_come_before_what_is_unknown_with_who_has_the_power() -> None:
    text = card(mint_authority="Boss1111", unknown_extensions=(99,))
    assert text.index("🔴 mint authority: Boss1111 can make more tokens at will.") < text.index(
        "extensions: It has extensions that this version does not know"
    )


def test_a_hostile_name_stays_text() -> None:
    text = card(symbol="<b>\u202eEVIL", name="<a href='https://x.example'>free</a>")
    assert "\u202e" not in text
    assert "<a " not in text
    assert "x.example" not in text


def test_an_imitated_symbol_is_called_fake() -> None:
    assert "fake" in card(symbol="USDC").splitlines()[0]


def test_an_issuers_powers_are_shown_with_their_grade() -> None:
    issued = min(LISTED)
    text = card(address=issued, freeze_authority="Issuer11")
    assert "grade <b>IC</b>" in text
    assert "Issuer11 can freeze" in text


def test_other_answers_escape_what_was_asked() -> None:
    assert "<b>" not in not_a_mint("<b>", sentence("no token"))
    assert "says nothing about the token" in scan_failed(MINT)


def test_the_card_of_a_clean_token_reads_like_this() -> None:
    text = scan_card(scanned(), chain="solana", times=CardTimes(read_at=NOW, now=NOW))
    assert plain(text).splitlines() == [
        "🛡 MITTEN · grade B",
        "✅ Control · ✅ Identity · ✅ Holders · ✅ Liquidity · ❔ Trading · ✅ Creator",
        "32 of 38 checks decided. Unknown ≠ safe.",
        "Name: cat in mittens",
        "Not known",
        "⚪ liquidity withdrawal: This is the first look at its liquidity.",
        "⚪ Trading: Its trades were not read.",
        "Slot 9 · 02:30 UTC",
        "m",
    ]


def test_the_card_of_a_rug_names_what_was_done_before_what_could_happen() -> None:
    trades = tuple(
        Trade(at=at, slot=at, trader=f"t{at}", is_buy=True, lamports=10 if at > 15 else 1_000, tokens=10)
        for at in range(30)
    )
    pool = msgspec.structs.replace(PAIR, dollars=Decimal(410))
    rug = scanned(
        mint=msgspec.structs.replace(CLEAN, freeze_authority="Boss1111"),
        liquidity=Liquidity(pools=(pool,), source=SOURCE),
        earlier=EarlierScans(dollars=Decimal(96_000)),
        market=Market(mint="m", trades=trades, payments=()),
        creation=Creation(
            source=SOURCE,
            creator="Boss1111",
            creator_raw=0,
            creator_received=10**9,
            frozen_accounts=3,
            proven_rugs=1,
        ),
    )
    text = scan_card(rug, chain="solana", times=CardTimes(read_at=NOW, now=NOW))
    found = plain(text).splitlines()
    assert found[0] == "🛡 MITTEN · grade F"
    assert found[4:13] == [
        "What was done",
        "🔴 liquidity withdrawal: It was taken away: $96,000 became $410.",
        "🔴 freeze abuse: The tokens of 3 holders are frozen.",
        "🔴 creator sold: The creator sold or moved all of it.",
        "🔴 pump and dump: The creator sold all, and the price collapsed.",
        "🔴 earlier tokens: Its creator Boss1111 made an earlier token that ended as a rug.",
        "What could happen",
        "🔴 freeze authority: Boss1111 can freeze any holder's tokens.",
        "🔴 liquidity: $410 in its pools.",
    ]


def test_what_is_not_known_of_many_families_is_all_in_a_quotation() -> None:
    text = card()
    title, quoted = text.split("<b>Not known</b>\n<blockquote expandable>")
    assert "❔ Holders" in title
    assert quoted.index("⚪ Trading: Its trades were not read.") < quoted.index("</blockquote>\nSlot")
    clean = scan_card(scanned(), chain="solana", times=CardTimes(read_at=NOW, now=NOW))
    assert "<blockquote" not in clean


def test_a_chinese_card_has_the_signs_of_chinese() -> None:
    scan = scan_mint(msgspec.structs.replace(FACTS, mint_authority="Boss1111"))
    text = scan_card(scan, chain="solana", times=CardTimes(read_at=NOW, now=NOW), locale=locale_of("zh"))
    assert "🔴 铸币权限：Boss1111" in text
    assert "。 " not in text
