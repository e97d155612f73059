"""Character references of Telegram's HTML: four names and all numbers."""

import re

from sandbox.telegram.errors import parse_refused

_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,8})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_MAX_CODE_POINT = 0x10FFFF


def decode_reference(source: str, at: int) -> tuple[str, int]:
    """The character of the reference at `at`, and the position behind it; a bare ampersand is itself.

    Raises:
        ApiError: it is half a surrogate pair, which is no character.
    """
    found = _REFERENCE.match(source, at)
    if found is None:
        return "&", at + 1
    hexadecimal, decimal, named = found.groups()
    if named:
        return _NAMED[named], found.end()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= _MAX_CODE_POINT:
        return "&", at + 1
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - the surrogate range
        raise parse_refused(
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
            "surrogate code units"
        )
    return chr(code), found.end()


def decode_all(raw: str) -> str:
    """The text with all references decoded, as in the value of an attribute."""
    if "&" not in raw:
        return raw
    pieces: list[str] = []
    at = 0
    while (ampersand := raw.find("&", at)) >= 0:
        pieces.append(raw[at:ampersand])
        decoded, at = decode_reference(raw, ampersand)
        pieces.append(decoded)
    pieces.append(raw[at:])
    return "".join(pieces)
