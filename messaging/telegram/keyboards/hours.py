"""Buttons of quiet hours, zones and digests; each says what is to be, never what to turn over. Pure."""

from telegram import InlineKeyboardMarkup

from domain.rules.noise import BUDGETS
from domain.rules.rules import ChatSettings, Digest, Quiet
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.choice import fitting_rows
from messaging.telegram.keyboards.rules import in_rows, marked, ticked, word_buttons

QUIET = "quiet"
"""Verb of a button that sets quiet hours: what one would write behind /quiet, `.` for `:`."""

ZONE = "zone"
"""Verb of a button that sets the time zone: its name."""

DIGEST = "digest"
"""Verb of a button that sets the digest: what one would write behind /digest, `.` for `:`."""

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


def quiet_keyboard(
    callbacks: Callbacks, settings: ChatSettings, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """Some usual quiet hours, none, and whether full exits wake.

    Args:
        callbacks: signs the buttons.
        settings: of the chat; what is chosen is marked.
        chat_id: where it is shown.
        locale: of the reader.
    """
    choices = [(word, marked(text, settings.quiet == quiet)) for word, text, quiet in _NIGHTS]
    hours = word_buttons(callbacks, QUIET, choices, chat_id)
    wake = "wake off" if settings.exits_wake else "wake on"
    text = ticked(locale.gettext("Full exits at once"), settings.exits_wake)
    none = marked(locale.gettext("No quiet hours"), settings.quiet is None)
    return InlineKeyboardMarkup(
        [hours, word_buttons(callbacks, QUIET, ((wake, text), ("off", none)), chat_id)]
    )


def zone_keyboard(
    callbacks: Callbacks, settings: ChatSettings, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """Some time zones; any other may be written.

    Args:
        callbacks: signs the buttons.
        settings: of the chat; what is chosen is marked.
        chat_id: where it is shown.
        locale: not used: zones are called the same in every language.
    """
    del locale  # zones are called the same in every language
    choices = [(name, marked(name, name == settings.zone)) for name in _ZONES]
    return InlineKeyboardMarkup(in_rows(word_buttons(callbacks, ZONE, choices, chat_id), 2))


def digest_keyboard(
    callbacks: Callbacks, settings: ChatSettings, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """At once, each hour or each day; how many an hour at most; about how many a day.

    Args:
        callbacks: signs the buttons.
        settings: of the chat; what is chosen is marked.
        chat_id: where it is shown.
        locale: of the reader.
    """
    now = settings.digest
    deliver_times = (
        ("off", marked(locale.gettext("At once"), now is Digest.OFF)),
        ("hourly", marked(locale.gettext("Hourly"), now is Digest.HOURLY)),
        (
            "daily 08.00",
            marked(locale.gettext("Daily 8:00"), now is Digest.DAILY and settings.digest_at == 8 * 60),
        ),
    )
    limits = [("no limit", marked(locale.gettext("No limit"), settings.per_hour is None))]
    limits += [
        (f"{n} an hour", marked(locale.gettext("{number}/h", number=n), settings.per_hour == n))
        for n in (5, 20, 60)
    ]
    budgets = [("no budget", marked(locale.gettext("No budget"), settings.per_day is None))]
    budgets += [
        (f"{n} a day", marked(locale.gettext("~{number}/day", number=n), settings.per_day == n))
        for n in BUDGETS[:3]
    ]
    rows = (deliver_times, limits, budgets)
    return InlineKeyboardMarkup(
        [line for row in rows for line in fitting_rows(word_buttons(callbacks, DIGEST, row, chat_id), 4)]
    )
