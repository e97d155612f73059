"""Each kind of delivery becomes a Telegram message by its row of the table."""

from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Leg, TradePrice
from domain.activity.prices import MarketFacts
from domain.alerts.late_facts import LateFacts
from domain.delivery.deliveries import (
    KIND_RULES,
    ClaimedDelivery,
    Correction,
    DeliveryKind,
    LivingMessage,
)
from domain.delivery.facts import NO_FACTS, DigestEntry, LivingEvents, MessageFacts
from domain.delivery.results import NoMessageToEdit
from domain.tokens.price_alerts import Condition, PriceReached
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Message
from messaging.telegram.renderers import RENDERERS, RenderContext
from messaging.telegram.text_cache import TextCache
from tests.domain.delivery.deliveries import NOW, activity, alert, delivery

PRICE = TradePrice(token="mint", quote=SOL, quote_decimals=9, fill=Decimal(1))


def render(group: list[ClaimedDelivery], facts: MessageFacts = NO_FACTS) -> Message | None:
    context = RenderContext(callbacks=Callbacks("1:token"), texts=TextCache(10))
    return RENDERERS[group[0].kind](context, group, facts)


def text_of(group: list[ClaimedDelivery], facts: MessageFacts = NO_FACTS) -> str:
    message = render(group, facts)
    assert message is not None
    return message.text


def delivered(delivery_id: int, *, wallet: str = "w", reverted: bool = True) -> ClaimedDelivery:
    return replace(delivery(delivery_id=delivery_id), content=alert(wallet=wallet, reverted=reverted))


def test_every_kind_that_goes_to_a_chat_has_a_renderer() -> None:
    assert set(RENDERERS) == {kind for kind, rules in KIND_RULES.items() if not rules.is_push}


def test_an_outage_and_a_broadcast_are_their_texts() -> None:
    assert text_of([delivery(DeliveryKind.OUTAGE)]).startswith("🌫 Feed was down")
    assert text_of([delivery(DeliveryKind.BROADCAST)]) == "News &amp; more"


def test_several_alerts_are_one_message_with_a_mute_button_if_one_watch_asked_for_them() -> None:
    message = render([delivered(1), delivered(2)])
    assert message is not None
    assert "Mute" in str(message.keyboard)
    other = replace(delivered(2), content=alert(watch_id=5))
    message = render([delivered(1), other])
    assert message is not None
    assert "Mute" not in str(message.keyboard)


def test_several_alerts_of_one_token_offer_its_scan_and_those_of_several_none() -> None:
    def bought(delivery_id: int, mint: str) -> ClaimedDelivery:
        leg = Leg(mint=mint, raw=5, decimals=0)
        return replace(
            delivered(delivery_id),
            content=replace(alert(), event=structs.replace(activity(), received=(leg,))),
        )

    same = render([bought(1, "mint"), bought(2, "mint")])
    several = render([bought(1, "mint"), bought(2, "other")])
    assert same is not None
    assert several is not None
    assert "🛡 Scan" in str(same.keyboard)
    assert "'copy_text': {'text': 'mint'}" in str(same.keyboard)
    assert "Scan" not in str(several.keyboard)


def test_a_correction_replaces_its_message_with_what_is_known_now() -> None:
    correction = delivery(DeliveryKind.CORRECTION, delivery_id=9)
    message = render([correction], MessageFacts(corrected={9: [delivered(1), delivered(2, reverted=False)]}))
    assert message is not None
    assert message.edits == 7
    assert message.text.startswith("📚 <b>2 trades</b> (❌ 1 reverted): ")
    assert message.keyboard is not None


def test_a_late_edit_replaces_its_message_and_keeps_its_buttons() -> None:
    event = structs.replace(activity(), price=PRICE)
    market = MarketFacts(price_usd=Decimal("0.25"))
    late = LateFacts(drift=Decimal("0.012"), market_cap=Decimal(412_000_000))
    known = replace(alert(), event=event, market=market)
    sent = replace(delivered(1), content=replace(known, late=late))
    before = text_of([replace(sent, content=known)])
    message = render([delivery(DeliveryKind.LATE_EDIT, delivery_id=9)], MessageFacts(corrected={9: [sent]}))
    assert message is not None
    assert message.edits == 7
    assert "MC $412M · now +1.2%" in message.text
    assert "MC" not in before
    assert message.keyboard is not None


def living(kind: DeliveryKind, delivery_id: int = 1, message_id: int | None = 7) -> ClaimedDelivery:
    of = LivingMessage(living_id=6, message_id=message_id)
    if kind is DeliveryKind.LIVING_REFRESH:
        return replace(delivery(kind, delivery_id=delivery_id), content=of)
    return replace(delivery(kind, delivery_id=delivery_id), content=replace(alert(), living=of))


