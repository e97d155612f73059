"""What people call the kinds of activities. Pure."""

from domain.activity.activity import Kind

_NAMES: dict[str, str] = {
    Kind.LIQUIDITY_ADD: "Add liquidity",
    Kind.LIQUIDITY_REMOVE: "Remove liquidity",
    Kind.NFT_TRADE: "NFT trade",
    Kind.CREATE: "New token",
}


def kind_name(kind: str) -> str:
    """For a button or a title: `Buy`, `Transfer in`, `NFT trade`."""
    return _NAMES.get(kind) or kind.replace("_", " ").capitalize()


def kind_words(kind: str) -> str:
    """Within a sentence: `buy`, `transfer in`, `NFT trade`."""
    name = kind_name(kind)
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def counted(number: int, word: str) -> str:
    """`1 buy`, `12 sells`, `2 histories`: a number and its noun, which agree."""
    if number == 1:
        return f"1 {word}"
    plural = f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"
    return f"{number:,} {plural}"


_PLURALS: dict[str, tuple[str, str]] = {
    Kind.TRANSFER_IN: ("transfer in", "transfers in"),
    Kind.TRANSFER_OUT: ("transfer out", "transfers out"),
    Kind.LIQUIDITY_ADD: ("liquidity add", "liquidity adds"),
    Kind.LIQUIDITY_REMOVE: ("liquidity removal", "liquidity removals"),
    Kind.OTHER: ("other transaction", "other transactions"),
}


def counted_kind(number: int, kind: str) -> str:
    """`12 sells`, `1 transfer in`."""
    if kind in _PLURALS:
        return f"{number:,} {_PLURALS[kind][number != 1]}"
    return counted(number, kind_words(kind))
