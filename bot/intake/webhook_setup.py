"""Tells Telegram to post updates to the webhook, or to keep them for polling. No update is ever dropped."""

import logging

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, RetryAfter, TelegramError

from domain.delivery.results import TOKEN_REJECTED_WAIT
from domain.errors import Unavailable
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""Telegram remembers the last list that it got, so each start sends it."""
MAX_CONNECTIONS = 40
RETRY_SECONDS = 5.0
_REFUSALS = ("401", "403")
"""What the webhook answers to a post without the right secret."""


async def subscribe(bot: Bot, *, url: str, secret: Secret) -> bool:
    """Tell Telegram to post updates to `url`; whether anything had to be changed.

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


async def unsubscribe(bot: Bot) -> None:
    """Tell Telegram to keep updates until they are fetched.

    Raises:
        Unavailable: Telegram did not confirm it.
    """
    try:
        if (await bot.get_webhook_info()).url:
            await bot.delete_webhook(drop_pending_updates=False)
    except InvalidToken as error:
        log.error("Telegram refuses the bot's token; set BOT_TOKEN to a valid one")  # noqa: TRY400 - the sentence says it all
        raise Unavailable("the bot's token is refused", retry_after=TOKEN_REJECTED_WAIT) from error
    except TelegramError as error:
        raise Unavailable(f"deleteWebhook: {type(error).__name__}", retry_after=_wait(error)) from error


async def subscribe_until_done(bot: Bot, stop: Stop, *, url: str, secret: Secret) -> None:
    """Repeat `subscribe` until Telegram confirms it or the stop comes."""
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
