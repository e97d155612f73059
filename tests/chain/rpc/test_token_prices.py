"""Prices of many tokens now, from accounts of a chain that is given."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from msgspec import structs

from chain.market.pool_prices import likely_pools
from chain.rpc.token_prices import TokenPriceReader
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.tokens.market_price import KnownPool, PriceSource, TokenPrice, UnknownPrice
from tests.chain import samples
from tests.chain.market import price_samples
from tests.chain.market.pool_states import KNOWN, MINT, POOL, VAULTS, Read, constant, vaults
from tests.chain.market.price_samples import CPMM, TOKEN_PROGRAM, USDC, WHIRLPOOL
from tests.chain.priced_chain import TOKEN, Chain, Pools

SEEN_AT = datetime(2026, 11, 28, tzinfo=UTC)
DEEP = constant() | vaults(2_000 * 10**6, 50 * 10**9)


def reader(chain: Chain, pools: Pools) -> TokenPriceReader:
    return TokenPriceReader(chain.read, pools, chain="solana")


async def price(accounts: Mapping[str, Read], *known: KnownPool) -> TokenPrice | UnknownPrice:
    found = await reader(Chain(accounts), Pools(*known)).prices_now([MINT])
    return found.known.get(MINT) or found.unknown[MINT]


async def test_a_price_comes_with_liquidity_market_cap_and_where_it_is_from() -> None:
    found = await price(TOKEN | DEEP, KNOWN)
    assert isinstance(found, TokenPrice)
    assert (found.usd, found.quote) == (Decimal(5), SOL)
    assert (found.liquidity, found.market_cap) == (Decimal(20_000), Decimal(5 * 10**9))
    assert (found.source, found.pool, found.venue) == (PriceSource.POOL, POOL, CPMM)
    assert (found.slot, found.is_certain) == (77, True)


async def test_vaults_that_are_remembered_save_the_second_question() -> None:
    chain, pools = Chain(TOKEN | DEEP), Pools(KNOWN)
    for questions in (2, 3):
        await reader(chain, pools).prices_now([MINT])
        assert len(chain.asked) == questions
    assert chain.asked[-1] == [MINT, POOL, *VAULTS]


async def test_money_costs_no_question() -> None:
    chain = Chain({})
    found = await reader(chain, Pools()).prices_now([SOL, WRAPPED_SOL, USDC])
    dollars = {SOL: Decimal(200), WRAPPED_SOL: Decimal(200), USDC: Decimal(1)}
    assert {mint: one.usd for mint, one in found.known.items()} == dollars
    assert {one.source for one in found.known.values()} == {PriceSource.MONEY}
    assert chain.asked == []


async def test_a_pool_with_too_little_in_it_is_no_price() -> None:
    shallow = constant() | vaults(2_000 * 10**6, 2 * 10**9)
    assert await price(TOKEN | shallow, KNOWN) is UnknownPrice.TOO_SMALL


async def test_a_pool_at_any_price_does_not_move_that_of_the_deepest_one() -> None:
    forged, names = samples.address("forged"), (samples.address("v1"), samples.address("v2"))
    pool = price_samples.concentrated_pool((MINT, SOL), names, price=Fraction(10**6), liquidity=5)
    account = {
        forged: Read(WHIRLPOOL, pool),
        names[0]: Read(TOKEN_PROGRAM, price_samples.token_account(MINT, 1)),
        names[1]: Read(TOKEN_PROGRAM, price_samples.token_account(SOL, 10**15)),
    }
    found = await price(TOKEN | DEEP | account, KNOWN, structs.replace(KNOWN, pool=forged))
    assert isinstance(found, TokenPrice)
    assert (found.usd, found.pool, found.is_certain) == (Decimal(5), POOL, True)


async def test_a_rival_of_weight_at_another_price_makes_it_uncertain() -> None:
    rival, names = samples.address("rival"), (samples.address("v1"), samples.address("v2"))
    account = {
        rival: Read(CPMM, price_samples.cpmm_pool((MINT, SOL), names)),
        names[0]: Read(TOKEN_PROGRAM, price_samples.token_account(MINT, 10**6)),
        names[1]: Read(TOKEN_PROGRAM, price_samples.token_account(SOL, 30 * 10**9)),
    }
    found = await price(TOKEN | DEEP | account, KNOWN, structs.replace(KNOWN, pool=rival))
    assert isinstance(found, TokenPrice)
    assert (found.usd, found.is_certain) == (Decimal(5), False)


async def test_what_has_no_price_says_why() -> None:
    assert await price(TOKEN) is UnknownPrice.NO_POOL
    assert await price({}) is UnknownPrice.NO_MINT
    other = samples.address("unpriced quote")
    pool = {POOL: Read(CPMM, price_samples.cpmm_pool((MINT, other), VAULTS))}
    vault = {VAULTS[1]: Read(TOKEN_PROGRAM, price_samples.token_account(other, 50 * 10**9))}
    unpriced = TOKEN | pool | vaults(10**9, 1) | vault
    assert await price(unpriced, structs.replace(KNOWN, quote=other)) is UnknownPrice.NO_DOLLARS


async def test_without_a_pool_the_last_trade_counts_and_says_its_age() -> None:
    traded = TokenPrice(mint=MINT, usd=Decimal(4), source=PriceSource.TRADES, read_at=SEEN_AT)
    pools = Pools(traded={MINT: traded})
    found = (await reader(Chain(TOKEN), pools).prices_now([MINT])).known[MINT]
    assert (found.usd, found.source, found.read_at) == (Decimal(4), PriceSource.TRADES, SEEN_AT)
    assert found.market_cap == Decimal(4 * 10**9)


async def test_a_search_finds_the_deep_pool_where_only_a_small_one_was_seen() -> None:
    usual = next(one for one in likely_pools(MINT) if one.quote == SOL)
    small, names = samples.address("small"), (samples.address("v1"), samples.address("v2"))
    accounts = {
        small: Read(CPMM, price_samples.cpmm_pool((MINT, SOL), names)),
        names[0]: Read(TOKEN_PROGRAM, price_samples.token_account(MINT, 10**6)),
        names[1]: Read(TOKEN_PROGRAM, price_samples.token_account(SOL, 3 * 10**9)),
        usual.pool: DEEP[POOL],
    }
    chain = Chain(TOKEN | vaults(2_000 * 10**6, 50 * 10**9) | accounts)
    pools = Pools(structs.replace(KNOWN, pool=small))
    planted = (await reader(chain, pools).prices_now([MINT])).known[MINT]
    assert planted.usd == Decimal(600)
    found = (await reader(chain, pools).prices_now([MINT], search=True)).known[MINT]
    assert (found.usd, found.pool) == (Decimal(5), usual.pool)
    later = (await reader(chain, pools).prices_now([MINT])).known[MINT]
    assert later.usd == Decimal(5)


async def test_a_token_nobody_traded_is_found_where_its_pools_usually_are() -> None:
    usual = next(one for one in likely_pools(MINT) if one.quote == SOL)
    accounts = TOKEN | vaults(2_000 * 10**6, 50 * 10**9) | {usual.pool: DEEP[POOL]}
    pools = Pools()
    unsolicited = await reader(Chain(accounts), pools).prices_now([MINT])
    assert unsolicited.unknown == {MINT: UnknownPrice.NO_POOL}
    found = await reader(Chain(accounts), pools).prices_now([MINT], search=True)
    assert found.known[MINT].usd == Decimal(5)
    assert list(pools.known) == [usual.pool]
