"""Files that people sent, out of the Bot API."""

import logging

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from domain.errors import BadInput, Unavailable
from messaging.telegram.texts import imports as texts

log = logging.getLogger(__name__)


async def download(bot: Bot, file_id: str, *, max_bytes: int) -> bytes:
    """The content of a file.

    Args:
        bot: to which it was sent.
        file_id: as the update names it.
        max_bytes: a larger one is not read, whatever its sender said of its size.

    Raises:
        BadInput: it is gone, or too large.
        Unavailable: Telegram did not give it.
    """
    try:
        file = await bot.get_file(file_id)
        if (file.file_size or 0) > max_bytes:
            raise BadInput(texts.too_large(max_bytes))
        content = await file.download_as_bytearray()
    except BadRequest as error:
        log.info("A file is gone: %s", error)
        raise BadInput(texts.file_gone()) from error
    except TelegramError as error:
        raise Unavailable(f"Telegram gives a file not: {type(error).__name__}") from error
    if len(content) > max_bytes:
        raise BadInput(texts.too_large(max_bytes))
    return bytes(content)
