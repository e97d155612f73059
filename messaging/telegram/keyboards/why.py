"""The button under /why that opens the gate which stopped an event. Pure."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.decisions import SENT_BY_DEFAULT, Gate
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.rules import DIGEST, MUTE_TOKEN, MUTE_WALLET, PAUSE, QUIET, RULE
from messaging.telegram.keyboards.start import FOLLOW
from messaging.telegram.texts.kinds import counted_kind

_RULES: dict[Gate, tuple[str, str, str]] = {
    Gate.BELOW_MINIMUM: ("No minimum", "min", "0"),
    Gate.ABOVE_MAXIMUM: ("No maximum", "max", "none"),
    Gate.NOT_FIRST_BUY: ("All buys", "first", "off"),
    Gate.NOT_FULL_EXIT: ("All sells", "exit", "off"),
    Gate.TOO_YOUNG: ("Tokens of any age", "age", "any"),
    Gate.TOO_OLD: ("Tokens of any age", "age", "any"),
    Gate.MARKET_CAP_TOO_LOW: ("Any market cap", "cap", "any"),
    Gate.MARKET_CAP_TOO_HIGH: ("Any market cap", "cap", "any"),
    Gate.TOKEN_NOT_LISTED: ("All tokens", "any", ""),
    Gate.TOKEN_EXCLUDED: ("All tokens", "any", ""),
}
_HOURS: dict[Gate, tuple[str, str, str]] = {
    Gate.PAUSED: ("▶ Resume alerts", PAUSE, "off"),
    Gate.QUIET: ("No quiet hours", QUIET, "off"),
    Gate.DIGEST: ("Send at once", DIGEST, "off"),
    Gate.HOUR_FULL: ("No hourly limit", DIGEST, "no limit"),
}


def fix_keyboard(  # noqa: PLR0913 - each says something of its own
    callbacks: Callbacks,
    gate: Gate | None,
    *,
    chat_id: int,
    watch_id: int | None,
    wallet: str,
    sort: str,
    mint: str | None,
) -> InlineKeyboardMarkup | None:
    """The button that lets such an event through from now on; None: no button can.

    Args:
        callbacks: signs for the bot.
        gate: what stopped it; None: there was no decision.
        chat_id: where the message stands.
        watch_id: the chat's watch of the wallet; None: it has none, and following is what helps.
        wallet: whose event it was.
        sort: the event's, within its kind.
        mint: the token it was about.
    """
    choice = _choice(gate, watch_id, wallet, sort, mint)
    if choice is None:
        return None
    text, verb, *arguments = choice
    data = callbacks.write(str(verb), *arguments, chat_id=chat_id)
    return InlineKeyboardMarkup([[InlineKeyboardButton(str(text), callback_data=data)]])


def _choice(
    gate: Gate | None, watch_id: int | None, wallet: str, sort: str, mint: str | None
) -> tuple[str | int, ...] | None:
    if watch_id is None:
        return ("🐋 Follow", FOLLOW, wallet)
    if gate is Gate.MUTED:
        return ("🔔 Unmute the wallet", MUTE_WALLET, watch_id, "off")
    if gate is Gate.TOKEN_MUTED and mint is not None:
        return ("🔔 Unmute the token", MUTE_TOKEN, mint, "0")
    if gate is Gate.KIND_OFF and sort in SENT_BY_DEFAULT:
        return (f"🔔 Unmute {counted_kind(2, sort).partition(' ')[2]}", RULE, watch_id, "on", sort)
    if gate in _RULES:
        text, verb, word = _RULES[gate]
        return (text, RULE, watch_id, verb, word)
    return _HOURS.get(gate) if gate is not None else None
