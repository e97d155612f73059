"""From deliveries to Telegram messages, by a table: one renderer for each kind. Pure but for a text cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from msgspec import structs

from domain.alerts.kinds import AlertEvent, rules_of
from domain.alerts.late_facts import with_late
from domain.delivery.deliveries import (
    AlertContent,
    BroadcastText,
    ClaimedDelivery,
    Correction,
    DeliveryKind,
    LivingMessage,
    SuppressedSpam,
)
from domain.delivery.facts import MessageFacts
from domain.delivery.outages import OutageSummary
from domain.delivery.results import NoMessageToEdit
from domain.rules.gates import read_reasons
from domain.rules.lanes import market_token
from domain.webhooks import WebhookOff
from messaging.languages.choice import locale_for
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import AlertSubject, alert_keyboard
from messaging.telegram.keyboards.pattern import pattern_rows, with_rows_above
from messaging.telegram.methods import Message
from messaging.telegram.names import is_linked
from messaging.telegram.text_cache import TextCache
from messaging.telegram.texts.alert import (
    LATE_SECONDS,
    alert_text,
    reverted_text,
    subject_mint,
    texts_of,
    unknown_notes,
)
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.digest import digest_text
from messaging.telegram.texts.group import group_text
from messaging.telegram.texts.living import living_text
from messaging.telegram.texts.system_messages import outage_text, spam_text, unconfirmed_text
from messaging.telegram.texts.webhooks import webhook_off_text
from runtime.clock import now

NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderContext:
    """What renderers work with."""

    callbacks: Callbacks
    """Signs the buttons."""
    texts: TextCache


Renderer = Callable[[RenderContext, Sequence[ClaimedDelivery], MessageFacts], Message | None]
"""One message for deliveries that go together; None: there is nothing left to be sent. Raises LookupError
where a fact is missing; the delivery is to be tried again."""


def _render_alerts(context: RenderContext, group: Sequence[ClaimedDelivery], facts: MessageFacts) -> Message:
    """One alert with its buttons, or several in one message."""
    first = group[0]
    alert = _alert_of(first)
    if len(group) == 1:
        return _alert_message(context, first, _text(context, first, facts), subject_mint(alert.event))
    events = [alert_facts(delivery, facts) for delivery in group]
    one_watch = len({_alert_of(delivery).watch_id for delivery in group}) == 1
    unmutable = first if one_watch else replace(first, content=replace(alert, watch_id=None))
    mints = {subject_mint(known.event) for known in events}
    return _alert_message(context, unmutable, group_text(events), mints.pop() if len(mints) == 1 else None)


def _render_digest(_: RenderContext, group: Sequence[ClaimedDelivery], facts: MessageFacts) -> Message:
    """All deferred alerts of a chat."""
    (digest,) = group
    entries = facts.digests.get(digest.delivery_id)
    if not entries:
        raise LookupError(f"the contents of digest {digest.delivery_id} are not known at present")
    possible_repeat = digest.ambiguous_sends > 0
    return _plain_message(
        digest,
        digest_text(
            entries, symbols=facts.symbols, possible_repeat=possible_repeat, locale=locale_for(digest)
        ),
    )


def _render_line(_: RenderContext, group: Sequence[ClaimedDelivery], __: MessageFacts) -> Message:
    """One line of the system, or what an operator says to all."""
    (delivery,) = group
    content, locale = delivery.content, locale_for(delivery)
    if isinstance(content, BroadcastText):
        return _plain_message(delivery, content.text)
    if isinstance(content, OutageSummary):
        return _plain_message(delivery, outage_text(content, locale=locale))
    if isinstance(content, WebhookOff):
        return _plain_message(delivery, webhook_off_text(content, locale=locale))
    assert isinstance(content, SuppressedSpam)  # noqa: S101 - follows from the kind
    return _plain_message(delivery, spam_text(content, locale=locale))


def _render_correction(
    context: RenderContext, group: Sequence[ClaimedDelivery], facts: MessageFacts
) -> Message | None:
    """The whole message, rendered again with what is known now; it replaces the old one."""
    displayed = _corrected(group[0], facts)
    if not displayed:
        return None
    message = RENDERERS[displayed[0].kind](context, displayed, facts)
    return None if message is None else replace(message, edits=_correction_of(group[0]).message_id)


def _render_correction_reply(
    _: RenderContext, group: Sequence[ClaimedDelivery], facts: MessageFacts
) -> Message | None:
    """The line that says what was reverted, as an answer to its message if that is known."""
    (delivery,) = group
    displayed = _corrected(delivery, facts)
    if not displayed:
        return None
    text = reverted_text(alert_facts(displayed[0], facts))
    return replace(_plain_message(delivery, text), reply_to=_correction_of(delivery).message_id)


def _render_living(
    context: RenderContext, group: Sequence[ClaimedDelivery], facts: MessageFacts
) -> Message | None:
    """The message of a position with all that is known by now: a new one, or in place of the old."""
    first = group[0]
    content = first.content
    living = content.living if isinstance(content, AlertContent) else content
    assert isinstance(living, LivingMessage)  # noqa: S101 - follows from the kind
    events = facts.living.get(living.living_id)
    if events is None or not events.deliveries:
        raise LookupError(f"what happened in position {living.living_id} is not known at present")
    if first.kind is not DeliveryKind.LIVING and living.message_id is None:
        raise NoMessageToEdit
    latest = events.deliveries[-1]
    known = [_living_facts(delivery, facts) for delivery in events.deliveries]
    message = _alert_message(context, latest, living_text(known, events.older), subject_mint(known[-1].event))
    edits = None if first.kind is DeliveryKind.LIVING else living.message_id
    return replace(message, chat_id=first.chat_id, edits=edits, reply_to=None)


def _living_facts(delivery: ClaimedDelivery, facts: MessageFacts) -> AlertFacts[AlertEvent]:
    """An edit that is made twice is no repeat."""
    known = alert_facts(delivery, facts)
    return known if delivery.kind is DeliveryKind.LIVING else replace(known, possible_repeat=False)


def _render_unconfirmed(
    _: RenderContext, group: Sequence[ClaimedDelivery], facts: MessageFacts
) -> Message | None:
    """The line that names alerts that may not have arrived."""
    (line,) = group
    entries = facts.unconfirmed.get(line.delivery_id)
    if entries is None:
        raise LookupError(f"what line {line.delivery_id} names is not known at present")
    if not entries:
        return None
    text = unconfirmed_text(
        entries,
        symbols=facts.symbols,
        now=now(),
        possible_repeat=line.ambiguous_sends > 0,
        locale=locale_for(line),
    )
    return _plain_message(line, text)


RENDERERS: Mapping[DeliveryKind, Renderer] = MappingProxyType(
    {
        DeliveryKind.ALERT: _render_alerts,
        DeliveryKind.DIGEST: _render_digest,
        DeliveryKind.OUTAGE: _render_line,
        DeliveryKind.CORRECTION: _render_correction,
        DeliveryKind.CORRECTION_REPLY: _render_correction_reply,
        DeliveryKind.LATE_EDIT: _render_correction,
        DeliveryKind.LIVING: _render_living,
        DeliveryKind.LIVING_EDIT: _render_living,
        DeliveryKind.LIVING_REFRESH: _render_living,
        DeliveryKind.BROADCAST: _render_line,
        DeliveryKind.SPAM_LINE: _render_line,
        DeliveryKind.UNCONFIRMED_ALERTS: _render_unconfirmed,
        DeliveryKind.WEBHOOK_OFF: _render_line,
    }
)


def alert_facts(delivery: ClaimedDelivery, facts: MessageFacts) -> AlertFacts[AlertEvent]:
    """Return what an alert's text say of a delivery."""
    alert, locale = _alert_of(delivery), locale_for(delivery)
    return AlertFacts(
        event=alert.event,
        label=alert.label,
        symbols=facts.symbols,
        happened_at=alert.happened_at,
        age=((alert.sent_at or now()) - alert.happened_at).total_seconds(),
        possible_repeat=delivery.ambiguous_sends > 0,
        notes=unknown_notes(read_reasons(alert.reasons), locale=locale),
        reverted=alert.reverted,
        market=with_late(alert.market, alert.late),
        late=alert.late,
        display=alert.display,
        locale=locale,
        names=facts.names.get((delivery.chat_id, delivery.topic_id), NO_NAMES),
        others=_others(delivery, facts),
    )


