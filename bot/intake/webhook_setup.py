"""Registers the webhook with Telegram, and monitors its deliveries.

Without a webhook Telegram keeps the updates for polling. No update is ever dropped.
"""

import asyncio
import logging
import ssl
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.intake.webhook_guard import FindNewer, WebhookGuard, host_of
from domain.delivery.results import TOKEN_REJECTED_WAIT
from domain.errors import Unavailable
from runtime.clock import now, unix
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret

log = logging.getLogger(__name__)
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""Telegram remembers the last list that it got, so each start sends it."""
MAX_CONNECTIONS = 100
"""Of Telegram, the most that it makes: loud chats wait for each other there, and nobody else for them."""
SETUP_RETRY_SECONDS = 5.0
INFO_SECONDS = 60.0
CONNECT_SECONDS = 10.0
_EXPIRED = 10
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED."""
_REFUSALS = ("401", "403")
"""What the webhook answers to a post without the right secret."""


async def subscribe(bot: Bot, *, url: str, secret: Secret) -> bool:
    """Tell Telegram to post updates to `url`; return whether anything had to be changed.

    The secret cannot be read back: a changed secret shows only in the refusals that Telegram reports.

    Args:
        bot: the client.
        url: the public address of the webhook.
        secret: what Telegram sends with each post.
    """
    info = await bot.get_webhook_info()
    if _agrees(info, url):
        return False
    await bot.set_webhook(
        url,
        allowed_updates=ALLOWED_UPDATES,
        secret_token=secret.reveal(),
        max_connections=MAX_CONNECTIONS,
    )
    return True


async def unsubscribe(bot: Bot, find_newer: FindNewer) -> None:
    """Tell Telegram to keep updates until they are fetched.

    Args:
        bot: the client.
        find_newer: asks for bots that were started later: a webhook of theirs stays.

    Raises:
        Unavailable: Telegram did not confirm it, or other bots take the updates.
    """
    if newer := await find_newer():
        log.error(
            "Bots that were started later take updates by %s, so this bot does not fetch them."
            " Start all bots of a database with the same WEBHOOK_URL, or with none",
            host_of(newer),
        )
        raise Unavailable("updates are left to other bots", retry_after=INFO_SECONDS)
    try:
        if (await bot.get_webhook_info()).url:
            await bot.delete_webhook(drop_pending_updates=False)
    except InvalidToken as error:
        log.error("Telegram refuses the bot's token; set BOT_TOKEN to a valid one")  # noqa: TRY400 - the sentence says it all
        raise Unavailable("the bot's token is refused", retry_after=TOKEN_REJECTED_WAIT) from error
    except TelegramError as error:
        raise Unavailable(f"deleteWebhook: {type(error).__name__}", retry_after=_wait(error)) from error


async def subscribe_until_done(bot: Bot, stop: Stop, *, url: str, secret: Secret) -> None:
    """Repeat `subscribe` until Telegram confirms it or the stop comes.

    Args:
        bot: asks Telegram.
        stop: ends the pauses between tries, too.
        url: HTTPS, where Telegram posts to.
        secret: Telegram sends it with each post.
    """
    while not stop.is_set():
        try:
            changed = await subscribe(bot, url=url, secret=secret)
        except TelegramError as error:
            log.warning("setWebhook: %s; trying again", type(error).__name__)
            await stop.sleep(_wait(error))
        else:
            log.info("Telegram posts to the webhook%s", "" if changed else ", as before")
            return


async def watch_webhook(bot: Bot, stop: Stop, *, url: str, secret: Secret, find_newer: FindNewer) -> None:
    """Show repeatedly what Telegram says of its posts, and when the certificate ends, until the stop.

    What does not answer leaves the figures as they are. Where another program has had the token and changed
    the address, it is set again.

    Args:
        bot: asks Telegram.
        stop: ends the pauses of INFO_SECONDS, too.
        url: HTTPS, where Telegram posts to.
        secret: Telegram sends it with each post.
        find_newer: asks for bots that were started later.
    """
    guard = WebhookGuard(url, find_newer, lambda: subscribe(bot, url=url, secret=secret))
    while await stop.sleep(INFO_SECONDS):
        with suppress(TelegramError, Unavailable):
            info = await bot.get_webhook_info()
            note_webhook(info, now=now())
            await guard.check(info)
        if (ends_at := await certificate_end(url, ssl.create_default_context())) is not None:
            metrics.certificate_expires_seconds.set(ends_at - unix())


async def certificate_end(url: str, trusted: ssl.SSLContext) -> float | None:
    """When the certificate behind a URL ends, in seconds since 1970; 0.0: it has; None: nobody can tell."""
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname is None:
        return None
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=trusted)
    except ssl.SSLCertVerificationError as error:
        return 0.0 if error.verify_code == _EXPIRED else None
    except (OSError, TimeoutError):
        return None
    certificate = writer.get_extra_info("peercert")
    writer.close()
    return float(ssl.cert_time_to_seconds(certificate["notAfter"])) if certificate else None


def note_webhook(info: WebhookInfo, *, now: datetime) -> None:
    """Set the gauges of the webhook."""
    failed_at = info.last_error_date
    age = 0.0 if failed_at is None else max(1.0, (now - failed_at).total_seconds())
    metrics.telegram_webhook_pending.set(info.pending_update_count)
    metrics.telegram_webhook_error_age_seconds.set(age)


def _agrees(info: WebhookInfo, url: str) -> bool:
    refused = any(status in (info.last_error_message or "") for status in _REFUSALS)
    return info.url == url and set(info.allowed_updates) == set(ALLOWED_UPDATES) and not refused


def _wait(error: TelegramError) -> float:
    if not isinstance(error, RetryAfter):
        return SETUP_RETRY_SECONDS
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
