"""Random histories of wallets of one owner and of a stranger, against a computation in fractions."""

from collections import defaultdict
from random import Random

import pytest

from domain.activity.activity import SOL, Kind
from domain.positions.entries import Entry
from domain.positions.ledger import Ledger
from tests.domain.positions.plain import NANO, USDC, Plain, differences

OWN = ("Ahab", "Bela")
WALLETS = (*OWN, "Cleo")
MINTS = ("Tithe", "Krill", "Bonk")
EVENTS = 60


class World:
    """What the wallets do, as entries and in the plain computation."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.slot = 0
        self.number = 0
        self.entries: list[Entry] = []
        self.balances: dict[tuple[str, str], int] = defaultdict(int)
        self.plain: dict[tuple[str, str], Plain] = defaultdict(Plain)

    def happen(self) -> None:
        random = self.random
        self.number += 1
        self.slot += random.choice((0, 0, 1, 3))
        wallet, mint = random.choice(WALLETS), random.choice(MINTS)
        quote, price = random.choice((SOL, USDC)), random.randint(1, 10**11)
        balance = self.balances[wallet, mint]
        if not balance or random.random() < 0.4:
            self._arrive(wallet, mint, quote, price)
            return
        raw = random.choice((balance, random.randint(1, balance)))
        other = random.choice([one for one in WALLETS if one != wallet])
        what = random.choice((self._sell, self._sell, self._send, self._trade))
        what(wallet, other, mint, raw, quote, price)

    def _arrive(self, wallet: str, mint: str, quote: str, price: int) -> None:
        raw, plain = self.random.randint(1, 10**12), self.plain[wallet, mint]
        if (is_bought := self.random.random() < 0.6) or self.random.random() < 0.1:
            if is_bought:
                plain.buy(raw, quote, self._worth(quote, price))
            self._note(wallet, Kind.BUY, {quote: price}, {mint: raw}, failed=not is_bought)
            return
        is_claim = self.random.random() < 0.5
        plain.get(raw, is_claim=is_claim)
        self._note(wallet, Kind.TRANSFER_IN, {}, {mint: raw}, is_claim=is_claim)

    def _sell(self, wallet: str, _: str, mint: str, raw: int, quote: str, price: int) -> None:
        self.plain[wallet, mint].sell(raw, quote, self._worth(quote, price))
        self._note(wallet, Kind.SELL, {mint: raw}, {quote: price})

    def _send(self, wallet: str, other: str, mint: str, raw: int, _: str, __: int) -> None:
        self._move(wallet, other, mint, raw)
        self._note(wallet, Kind.TRANSFER_OUT, {mint: raw}, {}, counterparty=other)
        self._note(other, Kind.TRANSFER_IN, {}, {mint: raw}, counterparty=wallet)

    def _trade(self, wallet: str, other: str, mint: str, raw: int, quote: str, price: int) -> None:
        """One wallet sells to another: between those of one owner it is no trade."""
        if {wallet, other} <= {*OWN}:
            self._move(wallet, other, mint, raw)
        else:
            self.plain[wallet, mint].sell(raw, quote, self._worth(quote, price))
            self.plain[other, mint].buy(raw, quote, self._worth(quote, price))
        self._note(wallet, Kind.SELL, {mint: raw}, {quote: price})
        self._note(other, Kind.BUY, {quote: price}, {mint: raw})

    def _move(self, wallet: str, other: str, mint: str, raw: int) -> None:
        part = self.plain[wallet, mint].take(raw)
        if {wallet, other} <= {*OWN}:
            self.plain[other, mint].put(part)
        else:
            self.plain[other, mint].get(raw, is_claim=False)

    @staticmethod
    def _worth(quote: str, price: int) -> int:
        return price if quote == SOL else price * NANO

    def _note(
        self,
        wallet: str,
        kind: Kind,
        paid: dict[str, int],
        received: dict[str, int],
        *,
        counterparty: str | None = None,
        is_claim: bool = False,
        failed: bool = False,
    ) -> None:
        pre = {mint: self.balances[wallet, mint] for mint in MINTS if mint in paid or mint in received}
        if not failed:
            for mint in pre:
                self.balances[wallet, mint] += received.get(mint, 0) - paid.get(mint, 0)
        self.entries.append(
            Entry(
                signature=f"signature-{self.number}",
                wallet=wallet,
                kind=kind,
                slot=self.slot,
                position=self.number,
                block_time=self.slot,
                paid=paid,
                received=received,
                counterparty=counterparty,
                is_claim=is_claim,
                failed=failed,
                pre=pre,
                post={mint: self.balances[wallet, mint] for mint in pre},
            )
        )


@pytest.mark.parametrize("seed", range(40))
def test_moves_between_own_wallets_take_their_cost_along(seed: int) -> None:
    random = Random(seed)
    world = World(random)
    for _ in range(EVENTS):
        world.happen()
    entries = [*world.entries, *random.sample(world.entries, 10)]
    random.shuffle(entries)
    ledger = Ledger(own=OWN)
    for _ in ledger.fold(entries):
        pass
    roundings = {mint: sum(world.plain[wallet, mint].leaves for wallet in WALLETS) for mint in MINTS}
    off = {
        (wallet, mint): differences(ledger.holding(wallet, mint), plain, roundings[mint])
        for (wallet, mint), plain in world.plain.items()
    }
    assert {key: what for key, what in off.items() if what} == {}
    assert all(ledger.holding(*key).quantity == balance for key, balance in world.balances.items())
