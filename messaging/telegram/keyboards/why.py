"""The buttons behind Less, each of which says what comes no longer, and the one under /why. Pure.

The latter opens the gate which stopped an event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.activity.activity import Kind
from domain.rules.decisions import SENT_BY_DEFAULT, Gate
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.addresses import FOLLOW
from messaging.telegram.keyboards.hours import DIGEST, QUIET
from messaging.telegram.keyboards.rules import MUTE_PICK, MUTE_TOKEN, MUTE_WALLET, PAUSE, RULE
from messaging.telegram.keyboards.settings import SETTING
from messaging.telegram.texts.kinds import kinds_words
from messaging.telegram.texts.mutes import less_words

LESS_RULE = "lrule"
"""Verb of a button that changes a rule of a wallet: watch id, the rule's verb, its word."""
LESS_TOKEN = "ltok"  # noqa: S105 - a token of the chain
"""Verb of a button that mutes a token for a day: mint."""
WHY_PAGE = "wp"
"""Verb of a button that shows a page of the events of a position: page from 0, and the message's id."""
_STEPS = (100, 1_000, 10_000, 100_000, 1_000_000)
_RULES: dict[Gate, tuple[str, str, str]] = {
    Gate.BELOW_MINIMUM: (gettext_noop("No minimum"), "min", "0"),
    Gate.ABOVE_MAXIMUM: (gettext_noop("No maximum"), "max", "none"),
    Gate.NOT_FIRST_BUY: (gettext_noop("All buys"), "first", "off"),
    Gate.NOT_FULL_EXIT: (gettext_noop("All sells"), "exit", "off"),
    Gate.TOO_YOUNG: (gettext_noop("Tokens of any age"), "age", "any"),
    Gate.TOO_OLD: (gettext_noop("Tokens of any age"), "age", "any"),
    Gate.MARKET_CAP_TOO_LOW: (gettext_noop("Any market cap"), "cap", "any"),
    Gate.LIQUIDITY_TOO_LOW: (gettext_noop("Any liquidity"), "liq", "any"),
    Gate.MARKET_CAP_TOO_HIGH: (gettext_noop("Any market cap"), "cap", "any"),
    Gate.TOKEN_NOT_LISTED: (gettext_noop("All tokens"), "any", ""),
    Gate.TOKEN_EXCLUDED: (gettext_noop("All tokens"), "any", ""),
}
_HOURS: dict[Gate, tuple[str, str, str]] = {
    Gate.PAUSED: (gettext_noop("▶ Resume alerts"), PAUSE, "off"),
    Gate.QUIET: (gettext_noop("No quiet hours"), QUIET, "off"),
    Gate.DIGEST: (gettext_noop("Send at once"), DIGEST, "off"),
    Gate.HOUR_FULL: (gettext_noop("No hourly limit"), DIGEST, "no limit"),
    Gate.WALLET_BUSY: (gettext_noop("Every event at once"), SETTING, "busy off"),
}


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


def less_keyboard(
    callbacks: Callbacks, event: Event, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """The ways to get fewer alerts like this one.

    Args:
        callbacks: signs the buttons.
        event: what the alert was about.
        chat_id: where it is shown.
        locale: of the reader.
    """
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(text, callback_data=callbacks.write(verb, *words, chat_id=chat_id))]
            for text, verb, *words in _choices(event, locale=locale)
        ]
    )


def _choices(event: Event, *, locale: Locale = ENGLISH) -> Iterator[tuple[str, str, *tuple[str | int, ...]]]:
    if event.mint is not None:
        yield locale.gettext("Mute {token} for 1 day", token=event.token), LESS_TOKEN, event.mint
    for verb, word in _rules(event):
        yield less_words(verb, word, event.wallet, locale=locale), LESS_RULE, event.watch_id, verb, word
    yield locale.gettext("Mute {wallet}…", wallet=event.wallet), MUTE_PICK, event.watch_id


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


def with_pages(
    keyboard: InlineKeyboardMarkup | None,
    callbacks: Callbacks,
    *,
    page: int,
    pages: int,
    message_id: int,
    chat_id: int,
) -> InlineKeyboardMarkup | None:
    """Put the way to older and newer events of a position below other buttons; None: there are none at all.

    Args:
        keyboard: the other buttons.
        callbacks: signs the buttons.
        page: that is shown, from 0; higher ones are older.
        pages: how many there are.
        message_id: of the position's message.
        chat_id: where it is shown.
    """
    targets = [*([("◀", page + 1)] if page + 1 < pages else []), *([("▶", page - 1)] if page else [])]
    row = [
        InlineKeyboardButton(sign, callback_data=callbacks.write(WHY_PAGE, to, message_id, chat_id=chat_id))
        for sign, to in targets
    ]
    rows = [*([] if keyboard is None else keyboard.inline_keyboard), *([row] if row else [])]
    return InlineKeyboardMarkup(rows) if rows else None


def fix_keyboard(  # noqa: PLR0913 - each says something of its own
    callbacks: Callbacks,
    gate: Gate | None,
    *,
    chat_id: int,
    watch_id: int | None,
    wallet: str,
    sort: str,
    mint: str | None,
    locale: Locale = ENGLISH,
) -> InlineKeyboardMarkup | None:
    """The button that lets such an event through from now on; None: no button can.

    Args:
        callbacks: signs for the bot.
        gate: what stopped it; None: there was no decision.
        chat_id: where the message stands.
        watch_id: the chat's watch of the wallet; None: it has none, and following is what helps.
        wallet: whose event it was; `mint`, where it was about a token alone.
        sort: the event's, within its kind.
        mint: the token it was about.
        locale: of who reads it.
    """
    choice = _choice(gate, watch_id, wallet, sort, mint, locale=locale)
    if choice is None:
        return None
    text, verb, *arguments = choice
    data = callbacks.write(str(verb), *arguments, chat_id=chat_id)
    return InlineKeyboardMarkup([[InlineKeyboardButton(str(text), callback_data=data)]])


def _choice(
    gate: Gate | None,
    watch_id: int | None,
    wallet: str,
    sort: str,
    mint: str | None,
    *,
    locale: Locale = ENGLISH,
) -> tuple[str | int, ...] | None:
    if watch_id is None and wallet != mint:
        return (locale.gettext("🐋 Follow"), FOLLOW, wallet)
    if gate is Gate.TOKEN_MUTED and mint is not None:
        return (locale.gettext("🔔 Unmute the token"), MUTE_TOKEN, mint, "0")
    if watch_id is None or gate in _HOURS:
        return _hours_choice(gate, locale=locale)
    return _watch_choice(gate, watch_id, sort, locale=locale)


def _watch_choice(
    gate: Gate | None, watch_id: int, sort: str, *, locale: Locale
) -> tuple[str | int, ...] | None:
    """Return what can be done to a watch of the chat."""
    if gate is Gate.MUTED:
        return (locale.gettext("🔔 Unmute the wallet"), MUTE_WALLET, watch_id, "off")
    if gate is Gate.KIND_OFF and sort in SENT_BY_DEFAULT:
        return (
            locale.gettext("🔔 Unmute {kinds}", kinds=kinds_words(sort, locale=locale)),
            RULE,
            watch_id,
            "on",
            sort,
        )
    if gate in _RULES:
        text, verb, word = _RULES[gate]
        return (locale.gettext(text), RULE, watch_id, verb, word)
    return None


def _hours_choice(gate: Gate | None, *, locale: Locale) -> tuple[str | int, ...] | None:
    if gate is None or gate not in _HOURS:
        return None
    text, verb, word = _HOURS[gate]
    return (locale.gettext(text), verb, word)
