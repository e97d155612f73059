"""Pools of the local chain say their prices where pools usually are; a manipulated one sets none."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest
from solders.account import Account
from solders.pubkey import Pubkey

from chain.market.price_feeds import coin_pools, price_accounts, read_prices
from chain.parsing.accounts import AccountAt
from chain.rpc.token_prices import TokenPriceReader
from domain.activity.activity import SOL
from domain.tokens.market_price import TokenPrice
from sandbox.actors.market.pool_accounts import RIVAL, USUAL, PoolPublisher, pool_address
from sandbox.actors.market.tokens import LAMPORTS, Token
from tests.chain.market.price_samples import WHIRLPOOL, whirlpool
from tests.chain.priced_chain import Pools
from tests.sandbox.actors.running import RunningSimulation


class _Read(msgspec.Struct):
    owner: str
    data: bytes
    slot: int


def _publisher(running: RunningSimulation) -> PoolPublisher:
    assert running.simulation.pools is not None
    return running.simulation.pools


async def _read(running: RunningSimulation, addresses: Sequence[str]) -> Mapping[str, AccountAt]:
    found = ((one, running.chain.account(Pubkey.from_string(one))) for one in addresses)
    return {
        address: _Read(str(account.owner), account.data, running.chain.slot)
        for address, account in found
        if account is not None
    }


async def _price(running: RunningSimulation, token: Token) -> TokenPrice:
    async def read(addresses: Sequence[str]) -> Mapping[str, AccountAt]:
        return await _read(running, addresses)

    reader = TokenPriceReader(read, Pools(), chain="sandbox")
    found = await reader.prices_now([str(token.mint)], search=True)
    return found.known[str(token.mint)]


async def test_the_product_reads_price_and_liquidity_from_the_account_of_a_pool(
    idle: RunningSimulation,
) -> None:
    mitten = idle.simulation.token("MITTEN")
    before = await _price(idle, mitten)
    assert before.pool == str(pool_address(mitten.mint, USUAL))
    assert before.liquidity is not None
    assert float(before.liquidity) == pytest.approx(2 * 20_000 * 200, rel=0.01)
    assert before.is_certain
    idle.simulation.buy(idle.simulation.whale("Ahab"), mitten, 200 * LAMPORTS)
    idle.run(1)
    assert float((await _price(idle, mitten)).usd / before.usd) == pytest.approx(1.02, rel=0.002)


@pytest.mark.parametrize("times", [1_000, 50])
async def test_a_manipulated_pool_does_not_move_the_price(idle: RunningSimulation, times: int) -> None:
    mitten = idle.simulation.token("MITTEN")
    honest = await _price(idle, mitten)
    _publisher(idle).manipulate(mitten, times=times, lamports=40 * LAMPORTS)
    found = await _price(idle, mitten)
    assert (found.usd, found.is_certain) == (honest.usd, True)


async def test_where_a_manipulated_pool_has_weight_the_price_stays_and_is_called_uncertain(
    idle: RunningSimulation,
) -> None:
    mitten = idle.simulation.token("MITTEN")
    honest = await _price(idle, mitten)
    address = _publisher(idle).manipulate(mitten, times=50, lamports=15_000 * LAMPORTS)
    found = await _price(idle, mitten)
    assert address == pool_address(mitten.mint, RIVAL)
    assert (found.usd, found.is_certain) == (honest.usd, False)


async def test_a_manipulated_pool_of_sol_makes_its_price_uncertain_and_sets_none(
    idle: RunningSimulation,
) -> None:
    honest = next(one for one in read_prices(await _read(idle, price_accounts())) if one.mint == SOL)
    idle.chain.put_account(
        Pubkey.from_string(coin_pools()[0]),
        Account(1, whirlpool(float(honest.usd) * 1.2), Pubkey.from_string(WHIRLPOOL)),
    )
    torn = next(one for one in read_prices(await _read(idle, price_accounts())) if one.mint == SOL)
    assert (honest.is_certain, torn.is_certain, torn.usd) == (True, False, honest.usd)
    assert torn.elsewhere is not None


def test_a_pool_of_plain_sol_says_nothing_and_cannot_be_imitated(idle: RunningSimulation) -> None:
    krill = idle.simulation.token("KRILL")
    assert _publisher(idle).publish(krill) is None
    with pytest.raises(LookupError, match="no price"):
        _publisher(idle).manipulate(krill, times=2, lamports=LAMPORTS)
