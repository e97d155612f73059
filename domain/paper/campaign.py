"""A campaign over trades in the order of the chain: each wallet's purchases and sales are followed. Pure.

trade of a whale ──> order, due after the delay ──> the first price from then on ──> fill, or none in a minute

An order is filled at the first price that anybody's trade of the token shows from its time on, moved by one's
own size. One position at most is open for a wallet and a token; a sale of the whale sells the same share.
The same trades make the same campaign, to the last lamport.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

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
        known = state or State(cash=plan.capital, peak=plan.capital)
        self._plan = plan
        self._cash, self._peak = known.cash, known.peak
        self._positions, self._orders, self._marks = {**known.positions}, [*known.orders], {**known.marks}
        self._trades, self._wins, self._unfilled = known.trades, known.wins, known.unfilled
        self._realised, self._fees, self._drawdown = known.realised, known.fees, known.drawdown

    @property
    def state(self) -> State:
        """How far it has come."""
        return State(
            cash=self._cash,
            peak=self._peak,
            positions=self._positions,
            orders=self._orders,
            marks=self._marks,
            trades=self._trades,
            wins=self._wins,
            unfilled=self._unfilled,
            realised=self._realised,
            fees=self._fees,
            drawdown=self._drawdown,
        )

    def fold(self, trades: Iterable[SeenTrade]) -> Iterator[Filled]:
        """What is filled by each of these trades; they go on from those before."""
        for trade in trades:
            yield from self.see(trade)

    def see(self, trade: SeenTrade) -> list[Filled]:
        """What one more trade fills; after the end of the plan nothing."""
        if not self._plan.sees(trade.at):
            return []
        self._expire(trade.at)
        if self._plan.follows(trade.wallet, trade.at):
            self._follow(trade)
        filled = self._fill(trade)
        if trade.token is not None and trade.price is not None:
            self._marks[trade.token] = trade.price
            self._guard(trade, trade.price)
            filled += self._fill(trade)
        self._note_equity()
        self._forget_marks()
        return filled

    @property
    def end(self) -> int:
        """What it has: SOL, and open positions at the last price seen; lamports."""
        return self._equity()

    def result(self) -> Result:
        """What it has come to; orders that wait are not filled any more."""
        return Result(
            trades=self._trades,
            wins=self._wins,
            unfilled=self._unfilled + len(self._orders),
            realised=self._realised,
            fees=self._fees,
            max_drawdown=self._drawdown,
            holding=self._plan.capital,
            end=self._equity(),
        )

    def _expire(self, at: int) -> None:
        late = [order for order in self._orders if order.due + FILL_SECONDS < at]
        for order in late:
            self._orders.remove(order)
            self._unfilled += 1
            key = key_of(order.wallet, order.token)
            if key in self._positions and order.side is Side.SELL:
                self._positions[key] = replace(self._positions[key], is_leaving=False)

    def _follow(self, trade: SeenTrade) -> None:
        for token, share in trade.sells:
            if key_of(trade.wallet, token) in self._positions or self._is_buying(trade.wallet, token):
                self._order(trade, Side.SELL, token, share)
        for token in trade.buys:
            if self._may_open(trade.wallet, token):
                self._order(trade, Side.BUY, token, _ALL)

    def _is_buying(self, wallet: str, token: str) -> bool:
        return any((one.wallet, one.token, one.side) == (wallet, token, Side.BUY) for one in self._orders)

    def _may_open(self, wallet: str, token: str) -> bool:
        waiting = sum(order.side is Side.BUY for order in self._orders)
        is_full = len(self._positions) + waiting >= self._plan.max_open
        return not (is_full or key_of(wallet, token) in self._positions or self._is_buying(wallet, token))

    def _order(self, trade: SeenTrade, side: Side, token: str, share: Fraction) -> None:
        self._orders.append(
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
        for key, position in [*self._positions.items()]:
            if position.token != trade.token or position.is_leaving:
                continue
            cause = self._reached(price.lamports / position.price - 1)
            if cause is not None:
                self._positions[key] = replace(position, is_leaving=True)
                self._orders.append(
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
        due = [one for one in self._orders if one.token == trade.token and one.due <= trade.at]
        self._orders = [one for one in self._orders if one not in due]
        found = (
            self._buy(order, trade.price, trade.at)
            if order.side is Side.BUY
            else self._sell(order, trade.price, trade.at)
            for order in due
        )
        return [one for one in found if one is not None]

    def _buy(self, order: Order, price: ShownPrice, at: int) -> Filled | None:
        fill = bought(price, self._plan.size, self._plan.fee_bps)
        if not fill.quantity or self._cash < fill.lamports + order.priority:
            return None
        cost = fill.lamports + order.priority
        self._cash -= cost
        self._fees += fill.fee + order.priority
        paid = Fraction((fill.lamports - fill.fee) * PARTS, fill.quantity)
        key = key_of(order.wallet, order.token)
        self._positions[key] = Position(
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
        position = self._positions.get(key)
        quantity = 0 if position is None else int(position.quantity * order.share)
        if position is None or not quantity:
            return None
        fill = sold(price, quantity, self._plan.fee_bps)
        cost = position.cost * quantity // position.quantity
        gain = fill.lamports - order.priority - cost
        self._cash += fill.lamports - order.priority
        self._fees += fill.fee + order.priority
        self._realised += gain
        self._trades += 1
        self._wins += gain > 0
        self._reduce(key, position, quantity, cost)
        return _filled(order, fill, at, Fraction((fill.lamports + fill.fee) * PARTS, quantity), gain)

    def _reduce(self, key: str, position: Position, quantity: int, cost: int) -> None:
        if quantity == position.quantity:
            del self._positions[key]
            return
        left, value_left = position.quantity - quantity, position.cost - cost
        self._positions[key] = replace(position, quantity=left, cost=value_left, is_leaving=False)

    def _equity(self) -> int:
        positions = self._positions.values()
        owned = (value(self._marks[one.token], one.quantity) for one in positions)
        return self._cash + sum(owned)

    def _note_equity(self) -> None:
        equity = self._equity()
        self._peak = max(self._peak, equity)
        self._drawdown = max(self._drawdown, self._peak - equity)

    def _forget_marks(self) -> None:
        """Keep the last prices of what is open only."""
        if len(self._marks) > 2 * len(self._positions):
            owned = {one.token for one in self._positions.values()}
            self._marks = {token: one for token, one in self._marks.items() if token in owned}


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
