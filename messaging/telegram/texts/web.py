"""/web and /apikey: the link to the page, and the keys of the API. Pure."""

from collections.abc import Sequence

from domain.access import SIGN_IN_SECONDS, ApiKey
from messaging.telegram.escaping import clean, escape

_MAX_TITLE = 32


def sign_in_link(url: str) -> str:
    """The link that opens the page as whoever reads this."""
    return (
        f'<a href="{escape(url)}">Open your page</a>\n'
        f"The link works once, within {SIGN_IN_SECONDS} seconds. It opens everything you may see here,"
        " so do not pass it on; /web makes a new one."
    )


def only_in_private() -> str:
    """Somebody asks for a secret where others read it."""
    return "Send this to me in your private chat: what I answer is for you alone."


def keys_text(keys: Sequence[ApiKey], url: str) -> str:
    """The keys of a person, and how to make one."""
    lines = ["<b>API keys</b>", *(_line(key) for key in keys)] if keys else ["You have no API key."]
    return "\n".join(
        [
            *lines,
            "",
            "New: <code>/apikey new my script</code>",
            "It reads; add <code>write</code> for changes, <code>30d</code> for its life, a group's id.",
            "Delete: <code>/apikey delete 1</code>",
            f"What it can do: {escape(url)}/api",
        ]
    )


def new_key(secret: str, key: ApiKey) -> str:
    """A key, for the only time."""
    scopes = ", ".join(sorted(key.scopes))
    until = "for ever" if key.expires_at is None else f"until {key.expires_at:%d %b %Y}"
    return (
        f"<code>{escape(secret)}</code>\n"
        f"This is key {key.key_id} ({scopes}), good {until}. Keep it now: it is not shown again."
        " Then delete this message."
    )


def key_deleted(number: int) -> str:
    """A key holds no more."""
    return f"Key {number} is deleted; nothing accepts it any more."


def no_such_key(number: int) -> str:
    """They have no key of that number."""
    return f"You have no key {number}. /apikey lists yours."


def usage() -> str:
    """What was written is none of the forms."""
    return "Write /apikey for the list, <code>/apikey new my script</code>, or <code>/apikey delete 1</code>."


def _line(key: ApiKey) -> str:
    name = escape(clean(key.name, limit=_MAX_TITLE)) or "no name"
    where = "" if key.target.is_private else f" · {escape(clean(key.target.title, limit=_MAX_TITLE))}"
    until = "" if key.expires_at is None else f" · until {key.expires_at:%d %b %Y}"
    used = "never used" if key.last_used_at is None else f"used {key.last_used_at:%d %b}"
    scopes = ", ".join(sorted(key.scopes))
    return f"{key.key_id}. <code>{escape(key.prefix)}…</code> {name}{where} · {scopes}{until} · {used}"
