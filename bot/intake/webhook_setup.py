"""Tells Telegram how updates are to come: posted to the webhook, or fetched. Nothing is ever dropped."""

import logging

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, RetryAfter, TelegramError

from domain.errors import Unavailable
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""Telegram remembers the last list it was told, so each start names it."""
MOST_CONNECTIONS = 40
RETRY_SECONDS = 5.0
STOPPED_SECONDS = 30.0
_REFUSALS = ("401", "403")
"""What our webhook answers to a post without the right secret."""


async def subscribe(bot: Bot, *, url: str, secret: Secret) -> bool:
    """Have updates posted to `url`; whether anything had to be changed.

    The secret cannot be read back: a changed one is noticed by the refusals that Telegram reports.
    """
    info = await bot.get_webhook_info()
    if _agrees(info, url):
        return False
    await bot.set_webhook(
        url,
        allowed_updates=ALLOWED_UPDATES,
        secret_token=secret.reveal(),
        max_connections=MOST_CONNECTIONS,
    )
    return True


async def unsubscribe(bot: Bot) -> None:
    """Have updates kept until they are fetched.

    Raises:
        Unavailable: Telegram did not say that it will.
    """
    try:
        if (await bot.get_webhook_info()).url:
            await bot.delete_webhook(drop_pending_updates=False)
    except InvalidToken as error:
        log.error("Telegram refuses the bot's token; set BOT_TOKEN to a valid one")  # noqa: TRY400 - no news in it
        raise Unavailable("the bot's token is refused", retry_after=STOPPED_SECONDS) from error
    except TelegramError as error:
        raise Unavailable(f"deleteWebhook: {type(error).__name__}", retry_after=_wait(error)) from error


async def subscribe_until_done(bot: Bot, stop: Stop, *, url: str, secret: Secret) -> None:
    """The same, again and again until Telegram has heard it or the stop comes."""
    while not stop.is_set():
        try:
            changed = await subscribe(bot, url=url, secret=secret)
        except TelegramError as error:
            log.warning("setWebhook: %s; trying again", type(error).__name__)
            await stop.sleep(_wait(error))
        else:
            log.info("Telegram posts to the webhook%s", "" if changed else ", as before")
            return


def _agrees(info: WebhookInfo, url: str) -> bool:
    refused = any(status in (info.last_error_message or "") for status in _REFUSALS)
    return info.url == url and set(info.allowed_updates) == set(ALLOWED_UPDATES) and not refused


def _wait(error: TelegramError) -> float:
    if not isinstance(error, RetryAfter):
        return RETRY_SECONDS
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