def _others(delivery: ClaimedDelivery, facts: MessageFacts) -> int:
    event = _alert_of(delivery).event
    activity = rules_of(event).activity(event) if facts.others else None
    mint = None if activity is None else market_token(activity)
    if activity is None or mint is None:
        return 0
    return facts.others.get((delivery.chat_id, delivery.topic_id, mint, activity.wallet), 0)


def _text(context: RenderContext, delivery: ClaimedDelivery, facts: MessageFacts) -> str:
    """The words for one delivery; followers who call the wallet the same read the same."""
    known, alert = alert_facts(delivery, facts), _alert_of(delivery)
    rules = rules_of(alert.event)
    wallets = rules.wallets(alert.event)
    key = (
        alert.alert_id,
        alert.label,
        alert.reasons,
        known.possible_repeat,
        known.reverted,
        int(known.age // LATE_SECONDS),
        alert.late,
        alert.display,
        delivery.language,
        delivery.numbers,
        tuple(facts.symbols.get(mint) for mint in rules.mints(alert.event)),
        tuple((wallet, known.names.get(wallet)) for wallet in wallets),
        known.others,
    )
    return context.texts.text(key, lambda: alert_text(known))


def _alert_message(context: RenderContext, delivery: ClaimedDelivery, text: str, mint: str | None) -> Message:
    alert, locale = _alert_of(delivery), locale_for(delivery)
    display = (
        alert.display if is_linked(alert.event.chain) else structs.replace(alert.display, chart="", trade="")
    )
    about = AlertSubject(watch_id=alert.watch_id, mint=mint, label=alert.label)
    keyboard = alert_keyboard(
        context.callbacks, about, chat_id=delivery.chat_id, display=display, locale=locale
    )
    if not alert.display.only_links:
        own = pattern_rows(
            context.callbacks, texts_of(alert.event), alert.event, chat_id=delivery.chat_id, locale=locale
        )
        keyboard = with_rows_above(own, keyboard)
    return replace(_plain_message(delivery, text), keyboard=keyboard, reply_to=alert.answers)


def _plain_message(delivery: ClaimedDelivery, text: str) -> Message:
    return Message(chat_id=delivery.chat_id, topic_id=delivery.topic_id, text=text)


def _alert_of(delivery: ClaimedDelivery) -> AlertContent:
    assert isinstance(delivery.content, AlertContent)  # noqa: S101 - follows from the kind
    return delivery.content


def _correction_of(delivery: ClaimedDelivery) -> Correction:
    assert isinstance(delivery.content, Correction)  # noqa: S101 - the same
    return delivery.content


def _corrected(delivery: ClaimedDelivery, facts: MessageFacts) -> Sequence[ClaimedDelivery]:
    displayed = facts.corrected.get(delivery.delivery_id)
    if displayed is None:
        raise LookupError(f"what delivery {delivery.delivery_id} corrects is not known at present")
    return displayed
