"""JSON that is broken only inside of its texts, made whole: one bad byte loses one text, not a block. Pure.

Proxies that cut long logs leave half an emoji, or half an escape; some write control characters raw. Nothing
that is read for what a wallet did lies in such texts. What is broken otherwise stays broken.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Raw

from chain.parsing.json_shapes import BAD_JSON

_TEXT = re.compile(
    rb"(?P<good>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # both halves of a pair
    rb"|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"  # no half of a pair
    rb"|\\[\"\\/bfnrt])"
    rb"|\\u[0-9a-fA-F]{0,4}|\\|[\x00-\x1f]"
)
_UNREADABLE = rb"\ufffd"
T = TypeVar("T")


def mended(raw: bytes | bytearray | Raw) -> bytes:
    """The same JSON: bad escapes, halves of pairs and bad bytes are U+FFFD, control characters are spaces."""
    data = bytes(raw)
    try:
        data.decode()
    except UnicodeDecodeError:
        data = data.decode("utf-8", "replace").encode()
    return _TEXT.sub(_replacement, data)


def _replacement(match: "re.Match[bytes]") -> bytes:
    good = match["good"]
    if good is not None:
        return bytes(good)
    return _UNREADABLE if match[0].startswith(b"\\") else b" "


def decode_mending(decode: Callable[[Any], T], raw: bytes | bytearray | Raw) -> T:
    """What `decode` makes of `raw`, or of `raw` mended where it cannot be read as it is.

    Raises:
        json_shapes.BAD_JSON: by `decode`, where it cannot be read either way.
    """
    try:
        return decode(raw)
    except BAD_JSON:
        whole = mended(raw)
        if whole == bytes(raw):
            raise
        return decode(whole)
