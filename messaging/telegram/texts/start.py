"""The first screen. Pure."""

from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.kinds import counted

_MAX_NAME = 32


def greeting(name: str, *, has_examples: bool) -> str:
    """What a newcomer reads, in one screen; `name` is theirs, as Telegram says it."""
    called = escape(clean(name, limit=_MAX_NAME))
    first = f"👋 Hello{f', {called}' if called else ''}! Whale Watcher follows wallets on Solana."
    what = "Follow a wallet, and you get an alert within seconds when it buys, sells or moves tokens."
    how = (
        "Tap one of these whales to follow it, or send any address."
        if has_examples
        else "Send an address to begin."
    )
    return f"{first}\n\n{what}\n\n{how}\n\n/wallets lists what you follow, /help all commands."


def group_greeting(followed: int = 0) -> str:
    """What a group reads when the bot is added, which may follow wallets from before."""
    lines = [
        "👋 Whale Watcher follows wallets on Solana and posts here what they do.",
        "",
        "Admins choose what to follow: /watch ADDRESS name.",
        "Everybody may ask /scan MINT, /balance ADDRESS and /wallets.",
    ]
    if followed:
        lines += ["", f"This group still follows {counted(followed, 'wallet')}: /wallets."]
    return "\n".join(lines)
