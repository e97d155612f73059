"""Positions of random histories, as the database has them in the end, against a computation written apart.

What happened arrives late, out of order, in one slot, twice, or dies with its fork; older states are taken
over between the parts of a history. The computation knows the true order, and counts in fractions.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from storage.ingest.activities import Batch, store
from storage.market.gains import gains_since
from storage.market.position_rebuilds import rebuild_next
from storage.market.positions import positions_of
from storage.postgres import Database
from tests.domain.positions.plain import NANO, USDC, Plain, differences
from tests.storage.sample_data import ALICE, CHAIN, WHALE, fan_out_all, follow

pytestmark = pytest.mark.services
WALLETS = (WHALE, "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm")
MINTS = 24
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ"
PARTS = 3
EVENTS = 6
"""Of each wallet and mint in each part."""


# Histories


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What one wallet did with one token."""

    number: int
    wallet: str
    mint: str
    kind: Kind
    raw: int
    quote: str = SOL
    price: int = 0
    """In the currency's smallest unit."""
    is_claim: bool = False
    slot: int = 0
    position: int | None = None
    """In its block; None: a stream does not say it."""
    before: int

    @property
    def worth(self) -> int:
        """In the unit in which it is counted."""
        return self.price * (1 if self.quote == SOL else NANO)

    @property
    def after(self) -> int:
        return self.before + (self.raw if self.kind in (Kind.BUY, Kind.TRANSFER_IN) else -self.raw)

    @property
    def is_trade(self) -> bool:
        return self.kind in (Kind.BUY, Kind.SELL)

    def book(self, plain: Plain) -> None:
        """In the plain computation: a trade shows what was there."""
        if self.is_trade:
            plain.found(self.before)
        match self.kind:
            case Kind.BUY:
                plain.buy(self.raw, self.quote, self.worth)
            case Kind.SELL:
                plain.sell(self.raw, self.quote, self.worth)
            case Kind.TRANSFER_IN:
                plain.get(self.raw, is_claim=self.is_claim)
            case _:
                plain.take(self.raw)

    def activity(self) -> Activity:
        """As a decoder would say it."""
        token = (Leg(mint=self.mint, raw=self.raw, decimals=6),)
        money = (Leg(mint=self.quote, raw=self.price, decimals=9 if self.quote == SOL else 6),)
        gets = self.kind in (Kind.BUY, Kind.TRANSFER_IN)
        given, got = (money, token) if gets else (token, money)
        return Activity(
            chain=CHAIN,
            signature=f"signature-{self.number}",
            slot=self.slot,
            block_time=1_700_000_000 + self.slot,
            wallet=self.wallet,
            kind=self.kind,
            paid=given if self.kind is not Kind.TRANSFER_IN else (),
            received=got if self.kind is not Kind.TRANSFER_OUT else (),
            venue="Jito Claim" if self.is_claim else None,
            position=self.position,
            token_before=self.before,
            token_after=self.after,
        )


