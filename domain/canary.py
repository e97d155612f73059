"""The canary: a synthetic event each minute, from the commit to a message. Pure.

Its chat is no chat of Telegram: what arrives there is judged instead of sent. All of it follows from a
number, so that whoever gets the message knows what must stand in it.
"""

from __future__ import annotations

import hashlib

from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg

CANARY_CHAT = -1
"""No group has this id: Telegram's begin with -100 or have many more digits."""
CANARY_WALLET = "HJ2GGAK6jZyKTkigrYrQXB2KVDGewCBHkcFxHJuVZB2N"
"""SHA-256 of the words `whale watcher canary`, so that nobody has its key."""
CANARY_LABEL = "Canary"
_LAMPORTS = 10**9
_MIN_SOL, _AMOUNTS = 1_000, 8_000
_SIGNS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def canary(number: int, *, chain: str, slot: int, block_time: int) -> Activity:
    """The event of this number: the wallet sends some SOL, each time another amount.

    Args:
        number: which one; minutes since 1970.
        chain: that is watched.
        slot: the newest one.
        block_time: unix seconds, when it is stored.
    """
    return Activity(
        chain=chain,
        signature=_signature(number),
        slot=slot,
        block_time=block_time,
        wallet=CANARY_WALLET,
        kind=Kind.TRANSFER_OUT,
        paid=(Leg(mint=SOL, raw=whole_sol(number) * _LAMPORTS, decimals=9),),
        received=(),
    )


def whole_sol(number: int) -> int:
    """Return how much it sends."""
    return _MIN_SOL + number % _AMOUNTS


def number_of(activity: Activity) -> int:
    """The number whose amount an event has; of several the lowest. 0: none."""
    sol = activity.paid[0].raw // _LAMPORTS if activity.paid else 0
    return max(0, sol - _MIN_SOL)


def is_canary(activity: Activity, *, number: int) -> bool:
    """Return whether an event is the one of this number, or of one with the same amount."""
    expected = canary(number, chain=activity.chain, slot=0, block_time=0)
    return structs.replace(activity.essence(), signature=expected.signature) == expected.essence()


def _signature(number: int) -> str:
    """As long as a signature, of its alphabet, and nobody's."""
    digest = hashlib.sha512(f"canary {number}".encode()).digest()
    return "".join(_SIGNS[byte % len(_SIGNS)] for byte in digest[:8]) + "1" * 80
