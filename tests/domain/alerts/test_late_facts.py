"""What is known later than an alert, and how it joins what the alert says."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.activity.prices import MarketFacts, TokenSupply
from domain.alerts.late_facts import NOTHING_LATE, LateFacts, late_facts_of, read_late_facts, with_late
from domain.security.checks import Grade, GradeSummary, Verdict

MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
MADE = datetime(2026, 11, 1, tzinfo=UTC)
TRADE = Activity(
    chain="solana",
    signature="5sig",
    slot=1,
    block_time=1,
    wallet="Moby",
    kind=Kind.BUY,
    paid=(Leg(mint=SOL, raw=10**9, decimals=9),),
    received=(Leg(mint=MINT, raw=10**9, decimals=6),),
    price=TradePrice(token=MINT, quote=SOL, quote_decimals=9, fill=Decimal("0.001"), spot=Decimal("0.00125")),
)
KNOWN = MarketFacts(price_usd=Decimal("0.25"))
TOKEN = TokenSupply(decimals=6, supply=10**12, created_at=MADE)


GRADE = GradeSummary(
    grade=Grade.B,
    decided=30,
    of=37,
    control=Verdict.PASS,
    holders=Verdict.PASS,
    liquidity=Verdict.UNKNOWN,
)


def test_a_price_is_compared_with_what_this_very_trade_paid() -> None:
    late = late_facts_of(TRADE, KNOWN, None, Decimal("0.21"))
    assert late == LateFacts(drift=Decimal("0.05"))


def test_supply_and_age_are_late_only_where_the_alert_did_not_know_them() -> None:
    late = late_facts_of(TRADE, KNOWN, TOKEN, None)
    assert late == LateFacts(market_cap=Decimal(250_000), token_created_at=MADE)
    known = msgspec.structs.replace(KNOWN, market_cap=Decimal(1), token_created_at=MADE)
    assert late_facts_of(TRADE, known, TOKEN, None) == NOTHING_LATE


def test_without_a_price_of_the_trade_nothing_is_said_of_its_drift() -> None:
    assert late_facts_of(TRADE, MarketFacts(), None, Decimal("0.21")) == NOTHING_LATE


def test_what_an_alert_said_is_not_replaced_by_what_came_late() -> None:
    known = msgspec.structs.replace(KNOWN, market_cap=Decimal(5))
    joined = with_late(known, LateFacts(market_cap=Decimal(7), token_created_at=MADE))
    assert (joined.market_cap, joined.token_created_at) == (Decimal(5), MADE)
    assert with_late(KNOWN, LateFacts(market_cap=Decimal(7))).market_cap == Decimal(7)


def test_late_facts_survive_their_storage() -> None:
    late = LateFacts(drift=Decimal("-0.4"), is_named=True, grade=GRADE)
    assert read_late_facts(msgspec.json.encode(late).decode()) == late
    assert read_late_facts(None) == NOTHING_LATE
