"""Text as Telegram keeps it: cleaned and trimmed, its entities in Telegram's order."""

import re
from dataclasses import dataclass

from msgspec import structs

from sandbox.telegram.formatting.entities import find_entities
from sandbox.telegram.formatting.utf16 import utf16_length
from sandbox.telegram.shapes import Entity

MAX_TEXT = 4_096
MAX_CAPTION = 1_024
_MAX_ENTITIES = 100

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_DROPPED = re.compile("\r|[\u2028-\u202e]")
_VERBATIM = {"pre", "code"}
_SPLITTABLE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_ORDER = [
    "expandable_blockquote",
    "blockquote",
    "text_link",
    "text_mention",
    "pre",
    "code",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "custom_emoji",
    "date_time",
]
_RANK = {kind: rank for rank, kind in enumerate(_ORDER)}
_FOUND_INSIDE = _SPLITTABLE | {"blockquote", "expandable_blockquote"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedText:
    """A text and its entities."""

    text: str
    entities: tuple[Entity, ...] = ()


def fix(text: str, entities: list[Entity]) -> FormattedText:
    """Trim the text and bring the entities into the form in which Telegram passes them on."""
    if entities:
        entities = _around_verbatim(entities)
        text, entities = _trim(text, entities)
    else:
        text = text.strip()
    found = find_entities(text)
    if found:
        blocked = [one for one in entities if one.type not in _FOUND_INSIDE]
        entities = entities + [one for one in found if not _touches(one, blocked)]
    if len(entities) > 1:
        entities.sort(key=_sort_key)
    return FormattedText(text=text, entities=tuple(entities[:_MAX_ENTITIES]))


def clean(text: str) -> str:
    """The text without the characters that Telegram removes from every message."""
    if text.isprintable():
        return text
    return _CONTROL.sub(" ", _DROPPED.sub("", text))


def _sort_key(entity: Entity) -> tuple[int, int, int]:
    return entity.offset, -entity.length, _RANK.get(entity.type, len(_RANK))


def _touches(entity: Entity, others: list[Entity]) -> bool:
    end = entity.offset + entity.length
    return any(other.offset < end and entity.offset < other.offset + other.length for other in others)


def _around_verbatim(entities: list[Entity]) -> list[Entity]:
    """Keep code free of other entities: bold and the like are cut around it, others inside it are dropped."""
    verbatim = _outermost([one for one in entities if one.type in _VERBATIM])
    if not verbatim:
        return entities
    kept = list(verbatim)
    for entity in entities:
        if entity.type in _SPLITTABLE:
            kept.extend(_cut(entity, verbatim))
        elif entity.type.endswith("blockquote") or not (
            entity.type in _VERBATIM or _touches(entity, verbatim)
        ):
            kept.append(entity)
    return kept


def _outermost(entities: list[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in sorted(entities, key=_sort_key):
        if not _touches(entity, kept):
            kept.append(structs.replace(entity, language=None) if entity.type == "code" else entity)
    return kept


def _cut(entity: Entity, holes: list[Entity]) -> list[Entity]:
    """The parts of `entity` outside of `holes`, which are in order."""
    parts: list[Entity] = []
    at, end = entity.offset, entity.offset + entity.length
    for hole in holes:
        if at < min(hole.offset, end):
            parts.append(structs.replace(entity, offset=at, length=min(hole.offset, end) - at))
        at = max(at, hole.offset + hole.length)
    if at < end:
        parts.append(structs.replace(entity, offset=at, length=end - at))
    return parts


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Remove whitespace at both ends and move the entities with the text."""
    trimmed = text.strip()
    if trimmed == text:
        return text, entities
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    size = utf16_length(trimmed)
    moved: list[Entity] = []
    for entity in entities:
        begin = max(entity.offset - lead, 0)
        end = min(entity.offset + entity.length - lead, size)
        if end > begin:
            moved.append(structs.replace(entity, offset=begin, length=end - begin))
    return trimmed, moved
