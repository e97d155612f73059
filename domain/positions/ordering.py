"""The order in which transactions ran: by slot, by place in the block, else chained by balances. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from operator import itemgetter

import msgspec

from domain.activity.activity import SOL
from domain.positions.entries import Entry

MAX_CHAINED = 40
"""Transactions of one slot and of the same wallets whose order is searched; more stay as they were read."""
MAX_STEPS = 20_000
"""Tries to chain them."""
MAX_ORDERS = 64
"""Orders that fit the balances and are compared with each other."""

MAX_BLOCKS = 2**40
"""Blocks that are told apart though no entry of theirs has a slot."""

Key = tuple[str, str]
"""A wallet and a mint."""


class Ordered(msgspec.Struct, frozen=True, gc=False):
    """The entries of one transaction, in their turn."""

    entries: Sequence[Entry]
    is_certain: bool
    """Whether no other order fits what is known."""


def in_order(entries: Sequence[Entry]) -> Iterator[Ordered]:
    """The transactions of `entries`, in the order in which they ran.

    An entry without a slot stays behind the one before it; where no entry has one, block times decide.
    """
    if _are_apart(entries):
        yield from (Ordered((entry,), is_certain=True) for entry in entries)
        return
    left: dict[Key, int] = {}
    for _, found in groupby(sorted(_blocks(entries), key=_block), key=_block):
        group = [entry for _, entry in found]
        for ordered in [Ordered(group, is_certain=True)] if len(group) == 1 else _ordered(group, left):
            for entry in ordered.entries:
                if entry.post is not None:
                    for mint in (*(entry.pre or ()), *entry.post):
                        left[entry.wallet, mint] = entry.post.get(mint, 0)
            yield ordered


def _are_apart(entries: Sequence[Entry]) -> bool:
    """Return whether each entry is alone in its slot, and all stand in their order."""
    before = -1
    for entry in entries:
        if entry.slot is None or entry.slot <= before:
            return False
        before = entry.slot
    return True


def _blocks(entries: Sequence[Entry]) -> Iterator[tuple[int, Entry]]:
    """Each entry with a number that all entries of its block have, and those of later blocks a higher one."""
    has_slots = any(entry.slot is not None for entry in entries)
    are_timed = not has_slots and all(entry.block_time is not None for entry in entries)
    slot, block, before = -1, 0, None
    numbers: dict[str, int] = {}
    for entry in entries:
        if entry.slot is not None:
            slot = entry.slot
            yield slot * MAX_BLOCKS, entry
        else:
            block += _begins_block(before, entry)
            number = ((entry.block_time or 0) if are_timed else slot) * MAX_BLOCKS + block
            yield numbers.setdefault(entry.signature, number), entry
        before = entry


def _begins_block(before: Entry | None, entry: Entry) -> bool:
    """Return whether an entry without a slot happened in another block than the one read before it."""
    if before is None or before.signature == entry.signature:
        return before is None
    if before.slot is not None or before.block_time != entry.block_time:
        return True
    return None not in (before.position, entry.position) and (before.position or 0) >= (entry.position or 0)


_block = itemgetter(0)


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
    found = [_position(group) for group in transactions]
    times = Counter(found)
    positions = [at if times[at] == 1 else None for at in found]
    if None not in positions:
        by_position = sorted(range(len(transactions)), key=lambda at: positions[at] or 0)
        return [Ordered(transactions[at], is_certain=True) for at in by_position]
    ordered: list[Ordered] = []
    for apart in _components(transactions):
        group = [transactions[at] for at in apart]
        ordered += _chained(group, [positions[at] for at in apart], left)
    return ordered


def _position(group: Sequence[Entry]) -> int | None:
    return next((entry.position for entry in group if entry.position is not None), None)


def _components(transactions: Sequence[Sequence[Entry]]) -> list[list[int]]:
    """The transactions by number, those together that are linked by wallets: the order of others is alike."""
    of_wallet: dict[str, list[int]] = {}
    for at, group in enumerate(transactions):
        wallets = _wallets(group)
        linked = {id(found): found for wallet in wallets if (found := of_wallet.get(wallet)) is not None}
        numbers = max(linked.values(), key=len, default=[])
        numbers.append(at)
        for found in linked.values():
            if found is not numbers:
                numbers += found
                wallets |= {wallet for number in found for wallet in _wallets(transactions[number])}
        of_wallet |= dict.fromkeys(wallets, numbers)
    return sorted(sorted(numbers) for numbers in {id(found): found for found in of_wallet.values()}.values())


def _wallets(group: Sequence[Entry]) -> set[str]:
    named = ((entry.wallet, entry.counterparty, entry.elsewhere_to) for entry in group)
    return {wallet for three in named for wallet in three if wallet is not None}


def _chained(
    transactions: list[tuple[Entry, ...]], positions: Sequence[int | None], left: dict[Key, int]
) -> list[Ordered]:
    if len(transactions) == 1:
        return [Ordered(transactions[0], is_certain=True)]
    links = [_links(group) for group in transactions]
    left = {key: left[key] for one in links for key in one if key in left}  # each try copies them
    without_sol = [{key: link for key, link in one.items() if key[1] != SOL} for one in links]
    found = (_orders(one, positions, balances) for balances in (left, {}) for one in (links, without_sol))
    orders, are_all = next((one for one in found if one[0]), ([], False))
    order = orders[0] if orders else _as_read(positions)
    by_token: dict[Key, list[int]] = defaultdict(list)
    for at, group in enumerate(transactions):
        for key in _touched(group):
            by_token[key].append(at)
    of_both = (_uncertain(group, positions, orders if are_all else []) for group in by_token.values())
    uncertain = {at for group in of_both for at in group}
    return [Ordered(transactions[at], is_certain=at not in uncertain) for at in order]


def _uncertain(
    group: Sequence[int], positions: Sequence[int | None], orders: Sequence[tuple[int, ...]]
) -> Iterator[int]:
    """Yield those of transactions of one token that may have run before or after another one.

    Args:
        group: the transactions.
        positions: of all, their places in the block; None: not known.
        orders: all that fit; empty: these are not known.
    """
    unplaced = [at for at in group if positions[at] is None]
    if not orders:
        if len(group) > 1 and unplaced:
            yield from group
        return
    for one, other in combinations(group, 2):
        if len({order.index(one) < order.index(other) for order in orders}) > 1:
            yield from (one, other)


def _as_read(positions: Sequence[int | None]) -> tuple[int, ...]:
    """The order of reading, but those whose places in the block are known among themselves by these."""
    known = iter(sorted((its, at) for at, its in enumerate(positions) if its is not None))
    return tuple(at if its is None else next(known)[1] for at, its in enumerate(positions))


Links = dict[Key, tuple[int, int]]
"""What a transaction found and what it left, by wallet and mint."""


def _links(group: tuple[Entry, ...]) -> Links:
    found: Links = {}
    for entry in group:
        if entry.pre is not None and entry.post is not None:
            for mint in entry.pre.keys() | entry.post.keys():
                found[entry.wallet, mint] = (entry.pre.get(mint, 0), entry.post.get(mint, 0))
    return found


def _touched(group: tuple[Entry, ...]) -> set[Key]:
    return {
        (entry.wallet, mint)
        for entry in group
        if not entry.failed
        for legs in (entry.paid, entry.received, entry.from_order)
        for mint in legs
        if mint != SOL
    }


def _orders(
    links: list[Links], positions: Sequence[int | None], left: dict[Key, int]
) -> tuple[list[tuple[int, ...]], bool]:
    """The orders in which each transaction finds what the one before it left; the one as read first.

    Args:
        links: what each transaction found and left.
        positions: their places in the block; None: not known.
        left: the balances before them, as far as they were seen.

    Returns:
        The orders, and whether these are all of them.
    """
    if len(links) > MAX_CHAINED or not _may_chain(links, left):
        return [], False
    earlier = [
        [at for at, one in enumerate(positions) if None not in (one, its) and (one or 0) < (its or 0)]
        for its in positions
    ]
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
            if at not in order and all(other in order for other in earlier[at]) and _fits(links[at], balances)
        )
    return found, not tries


def _may_chain(links: Sequence[Links], left: dict[Key, int]) -> bool:
    """Return False where no order can fit: a balance that nothing left before is where its chain begins."""
    found: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for one in links:
        for key, link in one.items():
            found[key].append(link)
    for key, chain in found.items():
        begins = Counter(start for start, _ in chain)
        begins.subtract(end for _, end in chain)
        first = list((+begins).elements())
        may_begin = first or [start for start, _ in chain]
        if len(first) > 1 or left.get(key, may_begin[0]) not in may_begin:
            return False
    return True


def _fits(links: Links, balances: dict[Key, int]) -> bool:
    return all(balances.get(key, start) == start for key, (start, _) in links.items())
