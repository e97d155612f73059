"""Makes foreign text harmless before it stands in a message: chain text cleaned, everything escaped. Pure."""

import html
import re
import unicodedata

MAX_CHAIN_TEXT = 16
_URL = re.compile(
    r"[a-z][a-z0-9+.-]*://\S*"  # anything with a scheme
    r"|\b(?:mailto|tg|javascript|data):\S*",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_][\w-]+")
"""Bare host names, which Telegram makes links of; tokens and people are called so, too."""
_HARMLESS_DOT = "\N{ONE DOT LEADER}"
"""Looks like a dot, and no host name has one."""
_AUTOMATIC = re.compile(r"(?<!\w)[@/#](?=\w)")
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and symbols that show nothing, although Unicode does not call them spaces or formats."""
_MARKS = frozenset({"Mn", "Me", "Mc"})
_MAX_MARKS = 2
"""Marks on one letter; more are heaped up only to spill over other lines."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def escape(text: str) -> str:
    """Any text as Telegram HTML that shows exactly this text, in content and in quoted attributes."""
    return html.escape(text, quote=True)


def plain(text: str) -> str:
    """What a reader sees of Telegram HTML made here: the fall-back when Telegram refuses the markup."""
    return html.unescape(_TAG.sub("", text))


def clean(text: str, *, limit: int = MAX_CHAIN_TEXT) -> str:
    """Text from the chain or from a person without what could mislead, on one line, not escaped yet.

    Control, bidirectional, zero-width and invisible characters, heaps of marks, links, and the signs by which
    Telegram makes mentions, commands and tags are taken out; a bare host name stays, but no link is made of
    it; the rest is in NFC and cut to `limit` characters. Cleaning twice changes nothing. Empty: nothing was
    left.
    """
    cleaned = _cleaned_once(text[: limit * 64])
    for _ in range(len(cleaned)):  # taking something out may bring a new address together
        again = _cleaned_once(cleaned)
        if again == cleaned:
            break
        cleaned = again
    return _cut(cleaned, limit)


def own_name(text: str, *, limit: int = MAX_CHAIN_TEXT) -> str:
    """A name out of our own tables, such as a venue's, which stands as it is; not escaped yet."""
    return _cut(" ".join(text.split()), limit)


def _cleaned_once(text: str) -> str:
    visible = _without_heaps(_visible(unicodedata.normalize("NFC", text)))
    unlinked = _HOST.sub(_without_link, _AUTOMATIC.sub("", _URL.sub(" ", visible)))
    return " ".join(unicodedata.normalize("NFC", unlinked).split())


def _without_link(host: "re.Match[str]") -> str:
    return host[0].replace(".", _HARMLESS_DOT)


def _visible(text: str) -> str:
    return "".join(_printable(character) for character in text)


def _printable(character: str) -> str:
    if character.isspace():
        return " "
    hidden = character in _BLANKS or unicodedata.category(character) in _HIDDEN or _is_selector(character)
    return "" if hidden else character


def _is_selector(character: str) -> bool:
    """Whether it only chooses between shapes of the character before it."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _without_heaps(text: str) -> str:
    kept: list[str] = []
    marks = _MAX_MARKS  # none may begin a text
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
