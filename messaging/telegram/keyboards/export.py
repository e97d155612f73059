"""The buttons of /export: what, and in which form. Pure."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.callbacks import Callbacks

EXPORT = "export"
"""Verb of a button that sends a file: what is in it, and its form."""
_WHAT = (
    (gettext_noop("📒 Wallets"), "wallets"),
    (gettext_noop("📜 History"), "history"),
    (gettext_noop("🐋 Whales"), "whales"),
)
_FORMS = (("CSV", "csv"), ("JSON", "json"))


def export_keyboard(callbacks: Callbacks, *, chat_id: int, locale: Locale = ENGLISH) -> InlineKeyboardMarkup:
    """A row for each thing, with a button for each form.

    Args:
        callbacks: signs the buttons.
        chat_id: where they are shown, and whose data is exported.
        locale: of the reader.
    """
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    f"{locale.gettext(name)} {form}",
                    callback_data=callbacks.write(EXPORT, what, ending, chat_id=chat_id),
                )
                for form, ending in _FORMS
            ]
            for name, what in _WHAT
        ]
    )
