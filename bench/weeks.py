"""Made-up weeks of wallets that one chat follows, with a pattern in them or without, to measure detectors.

It knows nothing of how a detector decides. A week is a crowd of people with one to three wallets each, drawn
at random; in one with a pattern somebody also does what the pattern means, in one without somebody does what
only looks like it: wallets of one person that buy together, profits taken in parts, deposits on an exchange.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import NamedTuple

from domain.patterns.sightings import Action, PastOfAddress, Sighting

HOUR, DAY = 3_600.0, 86_400.0
BEGIN = 1_750_000_000.0
END = BEGIN + 7 * DAY
WITHIN = 1_800.0
"""Seconds in which people must meet, as the issue's default has it."""
SOL_PRICE = 150.0
LISTED = ("listed-1", "listed-2", "listed-3")
"""Addresses that the list of exchanges names."""
HUBS = ("hub-1", "hub-2")
"""Who pays out to very many, and stands on no list."""
OTHERS = 30
"""Wallets that only other chats follow."""


class AddressEvent(NamedTuple):
    """What the chain shows of an address that is not followed."""

    at: float
    sent_to: str = ""
    """Where it passed on what it had; empty: it did something else by itself."""
    part: float = 1.0
    """How much of it."""


@dataclass
class Address:
    """An address that is not followed, as the chain knows it."""

    first_at: float
    events: list[AddressEvent] = field(default_factory=list)

    def past(self, until: float) -> PastOfAddress:
        """Return what somebody reads of it at a time."""
        seen = [one for one in self.events if one.at <= until]
        sent = [one for one in seen if one.sent_to]
        return PastOfAddress(
            first_at=self.first_at,
            passed_on=min(1.0, sum(one.part for one in sent)),
            acts=any(not one.sent_to for one in seen),
            seen_until=until,
        )


class Planted(NamedTuple):
    """What is really there."""

    pattern: str
    key: str
    """The token, or the wallet."""
    begins: float
    ends: float
    """When the last of it has happened."""
    people: int = 0
    """How many persons took part."""


class Week(NamedTuple):
    """One week."""

    sightings: tuple[Sighting, ...]
    """Of every wallet that the instance follows, a month of it before the week; in order."""
    followed: frozenset[str]
    """By the chat."""
    addresses: dict[str, Address]
    last_active: dict[str, float]
    """When a wallet did something last before all this, where that is known."""
    deposits: frozenset[str]
    """Addresses of exchanges, listed or not, fresh ones included."""
    planted: Planted | None


@dataclass
class Tape:
    """A week as it is written."""

    rng: Random
    sightings: list[Sighting] = field(default_factory=list)
    people: list[list[str]] = field(default_factory=list)
    addresses: dict[str, Address] = field(default_factory=dict)
    last_active: dict[str, float] = field(default_factory=dict)
    deposits: set[str] = field(default_factory=lambda: {*LISTED, *HUBS})
    busy: set[str] = field(default_factory=set)
    """Wallets about which the plot of the week is."""
    count: int = 0

    def name(self, word: str) -> str:
        """A new address."""
        self.count += 1
        return f"{word}-{self.count}-{self.rng.getrandbits(32):x}"

    def moment(self, before: float = END - DAY) -> float:
        """Some time of the week, with room behind it."""
        return self.rng.uniform(BEGIN + HOUR, before)

    def dollars(self) -> float:
        """Return what a trade of a whale moves."""
        return 200 + self.rng.lognormvariate(8, 1.2)

    def add(self, wallet: str, at: float, action: Action, mint: str, **values: object) -> None:
        """One more sighting."""
        self.sightings.append(Sighting(wallet, float(int(at)), action, mint, **values))  # type: ignore[arg-type]

    def buy(self, wallet: str, at: float, mint: str, usd: float, before: int = 0) -> int:
        """The tokens that it holds afterwards."""
        after = before + max(1, int(usd * 1_000 * self.rng.uniform(0.9, 1.1)))
        self.add(wallet, at, Action.BUY, mint, usd=usd, before=before, after=after)
        return after

    def sell(self, wallet: str, at: float, mint: str, owned: int, part: float) -> int:
        """The tokens that it holds afterwards."""
        sold = min(owned, max(1, int(owned * part)))
        usd = sold / 1_000 * self.rng.uniform(0.6, 1.8)
        self.add(wallet, at, Action.SELL, mint, usd=usd, before=owned, after=owned - sold)
        return owned - sold

    def pay(self, payer: str, wallet: str, at: float, sol: float) -> None:
        """SOL that comes in."""
        values = {"usd": sol * SOL_PRICE, "party": payer, "lamports": int(sol * 1e9), "by_itself": False}
        self.add(wallet, at, Action.GOT, "SOL", **values)

    def send(self, wallet: str, at: float, to: str, usd: float, mint: str = "SOL", **values: object) -> None:
        """Something that goes out."""
        lamports = int(usd / SOL_PRICE * 1e9) if mint == "SOL" else 0
        self.add(wallet, at, Action.SENT, mint, usd=usd, party=to, lamports=lamports, **values)

    def strangers(self, number: int) -> list[list[str]]:
        """So many persons with their wallets, none of whom has a part in the plot yet."""
        free = [one for one in self.people if not self.busy.intersection(one)]
        chosen = self.rng.sample(free, number)
        self.busy |= {wallet for one in chosen for wallet in one}
        return chosen


Plot = Callable[[Tape], Planted | None]
"""What somebody does in the week; what of it is a pattern."""


