"""/webhooks: where alerts are pushed to, how that goes, and the line that says that one is off. Pure."""

from collections.abc import Sequence
from datetime import datetime

from domain.rules.tiers import NearLimit
from domain.webhooks import (
    GONE,
    NO_SUCCESS,
    OWNER_BANNED,
    OWNER_GONE,
    ROTATION_HOURS,
    Webhook,
    WebhookForm,
    WebhookOff,
)
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import escape
from messaging.telegram.texts.times import span_in_minutes

_FORMS = {WebhookForm.STANDARD: "", WebhookForm.DISCORD: " · Discord", WebhookForm.SLACK: " · Slack"}
_WHY = {
    GONE: gettext_noop("it answered 410: nobody is there any more"),
    NO_SUCCESS: gettext_noop("nothing arrived there for 5 days"),
    OWNER_BANNED: gettext_noop("who made it is banned"),
    OWNER_GONE: gettext_noop("who made it is no admin of the chat any more"),
}
_MAX_ERROR = 80


def webhooks_text(
    webhooks: Sequence[Webhook], address: str, *, reader_id: int, now: datetime, locale: Locale = ENGLISH
) -> str:
    """The webhooks of a chat, and how to make one.

    Args:
        webhooks: oldest first.
        address: of the page.
        reader_id: who reads; of another's webhook it is said whose it is.
        now: the time.
        locale: of the reader.
    """
    lines = [locale.gettext("<b>Webhooks</b>"), *(_line(one, reader_id, now, locale) for one in webhooks)]
    if not webhooks:
        lines = [locale.gettext("No webhook: nothing is pushed to other programs.")]
    form = locale.gettext("New: {form}", form="<code>/webhooks https://example.org/hook</code>")
    forms = locale.gettext(
        "Signed JSON by Standard Webhooks; addresses of Discord and Slack get lines to read. For a group put"
        " its id first."
    )
    more = locale.gettext("What was pushed: {address}", address=escape(f"{address}/#webhooks"))
    return "\n".join([*lines, "", form, forms, more])


def webhook_made(webhook: Webhook, secret: str, *, locale: Locale = ENGLISH) -> str:
    """A webhook with its secret, for the only time.

    Args:
        webhook: as it is stored.
        secret: what signs; empty: the receiver's address is its secret, as with Discord.
        locale: of the reader.
    """
    made = locale.gettext(
        "Webhook {number} pushes alerts to {host} from now on.",
        number=webhook.webhook_id,
        host=escape(webhook.host),
    )
    if not secret:
        hide = locale.gettext(
            "Its address is its secret, so your message is deleted. If you still see it, delete it."
        )
        return f"{made}\n{hide}"
    return f"{made}\n{_secret(secret, locale)}"


def near_limit(near: NearLimit | None, *, locale: Locale = ENGLISH) -> str:
    """A line below what was made: most of the limit is used; empty for None."""
    if near is None:
        return ""
    return "\n" + locale.ngettext(
        "📏 {used} of {number} webhook used.",
        "📏 {used} of {number} webhooks used.",
        near.limit,
        used=locale.number(near.used),
    )


def webhook_rotated(webhook: Webhook, secret: str, *, locale: Locale = ENGLISH) -> str:
    """A new secret, for the only time.

    Args:
        webhook: as it is stored.
        secret: what signs from now on.
        locale: of the reader.
    """
    rotated = locale.ngettext(
        "Webhook {webhook} has a new secret. For {number} hour the old one signs as well.",
        "Webhook {webhook} has a new secret. For {number} hours the old one signs as well.",
        ROTATION_HOURS,
        webhook=webhook.webhook_id,
    )
    return f"{rotated}\n{_secret(secret, locale)}"


def webhook_tried(number: int, *, locale: Locale = ENGLISH) -> str:
    """A test is on its way."""
    return locale.gettext(
        "A webhook.test is on its way to webhook {number}. /webhooks shows what came of it.", number=number
    )


def delete_question(webhook: Webhook, *, locale: Locale = ENGLISH) -> str:
    """Return whether it is meant."""
    return locale.gettext(
        "Delete webhook {number} to {host}? What waits for it is not pushed any more.",
        number=webhook.webhook_id,
        host=escape(webhook.host),
    )


def webhook_off_text(off: WebhookOff, *, locale: Locale = ENGLISH) -> str:
    """The line that says that a webhook was switched off."""
    why = locale.gettext(_WHY[off.why]) if off.why in _WHY else escape(off.why)
    return locale.gettext(
        "🔌 Webhook {number} to {host} is off: {why}. /webhooks switches it on again.",
        number=off.webhook_id,
        host=escape(off.host),
        why=why,
    )


def _secret(secret: str, locale: Locale) -> str:
    keep = locale.gettext("Keep its secret now: it is not shown again. Then delete this message.")
    return f"<code>{escape(secret)}</code>\n{keep}"


def _line(one: Webhook, reader_id: int, now: datetime, locale: Locale) -> str:
    line = f"{one.webhook_id}. {escape(one.host)}{_FORMS[one.form]} · {_state(one, now, locale)}"
    if one.owner_id == reader_id:
        return line
    person = f'<a href="tg://user?id={one.owner_id}">{one.owner_id}</a>'
    return f"{line} · {locale.gettext('made by {person}', person=person)}"


def _state(one: Webhook, now: datetime, locale: Locale) -> str:
    if not one.is_on:
        return locale.gettext("off")
    if one.failing_since is not None:
        span = span_in_minutes((now - one.failing_since).total_seconds(), locale=locale)
        error = escape((one.last_error or "")[:_MAX_ERROR])
        return locale.gettext("⚠️ fails for {time}: {error}", time=span, error=error)
    if one.last_error is not None:
        error = escape(one.last_error[:_MAX_ERROR])
        return locale.gettext("⚠️ the last try failed: {error}", error=error)
    if one.last_success_at is None:
        return locale.gettext("on, nothing pushed yet")
    ago = span_in_minutes((now - one.last_success_at).total_seconds(), locale=locale)
    return locale.gettext("on, arrived {time} ago", time=ago)
