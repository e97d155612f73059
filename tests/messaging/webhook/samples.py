"""An alert as it is pushed."""

from datetime import UTC, datetime
from decimal import Decimal

from msgspec import structs

from domain.activity.prices import MarketFacts
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, DeliveryKind
from domain.security.checks import Grade, GradeSummary, Verdict
from tests.storage.sample_data import purchase

AT = datetime(2026, 11, 29, 10, tzinfo=UTC)
GRADE = GradeSummary(
    grade=Grade.B, decided=10, of=12, control=Verdict.PASS, holders=Verdict.PASS, liquidity=Verdict.PASS
)
ALERT = AlertContent(
    alert_id=7,
    event=structs.replace(purchase(), venue="Raydium", route=("Jupiter",), fee=5_000),
    watch_id=4,
    label="Moby",
    happened_at=AT,
    created_at=AT,
    market=MarketFacts(usd=Decimal("12345.678"), market_cap=Decimal(10**9), liquidity=Decimal("5e5")),
)


def push(content: AlertContent = ALERT, kind: DeliveryKind = DeliveryKind.PUSH) -> ClaimedDelivery:
    return ClaimedDelivery(delivery_id=9, kind=kind, chat_id=3, content=content)
