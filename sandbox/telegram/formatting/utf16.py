"""Positions in UTF-16 code units, as Telegram counts them: a character beyond the basic plane takes two."""


def utf16_length(text: str) -> int:
    """The length of `text` in UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_offsets(text: str) -> list[int] | range:
    """The UTF-16 offset of each index into `text`, its end included."""
    if text.isascii():
        return range(len(text) + 1)
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + (2 if character > "\uffff" else 1))
    return offsets


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of `text` that an entity covers.

    Args:
        text: of the message.
        offset: of the entity, in UTF-16 code units.
        length: of the entity, in the same.
    """
    if text.isascii():
        return text[offset : offset + length]
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
