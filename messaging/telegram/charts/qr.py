"""QR codes as pictures."""

import io
from importlib import import_module

_SCALE = 8
"""Pixels of a module: a phone reads it from another phone's screen."""


def qr_png(text: str) -> bytes:
    """A picture from which phones read the text."""
    content = io.BytesIO()
    segno = import_module("segno")  # 8 MiB that a bot needs when the first list is shared
    segno.make(text, error="m", micro=False).save(content, kind="png", scale=_SCALE, border=4)
    return content.getvalue()
