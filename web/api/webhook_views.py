"""What programs send and read of webhooks; each type stands in the reference with an example."""

from datetime import datetime
from typing import Annotated

import msgspec

from domain.webhooks import WebhookForm
from web.api.endpoint import Cursor, Limit

Number = Annotated[int, msgspec.Meta(ge=1, le=2**62)]

Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]


class WebhookParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which webhook."""

    webhook_id: Number


class PushesParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of what was pushed to a webhook."""

    webhook_id: Number
    cursor: Cursor = ""
    limit: Limit = 50


class PushParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which push."""

    webhook_id: Number
    delivery_id: Number


class NewWebhookBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A webhook to be made.

    `{"url": "https://example.org/hook"}`.
    """

    url: Url
    form: WebhookForm | None = None
    """Null: as the address shows."""


class WebhookChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be otherwise; what is not named stays.

    `{"on": false}`.
    """

    url: Url | None = None
    on: bool | None = None


class WebhookView(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook, without address and secret: Discord's and Slack's addresses are secrets.

    `{"webhook_id": 3, "owner_id": 7, "form": "standard", "host": "example.org", "on": true, "off_reason":
    null, "off_at": null, "failing_since": null, "last_success_at": "2026-11-29T17:00:00Z", "last_error":
    null, "rotation_ends_at": null, "created_at": "2026-11-01T08:00:00Z"}`.
    """

    webhook_id: int
    owner_id: int
    """Who made it, or switched it on again."""
    form: WebhookForm
    host: str
    on: bool
    off_reason: str | None
    off_at: datetime | None
    failing_since: datetime | None
    """The first failure since the last success; null: none."""
    last_success_at: datetime | None
    last_error: str | None
    rotation_ends_at: datetime | None
    """Until then the secret before signs as well; null: it does not."""
    created_at: datetime


class MadeWebhookView(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook with its secret, for the only time.

    `{"webhook": {"webhook_id": 3, "owner_id": 7, "form": "discord", "host": "discord.com", "on": true,
    "off_reason": null, "off_at": null, "failing_since": null, "last_success_at": null, "last_error": null,
    "rotation_ends_at": null, "created_at": "2026-11-01T08:00:00Z"}, "secret": null}`.
    """

    webhook: WebhookView
    secret: str | None
    """`whsec_…`; null: the address is the secret."""


class PushView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one push.

    `{"delivery_id": "9", "message_id": "msg_9_63f", "type": "alert.created", "alert_id": "5", "state":
    "sent", "attempts": 1, "error": null, "next_try_at": null, "created_at": "2026-11-29T17:00:00Z",
    "finished_at": "2026-11-29T17:00:01Z"}`.
    """

    delivery_id: str
    message_id: str
    """The header `webhook-id`."""
    type: str
    alert_id: str | None
    state: str
    attempts: int
    error: str | None
    """Of the last try."""
    next_try_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


class QueuedView(msgspec.Struct, frozen=True, kw_only=True):
    """A push that goes as soon as it can.

    `{"delivery_id": "9"}`.
    """

    delivery_id: str
