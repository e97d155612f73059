"""Lines for Discord and Slack: nobody is mentioned, nothing is formatted, whoever wrote a name."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.delivery.deliveries import DeliveryKind
from domain.delivery.facts import NO_FACTS
from domain.webhooks import WebhookForm
from messaging.webhook.lines import MAX_DISCORD, MAX_SLACK, body_of, discord_text, slack_text
from tests.domain.delivery.deliveries import delivery
from tests.messaging.webhook.samples import ALERT, push

HOSTILE = "@everyone <@123> <!channel> [free](https://evil.example) **x** <https://evil.example|y>"


def test_discord_gets_a_line_that_mentions_nobody_and_opens_no_link() -> None:
    body = msgspec.json.decode(body_of(push(), NO_FACTS, WebhookForm.DISCORD))
    assert "Moby" in body["content"]
    assert body["allowed_mentions"] == {"parse": []}
    assert body["flags"] == 4


def test_slack_gets_a_line_without_marks_and_previews() -> None:
    body = msgspec.json.decode(body_of(push(), NO_FACTS, WebhookForm.SLACK))
    assert "Moby" in body["text"]
    assert (body["mrkdwn"], body["link_names"], body["unfurl_links"]) == (False, False, False)


@pytest.mark.parametrize("form", [WebhookForm.DISCORD, WebhookForm.SLACK])
def test_a_hostile_name_mentions_nobody(form: WebhookForm) -> None:
    text = body_of(push(replace(ALERT, label=HOSTILE)), NO_FACTS, form).decode()
    for part in ("@everyone", "<@", "](http", "<http"):
        assert part not in text
    assert "<!" not in text.replace("\\<!", "")


@given(st.text())
def test_whatever_is_written_is_no_mention_and_short_enough(text: str) -> None:
    discord, slack = discord_text(text), slack_text(text)
    assert len(discord) <= MAX_DISCORD
    assert "@everyone" not in discord
    assert "<" not in slack.replace("&lt;", "")
    assert discord_text("@here") == "@\u200bhere"
    assert discord_text("<@1>") == "\\<@\u200b1\\>"


def test_long_texts_are_cut() -> None:
    assert discord_text("*" * 5_000).endswith("…")
    assert len(slack_text("x" * 5_000)) == MAX_SLACK


@pytest.mark.parametrize(
    "kind", [DeliveryKind.PUSH_REVERSAL, DeliveryKind.PUSH_OUTAGE, DeliveryKind.PUSH_TEST]
)
def test_each_kind_is_a_line(kind: DeliveryKind) -> None:
    content = msgspec.json.decode(body_of(delivery(kind), NO_FACTS, WebhookForm.DISCORD))["content"]
    assert content


def test_a_second_copy_says_that_it_may_be_one() -> None:
    again = replace(push(), ambiguous_sends=1)
    assert "Possible repeat" in body_of(again, NO_FACTS, WebhookForm.SLACK).decode()
