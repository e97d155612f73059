"""The ledger: what wallets have of each token and made of it, folded over what they did. Pure.

One entry is booked once by signature, wallet and mint, however often it comes. An exchange books a purchase,
a sale, or both; a transfer takes its share of the cost along, to another wallet of the same owner or out of
sight; what goes into pools, orders, loans and stakes keeps its cost until it comes back.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from domain.activity.activity import Kind
from domain.positions.costs import Sale
from domain.positions.entries import (
    MONEY,
    UNKNOWN_WORTH,
    Amounts,
    Entry,
    Worth,
    incoming,
    outgoing,
    worth_of,
)
from domain.positions.holdings import Holding
from domain.positions.ordering import in_order

_EXCHANGES = frozenset({Kind.BUY, Kind.SELL, Kind.SWAP, Kind.NFT_TRADE, Kind.MINT, Kind.CREATE})
"""Where what was got is bought with what was given."""
_AWAY = frozenset(
    {
        Kind.LIQUIDITY_ADD,
        Kind.LIQUIDITY_REMOVE,
        Kind.LENDING_DEPOSIT,
        Kind.LENDING_WITHDRAW,
        Kind.STAKE,
        Kind.UNSTAKE,
        Kind.ORDER_OPEN,
        Kind.ORDER_CLOSE,
        Kind.POSITION_OPEN,
        Kind.POSITION_CLOSE,
    }
)
"""Where what is given comes back one day."""


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """One token of one entry, after it was booked."""

    entry: Entry
    mint: str
    sale: Sale | None
    """What the entry sold; None: nothing."""
    was_held: bool
    """Whether the wallet held some of it before."""
    is_certain: bool
    """Whether the entry's turn among others of its slot is known."""


class Ledger:
    """The holdings of wallets, by wallet and mint; some of the wallets have one owner."""

    def __init__(
        self, own: Collection[str] = (), holdings: Mapping[tuple[str, str], Holding] | None = None
    ) -> None:
        self._own = frozenset(own)
        self._holdings = dict(holdings or {})
        self._booked: set[tuple[str, str, str]] = set()
        self._moved: set[tuple[str, str, str, str]] = set()

    def holding(self, wallet: str, mint: str) -> Holding:
        """What the wallet has of a token; nothing, where it was never seen with it."""
        found = self._holdings.get((wallet, mint))
        if found is None:
            found = self._holdings[wallet, mint] = Holding()
        return found

    def fold(self, entries: Sequence[Entry]) -> Iterator[Booked]:
        """Book the entries in the order in which they ran; each token of each, as soon as it is booked."""
        for ordered in in_order(entries):
            for booked in self.book(ordered.entries):
                yield booked if ordered.is_certain else msgspec.structs.replace(booked, is_certain=False)

    def book(self, transaction: Sequence[Entry]) -> Iterator[Booked]:
        """Book the entries of one transaction: first of those who gave, then of those who got."""
        if len(transaction) > 1:
            transaction = sorted(transaction, key=lambda one: bool(one.received))
        passed = _passed(transaction, self._own) if self._own and len(transaction) > 1 else {}
        for entry in transaction:
            if not entry.failed:
                yield from self._book(_sides_of(entry), passed)

    def _book(self, sides: "_Sides", passed: "_Passed") -> Iterator[Booked]:
        entry = sides.entry
        costs = entry.fee + entry.tip
        for mint in sides.tokens:
            key = (entry.signature, entry.wallet, mint)
            if key in self._booked:
                continue
            self._booked.add(key)
            holding = self.holding(entry.wallet, mint)
            parties = passed.get((entry.wallet, mint))
            if parties is None or (entry.signature, mint, *parties) not in self._moved:
                self._expect(entry, mint, holding)
            was_held = holding.quantity > 0 and not holding.is_closed
            sale = None
            if parties is not None:
                self._move(entry, mint, *parties)
            else:
                sale = self._give(sides, mint, holding) if mint in sides.given else None
                if mint in entry.received:
                    self._get(sides, mint, holding)
            if entry.post is not None:
                holding.expect(entry.post.get(mint, 0))
            holding.pay(costs)
            holding.end_trip(entry.block_time)
            costs = 0  # they are counted once, however many tokens the transaction moved
            yield Booked(entry=entry, mint=mint, sale=sale, was_held=was_held, is_certain=True)
        if entry.elsewhere:
            self._get_elsewhere(sides)

    def _expect(self, entry: Entry, mint: str, holding: Holding) -> None:
        """Agree with what was held before, unless what an own wallet sent here is booked already."""
        arrived = (entry.signature, mint, entry.counterparty or "", entry.wallet) in self._moved
        if entry.pre is not None and not arrived:
            holding.expect(entry.pre.get(mint, 0))

    def _give(self, sides: "_Sides", mint: str, holding: Holding) -> Sale | None:
        entry = sides.entry
        raw = entry.paid.get(mint, 0)
        if sides.is_exchange:
            from_order = entry.from_order.get(mint, 0)
            return holding.sell(raw, from_order, sides.given_worth, entry.block_time)
        if entry.kind in _AWAY and not (entry.kind is Kind.UNSTAKE and entry.received):
            holding.send_away(raw)
        elif entry.counterparty in self._own and entry.wallet in self._own:
            self._move(entry, mint, entry.wallet, entry.counterparty)
        else:
            holding.take(raw)
        return None

    def _get(self, sides: "_Sides", mint: str, holding: Holding) -> None:
        entry = sides.entry
        raw = entry.received[mint]
        if sides.is_exchange:
            holding.buy(raw, sides.got_worth.part(raw, sides.got[mint]), entry.block_time)
        elif entry.kind in _AWAY:
            holding.bring_back(raw, entry.block_time)
        elif entry.counterparty in self._own and entry.wallet in self._own:
            self._move(entry, mint, entry.counterparty, entry.wallet)
        else:
            holding.put_unknown(raw, entry.block_time)

    def _get_elsewhere(self, sides: "_Sides") -> None:
        """What was bought for another wallet of the same owner."""
        entry = sides.entry
        receiver = entry.elsewhere_to
        if receiver is None or receiver not in self._own or not sides.is_exchange:
            return
        for mint in _tokens({}, entry.elsewhere):
            key = (entry.signature, receiver, mint)
            if key not in self._booked:
                self._booked.add(key)
                raw = entry.elsewhere[mint]
                worth = sides.got_worth.part(raw, sides.got[mint])
                self.holding(receiver, mint).buy(raw, worth, entry.block_time)

    def _move(self, entry: Entry, mint: str, sender: str | None, receiver: str | None) -> None:
        """Once, whichever of the two wallets is read first: the cost goes along."""
        if sender is None or receiver is None or (entry.signature, mint, sender, receiver) in self._moved:
            return
        self._moved.add((entry.signature, mint, sender, receiver))
        raw = (entry.paid if entry.wallet == sender else entry.received).get(mint, 0)
        self.holding(receiver, mint).put(self.holding(sender, mint).take(raw), entry.block_time)


