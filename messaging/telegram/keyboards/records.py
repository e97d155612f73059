"""The buttons of a wallet's record. Pure."""

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.methods import Markup

EQUITY = "e"
"""Verb of a button that draws a wallet's profit over time: address and theme; one letter, to leave room."""


def record_keyboard(callbacks: Callbacks, *, chat_id: int, wallet: str, locale: Locale = ENGLISH) -> Markup:
    """Under the card of a wallet: its curve.

    Args:
        callbacks: signs the button.
        chat_id: where it is shown.
        wallet: its address, which leaves room for one letter of the theme.
        locale: of the reader.
    """
    data = callbacks.write(EQUITY, wallet, Theme.DARK.value[0], chat_id=chat_id)
    return {"inline_keyboard": [[{"text": locale.gettext("📈 Profit curve"), "callback_data": data}]]}


def equity_keyboard(
    callbacks: Callbacks, *, chat_id: int, wallet: str, theme: Theme, locale: Locale = ENGLISH
) -> Markup:
    """Under a curve: the other look.

    Args:
        callbacks: signs the button.
        chat_id: where it is shown.
        wallet: its address.
        theme: of the picture that is shown.
        locale: of the reader.
    """
    other = Theme.LIGHT if theme is Theme.DARK else Theme.DARK
    name = locale.gettext("☀️ Light") if other is Theme.LIGHT else locale.gettext("🌙 Dark")
    data = callbacks.write(EQUITY, wallet, other.value[0], chat_id=chat_id)
    return {"inline_keyboard": [[{"text": name, "callback_data": data}]]}


def theme_of(code: str) -> Theme:
    """The look that a button names; of anything else the dark one."""
    return Theme.LIGHT if code == Theme.LIGHT.value[0] else Theme.DARK
