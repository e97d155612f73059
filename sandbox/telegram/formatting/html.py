"""Reads Telegram's HTML into text and entities, with Telegram's rules and error texts.

Only the tags that Telegram knows are allowed; four named character references and numeric ones are decoded;
an end tag must match. Positions in errors are byte offsets, positions in entities are UTF-16 code units.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from msgspec import structs

from sandbox.telegram.errors import ApiError, parse_refused
from sandbox.telegram.formatting.character_references import decode_all, decode_reference
from sandbox.telegram.formatting.links import checked_link, mentioned_user
from sandbox.telegram.formatting.utf16 import utf16_length
from sandbox.telegram.shapes import Entity, User

_KINDS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_ATTRIBUTES = {
    "a": {"href"},
    "code": {"class"},
    "span": {"class"},
    "tg-emoji": {"emoji-id"},
    "tg-time": {"unix", "format"},
    "blockquote": {"expandable"},
}
_STOP = re.compile(r"[<&]")
_SPACE = re.compile(r"[\t\n\v\f\r \0]*")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_FORMAT = re.compile(r"[rRwWdDtT]{0,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A start tag that waits for its end."""

    tag: str
    attributes: dict[str, str]
    offset: int  # UTF-16 code units before it
    piece: int  # pieces of text before it


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text without markup, and its entities in order of their end tags.

    Raises:
        ApiError: 400 "can't parse entities: …", Telegram refuses the markup.
    """
    if "<" not in source and "&" not in source:
        return source, []
    return _Reader(source).read()


class _Reader:
    """One pass over one source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._pieces: list[str] = []
        self._offset = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        """Read the whole source."""
        while (stop := _STOP.search(self._source, self._at)) is not None:
            self._add(self._source[self._at : stop.start()])
            self._at = stop.start()
            if stop.group() == "&":
                self._read_reference()
            elif self._source.startswith("/", self._at + 1):
                self._read_end_tag()
            else:
                self._read_start_tag()
        self._add(self._source[self._at :])
        if self._open:
            raise parse_refused(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return "".join(self._pieces), self._entities

    def _add(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            self._offset += utf16_length(piece)

    def _read_reference(self) -> None:
        decoded, self._at = decode_reference(self._source, self._at)
        self._add(decoded)

    def _read_start_tag(self) -> None:
        begin = self._at
        name = self._match(_TAG_NAME, begin + 1)
        if self._at >= len(self._source):
            raise self._refuse("Unclosed start tag", begin)
        tag = name.lower()
        if tag not in _KINDS:
            raise self._refuse(f'Unsupported start tag "{tag}"', begin)
        attributes = self._read_attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refuse('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(_Open(tag=tag, attributes=attributes, offset=self._offset, piece=len(self._pieces)))

    def _read_attributes(self, tag: str, begin: int) -> dict[str, str]:
        known = _ATTRIBUTES.get(tag, set())
        attributes: dict[str, str] = {}
        while True:
            self._match(_SPACE, self._at)
            if self._source.startswith(">", self._at):
                self._at += 1
                return attributes
            name = self._match(_ATTRIBUTE_NAME, self._at)
            if not name:
                where = f'in the tag "{tag}" at byte offset {self._bytes(begin)}'
                raise parse_refused(f"Empty attribute name {where}")
            value = self._read_value(tag, name, begin)
            if name in known:
                attributes[name] = value

    def _read_value(self, tag: str, name: str, begin: int) -> str:
        self._match(_SPACE, self._at)
        if not self._source.startswith("=", self._at):
            if tag == "blockquote" and name == "expandable" and self._at < len(self._source):
                return ""
            raise self._refuse(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin
            )
        self._match(_SPACE, self._at + 1)
        if self._at >= len(self._source):
            raise self._refuse(f'Unclosed start tag "{tag}"', begin)
        value = self._read_quoted() if self._source[self._at] in "'\"" else self._read_token()
        if self._at >= len(self._source):
            raise self._refuse("Unclosed start tag", begin)
        return value

    def _read_token(self) -> str:
        begin = self._at
        value = self._match(_NAME_TOKEN, begin)
        if self._at < len(self._source) and self._source[self._at] not in "\t\n\v\f\r >":
            raise self._refuse("Unexpected end of name token", begin)
        return value.lower()

    def _read_quoted(self) -> str:
        quote = self._source[self._at]
        end = self._source.find(quote, self._at + 1)
        if end < 0:
            end = len(self._source)
        raw, self._at = self._source[self._at + 1 : end], min(end + 1, len(self._source))
        return decode_all(raw)

    def _read_end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._refuse("Unexpected end tag", begin)
        name = self._match(_TAG_NAME, begin + 2).lower()
        self._match(_SPACE, self._at)
        if not self._source.startswith(">", self._at):
            raise self._refuse("Unclosed end tag", begin)
        self._at += 1
        opened = self._open.pop()
        if name and name != opened.tag:
            where = self._bytes(begin)
            raise parse_refused(
                f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{name}>"'
            )
        if self._offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity = Entity(type=_KINDS[opened.tag], offset=opened.offset, length=self._offset - opened.offset)
        finish = _FINISH.get(opened.tag)
        if finish is None:
            self._entities.append(entity)
        else:
            finish(self._entities, entity, opened, "".join(self._pieces[opened.piece :]))

    def _match(self, pattern: re.Pattern[str], at: int) -> str:
        found = pattern.match(self._source, at)
        text = found.group() if found else ""
        self._at = at + len(text)
        return text

    def _bytes(self, at: int) -> int:
        return len(self._source[:at].encode("utf-8", "surrogatepass"))

    def _refuse(self, complaint: str, at: int) -> ApiError:
        return parse_refused(f"{complaint} at byte offset {self._bytes(at)}")


_Finish = Callable[[list[Entity], Entity, _Open, str], None]


def _finish_link(entities: list[Entity], entity: Entity, opened: _Open, inner: str) -> None:
    target = opened.attributes.get("href") or inner
    user_id = mentioned_user(target)
    if user_id is not None:
        user = User(id=user_id, is_bot=False, first_name="")
        entities.append(structs.replace(entity, type="text_mention", user=user))
        return
    link = checked_link(target)
    if link is not None:
        entities.append(structs.replace(entity, url=link))


def _finish_emoji(entities: list[Entity], entity: Entity, opened: _Open, _inner: str) -> None:
    identifier = opened.attributes.get("emoji-id", "")
    if not identifier.isdecimal() or int(identifier) == 0:
        raise parse_refused("Invalid custom emoji identifier specified")
    entities.append(structs.replace(entity, custom_emoji_id=identifier))


def _finish_time(entities: list[Entity], entity: Entity, opened: _Open, _inner: str) -> None:
    unix, date_format = opened.attributes.get("unix", ""), opened.attributes.get("format", "")
    if not unix.isdecimal() or int(unix) == 0 or int(unix) >= 1 << 31:
        raise parse_refused("Invalid Unix time specified")
    if _FORMAT.fullmatch(date_format) is None:
        raise parse_refused("Invalid date-time format specified")
    entities.append(structs.replace(entity, unix_time=int(unix), date_time_format=date_format or None))


def _finish_pre(entities: list[Entity], entity: Entity, _opened: _Open, _inner: str) -> None:
    last = entities[-1] if entities else None
    if last is not None and last.type == "code" and last.language and _same_place(last, entity):
        entities[-1] = structs.replace(last, type="pre")
    else:
        entities.append(entity)


def _finish_code(entities: list[Entity], entity: Entity, opened: _Open, _inner: str) -> None:
    language = opened.attributes.get("class", "")
    named = language.removeprefix("language-") if language.startswith("language-") else ""
    entities.append(structs.replace(entity, language=named or None))


def _finish_quote(entities: list[Entity], entity: Entity, opened: _Open, _inner: str) -> None:
    expandable = "expandable" in opened.attributes
    entities.append(structs.replace(entity, type="expandable_blockquote") if expandable else entity)


_FINISH: dict[str, _Finish] = {
    "a": _finish_link,
    "tg-emoji": _finish_emoji,
    "tg-time": _finish_time,
    "pre": _finish_pre,
    "code": _finish_code,
    "blockquote": _finish_quote,
}


def _same_place(one: Entity, other: Entity) -> bool:
    return (one.offset, one.length) == (other.offset, other.length)
