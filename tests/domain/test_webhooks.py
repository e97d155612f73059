"""Webhooks as values."""

from datetime import UTC, datetime

from domain.webhooks import PUSH_LADDER, Endpoint, Webhook, WebhookForm

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_a_webhook_is_on_until_it_is_switched_off() -> None:
    on = Webhook(webhook_id=1, chat_id=1, owner_id=1, form=WebhookForm.STANDARD, host="h", created_at=NOW)
    off = Webhook(
        webhook_id=1, chat_id=1, owner_id=1, form=WebhookForm.STANDARD, host="h", created_at=NOW, off_at=NOW
    )
    assert (on.is_on, off.is_on) == (True, False)


def test_an_endpoint_shows_neither_address_nor_secret() -> None:
    endpoint = Endpoint(webhook_id=1, form=WebhookForm.SLACK, url="https://hidden", secrets=(b"secret",))
    assert "hidden" not in repr(endpoint)
    assert "secret" not in repr(endpoint).replace("secrets", "")


def test_the_ladder_is_that_of_standard_webhooks() -> None:
    minutes = [5 / 60, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 20 * 60, 24 * 60]
    assert list(PUSH_LADDER) == [60 * one for one in minutes]
