"""The buttons behind Less like this: each tells less of what one alert was about. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.activity.activity import Kind
from domain.rules.decisions import SENT_BY_DEFAULT
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.rules import MUTE_PICK, MUTE_TOKEN, RULE
from messaging.telegram.texts.reasons import dollars

_STEPS = (100, 1_000, 10_000, 100_000, 1_000_000)


def less_keyboard(
    callbacks: Callbacks, *, chat_id: int, watch_id: int, sort: str, mint: str | None, usd: Decimal | None
) -> InlineKeyboardMarkup:
    """What could be told less.

    Args:
        callbacks: signs for the bot.
        chat_id: where the message stands.
        watch_id: the chat's watch of the wallet.
        sort: the event's, within its kind.
        mint: the token it was about; None: only SOL moved.
        usd: what it was worth; None: not known.
    """
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(text, callback_data=callbacks.write(verb, *words, chat_id=chat_id))]
            for text, verb, *words in _choices(watch_id, sort, mint, usd)
        ]
    )


def _choices(
    watch_id: int, sort: str, mint: str | None, usd: Decimal | None
) -> Iterator[tuple[str, str, *tuple[str | int, ...]]]:
    if mint is not None:
        yield "Nothing of this token for a day", MUTE_TOKEN, mint, "1d"
    lowest = next((step for step in _STEPS if usd is not None and step > usd), None)
    if lowest is not None:
        yield f"Of this wallet only from {dollars(Decimal(lowest))}", RULE, watch_id, "min", str(lowest)
    if sort == Kind.BUY:
        yield "Of this wallet only first buys", RULE, watch_id, "first", "on"
    if sort == Kind.SELL:
        yield "Of this wallet only full exits", RULE, watch_id, "exit", "on"
    if sort in SENT_BY_DEFAULT:
        yield f"Of this wallet no {sort.replace('_', ' ')}", RULE, watch_id, "off", sort
    yield "Nothing of this wallet for a while", MUTE_PICK, watch_id
