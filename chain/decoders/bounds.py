"""What may leave the decoders: addresses, signatures and amounts that can exist on a chain. Pure.

Lengths and ranges of what is read are held where it is read (`chain.parsing.json_shapes`). What is left is
what follows from several numbers together, and the alphabet of what is kept; of an activity, both are cheap.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from chain.parsing.json_shapes import MAX_AMOUNT, MAX_INTEGER
from chain.parsing.transaction import UNKNOWN
from domain.activity.activity import SOL, Activity, Leg
from domain.errors import Undecodable

_ADDRESS = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_SIGNATURE = re.compile(r"[1-9A-HJ-NP-Za-km-z]{64,88}")
_UNNAMED = re.compile(re.escape(UNKNOWN) + r"\d{1,5}")
_MAX_CACHED = 16_384
"""Addresses that are known to be some: the same mints and signers come again and again."""


def check_signature(signature: str) -> None:
    """Refuse what is no signature.

    Raises:
        Undecodable: it is none.
    """
    if _SIGNATURE.fullmatch(signature) is None:
        raise Undecodable("a signature that is none")


def check_activity(activity: Activity) -> None:
    """Refuse an activity that no chain can have, or that holds another text than an address.

    Raises:
        Undecodable: it is one.
    """
    _check_legs(activity.paid)
    _check_legs(activity.received)
    if activity.from_order:
        _check_legs(activity.from_order)
    if activity.elsewhere:
        _check_legs(activity.elsewhere)
    if not (is_address(activity.wallet) and _is_party(activity.counterparty)):
        raise Undecodable("a wallet or its other side is no address")
    if not _is_party(activity.elsewhere_to):
        raise Undecodable("what was paid went to no address")
    if activity.fee > MAX_INTEGER or abs(activity.rent) > MAX_INTEGER:
        raise Undecodable("more lamports than there are")
    if activity.tip > MAX_INTEGER or activity.venue_fee > MAX_INTEGER:
        raise Undecodable("more lamports than there are")


@lru_cache(_MAX_CACHED)
def is_address(text: str) -> bool:
    """Whether it is one, by its alphabet and length."""
    return _ADDRESS.fullmatch(text) is not None


def _is_party(text: str | None) -> bool:
    """Whether it is an address, or an account that the node does not name, or nobody."""
    return text is None or is_address(text) or _UNNAMED.fullmatch(text) is not None


def _check_legs(legs: Sequence[Leg]) -> None:
    for leg in legs:
        if not 0 <= leg.raw <= MAX_AMOUNT or (leg.scaled is not None and not 0 <= leg.scaled <= MAX_AMOUNT):
            raise Undecodable("an amount that no account can hold")
        if leg.mint != SOL and not is_address(leg.mint):
            raise Undecodable("a mint that is no address")
