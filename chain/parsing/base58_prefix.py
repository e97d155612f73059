"""The bytes behind a base58 text, all or only the first, without converting all of it. Pure.

Converting a whole text costs the square of its length; what an instruction does is said by its first bytes.
"""

from functools import cache

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


def decode(text: str) -> bytes:
    """All bytes behind `text`; in time that grows with the square of its length.

    Raises:
        KeyError: it is no base58.
    """
    digits = text.lstrip("1")
    value = 0
    for digit in digits:
        value = value * _BASE + _DIGITS[digit]
    return bytes(len(text) - len(digits)) + value.to_bytes((value.bit_length() + 7) // 8, "big")


def _prefix(text: str, count: int) -> bytes:
    length = len(text)
    if length <= _DIGITS_READ or length > _MAX_LENGTH or text[0] == "1":
        return decode(text[:_MAX_LENGTH])[:count]
    value = 0
    for digit in text[:_DIGITS_READ]:
        value = value * _BASE + _DIGITS[digit]
    scale = _power(length - _DIGITS_READ)
    low, high = value * scale, (value + 1) * scale - 1  # whatever the other digits are, it lies between these
    shift = ((low.bit_length() + 7) & ~7) - 8 * count
    if low >> shift == high >> shift and shift >= 0:
        return (low >> shift).to_bytes(count, "big")
    return decode(text)[:count]


@cache
def _power(digits: int) -> int:
    return int(_BASE**digits)
