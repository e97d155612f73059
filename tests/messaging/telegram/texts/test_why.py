"""Why something was told or not, in words for every gate and state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from domain.activity.activity import Kind
from domain.delivery.deliveries import DeliveryState
from domain.delivery.facts import AlertHistory, DecidedDelivery
from domain.patterns.found import Owner, Pattern, PatternFound
from domain.rules.decisions import GATES, Gate
from domain.rules.gates import NO_REASONS, Reasons
from domain.rules.lanes import Lane
from domain.rules.rules import ChatSettings, Digest, Quiet, Rules
from domain.tokens.price_alerts import Condition, PriceReached
from messaging.telegram.escaping import plain
from messaging.telegram.texts.why import why_text
from tests.domain.rules.samples import BOUGHT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DELIVERY = DecidedDelivery(
    state=DeliveryState.SENT,
    gate=Gate.WANTED,
    lane=Lane.NORMAL,
    due_at=NOW,
    attempts=0,
    ambiguous_sends=0,
    error=None,
    finished_at=None,
    digest_state=None,
    digest_at=None,
)
HISTORY = AlertHistory(
    event=BOUGHT,
    label="Moby",
    happened_at=NOW,
    decided=True,
    watch_id=1,
    followed_at=NOW,
    delivery=DELIVERY,
)
SET = Reasons(
    rules=Rules(min_usd=Decimal(100), max_usd=Decimal(500)),
    settings=ChatSettings(quiet=Quiet(begin=60, end=120), digest=Digest.HOURLY, per_hour=3),
    usd=Decimal(250),
    unknown=(Gate.NOT_FIRST_BUY,),
)


def explained(history: AlertHistory = HISTORY, **delivery: Any) -> str:
    """The text for this history, with these changes of its delivery."""
    return plain(why_text(replace(history, delivery=replace(DELIVERY, **delivery)), {}, NOW))


@pytest.mark.parametrize("gate", [gate for gate, _ in GATES])
@pytest.mark.parametrize("reasons", [NO_REASONS, SET])
def test_every_gate_has_its_words_and_ends_the_explanation(gate: Gate, reasons: Reasons) -> None:
    text = explained(gate=gate, state=DeliveryState.SUPPRESSED, reasons=reasons)
    assert "🛑" in text
    assert text.endswith("➖ Delivery: none")


@pytest.mark.parametrize("state", DeliveryState)
def test_every_state_has_its_words(state: DeliveryState) -> None:
    text = explained(state=state, error="<b>", attempts=3, ambiguous_sends=1)
    assert ("Delivery" in text) or ("Deliver" in text) or ("queued" in text) or ("Held" in text)


def test_rules_that_were_passed_are_shown_with_what_they_asked() -> None:
    text = explained(reasons=SET)
    assert "✅ Minimum $100: it was $250" in text
    assert "✅ Maximum $500: it was $250" in text
    assert "❔ Only the first buy of a token; that was not known" in text
    assert "✅ Quiet hours 01:00–02:00, UTC" in text
    assert "✅ At most 3 an hour" in text


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(Kind.SELL, "a sell may be an exit"), (Kind.BUY, "another wallet that you follow holds this token")],
)
def test_what_went_before_others_says_why(kind: Kind, reason: str) -> None:
    activity = msgspec.structs.replace(BOUGHT, kind=kind)
    text = explained(replace(HISTORY, event=activity), lane=Lane.URGENT)
    assert f"⚡ Priority: {reason}" in text
    assert "⚡" not in explained(replace(HISTORY, event=activity))
    assert "⚡" not in explained(
        replace(HISTORY, event=activity), lane=Lane.URGENT, state=DeliveryState.DEFERRED
    )


def test_age_market_cap_and_tier_are_shown_with_what_was_known() -> None:
    rules = Rules(min_age_seconds=3600, max_market_cap=Decimal(5_000_000))
    reasons = Reasons(rules=rules, age_seconds=600, market_cap=Decimal(1_000), hourly_limit=300)
    young = explained(gate=Gate.TOO_YOUNG, state=DeliveryState.SUPPRESSED, reasons=reasons)
    assert "🛑 Token at least as old as 1 h: it was 10 min old" in young
    full = explained(gate=Gate.TIER_FULL, state=DeliveryState.DEFERRED, reasons=reasons)
    assert "✅ Market cap of at most $5,000,000: it was $1,000" in full
    assert "🌙 Hourly limit of this chat, set by the operator: 300 an hour" in full


def test_a_digested_alert_shares_the_state_of_its_digest() -> None:
    digested = explained(
        gate=Gate.QUIET,
        state=DeliveryState.DIGESTED,
        digest_state=DeliveryState.SENT,
        digest_at=NOW,
        reasons=SET,
    )
    assert "✅ Delivered in a digest, 00:00 UTC, 0 s after it happened" in digested
    assert "🌙 Quiet hours 01:00–02:00" in digested


def test_what_is_not_decided_yet_waits() -> None:
    assert "⏳ Rules: not checked yet" in why_text(replace(HISTORY, delivery=None, decided=False), {}, NOW)


def test_what_died_with_its_fork_is_named_whatever_became_of_its_message() -> None:
    assert "❌ Reverted" in explained(replace(HISTORY, reverted=True))
    assert "❌" not in explained()


def test_a_delivery_says_how_long_it_took_and_a_date_where_it_is_not_today() -> None:
    at = NOW + timedelta(seconds=0.8)
    assert "✅ Delivered, 00:00 UTC, 0.8 s after it happened" in explained(finished_at=at)
    history = replace(HISTORY, delivery=replace(DELIVERY, finished_at=at))
    later = plain(why_text(history, {}, NOW + timedelta(days=3)))
    assert "✅ Delivered, 2026-01-01 00:00 UTC" in later


def test_a_price_alert_was_asked_for_and_follows_no_wallet() -> None:
    event = PriceReached(
        chain="solana",
        mint="mint",
        condition=Condition.ABOVE,
        target=Decimal(2),
        anchor=Decimal(1),
        usd=Decimal(3),
        price_alert_id=4,
    )
    history = replace(HISTORY, event=event, label="", watch_id=None, followed_at=None)
    text = plain(why_text(history, {}, NOW))
    assert text.startswith("🎯 mint at $3, above your $2\n")
    assert "✅ Asked for: in this chat" in text
    assert "Followed" not in text
    assert "🛑 Asked for" in why_text(replace(history, delivery=None), {}, NOW)


def test_what_came_past_all_rules_to_who_holds_the_token_says_so_and_lists_none() -> None:
    reasons = msgspec.structs.replace(SET, usd=Decimal(50), is_holder=True, outranks=True)
    text = explained(reasons=reasons)
    assert "✅ 💼 You hold this token: it comes past your rules and quiet hours" in text
    assert "Minimum" not in text
    assert "Quiet hours 01" not in text


def test_rules_that_a_pattern_is_not_asked_are_not_listed() -> None:
    owner = Owner(wallets=("a",), at=0.0)
    found = PatternFound(
        chain="solana", pattern=Pattern.ACCUMULATION, mint="m", owners=(owner,), first_at=0.0, last_at=1.0
    )
    text = explained(replace(HISTORY, event=found), reasons=msgspec.structs.replace(SET, unknown=()))
    assert "Minimum" not in text
    assert "Maximum" not in text
    assert "✅ At most 3 an hour" in text


def test_a_rule_of_sales_is_not_listed_for_a_purchase() -> None:
    reasons = Reasons(rules=Rules(full_exit_only=True))
    assert "Only full exits" not in explained(reasons=reasons)
    sold = msgspec.structs.replace(BOUGHT, kind=Kind.SELL)
    assert "✅ Only full exits" in explained(replace(HISTORY, event=sold), reasons=reasons)
