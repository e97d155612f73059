"""Buttons of rules, mutes and pauses; each says what is to be, never what to turn over. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rehearsal import Rehearsal
from domain.rules.rules import Rules
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.choice import fitting_rows, undo_button
from messaging.telegram.texts.kinds import kind_name
from messaging.telegram.texts.rule_words import KINDS
from messaging.telegram.texts.times import dollars

RULE = "rule"
"""Verb of a button that changes a rule: watch id (0: all wallets) or #tag, the rule's verb, its word."""
MUTE_WALLET = "mw"
"""Verb of a button that mutes a wallet for a time: watch id and the time as one would write it."""
MUTE_TOKEN = "tm"  # noqa: S105 - a token of the chain
"""The same for a token: mint and time; `f` is forever, since there is no room for more."""
MUTE_TAG = "mtag"
"""The same for the wallets that bear a tag: tag and time."""
MUTE_PICK = "mpick"
"""Verb of a button that asks for how long to mute a wallet: watch id."""
PAUSE = "pause"
"""Verb of a button that stops all alerts for a time: the time as one would write it."""
TOKEN_PICK = "tpick"  # noqa: S105 - a token of the chain
"""The same for a token: mint."""

FORGET = "forget"
"""Verb of a button that deletes all that is kept of the chat: yes or no."""

_MINIMA = (
    ("0", gettext_noop("any")),
    ("100", "$100"),
    ("1000", "$1K"),
    ("10000", "$10K"),
    ("100000", "$100K"),
)
_TIMES = (
    ("1h", gettext_noop("1 h")),
    ("8h", gettext_noop("8 h")),
    ("1d", gettext_noop("1 day")),
    ("f", gettext_noop("Forever")),
    ("off", gettext_noop("Unmute")),
)
_PAUSES = (
    ("1h", gettext_noop("1 h")),
    ("8h", gettext_noop("8 h")),
    ("1d", gettext_noop("1 day")),
    ("f", gettext_noop("Until I resume")),
)


def rules_keyboard(  # noqa: PLR0913 - each says something of its own
    callbacks: Callbacks,
    rules: Rules,
    *,
    chat_id: int,
    about: int | str,
    undo_key: str = "",
    rehearsal: Rehearsal | None = None,
    locale: Locale = ENGLISH,
) -> InlineKeyboardMarkup:
    """Minimum, kinds, first buys, full exits, the quieter variant, reset.

    Args:
        callbacks: signs for the bot.
        rules: what counts.
        chat_id: where the message stands.
        about: the watch, by its id; 0: all wallets; a tag, with #.
        undo_key: takes back that the rules were reset just now; empty: there is nothing to undo.
        rehearsal: what the rules would have brought; None: not counted.
        locale: of who reads it.
    """

    def button(text: str, verb: str, word: str) -> InlineKeyboardButton:
        data = callbacks.write(RULE, about, verb, word, chat_id=chat_id)
        return InlineKeyboardButton(text, callback_data=data)

    lowest = str(int(rules.min_usd or 0))
    minima = [button(marked(locale.gettext(text), word == lowest), "min", word) for word, text in _MINIMA]
    kinds = [button(*one) for one in _kinds(rules, locale=locale)]
    only = [
        button(ticked(text, is_on), verb, "off" if is_on else "on")
        for text, verb, is_on in (
            (locale.gettext("First buys only"), "first", bool(rules.first_buy_only)),
            (locale.gettext("Full exits only"), "exit", bool(rules.full_exit_only)),
        )
    ]
    last = _last(callbacks, about, undo_key, chat_id, locale=locale)
    quieter = [[button(text, "min", word)] for text, word in _quieter(rehearsal, locale=locale)]
    return InlineKeyboardMarkup([*quieter, *fitting_rows(minima, 5), *fitting_rows(kinds, 3), only, [last]])


def _kinds(rules: Rules, *, locale: Locale) -> list[tuple[str, str, str]]:
    """Each kind with its text and what its button writes."""
    off = rules.kinds_off or frozenset()
    return [
        (
            ticked(kind_name(kind, locale=locale), kind not in off),
            "on" if kind in off else "off",
            kind.value,
        )
        for kind in KINDS
    ]


