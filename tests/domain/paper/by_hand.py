"""What a campaign comes to, worked out apart: each order is looked up in the trades, not carried along."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from domain.paper.plan import Plan
from domain.paper.trades import SeenTrade

PARTS = 10**12
WAIT = 60
Key = tuple[str, str]


def by_hand(plan: Plan, trades: list[SeenTrade]) -> dict[str, int]:
    """The result of a plan over trades in the order of the chain."""
    trades = [one for one in trades if plan.until is None or one.at <= plan.until]
    replay = Replay(plan, trades)
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


@dataclass
class Replay:
    """All that is counted."""

    plan: Plan
    trades: list[SeenTrade]
    open: dict[Key, Owned] = field(default_factory=dict)
    buying: set[Key] = field(default_factory=set)
    leaving: set[Key] = field(default_factory=set)
    last: dict[str, Fraction] = field(default_factory=dict)
    fills: dict[int, list[tuple[str, Key, Fraction, int]]] = field(default_factory=lambda: defaultdict(list))
    lapses: dict[int, list[tuple[str, Key]]] = field(default_factory=lambda: defaultdict(list))
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
        paid = trade.cost if fixed is None else int(fixed * 10**9)
        for token, share in trade.sells:
            key = (trade.wallet, token)
            if key in self.open or key in self.buying:
                self.order("sell", key, share, paid, now)
        for token in trade.buys:
            key = (trade.wallet, token)
            is_full = len(self.open) + len(self.buying) >= self.plan.max_open
            if not is_full and key not in self.open and key not in self.buying:
                self.buying.add(key)
                self.order("buy", key, Fraction(1), paid, now)

    def order(self, side: str, key: Key, share: Fraction, priority: int, now: int) -> None:
        """Look up when the order is filled, or lapses."""
        due, later = self.trades[now].at + self.plan.delay_s, range(now, len(self.trades))
        of_token = (n for n in later if self.trades[n].token == key[1] and self.trades[n].price is not None)
        hit = next((n for n in of_token if self.trades[n].at >= due), None)
        if hit is not None and self.trades[hit].at <= due + WAIT:
            self.fills[hit].append((side, key, share, priority))
        else:
            late = next((n for n in later if self.trades[n].at > due + WAIT), len(self.trades))
            self.lapses[late].append((side, key))

    def lapse(self, now: int) -> None:
        for side, key in self.lapses.pop(now, ()):
            self.counted["unfilled"] += 1
            (self.buying if side == "buy" else self.leaving).discard(key)

    def fill_due(self, now: int) -> None:
        for side, key, share, priority in self.fills.pop(now, ()):
            if side == "buy":
                self.buy(now, key, priority)
            else:
                self.sell(now, key, share, priority)

    def buy(self, now: int, key: Key, priority: int) -> None:
        price = self.trades[now].price
        assert price is not None
        self.buying.discard(key)
        fee = -(-self.size * self.plan.fee_bps // 10_000)
        net, cost = self.size - fee, self.size + priority
        one = price.lamports if not price.depth else price.lamports * (price.depth + net) / price.depth
        quantity = int(net / one * PARTS)
        if quantity and self.cash >= cost:
            self.cash -= cost
            self.counted["fees"] += fee + priority
            self.open[key] = Owned(quantity, cost, Fraction(net * PARTS, quantity), priority)

    def sell(self, now: int, key: Key, share: Fraction, priority: int) -> None:
        price, owned = self.trades[now].price, self.open.get(key)
        amount = 0 if owned is None else int(owned.quantity * share)
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
        self.leaving.discard(key)
        self.open[key] = Owned(owned.quantity - amount, owned.cost - cost, owned.price, owned.priority)
        if owned.quantity == amount:
            del self.open[key]

    def watch(self, now: int) -> None:
        """Leave what gained or lost enough."""
        trade = self.trades[now]
        if trade.token is None or trade.price is None:
            return
        self.last[trade.token] = trade.price.lamports
        for key, owned in self.open.items():
            if (
                key[1] == trade.token
                and key not in self.leaving
                and self.is_over(trade.price.lamports, owned)
            ):
                self.leaving.add(key)
                self.order("sell", key, Fraction(1), owned.priority, now)
        self.fill_due(now)

    def is_over(self, lamports: Fraction, owned: Owned) -> bool:
        profit, stop = self.plan.take_profit_pct, self.plan.stop_pct
        change = 100 * (lamports / owned.price - 1)
        return bool((profit and change >= Fraction(profit)) or (stop and change <= -Fraction(stop)))

    def result(self) -> dict[str, int]:
        """By the names of a campaign's result."""
        waiting = sum(map(len, self.fills.values())) + sum(map(len, self.lapses.values()))
        names = ("trades", "wins", "realised", "fees", "max_drawdown")
        return {
            **{name: self.counted[name] for name in names},
            "unfilled": self.counted["unfilled"] + waiting,
            "holding": self.size * self.plan.max_open,
            "end": self.worth(),
        }
