"""Advances a campaign and its whale at its own prices, one time slice after another. Pure.

What comes in parts comes to the same as in one piece: state in, trades in, state and fills out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import msgspec

from domain.errors import BadInput
from domain.paper.campaign import Campaign
from domain.paper.fills import ShownPrice
from domain.paper.plan import Plan
from domain.paper.state import State
from domain.paper.stored import Figures
from domain.paper.trades import Filled, SeenTrade, unmoved

POINT_SECONDS = 300
"""A curve has one point at most in so many seconds."""


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which a campaign sees nothing: `{"begin":1700000000,"end":1700000060}`."""

    begin: int
    """Unix seconds."""
    end: int | None = None
    """From which on it sees again; None: it still pauses."""

    def hides(self, at: int) -> bool:
        """Whether what happened at this time is not seen."""
        return self.begin <= at and (self.end is None or at < self.end)


MAX_PAUSES = 200


def with_pause(pauses: Sequence[Pause], at: int) -> list[Pause]:
    """The pauses of a campaign that pauses from then on.

    Args:
        pauses: that it had, in order, all over.
        at: Unix seconds.

    Raises:
        BadInput: it has paused too often.
    """
    if len(pauses) >= MAX_PAUSES:
        raise BadInput("It has paused {times} times, and can only be stopped now.", times=MAX_PAUSES)
    return [*pauses, Pause(begin=at)]


def without_pause(pauses: Sequence[Pause], at: int) -> list[Pause]:
    """The pauses of a campaign that continues from then on.

    Args:
        pauses: that it had, in order; the last lasts.
        at: Unix seconds.
    """
    return [*pauses[:-1], *(msgspec.structs.replace(one, end=at) for one in pauses[-1:])]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign and its whale had; lamports.

    `{"at":1764435600,"own":10500000000,"whale":10700000000}`.
    """

    at: int
    """Unix seconds at which the point's time begins."""
    own: int
    whale: int


class Progress:
    """Both, and what came of them in this part.

    Args:
        plan: what is followed.
        own: how far the campaign had come; None: it begins.
        whale: the same of its whale.
        pauses: when it sees nothing.
    """

    def __init__(
        self, plan: Plan, own: State | None = None, whale: State | None = None, pauses: Sequence[Pause] = ()
    ) -> None:
        self.plan, self._pauses = plan, pauses
        self._own = Campaign(plan, own)
        self._whale = Campaign(plan.of_whale, whale, is_whale=True)
        self.fills: list[Filled] = []
        self.points: dict[int, Point] = {}
        """By their times; each the last of its time."""
        self.bought: set[str] = set()
        """Tokens that those who are followed bought."""

    @property
    def own(self) -> State:
        """How far the campaign has come."""
        return self._own.state

    @property
    def whale(self) -> State:
        """How far its whale has come."""
        return self._whale.state

    @property
    def awaited(self) -> frozenset[str]:
        """The tokens whose prices count for either."""
        return self.own.tokens | self.whale.tokens

    @property
    def figures(self) -> Figures:
        """What it has come to."""
        return Figures(
            own=self._own.result(), whale=self._whale.result(), open_positions=len(self.own.positions)
        )

    def going_on(self, trades: "TradeIndex") -> Iterator[None]:
        """Take in what concerns it of one part, trade by trade; at the end the part is taken in."""
        followed = [one for one in trades.of_wallets(self.plan.wallets) if self._is_followed(one)]
        self.bought |= {token for one in followed for token in one.buys}
        for trade in trades.concerning(self.plan.wallets, self.awaited | self.bought):
            if self._is_seen(trade):
                self.fills += self._own.see(trade)
                self._whale.see(unmoved(trade))
                at = trade.at - trade.at % POINT_SECONDS
                self.points[at] = Point(at=at, own=self._own.end, whale=self._whale.end)
                yield

    def _is_seen(self, trade: SeenTrade) -> bool:
        return self.plan.sees(trade.at) and not any(pause.hides(trade.at) for pause in self._pauses)

    def _is_followed(self, trade: SeenTrade) -> bool:
        return self._is_seen(trade) and self.plan.follows(trade.wallet, trade.at)


class TradeIndex:
    """The trades of one part of time, found by who made them and whose price they show.

    Args:
        trades: in the order of the chain.
    """

    def __init__(self, trades: Sequence[SeenTrade]) -> None:
        self._trades = trades
        self._by_wallet: dict[str, list[int]] = defaultdict(list)
        self._by_token: dict[str, list[int]] = defaultdict(list)
        for index, trade in enumerate(trades):
            self._by_wallet[trade.wallet].append(index)
            if trade.token is not None:
                self._by_token[trade.token].append(index)

    @property
    def wallets(self) -> list[str]:
        """Who traded."""
        return sorted(self._by_wallet)

    @property
    def tokens(self) -> list[str]:
        """Whose prices are shown."""
        return sorted(self._by_token)

    def of_wallets(self, wallets: Iterable[str]) -> list[SeenTrade]:
        """The trades of some wallets, in order."""
        return self.concerning(wallets, ())

    def concerning(self, wallets: Iterable[str], tokens: Iterable[str]) -> list[SeenTrade]:
        """The trades of some wallets, and those that show the prices of some tokens, in order."""
        found = {index for wallet in wallets for index in self._by_wallet.get(wallet, ())}
        found.update(index for token in tokens for index in self._by_token.get(token, ()))
        return [self._trades[index] for index in sorted(found)]


def price_only(token: str, at: int, lamports: Fraction) -> SeenTrade:
    """A price that a candle shows, which nobody that is followed has made.

    Args:
        token: whose.
        at: Unix seconds.
        lamports: for one whole token.
    """
    return SeenTrade(signature="", wallet="", at=at, token=token, price=ShownPrice(lamports=lamports))
