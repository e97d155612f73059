"""Webhooks: where a chat's alerts are pushed to, in which form, and what is known of how that goes. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

ROTATION_HOURS = 24
"""After a rotation the secret before signs for this long as well."""
MAX_OLD_SECRETS = 2
"""So many secrets before the newest sign: a rotation whose answer was lost is asked for again."""
OFF_AFTER_DAYS = 5
"""A webhook that has had no success for this long is switched off."""
MIN_TRIES_OFF = 4
"""Failures in a row without which no webhook is switched off: one that is seldom used may have failed once
last week and be whole by now."""
SLOW_SECONDS = 2.0
"""A receiver whose last answer took longer gets few pushes at a time."""
PUSH_LADDER = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds before each further try, as Standard Webhooks has them: ten tries in 75 hours."""
MAX_PUSH_AGE = 1.1 * sum(PUSH_LADDER)
"""Seconds after which no push is tried any more: where few tries are borne it climbs its ladder slowly."""
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of all secrets of Standard Webhooks
GONE = "it answered 410: nobody is there any more"
OWNER_BANNED = "who made it is banned"
OWNER_GONE = "who made it is no admin of the chat any more"
NO_SUCCESS = f"nothing arrived there for {OFF_AFTER_DAYS} days"


class WebhookForm(StrEnum):
    """What is pushed, and how a receiver may know whose it is."""

    STANDARD = "standard"
    """Events as JSON, signed, by Standard Webhooks."""
    DISCORD = "discord"
    """Lines for people, in a channel of Discord; the address is the secret."""
    SLACK = "slack"
    """The same in Slack."""


class PushType(StrEnum):
    """What a push says."""

    ALERT_CREATED = "alert.created"
    ALERT_CORRECTED = "alert.corrected"
    """What became known after it was created, as the grade of a token: the whole alert again."""
    ALERT_REVERTED = "alert.reverted"
    """Its block has died: it never happened."""
    OUTAGE_CLOSED = "outage.closed"
    """The chain was not read for a while; what was missed has been sent."""
    TEST = "webhook.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A webhook of a chat, without its secrets."""

    webhook_id: int
    chat_id: int
    owner_id: int
    """Who made it."""
    form: WebhookForm
    host: str
    """Of its address, by which people know it again."""
    created_at: datetime
    off_at: datetime | None = None
    """None: it is on."""
    off_reason: str | None = None
    failing_since: datetime | None = None
    """The first failure since the last success; None: none."""
    rests_until: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str | None = None
    old_secret_until: datetime | None = None
    """Until then the secret before signs as well; None: it does not."""

    @property
    def is_on(self) -> bool:
        """Whether anything is pushed."""
        return self.off_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a push goes, and what signs it; printed, it shows neither."""

    webhook_id: int
    form: WebhookForm
    url: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    """The newest first; those before as long as a rotation lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTrial:
    """Nothing happened: somebody tries whether a webhook works."""

    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookOff:
    """A webhook that was switched off, as its chat is notified.

    As it is stored: `{"webhook_id":4,"host":"example.org","why":"it answered 410"}`.
    """

    webhook_id: int
    host: str
    why: str
    """In words, without secrets."""
