"""Pending orders: a bounded number per position, in order. Pure.

However often a whale sells, of one position no more than `MAX_WAITING` orders and one wait: a further sale of
a part joins the last, and both are filled together.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction

from msgspec.structs import replace

from domain.paper.plan import FILL_SECONDS
from domain.paper.state import Order, key_of
from domain.paper.trades import Side

MAX_WAITING = 4
ALL = Fraction(1)
_SHARES = 10**18
"""In so many parts a share is counted once sales have joined."""


class Orders:
    """The orders of a campaign that wait.

    Args:
        waiting: those that it has, in order.
    """

    def __init__(self, waiting: Iterable[Order] = ()) -> None:
        self._by_token: dict[str, list[Order]] = {}
        self._lapses: list[tuple[int, str]] = []
        self._buying: Counter[str] = Counter()
        for order in waiting:
            self._append(order)

    def __len__(self) -> int:
        """Return how many wait."""
        return sum(map(len, self._by_token.values()))

    @property
    def waiting(self) -> list[Order]:
        """All of them; those of a token in order."""
        return [order for orders in self._by_token.values() for order in orders]

    def awaits(self, token: str) -> bool:
        """Return whether an order waits for a price of the token."""
        return token in self._by_token

    def has_slot(self, owned: Mapping[str, object], limit: int) -> bool:
        """Return whether fewer than so many positions are open or to be opened.

        Args:
            owned: those that are open, by their keys.
            limit: how many may be.
        """
        if len(owned) >= limit or len(owned) + len(self._buying) < limit:
            return len(owned) < limit
        return len(owned) + sum(key not in owned for key in self._buying) < limit

    def will_hold(self, wallet: str, token: str, *, is_owned: bool) -> bool:
        """Return whether there is a position once all is filled that waits.

        Args:
            wallet: that is followed.
            token: its mint.
            is_owned: whether a position is open now, before what waits.
        """
        for order in self._of(wallet, token):
            if order.side is Side.BUY or order.share == ALL:
                is_owned = order.side is Side.BUY
        return is_owned

    def is_leaving(self, wallet: str, token: str) -> bool:
        """Return whether the sale of all that is open now waits."""
        for order in self._of(wallet, token):
            if order.side is Side.BUY or order.share == ALL:
                return order.side is Side.SELL
        return False

    def is_full(self, wallet: str, token: str) -> bool:
        """Whether so many orders of a position wait that only a sale is taken, which joins the last."""
        return len(self._of(wallet, token)) >= MAX_WAITING

    def add(self, order: Order) -> None:
        """Let one more wait; a sale of a part may join the last sale of its position."""
        of_key = self._of(order.wallet, order.token)
        is_part = order.side is Side.SELL and order.share != ALL
        if not is_part or len(of_key) < MAX_WAITING or of_key[-1].side is Side.BUY:
            self._append(order)
            return
        last, waiting = of_key[-1], self._by_token[order.token]
        at = max(n for n, one in enumerate(waiting) if one is last)
        priority = max(last.priority, order.priority)
        waiting[at] = replace(last, share=_joined(last.share, order.share), priority=priority)

    def take(self, token: str, at: int, is_wanted: Callable[[Order], bool]) -> list[Order]:
        """Take the orders of a token that are due and wanted; they wait no longer.

        Args:
            token: its mint.
            at: Unix seconds; what is due later stays.
            is_wanted: is asked once of each order that is due.
        """
        taken: list[Order] = []
        left: list[Order] = []
        for order in self._by_token.get(token, ()):
            (taken if order.due <= at and is_wanted(order) else left).append(order)
        if taken:
            self._set(token, left)
            self._buying -= Counter(key_of(one.wallet, token) for one in taken if one.side is Side.BUY)
        return taken

    def lapse(self, at: int) -> list[Order]:
        """The purchases for which no price came in time; a sale waits for as long as it takes."""
        lapsed: list[Order] = []
        while self._lapses and self._lapses[0][0] < at:
            _, token = heapq.heappop(self._lapses)
            lapsed += self.take(
                token, at, lambda order: order.side is Side.BUY and order.due + FILL_SECONDS < at
            )
        return lapsed

    def drop_needless(self, token: str, owners: Collection[str]) -> None:
        """Drop the sales of a token that have nothing to sell.

        Args:
            token: which.
            owners: the wallets for which it is owned.
        """
        kept: list[Order] = []
        holding = {*owners}
        for order in self._by_token.get(token, ()):
            if order.side is Side.BUY:
                holding.add(order.wallet)
            elif order.wallet not in holding:
                continue
            elif order.share == ALL:
                holding.remove(order.wallet)
            kept.append(order)
        self._set(token, kept)

    def _append(self, order: Order) -> None:
        self._by_token.setdefault(order.token, []).append(order)
        if order.side is Side.BUY:
            self._buying[key_of(order.wallet, order.token)] += 1
            heapq.heappush(self._lapses, (order.due + FILL_SECONDS, order.token))

    def _set(self, token: str, orders: list[Order]) -> None:
        if orders:
            self._by_token[token] = orders
        else:
            self._by_token.pop(token, None)

    def _of(self, wallet: str, token: str) -> list[Order]:
        return [order for order in self._by_token.get(token, ()) if order.wallet == wallet]


def _joined(one: Fraction, other: Fraction) -> Fraction:
    """Return which part goes where one part goes, then another of what is left; cut to few digits."""
    return Fraction(int((1 - (1 - one) * (1 - other)) * _SHARES), _SHARES)
