"""Made-up markets of one token, with and without a volume bot in them, for measuring detectors.

It knows nothing of how a detector decides. A market is a crowd of several kinds of people, each drawn at
random; a volume bot acts among them with as much noise as is asked for. The innocent are hard on purpose:
exchanges that pay out round amounts, a payroll of equal parts, people who buy the same sum on a schedule,
copiers, a crew that buys in one slot, arbitrageurs, a rush at the launch.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from domain.security.market import Market, Payment, Trade

SOL = 1_000_000_000
SLOT = 0.4
BEGIN = 1_750_000_000.0
FIRST_SLOT = 340_000_000
MINT = "mint"


class Noise(NamedTuple):
    """By which part of itself a size or an interval of the bot may be off, each way."""

    sizes: float
    times: float

    def size(self, rng: Random, middle: float) -> int:
        """A size in lamports."""
        return int(middle * rng.uniform(1 - self.sizes, 1 + self.sizes))

    def wait(self, rng: Random, middle: float) -> float:
        """An interval in seconds."""
        return middle * rng.uniform(1 - self.times, 1 + self.times)


LEVELS = tuple(Noise(sizes, times) for sizes in (0.0, 0.15, 0.30) for times in (0.0, 0.25, 0.50))


class Generated(NamedTuple):
    """A market, and who is the volume bot in it: its funder first; nobody: there is none."""

    market: Market
    bot: tuple[str, ...]


@dataclass
class Tape:
    """What happened, in the order of writing; prices move with every trade."""

    rng: Random
    trades: list[Trade] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    price: float = 1e-3
    """Lamports for the smallest unit of the token."""
    wallets: int = 0

    def wallet(self) -> str:
        """A new address."""
        self.wallets += 1
        return f"w{self.wallets}-{self.rng.getrandbits(48):x}"

    def buy(self, at: float, trader: str, lamports: int) -> int:
        """The tokens that it brings."""
        self.price *= self.rng.uniform(0.999, 1.004)
        tokens = max(1, int(lamports / self.price))
        self._trade(at, trader, lamports, tokens, is_buy=True)
        return tokens

    def sell(self, at: float, trader: str, tokens: int) -> int:
        """The lamports that it brings."""
        self.price *= self.rng.uniform(0.996, 1.001)
        lamports = max(1, int(tokens * self.price * 0.99))
        self._trade(at, trader, lamports, tokens, is_buy=False)
        return lamports

    def pay(self, at: float, payer: str, payee: str, lamports: float) -> None:
        """SOL from one wallet to another."""
        self.payments.append(
            Payment(at=float(int(at)), slot=_slot(at), payer=payer, payee=payee, lamports=int(lamports))
        )

    def _trade(self, at: float, trader: str, lamports: int, tokens: int, *, is_buy: bool) -> None:
        self.trades.append(
            Trade(
                at=float(int(at)),
                slot=_slot(at),
                trader=trader,
                is_buy=is_buy,
                lamports=lamports,
                tokens=tokens,
            )
        )


def _slot(at: float) -> int:
    return FIRST_SLOT + int((at - BEGIN) / SLOT)


def generated_market(seed: int, noise: Noise, *, with_bot: bool) -> Generated:
    """The market of this seed; equal arguments bring equal markets."""
    rng = Random(f"{seed} {noise} {with_bot}")
    tape, hours = Tape(rng), rng.uniform(0.3, 3)
    end = BEGIN + 3_600 * hours
    exchanges = [tape.wallet() for _ in range(rng.randint(2, 4))]
    for kind, odds in CROWDS.items():
        if rng.random() < odds:
            kind(tape, exchanges, end)
    bot = _volume_bot(tape, exchanges, end, noise) if with_bot else ()
    market = Market(
        mint=MINT,
        trades=tuple(sorted(tape.trades, key=lambda trade: trade.slot)),
        payments=tuple(sorted(tape.payments, key=lambda payment: payment.slot)),
        first_slot=FIRST_SLOT,
    )
    return Generated(market, bot)


def _volume_bot(tape: Tape, exchanges: list[str], end: float, noise: Noise) -> tuple[str, ...]:
    """One wallet funds many in near-equal parts; these trade in turn, and most return the rest."""
    rng = tape.rng
    crew = [tape.wallet() for _ in range(rng.randint(5, 40))]
    funder = rng.choice(exchanges) if rng.random() < 0.05 else tape.wallet()
    part, share = rng.uniform(0.3, 8) * SOL, rng.uniform(0.4, 0.95)
    at = rng.uniform(BEGIN, BEGIN + (end - BEGIN) / 2)
    for wallet in crew:
        tape.pay(at, funder, wallet, noise.size(rng, part))
        at += rng.choice((0.0, 0.4, 2.0))
    at += rng.uniform(5, 300)
    at = rng.choice((_pairs, _waves))(tape, crew, at, int(part * share), noise)
    if rng.random() < 0.9:
        back_to = tape.wallet() if rng.random() < 0.2 else funder
        for wallet in crew:
            at += rng.uniform(0.4, 8)
            if rng.random() < 0.92:
                tape.pay(at, wallet, back_to, part * rng.uniform(0.6, 0.98))
    return (funder, *crew)


def _pairs(tape: Tape, crew: list[str], at: float, size: int, noise: Noise) -> float:
    """Each wallet buys and then sells; then the next."""
    rng, interval = tape.rng, tape.rng.uniform(2, 60)
    quick = rng.random() < 0.3
    for order in _orders(rng, crew):
        for wallet in order:
            at += noise.wait(rng, interval)
            tokens = tape.buy(at, wallet, noise.size(rng, size))
            at += noise.wait(rng, min(interval, 2.0) if quick else interval)
            tape.sell(at, wallet, tokens)
    return at


def _waves(tape: Tape, crew: list[str], at: float, size: int, noise: Noise) -> float:
    """All buy in turn, then all sell in turn."""
    rng, interval = tape.rng, tape.rng.uniform(2, 60)
    for order in _orders(rng, crew):
        owned = {}
        for wallet in order:
            at += noise.wait(rng, interval)
            owned[wallet] = tape.buy(at, wallet, noise.size(rng, size))
        for wallet in order:
            at += noise.wait(rng, interval)
            tape.sell(at, wallet, owned[wallet])
    return at


def _orders(rng: Random, crew: list[str]) -> Iterator[list[str]]:
    """One order of the wallets for each round: always the same one, or a new one."""
    shuffles = rng.random() < 0.5
    for _ in range(rng.randint(1, 5)):
        yield rng.sample(crew, len(crew)) if shuffles else crew


def _round_or_any(rng: Random) -> float:
    """Return what people take from an exchange or trade with: often a round sum."""
    if rng.random() < 0.4:
        return rng.choice((0.1, 0.25, 0.5, 1, 1, 2, 5, 10)) * SOL
    return rng.lognormvariate(0, 1) * SOL


def _retail(tape: Tape, exchanges: list[str], end: float) -> None:
    """Many people, each with their own sums and times; some take the rest back to the exchange."""
    rng = tape.rng
    for _ in range(rng.randint(15, 90)):
        wallet, home = tape.wallet(), rng.choice(exchanges)
        at, own = rng.uniform(BEGIN, end), _round_or_any(rng)
        tape.pay(at - rng.uniform(20, 86_400), home, wallet, own * rng.uniform(1.02, 3))
        for _purchase in range(rng.choice((1, 1, 1, 2, 3, 6))):
            tokens = tape.buy(at, wallet, int(own * rng.uniform(0.2, 1)))
            at += rng.expovariate(1 / 600)
            if rng.random() < 0.6:
                tape.sell(at, wallet, max(1, int(tokens * rng.choice((0.25, 0.5, 1, 1)))))
                at += rng.expovariate(1 / 900)
        if rng.random() < 0.25:
            tape.pay(at + rng.expovariate(1 / 3_600), wallet, home, own * rng.uniform(0.2, 1.5))


def _arbitrageurs(tape: Tape, _exchanges: list[str], end: float) -> None:
    """A few wallets that trade very often, forth and back, in sums that the market gives or in fixed ones."""
    rng = tape.rng
    for _ in range(rng.randint(1, 4)):
        wallet, fixed, at = tape.wallet(), rng.choice((None, rng.uniform(0.5, 20) * SOL)), BEGIN
        pace = rng.uniform(20, 200)
        while (at := at + rng.expovariate(1 / pace)) < end:
            size = fixed or rng.lognormvariate(0.5, 0.8) * SOL
            tokens = tape.buy(at, wallet, int(size))
            tape.sell(at + rng.choice((0.0, 0.4, 0.8)), wallet, tokens)


def _rush(tape: Tape, exchanges: list[str], end: float) -> None:
    """Snipers in the first slots, then a crowd within a minute, with the preset sums of trading bots."""
    rng = tape.rng
    preset = rng.choice((0.1, 0.5, 1.0))
    for number in range(rng.randint(20, 120)):
        wallet = tape.wallet()
        at = BEGIN + (rng.uniform(0, 1) if number < 8 else rng.expovariate(1 / 25))
        own = preset * SOL if rng.random() < 0.5 else _round_or_any(rng)
        tape.pay(at - rng.uniform(60, 200_000), rng.choice(exchanges), wallet, own * rng.uniform(1.02, 4))
        tokens = tape.buy(at, wallet, int(own))
        if rng.random() < 0.7:
            tape.sell(min(end, at + rng.expovariate(1 / 400)), wallet, tokens)


def _payroll(tape: Tape, _exchanges: list[str], end: float) -> None:
    """A wallet pays many equal parts; some of those paid trade the token, when and as much as they like."""
    rng, payer = tape.rng, tape.wallet()
    part = rng.choice((0.2, 0.5, 1, 2, 5)) * SOL
    paid = [tape.wallet() for _ in range(rng.randint(10, 60))]
    for wallet in paid:
        tape.pay(BEGIN - 3_600 + rng.uniform(0, 5), payer, wallet, part)
    for wallet in rng.sample(paid, rng.randint(3, len(paid))):
        at = rng.uniform(BEGIN, end)
        tokens = tape.buy(at, wallet, int(part * rng.uniform(0.1, 1)))
        if rng.random() < 0.5:
            tape.sell(at + rng.expovariate(1 / 900), wallet, tokens)


def _savers(tape: Tape, exchanges: list[str], end: float) -> None:
    """People who buy the same sum on a schedule, each their own."""
    rng = tape.rng
    for _ in range(rng.randint(3, 15)):
        wallet, own, every = tape.wallet(), rng.choice((0.1, 0.5, 1.0)) * SOL, rng.choice((60, 300, 600, 900))
        tape.pay(BEGIN - rng.uniform(0, 9_000), rng.choice(exchanges), wallet, own * rng.randint(5, 40))
        at = BEGIN + rng.uniform(0, every)
        while at < end:
            tape.buy(at, wallet, int(own))
            at += every


def _copiers(tape: Tape, exchanges: list[str], end: float) -> None:
    """A leader trades, and others follow within seconds, each with a sum of their own."""
    rng, leader = tape.rng, tape.wallet()
    followers = {tape.wallet(): rng.choice((0.1, 0.2, 0.5, 1.0)) * SOL for _ in range(rng.randint(4, 15))}
    for wallet, own in followers.items():
        tape.pay(BEGIN - rng.uniform(60, 90_000), rng.choice(exchanges), wallet, own * rng.uniform(3, 20))
    for _ in range(rng.randint(1, 5)):
        at = rng.uniform(BEGIN, end)
        bought = tape.buy(at, leader, int(rng.uniform(5, 30) * SOL))
        owned = {w: tape.buy(at + rng.uniform(0.5, 4), w, int(own)) for w, own in followers.items()}
        at += rng.expovariate(1 / 900)
        tape.sell(at, leader, bought)
        for wallet, tokens in owned.items():
            tape.sell(at + rng.uniform(0.5, 4), wallet, tokens)


def _bundle(tape: Tape, _exchanges: list[str], end: float) -> None:
    """One person's wallets, paid alike, buy in one slot, are emptied when it suits, and return all."""
    rng, owner = tape.rng, tape.wallet()
    part, at = rng.uniform(0.5, 5) * SOL, BEGIN + rng.uniform(0, 30)
    for _ in range(rng.randint(4, 20)):
        wallet = tape.wallet()
        tape.pay(BEGIN - rng.uniform(100, 4_000), owner, wallet, part * rng.uniform(0.98, 1.02))
        tokens = tape.buy(at, wallet, int(part * rng.uniform(0.8, 0.95)))
        sold_at = rng.uniform(at + 60, end)
        lamports = tape.sell(sold_at, wallet, tokens)
        tape.pay(sold_at + rng.uniform(5, 900), wallet, owner, lamports * 0.98)


CROWDS: dict[Callable[[Tape, list[str], float], None], float] = {
    _retail: 0.95,
    _arbitrageurs: 0.5,
    _rush: 0.35,
    _payroll: 0.3,
    _savers: 0.3,
    _copiers: 0.3,
    _bundle: 0.2,
}
"""How likely each kind is in a market."""
