"""Names that end with .sol: whom they stand for, and why one stands for nobody. Pure."""

from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import clean, escape

_MAX_NAME = 80
_SOURCES = {
    "holder": gettext_noop("This wallet holds the name as an NFT. Follow it?"),
    "record": gettext_noop("This is the address that the name's owner has set. Follow it?"),
    "owner": gettext_noop("This wallet owns the name. Follow it?"),
}
_FAULTS = {
    "not_registered": gettext_noop("<b>{name}</b> is not registered. Send the wallet's address instead."),
    "bad_record": gettext_noop(
        "<b>{name}</b> has a broken record, so it isn't clear whose wallet it means. Send the wallet's"
        " address instead."
    ),
    "program": gettext_noop(
        "<b>{name}</b> belongs to a program, not to a wallet. Send the wallet's address instead."
    ),
    "no_holder": gettext_noop(
        "<b>{name}</b> is an NFT, and its holder isn't known at present. Send the wallet's address instead."
    ),
}


def found(name: str, address: str, source: str, *, locale: Locale = ENGLISH) -> str:
    """A name and its wallet, to be confirmed; a button follows below.

    Args:
        name: as people write it.
        address: of the wallet.
        source: as `NameSource` names it.
        locale: of who reads it.
    """
    whose = locale.gettext(_SOURCES[source])
    return f"<b>{_displayed(name)}</b>\n<code>{escape(address)}</code>\n{whose}"


def fault(name: str, reason: str, *, locale: Locale = ENGLISH) -> str:
    """The name stands for no wallet; `reason` is as `NameFault` names it.

    Args:
        name: as it was written; hostile until escaped here.
        reason: as `NameFault` names it.
        locale: of the reader.
    """
    return locale.gettext(_FAULTS[reason], name=_displayed(name))


def not_read(name: str, *, locale: Locale = ENGLISH) -> str:
    """No node says so at present."""
    return locale.gettext(
        "<b>{name}</b> can't be read at the moment. Try again, or send the wallet's address.",
        name=_displayed(name),
    )


def _displayed(name: str) -> str:
    return escape(clean(name, limit=_MAX_NAME))
