"""The ledger: what wallets have of each token and made of it, folded over what they did. Pure.

One entry is booked once by signature, wallet and mint, however often it comes. An exchange books a purchase,
a sale, or both; a transfer takes its share of the cost along, to another wallet of the same owner or out of
sight; what goes into pools, orders, loans and stakes keeps its cost until it comes back.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from domain.activity.activity import Kind
from domain.positions.costs import Part, Sale, after_fee
from domain.positions.entries import (
    MONEY,
    UNKNOWN_WORTH,
    Amounts,
    Entry,
    Worth,
    entry_of_other,
    incoming,
    outgoing,
    worth_of,
)
from domain.positions.holdings import Holding, divided
from domain.positions.ordering import in_order
from domain.positions.own_moves import NO_MOVES, OwnMove, OwnMoves, own_moves

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
_BACK = frozenset(
    {Kind.LIQUIDITY_REMOVE, Kind.LENDING_WITHDRAW, Kind.UNSTAKE, Kind.ORDER_CLOSE, Kind.POSITION_CLOSE}
)
"""Where it comes back, for a receipt if there is one."""


class Booked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One token of one entry, after it was booked."""

    entry: Entry
    mint: str
    sale: Sale | None = None
    """What the entry sold; None: nothing."""
    was_held: bool = False
    """Whether the wallet held some of it before."""
    is_certain: bool = True
    """Whether the entry's turn among others of its slot is known."""
    unexplained: int = 0
    """What the balances shown before and after moved by beyond what the entry says, raw."""