class Histories:
    """Makes what wallets did, in the true order."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.number = 0
        self.balances: dict[tuple[str, str], int] = {}
        self.from_blocks: dict[tuple[str, str], bool] = {}

    def part(self, first_slot: int) -> list[Event]:
        found = [
            one
            for wallet in WALLETS
            for at in range(MINTS)
            for one in self._of(wallet, f"{ALPHABET[at]}".ljust(40, "M"), first_slot)
        ]
        return sorted(found, key=lambda one: (one.slot, one.position or 0, one.number))

    def _of(self, wallet: str, mint: str, slot: int) -> Iterator[Event]:
        key = wallet, mint
        balance = self.balances.get(key, self.random.choice((0, 0, self.amount())))
        is_from_blocks = self.from_blocks.setdefault(key, self.random.random() < 0.6)
        seen: set[int] = set()
        """What was left by the trades of this slot; empty: their order would not show."""
        for _ in range(EVENTS):
            one = self.event(key, balance)
            fits = is_from_blocks or (one.is_trade and bool(seen) and one.after not in seen)
            if not fits or self.random.random() < 0.6:
                slot, seen = slot + self.random.randint(1, 9), {balance}
            seen = seen | {one.after} if one.is_trade else set()
            yield replace(one, slot=slot, position=self.number if is_from_blocks else None)
            balance = one.after
        self.balances[key] = balance

    def event(self, key: tuple[str, str], balance: int) -> Event:
        random, self.number = self.random, self.number + 1
        kinds = (Kind.BUY, Kind.BUY, Kind.SELL, Kind.SELL, Kind.TRANSFER_IN, Kind.TRANSFER_OUT)
        kind = random.choice(kinds) if balance else random.choice((Kind.BUY, Kind.TRANSFER_IN))
        leaves = kind in (Kind.SELL, Kind.TRANSFER_OUT)
        return Event(
            number=self.number,
            wallet=key[0],
            mint=key[1],
            kind=kind,
            raw=random.choice((balance, random.randint(1, balance))) if leaves else self.amount(),
            quote=random.choice((SOL, SOL, USDC)),
            price=random.randint(1, 10 ** random.randint(1, 12)),
            is_claim=kind is Kind.TRANSFER_IN and random.random() < 0.4,
            before=balance,
        )

    def amount(self) -> int:
        return self.random.randint(1, 10 ** self.random.randint(1, 15))


# What the database is told


async def arrive(database: Database, events: Sequence[Event], random: Random) -> None:
    """In groups, some of it late, some twice, some first told otherwise by a fork that dies."""
    delays = [random.expovariate(0.01) if random.random() < 0.3 else 0.0 for _ in events]
    order = sorted(range(len(events)), key=lambda at: at + delays[at])
    waiting = [events[at] for at in order]
    dead: list[tuple[str, str]] = []
    while waiting:
        size = random.randint(1, 40)
        group, waiting = waiting[:size], waiting[size:]
        false = [invented(one, random) for one in random.sample([*group, *waiting], min(2, len(group)))]
        await store(database, Batch(chain=CHAIN, activities=false, provisional=True))
        dead += [(one.signature, one.wallet) for one in false if one.signature.startswith("dead")]
        await fan_out_all(database)
        for _ in range(random.choice((1, 1, 2))):
            await store(database, Batch(chain=CHAIN, activities=[one.activity() for one in group]))
        await fan_out_all(database)
        while dead and random.random() < 0.7:
            await store(database, Batch(chain=CHAIN, verified=[dead.pop(0)]))
        if random.random() < 0.3:
            await rebuild_next(database)
    await store(database, Batch(chain=CHAIN, verified=dead))
    while await rebuild_next(database):
        pass


def invented(one: Event, random: Random) -> Activity:
    """What dies with its fork: an event that never was, or the same transaction with other amounts."""
    false = replace(one, kind=Kind.BUY, raw=random.randint(1, 10**9), price=random.randint(1, 10**9))
    activity = false.activity()
    if random.random() < 0.5:
        return activity
    return structs.replace(activity, signature=f"dead-{random.random()}")


@pytest.mark.parametrize("seed", [1, 5])
async def test_positions_are_what_a_plain_computation_finds(database: Database, seed: int) -> None:
    random = Random(seed)
    for wallet in WALLETS:
        await follow(database, ALICE, wallet=wallet)
    histories, plain = Histories(random), defaultdict[tuple[str, str], Plain](Plain)
    for part in range(PARTS):
        events = histories.part(1_000 + part * 1_000)
        for one in events:
            one.book(plain[one.wallet, one.mint])
        await arrive(database, events, random)
        await compare(database, plain)
        await database.execute("UPDATE positions SET next_base_at = now() - interval '25 hours'")


async def compare(database: Database, plain: dict[tuple[str, str], Plain]) -> None:
    """Quantities are equal, sums within a unit for each time that something left."""
    stored = await positions_of(database, chain=CHAIN, wallets=WALLETS)
    gains = await gains_since(database, chain=CHAIN, wallets=WALLETS, seconds=3_600)
    found = {(wallet, mint): one for wallet in WALLETS for mint, one in stored[wallet].items()}
    assert found.keys() == plain.keys()
    off = {key: differences(one, plain[key], plain[key].leaves) for key, one in found.items()}
    assert {key: what for key, what in off.items() if what} == {}
    for wallet in WALLETS:
        mine = [one for (owner, _), one in plain.items() if owner == wallet]
        announced = sum((one.money[SOL].announced for one in mine), Fraction(0))
        sales = sum(one.sales for one in mine)
        assert gains[wallet].sales == sales
        assert abs((gains[wallet].gain_sol or 0) - announced) <= sum(one.leaves for one in mine)
