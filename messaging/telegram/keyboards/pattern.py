"""The buttons of patterns: following a new address, and what a chat wants to be notified of. Pure."""

from typing import Any, cast

from domain.alerts.kinds import AlertEvent
from domain.patterns.found import Pattern, PatternSettings
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.addresses import FOLLOW
from messaging.telegram.methods import Markup
from messaging.telegram.texts.alert_kind import AlertTexts
from messaging.telegram.texts.pattern import pattern_title

PATTERN = "pattern"
"""Verb of a button that changes what a chat gets alerts of a pattern: its name, and `on`, `off` or `card`."""
MEET = "meet"
"""Verb of a button that sets how many owners must meet within how many minutes."""
_CHOICES = ((2, 30), (3, 30), (3, 60), (5, 60))


def pattern_rows(
    callbacks: Callbacks, texts: AlertTexts[Any], event: AlertEvent, *, chat_id: int, locale: Locale = ENGLISH
) -> list[list[Markup]]:
    """The rows above an alert's other buttons; none where it is no pattern.

    Args:
        callbacks: signs the buttons.
        texts: of the event's kind, which knows whether it is a pattern.
        event: what the alert is about.
        chat_id: where it is shown.
        locale: of the reader.
    """
    address, pattern = texts.follow(event), texts.pattern(event)
    if pattern is None:
        return []
    row: list[Markup] = []
    if address is not None:
        data = callbacks.write(FOLLOW, address, chat_id=chat_id)
        row.append({"text": locale.gettext("🐋 Follow the new address"), "callback_data": data})
    card = callbacks.write(PATTERN, pattern, "card", chat_id=chat_id)
    return [[*row, {"text": locale.gettext("⚙️ Patterns"), "callback_data": card}]]


def patterns_keyboard(
    callbacks: Callbacks, settings: PatternSettings, *, chat_id: int, locale: Locale = ENGLISH
) -> Markup:
    """A button for each pattern, and for how many owners must meet.

    Args:
        callbacks: signs the buttons.
        settings: what the chat has chosen, which is ticked.
        chat_id: where it is shown.
        locale: of the reader.
    """
    switches: list[list[Markup]] = []
    for pattern in Pattern:
        is_on = pattern not in settings.off
        data = callbacks.write(PATTERN, pattern.value, "off" if is_on else "on", chat_id=chat_id)
        name = pattern_title(pattern, locale=locale)
        switches.append([{"text": f"{'✅' if is_on else '▫️'} {name}", "callback_data": data}])
    meetings: list[Markup] = []
    for owners, minutes in _CHOICES:
        tick = "✅ " if (owners, minutes) == (settings.owners, settings.minutes) else ""
        data = callbacks.write(MEET, owners, minutes, chat_id=chat_id)
        text = locale.gettext("{owners} in {minutes} min", owners=owners, minutes=minutes)
        meetings.append({"text": f"{tick}{text}", "callback_data": data})
    return {"inline_keyboard": [*switches, meetings]}


def with_rows_above(rows: list[list[Markup]], keyboard: Markup) -> Markup:
    """The keyboard with these rows above its own."""
    return {**keyboard, "inline_keyboard": [*rows, *cast("list[list[Markup]]", keyboard["inline_keyboard"])]}
