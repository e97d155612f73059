"""/help, and the replies to unknown commands and texts."""

import difflib
import re
from collections.abc import Collection

from bot.dialog.request import Reply, Request
from domain.activity.addresses import parse_address
from domain.errors import BadAddress
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts import help as texts
from services.services import Services

MAX_TEXT = 1_000
"""Characters; no command is longer."""
_ALIASES = {
    "follow": "watch",
    "track": "watch",
    "add": "watch",
    "unfollow": "unwatch",
    "untrack": "unwatch",
    "remove": "unwatch",
    "delete": "unwatch",
    "list": "wallets",
    "holdings": "portfolio",
    "settings": "digest",
    "filter": "rules",
    "filters": "rules",
    "silence": "mute",
    "resume": "unmute",
    "stop": "pause",
    "tz": "timezone",
    "check": "scan",
    "top": "whales",
}
"""What other bots call it."""
_CLOSE = 0.7
_LOOKS_LIKE_ADDRESS = re.compile(r"0x[0-9A-Fa-f]{6,}|\.(?:sol|eth)\b|[0-9A-Za-z]{30,}", re.IGNORECASE)


async def explain(request: Request, services: Services) -> Reply:
    """List the commands."""
    is_private = request.target.is_private
    is_operator = is_private and request.user_id in services.operators
    return Reply(text=texts.help_text(is_operator=is_operator, is_private=is_private, locale=request.locale))


async def unknown_text(request: Request, services: Services) -> Reply:
    """Reply to a text that is neither a command nor an answer nor an address, in a private chat.

    Raises:
        BadAddress: it looks like an address; the text says what it is.
    """
    words = request.words.strip()
    if not words:
        return Reply(text=texts.reads_no_files(locale=request.locale))
    if _LOOKS_LIKE_ADDRESS.search(words) is not None and len(words) <= MAX_TEXT:
        _refuse(words, locale=request.locale)
    if len(words) > MAX_TEXT:
        return Reply(text=texts.too_long(MAX_TEXT, locale=request.locale))
    first = words.lstrip("/ ").partition(" ")[0]
    return Reply(text=texts.not_understood(_meant(first, _names(request, services)), locale=request.locale))


async def unknown_command(request: Request, services: Services) -> Reply:
    """Reply to a command that does not exist, with the one that is spelled alike."""
    meant = _meant(request.command, _names(request, services))
    return Reply(
        text=texts.unknown_command(request.command, meant, locale=request.locale), is_misunderstood=True
    )


def _refuse(words: str, *, locale: Locale = ENGLISH) -> None:
    """Say what looks like an address and is none.

    Raises:
        BadAddress: with the reason.
    """
    parse_address(words)
    raise BadAddress(texts.not_understood(locale=locale))


def _names(request: Request, services: Services) -> list[str]:
    commands = [name for name, _, _ in texts.COMMANDS]
    is_operator = request.target.is_private and request.user_id in services.operators
    return commands + [name for name, _, _ in texts.OPERATOR_COMMANDS] if is_operator else commands


def _meant(word: str, names: Collection[str]) -> str | None:
    """The command that a word is meant to be; None: none is spelled alike."""
    word = word.casefold()
    if word in names:
        return word
    alike = difflib.get_close_matches(word, [*names, *_ALIASES], n=1, cutoff=_CLOSE)
    return _ALIASES.get(alike[0], alike[0]) if alike else None
