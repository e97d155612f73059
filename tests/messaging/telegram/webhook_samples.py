"""A webhook of a chat."""

from datetime import UTC, datetime

from domain.webhooks import Webhook, WebhookForm

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
WEBHOOK = Webhook(
    webhook_id=3, chat_id=1, owner_id=1, form=WebhookForm.STANDARD, host="example.org", created_at=NOW
)
