"""Buttons of rules, mutes, quiet hours, digests; each says what is to be, never what to turn over. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.noise import BUDGETS
from domain.rules.rehearsal import Rehearsal
from domain.rules.rules import ChatSettings, Digest, Quiet, Rules
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.choice import fitting_rows, undo_button
from messaging.telegram.texts.kinds import kind_name
from messaging.telegram.texts.rule_words import KINDS
from messaging.telegram.texts.times import dollars

RULE = "rule"
"""Verb of a button that changes a rule: watch id (0: all wallets) or #tag, the rule's verb, its word."""
QUIET = "quiet"
"""Verb of a button that sets quiet hours: what one would write behind /quiet, `.` for `:`."""
ZONE = "zone"
"""Verb of a button that sets the time zone: its name."""
DIGEST = "digest"
"""Verb of a button that sets the digest: what one would write behind /digest, `.` for `:`."""
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
_NIGHTS = (
    ("22.00-07.00", "22–7", Quiet(begin=22 * 60, end=7 * 60)),
    ("23.00-07.00", "23–7", Quiet(begin=23 * 60, end=7 * 60)),
    ("00.00-08.00", "0–8", Quiet(begin=0, end=8 * 60)),
)
_ZONES = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Dubai",
    "Asia/Singapore",
    "Asia/Tokyo",
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
    minima = [button(_marked(locale.gettext(text), word == lowest), "min", word) for word, text in _MINIMA]
    kinds = [button(*one) for one in _kinds(rules, locale=locale)]
    only = [
        button(_ticked(text, is_on), verb, "off" if is_on else "on")
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
            _ticked(kind_name(kind, locale=locale), kind not in off),
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


def quiet_keyboard(
    callbacks: Callbacks, settings: ChatSettings, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """Some usual quiet hours, none, and whether full exits wake."""
    choices = [(word, _marked(text, settings.quiet == quiet)) for word, text, quiet in _NIGHTS]
    hours = _words(callbacks, QUIET, choices, chat_id)
    wake = "wake off" if settings.exits_wake else "wake on"
    text = _ticked(locale.gettext("Full exits at once"), settings.exits_wake)
    none = _marked(locale.gettext("No quiet hours"), settings.quiet is None)
    return InlineKeyboardMarkup([hours, _words(callbacks, QUIET, ((wake, text), ("off", none)), chat_id)])


def zone_keyboard(
    callbacks: Callbacks, settings: ChatSettings, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """Some time zones; any other may be written."""
    del locale  # zones are called the same in every language
    choices = [(name, _marked(name, name == settings.zone)) for name in _ZONES]
    return InlineKeyboardMarkup(_rows(_words(callbacks, ZONE, choices, chat_id), 2))


def digest_keyboard(
    callbacks: Callbacks, settings: ChatSettings, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """At once, each hour, each day; how many an hour; and about how many a day."""
    now = settings.digest
    deliver_times = (
        ("off", _marked(locale.gettext("At once"), now is Digest.OFF)),
        ("hourly", _marked(locale.gettext("Hourly"), now is Digest.HOURLY)),
        (
            "daily 08.00",
            _marked(locale.gettext("Daily 8:00"), now is Digest.DAILY and settings.digest_at == 8 * 60),
        ),
    )
    limits = [("no limit", _marked(locale.gettext("No limit"), settings.per_hour is None))]
    limits += [
        (f"{n} an hour", _marked(locale.gettext("{number}/h", number=n), settings.per_hour == n))
        for n in (5, 20, 60)
    ]
    budgets = [("no budget", _marked(locale.gettext("No budget"), settings.per_day is None))]
    budgets += [
        (f"{n} a day", _marked(locale.gettext("~{number}/day", number=n), settings.per_day == n))
        for n in BUDGETS[:3]
    ]
    rows = (deliver_times, limits, budgets)
    return InlineKeyboardMarkup(
        [line for row in rows for line in fitting_rows(_words(callbacks, DIGEST, row, chat_id), 4)]
    )


def mute_times(
    callbacks: Callbacks, verb: str, about: str | int, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """For how long to mute: `MUTE_WALLET` and a watch id, `MUTE_TOKEN` and a mint, `MUTE_TAG` and a tag."""
    buttons = [
        InlineKeyboardButton(
            locale.gettext(text), callback_data=callbacks.write(verb, about, word, chat_id=chat_id)
        )
        for word, text in _TIMES
        if verb != MUTE_TOKEN or len(word) <= 2  # noqa: PLR2004 - the room that a mint leaves
    ]
    return InlineKeyboardMarkup(_rows(buttons, 3))


def pause_keyboard(
    callbacks: Callbacks, *, chat_id: int, is_paused: bool = False, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """For how long to stop all alerts; while they are stopped, the way to resume them."""
    if is_paused:
        return InlineKeyboardMarkup(
            [_words(callbacks, PAUSE, (("off", locale.gettext("▶ Resume")),), chat_id)]
        )
    choices = [(word, locale.gettext(text)) for word, text in _PAUSES]
    return InlineKeyboardMarkup(_rows(_words(callbacks, PAUSE, choices, chat_id), 2))


def forget_keyboard(
    callbacks: Callbacks, *, chat_id: int, user_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """Delete everything, or not; for the person who asked."""
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


def _words(
    callbacks: Callbacks, verb: str, choices: Sequence[tuple[str, str]], chat_id: int
) -> list[InlineKeyboardButton]:
    return [
        InlineKeyboardButton(text, callback_data=callbacks.write(verb, word, chat_id=chat_id))
        for word, text in choices
    ]


def _rows(buttons: Sequence[InlineKeyboardButton], width: int) -> list[list[InlineKeyboardButton]]:
    return [[*buttons[start : start + width]] for start in range(0, len(buttons), width)]


def _ticked(text: str, is_on: bool) -> str:  # noqa: FBT001 - shown as it is
    return f"{'✅' if is_on else '⬜'} {text}"


def _marked(text: str, is_chosen: bool) -> str:  # noqa: FBT001 - the same
    return f"• {text} •" if is_chosen else text
