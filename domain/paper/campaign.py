"""A campaign over trades in the order of the chain: each wallet's purchases and sales are followed. Pure.

trade of a whale ──> order, due after the delay ──> the first price from then on ──> fill, or none in a minute

An order is filled at the first price that anybody's trade of the token shows from its time on, moved by one's
own size. One position at most is open for a wallet and a token; a sale of the whale sells the same share.
The same trades make the same campaign, to the last lamport.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from domain.paper.fills import PARTS, Fill, ShownPrice, bought, sold, value
from domain.paper.plan import FILL_SECONDS, Plan
from domain.paper.state import Order, Position, State, key_of
from domain.paper.trades import Cause, Filled, Result, SeenTrade, Side

_ALL = Fraction(1)


class Campaign:
    """Folds trades, in the order of the chain.

    Args:
        plan: what it follows.
        state: how far it has come; None: it begins.
    """

    def __init__(self, plan: Plan, state: State | None = None) -> None:
        self._plan = plan
        self.state = state or State(cash=plan.capital, peak=plan.capital)

    def fold(self, trades: Iterable[SeenTrade]) -> Iterator[Filled]:
        """What is filled by each of these trades; they go on from those before."""
        for trade in trades:
            yield from self.see(trade)

    def see(self, trade: SeenTrade) -> list[Filled]:
        """What one more trade fills."""
        self._expire(trade.at)
        if self._plan.follows(trade.wallet, trade.at):
            self._follow(trade)
        filled = self._fill(trade)
        if trade.token is not None and trade.price is not None:
            self.state.marks[trade.token] = trade.price
            self._guard(trade, trade.price)
            filled += self._fill(trade)
        self._note_equity()
        self._forget_marks()
        return filled

    def result(self) -> Result:
        """What it has come to; orders that wait are not filled any more."""
        return Result(
            trades=self.state.trades,
            wins=self.state.wins,
            unfilled=self.state.unfilled + len(self.state.orders),
            realised=self.state.realised,
            fees=self.state.fees,
            max_drawdown=self.state.drawdown,
            holding=self._plan.capital,
            end=self._equity(),
        )

    def _expire(self, at: int) -> None:
        late = [order for order in self.state.orders if order.due + FILL_SECONDS < at]
        for order in late:
            self.state.orders.remove(order)
            self.state.unfilled += 1
            position = self.state.positions.get(key_of(order.wallet, order.token))
            if position is not None and order.side is Side.SELL:
                position.is_leaving = False

    def _follow(self, trade: SeenTrade) -> None:
        for token, share in trade.sells:
            if key_of(trade.wallet, token) in self.state.positions or self._is_buying(trade.wallet, token):
                self._order(trade, Side.SELL, token, share)
        for token in trade.buys:
            if self._may_open(trade.wallet, token):
                self._order(trade, Side.BUY, token, _ALL)

    def _is_buying(self, wallet: str, token: str) -> bool:
        return any(
            (one.wallet, one.token, one.side) == (wallet, token, Side.BUY) for one in self.state.orders
        )

    def _may_open(self, wallet: str, token: str) -> bool:
        waiting = sum(order.side is Side.BUY for order in self.state.orders)
        is_full = len(self.state.positions) + waiting >= self._plan.max_open
        return not (
            is_full or key_of(wallet, token) in self.state.positions or self._is_buying(wallet, token)
        )

    def _order(self, trade: SeenTrade, side: Side, token: str, share: Fraction) -> None:
        self.state.orders.append(
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

    def _guard(self, trade: SeenTrade, price: ShownPrice) -> None:
        """Sell what has gained or lost as much as the plan says."""
        for position in self.state.positions.values():
            if position.token != trade.token or position.is_leaving:
                continue
            cause = self._reached(price.lamports / position.price - 1)
            if cause is not None:
                position.is_leaving = True
                self.state.orders.append(
                    Order(
                        side=Side.SELL,
                        cause=cause,
                        wallet=position.wallet,
                        token=position.token,
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

    def _fill(self, trade: SeenTrade) -> list[Filled]:
        """Fill what is due and waits for the price of this token."""
        if trade.token is None or trade.price is None:
            return []
        due = [one for one in self.state.orders if one.token == trade.token and one.due <= trade.at]
        self.state.orders = [one for one in self.state.orders if one not in due]
        found = (
            self._buy(order, trade.price, trade.at)
            if order.side is Side.BUY
            else self._sell(order, trade.price, trade.at)
            for order in due
        )
        return [one for one in found if one is not None]

    def _buy(self, order: Order, price: ShownPrice, at: int) -> Filled | None:
        fill = bought(price, self._plan.size, self._plan.fee_bps)
        if not fill.quantity or self.state.cash < fill.lamports + order.priority:
            return None
        cost = fill.lamports + order.priority
        self.state.cash -= cost
        self.state.fees += fill.fee + order.priority
        paid = Fraction((fill.lamports - fill.fee) * PARTS, fill.quantity)
        key = key_of(order.wallet, order.token)
        self.state.positions[key] = Position(
            wallet=order.wallet,
            token=order.token,
            quantity=fill.quantity,
            cost=cost,
            price=paid,
            priority=order.priority,
        )
        return _filled(order, fill, at, paid, None)

    def _sell(self, order: Order, price: ShownPrice, at: int) -> Filled | None:
        key = key_of(order.wallet, order.token)
        position = self.state.positions.get(key)
        quantity = 0 if position is None else int(position.quantity * order.share)
        if position is None or not quantity:
            return None
        fill = sold(price, quantity, self._plan.fee_bps)
        cost = position.cost * quantity // position.quantity
        gain = fill.lamports - order.priority - cost
        self.state.cash += fill.lamports - order.priority
        self.state.fees += fill.fee + order.priority
        self.state.realised += gain
        self.state.trades += 1
        self.state.wins += gain > 0
        self._reduce(key, position, quantity, cost)
        return _filled(order, fill, at, Fraction((fill.lamports + fill.fee) * PARTS, quantity), gain)

    def _reduce(self, key: str, position: Position, quantity: int, cost: int) -> None:
        if quantity == position.quantity:
            del self.state.positions[key]
            return
        position.quantity -= quantity
        position.cost -= cost
        position.is_leaving = False

    def _equity(self) -> int:
        positions = self.state.positions.values()
        owned = (value(self.state.marks[one.token], one.quantity) for one in positions)
        return self.state.cash + sum(owned)

    def _note_equity(self) -> None:
        equity = self._equity()
        self.state.peak = max(self.state.peak, equity)
        self.state.drawdown = max(self.state.drawdown, self.state.peak - equity)

    def _forget_marks(self) -> None:
        """Keep the last prices of what is open only."""
        if len(self.state.marks) > 2 * len(self.state.positions):
            owned = {one.token for one in self.state.positions.values()}
            self.state.marks = {token: one for token, one in self.state.marks.items() if token in owned}


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
