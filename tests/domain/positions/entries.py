"""Entries of one wallet with one token, as short as a table of trades."""

from typing import Any

from domain.activity.activity import SOL, Kind
from domain.positions.entries import Entry

WALLET, OTHER, TOKEN = "wallet", "other wallet", "token"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def entry(at: int, kind: Kind, **fields: Any) -> Entry:
    """Return what happened in slot `at`, in second `at`."""
    return Entry(
        **{"signature": f"s{at}", "wallet": WALLET, "slot": at, "block_time": at, "kind": kind, **fields}
    )


def buy(at: int, quantity: int, lamports: int, **fields: Any) -> Entry:
    """So much of the token for so many lamports."""
    return entry(at, Kind.BUY, paid={SOL: lamports}, received={TOKEN: quantity}, **fields)


def sell(at: int, quantity: int, lamports: int, **fields: Any) -> Entry:
    """The other way round."""
    return entry(at, Kind.SELL, paid={TOKEN: quantity}, received={SOL: lamports}, **fields)
