"""Names that end with .sol: whom they stand for, and why one stands for nobody. Pure."""

from messaging.telegram.escaping import clean, escape

_MAX_NAME = 80
_SOURCES = {
    "holder": "holds this name as an NFT",
    "record": "is the address that the name's owner has set",
    "owner": "owns this name",
}
_FAULTS = {
    "not_registered": "is not registered",
    "bad_record": "has a broken record, so it isn't clear whose wallet it means",
    "program": "belongs to a program, not to a wallet",
    "no_holder": "is an NFT, and its holder isn't known at present",
}


def found(name: str, address: str, source: str) -> str:
    """A name and its wallet, to be confirmed; a button stands below.

    Args:
        name: as people write it.
        address: of the wallet.
        source: as `NameSource` names it.
    """
    return f"<b>{_displayed(name)}</b>\n<code>{escape(address)}</code>\n{_SOURCES[source]}. Follow it?"


def fault(name: str, reason: str) -> str:
    """The name stands for no wallet; `reason` is as `NameFault` names it."""
    return f"<b>{_displayed(name)}</b> {_FAULTS[reason]}. Send the wallet's address instead."


def not_read(name: str) -> str:
    """No node says so at present."""
    return f"<b>{_displayed(name)}</b> can't be read at the moment. Try again, or send the wallet's address."


def _displayed(name: str) -> str:
    return escape(clean(name, limit=_MAX_NAME))
