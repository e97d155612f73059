"""A campaign over trades in the order of the chain: each wallet's purchases and sales are followed. Pure.

trade of a whale ──> order, due after the delay ──> the first price from then on ──> fill

An order is filled at the first price that anybody's trade of the token shows from its time on, moved by one's
own size. A purchase waits a minute for it; a sale is filled late rather than never. One position at most is
open for a wallet and a token; a sale of the whale sells the same share. What waits is bounded (orders.py).
The same trades make the same campaign, to the last lamport.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from domain.paper.belief import Marks
from domain.paper.fills import PARTS, Fill, ShownPrice, bought, sold
from domain.paper.holdings import Holdings
from domain.paper.orders import ALL, Orders
from domain.paper.plan import FILL_SECONDS, Plan
from domain.paper.state import Order, Position, State, key_of
from domain.paper.trades import Cause, Filled, Result, SeenTrade, Side

MIN_PART = 2
"""Where less SOL is left than a purchase takes, it takes that: no less than one part in so many."""


class Campaign:
    """Folds trades, in the order of the chain.

    Args:
        plan: what it follows.
        state: how far it has come; None: it begins.
        is_whale: whether it is the whale itself, which trades at what its own trades paid.
    """

    def __init__(self, plan: Plan, state: State | None = None, *, is_whale: bool = False) -> None:
        known = state or State(cash=plan.capital, peak=plan.capital)
        self._plan, self._is_whale = plan, is_whale
        self._cash, self._peak = known.cash, known.peak
        self._orders, self._marks = Orders(known.orders), Marks(known.marks, known.claims)
        self._holdings = Holdings(known.positions, known.marks)
        self._trades, self._wins = known.trades, known.wins
        self._unfilled, self._refused, self._late = known.unfilled, known.refused, known.late
        self._realised, self._fees, self._drawdown = known.realised, known.fees, known.drawdown

    @property
    def state(self) -> State:
        """How far it has come."""
        return State(
            cash=self._cash,
            peak=self._peak,
            positions={**self._holdings.positions},
            orders=self._orders.waiting,
            marks={**self._marks.prices},
            claims={**self._marks.claims},
            trades=self._trades,
            wins=self._wins,
            unfilled=self._unfilled,
            refused=self._refused,
            late=self._late,
            realised=self._realised,
            fees=self._fees,
            drawdown=self._drawdown,
        )

    def fold(self, trades: Iterable[SeenTrade]) -> Iterator[Filled]:
        """What is filled by each of these trades; they continue from those before."""
        for trade in trades:
            yield from self.see(trade)

    def see(self, trade: SeenTrade) -> list[Filled]:
        """What one more trade fills; after the end of the plan nothing."""
        if not self._plan.sees(trade.at):
            return []
        self._lapse(trade.at)
        is_followed = self._plan.follows(trade.wallet, trade.at)
        if is_followed:
            self._follow(trade)
        if trade.token is None:
            return []
        is_named = is_followed and bool(self._plan.wallets)
        price = self._marks.believed(trade, is_followed=is_named, is_own=is_named and self._is_whale)
        filled = self._fill(trade, trade.token, price)
        if price is not None:
            self._guard(trade, trade.token, price)
            filled += self._fill(trade, trade.token, price)
        self._mark(trade.token, trade, price)
        return filled

    @property
    def end(self) -> int:
        """What it has: SOL, and open positions at the last price seen; lamports."""
        return self._cash + self._holdings.worth

    def result(self) -> Result:
        """What it has come to; orders that wait are not filled any more."""
        return Result(
            trades=self._trades,
            wins=self._wins,
            unfilled=self._unfilled + len(self._orders),
            refused=self._refused,
            late=self._late,
            realised=self._realised,
            fees=self._fees,
            max_drawdown=self._drawdown,
            holding=self._plan.capital,
            end=self.end,
        )

    def _lapse(self, at: int) -> None:
        for order in self._orders.lapse(at):
            self._unfilled += 1
            self._drop_needless(order.token)
            self._forget(order.token)

    def _follow(self, trade: SeenTrade) -> None:
        for token, share in trade.sells:
            if self._will_hold(trade.wallet, token):
                self._order(trade, Side.SELL, token, share)
        for token in trade.buys:
            if self._may_open(trade.wallet, token):
                self._order(trade, Side.BUY, token, ALL)

    def _will_hold(self, wallet: str, token: str) -> bool:
        return self._orders.will_hold(wallet, token, is_owned=self._owns(wallet, token))

    def _owns(self, wallet: str, token: str) -> bool:
        return key_of(wallet, token) in self._holdings.positions

    def _may_open(self, wallet: str, token: str) -> bool:
        if self._will_hold(wallet, token) or self._orders.is_full(wallet, token):
            return False
        is_again = self._owns(wallet, token)  # sold before it is bought again
        return is_again or self._orders.has_slot(self._holdings.positions, self._plan.max_open)

    def _order(self, trade: SeenTrade, side: Side, token: str, share: Fraction) -> None:
        self._orders.add(
            Order(
                side=side,
                cause=Cause.WHALE,
                wallet=trade.wallet,
                token=token,
                signature=trade.signature,
                ordered_at=trade.at,
                due=trade.at + self._plan.delay_s,
                priority=self._plan.priority(trade.cost),
                share=share,
            )
        )

    def _guard(self, trade: SeenTrade, token: str, price: ShownPrice) -> None:
        """Sell what has gained or lost as much as the plan says."""
        if not self._plan.take_profit_pct and not self._plan.stop_pct:
            return
        for position in self._holdings.of_token(token):
            cause = self._reached(price.lamports / position.price - 1)
            if cause is None or self._orders.is_leaving(position.wallet, token):
                continue
            self._orders.add(
                Order(
                    side=Side.SELL,
                    cause=cause,
                    wallet=position.wallet,
                    token=token,
                    signature=trade.signature,
                    ordered_at=trade.at,
                    due=trade.at + self._plan.delay_s,
                    priority=position.priority,
                )
            )

    def _reached(self, change: Fraction) -> Cause | None:
        profit, stop = self._plan.take_profit_pct, self._plan.stop_pct
        if profit and change >= _percent(profit):
            return Cause.TAKE_PROFIT
        return Cause.STOP if stop and change <= -_percent(stop) else None

    def _fill(self, trade: SeenTrade, token: str, price: ShownPrice | None) -> list[Filled]:
        """Fill what is due and waits for the price of this token."""

        def price_for(order: Order) -> ShownPrice | None:
            if self._is_whale and order.wallet == trade.wallet and trade.fill is not None:
                return self._marks.own(trade, trade.fill, is_purchase=order.side is Side.BUY)
            return price

        due = self._orders.take(token, trade.at, lambda order: price_for(order) is not None)
        filled: list[Filled] = []
        for order in due:
            at_price = price_for(order)
            if at_price is not None:
                fill = self._buy if order.side is Side.BUY else self._sell
                filled += fill(order, at_price, trade.at)
        if due:
            self._drop_needless(token)
        return filled

    def _drop_needless(self, token: str) -> None:
        self._orders.drop_needless(token, [one.wallet for one in self._holdings.of_token(token)])

    def _buy(self, order: Order, price: ShownPrice, at: int) -> list[Filled]:
        size = min(self._plan.size, self._cash)
        fill = bought(price, size - order.priority, self._plan.fee_bps)
        if fill.quantity <= 0 or size * MIN_PART < self._plan.size:
            self._refused += 1
            return []
        self._cash -= size
        self._fees += fill.fee + order.priority
        paid = Fraction((fill.lamports - fill.fee) * PARTS, fill.quantity)
        self._holdings.put(
            Position(
                wallet=order.wallet,
                token=order.token,
                quantity=fill.quantity,
                cost=size,
                price=paid,
                priority=order.priority,
            )
        )
        return [_filled(order, fill, at, paid, None)]

    def _sell(self, order: Order, price: ShownPrice, at: int) -> list[Filled]:
        position = self._holdings.positions.get(key_of(order.wallet, order.token))
        quantity = 0 if position is None else int(position.quantity * order.share)
        if position is None or not quantity:
            return []
        fill = sold(price, quantity, self._plan.fee_bps)
        cost = position.cost * quantity // position.quantity
        gain = fill.lamports - order.priority - cost
        self._cash += fill.lamports - order.priority
        self._fees += fill.fee + order.priority
        self._realised += gain
        self._trades += 1
        self._wins += gain > 0
        self._late += at > order.due + FILL_SECONDS
        self._holdings.reduce(position, quantity, cost)
        return [_filled(order, fill, at, Fraction((fill.lamports + fill.fee) * PARTS, quantity), gain)]

    def _mark(self, token: str, trade: SeenTrade, price: ShownPrice | None) -> None:
        """Note what is shown, and what all is worth then."""
        if price is None and trade.fill is not None and self._is_whale and token not in self._marks.prices:
            price = self._marks.own(trade, trade.fill, is_purchase=True)
        if price is not None:
            self._marks.prices[token] = price
        self._holdings.value(token, self._marks.prices.get(token))
        self._forget(token)
        self._peak = max(self._peak, self.end)
        self._drawdown = max(self._drawdown, self._peak - self.end)

    def _forget(self, token: str) -> None:
        """Keep the last price of what is open or ordered only."""
        if not self._holdings.has(token) and not self._orders.awaits(token):
            self._marks.forget(token)


def _percent(value_: Decimal) -> Fraction:
    return Fraction(value_) / 100


def _filled(order: Order, fill: Fill, at: int, price: Fraction, gain: int | None) -> Filled:
    return Filled(
        side=order.side,
        cause=order.cause,
        wallet=order.wallet,
        token=order.token,
        signature=order.signature,
        ordered_at=order.ordered_at,
        filled_at=at,
        price=price,
        quantity=fill.quantity,
        lamports=fill.lamports,
        fees=fill.fee + order.priority,
        gain=gain,
    )