def generated_week(seed: str, plot: Callable[[Random], Plot]) -> Week:
    """The week of this seed; equal arguments bring equal weeks.

    Args:
        seed: any text.
        plot: chooses what happens beside the everyday.
    """
    rng = Random(seed)
    tape = Tape(rng)
    _begin(tape)
    planted = plot(rng)(tape)
    for person in tape.people:
        for wallet in person:
            _everyday(tape, wallet)
    followed = frozenset(wallet for person in tape.people for wallet in person)
    for _ in range(OTHERS):  # whom other chats follow, so that hubs show
        other = tape.name("other")
        for hub in HUBS:
            tape.pay(hub, other, rng.uniform(BEGIN - 20 * DAY, BEGIN), rng.uniform(0.5, 30))
    ordered = tuple(sorted(tape.sightings, key=lambda one: one.at))
    return Week(ordered, followed, tape.addresses, tape.last_active, frozenset(tape.deposits), planted)


def _begin(tape: Tape) -> None:
    """People and their wallets; most were paid from exchanges, those of one person by that person, too."""
    rng = tape.rng
    for _ in range(rng.randint(12, 18)):
        person = [tape.name("w") for _ in range(rng.choice((1, 1, 1, 2, 3)))]
        tape.people.append(person)
        _tie(tape, person)
        for wallet in person:
            tape.last_active[wallet] = BEGIN - rng.uniform(0, 6 * DAY)
            for _payment in range(rng.randint(0, 2)):
                at = rng.uniform(BEGIN - 28 * DAY, BEGIN)
                tape.pay(rng.choice((*LISTED, *HUBS)), wallet, at, rng.uniform(0.5, 80))


def _tie(tape: Tape, person: list[str]) -> None:
    """What shows that wallets are one person's: a private funder, or payments between them."""
    rng = tape.rng
    if len(person) == 1:
        return
    if rng.random() < 0.5:
        funder = tape.name("private")
        for wallet in person:
            tape.pay(funder, wallet, BEGIN - rng.uniform(DAY, 28 * DAY), rng.uniform(0.3, 40))
        return
    for one, other in pairwise(person):
        at, sol = BEGIN - rng.uniform(DAY, 20 * DAY), rng.uniform(0.3, 20)
        tape.send(one, at, other, sol * SOL_PRICE)
        tape.pay(one, other, at, sol)


def _everyday(tape: Tape, wallet: str) -> None:
    """What wallets do in any week; nobody else trades the same tokens."""
    rng = tape.rng
    if wallet not in tape.busy:
        for _ in range(rng.randint(1, 6)):
            round_trip(tape, wallet)
        if rng.random() < 0.2:
            scalp(tape, wallet)
        if rng.random() < 0.4:
            deposit(tape, wallet, tape.moment(), part=rng.uniform(0.02, 0.5))
    for _ in range(rng.randint(0, 4)):  # what strangers scatter
        tape.add(wallet, tape.moment(END), Action.GOT, tape.name("drop"), by_itself=False, party="spam")


def round_trip(tape: Tape, wallet: str) -> None:
    """Buys of one token over hours, and sales."""
    rng, mint, at, owned = tape.rng, tape.name("mint"), tape.moment(), 0
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        owned = tape.buy(wallet, at, mint, tape.dollars(), owned)
        at += rng.expovariate(1 / (2 * HOUR))
    while owned > 0 and at < END and rng.random() < 0.8:
        at += rng.expovariate(1 / (8 * HOUR))
        owned = tape.sell(wallet, at, mint, owned, rng.choice((0.25, 0.5, 1, 1)))


def scalp(tape: Tape, wallet: str) -> None:
    """Buys and sells one token, repeatedly."""
    rng, mint, at, owned = tape.rng, tape.name("mint"), tape.moment(), 0
    for _ in range(rng.randint(5, 15)):
        owned = tape.buy(wallet, at, mint, tape.dollars(), owned)
        at += rng.uniform(60, 1_500)
        owned = tape.sell(wallet, at, mint, owned, rng.choice((0.5, 1, 1)))
        at += rng.uniform(60, 1_500)


def deposit(tape: Tape, wallet: str, at: float, part: float) -> None:
    """To an exchange: one of its known addresses, or one of the wallet's own there, soon emptied."""
    rng = tape.rng
    book = rng.uniform(20_000, 900_000)
    if rng.random() < 0.4:
        address = rng.choice((*LISTED, *HUBS))
        tape.addresses.setdefault(address, Address(BEGIN - 900 * DAY))
    else:
        address = tape.name("deposit")
        fresh = rng.random() < 0.6
        opened = at - rng.uniform(0, 20 * HOUR) if fresh else BEGIN - rng.uniform(3, 300) * DAY
        wait = rng.uniform(HOUR, 20 * HOUR) if rng.random() < 0.05 else 60 * rng.lognormvariate(1.6, 1.2)
        collector = tape.name("collector")
        home = rng.choice((*LISTED, *HUBS, collector))
        tape.addresses[collector] = Address(BEGIN - 400 * DAY)
        emptied = AddressEvent(at + min(wait, 20 * HOUR), home, rng.uniform(0.97, 1))
        tape.addresses[address] = Address(opened, [emptied])
        tape.deposits |= {address, collector}
    assets = ["SOL", "USDC", "listed-token"][: rng.choice((1, 1, 1, 2, 3))]
    if rng.random() < 0.3:  # a small sum first, to see it arrive
        tape.send(wallet, at - rng.uniform(60, 1_200), address, book * 0.002, book=book)
    for asset in assets:
        tape.send(wallet, at, address, book * part / len(assets), asset, book=book)
        at += rng.uniform(5, 200)
