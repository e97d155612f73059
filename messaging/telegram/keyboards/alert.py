"""The buttons under an alert: Copy mint, Chart, Scan; Mute, with the wallet's name, Why, Less. Pure."""

from msgspec import Struct

from domain.rules.rules import DEFAULT_DISPLAY, Display
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.escaping import MAX_CHAIN_TEXT, clean
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


class AlertSubject(Struct, frozen=True, kw_only=True):
    """What the buttons under an alert are about."""

    watch_id: int | None
    """The watch that asked for it; None: it is gone, and there is nothing to mute."""
    mint: str | None
    """The token; None: only SOL moved, and there is nothing to scan or copy."""
    label: str = ""
    """What the chat calls the wallet; empty: nothing."""


def alert_keyboard(
    callbacks: Callbacks,
    about: AlertSubject,
    *,
    chat_id: int,
    display: Display = DEFAULT_DISPLAY,
    locale: Locale = ENGLISH,
) -> Markup:
    """The buttons of an alert for one chat.

    Args:
        callbacks: signs for the bot.
        about: what they are about.
        chat_id: where the message stands.
        display: what the chat has set for its alerts.
        locale: of who reads it.

    Returns:
        One or two rows, as Telegram reads them; what makes no sense is left out.
    """
    mint, watch_id = about.mint, about.watch_id
    if display.only_links:
        return {"inline_keyboard": [_links(mint, display, locale=locale)] if mint is not None else []}

    def button(text: str, verb: str, *arguments: str | int) -> Markup:
        return {"text": text, "callback_data": callbacks.write(verb, *arguments, chat_id=chat_id)}

    row: list[Markup] = []
    if mint is not None:
        row.append({"text": locale.gettext("📋 Copy mint"), "copy_text": {"text": mint}})
        if display.chart in CHARTS:
            row.append({"text": locale.gettext("📈 Chart"), "url": CHARTS[display.chart][1].format(mint)})
        row.append(button(locale.gettext("🛡 Scan"), SCAN, mint))
    below = [button(locale.gettext("❔ Why"), WHY)]
    if watch_id is not None:
        below.insert(0, button(mute_words(about.label, locale=locale), MUTE, watch_id, MUTE_SECONDS))
        below.append(button(locale.gettext("🤏 Less"), LESS))
    if watch_id is not None and display.noise:
        below.append(button(locale.gettext("🤫 Noise"), NOISE, watch_id))
    return {"inline_keyboard": [row, below] if row else [below]}


def mute_words(label: str, *, locale: Locale = ENGLISH) -> str:
    """What stands on the button that mutes a wallet for an hour: `🔕 Mute Toly-2`."""
    name = clean(label, limit=MAX_CHAIN_TEXT)
    return locale.gettext("🔕 Mute {wallet}", wallet=name) if name else locale.gettext("🔕 Mute 1 h")


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
