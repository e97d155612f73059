"""Text as Telegram keeps it: cleaned, parsed, trimmed, measured, its entities in Telegram's order."""

import re
from dataclasses import dataclass

from msgspec import structs

from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.errors import bad_request
from sandbox.telegram.formatting.entities import find_entities
from sandbox.telegram.formatting.html import parse_html
from sandbox.telegram.formatting.utf16 import utf16_length
from sandbox.telegram.shapes import Entity

TEXT_LIMIT = 4_096
CAPTION_LIMIT = 1_024
_ENTITY_LIMIT = 100

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
    """What a reader sees, and how it is marked."""

    text: str
    entities: tuple[Entity, ...] = ()


def read_formatted(params: Params, names: tuple[str, str], limit: int) -> FormattedText:
    """The text or caption of a call; `names` are its parameter and that of its explicit entities.

    ApiError 400 when it cannot be parsed or is longer than `limit` characters after parsing.
    """
    text, entities = _parsed(params, names)
    formatted = fix(text, entities)
    if len(formatted.text) > limit:
        raise bad_request("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    return formatted


def fix(text: str, entities: list[Entity]) -> FormattedText:
    """Trim the text and bring the entities into the form in which Telegram hands them on."""
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
        entities.sort(key=_target)
    return FormattedText(text=text, entities=tuple(entities[:_ENTITY_LIMIT]))


def clean(text: str) -> str:
    """Text without the characters Telegram takes out of every message."""
    if text.isprintable():
        return text
    return _CONTROL.sub(" ", _DROPPED.sub("", text))


def _parsed(params: Params, names: tuple[str, str]) -> tuple[str, list[Entity]]:
    source = clean(params.text(names[0]))
    mode = params.text("parse_mode").lower()
    if mode == "html":
        return parse_html(source)
    if mode not in ("", "none"):
        raise bad_request(f"unsupported parse_mode (the sandbox reads HTML, not {mode!r:.40})")
    given = params.shaped(names[1], list[Entity], "can't parse entities") or []
    _check_bounds(given, utf16_length(source))
    return source, given


def _check_bounds(given: list[Entity], size: int) -> None:
    for one in given:
        if one.offset < 0 or one.length < 1:
            wrong = "offset" if one.offset < 0 else "length"
            raise bad_request(f"receive an entity with incorrect {wrong} {getattr(one, wrong)}")
        if one.offset + one.length > size:
            raise bad_request(
                f"entity beginning at UTF-16 offset {one.offset} ends after the end of the text at UTF-16 "
                f"offset {size}"
            )


def _target(entity: Entity) -> tuple[int, int, int]:
    return entity.offset, -entity.length, _RANK.get(entity.type, len(_RANK))


def _touches(entity: Entity, others: list[Entity]) -> bool:
    end = entity.offset + entity.length
    return any(other.offset < end and entity.offset < other.offset + other.length for other in others)


def _around_verbatim(entities: list[Entity]) -> list[Entity]:
    """Code stays free of other marks: bold and its like are cut around it, the rest inside is dropped."""
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
    for entity in sorted(entities, key=_target):
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
    """Whitespace at both ends goes, and the entities move with the text."""
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
