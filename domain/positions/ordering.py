"""The order in which transactions ran: by slot, by place in the block, else chained by balances. Pure."""

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

import msgspec

from domain.activity.activity import SOL
from domain.positions.entries import Entry

MAX_CHAINED = 12
"""Transactions of one slot whose order is looked for; more stay as they were read."""
MAX_STEPS = 20_000
"""Tries to chain the transactions of one slot."""
MAX_ORDERS = 64
"""Orders that fit the balances and are compared with each other."""

Key = tuple[str, str]
"""A wallet and a mint."""


class Ordered(msgspec.Struct, frozen=True):
    """The entries of one transaction, in their turn."""

    entries: Sequence[Entry]
    is_certain: bool
    """Whether no other order fits what is known."""


def in_order(entries: Sequence[Entry]) -> Iterator[Ordered]:
    """The transactions of `entries`, in the order in which they ran.

    An entry without a slot stays behind the one before it.
    """
    slots: list[tuple[int, Entry]] = []
    slot = -1
    for entry in entries:
        slot = slot if entry.slot is None else entry.slot
        slots.append((slot, entry))
    slots.sort(key=_slot)
    left: dict[Key, int] = {}
    for _, found in groupby(slots, key=_slot):
        group = [entry for _, entry in found]
        for ordered in [Ordered(group, is_certain=True)] if len(group) == 1 else _ordered(group, left):
            for entry in ordered.entries:
                for mint, raw in (entry.post or {}).items():
                    left[entry.wallet, mint] = raw
            yield ordered


def _slot(one: tuple[int, Entry]) -> int:
    return one[0]


def _transactions(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    by_signature: dict[str, list[Entry]] = {}
    for entry in entries:
        by_signature.setdefault(entry.signature, []).append(entry)
    return [tuple(group) for group in by_signature.values()]


def _ordered(entries: Sequence[Entry], left: dict[Key, int]) -> list[Ordered]:
    """The transactions of one slot; `left`: the balances before it, as far as they were seen."""
    transactions = _transactions(entries)
    if len(transactions) == 1:
        return [Ordered(transactions[0], is_certain=True)]
    positions = [group[0].position for group in transactions]
    if all(position is not None for position in positions):
        by_position = sorted(range(len(transactions)), key=lambda at: (transactions[at][0].position or 0, at))
        return [Ordered(transactions[at], is_certain=True) for at in by_position]
    return _chained(transactions, dict(left))


def _chained(transactions: list[tuple[Entry, ...]], left: dict[Key, int]) -> list[Ordered]:
    links = [_links(group) for group in transactions]
    without_sol = [{key: link for key, link in one.items() if key[1] != SOL} for one in links]
    as_read = tuple(range(len(transactions)))
    orders = (
        _orders(links, left)
        or _orders(without_sol, left)
        or _orders(links, {})
        or _orders(without_sol, {})
        or [as_read, as_read[::-1]]
    )
    uncertain = {
        at
        for pair in combinations(range(len(transactions)), 2)
        if _share_a_token(*(transactions[one] for one in pair))
        and len({order.index(pair[0]) < order.index(pair[1]) for order in orders}) > 1
        for at in pair
    }
    return [Ordered(transactions[at], is_certain=at not in uncertain) for at in orders[0]]


Links = dict[Key, tuple[int, int]]
"""What a transaction found and what it left, by wallet and mint."""


def _links(group: tuple[Entry, ...]) -> Links:
    found: Links = {}
    for entry in group:
        if entry.pre is not None and entry.post is not None:
            for mint in entry.pre.keys() | entry.post.keys():
                found[entry.wallet, mint] = (entry.pre.get(mint, 0), entry.post.get(mint, 0))
    return found


def _share_a_token(one: tuple[Entry, ...], other: tuple[Entry, ...]) -> bool:
    return not _touched(one).isdisjoint(_touched(other))


def _touched(group: tuple[Entry, ...]) -> set[Key]:
    return {
        (entry.wallet, mint)
        for entry in group
        for legs in (entry.paid, entry.received, entry.from_order)
        for mint in legs
        if mint != SOL
    }


def _orders(links: list[Links], left: dict[Key, int]) -> list[tuple[int, ...]]:
    """The orders in which each transaction finds what the one before it left; the one as read first."""
    if len(links) > MAX_CHAINED:
        return []
    found: list[tuple[int, ...]] = []
    steps = 0
    tries: list[tuple[tuple[int, ...], dict[Key, int]]] = [((), left)]
    while tries and len(found) < MAX_ORDERS and steps < MAX_STEPS:
        order, balances = tries.pop()
        steps += 1
        if len(order) == len(links):
            found.append(order)
            continue
        tries.extend(
            ((*order, at), {**balances, **{key: end for key, (_, end) in links[at].items()}})
            for at in reversed(range(len(links)))
            if at not in order and _fits(links[at], balances)
        )
    return found


def _fits(links: Links, balances: dict[Key, int]) -> bool:
    return all(balances.get(key, start) == start for key, (start, _) in links.items())
