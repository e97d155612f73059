"""Buttons of /settings; each says what is to be, never what to turn over. Pure."""

from collections.abc import Callable, Mapping, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rules import ChatSettings, Display, Field
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.choice import fitting_rows
from messaging.telegram.keyboards.language import LANGUAGE
from messaging.telegram.names import CHARTS, EXPLORERS, MARKETS
from messaging.telegram.texts.settings import field_name

SETTING = "set"
"""Verb of a button that changes a setting: what one would write behind /settings, word by word."""
CARD = "card"
"""Verb of a button that opens a card in place of another: settings, bot or size."""
HOURS = "hours"
"""The same for when alerts come: quiet, digest or zone."""
_HOURS = (
    ("quiet", gettext_noop("🌙 Quiet hours")),
    ("digest", gettext_noop("📚 Digest")),
    ("zone", gettext_noop("🕐 Time zone")),
)
_CARDS = (
    ("size", gettext_noop("💵 My size")),
    ("bot", gettext_noop("🤖 My trading bot")),
)
_BUSY = (("off", gettext_noop("Never")), ("20", "20"), ("60", "60"), ("100", "100"))


def settings_keyboard(
    callbacks: Callbacks, settings: ChatSettings, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """The way to hours; links; fields; the spam line; living alerts; busy wallets; the way to other cards.

    Args:
        callbacks: signs the buttons.
        settings: of the chat; what is chosen is marked or ticked.
        chat_id: where it is shown; below 0: a group, which has switches of its own.
        locale: of the reader.
    """

    def button(text: str, what: str, word: str) -> InlineKeyboardButton:
        data = callbacks.write(SETTING, what, word, chat_id=chat_id)
        return InlineKeyboardButton(text, callback_data=data)

    return InlineKeyboardMarkup(
        [
            *fitting_rows(_openers(callbacks, HOURS, _HOURS, chat_id, locale=locale), 3),
            *_links(button, settings.display, locale),
            *_switches(button, settings, locale, in_group=chat_id < 0),
            *fitting_rows(_last_row(callbacks, chat_id, locale=locale), 3),
        ]
    )


_Button = Callable[[str, str, str], InlineKeyboardButton]
"""A button of a text that writes what is to be set, and to what."""


def _links(button: _Button, display: Display, locale: Locale) -> list[list[InlineKeyboardButton]]:
    """The sites to which alerts link: explorers, charts, markets."""

    def sites(what: str, known: Mapping[str, tuple[str, str]], chosen: str) -> list[InlineKeyboardButton]:
        named = [button(_marked(name, key == chosen), what, key) for key, (name, _) in known.items()]
        return [*named, button(_marked(locale.gettext("None"), not chosen), what, "none")]

    return [
        *fitting_rows(sites("explorer", EXPLORERS, display.explorer), 4),
        *fitting_rows(sites("chart", CHARTS, display.chart), 4),
        *fitting_rows(sites("trade", MARKETS, display.trade), 5),
    ]


def _switches(
    button: _Button, settings: ChatSettings, locale: Locale, *, in_group: bool
) -> list[list[InlineKeyboardButton]]:
    """The parts of alerts, and how many messages become of them."""
    display = settings.display
    fields = [button(text, verb, field.value) for text, verb, field in _fields(display, locale=locale)]
    spam = button(*_switch(locale.gettext("Spam line"), "spam", is_on=settings.spam_line))
    living = button(*_switch(locale.gettext("One message a position"), "living", is_on=settings.living))
    busy = [
        button(_marked(f"🚦 {_hourly(text, locale=locale)}", _is_chosen(settings, word)), "busy", word)
        for word, text in _BUSY
    ]
    rich = button(*_switch(locale.gettext("Tables"), "rich", is_on=display.rich))
    for_groups = [button(*one) for one in _in_groups(display, locale=locale)] if in_group else []
    return [
        *fitting_rows([*fields, spam], 3),
        [living],
        [rich, *for_groups[1:]],
        *([for_groups[:1]] if for_groups else []),
        *fitting_rows(busy, 4),
    ]


def _in_groups(display: Display, *, locale: Locale) -> list[tuple[str, str, str]]:
    """What only groups can have: answers for one person alone, and the button by which members mute."""
    return [
        _switch(locale.gettext("Answers for one alone"), "ephemeral", is_on=display.ephemeral),
        _switch(locale.gettext("Noise button"), "noise", is_on=display.noise),
    ]


def _fields(display: Display, *, locale: Locale) -> list[tuple[str, str, Field]]:
    """Each part of an alert with its text and what its button writes."""
    return [
        (
            _ticked(field_name(field, locale=locale), is_on=field not in display.hidden),
            "show" if field in display.hidden else "hide",
            field,
        )
        for field in Field
    ]


def _last_row(callbacks: Callbacks, chat_id: int, *, locale: Locale) -> list[InlineKeyboardButton]:
    data = callbacks.write(LANGUAGE, "card", chat_id=chat_id)
    language = InlineKeyboardButton(locale.gettext("🌐 Language"), callback_data=data)
    return [language, *_openers(callbacks, CARD, _CARDS, chat_id, locale=locale)]


def _hourly(text: str, *, locale: Locale = ENGLISH) -> str:
    """`20/h`, or the word for no limit."""
    return locale.gettext("{number}/h", number=text) if text.isdigit() else locale.gettext(text)


def _switch(name: str, what: str, *, is_on: bool) -> tuple[str, str, str]:
    """The text of a button that turns something over, and what it writes."""
    return _ticked(name, is_on=is_on), what, "off" if is_on else "on"


def _ticked(name: str, *, is_on: bool) -> str:
    return f"{'✅' if is_on else '⬜'} {name}"


def with_back_button(
    callbacks: Callbacks, keyboard: InlineKeyboardMarkup | None, *, chat_id: int, locale: Locale = ENGLISH
) -> InlineKeyboardMarkup:
    """The keyboard, and below it the button that goes back to all settings; None: that button alone.

    Args:
        callbacks: signs the button.
        keyboard: of the card; it is copied.
        chat_id: where it is shown.
        locale: of the reader.
    """
    rows = [] if keyboard is None else [list(row) for row in keyboard.inline_keyboard]
    return InlineKeyboardMarkup(
        [
            *rows,
            _openers(callbacks, CARD, (("settings", gettext_noop("⚙️ Settings")),), chat_id, locale=locale),
        ]
    )


def _openers(
    callbacks: Callbacks,
    verb: str,
    cards: Sequence[tuple[str, str]],
    chat_id: int,
    *,
    locale: Locale = ENGLISH,
) -> list[InlineKeyboardButton]:
    return [
        InlineKeyboardButton(locale.gettext(text), callback_data=callbacks.write(verb, what, chat_id=chat_id))
        for what, text in cards
    ]


def _is_chosen(settings: ChatSettings, word: str) -> bool:
    return settings.busy_above == (0 if word == "off" else int(word))


def _marked(text: str, is_chosen: bool) -> str:  # noqa: FBT001 - shown as it is
    return f"• {text} •" if is_chosen else text
