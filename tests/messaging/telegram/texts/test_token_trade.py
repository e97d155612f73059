"""What a chat reads of a trade by anybody, and of /trades."""

from decimal import Decimal

from domain.alerts.kinds import AlertEvent
from domain.tokens.token_trades import FollowedToken, TokenTraded
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert import alert_text, event_words
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.token_trade import trades_full, trades_refused, trades_text
from tests.messaging.telegram.alert_samples import MINT, NOW, activity


def test_it_reads_like_the_alert_of_a_wallet_without_a_name() -> None:
    event = TokenTraded(chain="solana", mint=MINT, activity=activity(), usd=Decimal("15912.34"))
    known: AlertFacts[AlertEvent] = AlertFacts(
        event=event, label="", symbols={MINT: "KRILL"}, happened_at=NOW, age=1.0
    )
    text = plain(alert_text(known))
    assert text.startswith("🔎 🟢 ")
    assert "bought $15.9K of KRILL" in text
    assert "KRILL" in event_words(known)


def test_the_list_says_where_trades_are_seen() -> None:
    assert "while this bot reads whole blocks" in trades_text([], {})
    text = trades_text([FollowedToken(mint=MINT, min_usd=Decimal(10_000))], {MINT: "WIF"})
    assert "<b>WIF</b> from $10K on" in text
    assert "$100" in trades_refused()
    assert "all its chats together" in trades_full()


def test_only_operators_read_of_the_setting_that_decides_what_is_seen() -> None:
    follower, operator = trades_text([], {}), trades_text([], {}, is_operator=True)
    assert "RECONCILE" not in follower
    assert operator.startswith(follower)
    assert "RECONCILE=blocks" in operator
