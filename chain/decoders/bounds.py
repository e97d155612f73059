"""What may leave the decoders: addresses, signatures and amounts that can exist on a chain. Pure.

Lengths and ranges of what is read are held where it is read (`chain.parsing.json_shapes`). What is left is
what follows from several numbers together, and the alphabet of what is kept; of an activity, both are cheap.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from chain.parsing.json_shapes import MAX_AMOUNT, MAX_INTEGER
from chain.parsing.transaction import UNKNOWN
from domain.activity.activity import SOL, Activity
from domain.errors import Undecodable

_ADDRESS = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_MIN_SIGNATURE, _MAX_SIGNATURE = 64, 88
_MIN_ADDRESS, _MAX_ADDRESS = 32, 44
_AMOUNT_BITS = MAX_AMOUNT.bit_length()
"""Further bits are left of what is above, and of what is below zero."""
_UNNAMED = re.compile(re.escape(UNKNOWN) + r"\d{1,5}")
_MAX_CACHED = 16_384
"""Addresses that are known to be some: the same mints and signers come repeatedly."""


def check_names(signature: str, strangers: Sequence[str]) -> None:
    """Refuse what is no signature, and a wallet that nobody watches and that is no address.

    Args:
        signature: of the transaction.
        strangers: the wallets.

    Raises:
        Undecodable: one of them is none.
    """
    for wallet in strangers:
        if not _MIN_ADDRESS <= len(wallet) <= _MAX_ADDRESS:
            raise Undecodable("a signer that is no address")
    text = signature + "".join(strangers)
    is_one = _MIN_SIGNATURE <= len(signature) <= _MAX_SIGNATURE
    if not is_one or text.encode("utf-8", "replace").translate(None, _ALPHABET):
        raise Undecodable("a signature or a signer that is none")


def check_activity(activity: Activity) -> None:
    """Refuse an activity that no chain can have, or that holds another text than an address.

    Of a watched wallet; of others `check_names` looks at the wallet itself.

    Raises:
        Undecodable: it is one.
    """
    for leg in activity.paid + activity.received:
        if leg.raw >> _AMOUNT_BITS:
            raise Undecodable("an amount that no account can hold")
        if not _is_mint(leg.mint):
            raise Undecodable("a mint that is no address")
        if leg.scaled is not None and leg.scaled >> _AMOUNT_BITS:
            raise Undecodable("an amount that no account can show")
    if not -MAX_INTEGER <= activity.rent <= MAX_INTEGER or activity.tip + activity.venue_fee > MAX_INTEGER:
        raise Undecodable("more lamports than there are")
    if activity.counterparty is not None or activity.from_order or activity.elsewhere:
        _check_others(activity)


@lru_cache(_MAX_CACHED)
def is_address(text: str) -> bool:
    """Whether it is one, by its alphabet and length."""
    return _ADDRESS.fullmatch(text) is not None


@lru_cache(_MAX_CACHED)
def _is_mint(text: str) -> bool:
    return text == SOL or is_address(text)


def _is_party(text: str | None) -> bool:
    """Whether it is an address, or an account that the node does not name, or nobody."""
    return text is None or is_address(text) or _UNNAMED.fullmatch(text) is not None


def _check_others(activity: Activity) -> None:
    if not (_is_party(activity.counterparty) and _is_party(activity.elsewhere_to)):
        raise Undecodable("the other side is no address")
    for leg in activity.from_order + activity.elsewhere:
        if not 0 <= leg.raw <= MAX_AMOUNT or not 0 <= leg.displayed_raw <= MAX_AMOUNT:
            raise Undecodable("an amount that no account can hold")
        if leg.mint != SOL and not is_address(leg.mint):
            raise Undecodable("a mint that is no address")
