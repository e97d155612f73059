"""What counts beside a pool's vault is read once the pool is traded, and forgotten soon."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest

from chain.market.pools import PUMP_SWAP, WHIRLPOOL
from domain.errors import NodeUnavailable
from scanner.commit.pool_reserves import KNOWN_SECONDS, MAX_WANTED, PoolReserves

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
    """Has some pools, or is away; writes down what it is asked."""

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
    reserves = PoolReserves(clock=clock)
    await reserves.read_wanted(chain.read)
    assert chain.asked == [], "nobody trades anything"
    assert reserves.get(POOL) is None
    await reserves.read_wanted(chain.read)
    assert (reserves.get(POOL), [*reserves], len(reserves)) == (-40, [POOL], 1)
    await reserves.read_wanted(chain.read)
    assert chain.asked == [[POOL]]
    clock.time += KNOWN_SECONDS
    assert reserves.get(POOL) is None
    chain.pools["PoolA"] = pump_pool(7)
    await reserves.read_wanted(chain.read)
    assert reserves.get(POOL) == 7


async def test_pools_of_the_same_time_are_one_question_up_to_a_bound() -> None:
    chain, reserves = Chain(), PoolReserves(clock=Clock())
    for number in range(MAX_WANTED + 5):
        reserves.get(f"pool {number}")
    await reserves.read_wanted(chain.read)
    await reserves.read_wanted(chain.read)
    assert [len(asked) for asked in chain.asked] == [MAX_WANTED, 5]


async def test_what_a_node_cannot_say_now_stays_wanted() -> None:
    chain, reserves = Chain(PoolA=pump_pool(5)), PoolReserves(clock=Clock())
    reserves.get(POOL)
    chain.is_away = True
    with pytest.raises(NodeUnavailable):
        await reserves.read_wanted(chain.read)
    chain.is_away = False
    await reserves.read_wanted(chain.read)
    assert reserves.get(POOL) == 5


@pytest.mark.parametrize("account", [pump_pool(5, owner=WHIRLPOOL), Account(PUMP_SWAP, b"short")])
async def test_what_is_no_such_pool_says_nothing(account: Account) -> None:
    chain, reserves = Chain(PoolA=account), PoolReserves(clock=Clock())
    reserves.get(POOL)
    await reserves.read_wanted(chain.read)
    assert reserves.get(POOL) is None
