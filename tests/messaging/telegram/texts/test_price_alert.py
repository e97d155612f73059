"""What people read of price alerts."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from domain.tokens.price_alerts import Condition, PriceAlert, PriceReached
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert import alert_text
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.gist import event_group, gist
from messaging.telegram.texts.price_alert import alert_list, set_alert, waits_for

MINT = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
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


def facts(event: PriceReached, symbol: str = "TITHE") -> AlertFacts[PriceReached]:
    return AlertFacts(
        event=event,
        label="",
        symbols={MINT: symbol},
        happened_at=datetime(2026, 11, 28, 14, 3, 7, tzinfo=UTC),
        age=2.0,
    )


def test_the_first_line_says_what_the_price_did() -> None:
    lines = plain(alert_text(facts(EVENT))).split("\n")
    assert lines[:3] == [
        "📈 TITHE +12% to $1.234",
        "from $1.1 · MC $412M · liq $4.4M",
        "14:03:07 UTC · the next one from here",
    ]
    fallen = structs.replace(EVENT, usd=Decimal("0.99"))
    assert plain(alert_text(facts(fallen))).startswith("📉 TITHE −10% to $0.99\n")


@pytest.mark.parametrize(
    ("condition", "side", "back"), [("above", "above", "below"), ("below", "below", "above")]
)
def test_an_alert_at_a_price_says_what_must_happen_before_the_next(
    condition: str, side: str, back: str
) -> None:
    event = structs.replace(EVENT, condition=Condition(condition), target=Decimal("1.2"))
    text = plain(alert_text(facts(event)))
    assert text.startswith(f"🎯 TITHE at $1.234, {side} your $1.2\n")
    assert f"the next one after it was {back} again" in text


def test_a_price_on_which_pools_do_not_agree_says_so() -> None:
    assert "do not agree" in alert_text(facts(structs.replace(EVENT, is_certain=False)))


def test_a_hostile_symbol_stays_text() -> None:
    assert "<b>&lt;b&gt;x</b>" in alert_text(facts(EVENT, "<b>x"))


def test_in_a_digest_it_is_counted_by_its_token() -> None:
    one = event_group(EVENT, "", {MINT: "TITHE"})
    assert gist([one, one]) == "2 price alerts TITHE"


def test_a_list_says_what_each_waits_for() -> None:
    by_percent = structs.replace(ALERT, condition=Condition.PERCENT, target=Decimal("0.1"))
    assert [waits_for(ALERT), waits_for(by_percent)] == ["above $1.2", "every 10%, counted from $1"]
    assert "1. <b>TITHE</b> above $1.2" in alert_list([ALERT], {MINT: "TITHE"})
    assert "No price alerts here" in alert_list([], {})
    assert set_alert("TITHE", ALERT, Decimal("1.1")).endswith("It costs $1.1 now.")


def test_an_alert_whose_price_is_reached_already_says_so() -> None:
    """A zero too few in a stop would wait for ever."""
    reached = structs.replace(ALERT, is_armed=False)
    assert set_alert("TITHE", reached, Decimal("1.3")).endswith(
        "It costs $1.3 now. It is there already: you hear when it comes back and gets there again."
    )
