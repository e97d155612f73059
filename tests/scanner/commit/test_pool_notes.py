"""What a pool's account says beside its swaps is read once the pool is traded, and forgotten soon."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec
import pytest

from chain.market.pools import PUMP_SWAP, WHIRLPOOL, PoolNote
from domain.errors import NodeUnavailable
from scanner.commit.pool_notes import KNOWN_SECONDS, MAX_WANTED, PoolNotes
from tests.chain.market import price_samples

POOL = "PoolA"


class Account(msgspec.Struct):
    """An account of the chain."""

    owner: str
    data: bytes


def pump_pool(virtual: int, *, owner: str = PUMP_SWAP) -> Account:
    data = bytearray(300)
    data[:8] = bytes.fromhex("f19a6d0411b16dbc")
    data[245:261] = virtual.to_bytes(16, "little", signed=True)
    return Account(owner, bytes(data))


class Chain:
    """Has some pools, or is unavailable; writes down what it is asked."""

    def __init__(self, **pools: Account) -> None:
        self.pools = pools
        self.asked: list[list[str]] = []
        self.is_away = False

    async def read(self, addresses: Sequence[str]) -> Mapping[str, Account]:
        self.asked.append([*addresses])
        if self.is_away:
            raise NodeUnavailable("away")
        return {address: self.pools[address] for address in addresses if address in self.pools}


class Clock:
    time = 0.0

    def __call__(self) -> float:
        return self.time


async def test_a_pool_is_read_after_it_was_looked_up_and_remembered_for_a_while() -> None:
    chain, clock = Chain(PoolA=pump_pool(-40)), Clock()
    notes = PoolNotes(clock=clock)
    await notes.read_wanted(chain.read)
    assert chain.asked == [], "nobody trades anything"
    assert notes.get(POOL) is None
    await notes.read_wanted(chain.read)
    assert (notes.get(POOL), [*notes], len(notes)) == (PoolNote(virtual_quote=-40), [POOL], 1)
    await notes.read_wanted(chain.read)
    assert chain.asked == [[POOL]]
    clock.time += KNOWN_SECONDS
    assert notes.get(POOL) is None
    chain.pools["PoolA"] = pump_pool(7)
    await notes.read_wanted(chain.read)
    assert notes.get(POOL) == PoolNote(virtual_quote=7)


async def test_pools_of_the_same_time_are_one_question_up_to_a_bound() -> None:
    chain, notes = Chain(), PoolNotes(clock=Clock())
    for number in range(MAX_WANTED + 5):
        notes.get(f"pool {number}")
    await notes.read_wanted(chain.read)
    await notes.read_wanted(chain.read)
    assert [len(asked) for asked in chain.asked] == [MAX_WANTED, 5]


async def test_what_a_node_cannot_say_now_stays_wanted() -> None:
    chain, notes = Chain(PoolA=pump_pool(5)), PoolNotes(clock=Clock())
    notes.get(POOL)
    chain.is_away = True
    with pytest.raises(NodeUnavailable):
        await notes.read_wanted(chain.read)
    chain.is_away = False
    await notes.read_wanted(chain.read)
    assert notes.get(POOL) == PoolNote(virtual_quote=5)


@pytest.mark.parametrize("account", [pump_pool(5, owner=WHIRLPOOL), Account(PUMP_SWAP, b"short")])
async def test_what_is_no_such_pool_says_nothing(account: Account) -> None:
    chain, notes = Chain(PoolA=account), PoolNotes(clock=Clock())
    notes.get(POOL)
    await notes.read_wanted(chain.read)
    assert notes.get(POOL) is None


async def test_a_pool_that_concentrates_liquidity_says_how_much_lies_at_its_price() -> None:
    chain = Chain(PoolA=Account(WHIRLPOOL, whirlpool_with(10**12)))
    notes = PoolNotes(clock=Clock())
    notes.get(POOL)
    await notes.read_wanted(chain.read)
    assert notes.get(POOL) == PoolNote(liquidity=10**12)


def whirlpool_with(liquidity: int) -> bytes:
    mints = (price_samples.WRAPPED_SOL, price_samples.USDC)
    return price_samples.concentrated_pool(mints, mints, price=Fraction(1, 5), liquidity=liquidity)
