"""What is said of webhooks."""

from dataclasses import replace
from datetime import timedelta

from domain.webhooks import GONE, NO_SUCCESS, WebhookForm, WebhookOff
from messaging.telegram.texts.webhooks import (
    delete_question,
    webhook_made,
    webhook_off_text,
    webhook_rotated,
    webhook_tried,
    webhooks_text,
)
from tests.messaging.telegram.webhook_samples import NOW, WEBHOOK


def test_a_list_says_how_each_does() -> None:
    webhooks = [
        WEBHOOK,
        replace(WEBHOOK, webhook_id=4, last_success_at=NOW - timedelta(minutes=3)),
        replace(WEBHOOK, webhook_id=5, failing_since=NOW - timedelta(hours=2), last_error="HTTP 500 <b>"),
        replace(WEBHOOK, webhook_id=6, form=WebhookForm.SLACK, off_at=NOW),
        replace(WEBHOOK, webhook_id=7, last_error="HTTP 404"),
    ]
    text = webhooks_text(webhooks, "https://whale.example", reader_id=5, now=NOW)
    assert "3. example.org · on, nothing pushed yet" in text
    assert "4. example.org · on, arrived 3 min ago" in text
    assert "5. example.org · ⚠️ fails for 2 h" in text
    assert "HTTP 500 &lt;b&gt;" in text
    assert "6. example.org · Slack · off" in text
    assert "/webhooks https://example.org/hook" in text
    assert "7. example.org · ⚠️ the last try failed: HTTP 404" in text, "of a test"
    assert text.count("made by") == 5
    assert "made by" not in webhooks_text(webhooks, "", reader_id=WEBHOOK.owner_id, now=NOW)
    assert "No webhook" in webhooks_text([], "https://whale.example", reader_id=5, now=NOW)


def test_a_secret_is_shown_where_there_is_one() -> None:
    assert "whsec_abc" in webhook_made(WEBHOOK, "whsec_abc")
    assert "not shown again" in webhook_made(WEBHOOK, "whsec_abc")
    assert "your message is deleted" in webhook_made(replace(WEBHOOK, form=WebhookForm.DISCORD), "")
    assert "For 24 hours the old one signs as well" in webhook_rotated(WEBHOOK, "whsec_new")


def test_the_chat_reads_why_a_webhook_is_off() -> None:
    for why, words in ((GONE, "it answered 410"), (NO_SUCCESS, "nothing arrived there for 5 days")):
        text = webhook_off_text(WebhookOff(webhook_id=3, host="example.org", why=why))
        assert text.startswith("🔌 Webhook 3 to example.org is off: ")
        assert words in text
    odd = webhook_off_text(WebhookOff(webhook_id=3, host="<host>", why="<why>"))
    assert "<" not in odd


def test_a_test_and_a_deletion_name_their_webhook() -> None:
    assert "webhook 3" in webhook_tried(3)
    assert "Delete webhook 3 to example.org?" in delete_question(WEBHOOK)
