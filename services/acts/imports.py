"""Checks an imported list of wallets, with a message for the sender."""

from domain.errors import BadInput
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts import imports as texts
from services.wallet_lists import MAX_FILE_BYTES, MAX_IMPORT, ListFault, WalletList

_FAULTS = {
    ListFault.BINARY: texts.binary,
    ListFault.BAD_JSON: texts.bad_json,
    ListFault.NO_ADDRESS: texts.no_address,
}


def usable(found: WalletList, *, locale: Locale = ENGLISH) -> WalletList:
    """The list, if it can be taken.

    Args:
        found: as it was read.
        locale: the language of whoever sent it.

    Raises:
        BadInput: it cannot; the text says why.
    """
    if found.fault is None:
        return found
    if found.fault is ListFault.TOO_MANY:
        raise BadInput(texts.too_many(len(found.wallets), MAX_IMPORT, locale=locale))
    if found.fault is ListFault.TOO_LARGE:
        raise BadInput(texts.too_large(MAX_FILE_BYTES, locale=locale))
    raise BadInput(_FAULTS[found.fault](locale=locale))
