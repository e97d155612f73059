"""The text or caption of a call: parsed, trimmed and measured."""

from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.errors import bad_request
from sandbox.telegram.formatting.formatted_text import MAX_TEXT, FormattedText, clean, fix
from sandbox.telegram.formatting.html import parse_html
from sandbox.telegram.formatting.utf16 import utf16_length
from sandbox.telegram.shapes import Entity


def read_formatted(params: Params, names: tuple[str, str], limit: int) -> FormattedText:
    """The text or caption of a call.

    Args:
        params: the parameters of the call.
        names: the parameter of the text, and that of its explicit entities.
        limit: characters allowed after parsing.

    Raises:
        ApiError: 400, the text cannot be parsed or is too long.
    """
    text, entities = _parsed(params, names)
    formatted = fix(text, entities)
    if len(formatted.text) > limit:
        raise bad_request("message is too long" if limit == MAX_TEXT else "message caption is too long")
    return formatted


def _parsed(params: Params, names: tuple[str, str]) -> tuple[str, list[Entity]]:
    source = clean(params.text(names[0]))
    mode = params.text("parse_mode").lower()
    if mode == "html":
        return parse_html(source)
    if mode not in ("", "none"):
        raise bad_request(f"unsupported parse_mode (the sandbox reads HTML, not {mode!r:.40})")
    explicit = params.shaped(names[1], list[Entity], "can't parse entities") or []
    _check_bounds(explicit, utf16_length(source))
    return source, explicit


def _check_bounds(explicit: list[Entity], size: int) -> None:
    for one in explicit:
        if one.offset < 0 or one.length < 1:
            wrong = "offset" if one.offset < 0 else "length"
            raise bad_request(f"receive an entity with incorrect {wrong} {getattr(one, wrong)}")
        if one.offset + one.length > size:
            raise bad_request(
                f"entity beginning at UTF-16 offset {one.offset} ends after the end of the text at UTF-16 "
                f"offset {size}"
            )
