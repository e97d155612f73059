"""Groups and channels: who lets the bot speak there, on whose account, and who silences a wallet. Pure."""

from datetime import datetime

from domain.rules.rules import Watch
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.kinds import counted

_MAX_TITLE = 64


def ask_admins() -> str:
    """In a group in which the bot is silent; a button stands below."""
    return "👋 Whale Watcher is silent here until an admin of this group confirms it in private."


def not_confirmed() -> str:
    """A note over a button; plain text."""
    return "An admin has to confirm the bot first."


def confirmed_already() -> str:
    """A note over a button; plain text."""
    return "Confirmed already."


def ask_confirm(title: str, used: int, limit: int) -> str:
    """In the private chat of an admin; a button stands below."""
    return (
        f"Let Whale Watcher speak in <b>{_title(title)}</b>?\n"
        f"Its wallets count against your limit ({used:,} of {limit:,} used)."
        " Only admins change settings there."
    )


def expired(title: str) -> str:
    """The button was too old; a new one stands below."""
    return f"That button was over 5 minutes old. Here is a new one for <b>{_title(title)}</b>."


def confirmed(title: str) -> str:
    """It may speak now."""
    return f"✅ Whale Watcher speaks in <b>{_title(title)}</b> now, within your limits."


def no_admin(title: str) -> str:
    """Somebody else's link, or they are no admin any more."""
    return f"🔒 Only admins of <b>{_title(title)}</b> can confirm that."


def write_as_yourself() -> str:
    """In a group whose anonymous admins nobody can tell apart: one of them is banned."""
    return "⛔ One of this group's anonymous admins is blocked from this bot. Write in your own name."


def called_noise(callers: int, needed: int) -> str:
    """A note over a button; plain text."""
    return f"Noted: {callers} of {needed} members call it noise."


def members_only() -> str:
    """A note over a button; plain text."""
    return "Only members of this group count."


def noise_is_off() -> str:
    """A note over a button; plain text."""
    return "Admins have switched this button off."


def muted_by_crowd(watch: Watch, until: datetime, needed: int) -> str:
    """In the group: enough members have called a wallet noise."""
    name = wallet_name(watch.label, watch.wallet)
    return (
        f"🤫 <b>{name}</b> is muted until {until:%d %b %H:%M} UTC: {counted(needed, 'member')} called it"
        f" noise. Admins: /unmute {name}"
    )


def channels(number: int, current: str) -> str:
    """Which chat one's commands count for; buttons stand below."""
    if not number:
        return (
            "📣 No channel yet. Add the bot to your channel as an administrator who may post; then manage it"
            " here."
        )
    now = f"Your commands count for <b>{_title(current)}</b>." if current else "They count for this chat now."
    return f"📣 {counted(number, 'channel')}. Which one do your commands count for? {now}"


def channel_added(title: str) -> str:
    """In the private chat of who has added the bot to a channel."""
    return f"📣 <b>{_title(title)}</b> is ready. /channel lets your commands count for it."


def acting_for(title: str) -> str:
    """From now on one's commands count for a channel."""
    return (
        f"📣 Your commands count for <b>{_title(title)}</b> from now on: /watch, /rules, /settings and so on."
        " Alerts go there. /channel off ends that."
    )


def acting_for_oneself() -> str:
    """One's commands count for oneself again."""
    return "👤 Your commands count for this private chat again."


def _title(title: str) -> str:
    return escape(clean(title, limit=_MAX_TITLE)) or "this chat"