class Ledger:
    """The holdings of wallets, by wallet and mint; some of the wallets have one owner."""

    def __init__(
        self, own: Collection[str] = (), holdings: Mapping[tuple[str, str], Holding] | None = None
    ) -> None:
        self._own = frozenset(own)
        self._holdings = dict(holdings or {})
        self._booked: set[tuple[str, str, str]] = set()
        self._moved: set[tuple[str, str, str, str]] = set()
        self._bought_for: set[tuple[str, str, str]] = set()
        """By signature, buyer and mint: what was bought for another wallet of the owner."""
        self._passed: dict[tuple[str, str, str], tuple[int, int]] = {}
        """By signature, wallet and mint: what went to other wallets of the owner, and what came from them."""

    def holding(self, wallet: str, mint: str) -> Holding:
        """Return what the wallet has of a token; nothing, where it was never seen with it."""
        found = self._holdings.get((wallet, mint))
        if found is None:
            found = self._holdings[wallet, mint] = Holding()
        return found

    def fold(self, entries: Sequence[Entry]) -> Iterator[Booked]:
        """Book the entries in the order in which they ran; each token of each, as soon as it is booked."""
        for ordered in in_order(entries):
            if ordered.is_certain:
                yield from self.book(ordered.entries)
                continue
            for booked in self.book(ordered.entries):
                yield msgspec.structs.replace(booked, is_certain=False)

    def book(self, transaction: Sequence[Entry]) -> Iterator[Booked]:
        """Book the entries of one transaction: of those who gave, who bought for others, and who got."""
        if len(transaction) > 1:
            transaction = sorted(transaction, key=lambda one: (bool(one.received), not one.elsewhere))
        every = [_sides_of(entry) for entry in transaction if not entry.failed]
        among = self._among(every) if self._own else _ALONE
        for sides in every:
            yield from self._book(sides, among)

    def _among(self, every: Sequence["_Sides"]) -> "_Among":
        first = {sides.entry.wallet: sides for sides in reversed(every)}
        staying = [sides.entry for sides in first.values() if not _goes_away(sides.entry)]
        exchanges = {wallet for wallet, sides in first.items() if sides.is_exchange}
        return _Among(
            {wallet: sides.entry for wallet, sides in first.items()},
            own_moves(staying, self._own, exchanges),
        )

    def _book(self, sides: "_Sides", among: "_Among") -> Iterator[Booked]:
        entry = sides.entry
        costs = entry.fee + entry.tip
        for mint in sides.tokens:
            key = (entry.signature, entry.wallet, mint)
            if key in self._booked:
                continue
            self._booked.add(key)
            holding = self.holding(entry.wallet, mint)
            self._expect(entry, mint)
            was_held = holding.quantity > 0 and not holding.is_closed
            sale = None
            moves = among.moves.get((entry.wallet, mint), ()) if among.moves else ()
            is_trade = sides.is_exchange and not moves
            if mint in sides.given and (is_trade or not sides.is_exchange):
                sale = self._give(sides, mint, holding, among)
            for move in moves:
                self._move(entry, mint, move, among.entries)
            if mint in entry.received and (is_trade or not sides.is_exchange):
                self._get(sides, mint, holding)
            unexplained = 0
            if entry.post is not None:
                after = entry.post.get(mint, 0)
                unexplained = after - holding.quantity if entry.pre is not None else 0
                holding.expect(after)
            holding.pay(costs)
            holding.end_round_trip(entry.block_time)
            costs = 0  # they are counted once, however many tokens the transaction moved
            yield Booked(entry=entry, mint=mint, sale=sale, was_held=was_held, unexplained=unexplained)
            for wallet in {wallet for move in moves for wallet in (move.sender, move.receiver)}:
                if wallet not in among.entries:
                    yield Booked(entry=entry_of_other(entry, wallet), mint=mint)
        if entry.elsewhere:
            yield from self._get_elsewhere(sides, among.entries, costs)

    def _expect(self, entry: Entry, mint: str) -> None:
        """Agree with what was held before, unless moves of this transaction are booked already."""
        if entry.pre is not None and (entry.signature, entry.wallet, mint) not in self._passed:
            self.holding(entry.wallet, mint).expect(entry.pre.get(mint, 0))

    def _give(self, sides: "_Sides", mint: str, holding: Holding, among: "_Among") -> Sale | None:
        entry = sides.entry
        raw = entry.paid.get(mint, 0)
        if sides.is_exchange:
            from_order = entry.from_order.get(mint, 0)
            return holding.sell(raw, from_order, sides.given_worth, entry.block_time)
        if _goes_away(entry):
            holding.send_away(raw)
        elif entry.counterparty != entry.wallet:
            self._send(entry, mint, holding, among)
        return None

    def _send(self, entry: Entry, mint: str, holding: Holding, among: "_Among") -> None:
        """All that is sent leaves at once; own wallets get their parts of it with what they cost."""
        sent, _ = self._passed.get((entry.signature, entry.wallet, mint), (0, 0))
        rest = holding.send(max(0, entry.paid.get(mint, 0) - sent))
        for move in among.moves.get((entry.wallet, mint), ()):
            if move.sender == entry.wallet and _key(entry, mint, move) not in self._moved:
                part, rest = divided(rest, move.sent)
                self._move(entry, mint, move, among.entries, part)
        if entry.kind is Kind.TRANSFER_OUT:
            holding.note_moved_out(rest)

    def _get(self, sides: "_Sides", mint: str, holding: Holding) -> None:
        entry = sides.entry
        _, arrived = self._passed.get((entry.signature, entry.wallet, mint), (0, 0))
        raw = entry.received[mint] - arrived
        if raw <= 0:
            return
        if sides.is_exchange:
            holding.buy(raw, sides.got_worth.part(raw, sides.got[mint]), entry.block_time)
        elif entry.kind in _AWAY:
            holding.bring_back(raw, entry.block_time)
        elif entry.counterparty == entry.wallet:
            return
        elif entry.is_claim:
            holding.put_claimed(raw, entry.block_time)
        else:
            holding.put_unknown(raw, entry.block_time)

    def _get_elsewhere(self, sides: "_Sides", entries: Mapping[str, Entry], costs: int) -> Iterator[Booked]:
        """What was bought for another wallet of the same owner, with costs that no token bears yet."""
        entry = sides.entry
        receiver = entry.elsewhere_to
        if receiver is None or receiver not in self._own or not sides.is_exchange:
            return
        for mint in _tokens({}, entry.elsewhere):
            key = (entry.signature, entry.wallet, mint)
            if (entry.signature, receiver, mint) not in self._booked and key not in self._bought_for:
                self._bought_for.add(key)
                if receiver in entries:
                    self._expect(entries[receiver], mint)
                raw = entry.elsewhere[mint]
                worth = sides.got_worth.part(raw, sides.got[mint])
                self.holding(receiver, mint).buy(raw, worth, entry.block_time)
                self._note(entry, mint, receiver, arrived=raw)
                self.holding(receiver, mint).pay(costs)
                costs = 0
                if receiver not in entries:
                    yield Booked(entry=entry_of_other(entry, receiver), mint=mint)

    def _move(
        self, entry: Entry, mint: str, move: OwnMove, entries: Mapping[str, Entry], part: Part | None = None
    ) -> None:
        """Once, whichever of the two wallets is read first: the cost goes along. `part`: what has left."""
        key = _key(entry, mint, move)
        if key in self._moved:
            return
        self._moved.add(key)
        for wallet in (move.receiver,) if part else (move.sender, move.receiver):
            if wallet in entries:
                self._expect(entries[wallet], mint)
        part = part or self.holding(move.sender, mint).send(move.sent)
        self.holding(move.receiver, mint).put(after_fee(part, move.arrived), entry.block_time)
        self._note(entry, mint, move.sender, sent=move.sent)
        self._note(entry, mint, move.receiver, arrived=move.arrived)

    def _note(self, entry: Entry, mint: str, wallet: str, *, sent: int = 0, arrived: int = 0) -> None:
        key = (entry.signature, wallet, mint)
        before = self._passed.get(key, (0, 0))
        self._passed[key] = before[0] + sent, before[1] + arrived


class _Among(msgspec.Struct, frozen=True, gc=False):
    """What the entries of one transaction say together, of wallets of one owner."""

    entries: Mapping[str, Entry]
    """By wallet."""
    moves: OwnMoves


_ALONE = _Among({}, NO_MOVES)


def _key(entry: Entry, mint: str, move: OwnMove) -> tuple[str, str, str, str]:
    return entry.signature, mint, move.sender, move.receiver


def _goes_away(entry: Entry) -> bool:
    """Return whether what was given comes back one day; a receipt for what comes back does not."""
    return entry.kind in _AWAY and not (entry.kind in _BACK and entry.received)


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
    worth = worth_of(entry, given, got) if is_exchange else UNKNOWN_WORTH
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
