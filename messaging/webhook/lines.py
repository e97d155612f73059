"""The bodies for Discord and Slack: the lines that a chat reads, as plain text that mentions nobody. Pure.

{"content":"🟢 Moby bought 38,410 BONK …","allowed_mentions":{"parse":[]},"flags":4}   for Discord
{"text":"🟢 Moby bought 38,410 BONK …","mrkdwn":false,"unfurl_links":false, …}         for Slack
"""

import re
from dataclasses import replace

import msgspec

from domain.delivery.deliveries import (
    AlertContent,
    ClaimedDelivery,
    DeliveryKind,
)
from domain.delivery.facts import MessageFacts
from domain.delivery.outages import OutageSummary
from domain.webhooks import WebhookForm, WebhookTrial
from messaging.languages.choice import locale_for
from messaging.telegram.escaping import plain
from messaging.telegram.renderers import alert_facts
from messaging.telegram.texts.alert import alert_text, reverted_text
from messaging.telegram.texts.system_messages import outage_text

MAX_DISCORD = 2_000
"""Characters that Discord takes."""
MAX_SLACK = 3_000
_NO_EMBEDS = 4
"""Discord's flag SUPPRESS_EMBEDS: a link is not opened by its server."""
_DISCORD_MARKS = re.compile(r"([\\*_~`|<>\[\]()#:+-])")
_SECOND_COPY = "♻️ Possible repeat: no answer came to the first copy"
_TEST = "✅ Whale Watcher: this webhook works."


def body_of(delivery: ClaimedDelivery, facts: MessageFacts, form: WebhookForm) -> bytes:
    """Return what Discord or Slack gets of a delivery.

    Args:
        delivery: what the chat gets as well.
        facts: what was read for it.
        form: DISCORD, or SLACK.
    """
    text = _text(delivery, facts)
    if form is WebhookForm.DISCORD:
        content = {"content": discord_text(text), "allowed_mentions": {"parse": []}, "flags": _NO_EMBEDS}
        return msgspec.json.encode(content)
    quiet = {"mrkdwn": False, "link_names": False, "unfurl_links": False, "unfurl_media": False}
    return msgspec.json.encode({"text": slack_text(text), **quiet})


def discord_text(text: str) -> str:
    """Text that Discord shows as it is: no mark of it formats, links or mentions, whoever wrote it."""
    written = ""
    for sign in text:
        safe = _DISCORD_MARKS.sub(r"\\\1", sign) if sign != "@" else "@\u200b"
        if len(written) + len(safe) >= MAX_DISCORD:
            return f"{written}…"
        written += safe
    return written


def slack_text(text: str) -> str:
    """Text that Slack shows as it is; mentions and links are made of `<` alone there."""
    cut = text if len(text) <= MAX_SLACK else f"{text[: MAX_SLACK - 1]}…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(delivery: ClaimedDelivery, facts: MessageFacts) -> str:
    head = [_SECOND_COPY] if delivery.ambiguous_sends else []
    return "\n".join([*head, plain(_html(delivery, facts))])


def _html(delivery: ClaimedDelivery, facts: MessageFacts) -> str:
    content = delivery.content
    if isinstance(content, WebhookTrial):
        return _TEST
    if isinstance(content, OutageSummary):
        return outage_text(content, locale=locale_for(delivery))
    assert isinstance(content, AlertContent)  # noqa: S101 - follows from the kind
    known = replace(alert_facts(delivery, facts), possible_repeat=False)
    return reverted_text(known) if delivery.kind is DeliveryKind.PUSH_REVERSAL else alert_text(known)
