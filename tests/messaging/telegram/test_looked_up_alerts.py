"""Alerts of every kind and cards of what is held: all of their words are looked up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from domain.activity.activity import SOL
from domain.activity.amounts import BalanceFacts, Holding
from domain.alerts.kinds import ALERT_KINDS, AlertEvent
from domain.chats import OwnWallet
from domain.patterns.found import Owner, Pattern, PatternFound
from domain.rules.rules import Display
from domain.security.safety import Danger, SafetyChanged, TokenState
from domain.tokens.market_price import PriceSource, TokenPrice, TokenPrices, UnknownPrice
from domain.tokens.price_alerts import Condition, PriceAlert, PriceReached
from domain.tokens.token_trades import FollowedToken, TokenTraded
from messaging.languages.locale import Locale
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert import alert_text
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.alert_outcomes import nothing_yet, usage
from messaging.telegram.texts.balance import (
    Pricing,
    WalletBalance,
    balance_card,
    balance_failed,
    balance_unreadable,
    no_portfolio,
    portfolio_card,
    portfolio_failed,
    reading_portfolio,
)
from messaging.telegram.texts.history import nothing_seen
from messaging.telegram.texts.living import living_text
from messaging.telegram.texts.mine import mine_refused, mine_text
from messaging.telegram.texts.mysize import size_text
from messaging.telegram.texts.pattern import pattern_name, pattern_title
from messaging.telegram.texts.price_alert import alert_list, price_usage, set_alert, too_many
from messaging.telegram.texts.token_trade import trades_full, trades_refused, trades_text
from tests.messaging.languages.pseudo import PSEUDO
from tests.messaging.telegram.alert_samples import MINT, activity, facts
from tests.messaging.telegram.looked_up import TYPED, left_outside

BEFORE = TokenState(
    slot=1, supply=1_000, fee=100, liquidity=Decimal(4_400_000), creator_raw=5, free_holders=("whale",)
)
AFTER = TokenState(
    slot=341_220_118,
    supply=1_400,
    fee=2_000,
    liquidity=Decimal(12_000),
    creator_raw=0,
    frozen_holders=("whale", "other"),
)
EVENT = PriceReached(
    chain="sandbox",
    mint=MINT,
    condition=Condition.PERCENT,
    target=Decimal("0.1"),
    anchor=Decimal("1.1"),
    usd=Decimal("1.234"),
    price_alert_id=4,
    market_cap=Decimal(412_000_000),
    liquidity=Decimal(4_400_000),
)
ALERT = PriceAlert(
    price_alert_id=4,
    chat_id=1,
    topic_id=0,
    chain="sandbox",
    mint=MINT,
    condition=Condition.ABOVE,
    target=Decimal("1.2"),
    anchor=Decimal(1),
    is_armed=True,
)
NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
AT = NOW.timestamp()
AHAB, BELA, HOME = (f"{name}1111111111111111111111111111111111111111" for name in ("Ah", "Be", "Ho"))
OWNERS = (
    Owner(wallets=(AHAB,), usd=15_900.0, at=AT),
    Owner(wallets=(BELA, HOME), funder=HOME, usd=20_000.0, at=AT + 60),
)


def pattern(kind: Pattern) -> PatternFound:
    fields: dict[str, Any] = {"mint": MINT, "first_at": AT, "last_at": AT + 720, "times": 7, "largest": 0.22}
    owners = OWNERS if kind in {Pattern.CONFLUENCE, Pattern.LEAVING} else OWNERS[:1]
    if kind is Pattern.AWAKENING:
        fields |= {"silent_seconds": 94.5 * 86_400}
    if kind is Pattern.MOVE:
        fields |= {"mint": None, "to": HOME, "to_first_at": AT - 3_600, "share": 0.92}
    return PatternFound(chain="sandbox", pattern=kind, owners=owners, **fields)


EVENTS: dict[str, AlertEvent] = {
    **{f"pattern {kind.value}": pattern(kind) for kind in Pattern},
    **{
        f"danger {danger.value}": SafetyChanged(
            chain="sandbox", mint=MINT, dangers=(danger,), before=BEFORE, after=AFTER
        )
        for danger in Danger
    },
    **{
        f"price {condition.value}": structs.replace(EVENT, condition=condition, target=Decimal("0.1"))
        for condition in Condition
    },
    "trade": TokenTraded(chain="sandbox", mint=MINT, activity=activity(), usd=Decimal("15912.34")),
    "activity": activity(),
}


def alert_facts(event: AlertEvent, locale: Locale, *, symbol: str | None = "KRILL") -> AlertFacts[AlertEvent]:
    return AlertFacts(
        event=event,
        label="",
        symbols={MINT: symbol},
        happened_at=NOW,
        age=1.0,
        locale=locale,
    )


OF_SOL = TokenPrice(mint=SOL, usd=Decimal(140), source=PriceSource.POOL, read_at=NOW)
OWNED = BalanceFacts(
    address=AHAB,
    lamports=1_500_000_000,
    staked=2_000_000_000,
    holdings=(Holding(mint=MINT, raw=38_410_250_001, decimals=6), Holding(mint=BELA, raw=7, decimals=0)),
    slot=341_220_118,
)


def pricing(*, has_sol: bool = True) -> Pricing:
    known = (
        {SOL: OF_SOL, MINT: structs.replace(OF_SOL, mint=MINT, read_at=NOW - timedelta(hours=5))}
        if has_sol
        else {}
    )
    prices = TokenPrices(known=known, unknown={BELA: UnknownPrice.NO_DOLLARS})
    return Pricing(chain="sandbox", names={}, prices=prices, now=NOW)


PORTFOLIO = (
    WalletBalance(address=AHAB, facts=OWNED, label="Toly-2"),
    WalletBalance(address=BELA, facts=structs.replace(OWNED, address=BELA, staked=None), label=""),
    WalletBalance(address=HOME, facts=None, label=""),
)
FOLLOWED = [FollowedToken(mint=MINT, min_usd=Decimal(10_000))]
OWN = [
    OwnWallet(address=AHAB, read_at=None, tokens=0, is_failing=True),
    OwnWallet(address=BELA, read_at=NOW, tokens=2, is_failing=True),
    OwnWallet(address=HOME, read_at=NOW, tokens=1),
]
TEXTS: dict[str, Callable[[Locale], str]] = {
    "balance": lambda locale: balance_card(OWNED, pricing(), read_at=NOW, label="Toly-2", locale=locale),
    "balance without dollars": lambda locale: balance_card(
        OWNED, pricing(has_sol=False), read_at=NOW, locale=locale
    ),
    "balance failed": lambda locale: balance_failed(AHAB, locale=locale),
    "balance unreadable": lambda locale: balance_unreadable(AHAB, locale=locale),
    "portfolio": lambda locale: portfolio_card(PORTFOLIO, pricing(), locale=locale),
    "no portfolio": lambda locale: no_portfolio(locale=locale),
    "reading": lambda locale: reading_portfolio(2, locale=locale),
    "portfolio failed": lambda locale: portfolio_failed("", locale=locale),
    "living": lambda locale: living_text(
        [replace(facts(activity(), locale=locale), reverted=at == 0) for at in range(3)], older=4
    ),
    "mine": lambda locale: mine_text(OWN, 10, locale=locale),
    "no wallet of one's own": lambda locale: (
        f"{mine_text([], 10, locale=locale)} {mine_refused(10, locale=locale)}"
    ),
    "size": lambda locale: size_text(Display(size_usd=Decimal(500)), locale=locale),
    "no size": lambda locale: size_text(Display(), locale=locale),
    "trades": lambda locale: trades_text(FOLLOWED, {MINT: "KRILL"}, locale=locale),
    "no trades": lambda locale: f"{trades_refused(locale=locale)} {trades_full(locale=locale)}",
    "price alerts": lambda locale: alert_list([ALERT], {ALERT.mint: "KRILL"}, locale=locale),
    "price alert": lambda locale: set_alert("KRILL", ALERT, Decimal(1), locale=locale),
    "reached": lambda locale: set_alert(
        "KRILL", structs.replace(ALERT, is_armed=False), Decimal(2), locale=locale
    ),
    "no price alert": lambda locale: f"{too_many(locale=locale)} {price_usage(locale=locale)}",
    "no history": lambda locale: nothing_seen(locale=locale),
    "alert_outcomes": lambda locale: f"{nothing_yet(locale=locale)} {usage(locale=locale)}",
}


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("symbol", ["KRILL", None])
def test_all_words_of_an_alert_are_looked_up(name: str, symbol: str | None) -> None:
    text = plain(TYPED.sub(" ", alert_text(alert_facts(EVENTS[name], PSEUDO, symbol=symbol))))
    assert "⟦" in text
    assert left_outside(text) == []


def test_each_kind_of_alert_is_among_them() -> None:
    assert {type(event) for event in EVENTS.values()} == {kind.event for kind in ALERT_KINDS.values()}


@pytest.mark.parametrize("kind", Pattern)
def test_patterns_have_names_in_each_language(kind: Pattern) -> None:
    assert left_outside(f"{pattern_name(kind, locale=PSEUDO)} {pattern_title(kind, locale=PSEUDO)}") == []


@pytest.mark.parametrize("name", TEXTS)
def test_all_words_of_a_text_are_looked_up(name: str) -> None:
    text = plain(TYPED.sub(" ", TEXTS[name](PSEUDO)))
    assert "⟦" in text
    assert left_outside(text) == []
