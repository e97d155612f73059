"""The first screen. Pure."""

from messaging.telegram.escaping import clean, escape

_MAX_NAME = 32


def greeting(name: str, *, has_examples: bool) -> str:
    """What a newcomer reads, in one screen; `name` is theirs, as Telegram says it."""
    called = escape(clean(name, limit=_MAX_NAME))
    first = f"👋 Hello{f', {called}' if called else ''}! I watch wallets on Solana."
    what = "Follow a wallet, and I tell you within seconds when it buys, sells or moves tokens."
    how = (
        "Tap one of these whales to follow it, or send me any address."
        if has_examples
        else "Send me an address to begin."
    )
    return f"{first}\n\n{what}\n\n{how}\n\n/wallets shows what you follow, /help everything else."


def group_greeting() -> str:
    """What a group reads when the bot is added."""
    return (
        "👋 I watch wallets on Solana and tell this group what they do.\n\n"
        "Admins choose what to follow: /watch ADDRESS name. Everybody may ask /scan MINT,"
        " /balance ADDRESS and /wallets."
    )