_Passed = Mapping[tuple[str, str], tuple[str, str]]
"""Wallet and mint of each side of a trade between wallets of one owner, with who gave and who got."""


def _passed(transaction: Sequence[Entry], own: Collection[str]) -> _Passed:
    """What one wallet of the owner sold and another bought in the same transaction: no trade, but a move."""
    mine = [entry for entry in transaction if entry.wallet in own and not entry.failed]
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for giver in mine:
        for taker in mine:
            if giver.wallet == taker.wallet or giver.kind not in _EXCHANGES or taker.kind not in _EXCHANGES:
                continue
            for mint in giver.paid.keys() & taker.received.keys() - MONEY:
                if giver.paid[mint] == taker.received[mint]:
                    parties = giver.wallet, taker.wallet
                    found[giver.wallet, mint] = found[taker.wallet, mint] = parties
    return found


class _Sides(msgspec.Struct, frozen=True, gc=False):
    """An entry, and what follows from it alone."""

    entry: Entry
    given: Amounts
    got: Amounts
    tokens: tuple[str, ...]
    """What moved and is no money; what was given comes first."""
    is_exchange: bool
    given_worth: Worth
    """What the one token that was given was worth; not known where several things were."""
    got_worth: Worth


def _sides_of(entry: Entry) -> _Sides:
    given, got = outgoing(entry), incoming(entry)
    is_exchange = _is_exchange(entry.kind, given, got)
    worth = worth_of(entry) if is_exchange else UNKNOWN_WORTH
    return _Sides(
        entry,
        given,
        got,
        _tokens(given, entry.received),
        is_exchange,
        worth if len(given) == 1 else UNKNOWN_WORTH,
        worth if len(got) == 1 else UNKNOWN_WORTH,
    )


def _is_exchange(kind: Kind, given: Amounts, got: Amounts) -> bool:
    if not given or not got:
        return False
    return given.keys() <= MONEY if kind is Kind.STAKE else kind in _EXCHANGES


def tokens_of(entry: Entry) -> tuple[str, ...]:
    """The tokens of whose positions the entry says something."""
    return _tokens(outgoing(entry), entry.received)


def _tokens(given: Amounts, got: Amounts) -> tuple[str, ...]:
    return tuple([mint for mint in {**given, **got} if mint not in MONEY])
