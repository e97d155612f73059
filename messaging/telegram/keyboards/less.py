"""The buttons behind Less like this: each says what comes no more. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.activity.activity import Kind
from domain.rules.decisions import SENT_BY_DEFAULT
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.rules import MUTE_PICK
from messaging.telegram.texts.rules import less_words

LESS_RULE = "lrule"
"""Verb of a button that changes a rule of a wallet: watch id, the rule's verb, its word."""
LESS_TOKEN = "ltok"  # noqa: S105 - a token of the chain
"""Verb of a button that mutes a token for a day: mint."""
_STEPS = (100, 1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What an alert was about."""

    watch_id: int
    """The chat's watch of the wallet."""
    wallet: str
    """What the chat calls the wallet; plain text."""
    sort: str
    """The event's, within its kind."""
    mint: str | None = None
    """The token it was about; None: only SOL moved."""
    token: str = ""
    """What the token is called; plain text."""
    usd: Decimal | None = None
    """What it was worth; None: not known."""


def less_keyboard(callbacks: Callbacks, event: Event, *, chat_id: int) -> InlineKeyboardMarkup:
    """The ways to get fewer alerts like this one."""
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(text, callback_data=callbacks.write(verb, *words, chat_id=chat_id))]
            for text, verb, *words in _choices(event)
        ]
    )


def _choices(event: Event) -> Iterator[tuple[str, str, *tuple[str | int, ...]]]:
    if event.mint is not None:
        yield f"Mute {event.token} for 1 day", LESS_TOKEN, event.mint
    for verb, word in _rules(event):
        yield less_words(verb, word, event.wallet), LESS_RULE, event.watch_id, verb, word
    yield f"Mute {event.wallet}…", MUTE_PICK, event.watch_id


def _rules(event: Event) -> Iterator[tuple[str, str]]:
    lowest = next((step for step in _STEPS if event.usd is not None and step > event.usd), None)
    if lowest is not None:
        yield "min", str(lowest)
    if event.sort == Kind.BUY:
        yield "first", "on"
    if event.sort == Kind.SELL:
        yield "exit", "on"
    if event.sort in SENT_BY_DEFAULT:
        yield "off", event.sort
