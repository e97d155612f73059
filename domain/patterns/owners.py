"""Which wallets are taken for one owner's: those that one wallet paid, and those that paid each other. Pure.

A stranger may pay anybody, so what is small ties nobody; and who pays very many is an exchange or a service.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

MAX_PAYEES = 20
"""A funder of more wallets within `HUB_SECONDS` is a hub, and ties nobody."""
HUB_SECONDS = 30 * 86_400.0
TIE_SECONDS = 180 * 86_400.0
"""For so long a payment ties."""
MIN_TIE_USD = 10.0
MIN_TIE_LAMPORTS = 50_000_000
"""What is less is scattered among strangers."""


class Tie(NamedTuple):
    """A wallet paid another one enough, within `TIE_SECONDS`."""

    payer: str
    payee: str


def ties(usd: float | None, lamports: int) -> bool:
    """Return whether a payment is enough for a tie."""
    return lamports >= MIN_TIE_LAMPORTS or (usd is not None and usd >= MIN_TIE_USD)


def owners_of(
    wallets: Sequence[str],
    found: Collection[Tie],
    hubs: Collection[str],
    between: Collection[str] = (),
) -> dict[str, tuple[str, str | None]]:
    """For each wallet its owner, named by that one's first wallet, and the funder that showed it, if one did.

    Args:
        wallets: in the order of time.
        found: payments to and between them.
        hubs: exchanges, and who paid more than `MAX_PAYEES` seen wallets within `HUB_SECONDS`, or was paid
            by so many; they tie nobody.
        between: other followed wallets; who is tied to one of them is tied to whom that one is tied to.
    """
    known = [*wallets, *sorted(set(between) - set(wallets))]
    indexes = {wallet: index for index, wallet in enumerate(known)}
    roots = list(range(len(known)))
    funders: dict[str, str | None] = dict.fromkeys(wallets)
    paid: dict[str, list[str]] = {}
    for payer, payee in sorted(found):
        if payer in hubs or payee in hubs or payee not in indexes:
            continue
        paid.setdefault(payer, []).append(payee)
        if payer in indexes:
            _join(roots, indexes[payer], indexes[payee])
    for funder, children in paid.items():
        for child in children[1:]:
            _join(roots, indexes[children[0]], indexes[child])
        mine = [child for child in children if child in funders]
        if len(mine) > 1:
            funders |= dict.fromkeys(mine, funder)
    return {wallet: (known[_root(roots, indexes[wallet])], funders[wallet]) for wallet in wallets}


def _root(roots: list[int], index: int) -> int:
    while roots[index] != index:
        index = roots[index]
    return index


def _join(roots: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(roots, one), _root(roots, other)))
    roots[second] = first
