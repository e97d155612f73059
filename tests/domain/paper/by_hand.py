"""What a campaign comes to, worked out apart: each order is looked up in the trades, not carried along."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from domain.paper.fills import ShownPrice
from domain.paper.plan import Plan
from domain.paper.trades import SeenTrade

PARTS = 10**12
WAIT, AT_ONCE = 60, 4
Key = tuple[str, str]


def by_hand(plan: Plan, trades: list[SeenTrade], *, is_whale: bool = False) -> dict[str, int]:
    """The result of a plan over trades in the order of the chain."""
    trades = [one for one in trades if plan.until is None or one.at <= plan.until]
    replay = Replay(plan, trades, is_whale)
    for now in range(len(trades)):
        replay.step(now)
    return replay.result()


@dataclass
class Owned:
    """An open position."""

    quantity: int
    cost: int
    price: Fraction
    priority: int


@dataclass(eq=False)
class Waiting:
    """An order that waits."""

    side: str
    key: Key
    share: Fraction
    priority: int
    due: int


@dataclass
class Replay:
    """All that is counted."""

    plan: Plan
    trades: list[SeenTrade]
    is_whale: bool = False
    open: dict[Key, Owned] = field(default_factory=dict)
    waiting: dict[Key, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    last: dict[str, Fraction] = field(default_factory=dict)
    fills: dict[int, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    lapses: dict[int, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self.size = int(self.plan.size_sol * 10**9)
        self.cash = self.top = self.size * self.plan.max_open

    def worth(self) -> int:
        """SOL and what is open."""
        return self.cash + sum(
            int(self.last[key[1]] * one.quantity / PARTS) for key, one in self.open.items()
        )

    def step(self, now: int) -> None:
        """All that one trade does."""
        self.lapse(now)
        if self.plan.follows(self.trades[now].wallet, self.trades[now].at):
            self.follow(now)
        self.fill_due(now)
        self.watch(now)
        self.top = max(self.top, self.worth())
        self.counted["max_drawdown"] = max(self.counted["max_drawdown"], self.top - self.worth())

    def follow(self, now: int) -> None:
        trade = self.trades[now]
        fixed = self.plan.priority_sol
        paid = min(self.size, trade.cost) if fixed is None else int(fixed * 10**9)
        for token, share in trade.sells:
            key = (trade.wallet, token)
            if self.comes_to(key)[-1]:
                self.order("sell", key, share, paid, now)
        for token in trade.buys:
            key = (trade.wallet, token)
            to_open = {one.key for orders in self.waiting.values() for one in orders if one.side == "buy"}
            is_full = key not in self.open and len({*self.open} | to_open) >= self.plan.max_open
            if not is_full and not self.comes_to(key)[-1] and len(self.waiting[key]) < AT_ONCE:
                self.order("buy", key, Fraction(1), paid, now)

    def comes_to(self, key: Key) -> list[bool]:
        """Return whether it is owned now, and after each order that waits."""
        owns = [key in self.open]
        for one in self.waiting[key]:
            owns.append(one.side == "buy" or (owns[-1] and one.share != 1))
        return owns

    def order(self, side: str, key: Key, share: Fraction, priority: int, now: int) -> None:
        """Let it join what waits too long, or look up when it is filled, or lapses."""
        line = self.waiting[key]
        if side == "sell" and share != 1 and len(line) >= AT_ONCE and line[-1].side == "sell":
            both = line[-1].share + share - line[-1].share * share
            line[-1].share = Fraction(int(both * 10**18), 10**18)
            line[-1].priority = max(line[-1].priority, priority)
            return
        one = Waiting(side, key, share, priority, self.trades[now].at + self.plan.delay_s)
        line.append(one)
        later = range(now, len(self.trades))
        hit = next((n for n in later if self.trades[n].at >= one.due and self.price(n, key)), None)
        late = next((n for n in later if self.trades[n].at > one.due + WAIT), len(self.trades))
        if hit is not None and (side == "sell" or hit < late):
            self.fills[hit].append(one)
        elif side == "buy":
            self.lapses[late].append(one)

    def price(self, now: int, key: Key) -> ShownPrice | None:
        """Return what an order is filled at by a trade; None: it does not."""
        trade = self.trades[now]
        if trade.token != key[1]:
            return None
        if self.is_whale and trade.wallet == key[0] and trade.fill is not None:
            return ShownPrice(lamports=trade.fill)
        return trade.price

    def lapse(self, now: int) -> None:
        for one in self.lapses.pop(now, ()):
            self.counted["unfilled"] += 1
            self.waiting[one.key].remove(one)
            self.drop_needless(one.key)

    def drop_needless(self, key: Key) -> None:
        """Forget sales of what is not owned by then."""
        owns, line = self.comes_to(key), self.waiting[key]
        line[:] = [one for n, one in enumerate(line) if one.side == "buy" or owns[n]]

    def fill_due(self, now: int) -> None:
        due = [one for one in self.fills.pop(now, ()) if one in self.waiting[one.key]]
        for one in due:
            self.waiting[one.key].remove(one)
            if one.side == "buy":
                self.buy(now, one.key, one.priority)
            else:
                self.sell(now, one)
        for one in due:
            self.drop_needless(one.key)

    def buy(self, now: int, key: Key, priority: int) -> None:
        price = self.price(now, key)
        assert price is not None
        size = min(self.size, self.cash)
        paid = size - priority
        fee = -(-paid * self.plan.fee_bps // 10_000)
        net, cost = paid - fee, size
        one = price.lamports if not price.depth else price.lamports * (price.depth + net) / price.depth
        quantity = int(net / one * PARTS)
        if quantity > 0 and size >= self.size / 2:
            self.cash -= cost
            self.counted["fees"] += fee + priority
            self.open[key] = Owned(quantity, cost, Fraction(net * PARTS, quantity), priority)
        else:
            self.counted["refused"] += 1

    def sell(self, now: int, one: Waiting) -> None:
        key, priority = one.key, one.priority
        price, owned = self.price(now, key), self.open.get(key)
        amount = 0 if owned is None else int(owned.quantity * one.share)
        if owned is None or not amount or price is None:
            return
        gross = int(price.lamports * amount / PARTS)
        gross = gross * price.depth // (price.depth + gross) if price.depth else gross
        fee = -(-gross * self.plan.fee_bps // 10_000)
        cost = owned.cost * amount // owned.quantity
        gain = gross - fee - priority - cost
        self.cash += gross - fee - priority
        for name, more in (("fees", fee + priority), ("realised", gain), ("trades", 1), ("wins", gain > 0)):
            self.counted[name] += int(more)
        self.counted["late"] += self.trades[now].at > one.due + WAIT
        self.open[key] = Owned(owned.quantity - amount, owned.cost - cost, owned.price, owned.priority)
        if owned.quantity == amount:
            del self.open[key]

    def watch(self, now: int) -> None:
        """Leave what gained or lost enough."""
        trade = self.trades[now]
        if trade.token is None:
            return
        if trade.price is not None:
            self.last[trade.token] = trade.price.lamports
        elif self.is_whale and trade.fill is not None:
            self.last.setdefault(trade.token, trade.fill)
        for key, owned in [*self.open.items()]:
            before = [one for one in self.waiting[key] if one.side == "buy" or one.share == 1][:1]
            is_leaving = any(one.side == "sell" for one in before)
            if key[1] != trade.token or trade.price is None or is_leaving:
                continue
            if self.is_over(trade.price.lamports, owned):
                self.order("sell", key, Fraction(1), owned.priority, now)
        self.fill_due(now)
        watched = {key[1] for key, line in [*self.waiting.items(), *((k, [1]) for k in self.open)] if line}
        self.last = {token: price for token, price in self.last.items() if token in watched}

    def is_over(self, lamports: Fraction, owned: Owned) -> bool:
        profit, stop = self.plan.take_profit_pct, self.plan.stop_pct
        change = 100 * (lamports / owned.price - 1)
        return bool((profit and change >= Fraction(profit)) or (stop and change <= -Fraction(stop)))

    def result(self) -> dict[str, int]:
        """By the names of a campaign's result."""
        waiting = sum(map(len, self.waiting.values()))
        names = ("trades", "wins", "realised", "fees", "max_drawdown", "refused", "late")
        return {
            **{name: self.counted[name] for name in names},
            "unfilled": self.counted["unfilled"] + waiting,
            "holding": self.size * self.plan.max_open,
            "end": self.worth(),
        }