def _last(
    callbacks: Callbacks, about: int | str, undo_key: str, chat_id: int, *, locale: Locale
) -> InlineKeyboardButton:
    """Takes the reset back that was made just now, else resets."""
    if undo_key:
        text = locale.gettext("↩️ Undo reset")
        return undo_button(callbacks, undo_key, chat_id=chat_id, text=text, locale=locale)
    data = callbacks.write(RULE, about, "reset", "all", chat_id=chat_id)
    return InlineKeyboardButton(locale.gettext("Reset"), callback_data=data)


def _quieter(rehearsal: Rehearsal | None, *, locale: Locale = ENGLISH) -> list[tuple[str, str]]:
    """The minimum that leaves clearly fewer alerts, as a button says it and as one would write it."""
    if rehearsal is None or rehearsal.minimum is None:
        return []
    text = locale.gettext(
        "🤫 At least {dollars}: {number} a week",
        dollars=dollars(rehearsal.minimum, locale=locale),
        number=locale.number(rehearsal.with_minimum),
    )
    return [(text, str(int(rehearsal.minimum)))]


def mute_times(
    callbacks: Callbacks, verb: str, about: str | int, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """For how long to mute: `MUTE_WALLET` and a watch id, `MUTE_TOKEN` and a mint, `MUTE_TAG` and a tag.

    Args:
        callbacks: signs the buttons.
        verb: `MUTE_WALLET`, `MUTE_TOKEN` or `MUTE_TAG`.
        about: a watch id, a mint or a tag, by the verb; a mint leaves room for two letters of time.
        chat_id: where it is shown.
        locale: of the reader.
    """
    buttons = [
        InlineKeyboardButton(
            locale.gettext(text), callback_data=callbacks.write(verb, about, word, chat_id=chat_id)
        )
        for word, text in _TIMES
        if verb != MUTE_TOKEN or len(word) <= 2  # noqa: PLR2004 - the room that a mint leaves
    ]
    return InlineKeyboardMarkup(in_rows(buttons, 3))


def pause_keyboard(
    callbacks: Callbacks, *, chat_id: int, is_paused: bool = False, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """For how long to stop all alerts; while they are stopped, the way to resume them.

    Args:
        callbacks: signs the buttons.
        chat_id: where it is shown.
        is_paused: all alerts are stopped now.
        locale: of the reader.
    """
    if is_paused:
        return InlineKeyboardMarkup(
            [word_buttons(callbacks, PAUSE, (("off", locale.gettext("▶ Resume")),), chat_id)]
        )
    choices = [(word, locale.gettext(text)) for word, text in _PAUSES]
    return InlineKeyboardMarkup(in_rows(word_buttons(callbacks, PAUSE, choices, chat_id), 2))


def forget_keyboard(
    callbacks: Callbacks, *, chat_id: int, user_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """Delete everything, or not; for the person who asked.

    Args:
        callbacks: signs the buttons.
        chat_id: whose data would be deleted.
        user_id: the person who asked, who alone may press.
        locale: of the reader.
    """
    buttons = [
        InlineKeyboardButton(
            text, callback_data=callbacks.write(FORGET, word, chat_id=chat_id, user_id=user_id)
        )
        for word, text in (
            ("yes", locale.gettext("🗑 Delete everything")),
            ("no", locale.gettext("Keep it all")),
        )
    ]
    return InlineKeyboardMarkup([buttons])


def word_buttons(
    callbacks: Callbacks, verb: str, choices: Sequence[tuple[str, str]], chat_id: int
) -> list[InlineKeyboardButton]:
    """A button for each choice.

    Args:
        callbacks: signs the buttons.
        verb: what the route is found by.
        choices: the word that a button carries, and its text.
        chat_id: where they are shown.
    """
    return [
        InlineKeyboardButton(text, callback_data=callbacks.write(verb, word, chat_id=chat_id))
        for word, text in choices
    ]


def in_rows(buttons: Sequence[InlineKeyboardButton], width: int) -> list[list[InlineKeyboardButton]]:
    """The buttons in rows of `width`, the last one perhaps shorter."""
    return [[*buttons[start : start + width]] for start in range(0, len(buttons), width)]


def ticked(text: str, is_on: bool) -> str:  # noqa: FBT001 - shown as it is
    """The text of a button that switches something, with how it stands."""
    return f"{'✅' if is_on else '⬜'} {text}"


def marked(text: str, is_chosen: bool) -> str:  # noqa: FBT001 - the same
    """The text of one choice of several, marked if it is the one that counts."""
    return f"• {text} •" if is_chosen else text
