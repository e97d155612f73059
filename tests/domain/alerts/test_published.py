"""An alert as programs read it: exact amounts as texts, and null for what is not known."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from domain.activity.activity import SOL
from domain.activity.prices import MarketFacts
from domain.alerts.late_facts import LateFacts
from domain.alerts.published import AlertRecord, mints_of, published
from domain.patterns.found import Owner, Pattern, PatternFound
from domain.tokens.price_alerts import Condition, PriceReached
from tests.storage.sample_data import MINT, WHALE, purchase

NOW = datetime(2026, 11, 29, tzinfo=UTC)
BOUGHT = AlertRecord(
    alert_id=2**60,
    delivery_id=7,
    event=purchase(1),
    label="Moby",
    happened_at=NOW,
    created_at=NOW,
    market=MarketFacts(usd=Decimal("15900.5"), liquidity=Decimal(80_000)),
    late=LateFacts(market_cap=Decimal(4_200_000)),
)


def test_amounts_and_numbers_of_rows_are_texts_that_no_program_rounds() -> None:
    alert = published(BOUGHT, {MINT: "BONK"})
    assert (alert.alert_id, alert.usd) == ("1152921504606846976", "15900.5")
    assert alert.activity is not None
    assert [(leg.mint, leg.raw, leg.symbol) for leg in alert.activity.paid] == [(SOL, "84200000000", "SOL")]
    assert [(leg.raw, leg.decimals, leg.symbol) for leg in alert.activity.received] == [
        ("3841012345", 5, "BONK")
    ]


def test_what_became_known_late_stands_in_it_and_what_is_not_known_is_null() -> None:
    alert = published(BOUGHT, {})
    assert (alert.market_cap_usd, alert.liquidity_usd, alert.grade) == ("4200000", "80000", None)
    assert alert.activity is not None
    assert alert.activity.received[0].symbol is None
    assert alert.position is None


def test_an_alert_about_a_price_has_no_wallet() -> None:
    event = PriceReached(
        chain="solana",
        mint=MINT,
        condition=Condition.ABOVE,
        target=Decimal("0.5"),
        anchor=Decimal("0.4"),
        usd=Decimal("0.51"),
        price_alert_id=1,
    )
    alert = published(record_of(event), {})
    assert (alert.type, alert.wallet, alert.mint, alert.usd) == ("price", None, MINT, "0.51")
    assert alert.price is not None
    assert (alert.price.condition, alert.price.target) == ("above", "0.5")


def record_of(event: PriceReached) -> AlertRecord:
    return AlertRecord(alert_id=1, delivery_id=1, event=event, label="", happened_at=NOW, created_at=NOW)


def test_it_fits_twenty_kilobytes_and_names_the_mints_it_asks_for() -> None:
    assert len(msgspec.json.encode(published(BOUGHT, {MINT: "BONK"}))) < 20_000
    assert mints_of(BOUGHT) == {MINT}
    assert published(BOUGHT, {}).wallet == WHALE


def test_a_pattern_names_its_wallets_and_no_slot() -> None:
    owners = tuple(Owner(wallets=(wallet,), at=1.0) for wallet in ("a", "b"))
    found = PatternFound(
        chain="solana",
        pattern=Pattern.CONFLUENCE,
        mint="WIF",
        owners=owners,
        first_at=1.0,
        last_at=1_790_000_000.0,
    )
    alert = published(replace(BOUGHT, event=found), {})
    assert (alert.type, alert.kind, alert.wallets) == ("pattern", "confluence", ("a", "b"))
    assert (alert.wallet, alert.mint, alert.slot, alert.moved_to) == (None, "WIF", None, None)
    move = msgspec.structs.replace(found, pattern=Pattern.MOVE, owners=owners[:1], mint=None, to="home")
    alert = published(replace(BOUGHT, event=move), {})
    assert (alert.wallet, alert.mint, alert.moved_to) == ("a", None, "home")


def test_a_kind_without_a_row_says_what_all_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.alerts.published._OF_KIND", {})
    alert = published(BOUGHT, {})
    assert (alert.type, alert.kind, alert.usd, alert.slot) == ("activity", "buy", "15900.5", purchase(1).slot)
    assert (alert.activity, alert.wallet, alert.mint) == (None, None, None)