@pytest.mark.parametrize(
    ("kind", "edits"),
    [(DeliveryKind.LIVING, None), (DeliveryKind.LIVING_EDIT, 7), (DeliveryKind.LIVING_REFRESH, 7)],
)
def test_the_message_of_a_position_tells_all_its_events(kind: DeliveryKind, edits: int | None) -> None:
    events = LivingEvents(
        deliveries=[living(DeliveryKind.LIVING), living(DeliveryKind.LIVING_EDIT, 2)], older=0
    )
    message = render([living(kind, 3)], MessageFacts(living={6: events}))
    assert message is not None
    assert (message.edits, message.reply_to) == (edits, None)
    assert "Before:" in message.text
    assert message.keyboard is not None


def test_an_edit_sent_again_is_no_repeat() -> None:
    again = replace(living(DeliveryKind.LIVING_EDIT), ambiguous_sends=1)
    facts = MessageFacts(living={6: LivingEvents(deliveries=[again], older=0)})
    assert "repeat" not in text_of([again], facts)
    first = replace(living(DeliveryKind.LIVING), ambiguous_sends=1)
    facts = MessageFacts(living={6: LivingEvents(deliveries=[first], older=0)})
    assert "repeat" in text_of([first], facts)


def test_without_its_message_an_edit_has_nothing_to_edit() -> None:
    edit = living(DeliveryKind.LIVING_EDIT, message_id=None)
    with pytest.raises(NoMessageToEdit):
        render([edit], MessageFacts(living={6: LivingEvents(deliveries=[edit], older=0)}))
    with pytest.raises(LookupError):
        render([edit])


def test_a_correction_in_a_position_writes_all_its_events_anew() -> None:
    events = [living(DeliveryKind.LIVING), living(DeliveryKind.LIVING_EDIT, 2)]
    facts = MessageFacts(corrected={9: events[:1]}, living={6: LivingEvents(deliveries=events, older=0)})
    message = render([delivery(DeliveryKind.CORRECTION, delivery_id=9)], facts)
    assert message is not None
    assert (message.edits, "Before:" in message.text) == (7, True)


def test_a_correction_of_a_digest_writes_the_digest_anew() -> None:
    carrier = replace(delivered(1), kind=DeliveryKind.DIGEST)
    entry = DigestEntry(
        label="Moby",
        subject="w",
        sort="buy",
        number=1,
        event=activity(),
        happened_at=NOW,
        reverted=1,
    )
    facts = MessageFacts(corrected={9: [carrier]}, digests={1: [entry]})
    message = render([delivery(DeliveryKind.CORRECTION, delivery_id=9)], facts)
    assert message is not None
    assert (message.edits, "(❌ 1 reverted)" in message.text) == (7, True)


def test_a_reply_says_what_was_reverted_below_its_message_if_that_is_known() -> None:
    content = Correction(delivery_id=1, message_id=7)
    reply = replace(delivery(DeliveryKind.CORRECTION_REPLY, delivery_id=9), content=content)
    message = render([reply], MessageFacts(corrected={9: [delivered(1)]}))
    assert message is not None
    assert (message.reply_to, message.edits) == (7, None)
    assert message.text.startswith("❌ <b>Reverted:</b>")


@pytest.mark.parametrize("kind", [DeliveryKind.CORRECTION, DeliveryKind.CORRECTION_REPLY])
def test_what_retention_deleted_needs_no_correction_and_what_is_not_known_is_tried_again(
    kind: DeliveryKind,
) -> None:
    correction = delivery(kind, delivery_id=9)
    assert render([correction], MessageFacts(corrected={9: []})) is None
    with pytest.raises(LookupError):
        render([correction])


def test_followers_who_call_a_wallet_the_same_share_a_text_and_old_ones_are_forgotten() -> None:
    cache = TextCache(2)
    made: list[int] = []

    def make(number: int) -> str:
        made.append(number)
        return str(number)

    for number in (1, 2, 1, 3, 1, 2):
        assert cache.text((number,), lambda number=number: make(number)) == str(number)  # type: ignore[misc]
    assert made == [1, 2, 3, 2]


def price_reached(delivery_id: int = 1) -> ClaimedDelivery:
    event = PriceReached(
        chain="solana",
        mint="mint",
        condition=Condition.ABOVE,
        target=Decimal(2),
        anchor=Decimal(1),
        usd=Decimal(3),
        price_alert_id=4,
    )
    return replace(
        delivery(delivery_id=delivery_id), content=replace(alert(), event=event, label="", watch_id=None)
    )


def test_a_price_alert_is_a_message_that_offers_its_token_and_no_mute() -> None:
    message = render([price_reached()])
    assert message is not None
    assert message.text.startswith("🎯 <b>mint</b> at $3, above your $2\n")
    assert "🛡 Scan" in str(message.keyboard)
    assert "Mute" not in str(message.keyboard)


def test_a_price_alert_may_share_a_message_with_what_wallets_did() -> None:
    text = text_of([price_reached(1), delivered(2, reverted=False)])
    assert text.startswith("📚 <b>2 events</b>: ")
    assert "1 price alert mint" in text
    assert "🎯 <b>mint</b> at $3" in text
