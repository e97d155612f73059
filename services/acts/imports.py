"""Whether a list of wallets can be taken, in words for whoever sent it."""

from functools import partial

from domain.errors import BadInput
from messaging.telegram.texts import imports as texts
from services.wallet_lists import MAX_FILE_BYTES, MAX_IMPORT, ListFault, WalletList

_FAULTS = {
    ListFault.BINARY: texts.binary,
    ListFault.BAD_JSON: texts.bad_json,
    ListFault.NO_ADDRESS: texts.no_address,
}


def usable(found: WalletList) -> WalletList:
    """The list, if it can be taken.

    Raises:
        BadInput: it cannot; the text says why.
    """
    if found.fault is None:
        return found
    if found.fault is ListFault.TOO_MANY:
        raise BadInput(partial(texts.too_many, len(found.wallets), MAX_IMPORT))
    if found.fault is ListFault.TOO_LARGE:
        raise BadInput(partial(texts.too_large, MAX_FILE_BYTES))
    raise BadInput(_FAULTS[found.fault])
