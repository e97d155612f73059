"""Entities that Telegram finds in plain text: commands, links, mentions, hashtags, cashtags, addresses."""

import re

from sandbox.telegram.formatting.utf16 import utf16_offsets
from sandbox.telegram.shapes import Entity

# Top-level domains that make a bare "name.zone" a link; Telegram's own list is longer.
_ZONES = (
    "com|net|org|io|me|app|dev|xyz|info|gg|fun|ag|so|fm|ai|co|to|im|tv|finance|market|exchange|network|wtf|"
    "ru|de|uk|fr|us|eu|ch|nl|in|cc|biz|pro|site|online|store|tech|cloud|trade|money|family"
)
_FOUND = re.compile(
    r"(?P<url>(?:https?|tonsite|ton)://[^\s<>\"]+"
    rf"|(?<![\w.@/\-])(?:[^\W_](?:[\w\-]{{0,61}}[^\W_])?\.){{1,8}}(?:{_ZONES})(?![\w@])(?::\d{{1,5}})?"
    r"(?:[/?#][^\s<>\"]*)?)"
    r"|(?P<email>(?<![\w.+\-])[\w.+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,16}(?!\w))"
    r"|(?P<mention>(?<![\w@])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w))"
    r"|(?P<bot_command>(?<![\w/<>@#$])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>]))"
    r"|(?P<hashtag>(?<![\w#@])#(?=\w{0,255}[^\W\d])\w{1,256}(?!\w))"
    r"|(?P<cashtag>(?<![\w$])\$(?:1INCH|[A-Z]{1,8})(?![\w$]))"
)
_MAY_HOLD_ENTITY = re.compile(r"[@#$/.:]")
_TRAILING = ".,:;!?)]}'\"…"


def find_entities(text: str) -> list[Entity]:
    """The entities of unformatted text, in order and without overlaps."""
    if _MAY_HOLD_ENTITY.search(text) is None:
        return []
    offsets = utf16_offsets(text)
    return [_entity(found, offsets) for found in _FOUND.finditer(text)]


def _entity(found: re.Match[str], offsets: list[int] | range) -> Entity:
    begin, end = found.span()
    if found.lastgroup == "url":
        end = begin + len(_trimmed_url(found.group()))
    start = offsets[begin]
    return Entity(type=str(found.lastgroup), offset=start, length=offsets[end] - start)


def _trimmed_url(url: str) -> str:
    """A link without the punctuation behind it; a bracket that was opened inside it belongs to it."""
    while url[-1] in _TRAILING and not (url[-1] == ")" and url.count("(") >= url.count(")")):
        url = url[:-1]
    return url
