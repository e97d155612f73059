"""The first bytes behind a base58 text, without converting all of it. Pure.

Converting a whole text costs the square of its length; what an instruction does is said by its first bytes.
"""

from functools import cache

import base58

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = {digit: value for value, digit in enumerate(_ALPHABET)}
_BASE = 58
_DIGITS_READ = 20
"""Digits read at first: they settle 14 bytes, but for one text in a million millions."""
_MAX_LENGTH = 4096
"""Characters; instruction data is below 1,300 bytes before v1 and below 4,096 after."""


def prefix(text: str, count: int) -> bytes:
    """The first `count` (up to 8) bytes, filled with zeros; all zeros where `text` is no base58."""
    try:
        return _prefix(text, count).ljust(count, b"\0")
    except (KeyError, ValueError):
        return bytes(count)


def _prefix(text: str, count: int) -> bytes:
    length = len(text)
    if length <= _DIGITS_READ or length > _MAX_LENGTH or text[0] == "1":
        return base58.b58decode(text[:_MAX_LENGTH])[:count]
    value = 0
    for digit in text[:_DIGITS_READ]:
        value = value * _BASE + _DIGITS[digit]
    scale = _power(length - _DIGITS_READ)
    low, high = value * scale, (value + 1) * scale - 1  # whatever the other digits are, it lies between these
    shift = ((low.bit_length() + 7) & ~7) - 8 * count
    if low >> shift == high >> shift and shift >= 0:
        return (low >> shift).to_bytes(count, "big")
    return base58.b58decode(text)[:count]


@cache
def _power(digits: int) -> int:
    return int(_BASE**digits)
