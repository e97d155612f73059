"""The buttons of the first screen: example whales, and the time zone in one tap. Pure."""

from collections.abc import Sequence
from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.quiet import zone_of
from messaging.telegram.callbacks import Callbacks

FIRST_ZONE = "fzone"
"""Verb of a button of the first screen that sets the time zone: its name."""
_IN_A_ROW = 2


def with_zones(
    callbacks: Callbacks,
    keyboard: InlineKeyboardMarkup | None,
    zones: Sequence[str],
    *,
    chat_id: int,
    now: datetime,
) -> InlineKeyboardMarkup | None:
    """The keyboard, and below it a button for each zone with its time; None: there is neither.

    Args:
        callbacks: signs the buttons.
        keyboard: what stands above; it is copied.
        zones: names of time zones, as `Europe/Berlin`.
        chat_id: where it is shown.
        now: with a time zone; each button says what time that is there.
    """
    buttons = [
        InlineKeyboardButton(
            f"🕐 {now.astimezone(zone_of(zone)):%H:%M} {_city(zone)}",
            callback_data=callbacks.write(FIRST_ZONE, zone, chat_id=chat_id),
        )
        for zone in zones
    ]
    rows = [] if keyboard is None else [list(row) for row in keyboard.inline_keyboard]
    rows += [buttons[begin : begin + _IN_A_ROW] for begin in range(0, len(buttons), _IN_A_ROW)]
    return InlineKeyboardMarkup(rows) if rows else None


def without_zones(
    keyboard: InlineKeyboardMarkup, callbacks: Callbacks, *, chat_id: int
) -> InlineKeyboardMarkup:
    """The keyboard without the buttons that set a zone.

    Args:
        keyboard: as Telegram returns it with the pressed button.
        callbacks: must have signed every button of it.
        chat_id: where it is shown.
    """

    def is_zone(button: InlineKeyboardButton) -> bool:
        data = button.callback_data
        return isinstance(data, str) and callbacks.read(data, chat_id=chat_id, user_id=0).verb == FIRST_ZONE

    rows = [[button for button in row if not is_zone(button)] for row in keyboard.inline_keyboard]
    return InlineKeyboardMarkup([row for row in rows if row])


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
