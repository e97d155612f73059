"""The picture of what a wallet has made: what stands under it, or in its place. Pure."""

from messaging.languages.locale import ENGLISH, Locale


def equity_caption(name: str, *, locale: Locale = ENGLISH) -> str:
    """Under the curve of a wallet; `name` is HTML."""
    return locale.gettext(
        "📈 <b>{name}</b>: what its round trips made, after fees. A dot is the end of one.", name=name
    )


def no_equity(name: str, *, locale: Locale = ENGLISH) -> str:
    """There is nothing to draw; `name` is HTML."""
    return locale.gettext(
        "📈 <b>{name}</b>: no round trip in SOL from a known beginning to a known end was seen yet.",
        name=name,
    )


def drawing(*, locale: Locale = ENGLISH) -> str:
    """The curve is being drawn."""
    return locale.gettext("📈 Drawing…")


def equity_failed(_: str, *, locale: Locale = ENGLISH) -> str:
    """It could not be drawn."""
    return locale.gettext("📈 The curve can't be drawn at present. Try again in a few minutes.")
