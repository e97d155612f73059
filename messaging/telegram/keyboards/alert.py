"""The buttons under an alert: Scan, Copy mint, Mute 1 h; Why, Less like this. Pure."""

from domain.rules.rules import DEFAULT_DISPLAY, Display
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Markup
from messaging.telegram.names import CHARTS, MARKETS

SCAN = "scan"
"""Verb of a button that scans its argument, a mint or an address."""
MUTE = "mute"
"""Verb of a button that mutes: watch id and seconds; 0 seconds: no longer."""
MUTE_SECONDS = 3600
WHY = "why"
"""Verb of a button that answers why the message above it was sent."""
LESS = "less"
"""Verb of a button that offers fewer alerts like the message above it."""


NOISE = "noise"
"""Verb of a button by which members of a group call a wallet noise: watch id."""


def alert_keyboard(
    callbacks: Callbacks,
    *,
    chat_id: int,
    watch_id: int | None,
    mint: str | None,
    display: Display = DEFAULT_DISPLAY,
    locale: Locale = ENGLISH,
) -> Markup:
    """The buttons of an alert for one chat.

    Args:
        callbacks: signs for the bot.
        chat_id: where the message stands.
        watch_id: the watch that asked for it; None: it is gone, and there is nothing to mute.
        mint: the token it is about; None: only SOL moved, and there is nothing to scan or copy.
        display: what the chat has set for its alerts.
        locale: of who reads it.

    Returns:
        One or two rows, as Telegram reads them; what makes no sense is left out.
    """
    if display.only_links:
        return {"inline_keyboard": [_links(mint, display, locale=locale)] if mint is not None else []}

    def button(text: str, verb: str, *arguments: str | int) -> Markup:
        return {"text": text, "callback_data": callbacks.write(verb, *arguments, chat_id=chat_id)}

    row: list[Markup] = []
    if mint is not None:
        row.append(button(locale.gettext("🛡 Scan"), SCAN, mint))
        row.append({"text": locale.gettext("📋 Copy mint"), "copy_text": {"text": mint}})
    if watch_id is not None:
        row.append(button(locale.gettext("🔕 Mute 1 h"), MUTE, watch_id, MUTE_SECONDS))
    about = [button(locale.gettext("❔ Why"), WHY)]
    if watch_id is not None:
        about.append(button(locale.gettext("🤏 Less like this"), LESS))
    if watch_id is not None and display.noise:
        about.append(button(locale.gettext("🤫 Noise"), NOISE, watch_id))
    return {"inline_keyboard": [row, about] if row else [about]}


def _links(mint: str, display: Display, *, locale: Locale = ENGLISH) -> list[Markup]:
    """Where the token is shown and traded, as the chat has chosen; and its mint to copy."""
    sites = (
        (locale.gettext("📈 Chart"), CHARTS.get(display.chart)),
        (locale.gettext("💱 Trade"), MARKETS.get(display.trade)),
    )
    row: list[Markup] = [
        {"text": name, "url": site[1].format(mint)} for name, site in sites if site is not None
    ]
    return [*row, {"text": locale.gettext("📋 Copy mint"), "copy_text": {"text": mint}}]
